"""Asking registers through the door: a good answer, read, or one error that says why there is none."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, TypeVar

from crawler.fetch import Access, Answer, Ask, FetchError
from crawler.reading import UnreadableError
from crawler.registries.answers import AnswerError
from crawler.registries.claims import entities
from crawler.registries.wikidata import CLAIMS, Item, batches, items_url
from watchlist.errors import MentorwatchError, StoppedError
from watchlist.jobs.workplace import Workplace
from watchlist.secrets import mask_url

T = TypeVar("T")
Sleep = Callable[[float], Awaitable[None]]

CLOSED: Final = frozenset({"http_401", "http_403", "http_429", "backoff", "blocked", "halted", "no_contact", "dns"})
"""Reasons after which the register is not asked any further in this run."""
TRIES: Final = 4
"""How often an address is asked for that a busy server does not answer."""
PATIENCE: Final = timedelta(minutes=3)
"""A longer pause is not waited for: what is left is due the next time."""
_LAG: Final = 5.0
"""Seconds before a server that lags behind and names no time is asked again."""
_LATER: Final = "run the command again later"


class RegisterError(MentorwatchError):
    """A register gave nothing for an address. `reason`: a code of the door, http_STATUS, busy, refused, unreadable."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message, hint=_LATER)
        self.reason = reason


@dataclass(slots=True)
class Inquiry:
    """Requests to registers, one after the other. `sleep` takes seconds; tests pass their own."""

    place: Workplace
    sleep: Sleep | None = None

    async def ask(self, url: str, etag: str | None = None, last_modified: str | None = None) -> Answer:
        """A whole answer, or 304 where the caller's copy is current; a short pause is waited for.

        Raises RegisterError, and StoppedError where nothing may leave any more.
        """
        wanted = Ask(url, Access.DOCUMENTED_API, etag, last_modified)
        for tries_left in reversed(range(TRIES)):
            try:
                answer = await self.place.door.fetch(wanted)
            except FetchError as error:
                await self._wait_for(error, tries_left)
                continue
            if answer.status in {200, 304}:
                return answer
            if answer.status != 429 and answer.status < 500:
                break
        raise RegisterError(f"http_{answer.status}", f"{_named(url)} answered with status {answer.status}")

    async def read(self, reader: Callable[..., T], answer: Answer, *more: object) -> T:
        """`reader(body, *more)`, off the loop where the body is large. Raises RegisterError."""
        try:
            return await self.place.room.read(reader, answer.body, *more, size=len(answer.body))
        except AnswerError as error:
            raise RegisterError(error.reason, error.message) from error
        except UnreadableError as error:
            raise RegisterError("unreadable", str(error)) from error

    async def learn(self, url: str, reader: Callable[..., T], *more: object) -> T:
        """`reader(body, *more)` of the answer of an address. Raises RegisterError.

        A server that lags behind says so with status 200: no pause for the door to note, so it is kept here.
        """
        for tries_left in reversed(range(TRIES)):
            answer = await self.ask(url)
            wait = _wait(answer.headers.get("retry-after", ""))
            try:
                return await self.read(reader, answer, *more)
            except RegisterError as error:
                if error.reason != "busy" or not tries_left or wait > PATIENCE.total_seconds():
                    raise
            await self._pause(wait)
        raise AssertionError("the last try returns or raises")

    async def find(self, url: str, reader: Callable[..., T], *more: object) -> T | None:
        """`reader(body, *more)` of an answer; None where nothing is at the address (404). Raises RegisterError."""
        try:
            return await self.learn(url, reader, *more)
        except RegisterError as error:
            if error.reason == "http_404":
                return None
            raise

    async def items(self, ids: Iterable[str], *, props: str = CLAIMS) -> dict[str, Item]:
        """Wikidata items by the id asked for, 50 at a time; halves where that is too much. Raises RegisterError."""
        found: dict[str, Item] = {}
        for batch in batches(ids):
            try:
                found |= await self.learn(items_url(batch, props=props), entities)
            except RegisterError as error:
                if error.reason != "too_large" or len(batch) == 1:
                    raise
                for half in (batch[: len(batch) // 2], batch[len(batch) // 2 :]):
                    found |= await self.items(half, props=props)
        return found

    async def _wait_for(self, error: FetchError, tries_left: int) -> None:
        """Until a short pause of the host is over; any other reason is passed on."""
        if error.reason == "stopped":
            message = "stopped; what the registers were not asked for is still due"
            raise StoppedError(message, hint=self.place.how_to_go_on) from error
        wait = error.retry_at - self.place.clock() if error.retry_at else PATIENCE * 2
        if error.reason != "backoff" or wait > PATIENCE or not tries_left:
            raise RegisterError(error.reason, error.message) from error
        await self._pause(max(wait.total_seconds(), 0) + 1)

    async def _pause(self, seconds: float) -> None:
        if self.sleep is not None:
            await self.sleep(seconds)
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.place.door.stopped()


def _named(url: str) -> str:
    return mask_url(url.partition("?")[0])


def _wait(asked: str) -> float:
    return float(asked) if re.fullmatch(r"\d{1,5}", asked.strip(), re.ASCII) else _LAG
