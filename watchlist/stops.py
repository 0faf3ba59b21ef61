"""The kill switch: what the user stopped stays stopped, over restarts too, until it is resumed."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from sqlmodel import Session, col, select

from crawler.fetch.access import suffixes
from crawler.fetch.address import is_literal
from crawler.fetch.answers import PLAIN_WORDS
from crawler.fetch.pace import registrable_domain
from crawler.fetch.stops import Stops
from crawler.fetch.urls import host_of, judge_url
from watchlist.errors import UsageError
from watchlist.models import Event, Feed, Organization, Person, Profile, Stop
from watchlist.settings import Settings
from watchlist.store import upsert
from watchlist.times import iso, shown

ALL, HOST, PERSON = "all", "host", "person"


@dataclass(frozen=True, slots=True, kw_only=True)
class StopLine:
    """One thing that is stopped, since when; `person` is the name."""

    kind: str
    """all | host | person"""
    host: str | None
    person_id: int | None
    person: str | None
    since: datetime

    def as_json(self) -> dict[str, Any]:
        """The line as a JSON object."""
        return {**asdict(self), "since": iso(self.since)}

    @property
    def words(self) -> str:
        """What is stopped, for the person at the terminal."""
        if self.kind == HOST:
            return f"{self.host}" if is_literal(self.host or "") else f"{self.host} and its sub hosts"
        return f"the sources of {self.person} (id {self.person_id})" if self.kind == PERSON else "everything"


def read_stops(session: Session) -> Stops:
    """What the door has to obey now."""
    rows = session.exec(select(Stop)).all()
    return Stops(
        everything=any(row.kind == ALL for row in rows),
        hosts=frozenset(row.host for row in rows if row.host),
        people=frozenset(row.person_id for row in rows if row.person_id),
    )


def list_stops(session: Session) -> tuple[StopLine, ...]:
    """All that is stopped: everything first, then hosts and people in the order they were stopped."""
    rows = session.exec(select(Stop, Person.name).outerjoin(Person).order_by(col(Stop.since), col(Stop.id)))
    lines = [
        StopLine(kind=row.kind, host=row.host, person_id=row.person_id, person=name, since=row.since)
        for row, name in rows
    ]
    return tuple(sorted(lines, key=lambda line: (ALL, HOST, PERSON).index(line.kind)))


def add_stops(session: Session, stops: Stops, *, now: datetime) -> int:
    """Stop more; says how many are new. What is stopped already keeps its time."""
    added = upsert(session, Stop, [_row(HOST, now, host=host) for host in sorted(stops.hosts)], key=["host"], update=())
    people = [_row(PERSON, now, person_id=person) for person in sorted(stops.people)]
    added += upsert(session, Stop, people, key=["person_id"], update=())
    if stops.everything and not read_stops(session).everything:
        session.add(Stop(kind=ALL, since=now))
        session.flush()
        added += 1
    return added


def _row(kind: str, since: datetime, **what: str | int) -> dict[str, Any]:
    return {"kind": kind, "since": since, **what}


def lift_stops(session: Session, stops: Stops) -> int:
    """Resume what was stopped in just these words; says how much. Hosts and people outlast the end of a stop of all."""
    lifted = 0
    for row in session.exec(select(Stop)).all():
        if (row.kind == ALL and stops.everything) or row.host in stops.hosts or row.person_id in stops.people:
            session.delete(row)
            lifted += 1
    session.flush()
    return lifted


def require_running(session: Session) -> None:
    """Raises UsageError while everything is stopped."""
    since = session.exec(select(Stop.since).where(Stop.kind == ALL).order_by(col(Stop.since))).first()
    if since is not None:
        raise UsageError(f"fetching is stopped since {shown(since)}", hint="mentorwatch resume --all")


def read_host(text: str, settings: Settings | None = None, *, stopped: frozenset[str] = frozenset()) -> str:
    """The host of a name or an address in the guard's form, one of `stopped` whatever the guard says of it by now.

    Raises UsageError for what names none, and for what names many.
    """
    address = text if "://" in text else f"https://{text}"
    if (host := host_of(address).rstrip(".")) in stopped:
        return host
    verdict = judge_url(address, settings)
    if verdict.target and not is_literal(host) and registrable_domain(host) is None and "." in host:
        raise UsageError(f"{host} is an ending of names, not a host")
    if verdict.target:
        return host
    if verdict.reason == "never_fetched":
        raise UsageError(f"{text} is never fetched anyway")
    raise UsageError(f"{text!r} names no host that could be fetched: {PLAIN_WORDS[verdict.reason]}")


def unknown_hosts(session: Session, hosts: frozenset[str]) -> list[str]:
    """Those of `hosts` that no source is on, nor on a sub host of theirs, nor on a host they belong to."""
    known = _source_hosts(session)
    above = {name for host in known for name in suffixes(host)}
    return sorted(host for host in hosts if host not in above and known.isdisjoint(suffixes(host)))


def _source_hosts(session: Session) -> set[str]:
    columns: tuple[Any, ...] = (Organization.website, Event.url, Feed.url, Profile.url)
    urls = [url for column in columns for url in session.exec(select(column))]
    return {urlsplit(url).hostname or "" for url in urls if url}
