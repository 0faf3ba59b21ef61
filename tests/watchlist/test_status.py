from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlmodel import Session

from crawler.fetch.stops import Stops
from tests.watchlist.world import START, World
from watchlist.digest.build import make_digest
from watchlist.follow import ensure_user, follow_people
from watchlist.models import DoorMemory, Feed, FetchCount, Job, Visit
from watchlist.settings import Settings
from watchlist.status import DoctorReport, as_json, doctor, render_report
from watchlist.stops import add_stops
from watchlist.store import Store
from watchlist.store.exclusive import ADVISORY_KEY, LOCK_FILE

NOW = START + timedelta(days=9)


@pytest.fixture
def chosen(store: Store, tmp_path: Path) -> Settings:
    from tests.databases import settings_for

    settings = settings_for(tmp_path / "home")
    digest = settings.digest.model_copy(update={"timezone": "Europe/Berlin"})
    return settings.model_copy(update={"digest": digest, "contact": "me@mail.test", "about_url": "https://me.test/"})


@pytest.fixture
def session(store: Store) -> Iterator[Session]:
    with store.session() as opened:
        yield opened


def fill(session: Session, settings: Settings) -> None:
    """A home at work: two feeds of which one has failed for days, a crawl, a digest, two jobs."""
    world, user = World(session), ensure_user(session)
    ada = world.person("Ada Lee")
    follow_people(session, user, [ada], now=START)
    good, bad, worse = (world.feed(f"https://{name}.test/f", person_id=ada) for name in ("good", "bad", "worse"))
    session.get_one(Feed, good).fetched_at = START + timedelta(days=8)
    for feed, days, state, reason in ((bad, 5, "failing", "timeout"), (worse, 2, "gone", "http_410")):
        row = session.get_one(Feed, feed)
        row.state, row.state_since, row.reason = state, START + timedelta(days=days), reason
    world.entry(good, "A post")
    acme = world.company("Acme", 1)
    world.add(Visit(kind="leaders", organization_id=acme, finished_at=START + timedelta(days=1)))
    world.add(Job(name="refresh", key="all", next_at=NOW, last_run_at=START, last_result="2 new entries"))
    world.add(Job(name="digest", key="me", next_at=NOW + timedelta(hours=1)))
    until = NOW + timedelta(hours=2)
    pause = {"failures": 2, "until": until.isoformat(), "reason": "timeout"}
    world.add(DoorMemory(kind="pause", key="slow.test", value=pause, expires_at=until))
    for host, reason, days in (
        ("a.test", "robots", 1),
        ("b.test", "robots", 2),
        ("c.test", "tls", 8),
        ("a.test", "ok", 0),
    ):
        at = NOW - timedelta(days=days)
        world.add(FetchCount(host=host, reason=reason, count=3, first_at=START, last_at=at, last_url="", detail=""))
    add_stops(session, Stops(hosts=frozenset({"stopped.test"})), now=NOW)
    make_digest(session, user, date(2026, 3, 9), START + timedelta(days=8), settings)


def test_the_report_of_a_home_at_work(session: Session, chosen: Settings) -> None:
    fill(session, chosen)
    report = doctor(session, chosen, NOW)
    assert report.user_agent == chosen.user_agent
    assert "(+https://me.test/; me@mail.test)" in report.user_agent
    assert report.contact_set
    assert report.counts | {"people": 1, "followed": 1, "candidates": 0, "feeds": 3, "entries": 1} == report.counts
    assert report.feeds == {"new": 0, "ok": 1, "failing": 1, "blocked": 0, "gone": 1}
    assert [(feed.state, feed.owner, feed.reason) for feed in report.bad_feeds] == [
        ("gone", "Ada Lee", "http_410"),
        ("failing", "Ada Lee", "timeout"),
    ]
    assert report.oldest_bad_since == START + timedelta(days=2)
    assert [(job.name, job.due) for job in report.jobs] == [("refresh", True), ("digest", False)]
    assert report.last.crawl == START + timedelta(days=1)
    assert report.last.refresh == report.last.digest == START + timedelta(days=8)
    assert report.last.digest_day == date(2026, 3, 9)
    assert report.database.revision
    assert (report.database.bytes or 0) > 10_000
    assert [(line.host, line.failures, line.reason) for line in report.pauses] == [("slow.test", 2, "timeout")]
    assert [(line.reason, line.hosts) for line in report.refusals] == [("robots", 2)]
    assert [line.host for line in report.stops] == ["stopped.test"]
    assert report.advice == ("no goal is set: mentorwatch goal set",)


