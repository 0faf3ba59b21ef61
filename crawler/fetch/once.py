"""One piece of work for all who wait for it: ten requests that need one robots.txt fetch it once."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Generic, TypeVar

T = TypeVar("T")


class GivenUpError(Exception):
    """The work was given up because everything ends."""


class OncePerKey(Generic[T]):
    """Results by key, kept as long as `is_fresh` says so; the oldest above `most` go."""

    def __init__(self, is_fresh: Callable[[T], bool], most: int = 4096) -> None:
        self._is_fresh, self._most = is_fresh, most
        self._kept: OrderedDict[str, T] = OrderedDict()
        self._working: dict[str, asyncio.Task[T]] = {}

    async def get(self, key: str, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """The kept result, or that of `work`, which runs once however many ask meanwhile."""
        kept = self._kept.get(key)
        if kept is not None and self._is_fresh(kept):
            return kept
        task = self._working.get(key)
        if task is None:
            task = self._working[key] = asyncio.create_task(self._keep(key, work()))
            task.add_done_callback(lambda _: self._working.pop(key, None))
        # Shielded: the one who gives up waiting must not take the result away from the others.
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            me = asyncio.current_task()
            if task.cancelled() and me is not None and not me.cancelling():
                raise GivenUpError(key) from None  # the work was given up, not the one who waits
            raise

    async def aclose(self) -> None:
        """Give up what is still being worked on."""
        tasks = list(self._working.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _keep(self, key: str, work: Awaitable[T]) -> T:
        result = await work
        self._kept[key] = result
        self._kept.move_to_end(key)
        if len(self._kept) > self._most:
            self._kept.popitem(last=False)
        return result
