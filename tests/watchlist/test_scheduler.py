"""The due-table and its runner: what is due runs once, a killed run goes on, one scheduler a database."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from crawler.fetch import Door
from crawler.fetch.stops import Stops
from crawler.reading import ReadingRoom
from watchlist.errors import MentorwatchError, StoppedError
from watchlist.follow import ensure_user
from watchlist.jobs import FETCHING, JOBS
from watchlist.jobs.workplace import Workplace
from watchlist.models import Job
from watchlist.scheduler import (
    AFTER_FAILURE,
    LEASE,
    Runner,
    claim_due,
    next_time,
    plan_jobs,
    release_leases,
)
from watchlist.settings import Settings, load_settings
from watchlist.store import Store
from watchlist.store.exclusive import BusyError, only_one

NOW = datetime(2026, 3, 2, 6, tzinfo=UTC)


@dataclass
class Clock:
    """A clock that is set by hand."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


@dataclass
class Ran:
    """Notes each run of a job, and fails as told."""

    runs: list[tuple[str, datetime | None]] = field(default_factory=list)
    error: Exception | None = None

    async def __call__(self, _place: Workplace, key: str, since: datetime | None) -> str:
        self.runs.append((key, since))
        if self.error:
            raise self.error
        return "done"


@contextmanager
def jobs(**replaced: Ran) -> Iterator[None]:
    """Other functions in the registry for a while: the runner knows jobs by name only."""
    before = dict(JOBS)
    JOBS.update(replaced)
    try:
        yield
    finally:
        JOBS.clear()
        JOBS.update(before)


def at_work(store: Store, home: Path, clock: Clock, work: object) -> None:
    """Run `work(runner)` in a loop."""

    async def run() -> None:
        settings = load_settings(home)
        with ReadingRoom() as room:
            async with Door(settings) as door:
                await work(Runner(Workplace(settings=settings, store=store, door=door, room=room, clock=clock)))  # type: ignore[operator]

    asyncio.run(run())


def add_jobs(store: Store, **due: timedelta) -> None:
    """Rows of the due-table, due this long after NOW."""
    with store.session() as session:
        for name, after in due.items():
            session.add(Job(name=name, key="all", next_at=NOW + after))


def rows(store: Store) -> dict[str, Job]:
    """The due-table by name."""
    with store.session() as session:
        found = {job.name: job for job in session.exec(select(Job))}
        session.expunge_all()
    return found


def test_a_home_gets_its_jobs_once_and_keeps_their_times(store: Store, tmp_path: Path) -> None:
    settings = load_settings(tmp_path)
    with store.session() as session:
        ensure_user(session)
        plan_jobs(session, NOW, settings)
        before = {(job.name, job.key): job.next_at for job in session.exec(select(Job))}
        plan_jobs(session, NOW + timedelta(days=3), settings)
        after = {(job.name, job.key): job.next_at for job in session.exec(select(Job))}
    assert before == after
    assert set(before) == {("refresh", "all"), ("digest", "me")}


def test_intervals_follow_the_settings(tmp_path: Path) -> None:
    settings = load_settings(tmp_path)
    assert next_time("refresh", NOW, settings) == NOW + timedelta(hours=1)
    assert next_time("crawl_leaders", NOW, settings) == NOW + timedelta(days=7)
    assert timedelta(0) < next_time("digest", NOW, settings) - NOW <= timedelta(days=1)


def test_what_is_due_runs_once_and_is_put_off(store: Store, tmp_path: Path) -> None:
    add_jobs(store, refresh=timedelta(0), crawl_speakers=timedelta(hours=2))
    refresh, crawl = Ran(), Ran()

    async def work(runner: Runner) -> None:
        await runner.tick()
        await runner.tick()
        await runner.drain()

    with jobs(refresh=refresh, crawl_speakers=crawl):
        at_work(store, tmp_path, Clock(), work)
    assert (refresh.runs, crawl.runs) == ([("all", None)], [])
    job = rows(store)["refresh"]
    assert (job.last_result, job.next_at, job.lease_until) == ("done", NOW + timedelta(hours=1), None)


@pytest.mark.parametrize("error", [MentorwatchError("no network"), ZeroDivisionError("a bug")])
def test_a_job_that_fails_is_named_and_tried_again_and_stops_no_other(
    store: Store, tmp_path: Path, error: Exception
) -> None:
    add_jobs(store, refresh=timedelta(0), crawl_speakers=timedelta(0))
    good = Ran()

    async def work(runner: Runner) -> None:
        await runner.tick()
        await runner.drain()

    with jobs(refresh=Ran(error=error), crawl_speakers=good):
        at_work(store, tmp_path, Clock(), work)
    job = rows(store)["refresh"]
    assert job.last_result is not None
    assert job.last_result.startswith("failed: ")
    assert job.next_at == NOW + AFTER_FAILURE
    assert good.runs == [("all", None)]


