"""A canary: a whole crawl and refresh over a web that points everywhere at the sites that are never fetched."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trustme
from sqlmodel import Session, select

from crawler.fetch.access import access_rules
from crawler.fetch.answers import Access
from crawler.fetch.decisions import Decision
from crawler.fetch.door import Door
from crawler.fetch.wire import Wire, dial
from crawler.reading import ReadingRoom
from tests.crawler.fetch.crawls import crawl
from tests.crawler.fetch.doors import PUBLIC, FakeTime, outcome, run, settings_of
from tests.servers import Handler, LoopbackServer, Request, Response, site, write_ca
from watchlist.companies import import_companies, read_company_csv
from watchlist.events import add_event
from watchlist.follow import ensure_user
from watchlist.goal import set_goal
from watchlist.jobs.crawling import CrawlReport, crawl_leaders, crawl_speakers
from watchlist.jobs.refreshing import refresh
from watchlist.jobs.workplace import Workplace
from watchlist.models import Entry, Feed, Person
from watchlist.settings import Settings
from watchlist.store import Store

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
CANARY = "93.184.216.99"
"""Where every name of those sites would lead."""
SITES = sorted(access_rules().never_fetched)
NAMES = [
    "linkedin.com", "www.linkedin.com", "de.linkedin.com", "api.linkedin.com", "lnkd.in", "static.licdn.com",
    "facebook.com", "www.facebook.com", "m.facebook.com", "graph.facebook.com", "fb.com", "fb.me",
    "instagram.com", "www.instagram.com", "instagr.am", "ig.me", "scontent.cdninstagram.com", "scontent.xx.fbcdn.net",
]  # fmt: skip


@dataclass
class Names:
    """A resolver that knows every name, and remembers which names of those sites it was asked for."""

    asked: list[str] = field(default_factory=list)

    async def __call__(self, name: str, port: int) -> Sequence[str]:
        if access_rules().is_never_fetched(name.lower()):
            self.asked.append(name)
            return [CANARY]
        return [PUBLIC]


@dataclass
class Net:
    """The web, the canary, and a door between them whose decisions are kept."""

    web: LoopbackServer
    canary: LoopbackServer
    names: Names = field(default_factory=Names)
    decisions: list[Decision] = field(default_factory=list)

    def door(self, settings: Settings) -> Door:
        async def call(address: str, port: int) -> Wire:
            return await dial("127.0.0.1", (self.canary if address == CANARY else self.web).port)

        return Door(
            settings, resolver=self.names, dial=call, pace=FakeTime().pace(),
            clock=lambda: NOON, watch=self.decisions.append,
        )  # fmt: skip

    def is_silent(self) -> bool:
        """Whether the canary heard nothing: no request, no connection, no look-up of a name."""
        return (self.canary.log, self.canary.connections, self.names.asked) == ([], 0, [])

    def refused(self) -> set[str]:
        """Hosts that the door was asked for and refused because of this rule."""
        return {decision.host for decision in self.decisions if decision.reason == "never_fetched"}


@contextmanager
def net(handlers: Mapping[str, Handler], ca: trustme.CA | None = None) -> Iterator[Net]:
    with LoopbackServer(handlers, ca=ca) as web, LoopbackServer({"*": lambda _: Response("got you")}) as canary:
        yield Net(web, canary)


# --- one address -----------------------------------------------------------------------------------------------------

FORMS = [
    "https://{}/in/ada", "http://{}/", "https://{}:8443/", "//{}/x", "https:{}/", "HTTPS://{}./in/ada", "https://\t{}/",
    "feed:https://{}/feed.xml", "https://a@{}/", "https://%77%77%77.{}/", "https://x.y.{}/robots.txt",
    "https:\\\\{}\\in", "https://{}%2f/", "https://\uff57\uff57\uff57.{}/",
]  # fmt: skip


@pytest.mark.parametrize("access", [Access.CRAWL, Access.SUBSCRIPTION, Access.DOCUMENTED_API])
def test_no_form_of_an_address_gets_there(access: Access, tmp_path: Path) -> None:
    urls = [form.format(name) for name in [*NAMES, *map(str.upper, SITES)] for form in FORMS]
    with net({"*": site({})}) as world:

        async def work(door: Door) -> list[int | str]:
            return await asyncio.gather(*(outcome(door, url, access) for url in urls))

        results = run(work, world.door(settings_of(tmp_path)))
        assert world.is_silent()
        assert world.web.log == []
    assert all(isinstance(result, str) for result in results)


def test_no_redirect_gets_there(tmp_path: Path) -> None:
    targets = [form.format(name) for name in NAMES for form in FORMS]
    statuses = [301, 302, 303, 307, 308]

    def redirecting(request: Request) -> Response:
        if request.path == "/robots.txt":
            return Response("", 404)
        number = int(request.path[1:])
        location = targets[number].encode("utf-8").decode("latin-1")
        return Response("", statuses[number % 5], {"location": location})

    with net({"*": redirecting}) as world:

        async def work(door: Door) -> list[int | str]:
            urls = [f"http://a{number}.test/{number}" for number in range(len(targets))]
            direct = await asyncio.gather(*(outcome(door, url) for url in urls))
            seen, _ = await crawl(door, urls)
            assert not [result for result in seen.values() if isinstance(result, int)]
            return direct

        results = run(work, world.door(settings_of(tmp_path)))
        assert world.is_silent()
        assert len(world.refused()) >= len(NAMES)
    assert all(isinstance(result, str) for result in results)
    assert results.count("never_fetched") > len(targets) / 2


def test_no_robots_txt_leads_there(tmp_path: Path) -> None:
    def redirecting(request: Request) -> Response:
        return Response("", 302, {"location": f"https://{request.host.removesuffix('.test')}/robots.txt"})

    with net({"*": redirecting}) as world:

        async def work(door: Door) -> list[int | str]:
            return await asyncio.gather(*(outcome(door, f"http://{name}.test/") for name in NAMES))

        results = run(work, world.door(settings_of(tmp_path)))
        assert world.is_silent()
        assert {request.path for request in world.web.log} == {"/robots.txt"}
    assert set(results) == {"robots_unreachable"}


# --- a whole crawl and refresh ---------------------------------------------------------------------------------------

TEAM = """<html><head><title>Leadership - Acme Orchards</title>
<link rel="canonical" href="https://www.linkedin.com/company/acme/people/">
<link rel="alternate" type="application/rss+xml" title="Acme" href="https://www.facebook.com/feeds/acme.rss">
<link rel="alternate" type="application/atom+xml" title="Acme" href="/feed-that-moved.xml">
<link rel="next" href="https://lnkd.in/team2"><link rel="me" href="https://www.instagram.com/acme">
<meta http-equiv="refresh" content="5; url=https://fb.me/acme">
<base target="_blank"></head><body><h1>Our leadership team</h1><div class="team">
{cards}</div><a href="https://www.linkedin.com/company/acme/board/">Board of directors</a>
<a href="https://m.facebook.com/acme/team">Meet the team</a><a href="/management-that-moved">Management team</a>
</body></html>"""
CARD = """<div class="card"><img src="https://static.licdn.com/{slug}.jpg"><h3>{name}</h3><p>{title}</p>
<a href="https://www.linkedin.com/in/{slug}">LinkedIn</a> <a href="https://www.instagram.com/{slug}">Instagram</a>
<a href="https://{slug}.test/">Website</a> <a href="https://fb.com/{slug}">Facebook</a></div>"""
PEOPLE = [("Ada Appleseed", "Chief Human Resources Officer"), ("Bo Plumfield", "Chief Technology Officer"),
          ("Cy Pearmain", "HR Director"), ("Dee Quincey", "Chief Executive Officer")]  # fmt: skip
OWN_PAGE = """<html><head><title>{name}</title>
<link rel="alternate" type="application/rss+xml" href="https://www.linkedin.com/in/{slug}/feed">
<link rel="alternate" type="application/rss+xml" href="/moved.xml">
<link rel="alternate" type="application/atom+xml" href="/good.xml">
<link rel="me" href="https://www.facebook.com/{slug}"></head><body><h1>{name}</h1></body></html>"""
FEED = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Notes</title><id>tag:{slug}</id>
<link rel="self" href="https://www.linkedin.com/feed.atom"/><link rel="next" href="https://www.facebook.com/page2"/>
<link rel="hub" href="https://www.instagram.com/hub"/><icon>https://static.licdn.com/icon.png</icon>
<entry><id>tag:{slug}:1</id><title>Post of {slug}</title><link href="https://lnkd.in/{slug}"/><updated>2026-03-01T08:00:00Z</updated></entry>
</feed>"""
SPEAKERS = """<html><body><h1>Speakers of Orchard Days 2026</h1>
<iframe src="https://www.facebook.com/plugins/speakers"></iframe>
<a href="https://www.linkedin.com/events/1/speakers">Speakers</a><a href="/speakers-that-moved">All speakers</a>
<script src="https://connect.facebook.net/sdk.js"></script>{cards}</body></html>"""
SITEMAP = """<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<url><loc>https://www.facebook.com/beech/team</loc></url><url><loc>http://beech.test/about/leadership</loc></url>
<url><loc>https://www.linkedin.com/company/beech/leadership-team</loc></url></urlset>"""
LIST = """rank,name,website,wikidata_id,cik,country,leadership_url,source,as_of
1,Acme Orchards,http://www.acme.test/,,,SE,https://www.linkedin.com/company/acme/people/,invented,2026-03
2,Beech,http://beech.test/,,,SE,,invented,2026-03
3,Cedar,https://www.linkedin.com/company/cedar/,,,SE,,invented,2026-03
4,Dogwood,http://www.dogwood.test/,,,SE,,invented,2026-03
5,Elm,http://www.elm.test/,,,SE,,invented,2026-03
"""


