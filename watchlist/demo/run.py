"""The whole job on the little web: crawl, follow, 14 days of the ordinary schedule with a shifted clock.

Nothing is simulated but the clock: requests go through the ordinary door over TLS to a server on loopback.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, func, select

from crawler.fetch import Door
from crawler.reading import ReadingRoom
from watchlist.companies import import_companies, read_company_csv
from watchlist.demo.server import LittleWeb
from watchlist.demo.world import World, load_world
from watchlist.digest.build import make_digest
from watchlist.errors import UsageError
from watchlist.events import import_events, read_event_csv
from watchlist.export.csv import export_people
from watchlist.follow import count_states, ensure_user
from watchlist.goal import require_goal, set_goal
from watchlist.jobs.workplace import Workplace
from watchlist.ledger import build_ledger
from watchlist.memory import StoredMemory
from watchlist.models import Entry, Feed, Job, Move, Person
from watchlist.scheduler import Runner
from watchlist.settings import Settings, config_dir, load_settings
from watchlist.store import Store
from watchlist.store.engine import make_home
from watchlist.store.exclusive import only_one

MARK = "# the little web"
"""First line of the config.toml of a demo's home: only such a home is used again."""
BEGIN, END = time(6), time(8)
"""The demo starts on the morning of its first day and ends after the last day's digest, in UTC."""
Progress = Callable[[int, int, str], None]


@dataclass(slots=True)
class Day:
    """One day's digest in numbers."""

    day: str
    subject: str
    moves: int
    posts: int
    candidates: int
    bad_sources: int


@dataclass(slots=True)
class DemoSummary:
    """What the demo found; keys are documented in ARCHITECTURE.md."""

    home: str
    days: list[Day] = field(default_factory=list)
    requests: int = 0
    people: int = 0
    followed: int = 0
    entries: int = 0
    moves: int = 0
    feeds: dict[str, int] = field(default_factory=dict)
    ledger: dict[str, Any] = field(default_factory=dict)
    files: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The summary as a JSON object."""
        return asdict(self)

    def as_text(self) -> str:
        """The summary for a terminal."""
        width = max(len(day.subject) for day in self.days)
        states = ", ".join(f"{count} {state}" for state, count in self.feeds.items())
        reasons = ", ".join(f"{count} {reason}" for reason, count in self.ledger["reasons"].items())
        found, companies = self.ledger["found"], self.ledger["companies"]
        lines = [f"{'day':10}  {'digest':{width}}  moves  posts  new people"]
        lines += [
            f"{day.day}  {day.subject:{width}}  {day.moves:5}  {day.posts:5}  {day.candidates:10}" for day in self.days
        ]
        lines += [
            "",
            f"{self.people} people found, {self.followed} of them followed; {self.moves} moves",
            f"{self.entries} entries from {sum(self.feeds.values())} feeds ({states})",
            f"ledger: {self.ledger['people']} people at {found} of {companies} companies; the others: {reasons}",
            f"{self.requests} requests, all to this machine",
            "",
            f"home: {self.home}",
            *(f"  {name}" for name in self.files),
        ]
        return "\n".join(lines)


@dataclass(slots=True)
class ShiftedClock:
    """A clock that stands still until it is set."""

    now: datetime

    def __call__(self) -> datetime:
        """The time it shows."""
        return self.now


def run_demo(home: Path, *, days: int | None, progress: Progress) -> DemoSummary:
    """Live through the little web's days in `home`; a home that is in use for something else is refused."""
    world = load_world()
    days = min(days or world.days, world.days)
    clock = ShiftedClock(datetime.combine(world.first_day, BEGIN, UTC))
    _make_room(home)

    def today() -> int:
        return (clock().date() - world.first_day).days + 1

    with LittleWeb(world, day=today) as web:
        settings = _furnish(home, web)
        with Store.open(settings) as store, only_one(store.engine, home):
            with store.session() as session:
                _prepare(session, world, clock())
            end = datetime.combine(world.date(days), END, UTC)
            asyncio.run(_live(settings, store, clock, end, progress))
            with store.session() as session:
                summary = _conclude(session, settings, world, clock(), days)
        summary.requests = len(web.log)
    (home / "summary.json").write_text(json.dumps(summary.as_json(), ensure_ascii=False, indent=2) + "\n", "utf-8")
    return summary