def test_after_a_day_asleep_a_job_runs_once_not_24_times(store: Store, tmp_path: Path) -> None:
    add_jobs(store, refresh=timedelta(0))
    refresh, clock = Ran(), Clock(NOW + timedelta(days=1))

    async def work(runner: Runner) -> None:
        for _ in range(3):
            await runner.tick()
            await runner.drain()

    with jobs(refresh=refresh):
        at_work(store, tmp_path, clock, work)
    assert len(refresh.runs) == 1
    assert rows(store)["refresh"].next_at == clock.now + timedelta(hours=1)


def test_a_run_that_was_cut_off_goes_on_where_it_began(store: Store) -> None:
    add_jobs(store, crawl_leaders=timedelta(0))
    with store.session() as session:
        (first,) = claim_due(session, NOW)
    assert first.since is None
    later = NOW + timedelta(hours=5)
    with store.session() as session:
        assert claim_due(session, later) == []
        release_leases(session)
        (again,) = claim_due(session, later)
    assert again.since == NOW


def test_while_everything_is_stopped_only_what_does_not_fetch_runs(store: Store, tmp_path: Path) -> None:
    add_jobs(store, refresh=timedelta(0), crawl_leaders=timedelta(0), crawl_speakers=timedelta(0), digest=timedelta(0))
    ran = {name: Ran() for name in ("refresh", "crawl_leaders", "crawl_speakers", "digest")}

    async def work(runner: Runner) -> None:
        runner.place.door.obey(Stops(everything=True))
        assert not runner.was_resumed()
        await runner.tick()
        await runner.drain()
        assert {name for name, job in ran.items() if job.runs} == {"digest"}
        runner.place.door.obey(Stops())
        assert runner.was_resumed()
        assert not runner.was_resumed()
        await runner.tick()
        await runner.drain()

    with jobs(**ran):
        at_work(store, tmp_path, Clock(), work)
    assert {name: len(job.runs) for name, job in ran.items()} == dict.fromkeys(ran, 1)


def test_a_job_that_is_cut_off_gives_its_lease_back_and_goes_on(store: Store, tmp_path: Path) -> None:
    add_jobs(store, crawl_leaders=timedelta(0))
    crawl, clock = Ran(error=StoppedError("stopped with 3 of 5 sites to go")), Clock()

    async def work(runner: Runner) -> None:
        await runner.tick()
        await runner.drain()
        job = rows(store)["crawl_leaders"]
        assert (job.lease_until, job.next_at, job.last_result) == (None, NOW, "running")
        crawl.error, clock.now = None, NOW + timedelta(hours=3)
        await runner.tick()
        await runner.drain()

    with jobs(crawl_leaders=crawl):
        at_work(store, tmp_path, clock, work)
    assert crawl.runs == [("all", None), ("all", NOW)]
    assert rows(store)["crawl_leaders"].last_result == "done"


def test_every_job_that_fetches_is_known_as_such() -> None:
    assert set(JOBS) == FETCHING | {"digest"}


def test_a_run_cut_off_long_ago_begins_anew(store: Store) -> None:
    add_jobs(store, crawl_leaders=timedelta(0))
    with store.session() as session:
        claim_due(session, NOW)
    with store.session() as session:
        (again,) = claim_due(session, NOW + LEASE + timedelta(minutes=1))
    assert again.since is None


def test_a_second_scheduler_of_the_same_database_is_refused(database: Settings) -> None:
    with Store.open(database) as one, Store.open(database) as two:
        with only_one(one.engine, database.home), pytest.raises(BusyError), only_one(two.engine, database.home):
            pass
        with only_one(two.engine, database.home):
            pass


HOLD = """
import sys
from pathlib import Path
from tests.databases import settings_for
from watchlist.store import Store
from watchlist.store.exclusive import only_one
settings = settings_for(Path(sys.argv[1]), sys.argv[2])
with Store.open(settings) as store, only_one(store.engine, settings.home):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.mark.real
def test_the_lock_of_a_killed_scheduler_is_free(database: Settings) -> None:
    command = [sys.executable, "-c", HOLD, str(database.home), database.database.url]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with Store.open(database) as store:
            with pytest.raises(BusyError), only_one(store.engine, database.home):
                pass
            holder.kill()
            holder.wait()
            with only_one(store.engine, database.home):
                pass
