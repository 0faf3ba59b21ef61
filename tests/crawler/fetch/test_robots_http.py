"""corpus/hostile/robots_http.json: what an answer to GET /robots.txt means, measured at the server."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest
import trustme

from crawler.fetch.answers import FetchError
from crawler.fetch.door import Door
from crawler.fetch.memory import Forgetful, Memory
from tests.corpus import needs_corpus
from tests.crawler.fetch.crawls import crawl
from tests.crawler.fetch.doors import (
    PUBLIC,
    Dialled,
    FakeClock,
    FakeNames,
    FakeTime,
    hostile,
    outcome,
    run,
    settings_of,
)
from tests.servers import Handler, LoopbackServer, Request, Response, site, write_ca

CASES = {case["id"]: case for case in hostile("robots_http")}
SPECIAL = {"5xx-for-31-days", "rules-change-mid-crawl", "http-vs-https"}
"""Those that are a story rather than one answer; each has a test of its own."""
DENIED = sorted(name for name, case in CASES.items() if case["expect"].startswith("deny"))
PLAIN = sorted(CASES.keys() - SPECIAL)
PAGES = ("/", "/x/1", "/late")
NO_ROBOTS = Response("", 404)
Results = dict[str, int | str]
Way = Callable[[Door, list[str]], Awaitable[Results]]


async def straight(door: Door, urls: list[str]) -> Results:
    """All addresses asked for at once."""
    return dict(zip(urls, await asyncio.gather(*(outcome(door, url) for url in urls)), strict=True))


async def through_scrapy(door: Door, urls: list[str]) -> Results:
    """All addresses as start requests of one crawl."""
    seen, _ = await crawl(door, urls)
    return {url: result.reason if isinstance(result, FetchError) else _status(result) for url, result in seen.items()}


WAYS: dict[str, Way] = {"door": straight, "scrapy": through_scrapy}


@needs_corpus
def test_every_case_is_tested() -> None:
    assert set(PLAIN) | SPECIAL == set(CASES)
    assert set(DENIED) <= set(PLAIN)


@needs_corpus
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", PLAIN)
def test_an_answer(name: str, way: str, tmp_path: Path, ca: trustme.CA) -> None:
    case = CASES[name]
    scheme = "https" if name == "tls-error" else "http"
    urls = [f"{scheme}://a.test{path}" for path in PAGES]
    with _web(case, ca) as server:
        door = _door(tmp_path, server, ca, deadline_seconds=1.0)
        results = run(lambda door: WAYS[way](door, urls), door)
        asked = {path for path in server.paths("a.test") if not path.startswith("/robots")}
    if case["expect"].startswith("deny"):
        assert asked == set()
        assert all(isinstance(result, str) for result in results.values())
    elif case["expect"] == "allow":
        assert asked == set(PAGES)
        assert set(results.values()) == {200}
    else:
        forbidden = _forbidden(case)
        # What lies past 500 KiB may be read or not.
        open_to_choice = {"/late"} if name == "600-KiB" else set()
        assert asked - open_to_choice == set(PAGES) - forbidden - open_to_choice
        assert {url for url, result in results.items() if result == "robots"} >= {
            f"http://a.test{path}" for path in forbidden - open_to_choice
        }


@needs_corpus
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", DENIED)
def test_eight_that_wait_together_are_all_refused(name: str, way: str, tmp_path: Path, ca: trustme.CA) -> None:
    scheme = "https" if name == "tls-error" else "http"
    urls = [f"{scheme}://a.test/{number}" for number in range(8)]
    with _web(CASES[name], ca) as server:
        door = _door(tmp_path, server, ca, deadline_seconds=1.0)
        results = run(lambda door: WAYS[way](door, urls), door)
        assert all(path.startswith("/robots") for path in server.paths("a.test"))
    assert len(results) == 8
    assert all(isinstance(result, str) for result in results.values())


@pytest.mark.parametrize("way", WAYS)
def test_eight_that_wait_together_for_a_rule_are_all_refused(way: str, tmp_path: Path) -> None:
    """Stock Scrapy fetches the third and later ones (reference/stack.md section 0)."""

    async def slow_robots(request: Request) -> Response:
        if request.path == "/robots.txt":
            await asyncio.sleep(0.05)
            return Response("User-agent: *\nDisallow: /private\n", headers={"content-type": "text/plain"})
        return Response("a page")

    urls = [f"http://a.test/private/{number}" for number in range(8)]
    with LoopbackServer({"a.test": slow_robots}) as server:
        door = Door(settings_of(tmp_path, hosts=server.hosts()))
        results = run(lambda door: WAYS[way](door, urls), door)
        assert server.paths() == ["/robots.txt"]
    assert results == dict.fromkeys(urls, "robots")


@needs_corpus
def test_retry_after_is_when_robots_is_asked_again(tmp_path: Path, ca: trustme.CA) -> None:
    answers = iter([_response(CASES["503-retry-after"]["answer"]), NO_ROBOTS])
    clock = FakeClock()

    async def work(door: Door) -> list[int | str]:
        results = []
        for minutes in (0, 27, 2):
            clock.advance(minutes=minutes)
            results.append(await outcome(door, "http://a.test/"))
        return results

    with LoopbackServer({"a.test": _robots_or_page(lambda: next(answers))}) as server:
        first, second, third = run(work, _door(tmp_path, server, ca, clock=clock))
        assert server.paths() == ["/robots.txt", "/robots.txt", "/"]
    assert isinstance(first, str)
    assert isinstance(second, str)
    assert third == 200


CACHED_COPY = "User-agent: *\nDisallow: /x\n"


@pytest.mark.parametrize("restart", [False, True])
def test_after_thirty_days_of_5xx_the_last_good_copy_holds(restart: bool, tmp_path: Path, ca: trustme.CA) -> None:
    """Case 5xx-for-31-days: never "allow all" silently."""
    answer: dict[str, Any] = (
        CASES["5xx-for-31-days"]["answer"] if CASES else {"cached_copy": CACHED_COPY, "since_days": 31}
    )
    clock = FakeClock()
    memory = Forgetful(clock)
    robots = [Response(answer["cached_copy"], headers={"content-type": "text/plain"})]
    urls = ["http://a.test/", "http://a.test/x"]

    def door_of_today() -> Door:
        return _door(tmp_path, server, ca, clock=clock, memory=memory)

    async def month(door: Door) -> list[Results]:
        days = [await straight(door, urls)]
        robots[0] = Response("", 503)
        clock.advance(hours=25)
        for day in range(int(answer["since_days"]) + 1):
            clock.advance(days=day > 0)
            if not restart:
                days.append(await straight(door, urls))
            else:
                async with door_of_today() as another:
                    days.append(await straight(another, urls))
        return days

    with LoopbackServer({"a.test": _robots_or_page(lambda: robots[0])}) as server:
        first, *unreadable, last = run(month, door_of_today())
        assert server.paths().count("/") == 2 + (unreadable[-1]["http://a.test/"] == 200)
    assert first == last == {"http://a.test/": 200, "http://a.test/x": "robots"}
    # 30 days to the hour may be either.
    assert all(isinstance(result, str) for day in unreadable[:-1] for result in day.values())


@needs_corpus
@pytest.mark.parametrize("way", WAYS)
def test_a_new_ban_is_obeyed_at_the_first_request_after_a_day(way: str, tmp_path: Path, ca: trustme.CA) -> None:
    story = CASES["rules-change-mid-crawl"]["answer"]
    files = iter([f"User-agent: *\n{line}\n" for line in story["sequence"]])
    clock = FakeClock()

    async def work(door: Door) -> list[Results]:
        first = await WAYS[way](door, ["http://a.test/1"])
        clock.advance(hours=story["after_hours"])
        return [first, await WAYS[way](door, ["http://a.test/2", "http://a.test/3"])]

    with LoopbackServer({"a.test": _robots_or_page(lambda: Response(next(files)))}) as server:
        results = run(work, _door(tmp_path, server, ca, clock=clock))
        assert server.paths() == ["/robots.txt", "/1", "/robots.txt"]
    assert results == [{"http://a.test/1": 200}, {"http://a.test/2": "robots", "http://a.test/3": "robots"}]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("banned", ["http", "https"])
def test_http_and_https_have_a_file_each(banned: str, way: str, tmp_path: Path, ca: trustme.CA) -> None:
    def handler(scheme: str) -> Handler:
        rule = "Disallow: /" if scheme == banned else "Disallow:"
        return site({"/robots.txt": f"User-agent: *\n{rule}\n", "/": "a page"})

    with (
        LoopbackServer({"a.test": handler("http")}, ca=ca) as http,
        LoopbackServer({"a.test": handler("https")}, ca=ca) as https,
    ):
        settings = settings_of(tmp_path, ca_file=str(write_ca(ca, tmp_path)))
        door = Door(
            settings, resolver=FakeNames({"a.test": [[PUBLIC]]}), dial=_by_port(http, https), pace=FakeTime().pace()
        )
        results = run(lambda door: WAYS[way](door, ["http://a.test/", "https://a.test/"]), door)
        pages = {"http": http.paths().count("/"), "https": https.paths().count("/")}
    assert results == {f"{scheme}://a.test/": "robots" if scheme == banned else 200 for scheme in ("http", "https")}
    assert pages == {scheme: int(scheme != banned) for scheme in ("http", "https")}


def test_a_decision_is_not_asked_for_again_after_a_restart(tmp_path: Path, ca: trustme.CA) -> None:
    clock = FakeClock()
    memory = Forgetful(clock)
    rules = Response("User-agent: *\nDisallow: /x\n", headers={"content-type": "text/plain"})
    with LoopbackServer({"a.test": _robots_or_page(lambda: rules)}) as server:
        for hours in (0, 23, 2):
            clock.advance(hours=hours)
            door = _door(tmp_path, server, ca, clock=clock, memory=memory)
            assert run(lambda door: straight(door, ["http://a.test/", "http://a.test/x"]), door) == {
                "http://a.test/": 200,
                "http://a.test/x": "robots",
            }
        assert server.paths() == ["/robots.txt", "/", "/", "/robots.txt", "/"]


# --- servers ---------------------------------------------------------------------------------------------------------


def _web(case: dict[str, Any], ca: trustme.CA) -> LoopbackServer:
    """a.test as the case tells, and b.test for what it redirects to."""
    answer = case["answer"]
    then = answer.get("then")
    pages: dict[str, str | bytes | Response] = dict.fromkeys(PAGES, "a page")
    pages |= {f"/{number}": "a page" for number in range(8)}
    if then:
        pages["/robots2.txt"] = _response(then)
    elsewhere = site({"/robots.txt": _response(then)} if then else {})
    handler = site(pages)

    async def a_test(request: Request) -> Response:
        if request.path != "/robots.txt":
            answered = handler(request)
            assert isinstance(answered, Response)
            return answered
        if "no byte" in answer.get("fault", ""):
            await asyncio.sleep(30)
        return _response(answer)

    if "certificate" in answer.get("fault", ""):
        return LoopbackServer({"*": a_test, "other.test": a_test}, ca=ca)
    return LoopbackServer({"a.test": a_test, "b.test": elsewhere}, ca=ca)


def _response(answer: dict[str, Any]) -> Response:
    if answer.get("redirect_loop"):
        return Response("", 302, {"location": "/robots.txt"})
    if "content-length 500" in answer.get("fault", ""):
        return Response(
            raw=b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n" + b"User-agent: *\nAllow: /\n# 40 bytes in al"
        )
    if "generate" in answer:
        body = "# pad\n" * (512_000 // 6) + "User-agent: *\nDisallow: /late\n"
        return Response(body, headers={"content-type": "text/plain"})
    headers = {"content-type": "text/plain", **answer.get("headers", {})}
    return Response(answer.get("body", ""), answer.get("status", 200), headers)


def _forbidden(case: dict[str, Any]) -> set[str]:
    """The pages that the case's rules forbid: rules of prefixes only."""
    body = str(case["answer"].get("then", case["answer"]).get("body", ""))
    banned = [line.partition(":")[2].strip() for line in body.splitlines() if line.startswith("Disallow:")]
    return {page for page in PAGES if any(rule and page.startswith(rule) for rule in banned)}


def _robots_or_page(robots: Callable[[], Response]) -> Handler:
    return lambda request: robots() if request.path == "/robots.txt" else Response("a page")


def _door(
    home: Path,
    server: LoopbackServer,
    ca: trustme.CA,
    *,
    clock: FakeClock | None = None,
    memory: Memory | None = None,
    **network: Any,
) -> Door:
    """A door to a pretended internet of two hosts, in which no time is spent waiting."""
    settings = settings_of(home, ca_file=str(write_ca(ca, home)), **network)
    names = FakeNames({name: [[PUBLIC]] for name in ("a.test", "b.test")})
    clock = clock or FakeClock()
    return Door(settings, resolver=names, dial=Dialled(server), pace=FakeTime().pace(), clock=clock, memory=memory)


def _by_port(http: LoopbackServer, https: LoopbackServer) -> Any:
    dials = {80: Dialled(http), 443: Dialled(https)}
    return lambda address, port: dials[port](address, port)


def _status(result: int | BaseException) -> int | str:
    return result if isinstance(result, int) else type(result).__name__
