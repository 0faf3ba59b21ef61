"""Asking a documented API through the door: waits where it asks for a short pause, says plainly where it is in vain."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from typing import Final

from crawler.fetch import Access, Answer, Ask, FetchError
from watchlist.errors import MentorwatchError, StoppedError
from watchlist.jobs.workplace import Workplace
from watchlist.secrets import mask_url

PATIENCE: Final = timedelta(minutes=3)
"""A pause that an API asks for and that is waited for; a longer one ends the work."""
ATTEMPTS: Final = 3
Sleep = Callable[[float], Awaitable[None]]


class RegisterError(MentorwatchError):
    """A register did not give what was asked for; `reason` is a reason code."""

    def __init__(self, reason: str, message: str, *, hint: str | None = None) -> None:
        super().__init__(message, hint=hint)
        self.reason = reason


class Inquiry:
    """Requests to registers, one after the other; `asked` counts them. `sleep` takes seconds (tests pass their own)."""

    def __init__(self, place: Workplace, *, sleep: Sleep | None = None) -> None:
        self.place = place
        self.asked = 0
        self._sleep = sleep or self._pause

    async def ask(self, url: str) -> bytes | None:
        """The body of the answer; None where there is nothing at this address (404).

        Raises RegisterError where no answer is to be had, StoppedError where the user stopped everything.
        """
        for _ in range(ATTEMPTS):
            try:
                self.asked += 1
                answer = await self.place.door.fetch(Ask(url, Access.DOCUMENTED_API))
            except FetchError as error:
                await self._wait(error)
                continue
            if answer.status == 200:
                return answer.body
            if answer.status == 404:
                return None
            if answer.status != 429 and answer.status < 500:
                break
        raise RegisterError(f"http_{answer.status}", self._words(answer), hint="run the command again later")

    async def _wait(self, error: FetchError) -> None:
        """Until a short pause is over; any other reason is passed on."""
        if error.reason in {"stopped", "halted"}:
            raise StoppedError("stopped before the register was asked for everything") from error
        wait = error.retry_at - self.place.clock() if error.retry_at else PATIENCE * 2
        if error.reason != "backoff" or wait > PATIENCE:
            raise RegisterError(error.reason, error.message, hint="run the command again later") from error
        await self._sleep(max(wait.total_seconds(), 0) + 1)

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.place.door.stopped()

    @staticmethod
    def _words(answer: Answer) -> str:
        return f"{mask_url(answer.url.partition('?')[0])} answered with status {answer.status}"
