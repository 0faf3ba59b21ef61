"""The memory that bodies under way may take all together: 32 MiB, half of it for bodies that stay small."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

TOTAL_BYTES = 32 << 20
STEP_BYTES = 64 << 10
FREE_BYTES = 64 << 10
"""So much each body may hold without asking: 16 MiB with all sockets in use, and pages go on while others hang."""
SMALL_BYTES = 256 << 10
"""A body's first bytes come out of the half for small ones, so that pages do not wait for what is huge."""


class Pool:
    """Bytes shared by users that need at most `most` each: who wants more waits until all can still be finished.

    Dijkstra's banker: a step is granted only if afterwards some order is left in which every user can grow to the end
    with what is free, so they never wait for each other in a circle.
    """

    def __init__(self, total: int, most: int) -> None:
        self._most = most
        self.free = max(total, most)
        """Bytes nobody holds."""
        self._held: dict[object, int] = {}
        self._waiting: deque[asyncio.Future[None]] = deque()

    async def grow(self, user: object, size: int) -> None:
        """Wait until `user` may hold `size` bytes in all, in steps of 64 KiB."""
        missing = min(size, self._most) - self._held.get(user, 0)
        if missing <= 0:
            return
        step = -(-missing // STEP_BYTES) * STEP_BYTES
        while not self._is_safe(user, step):
            turn = asyncio.get_running_loop().create_future()
            self._waiting.append(turn)
            await turn
        self.free -= step
        self._held[user] = self._held.get(user, 0) + step

    def give_back(self, user: object) -> None:
        """All that `user` holds; the others look again."""
        self.free += self._held.pop(user, 0)
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():
                turn.set_result(None)

    def _is_safe(self, user: object, step: int) -> bool:
        free = self.free - step
        if free >= self._most:
            return True  # any of them can be finished, then the next
        after = {**self._held, user: self._held.get(user, 0) + step}
        for held in sorted(after.values(), reverse=True):
            if free < max(0, self._most - held):
                return False
            free += held
        return True


class BodyBudget:
    """Accounts for bodies of at most `most` bytes each."""

    def __init__(self, most: int, total: int = TOTAL_BYTES) -> None:
        self.small = Pool(total // 2, SMALL_BYTES)
        self.large = Pool(total - total // 2, most)

    @contextmanager
    def account(self) -> Iterator[Account]:
        """An account for one body; what it holds is given back at the end of the block."""
        account = Account(self)
        try:
            yield account
        finally:
            self.small.give_back(account)
            self.large.give_back(account)


class Account:
    """What one body holds."""

    __slots__ = ("_budget",)

    def __init__(self, budget: BodyBudget) -> None:
        self._budget = budget

    async def hold(self, size: int) -> None:
        """Wait until `size` bytes in all may be held."""
        if size <= FREE_BYTES:
            return
        await self._budget.small.grow(self, size)
        if size > SMALL_BYTES:
            await self._budget.large.grow(self, size - SMALL_BYTES)
