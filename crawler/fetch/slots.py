"""Places for transfers: one that drags on gives its place to others, so that slow servers hold up nobody."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

PATIENCE_SECONDS = 1.0
"""So long a transfer keeps its place."""
SOCKETS_PER_SLOT = 8
"""Transfers under way at the most, slow ones included, for each place."""


class Slots:
    """`size` brisk transfers at once, and a multiple of that in all."""

    def __init__(self, size: int, *, patience: float = PATIENCE_SECONDS) -> None:
        self._brisk = asyncio.Semaphore(size)
        self._all = asyncio.Semaphore(size * SOCKETS_PER_SLOT)
        self._patience = patience

    @asynccontextmanager
    async def take(self) -> AsyncIterator[None]:
        """A place for the block; after `patience` seconds it goes to the next who waits."""
        async with self._all:
            place = _Place(self._brisk)
            await self._brisk.acquire()
            timer = asyncio.get_running_loop().call_later(self._patience, place.give_back)
            try:
                yield
            finally:
                timer.cancel()
                place.give_back()


class _Place:
    """Given back once, whoever comes first."""

    __slots__ = ("_semaphore",)

    def __init__(self, semaphore: asyncio.Semaphore) -> None:
        self._semaphore: asyncio.Semaphore | None = semaphore

    def give_back(self) -> None:
        semaphore, self._semaphore = self._semaphore, None
        if semaphore is not None:
            semaphore.release()