def test_a_fresh_home_is_told_the_first_steps(session: Session, chosen: Settings) -> None:
    report = doctor(session, chosen.model_copy(update={"contact": ""}), NOW)
    assert not report.contact_set
    assert report.advice[0] == "no contact address is set, so nothing is crawled: mentorwatch init"
    assert "no contact: nothing is crawled" in render_report(report)
    assert report.last.crawl is report.last.digest is report.oldest_bad_since is None


def test_a_stop_of_everything_is_the_first_thing_to_know(session: Session, chosen: Settings) -> None:
    add_stops(session, Stops(everything=True), now=NOW)
    report = doctor(session, chosen, NOW)
    assert report.advice[0] == "everything is stopped, so nothing is fetched: mentorwatch resume --all"
    assert "nothing is kept back" not in render_report(report)


def test_looking_changes_nothing(store: Store, chosen: Settings) -> None:
    with store.session() as session:
        fill(session, chosen)
    with store.session(mode="read") as session:  # refuses every write
        assert doctor(session, chosen, NOW) == doctor(session, chosen, NOW)
    assert not (chosen.home / LOCK_FILE).exists()


def test_it_sees_whether_a_scheduler_runs(store: Store, chosen: Settings) -> None:
    from filelock import FileLock

    def running() -> bool:
        with store.session() as session:
            return doctor(session, chosen, NOW).scheduler_running

    assert not running()
    if store.engine.dialect.name == "postgresql":
        with store.engine.connect() as connection:
            connection.execute(text(f"SELECT pg_advisory_lock({ADVISORY_KEY})"))
            assert running()
            connection.execute(text("SELECT pg_advisory_unlock_all()"))
    else:
        with FileLock(chosen.home / LOCK_FILE):
            assert running()
    assert not running()


def shape(report: DoctorReport) -> dict[str, object]:
    """The keys of the report's JSON, of lists the first element's."""
    data = as_json(report)
    nested = {"database", "counts", "feeds", "last"}
    rows = {"jobs", "bad_feeds", "stops", "pauses", "refusals"}
    return {key: set(value) if key in nested else set(value[0]) if key in rows else None for key, value in data.items()}


def test_json_has_the_documented_keys(session: Session, chosen: Settings) -> None:
    fill(session, chosen)
    report = doctor(session, chosen, NOW)
    assert shape(report) == {
        **dict.fromkeys(("at", "version", "home", "user_agent", "contact_set", "timezone", "digest_hour")),
        "database": {"address", "revision", "bytes"},
        "scheduler_running": None,
        "counts": {"lists", "organisations", "people", "followed", "candidates", "goals", "positions", "moves"}
        | {"events", "talks", "feeds", "entries", "digests"},
        "jobs": {"name", "key", "next_at", "due", "last_run_at", "last_result"},
        "feeds": {"new", "ok", "failing", "blocked", "gone"},
        "oldest_bad_since": None,
        "bad_feeds": {"url", "title", "owner", "state", "since", "reason", "last_answer_at"},
        "last": {"crawl", "refresh", "digest", "digest_day"},
        "stops": {"kind", "host", "person_id", "person", "since"},
        "pauses": {"host", "until", "failures", "reason", "words"},
        "refusals": {"reason", "words", "hosts", "last_at"},
        "advice": None,
    }
    assert as_json(report)["oldest_bad_since"] == "2026-03-03T08:00:00Z"
    assert json.loads(json.dumps(as_json(report)))["last"]["digest_day"] == "2026-03-09"


def test_the_plain_report_names_what_is_broken_and_shows_no_password(session: Session, chosen: Settings) -> None:
    fill(session, chosen)
    shown = render_report(doctor(session, chosen, NOW))
    for words in (
        f"User-Agent  {chosen.user_agent}",
        "gone since 2026-03-03 08:00Z (http_410)  Ada Lee: https://worse.test/f",
        "refresh all: due now, last: 2 new entries",
        "last digest   2026-03-09 08:00Z for 2026-03-09",
        "scheduler   not running",
        "slow.test is left alone until 2026-03-10 10:00Z: no complete answer within the time limit",
        "robots.txt forbids it: 2 hosts",
        "stopped since 2026-03-10 08:00Z: stopped.test and its sub hosts",
    ):
        assert words in shown
