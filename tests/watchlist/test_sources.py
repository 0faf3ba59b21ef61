"""Every source with how it may be used, how it is, and in plain words why something is not fetched."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from crawler.fetch.stops import Stops
from tests.databases import settings_for
from tests.watchlist.world import START, World
from watchlist.follow import ensure_user, follow_people
from watchlist.models import (
    DoorMemory,
    Event,
    Feed,
    FetchCount,
    Goal,
    Job,
    ListEntry,
    Organization,
    Profile,
    Visit,
    Wish,
)
from watchlist.settings import Settings
from watchlist.sources import SourcesReport, render_sources, report_sources
from watchlist.stops import add_stops
from watchlist.store import Store

NOW = START + timedelta(days=9)
SECRET = "Zx81kQpL0vWmT4sNb7Yd"


@pytest.fixture
def session(store: Store) -> Iterator[Session]:
    with store.session() as opened:
        yield opened


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_for(tmp_path / "home")


def company(world: World, name: str, reason: str | None, **visit: Any) -> int:
    """A company of the goal's list with a site, and its last visit unless `reason` is "unvisited"."""
    number = world.company(name, 1)
    world.session.get_one(Organization, number).website = f"https://{name.casefold()}.test/"
    if reason != "unvisited":
        row = Visit(kind="leaders", organization_id=number, finished_at=START, reason=reason, **visit)
        world.add(row)
    return number


def fill(session: Session) -> None:
    """Sources of every kind in every state."""
    world, user = World(session), ensure_user(session)
    company(world, "Acme", None, good_at=START)
    company(world, "Blocked", "robots")
    company(world, "New", "unvisited")
    entry = session.get_one(ListEntry, 1)
    goal: dict[str, Any] = {"current_title": "a", "target_title": "b", "function": "hr", "level": "director"}
    world.add(Goal(user_id=user.id or 0, name="main", list_id=entry.list_id, created_at=START, **goal))
    event = world.add(Event(key="days", name="Dev Days", platform="html", url="https://devdays.test/"))
    world.add(Visit(kind="speakers", event_id=event, finished_at=START, reason="http_503"))
    world.add(Job(name="crawl_leaders", key="it", next_at=NOW + timedelta(days=1)))
    zoe, omar = world.person("Zoe Quillfeather"), world.person("Omar Haddad")
    follow_people(session, user, [zoe], now=START)
    world.feed("https://well.test/feed", person_id=zoe)
    failing = world.feed(f"https://failing.test/feed?access_token={SECRET}", person_id=zoe)
    opted = world.feed("https://opted.test/feed", person_id=zoe)
    world.feed("https://unused.test/feed", person_id=omar)
    for number, state, reason, detail in (
        (failing, "failing", "timeout", "60 s"),
        (opted, "blocked", "opted_out", "X-Robots-Tag: noai"),
    ):
        row = session.get_one(Feed, number)
        row.state, row.reason, row.detail, row.next_at = state, reason, detail, NOW + timedelta(hours=4)
    gone = session.get_one(Profile, world.profile(zoe, "https://zoe.test/"))
    gone.looked_at, gone.reason = START, "http_404"
    world.profile(zoe, "https://www.linkedin.com/in/zoe", access="link_only", platform="linkedin")
    world.profile(omar, "https://omar.test/")
    session.flush()


def by_address(report: SourcesReport) -> dict[str, tuple[str, str, str, str | None]]:
    return {line.address: (line.kind, line.access, line.state, line.reason) for line in report.sources}