def _make_room(home: Path) -> None:
    """An empty home, or one of an earlier demo, emptied of what that wrote."""
    config = home / "config.toml"
    if not home.exists() or not any(home.iterdir()):
        return
    if not config.is_file() or not config.read_text("utf-8").startswith(MARK):
        raise UsageError(f"{home} is in use for something else", hint="give the demo a home of its own with --home")
    for file in [*home.glob("mentorwatch.db*"), *home.glob("digests/*")]:
        file.unlink()  # the story begins anew: its days are always the same


def _furnish(home: Path, web: LittleWeb) -> Settings:
    make_home(home)
    web.ca_file(home / "ca.pem")
    hosts = "\n".join(f'"{name}" = "{target}"' for name, target in sorted(web.hosts.items()))
    (home / "config.toml").write_text(
        f"""{MARK}: served on this machine while the demo runs, under names that exist nowhere else
contact = "demo@little-web.test"

[network]
ca_file = {json.dumps(str(home / "ca.pem"))}

[feeds]
every_minutes = 360

[digest]
hour = 7
timezone = "UTC"

[network.hosts]
{hosts}
""",
        "utf-8",
    )
    return load_settings(home, {})  # a database named in the environment is the user's real one


def _prepare(session: Session, world: World, now: datetime) -> None:
    """What a user does on the first evening: companies, conferences, a goal, and yes to following its people."""
    folder = config_dir() / "demo"
    goal = world.content.calendar.goal
    companies = read_company_csv(folder / "companies.csv", "companies.csv")
    import_companies(session, companies.rows, goal.field, key="little-web")
    import_events(session, read_event_csv(folder / "events.csv", "events.csv").rows)
    set_goal(
        session,
        ensure_user(session),
        current_title=goal.current_title,
        target_title=goal.target_title,
        function=goal.function,
        level=goal.level,
        list_key="little-web",
        now=now,
        follow="goal",
    )


async def _live(settings: Settings, store: Store, clock: ShiftedClock, end: datetime, progress: Progress) -> None:
    """Set the clock from one due time to the next and let the ordinary runner work."""
    first, days = clock().date(), (end.date() - clock().date()).days + 1
    memory = StoredMemory(store, clock=clock)
    with ReadingRoom() as room:
        async with aclosing(memory), Door(settings, clock=clock, memory=memory) as door:
            runner = Runner(Workplace(settings=settings, store=store, door=door, room=room, clock=clock))
            while clock() < end:
                await runner.tick()
                await runner.drain()
                today = clock().date()
                clock.now = max(await store.read(_next_due), clock.now + timedelta(minutes=1))
                if clock().date() > today or clock() >= end:
                    progress((today - first).days + 1, days, f"{today:%d %b}")


def _next_due(session: Session) -> datetime:
    return session.exec(select(Job.next_at).order_by(col(Job.next_at))).first() or datetime.max.replace(tzinfo=UTC)


def _conclude(session: Session, settings: Settings, world: World, now: datetime, days: int) -> DemoSummary:
    """Write ledger and shortlist beside the digests and count what was found."""
    user = ensure_user(session)
    goal = require_goal(session, user)
    ledger = build_ledger(session, goal)
    home = settings.home
    (home / "ledger.csv").write_bytes(ledger.as_csv())
    (home / "shortlist.csv").write_bytes(export_people(session, user, state="followed", goal=goal))
    summary = DemoSummary(home=str(home))
    for number in range(1, days + 1):
        view = make_digest(session, user, world.date(number), now, settings)
        summary.days.append(
            Day(
                day=str(view.day),
                subject=view.subject,
                moves=view.totals.moves,
                posts=view.totals.posts,
                candidates=view.totals.candidates,
                bad_sources=view.totals.bad_sources,
            )
        )
    summary.people = session.exec(select(func.count()).select_from(Person)).one()
    summary.followed = count_states(session, user)["followed"]
    summary.entries = session.exec(select(func.count()).select_from(Entry)).one()
    summary.moves = session.exec(select(func.count()).select_from(Move)).one()
    summary.feeds = dict(session.exec(select(Feed.state, func.count()).group_by(Feed.state).order_by(Feed.state)).all())
    summary.ledger = ledger.totals
    summary.files = ["digests/", "ledger.csv", "shortlist.csv", "summary.json"]
    return summary
