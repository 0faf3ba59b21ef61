"""Pace and pauses over a restart: on record before a request leaves, taken up again at the next run's first one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from crawler.fetch.backoff import LONGEST, Backoff, Pause
from crawler.fetch.memory import PACE, PAUSE, Key, Memory, Remembered, keep
from crawler.fetch.pace import REMEMBERED_SECONDS, Pace, site_of
from crawler.fetch.urls import Target


class Carryover:
    """Keeps what `pace` and `pauses` know of each site and host in `memory`."""

    def __init__(self, memory: Memory, pace: Pace, pauses: Backoff, clock: Callable[[], datetime]) -> None:
        self._memory, self._pace, self._pauses, self._clock = memory, pace, pauses, clock
        self._recalled: set[Key] = set()

    async def recall(self, target: Target) -> None:
        """At the first request to a site or host: go on with the pace and the pauses of the run before."""
        keys = ((PACE, site_of(target.host)), (PAUSE, target.host))
        if all(key in self._recalled for key in keys):
            return
        found = await self._memory.load(keys)
        for (kind, key), value in found.items():
            if (kind, key) in self._recalled:
                continue  # somebody else was faster
            if kind == PACE:
                asked_at = datetime.fromisoformat(value["asked_at"])
                self._pace.restore(key, (self._clock() - asked_at).total_seconds())
            else:
                until = datetime.fromisoformat(value["until"])
                self._pauses.restore(key, Pause(value["failures"], until, value["reason"]))
        self._recalled.update(keys)

    async def note_turn(self, target: Target) -> None:
        """Before the request leaves, so that a kill cannot make the next run come too early."""
        now = self._clock()
        value = {"asked_at": now.isoformat()}
        row = Remembered(PACE, site_of(target.host), value, now + timedelta(seconds=REMEMBERED_SECONDS))
        await self._memory.save([row])

    async def note_pause(self, host: str, pause: Pause) -> None:
        """Kept for a while after its end: the next failure is not the first one."""
        value = {"failures": pause.failures, "until": pause.until.isoformat(), "reason": pause.reason}
        await keep(self._memory, Remembered(PAUSE, host, value, pause.until + LONGEST))

    async def note_success(self, host: str) -> None:
        """A good answer ends the pauses of a host, where there were any."""
        if self._pauses.succeeded(host):
            await keep(self._memory, Remembered(PAUSE, host, {}, self._clock()))