def test_by_default_what_is_used_and_not_well(session: Session, settings: Settings) -> None:
    fill(session)
    report = report_sources(session, settings, NOW, everything=False)
    assert by_address(report) == {
        "https://blocked.test/": ("company", "crawl", "blocked", "robots"),
        "https://devdays.test/": ("event", "crawl", "failing", "http_503"),
        f"https://failing.test/feed?access_token={SECRET}": ("feed", "subscription", "failing", "timeout"),
        "https://opted.test/feed": ("feed", "subscription", "blocked", "opted_out"),
        "https://zoe.test/": ("page", "crawl", "failing", "http_404"),
    }
    assert report.counts == {"halted": 0, "blocked": 2, "gone": 0, "failing": 3, "new": 1, "ok": 2, "unused": 0}
    words = {line.reason: line.words for line in report.sources}
    assert words == {
        "robots": "Its robots.txt asks crawlers to stay away, and that is obeyed",
        "http_503": "Its site has a fault of its own",
        "timeout": "no complete answer within the time limit",
        "opted_out": "its owner asks that nothing of it is kept",
        "http_404": "the page is not there",
    }


def test_with_all_also_what_is_well_and_what_nothing_needs(session: Session, settings: Settings) -> None:
    fill(session)
    found = by_address(report_sources(session, settings, NOW, everything=True))
    assert len(found) == 11
    assert found["https://acme.test/"] == ("company", "crawl", "ok", None)
    assert found["https://new.test/"] == ("company", "crawl", "new", None)
    assert found["https://well.test/feed"] == ("feed", "subscription", "ok", None)
    assert found["https://unused.test/feed"] == ("feed", "subscription", "unused", None)
    assert found["https://omar.test/"] == ("page", "crawl", "unused", None)
    assert found["https://www.linkedin.com/in/zoe"] == ("page", "never_fetched", "unused", "never_fetched")


def test_a_company_on_two_lists_is_one_source_and_one_on_no_goals_list_is_unused(
    session: Session, settings: Settings
) -> None:
    fill(session)
    world = World(session, records=100)
    other = world.company("Elsewhere", 1, on="bio")
    session.get_one(Organization, other).website = "https://elsewhere.test/"
    bio = session.get_one(ListEntry, 4).list_id
    world.add(ListEntry(list_id=bio, organization_id=1, rank=2, source="test"))
    report = report_sources(session, settings, NOW, everything=True)
    assert by_address(report)["https://elsewhere.test/"][2] == "unused"
    assert [line.state for line in report.sources if line.address == "https://acme.test/"] == ["ok"]


def test_what_the_user_stopped_by_name_is_halted_whatever_it_was(session: Session, settings: Settings) -> None:
    fill(session)
    stops = Stops(everything=True, hosts=frozenset({"blocked.test"}), people=frozenset({1}))
    add_stops(session, stops, now=NOW)
    report = report_sources(session, settings, NOW, everything=False)
    halted = {line.address for line in report.sources if line.state == "halted"}
    assert len(halted) == 5
    assert {"https://blocked.test/", "https://well.test/feed", "https://zoe.test/"} <= halted
    assert [line.kind for line in report.stops] == ["all", "host", "person"]


def test_pauses_in_force_and_counters_by_host(session: Session, settings: Settings) -> None:
    world = World(session)
    for host, hours, failures, reason in (
        ("a.test", 2, 0, "http_429"),
        ("b.test", 1, 3, "timeout"),
        ("c.test", -1, 1, "tls"),
    ):
        until = NOW + timedelta(hours=hours)
        value = {"failures": failures, "until": until.isoformat(), "reason": reason}
        world.add(DoorMemory(kind="pause", key=host, value=value, expires_at=until + timedelta(days=1)))
    world.add(DoorMemory(kind="pause", key="well.test", value={}, expires_at=NOW + timedelta(days=1)))
    for host, reason, number in (
        ("a.test", "ok", 5),
        ("a.test", "robots", 2),
        ("a.test", "timeout", 1),
        ("d.test", "ok", 1),
    ):
        at: dict[str, Any] = {
            "first_at": START,
            "last_at": NOW,
            "last_url": f"https://{host}/?access_token={SECRET}",
            "detail": "",
        }
        world.add(FetchCount(host=host, reason=reason, count=number, **at))
    report = report_sources(session, settings, NOW, everything=False)
    assert [(line.host, line.failures, line.words) for line in report.pauses] == [
        ("b.test", 3, "no complete answer within the time limit"),
        ("a.test", 0, "the site asks us to come less often"),
    ]
    (line,) = report.hosts
    assert (line.host, line.answers, line.in_vain, line.refused) == ("a.test", 5, 1, 2)
    assert [(tally.reason, tally.words, tally.count) for tally in line.reasons] == [
        ("robots", "robots.txt forbids it", 2),
        ("timeout", "no complete answer within the time limit", 1),
    ]
    assert len(report_sources(session, settings, NOW, everything=True).hosts) == 2


