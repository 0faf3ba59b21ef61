"""The refresh job at a real server: moves, freshness, opt-outs, stops, and what each leaves in the database."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from crawler.fetch import Door
from crawler.fetch.stops import Stops
from crawler.reading import ReadingRoom
from pipelines.load import load_found_feeds
from pipelines.records import FeedRecord
from tests.databases import settings_for
from tests.servers import Handler, LoopbackServer, Request, Response
from tests.watchlist.world import START, World
from watchlist.errors import StoppedError
from watchlist.follow import ensure_user, follow_people
from watchlist.jobs.refresh_report import RefreshReport
from watchlist.jobs.refreshing import refresh
from watchlist.jobs.workplace import Workplace
from watchlist.models import Entry, Feed, Profile, Wish
from watchlist.store import Store
from watchlist.store.suppression import suppress

HOUR = timedelta(hours=1)
RSS = {"content-type": "application/rss+xml"}
FEED = (
    "<rss version='2.0'><channel><title>Notes</title><item><guid>{}</guid><title>Post {}</title>"
    "<description>Some words</description></item></channel></rss>"
)


def feed(number: int = 1, headers: dict[str, str] | None = None) -> Response:
    return Response(FEED.format(number, number), headers={**RSS, **(headers or {})})


def moved(to: str) -> Response:
    return Response("", 301, {"location": to})


@dataclass
class Desk:
    """Two followed people with a feed each, a server whose answers are set by path, and a clock that is set by hand."""

    store: Store
    folder: Path
    server: LoopbackServer
    pages: dict[str, Response]
    now: datetime = START

    def refresh(self, stops: Stops | None = None, *, everything: bool = False) -> RefreshReport:
        """One refresh with a door of its own."""

        async def live() -> RefreshReport:
            settings = settings_for(self.folder)
            network = settings.network.model_copy(update={"hosts": self.server.hosts()})
            chosen = settings.model_copy(update={"network": network, "contact": "me@example.test"})
            with ReadingRoom() as room:
                async with Door(chosen, clock=lambda: self.now) as door:
                    door.obey(stops or Stops())
                    place = Workplace(settings=chosen, store=self.store, door=door, room=room, clock=lambda: self.now)
                    return await refresh(place, everything=everything)

        return asyncio.run(live())

    def feed(self, number: int = 1) -> Feed:
        with self.store.session() as session:
            row = session.get_one(Feed, number)
            session.expunge_all()
        return row

    def titles(self) -> list[str]:
        with self.store.session() as session:
            return sorted(session.exec(select(Entry.title)))

    def later(self, gap: timedelta) -> None:
        self.now += gap


@pytest.fixture
def desk(store: Store, tmp_path: Path) -> Iterator[Desk]:
    pages: dict[str, Response] = {}

    def answer(request: Request) -> Response:
        return pages.get(f"{request.host}{request.path}", Response("not here", 404))

    handlers: dict[str, Handler] = dict.fromkeys(("zoe.test", "new.test", "omar.test"), answer)
    with store.session() as session:
        world = World(session)
        people = [world.person(name) for name in ("Zoe Quillfeather", "Omar Haddad")]
        for person, host in zip(people, ("zoe.test", "omar.test"), strict=True):
            world.feed(f"http://{host}/feed", person_id=person)
        follow_people(session, ensure_user(session), people, now=START)
    with LoopbackServer(handlers) as server:
        pages.update({"zoe.test/feed": feed(), "omar.test/feed": feed(2)})
        yield Desk(store, tmp_path, server, pages)


# --- moving ------------------------------------------------------------------------------------------------------


def test_a_feed_moves_only_after_three_good_answers_over_a_day(desk: Desk) -> None:
    desk.pages |= {"zoe.test/feed": moved("http://new.test/feed"), "new.test/feed": feed(3, {"etag": '"1"'})}
    for gap in (HOUR, HOUR, HOUR, timedelta(hours=20)):
        desk.refresh()
        assert desk.feed().url == "http://zoe.test/feed"
        desk.later(gap)
    assert desk.feed().moving_seen == 4
    desk.later(HOUR)
    desk.refresh()
    row = desk.feed()
    assert (row.url, row.former_urls) == ("http://new.test/feed", ["http://zoe.test/feed"])
    assert (row.moving_to, row.moving_since, row.moving_seen) == (None, None, 0)
    before = len(desk.server.paths("zoe.test"))
    desk.later(HOUR)
    assert desk.refresh().failed == {}
    assert len(desk.server.paths("zoe.test")) == before, "only the new address is asked"


def test_the_same_answer_without_a_good_body_moves_nothing(desk: Desk) -> None:
    desk.pages |= {"zoe.test/feed": moved("http://new.test/feed"), "new.test/feed": Response("<p>a parked page</p>")}
    for _ in range(5):
        desk.refresh(everything=True)
        desk.later(timedelta(hours=25))
    row = desk.feed()
    assert (row.url, row.moving_to, row.reason) == ("http://zoe.test/feed", None, "not_a_feed")


def test_a_different_place_or_a_return_begins_anew(desk: Desk) -> None:
    places = ["http://new.test/a", "http://new.test/a", "http://new.test/b", None, "http://new.test/a"]
    seen = []
    desk.pages |= {"new.test/a": feed(), "new.test/b": feed()}
    for place in places:
        desk.pages["zoe.test/feed"] = moved(place) if place else feed()
        desk.refresh(everything=True)
        seen.append((desk.feed().moving_to, desk.feed().moving_seen))
        desk.later(timedelta(hours=13))
    assert seen == [
        ("http://new.test/a", 1),
        ("http://new.test/a", 2),
        ("http://new.test/b", 1),
        (None, 0),
        ("http://new.test/a", 1),
    ]
    assert desk.feed().url == "http://zoe.test/feed"


def test_an_answer_that_nothing_changed_is_no_witness_so_whole_ones_are_asked_for(desk: Desk) -> None:
    def conditional(request: Request) -> Response:
        if request.path != "/feed":
            return Response("not here", 404)
        return Response("", 304) if "if-none-match" in request.headers else feed(3, {"etag": '"1"'})

    desk.server.handlers["new.test"] = conditional
    desk.pages["zoe.test/feed"] = moved("http://new.test/feed")
    seen = []
    for _ in range(26):
        desk.refresh(everything=True)
        seen.append(desk.feed().moving_seen)
        desk.later(HOUR)
    assert seen[:4] == [1, 2, 2, 2]
    assert desk.feed().url == "http://new.test/feed"


def test_a_feed_does_not_move_to_an_address_that_is_taken_or_erased(desk: Desk) -> None:
    desk.pages["zoe.test/feed"] = moved("http://omar.test/feed")
    desk.pages |= {"omar.test/feed": moved("http://new.test/feed"), "new.test/feed": feed(4)}
    with desk.store.session() as session:
        suppress(session, "url", ["http://new.test/feed"])
    for _ in range(5):
        desk.refresh(everything=True)
        desk.later(timedelta(hours=25))
    assert [desk.feed(number).url for number in (1, 2)] == ["http://zoe.test/feed", "http://omar.test/feed"]


def test_the_old_address_of_a_feed_is_not_found_anew(desk: Desk) -> None:
    with desk.store.session() as session:
        row = session.get_one(Feed, 1)
        row.former_urls = ["http://old.test/feed"]
        session.add(row)
    with desk.store.session() as session:
        found = [FeedRecord(url="http://old.test/feed", kind="rss", title=None, person=None)]
        load_found_feeds(session, found, {}, None, found_on="http://zoe.test/", found_at=START)
        assert len(session.exec(select(Feed)).all()) == 2


# --- when to look again ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "hours"),
    [
        ({}, 1),
        ({"cache-control": "max-age=60"}, 1),
        ({"cache-control": "max-age=18000"}, 5),
        ({"cache-control": "max-age=31536000"}, 24),
        ({"cache-control": "no-cache, max-age=18000"}, 1),
    ],
)
def test_what_is_fresh_is_not_asked_for_again(desk: Desk, headers: dict[str, str], hours: int) -> None:
    desk.pages["zoe.test/feed"] = feed(headers=headers)
    desk.refresh()
    assert desk.feed().next_at == START + hours * HOUR


@pytest.mark.parametrize(
    ("status", "state"), [(410, "gone"), (401, "blocked"), (403, "blocked"), (451, "blocked"), (404, "failing")]
)
def test_a_refusal_is_said_and_kept(desk: Desk, status: int, state: str) -> None:
    desk.pages["zoe.test/feed"] = Response("", status)
    report = desk.refresh()
    assert report.failed == {"http://zoe.test/feed": f"http_{status}"}
    assert (desk.feed().state, desk.feed().reason) == (state, f"http_{status}")
    desk.later(timedelta(days=2))
    asked = len(desk.server.paths("zoe.test"))
    desk.refresh()
    assert (len(desk.server.paths("zoe.test")) > asked) == (state != "gone")


# --- opt-outs ----------------------------------------------------------------------------------------------------


def test_who_asks_not_to_be_profiled_is_not_stored_and_the_signal_is(desk: Desk) -> None:
    desk.pages["zoe.test/feed"] = feed(headers={"x-robots-tag": "noai"})
    report = desk.refresh()
    assert report.failed == {"http://zoe.test/feed": "opted_out"}
    assert desk.titles() == ["Post 2"]
    row = desk.feed()
    assert (row.state, row.reason, row.detail) == ("blocked", "opted_out", "X-Robots-Tag: noai")
    with desk.store.session() as session:
        (wish,) = session.exec(select(Wish))
    assert (wish.url, wish.reason, wish.signals, wish.first_at) == (row.url, "opted_out", ["X-Robots-Tag: noai"], START)

    desk.pages["zoe.test/feed"] = feed()
    desk.later(timedelta(days=2))
    assert desk.refresh().failed == {}
    assert desk.titles() == ["Post 1", "Post 2"]
    with desk.store.session() as session:
        assert session.exec(select(Wish)).all() == []


def test_the_files_of_a_site_are_asked_before_anything_is_kept(desk: Desk) -> None:
    reserved = '[{"location": "/feed", "tdm-reservation": 1}]'
    desk.pages["zoe.test/.well-known/tdmrep.json"] = Response(reserved, headers={"content-type": "application/json"})
    assert desk.refresh().failed == {"http://zoe.test/feed": "opted_out"}
    assert desk.titles() == ["Post 2"]


def test_a_noindex_is_for_search_engines_not_for_subscribers(desk: Desk) -> None:
    desk.pages["zoe.test/feed"] = feed(headers={"x-robots-tag": "noindex, follow"})
    assert desk.refresh().failed == {}
    assert desk.titles() == ["Post 1", "Post 2"]


def test_who_allows_no_quotes_is_not_quoted(desk: Desk) -> None:
    desk.pages["zoe.test/feed"] = feed(headers={"x-robots-tag": "nosnippet"})
    desk.refresh()
    with desk.store.session() as session:
        assert dict(session.exec(select(Entry.title, Entry.summary)).all()) == {"Post 1": "", "Post 2": "Some words"}


# --- own pages ---------------------------------------------------------------------------------------------------

BLOG = "<html><head><link rel='alternate' type='application/rss+xml' href='/blog.xml'>{}</head><body>Hi</body></html>"


@pytest.fixture
def page(desk: Desk) -> Callable[[], Profile]:
    """Zoe's own page."""
    with desk.store.session() as session:
        number = World(session, records=100).profile(1, "http://zoe.test/")

    def read() -> Profile:
        with desk.store.session() as session:
            row = session.get_one(Profile, number)
            session.expunge_all()
        return row

    return read


