"""What the door did and remembers, by host: pauses in force, requests, refusals with their reasons."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from crawler.fetch.decisions import OK
from crawler.fetch.memory import PAUSE
from watchlist.models import DoorMemory, FetchCount
from watchlist.sources.words import words_of

IN_VAIN = frozenset(
    {"connection", "tls", "timeout", "protocol", "too_large", "too_dense", "bad_encoding", "partial", "not_text"}
)
"""Reasons for which a request left (or was about to) and brought nothing; every other one kept it back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseLine:
    """A host that is left alone until a time."""

    host: str
    until: datetime
    failures: int
    """In a row; 0: the host asked, nothing failed."""
    reason: str
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How often it was decided so about a host, and the last time."""

    reason: str
    words: str
    count: int
    last_at: datetime
    last_url: str | None
    detail: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HostLine:
    """All decisions about one host since the first one."""

    host: str
    since: datetime
    answers: int
    in_vain: int
    refused: int
    reasons: tuple[Tally, ...]
    """But for `ok`, most frequent first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """One reason for which something was not fetched lately: on how many hosts, and when last."""

    reason: str
    words: str
    hosts: int
    last_at: datetime


_BY_THE_USER = frozenset({"stopped", "halted"})
"""What is stopped now stands by itself; what was once stopped is no news."""


def list_pauses(session: Session, now: datetime) -> tuple[PauseLine, ...]:
    """Pauses in force, the one that ends first before the others."""
    rows = session.exec(select(DoorMemory).where(DoorMemory.kind == PAUSE, DoorMemory.expires_at > now))
    # the value of a pause that is over stays for a while: the next failure is not the first one then
    values = {row.key: row.value for row in rows if row.value}
    lines = (
        PauseLine(
            host=host,
            until=datetime.fromisoformat(value["until"]),
            failures=int(value["failures"]),
            reason=value["reason"],
            words=words_of(value["reason"]),
        )
        for host, value in values.items()
    )
    return tuple(sorted((line for line in lines if line.until > now), key=lambda line: (line.until, line.host)))


def list_hosts(session: Session) -> tuple[HostLine, ...]:
    """Every host that something was decided about, those that were refused most first."""
    by_host: dict[str, list[FetchCount]] = defaultdict(list)
    counts = select(FetchCount).where(col(FetchCount.reason).not_in(_BY_THE_USER))
    for row in session.exec(counts.order_by(col(FetchCount.count).desc(), col(FetchCount.reason))):
        by_host[row.host].append(row)
    lines = (_host_line(host, rows) for host, rows in by_host.items())
    return tuple(sorted(lines, key=lambda line: (-line.refused, -line.in_vain, line.host)))


def _host_line(host: str, rows: list[FetchCount]) -> HostLine:
    return HostLine(
        host=host,
        since=min(row.first_at for row in rows),
        answers=sum(row.count for row in rows if row.reason == OK),
        in_vain=sum(row.count for row in rows if row.reason in IN_VAIN),
        refused=sum(row.count for row in rows if row.reason != OK and row.reason not in IN_VAIN),
        reasons=tuple(_tally(row) for row in rows if row.reason != OK),
    )


def _tally(row: FetchCount) -> Tally:
    return Tally(
        reason=row.reason,
        words=words_of(row.reason),
        count=row.count,
        last_at=row.last_at,
        last_url=row.last_url or None,
        detail=row.detail or None,
    )


def list_refusals(session: Session, since: datetime) -> tuple[Refusal, ...]:
    """Why something was not fetched since then, the most widespread reason first."""
    rows = session.exec(
        select(FetchCount.reason, func.count(), func.max(FetchCount.last_at))
        .where(FetchCount.last_at >= since, col(FetchCount.reason).not_in(_BY_THE_USER | {OK}))
        .group_by(col(FetchCount.reason))
        .order_by(func.count().desc(), col(FetchCount.reason))
    )
    return tuple(
        Refusal(reason=reason, words=words_of(reason), hosts=hosts, last_at=last_at) for reason, hosts, last_at in rows
    )
