"""Large documents are read in a worker that can be killed."""

from __future__ import annotations

import asyncio
import os

import pytest

from crawler.reading import LARGE, ReadingRoom, UnreadableError


def _pid(_body: bytes) -> int:
    return os.getpid()


def _spin(_body: bytes) -> None:
    while True:
        pass


def _die(_body: bytes) -> None:
    os._exit(7)


def test_small_documents_are_read_in_place() -> None:
    with ReadingRoom() as room:
        assert asyncio.run(room.read(_pid, b"", size=LARGE)) == os.getpid()


def test_large_documents_are_read_in_a_worker_that_serves_again() -> None:
    async def twice(room: ReadingRoom) -> list[int]:
        return [await room.read(_pid, b"", size=LARGE + 1) for _ in range(2)]

    with ReadingRoom() as room:
        first, second = asyncio.run(twice(room))
    assert first == second != os.getpid()


@pytest.mark.parametrize("reader", [_spin, _die])
def test_a_reader_that_hangs_or_dies_costs_its_worker_only(reader: object) -> None:
    async def run(room: ReadingRoom) -> int:
        with pytest.raises(UnreadableError):
            await room.read(reader, b"", size=LARGE + 1)  # type: ignore[arg-type]
        return await room.read(_pid, b"", size=LARGE + 1)

    with ReadingRoom(time_limit=2.0) as room:
        assert asyncio.run(run(room)) != os.getpid()
