"""When which job runs: the due-table in the database, and the embedded runner that works it off.

APScheduler holds one tick; what is due is a row, so a restart, a sleep or a kill loses and doubles nothing.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from watchlist.digest.window import next_digest_at
from watchlist.errors import MentorwatchError, NotFoundError, StoppedError, UsageError
from watchlist.jobs import FETCHING, JOBS
from watchlist.jobs.crawling import CrawlReport, crawl_leaders, crawl_speakers
from watchlist.jobs.registries import SOURCES, crawl_registries
from watchlist.jobs.workplace import Progress, Workplace, no_progress
from watchlist.models import CompanyList, Event, Feed, Goal, Job, ListEntry, Organization, User
from watchlist.settings import Settings
from watchlist.store.upsert import upsert

log = logging.getLogger(__name__)

LEASE = timedelta(days=2)
"""Longer than any crawl; a scheduler that starts releases what a killed one held."""
FIRST_REFRESH = timedelta(minutes=30)
"""A new home crawls first: nobody is followed yet."""
AFTER_FAILURE = timedelta(hours=1)
RUNNING = "running"


# --- deciding ----------------------------------------------------------------------------------------------------


def next_time(name: str, now: datetime, settings: Settings) -> datetime:
    """When a job that just ended well is due again. Pure."""
    if name == "digest":
        return next_digest_at(now, settings)
    if name == "refresh":
        return now + timedelta(minutes=settings.feeds.every_minutes)
    return now + timedelta(days=settings.crawl.every_days)


def plan_jobs(session: Session, now: datetime, settings: Settings) -> None:
    """One row for each job that this home needs; rows that are there keep their times."""
    wanted = [("refresh", "all", now + FIRST_REFRESH)]
    lists = session.exec(select(CompanyList.key).join(Goal).distinct()).all()
    wanted += [("crawl_leaders", key, now) for key in lists]
    numbered = col(Organization.wikidata_id).is_not(None) | col(Organization.cik).is_not(None)
    known = session.exec(
        select(CompanyList.key).join(Goal).join(ListEntry).join(Organization).where(numbered).distinct()
    )
    wanted += [("crawl_registries", key, now) for key in known]
    if session.exec(select(Event.id).limit(1)).first() is not None:
        wanted.append(("crawl_speakers", "all", now))
    wanted += [("digest", name, next_digest_at(now, settings)) for name in session.exec(select(User.name))]
    rows = [{"name": name, "key": key, "next_at": at} for name, key, at in wanted]
    upsert(session, Job, rows, key=["name", "key"], update=[])


@dataclass(frozen=True, slots=True)
class Claim:
    """A job that is to run now; `since` is set when an earlier run of it was cut off and goes on."""

    name: str
    key: str
    since: datetime | None


def claim_due(session: Session, now: datetime, *, without: Collection[str] = ()) -> list[Claim]:
    """Lease every due job, but those that are called `without`."""
    due = session.exec(
        select(Job)
        .where(Job.next_at <= now, col(Job.lease_until).is_(None) | (col(Job.lease_until) < now))
        .where(col(Job.name).not_in(without))
        .order_by(col(Job.next_at), col(Job.id))
    ).all()
    return [start_job(session, job, now) for job in due]


def start_job(session: Session, job: Job, now: datetime) -> Claim:
    """Lease one job and note that it runs."""
    cut_off = job.last_result == RUNNING and job.last_run_at is not None and job.last_run_at > now - LEASE
    since = job.last_run_at if cut_off else None
    job.lease_until = now + LEASE
    job.last_run_at, job.last_result = since or now, RUNNING
    session.add(job)
    return Claim(job.name, job.key, since)


def finish_job(session: Session, claim: Claim, *, result: str, next_at: datetime) -> None:
    """Write what came of a run and when the next one is due."""
    job = session.exec(select(Job).where(Job.name == claim.name, Job.key == claim.key)).one()
    job.last_result, job.next_at, job.lease_until = result, next_at, None
    session.add(job)


def give_back(session: Session, claim: Claim) -> None:
    """Leave a job that was cut off to whoever goes on with it: it is due, and marked as running."""
    job = session.exec(select(Job).where(Job.name == claim.name, Job.key == claim.key)).one()
    job.lease_until = None
    session.add(job)


def release_leases(session: Session) -> None:
    """Give back what a killed process held; only for the one that holds the right to fetch."""
    for table in (Job, Feed):
        for row in session.exec(select(table).where(col(table.lease_until).is_not(None))):
            row.lease_until = None
            session.add(row)


# --- running -----------------------------------------------------------------------------------------------------


@dataclass
class Runner:
    """Runs due jobs as tasks of the loop; a job that runs is leased, so it is not started again."""

    place: Workplace
    running: set[asyncio.Task[None]] = field(default_factory=set)
    halted: bool = False

    async def tick(self) -> None:
        """Start everything that is due; while everything is stopped, only what does not fetch."""
        now = self.place.clock()
        without = FETCHING if self.place.door.is_stopped else ()

        def claim(session: Session) -> list[Claim]:
            plan_jobs(session, now, self.place.settings)
            return claim_due(session, now, without=without)

        for job in await self.place.store.write(claim):
            task = asyncio.create_task(self._run(job), name=f"{job.name} {job.key}")
            self.running.add(task)
            task.add_done_callback(self.running.discard)

    def was_resumed(self) -> bool:
        """Whether everything was stopped when this was asked before, and is not any more."""
        before, self.halted = self.halted, self.place.door.is_stopped
        return before and not self.halted

    async def drain(self) -> None:
        """Wait until nothing runs."""
        while self.running:
            await asyncio.gather(*self.running)

    async def stop(self) -> None:
        """Cut off what runs by closing the door; it goes on at the next start."""
        await self.place.door.stop()
        await self.drain()

    async def _run(self, claim: Claim) -> None:
        now = self.place.clock
        try:
            result = await JOBS[claim.name](self.place, claim.key, claim.since)
        except StoppedError as error:
            log.info("%s %s: %s", claim.name, claim.key, error)
            await self.place.store.write(lambda session: give_back(session, claim))
            return
        except MentorwatchError as error:
            log.warning("%s %s: %s", claim.name, claim.key, error)
            result, next_at = f"failed: {error.message}", now() + AFTER_FAILURE
        except Exception as error:  # the job loop: one broken job must not stop the others
            log.exception("%s %s", claim.name, claim.key)
            result, next_at = f"failed: {type(error).__name__}", now() + AFTER_FAILURE
        else:
            next_at = next_time(claim.name, now(), self.place.settings)
        await self.place.store.write(lambda session: finish_job(session, claim, result=result, next_at=next_at))
        log.info("%s %s: %s", claim.name, claim.key, result)


async def run_forever(place: Workplace) -> None:
    """Tick once a minute until the door is stopped (Ctrl-C, SIGTERM)."""
    from apscheduler.schedulers.asyncio import AsyncIOScheduler
    from apscheduler.triggers.interval import IntervalTrigger

    runner = Runner(place)
    # Our own table knows what is due, so a tick may be late or left out (reliability.md fact 9), never skipped.
    scheduler = AsyncIOScheduler(timezone="UTC")
    tick = scheduler.add_job(
        runner.tick,
        IntervalTrigger(minutes=1),
        coalesce=True,
        max_instances=1,
        misfire_grace_time=None,
        next_run_time=place.clock(),
    )

    async def go_on() -> None:
        if runner.was_resumed():
            tick.modify(next_run_time=place.clock())

    scheduler.add_job(go_on, IntervalTrigger(seconds=1), coalesce=True, misfire_grace_time=None)
    scheduler.start()
    try:
        await place.door.stopped()
    finally:
        scheduler.shutdown(wait=False)
        await runner.stop()


async def crawl_once(
    place: Workplace,
    kind: str,
    list_key: str | None,
    *,
    sources: Collection[str] = SOURCES,
    progress: Progress = no_progress,
) -> CrawlReport:
    """Crawl now, by hand. A crawl of the same that was cut off goes on; the schedule counts it as its own.

    `sources` are the registers to ask, for the kind `registries`.

    Raises NotFoundError for an unknown list, UsageError where no list is named and no goal is set.
    """
    name = f"crawl_{kind}"
    key = "all" if kind == "speakers" else await place.store.read(lambda session: _list_of(session, list_key))
    now = place.clock()

    def begin(session: Session) -> Claim:
        # Due now: where this run is cut off, the scheduler goes on with it.
        upsert(session, Job, [{"name": name, "key": key, "next_at": now}], key=["name", "key"])
        return start_job(session, session.exec(select(Job).where(Job.name == name, Job.key == key)).one(), now)

    claim = await place.store.write(begin)
    if kind == "speakers":
        report = await crawl_speakers(place, since=claim.since, progress=progress)
    elif kind == "registries":
        report = await crawl_registries(place, key, sources=sources, since=claim.since, progress=progress)
    else:
        report = await crawl_leaders(place, key, since=claim.since, progress=progress)
    now = place.clock()
    next_at = now + AFTER_FAILURE if report.offline else next_time(name, now, place.settings)
    await place.store.write(lambda session: finish_job(session, claim, result=report.line, next_at=next_at))
    return report


def _list_of(session: Session, list_key: str | None) -> str:
    if list_key is None:
        goal = session.exec(select(CompanyList.key).join(Goal).order_by(col(Goal.id))).first()
        if goal is None:
            raise UsageError("no list is named and no goal is set", hint="mentorwatch goal set, or --list KEY")
        return goal
    if session.exec(select(CompanyList).where(CompanyList.key == list_key)).first() is None:
        raise NotFoundError(f"no company list is called {list_key!r}", hint="mentorwatch companies import")
    return list_key