def test_the_json_has_every_key_and_no_secret(session: Session, settings: Settings) -> None:
    fill(session)
    World(session).add(Wish(url="https://a.test/", reason="noindex", signals=["noindex"], first_at=START, last_at=NOW))
    data = report_sources(session, settings, NOW, everything=False).as_json()
    assert set(data) == {"at", "counts", "stops", "pauses", "sources", "opt_outs", "hosts"}
    assert set(data["sources"][0]) == {
        *("kind", "owner", "address", "access", "state", "reason", "words", "detail", "last_answer_at", "next_at")
    }
    assert data["opt_outs"] == [
        {
            "url": "https://a.test/",
            "reason": "noindex",
            "signals": ["noindex"],
            "first_at": "2026-03-01T08:00:00Z",
            "last_at": "2026-03-10T08:00:00Z",
        }
    ]
    addresses = [source["address"] for source in data["sources"]]
    assert "https://failing.test/feed?access_token=***" in addresses
    assert SECRET not in str(data)


@pytest.mark.parametrize("width", [60, 80, 120, 160])
def test_the_page_fits_its_terminal(session: Session, settings: Settings, width: int) -> None:
    fill(session)
    world = World(session, records=100)
    until = NOW + timedelta(hours=2)
    pause = {"failures": 0, "until": until.isoformat(), "reason": "http_429"}
    world.add(DoorMemory(kind="pause", key="slow.test", value=pause, expires_at=until))
    at: dict[str, Any] = {"first_at": START, "last_at": NOW, "last_url": "", "detail": ""}
    world.add(FetchCount(host="slow.test", reason="backoff", count=4, **at))
    signals = ["X-Robots-Tag: noai"]
    world.add(Wish(url="https://opted.test/feed", reason="opted_out", signals=signals, first_at=START, last_at=NOW))
    add_stops(session, Stops(hosts=frozenset({"elsewhere.test"})), now=NOW)
    for everything in (False, True):
        page = render_sources(report_sources(session, settings, NOW, everything=everything), width)
        assert [line for line in page.splitlines() if len(line) > width] == []
        flat = " ".join(page.split())
        for words in (
            "8 sources in use: 2 ok, 1 new, 3 failing, 2 blocked",
            "elsewhere.test and its sub hosts since 2026-03-10 08:00Z",
            "2026-03-10 10:00Z slow.test asked for a pause until then",
            "Its robots.txt asks crawlers to stay away, and that is obeyed (robots)",
            "Zoe Quillfeather, feed, subscribed",
            "https://failing.test/feed?access_token=***",
            "https://opted.test/feed: X-Robots-Tag: noai, 2026-03-10 08:00Z",
            "slow.test: 4 kept back, last 2026-03-10 08:00Z: the host asked for a pause or failed a moment ago",
        ):
            assert words in flat
        assert ("LinkedIn" in page or "linkedin.com" in page) == everything
        assert SECRET not in page


def test_a_home_without_trouble_says_so(session: Session, settings: Settings) -> None:
    world, user = World(session), ensure_user(session)
    zoe = world.person("Zoe Quillfeather")
    follow_people(session, user, [zoe], now=START)
    world.feed("https://zoe.test/feed", person_id=zoe)
    report = report_sources(session, settings, NOW, everything=False)
    assert render_sources(report, 80) == "1 source in use: 1 ok; all is well\n"
