"""Reads documents off the loop: small ones where they are, large ones in a process that can be killed.

The loop only does I/O. A page that makes a parser spin (reliability.md facts 7 and 10) costs its own worker, not the
crawl: after the time limit the worker is killed and the page counts as unreadable.
"""

from __future__ import annotations

import asyncio
import multiprocessing
from collections.abc import Callable
from concurrent.futures import TimeoutError as PoolTimeoutError
from functools import cached_property
from typing import Self, TypeVar

from pebble import ProcessExpired, ProcessPool

T = TypeVar("T")

LARGE = 64 * 1024
"""Bytes above which a document is read in a worker."""
TIME_LIMIT = 10.0
"""Seconds for one document in a worker."""


class UnreadableError(Exception):
    """A document on which the reader ran out of time or crashed its process."""


class ReadingRoom:
    """Runs pure readers; use as a context manager, so that its workers end with it."""

    def __init__(self, *, time_limit: float = TIME_LIMIT) -> None:
        self.time_limit = time_limit

    @cached_property
    def _pool(self) -> ProcessPool:
        # spawn: a fork of a process with threads and a running loop may hang in either
        return ProcessPool(max_workers=1, max_tasks=500, context=multiprocessing.get_context("spawn"))

    async def read(self, reader: Callable[..., T], *args: object, size: int) -> T:
        """`reader(*args)`; both must be picklable. `size` is the document's, in bytes.

        Raises UnreadableError when the worker was killed or died.
        """
        if size <= LARGE:
            return reader(*args)
        future = self._pool.schedule(reader, args=args, timeout=self.time_limit)
        try:
            return await asyncio.wrap_future(future)
        except (PoolTimeoutError, ProcessExpired) as error:
            raise UnreadableError(str(error)) from None

    def close(self) -> None:
        """End the workers, if any were started."""
        if "_pool" in self.__dict__:
            self._pool.stop()
            self._pool.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
