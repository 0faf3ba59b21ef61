"""What `doctor` says: settings, the database, what is due, and every source that gives nothing. Reads only.

JSON keys, always all of them; unknown is null, times are UTC with Z:
`at version home user_agent contact_set timezone digest_hour`; `database`: `address revision bytes`;
`scheduler_running`; `counts`: `lists organisations people followed candidates goals positions moves events talks
feeds entries digests`; `jobs[]`: `name key next_at due last_run_at last_result`; `feeds`: `new ok failing blocked
gone`; `oldest_bad_since`; `bad_feeds[]`: `url title owner state since reason last_answer_at`;
`last`: `crawl refresh digest digest_day`; `stops[]`: `kind host person_id person since`; `pauses[]`: `host until
failures reason words`; `refusals[]` of the last 7 days: `reason words hosts last_at`; `advice[]`: sentences that say
what to do.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, text
from sqlmodel import Session, SQLModel, col, select

from watchlist.digest.window import user_zone
from watchlist.digest.wording import count, plain
from watchlist.models import (
    CompanyList,
    Digest,
    Entry,
    Event,
    Feed,
    Follow,
    Goal,
    Job,
    Move,
    Organization,
    Person,
    Position,
    Talk,
    Visit,
)
from watchlist.secrets import mask_url
from watchlist.settings import Settings, version
from watchlist.sources.hosts import PauseLine, Refusal, list_pauses, list_refusals
from watchlist.stops import ALL, StopLine, list_stops
from watchlist.store.engine import database_label
from watchlist.store.exclusive import is_held
from watchlist.times import iso, shown

LATELY = timedelta(days=7)
RUNNING, CUT_OFF = "running", "cut off; the next start goes on"
"""What the due-table says of a job while it runs, and what that means when nothing runs."""

FEED_STATES = ("new", "ok", "failing", "blocked", "gone")

_COUNTED: dict[str, type[SQLModel]] = {
    "lists": CompanyList,
    "organisations": Organization,
    "people": Person,
    "goals": Goal,
    "positions": Position,
    "moves": Move,
    "events": Event,
    "talks": Talk,
    "feeds": Feed,
    "entries": Entry,
    "digests": Digest,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseStatus:
    """Where the database is (no password), the revision of its tables, its size."""

    address: str
    revision: str | None
    bytes: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobStatus:
    """One row of the due-table; `due` says that its time has come."""

    name: str
    key: str
    next_at: datetime
    due: bool
    last_run_at: datetime | None
    last_result: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class BadFeed:
    """A feed that gives nothing, since when and why."""

    url: str
    title: str | None
    owner: str | None
    state: str
    since: datetime
    reason: str | None
    last_answer_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LastRuns:
    """When each kind of work was done last."""

    crawl: datetime | None
    refresh: datetime | None
    digest: datetime | None
    digest_day: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DoctorReport:
    """All that `doctor` knows."""

    at: datetime
    version: str
    home: str
    user_agent: str
    contact_set: bool
    timezone: str
    digest_hour: int
    database: DatabaseStatus
    scheduler_running: bool
    counts: dict[str, int]
    jobs: tuple[JobStatus, ...]
    feeds: dict[str, int]
    oldest_bad_since: datetime | None
    bad_feeds: tuple[BadFeed, ...]
    last: LastRuns
    stops: tuple[StopLine, ...]
    pauses: tuple[PauseLine, ...]
    refusals: tuple[Refusal, ...]
    advice: tuple[str, ...]


def doctor(session: Session, settings: Settings, now: datetime) -> DoctorReport:
    """Look everything over; changes nothing."""
    counts, feeds = _counts(session), _feed_states(session)
    bad_feeds = _bad_feeds(session)
    running = is_held(session.connection(), settings.home)
    stops = list_stops(session)
    return DoctorReport(
        at=now,
        version=version(),
        home=str(settings.home),
        user_agent=settings.user_agent,
        contact_set=bool(settings.contact),
        timezone=user_zone(settings).key,
        digest_hour=settings.digest.hour,
        database=_database(session),
        scheduler_running=running,
        counts=counts,
        jobs=_jobs(session, now),
        feeds=feeds,
        oldest_bad_since=bad_feeds[0].since if bad_feeds else None,
        bad_feeds=bad_feeds,
        last=_last_runs(session),
        stops=stops,
        pauses=list_pauses(session, now),
        refusals=list_refusals(session, now - LATELY),
        advice=tuple(_advice(settings, counts, running=running, stopped=any(line.kind == ALL for line in stops))),
    )


def as_json(report: DoctorReport) -> dict[str, Any]:
    """The report as plain values (keys: see above)."""
    values: dict[str, Any] = _plain_values(dataclasses.asdict(report))
    return values


def render_report(report: DoctorReport) -> str:
    """The report for a terminal."""
    blocks = [
        *_settings_lines(report),
        "",
        *_counts_lines(report),
        "",
        *_jobs_lines(report),
        "",
        *_feeds_lines(report),
        *_door_lines(report),
        *(["", "To do", *(f"  {line}" for line in report.advice)] if report.advice else []),
    ]
    return "\n".join(blocks) + "\n"


# --- looking -------------------------------------------------------------------------------------------------------


def _counts(session: Session) -> dict[str, int]:
    counts = {name: session.exec(select(func.count()).select_from(model)).one() for name, model in _COUNTED.items()}
    for name, state in (("followed", "followed"), ("candidates", "candidate")):
        # of a home with several users: people whom at least one of them follows
        people = select(func.count(func.distinct(Follow.person_id))).where(Follow.state == state)
        counts[name] = session.exec(people).one()
    return counts


def _feed_states(session: Session) -> dict[str, int]:
    found = dict(session.exec(select(Feed.state, func.count()).group_by(Feed.state)).all())
    # a state unknown here is shown too, never dropped
    return dict.fromkeys(FEED_STATES, 0) | found


def _bad_feeds(session: Session) -> tuple[BadFeed, ...]:
    """Every feed that gives nothing, longest first."""
    rows = session.exec(
        select(Feed, Person.name, Organization.name)
        .join(Person, col(Person.id) == Feed.person_id, isouter=True)
        .join(Organization, col(Organization.id) == Feed.organization_id, isouter=True)
        .where(col(Feed.state).not_in(["new", "ok"]))
        .order_by(col(Feed.state_since), col(Feed.id))
    )
    return tuple(
        BadFeed(
            url=mask_url(feed.url),
            title=feed.title,
            owner=person or organisation,
            state=feed.state,
            since=feed.state_since,
            reason=feed.reason,
            last_answer_at=feed.fetched_at,
        )
        for feed, person, organisation in rows
    )


def _jobs(session: Session, now: datetime) -> tuple[JobStatus, ...]:
    rows = session.exec(select(Job).order_by(col(Job.next_at), col(Job.id)))
    return tuple(
        JobStatus(
            name=job.name,
            key=job.key,
            next_at=job.next_at,
            due=job.next_at <= now,
            last_run_at=job.last_run_at,
            last_result=job.last_result,
        )
        for job in rows
    )


def _last_runs(session: Session) -> LastRuns:
    digest = session.exec(select(Digest).order_by(col(Digest.built_at).desc(), col(Digest.id).desc()).limit(1)).first()
    return LastRuns(
        crawl=session.exec(select(func.max(Visit.finished_at))).one(),
        refresh=session.exec(select(func.max(Feed.fetched_at))).one(),
        digest=digest.built_at if digest else None,
        digest_day=digest.day if digest else None,
    )


def _database(session: Session) -> DatabaseStatus:
    bind = session.get_bind()
    if bind.dialect.name == "postgresql":
        size = "SELECT pg_database_size(current_database())"
    else:
        size = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
    return DatabaseStatus(
        address=database_label(bind.engine.url),
        revision=session.execute(text("SELECT version_num FROM alembic_version")).scalar(),
        bytes=session.execute(text(size)).scalar(),
    )


def _advice(settings: Settings, counts: dict[str, int], *, running: bool, stopped: bool) -> list[str]:
    """What keeps the program from its work, the first step first."""
    advice = ["everything is stopped, so nothing is fetched: mentorwatch resume --all"] if stopped else []
    if not settings.contact:
        advice.append("no contact address is set, so nothing is crawled: mentorwatch init")
    if not counts["goals"]:
        advice.append("no goal is set: mentorwatch goal set")
    elif not counts["people"]:
        advice.append("nobody is known yet: mentorwatch crawl leaders")
    elif not counts["followed"]:
        advice.append("you follow nobody, so every digest is empty: mentorwatch follow")
    elif not running:
        advice.append("no scheduler is running, so nothing is refreshed by itself: mentorwatch schedule")
    return advice


# --- saying --------------------------------------------------------------------------------------------------------


def _settings_lines(report: DoctorReport) -> list[str]:
    size = "size unknown" if report.database.bytes is None else f"{report.database.bytes / 2**20:.1f} MiB"
    return [
        f"mentorwatch {report.version}",
        f"  home        {report.home}",
        f"  database    {report.database.address}, revision {report.database.revision or 'none'}, {size}",
        f"  User-Agent  {report.user_agent}" + ("" if report.contact_set else "  (no contact: nothing is crawled)"),
        f"  digest      at {report.digest_hour}:00, {report.timezone}",
        f"  scheduler   {'running' if report.scheduler_running else 'not running'}",
    ]


def _counts_lines(report: DoctorReport) -> list[str]:
    return ["In the database", "  " + ", ".join(f"{number} {name}" for name, number in report.counts.items())]


def _jobs_lines(report: DoctorReport) -> list[str]:
    last = report.last
    lines = [
        "Work",
        f"  last crawl    {shown(last.crawl)}",
        f"  last refresh  {shown(last.refresh)}",
        f"  last digest   {shown(last.digest)}" + (f" for {last.digest_day}" if last.digest_day else ""),
    ]
    for job in report.jobs:
        when = "due now" if job.due else f"due {shown(job.next_at)}"
        last_result = CUT_OFF if job.last_result == RUNNING and not report.scheduler_running else job.last_result
        result = f", last: {plain(last_result, 120)}" if last_result else ""
        lines.append(f"  {job.name} {job.key}: {when}{result}")
    return lines


def _feeds_lines(report: DoctorReport) -> list[str]:
    lines = ["Feeds", "  " + ", ".join(f"{number} {state}" for state, number in report.feeds.items())]
    if report.oldest_bad_since:
        lines.append(f"  oldest trouble since {shown(report.oldest_bad_since)}")
    for feed in report.bad_feeds:
        owner = f"{plain(feed.owner, 80)}: " if feed.owner else ""
        reason = feed.reason or "no reason given"
        lines.append(f"  {feed.state} since {shown(feed.since)} ({reason})  {owner}{plain(feed.url, 1000)}")
    return lines


def _door_lines(report: DoctorReport) -> list[str]:
    """What keeps requests back: the user, the hosts, the rules."""
    lines = ["", "Fetching"]
    lines += [f"  stopped since {shown(line.since)}: {line.words}" for line in report.stops]
    lines += [f"  {line.host} is left alone until {shown(line.until)}: {line.words}" for line in report.pauses]
    if report.refusals:
        lines.append("  not fetched in the last 7 days (mentorwatch sources says where):")
        lines += [f"    {line.words}: {count(line.hosts, 'host')}" for line in report.refusals]
    return lines if len(lines) > 2 else [*lines, "  nothing is kept back"]


def _plain_values(value: Any) -> Any:
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: _plain_values(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_plain_values(each) for each in value]
    return value
