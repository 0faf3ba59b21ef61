"""Obeying the kill switch: every process that fetches asks the database once a second what is stopped."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

from sqlalchemy.exc import DBAPIError

from crawler.fetch import Door
from crawler.fetch.stops import Stops
from watchlist.errors import MentorwatchError
from watchlist.stops import read_stops
from watchlist.store import Store

log = logging.getLogger(__name__)

EVERY_SECONDS = 1.0
PATIENCE_SECONDS = 2.0
"""A database that takes longer counts as failing; both together leave two of the five seconds that were promised."""
NOTHING_LEAVES = Stops(everything=True)


@asynccontextmanager
async def obeying(store: Store, door: Door) -> AsyncIterator[None]:
    """Stops are obeyed from before the first request of the block to its end; without a watcher nothing leaves."""
    stops = await _what_is_stopped(store, Stops())
    door.obey(stops)
    watcher = asyncio.create_task(_watch(store, door, stops))
    try:
        yield
    finally:
        watcher.cancel()
        door.obey(NOTHING_LEAVES)
        with suppress(asyncio.CancelledError):
            await watcher


async def _watch(store: Store, door: Door, stops: Stops) -> None:
    try:
        while True:
            await asyncio.sleep(EVERY_SECONDS)
            stops = await _what_is_stopped(store, stops)
            door.obey(stops)
    finally:
        door.obey(NOTHING_LEAVES)


async def _what_is_stopped(store: Store, before: Stops) -> Stops:
    """The stops of the database; everything while it cannot be asked."""
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            stops = await store.read_urgent(read_stops)
    except (MentorwatchError, DBAPIError, TimeoutError) as error:
        stops = NOTHING_LEAVES
        if not before.everything:
            log.warning("nothing is fetched until the database says what is stopped: %s", error or "no answer")
    else:
        if stops != before:
            log.info("stopped now: %s", _words(stops))
    return stops


def _words(stops: Stops) -> str:
    everything = ["everything"] if stops.everything else []
    people = [f"the sources of person {number}" for number in sorted(stops.people)]
    return ", ".join([*everything, *sorted(stops.hosts), *people]) or "nothing"
