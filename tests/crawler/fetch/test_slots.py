from __future__ import annotations

import asyncio

from crawler.fetch.slots import SOCKETS_PER_SLOT, Slots


def test_what_drags_on_gives_its_place_to_others() -> None:
    async def work() -> list[str]:
        slots, done, order = Slots(1, patience=0.01), asyncio.Event(), []

        async def slow() -> None:
            async with slots.take():
                order.append("slow begins")
                await done.wait()
                order.append("slow ends")

        task = asyncio.create_task(slow())
        await asyncio.sleep(0)
        async with slots.take():
            order.append("brisk")
        done.set()
        await task
        return order

    assert asyncio.run(work()) == ["slow begins", "brisk", "slow ends"]


def test_a_place_is_given_back_once_only() -> None:
    async def work() -> int:
        slots, running, most = Slots(1, patience=0.001), 0, 0

        async def drag() -> None:
            async with slots.take():
                await asyncio.sleep(0.005)

        await asyncio.gather(*(drag() for _ in range(4)))
        slots = Slots(2, patience=3600)

        async def brisk() -> None:
            nonlocal running, most
            async with slots.take():
                running += 1
                most = max(most, running)
                await asyncio.sleep(0)
                running -= 1

        await asyncio.gather(*(brisk() for _ in range(20)))
        return most

    assert asyncio.run(work()) == 2


def test_slow_ones_are_bounded_too() -> None:
    async def work() -> int:
        slots, done, begun = Slots(1, patience=0), asyncio.Event(), 0

        async def hang() -> None:
            nonlocal begun
            async with slots.take():
                begun += 1
                await done.wait()

        tasks = [asyncio.create_task(hang()) for _ in range(3 * SOCKETS_PER_SLOT)]
        while begun < SOCKETS_PER_SLOT:  # noqa: ASYNC110  # counts, no state of ours to wait for
            await asyncio.sleep(0.001)
        await asyncio.sleep(0.01)
        reached = begun
        done.set()
        await asyncio.gather(*tasks)
        return reached

    assert asyncio.run(work()) == SOCKETS_PER_SLOT
