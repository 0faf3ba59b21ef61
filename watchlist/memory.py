"""The door's memory in the database: what it knows of sites survives a restart, and its decisions are counted."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import delete, tuple_
from sqlmodel import Session, col, select

from crawler.fetch.decisions import Decision
from crawler.fetch.memory import Key, Remembered
from watchlist.errors import MentorwatchError
from watchlist.models import DoorMemory, FetchCount
from watchlist.store import Store, upsert
from watchlist.store.suppression import is_suppressed

log = logging.getLogger(__name__)

LAG_SECONDS = 1.0
"""So long counters may wait for the next transaction."""
PURGE_EVERY = timedelta(hours=1)
KEEP_COUNTS = timedelta(days=180)
"""A host that nothing was decided about for so long is a source that is gone."""
LONGEST_DETAIL = 500
_BATCH = 400
"""Keys in one query: two parameters each."""


@dataclass(slots=True)
class Tally:
    """What is to be added to one counter."""

    count: int
    first_at: datetime
    last_at: datetime
    last_url: str
    detail: str

    @classmethod
    def of(cls, decision: Decision) -> Tally:
        """One decision."""
        return cls(1, decision.at, decision.at, decision.url, decision.detail[:LONGEST_DETAIL])

    def then(self, later: Tally) -> Tally:
        """This one and what came after it."""
        return Tally(self.count + later.count, self.first_at, later.last_at, later.last_url, later.detail)


Tallies = dict[Key, Tally]
"""(host, reason) -> what to add."""


class StoredMemory:
    """A crawler.fetch.memory.Memory in a store, for one event loop; `aclose` writes what is still to be written.

    Whoever saves while a transaction is under way shares the next one: a hundred hosts cost a handful of commits.
    """

    def __init__(self, store: Store, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._store, self._clock = store, clock
        self._rows: dict[Key, Remembered] = {}
        self._tallies: Tallies = {}
        self._writing = asyncio.Lock()
        self._next: asyncio.Task[None] | None = None
        """The transaction that takes along what waits now."""
        self._later: asyncio.Task[None] | None = None
        self._purge_at: datetime | None = None

    async def load(self, keys: Sequence[Key]) -> dict[Key, dict[str, Any]]:
        """The values of those (kind, key) that are known and have not expired."""
        now = self._clock()
        return await self._store.read(lambda session: _load(session, keys, now)) if keys else {}

    async def save(self, rows: Sequence[Remembered]) -> None:
        """Keep rows, the last of a key wins; durable when it returns. Raises MentorwatchError where it cannot be."""
        self._rows.update({(row.kind, row.key): row for row in rows})
        await asyncio.shield(self._flush())  # who gives up waiting must not take the others' rows along

    async def count(self, decisions: Sequence[Decision]) -> None:
        """Add to the counters by host and reason, within a second."""
        _merge(self._tallies, (((each.host, each.reason), Tally.of(each)) for each in decisions))
        if self._later is None:
            self._later = asyncio.create_task(self._flush_later())

    async def aclose(self) -> None:
        """Write what is not written yet."""
        if self._later:
            self._later.cancel()
        if self._rows or self._tallies or self._next:
            await self._flush()

    async def _flush_later(self) -> None:
        await asyncio.sleep(LAG_SECONDS)
        self._later = None
        try:
            await self._flush()
        except MentorwatchError as error:
            log.warning("the counters are behind: %s", error)

    def _flush(self) -> asyncio.Task[None]:
        if self._next is None:
            self._next = asyncio.create_task(self._write())
        return self._next

    async def _write(self) -> None:
        async with self._writing:
            self._next = None
            rows, self._rows = self._rows, {}
            tallies, self._tallies = self._tallies, {}
            try:
                await self._store.write(lambda session: self._keep(session, rows.values(), tallies))
            except BaseException:
                _merge(tallies, self._tallies.items())  # the next transaction takes them along
                self._tallies = tallies
                raise

    def _keep(self, session: Session, rows: Iterable[Remembered], tallies: Mapping[Key, Tally]) -> None:
        _save(session, rows)
        _count(session, tallies)
        now = self._clock()
        if self._purge_at is None or now >= self._purge_at:
            self._purge_at = now + PURGE_EVERY
            _purge(session, now)


def host_of_key(key: str) -> str:
    """The host of a site, a host or an origin; empty where there is none."""
    return urlsplit(key if "://" in key else f"//{key}").hostname or ""


def _merge(tallies: Tallies, new: Iterable[tuple[Key, Tally]]) -> None:
    for key, tally in new:
        tallies[key] = tallies[key].then(tally) if key in tallies else tally


def _load(session: Session, keys: Sequence[Key], now: datetime) -> dict[Key, dict[str, Any]]:
    wanted = list(dict.fromkeys(keys))
    found: dict[Key, dict[str, Any]] = {}
    for start in range(0, len(wanted), _BATCH):
        known = tuple_(DoorMemory.kind, DoorMemory.key).in_(wanted[start : start + _BATCH])
        rows = session.exec(select(DoorMemory).where(known, DoorMemory.expires_at > now))
        found |= {(row.kind, row.key): row.value for row in rows}
    return found


def _save(session: Session, rows: Iterable[Remembered]) -> None:
    """Store rows; nothing is kept of the host of somebody who was forgotten meanwhile."""
    hosts = {row.key: host_of_key(row.key) for row in rows}
    forgotten = is_suppressed(session, "host", set(hosts.values()))
    kept = [
        {"kind": row.kind, "key": row.key, "value": row.value, "expires_at": row.expires_at}
        for row in rows
        if hosts[row.key] not in forgotten
    ]
    upsert(session, DoorMemory, kept, key=["kind", "key"])


def _count(session: Session, tallies: Mapping[Key, Tally]) -> None:
    """Add to the counters; an address that was erased meanwhile is not named."""
    hosts = is_suppressed(session, "host", {host for host, _ in tallies})
    urls = is_suppressed(session, "url", {tally.last_url for tally in tallies.values()})
    rows = [
        {
            "host": host,
            "reason": reason,
            "count": tally.count,
            "first_at": tally.first_at,
            "last_at": tally.last_at,
            "last_url": "" if tally.last_url in urls else tally.last_url,
            "detail": "" if tally.last_url in urls else tally.detail,
        }
        for (host, reason), tally in tallies.items()
        if host not in hosts
    ]
    upsert(session, FetchCount, rows, key=["host", "reason"], update=["last_at", "last_url", "detail"], add=["count"])


def _purge(session: Session, now: datetime) -> None:
    connection = session.connection()
    connection.execute(delete(DoorMemory).where(col(DoorMemory.expires_at) <= now))
    connection.execute(delete(FetchCount).where(col(FetchCount.last_at) < now - KEEP_COUNTS))
