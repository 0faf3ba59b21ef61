"""What the door keeps over a restart: when a site was asked last, pauses, robots decisions, and its counters."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from crawler.fetch.decisions import Decision
from watchlist.errors import MentorwatchError

log = logging.getLogger(__name__)

PACE, PAUSE, ROBOTS, SITE_FILES = "pace", "pause", "robots", "site_files"
Key = tuple[str, str]
"""(kind, key)"""


@dataclass(frozen=True, slots=True)
class Remembered:
    """One thing to be kept, by kind (`pace` a site, `pause` a host, `robots` and `site_files` an origin) and key."""

    kind: str
    key: str
    value: dict[str, Any]
    """Plain JSON; times are ISO 8601."""
    expires_at: datetime


class Memory(Protocol):
    """Where it is kept: a database, or a dict for tests."""

    async def load(self, keys: Sequence[Key]) -> dict[Key, dict[str, Any]]:
        """The values of those keys that are known and have not expired."""
        ...

    async def save(self, rows: Sequence[Remembered]) -> None:
        """Keep rows, the last of a key wins; durable when it returns."""
        ...

    async def count(self, decisions: Sequence[Decision]) -> None:
        """Add to the counters by host and reason; may lag behind by a second."""
        ...


async def keep(memory: Memory, row: Remembered) -> None:
    """Save what the process knows as well: where it cannot be written now, it is lost at a restart only."""
    try:
        await memory.save([row])
    except MentorwatchError as error:
        log.warning("%s of %s is not on record: %s", row.kind, row.key, error.message)


class Forgetful:
    """A memory that ends with the process."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._rows: dict[Key, Remembered] = {}
        self.counted: Counter[Key] = Counter()
        """(host, reason) -> how often."""

    async def load(self, keys: Sequence[Key]) -> dict[Key, dict[str, Any]]:
        """See Memory."""
        found = {key: self._rows[key] for key in keys if key in self._rows}
        return {key: row.value for key, row in found.items() if row.expires_at > self._clock()}

    async def save(self, rows: Sequence[Remembered]) -> None:
        """See Memory."""
        self._rows.update({(row.kind, row.key): row for row in rows})

    async def count(self, decisions: Sequence[Decision]) -> None:
        """See Memory."""
        self.counted.update((decision.host, decision.reason) for decision in decisions)
