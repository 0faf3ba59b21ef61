"""The home that a command works on, opened as far as it needs."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import aclosing, asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from watchlist.errors import UsageError

if TYPE_CHECKING:
    from crawler.fetch import Door
    from crawler.fetch.decisions import Watch
    from watchlist.jobs.workplace import Workplace
    from watchlist.settings import Settings
    from watchlist.store import Store

T = TypeVar("T")
_chosen: list[Path] = []


def choose_home(home: Path | None) -> None:
    """Remember --home for this run. Raises UsageError for an empty one (an unset variable of the shell)."""
    if home is not None and home == Path():
        raise UsageError("--home is empty", hint="leave it out for the usual place")
    _chosen[:] = [home.expanduser().absolute()] if home else []


def chosen_home() -> Path | None:
    """--home; None where it was not given."""
    return _chosen[0] if _chosen else None


def current_home() -> Path:
    """--home, MENTORWATCH_HOME, or the platform's data directory."""
    from watchlist.settings import default_home

    return _chosen[0] if _chosen else default_home()


def settings() -> Settings:
    """The settings of the chosen home."""
    from watchlist.settings import load_settings

    return load_settings(current_home())


@contextmanager
def open_store() -> Iterator[Store]:
    """The chosen home's database, migrated, closed at the end."""
    from watchlist.store import Store

    store = Store.open(settings())
    try:
        yield store
    finally:
        store.close()


def run_at_workplace(
    work: Callable[[Workplace], Awaitable[T]], *, watch: Watch | None = None, even_if_stopped: bool = False
) -> T:
    """Run async work with store and door open, as the only process of this home that fetches.

    `watch` is told every decision of the door. Raises UsageError while the user stopped everything, unless
    `even_if_stopped`. Ctrl-C and SIGTERM stop the door: what waits for an answer ends at once, what was stored stays.
    """
    from watchlist.scheduler import release_leases
    from watchlist.stops import require_running
    from watchlist.store.exclusive import only_one

    chosen = settings()
    if not (chosen.contact or chosen.network.hosts):
        raise UsageError("no contact address is set, so nothing may be fetched", hint="mentorwatch init sets it")

    async def run(store: Store) -> T:
        if not even_if_stopped:
            await store.read(require_running)
        await store.write(release_leases)
        async with _workplace(chosen, store, watch) as place:
            return await work(place)

    with open_store() as store, only_one(store.engine, chosen.home):
        return asyncio.run(run(store))


@asynccontextmanager
async def _workplace(chosen: Settings, store: Store, watch: Watch | None) -> AsyncIterator[Workplace]:
    """Door and reading room, open; the door remembers in the store and obeys its kill switch."""
    from crawler.fetch import Door
    from crawler.reading import ReadingRoom
    from watchlist.jobs.obeying import obeying
    from watchlist.jobs.workplace import Workplace
    from watchlist.memory import StoredMemory
    from watchlist.secrets import Tokens

    async with aclosing(StoredMemory(store)) as memory:
        with ReadingRoom() as room:
            async with Door(chosen, memory=memory, tokens=Tokens(), watch=watch) as door, obeying(store, door):
                _stop_on_signals(door)
                yield Workplace(settings=chosen, store=store, door=door, room=room)


def _stop_on_signals(door: Door) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        with suppress(NotImplementedError):  # Windows: Ctrl-C arrives as KeyboardInterrupt
            loop.add_signal_handler(number, lambda: loop.create_task(door.stop()))
