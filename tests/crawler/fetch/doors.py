"""What the door's tests stand on: settings, and fakes at the edge of the world (names, connections, time)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from crawler.fetch.answers import Access, Answer, Ask, FetchError
from crawler.fetch.door import Door
from crawler.fetch.pace import Pace
from crawler.fetch.wire import Wire, dial
from tests.corpus import CORPUS
from tests.servers import LoopbackServer
from watchlist.settings import Settings, load_settings

PUBLIC = "93.184.216.34"
CONTACT = "crawl@mentorwatch.test"
T = TypeVar("T")


def hostile(family: str) -> list[dict[str, Any]]:
    """The cases of one family of corpus/hostile; none where the corpus is absent."""
    file = CORPUS / "hostile" / f"{family}.json"
    return list(json.loads(file.read_text("utf-8"))["cases"]) if file.is_file() else []


def settings_of(
    home: Path, *, hosts: Mapping[str, str] | None = None, contact: str = CONTACT, obey: bool = False, **network: Any
) -> Settings:
    """Default settings with a contact, these mapped hosts and these network settings."""
    settings = load_settings(home)
    return settings.model_copy(
        update={
            "contact": contact,
            "network": settings.network.model_copy(update={"hosts": dict(hosts or {}), **network}),
            "feeds": settings.feeds.model_copy(update={"obey_robots": obey}),
        }
    )


class FakeTime:
    """Time that passes only by sleeping: nobody waits, and what was slept is known."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.slept.append(round(seconds, 6))
        self.now += seconds
        await asyncio.sleep(0)

    def pace(self) -> Pace:
        return Pace(self.monotonic, self.sleep)


class FakeClock:
    """The clock on the wall, set by hand."""

    def __init__(self) -> None:
        self.now = datetime(2026, 10, 21, 7, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **span: float) -> None:
        self.now += timedelta(**span)


class FakeNames:
    """A resolver: name -> successive answers, the last of which stays; any other name has none."""

    def __init__(self, answers: Mapping[str, Sequence[Sequence[str]]]) -> None:
        self.answers = {name.lower(): list(turns) for name, turns in answers.items()}
        self.asked: list[str] = []

    async def __call__(self, name: str, port: int) -> Sequence[str]:
        self.asked.append(name)
        turns = self.answers.get(name)
        if not turns:
            raise OSError(-2, "Name or service not known")
        return turns.pop(0) if len(turns) > 1 else turns[0]


class Dialled:
    """Stands for the internet: notes where the door connects to and lands every connection on a loopback server."""

    def __init__(self, server: LoopbackServer) -> None:
        self.server = server
        self.to: list[tuple[str, int]] = []

    async def __call__(self, address: str, port: int) -> Wire:
        self.to.append((address, port))
        return await dial("127.0.0.1", self.server.port)


def internet_door(
    settings: Settings, server: LoopbackServer, names: Mapping[str, Sequence[Sequence[str]]]
) -> tuple[Door, Dialled]:
    """A door to a pretended internet in which these names have these addresses and no time is spent waiting."""
    dialled = Dialled(server)
    return Door(settings, resolver=FakeNames(names), dial=dialled, pace=FakeTime().pace()), dialled


def run(work: Callable[[Door], Awaitable[T]], door: Door) -> T:
    """Open the door, do the work, close it; nothing may hang."""

    async def opened() -> T:
        async with door, asyncio.timeout(30):
            return await work(door)

    return asyncio.run(opened())


async def outcome(door: Door, url: str, access: Access = Access.CRAWL, **more: Any) -> int | str:
    """The status of the answer, or the reason why there is none."""
    try:
        return (await door.fetch(Ask(url, access, **more))).status
    except FetchError as error:
        return error.reason


async def got(door: Door, url: str, access: Access = Access.CRAWL, **more: Any) -> Answer:
    """The answer itself."""
    return await door.fetch(Ask(url, access, **more))
