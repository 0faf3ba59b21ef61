"""Robots files of the kinds that real services have, under the three kinds of access (design section 6)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
import trustme

from crawler.fetch.answers import Access
from crawler.fetch.door import Door
from tests.crawler.fetch.crawls import crawl
from tests.crawler.fetch.doors import PUBLIC, FakeClock, FakeTime, internet_door, outcome, run, settings_of
from tests.servers import LoopbackServer, Request, Response, site, write_ca


@dataclass(frozen=True)
class Service:
    """One service: what its robots.txt forbids to everybody, an address under that rule and one beside it."""

    host: str
    rules: str
    forbidden: str
    beside: str
    api: bool = False
    """Whether the forbidden address is an endpoint of the closed list."""


# Written after the shape of such files: long lists of names, comments, several groups, the rule far down.
OTHERS = """# robots.txt of a large service
User-agent: BigSearchBot
User-agent: OtherBot/2.0
Disallow: /search
Crawl-delay: 1

User-agent: GreedyBot
Disallow: /

"""
SERVICES = {
    "sparql": Service("query.wikidata.org", "Disallow: /sparql", "/sparql?query=SELECT%20x", "/embed.html", api=True),
    "wiki": Service(
        "www.wikidata.org",
        "Allow: /w/load.php?\nDisallow: /w/\nDisallow: /wiki/Special:",
        "/w/api.php?action=wbgetentities&ids=Q42",
        "/w/load.php?lang=en",
        api=True,
    ),
    "entity": Service(
        "www.wikidata.org", "Disallow: /wiki/Special:", "/wiki/Special:EntityData/Q42.json", "/wiki/Q42", api=True
    ),
    "videos": Service(
        "www.videos.test",
        "Disallow: /api/\nDisallow: /feeds/videos.xml\nDisallow: /results",
        "/feeds/videos.xml?channel_id=UC123",
        "/feeds/about",
    ),
    "atom": Service(
        "code.test",
        "Disallow: /*/commits/\nDisallow: /*.atom$",
        "/ada/loom/releases.atom",
        "/ada/loom/releases.atom?x=1",
    ),
    "gist": Service("code.test", "Disallow: /*?q=\nDisallow: /*.atom$", "/ada.atom", "/ada.atom/about"),
}
FORBIDS_ALL = {name: f"{OTHERS}User-agent: *\n{service.rules}\n" for name, service in SERVICES.items()}
NAMES_US = {
    name: f"{OTHERS}User-agent: SomeBot\nUser-agent: MentorWatch\n{service.rules}\n\nUser-agent: *\nDisallow:\n"
    for name, service in SERVICES.items()
}
NAMES_OTHERS = {name: f"{OTHERS}User-agent: SomeBot\n{service.rules}\n" for name, service in SERVICES.items()}
KEPT_OUT_BY: dict[tuple[Access, bool], set[str]] = {
    # (access, feeds.obey_robots): the files that keep us out
    (Access.DOCUMENTED_API, False): set(),
    (Access.DOCUMENTED_API, True): set(),
    (Access.CRAWL, False): {"all", "us"},
    (Access.CRAWL, True): {"all", "us"},
    (Access.SUBSCRIPTION, False): {"us"},
    (Access.SUBSCRIPTION, True): {"all", "us"},
}


@pytest.mark.parametrize("name", SERVICES)
@pytest.mark.parametrize("whom", ["all", "us", "others"])
@pytest.mark.parametrize("obey", [False, True])
def test_what_a_replayed_file_keeps_out(name: str, whom: str, obey: bool, tmp_path: Path, ca: trustme.CA) -> None:
    service = SERVICES[name]
    robots = {"all": FORBIDS_ALL, "us": NAMES_US, "others": NAMES_OTHERS}[whom][name]
    url = f"https://{service.host}{service.forbidden}"

    async def work(door: Door) -> dict[Access, tuple[int | str, list[str]]]:
        found = {}
        for access in (Access.DOCUMENTED_API, Access.CRAWL, Access.SUBSCRIPTION):
            server.log.clear()
            found[access] = (await outcome(door, url, access), server.paths())
        return found

    with _serving(service, robots, ca) as server:
        found = run(work, _door(service, server, ca, tmp_path, obey=obey))
    asked = [service.forbidden]
    assert found[Access.DOCUMENTED_API] == ((200, asked) if service.api else ("not_a_documented_api", []))
    for access in (Access.CRAWL, Access.SUBSCRIPTION):
        robots_first = ["/robots.txt"] if access is Access.CRAWL else []  # one decision for both
        kept_out = whom in KEPT_OUT_BY[access, obey]
        assert found[access] == (("robots", robots_first) if kept_out else (200, [*robots_first, *asked]))


@pytest.mark.parametrize("name", SERVICES)
@pytest.mark.parametrize("whom", ["all", "us"])
def test_what_stands_beside_the_rule_is_open(name: str, whom: str, tmp_path: Path, ca: trustme.CA) -> None:
    service = SERVICES[name]
    robots = {"all": FORBIDS_ALL, "us": NAMES_US}[whom][name]
    with _serving(service, robots, ca) as server:
        door = _door(service, server, ca, tmp_path)
        assert run(lambda door: outcome(door, f"https://{service.host}{service.beside}"), door) == 200
        assert server.paths() == ["/robots.txt", service.beside]


@pytest.mark.parametrize(("access", "expected"), [(Access.CRAWL, {}), (Access.SUBSCRIPTION, {"atom": 200})])
def test_a_spider_is_kept_out_alike(access: Access, expected: dict[str, int], tmp_path: Path, ca: trustme.CA) -> None:
    service = SERVICES["atom"]
    with _serving(service, FORBIDS_ALL["atom"], ca) as server:
        door = _door(service, server, ca, tmp_path)
        url = f"https://{service.host}{service.forbidden}"
        seen, _ = run(lambda door: crawl(door, [url], meta={"access": access}), door)
        assert [result for result in seen.values() if isinstance(result, int)] == list(expected.values())
        assert server.paths().count(service.forbidden) == len(expected)


@pytest.mark.parametrize("robots", [Response("", 403), Response("<html>who are you", 200), Response("", 503)])
def test_a_feed_is_read_where_robots_txt_cannot_be(robots: Response, tmp_path: Path, ca: trustme.CA) -> None:
    """A robots.txt that answers with an error names nobody; a page of the same site is not fetched."""
    service = SERVICES["videos"]
    url = f"https://{service.host}{service.forbidden}"
    with _serving(service, robots, ca) as server:
        door = _door(service, server, ca, tmp_path)

        async def work(door: Door) -> list[int | str]:
            return [await outcome(door, url, access) for access in (Access.CRAWL, Access.SUBSCRIPTION)]

        page, feed = run(work, door)
        assert server.paths().count(service.forbidden) == (feed == 200)
    assert page == "robots_unreachable"
    assert feed == 200


@pytest.mark.parametrize(("status", "again"), [(429, "backoff"), (503, "backoff"), (410, 410), (404, 404)])
def test_a_feed_that_asks_for_a_pause_gets_it(status: int, again: int | str, tmp_path: Path, ca: trustme.CA) -> None:
    service = SERVICES["videos"]
    url = f"https://{service.host}{service.forbidden}"
    with _serving(service, FORBIDS_ALL["videos"], ca, Response("", status)) as server:
        door = _door(service, server, ca, tmp_path)

        async def work(door: Door) -> list[int | str]:
            return [await outcome(door, url, Access.SUBSCRIPTION) for _ in range(2)]

        assert run(work, door) == [status, again]


def _serving(service: Service, robots: str | Response, ca: trustme.CA, page: Response | None = None) -> LoopbackServer:
    files = site({"/robots.txt": robots})

    def answer(request: Request) -> Response:
        answered = files(request) if request.path == "/robots.txt" else page or Response("what was asked for")
        assert isinstance(answered, Response)
        return answered

    return LoopbackServer({service.host: answer}, ca=ca)


def _door(service: Service, server: LoopbackServer, ca: trustme.CA, home: Path, *, obey: bool = False) -> Door:
    settings = settings_of(home, ca_file=str(write_ca(ca, home)), obey=obey)
    door, _ = internet_door(settings, server, {service.host: [[PUBLIC]]})
    door.clock = FakeClock()
    door._pace = FakeTime().pace()
    return door