def test_a_page_that_fails_is_put_off_like_a_feed(desk: Desk, page: Callable[[], Profile]) -> None:
    desk.pages["zoe.test/"] = Response("", 500)
    assert desk.refresh().failed_pages == {"http://zoe.test/": "http_500"}
    row = page()
    assert (row.reason, row.failures, row.next_at, row.looked_at) == ("http_500", 1, START + 4 * HOUR, None)
    desk.later(2 * HOUR)
    desk.refresh()
    assert desk.server.paths("zoe.test").count("/") == 1
    desk.pages["zoe.test/"] = Response(BLOG.format(""))
    desk.later(2 * HOUR)
    assert desk.refresh().found_feeds == 1
    assert (page().reason, page().failures, page().looked_at) == (None, 0, desk.now)


@pytest.mark.parametrize("meta", ["<meta name='robots' content='noai'>", "<meta name='tdm-reservation' content='1'>"])
def test_a_page_whose_owner_opts_out_gives_no_feed_and_is_left_alone(
    desk: Desk, page: Callable[[], Profile], meta: str
) -> None:
    desk.pages["zoe.test/"] = Response(BLOG.format(meta))
    report = desk.refresh()
    assert (report.found_feeds, report.failed_pages) == (0, {})
    assert (page().reason, page().looked_at) == ("opted_out", START)
    with desk.store.session() as session:
        assert session.exec(select(Wish.url)).all() == ["http://zoe.test/"]


# --- the kill switch ---------------------------------------------------------------------------------------------


def test_what_the_user_stopped_stays_due_and_others_are_read(desk: Desk, page: Callable[[], Profile]) -> None:
    before = desk.feed().next_at
    report = desk.refresh(Stops(people=frozenset({1})))
    assert (report.feeds, report.halted, report.failed, report.failed_pages) == (2, 2, {}, {})
    assert desk.titles() == ["Post 2"]
    assert "2 left alone as you asked" in report.line
    row = desk.feed()
    assert (row.state, row.next_at, row.lease_until, row.failures) == ("ok", before, None, 0)
    assert (page().looked_at, page().reason) == (None, None)
    assert desk.server.paths("zoe.test") == []
    desk.refresh()
    assert desk.titles() == ["Post 1", "Post 2"]


def test_a_refresh_that_was_cut_off_says_so_and_leaves_every_feed_due(desk: Desk) -> None:
    with pytest.raises(StoppedError, match="mentorwatch resume --all"):
        desk.refresh(Stops(everything=True))
    assert [(desk.feed(number).next_at, desk.feed(number).lease_until) for number in (1, 2)] == [(START, None)] * 2
    assert desk.server.log == []