def slug_of(name: str) -> str:
    return name.split(maxsplit=1)[0].lower()


def moved(to: str) -> Response:
    return Response("", 301, {"location": to})


def world() -> dict[str, Handler]:
    """Five companies, their people's own pages and feeds, two conferences. All names without a page answer 404."""
    cards = "\n".join(CARD.format(name=name, title=title, slug=slug_of(name)) for name, title in PEOPLE)
    sites: dict[str, dict[str, str | bytes | Response]] = {
        "www.acme.test": {
            "/robots.txt": "User-agent: *\nDisallow: /x\nSitemap: https://www.linkedin.com/sitemap.xml\n",
            "/": '<html><title>Acme Orchards</title><h1>Acme Orchards</h1><p>Acme Orchards grows apples.</p>'
                 '<a href="/team">Leadership team</a><a href="https://www.facebook.com/acme/leadership">Leadership</a></html>',
            "/team": TEAM.format(cards=cards),
            "/management-that-moved": moved("https://www.linkedin.com/company/acme/management"),
            "/feed-that-moved.xml": moved("https://www.instagram.com/acme/feed.xml"),
        },
        "beech.test": {
            "/": "<html><title>Beech</title><h1>Beech</h1><p>Beech Beech Beech.</p></html>",
            "/sitemap.xml": Response(SITEMAP, headers={"content-type": "application/xml"}),
            "/about/leadership": moved("https://lnkd.in/beech"),
        },
        "www.dogwood.test": {"/robots.txt": moved("https://www.instagram.com/robots.txt"), "/": "<html>Dogwood"},
        "www.elm.test": {"/": moved("https://www.facebook.com/elm")},
        "days.test": {
            "/": SPEAKERS.format(cards=cards),
            "/speakers-that-moved": moved("https://www.facebook.com/events/speakers"),
        },
    }  # fmt: skip
    for name, _ in PEOPLE:
        slug = slug_of(name)
        sites[f"{slug}.test"] = {
            "/": OWN_PAGE.format(name=name, slug=slug),
            "/moved.xml": moved(f"https://www.linkedin.com/in/{slug}/feed.xml"),
            "/good.xml": Response(FEED.format(slug=slug), headers={"content-type": "application/atom+xml"}),
        }
    return {"*": site({}), **{host: site(pages) for host, pages in sites.items()}}


