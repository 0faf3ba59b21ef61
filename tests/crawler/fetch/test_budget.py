from __future__ import annotations

import asyncio
import random
from collections.abc import Coroutine
from typing import TypeVar

import pytest

from crawler.fetch.budget import SMALL_BYTES, STEP_BYTES, BodyBudget, Pool

MIB = 1 << 20
T = TypeVar("T")


def run(work: Coroutine[None, None, T]) -> T:
    async def bounded() -> T:
        async with asyncio.timeout(20):
            return await work

    return asyncio.run(bounded())


def test_bodies_never_hold_more_than_the_budget_and_all_end() -> None:
    """40 bodies that grow to 10 MiB in steps of a random order: a naive budget would lock up with all half grown."""
    budget = BodyBudget(most=10 * MIB)
    least_free = 32 * MIB
    rng = random.Random(7)

    async def body() -> None:
        nonlocal least_free
        with budget.account() as account:
            for size in range(MIB, 10 * MIB + 1, MIB):
                await account.hold(size)
                least_free = min(least_free, budget.small.free + budget.large.free)
                for _ in range(rng.randrange(4)):
                    await asyncio.sleep(0)

    async def work() -> None:
        await asyncio.gather(*(body() for _ in range(40)))

    run(work())
    assert 0 <= least_free <= 12 * MIB
    assert budget.small.free + budget.large.free == 32 * MIB


def test_small_bodies_pass_large_ones_that_wait() -> None:
    order = []

    async def large(name: str, budget: BodyBudget, done: asyncio.Event) -> None:
        with budget.account() as account:
            await account.hold(10 * MIB)
            order.append(name)
            await done.wait()

    async def work() -> None:
        budget, done = BodyBudget(most=10 * MIB), asyncio.Event()
        tasks = [asyncio.create_task(large(name, budget, done)) for name in ("first", "second")]
        await _settled()
        with budget.account() as account:
            await account.hold(SMALL_BYTES)
            order.append("small")
        done.set()
        await asyncio.gather(*tasks)

    run(work())
    assert order == ["first", "small", "second"]


def test_a_step_that_would_lock_everybody_up_is_not_granted() -> None:
    """Of 3 units each may need 2: the third user gets nothing while two hold one each."""

    async def work() -> list[bool]:
        pool = Pool(3 * STEP_BYTES, 2 * STEP_BYTES)
        for user in ("a", "b"):
            await pool.grow(user, STEP_BYTES)
        third = asyncio.create_task(pool.grow("c", STEP_BYTES))
        await _settled()
        states = [third.done()]
        await pool.grow("a", 2 * STEP_BYTES)
        pool.give_back("a")
        await third
        return [*states, third.done()]

    assert run(work()) == [False, True]


def test_who_gives_up_waiting_leaves_nothing_behind() -> None:
    async def work() -> int:
        budget = BodyBudget(most=10 * MIB)

        async def hold(size: int) -> None:
            with budget.account() as account:
                await account.hold(size)
                await asyncio.sleep(3600)

        tasks = [asyncio.create_task(hold(9 * MIB)) for _ in range(2)]
        await _settled()
        for task in reversed(tasks):
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
        return budget.small.free + budget.large.free

    assert run(work()) == 32 * MIB


@pytest.mark.parametrize(("size", "held"), [(0, 0), (1, STEP_BYTES), (STEP_BYTES + 1, 2 * STEP_BYTES)])
def test_steps(size: int, held: int) -> None:
    async def work() -> int:
        pool = Pool(MIB, MIB)
        await pool.grow("a", size)
        return MIB - pool.free

    assert run(work()) == held


async def _settled(turns: int = 20) -> None:
    for _ in range(turns):
        await asyncio.sleep(0)
