from __future__ import annotations

import asyncio
from typing import Any

import pytest

from crawler.fetch.pace import Pace, registrable_domain, site_of
from tests.corpus import needs_corpus
from tests.crawler.fetch.doors import FakeTime, hostile


@needs_corpus
@pytest.mark.parametrize("case", hostile("registrable_domains"), ids=lambda case: case["id"])
def test_registrable_domain(case: dict[str, Any]) -> None:
    assert registrable_domain(case["host"]) == case["site"]


@pytest.mark.parametrize(
    ("host", "site"),
    [
        ("careers.acme.test", "acme.test"),
        ("www.acme.co.uk.", "acme.co.uk"),
        ("someone.github.io", "github.io"),
        ("someone.blogspot.com", "blogspot.com"),
        ("93.184.216.34", "93.184.216.34"),
        ("2606:4700::1", "2606:4700::1"),
        ("co.uk", "co.uk"),
    ],
)
def test_what_shares_one_pace(host: str, site: str) -> None:
    assert site_of(host) == site


def test_one_at_a_time_with_a_gap_from_the_end_of_the_last() -> None:
    time = FakeTime()
    events: list[tuple[str, int, float]] = []

    async def visit(pace: Pace, number: int) -> None:
        async with pace.queue("acme.test") as line:
            await line.wait(5)
            events.append(("in", number, time.now))
            await time.sleep(2)
            line.leave()
            events.append(("out", number, time.now))

    async def work() -> None:
        pace = time.pace()
        await asyncio.gather(*(visit(pace, number) for number in range(3)))

    asyncio.run(work())
    assert events == [("in", 0, 0), ("out", 0, 2), ("in", 1, 7), ("out", 1, 9), ("in", 2, 14), ("out", 2, 16)]


def test_a_turn_that_was_not_used_costs_the_next_nothing() -> None:
    time = FakeTime()

    async def work() -> None:
        pace = time.pace()
        for _ in range(2):
            async with pace.queue("acme.test") as line:
                await line.wait(5)

    asyncio.run(work())
    assert time.slept == []


def test_who_gives_up_waiting_leaves_the_line() -> None:
    async def work() -> None:
        pace = FakeTime().pace()

        async def visit() -> None:
            async with pace.queue("acme.test"):
                pass

        async with pace.queue("acme.test"):
            waiting = asyncio.create_task(visit())
            await asyncio.sleep(0)
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
        async with asyncio.timeout(5):
            await visit()

    asyncio.run(work())


def test_idle_sites_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.fetch.pace._MANY_SITES", 10)
    time = FakeTime()
    pace = time.pace()

    async def work() -> None:
        for number in range(30):
            async with pace.queue(f"{number}.test") as line:
                line.leave()
            time.now += 600

    asyncio.run(work())
    assert len(pace._lines) <= 10