def test_a_whole_crawl_and_refresh_never_gets_there(tmp_path: Path, ca: trustme.CA) -> None:
    settings = settings_of(tmp_path, ca_file=str(write_ca(ca, tmp_path)))
    with net(world(), ca) as here, Store.open(settings) as store:
        with store.session() as session:
            _prepare(session)
        first = asyncio.run(_crawl_and_refresh(here, store, settings))
        assert here.is_silent()
        with store.session() as session:
            people = set(session.exec(select(Person.name)))
            feeds = list(session.exec(select(Feed)))
            entries = session.exec(select(Entry.title)).all()
    # It was a real crawl and a real refresh ...
    assert people == {name for name, _ in PEOPLE}
    assert set(entries) == {f"Post of {slug_of(name)}" for name, _ in PEOPLE}
    assert first.failed == {
        "Cedar": "never_fetched",
        "Elm": "never_fetched",
        "Dogwood": "robots_unreachable",
        "Beech": "never_fetched",
    }
    # ... and it was tempted, by what was asked for and by what answers pointed at.
    assert {"www.linkedin.com", "www.facebook.com", "www.instagram.com", "lnkd.in"} <= here.refused()
    tempting = {"/management-that-moved", "/about/leadership", "/speakers-that-moved", "/moved.xml"}
    assert tempting <= set(here.web.paths())
    there = [feed for feed in feeds if access_rules().is_never_fetched(feed.url.split("/")[2])]
    assert len(there) > 2 * len(PEOPLE)
    assert {feed.reason for feed in there} <= {"never_fetched", None}
    assert all(feed.fetched_at is None for feed in there)


async def _crawl_and_refresh(here: Net, store: Store, settings: Settings) -> CrawlReport:
    """Everything twice; gives the first crawl's report."""
    with ReadingRoom() as room:
        async with here.door(settings) as door, asyncio.timeout(60):
            place = Workplace(settings=settings, store=store, door=door, room=room, clock=lambda: NOON)
            first = await crawl_leaders(place, "it")
            await store.write(_plant_feeds)
            for _ in range(2):
                await crawl_speakers(place)
                await refresh(place, everything=True)
                await crawl_leaders(place, "it")
    return first


def _prepare(session: Session) -> None:
    import_companies(session, read_company_csv(LIST.encode(), "it.csv").rows, "it")
    add_event(session, "Orchard Days 2026", "http://days.test/")
    add_event(session, "Fruit Fair", "https://www.facebook.com/events/fair")
    set_goal(
        session, ensure_user(session), current_title="HR manager", target_title="HR director", list_key="it",
        now=NOON, follow="all",
    )  # fmt: skip


def _plant_feeds(session: Session) -> None:
    """Feeds on those sites that came into the database some other way."""
    for number, person in enumerate(session.exec(select(Person)).all()):
        for url in (f"https://www.instagram.com/{number}/feed.xml", f"http://lnkd.in/{number}.rss"):
            session.add(
                Feed(
                    url=url,
                    kind="rss",
                    person_id=person.id,
                    found_on=url,
                    found_at=NOON,
                    state_since=NOON,
                    next_at=NOON,
                )
            )
