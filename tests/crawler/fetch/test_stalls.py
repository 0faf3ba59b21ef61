"""Servers that stall, drip, pretend and flood: our own few, beside the corpus's many."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import pytest

from crawler.fetch.door import Door
from tests.crawler.fetch.doors import got, outcome, settings_of
from tests.crawler.fetch.liars import Wires
from tests.crawler.fetch.peers import Page, peers, says

MIB = 1 << 20
OK = b"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n"
T = TypeVar("T")


def with_door(pages: Mapping[str, Page], home: Path, work: Callable[[Door, Wires], Awaitable[T]], **network: Any) -> T:
    """The work with a door to these servers."""

    async def main() -> T:
        wires = Wires()
        async with asyncio.timeout(30), peers(pages) as hosts:
            async with Door(settings_of(home, hosts=hosts, **network), dial=wires) as door:
                result = await work(door, wires)
            await asyncio.sleep(0)
            assert wires.open_now() == 0
            return result

    return asyncio.run(main())


def fields(count: int, width: int = 8) -> bytes:
    return (
        OK
        + b"".join(b"x-%d: %s\r\n" % (number, b"v" * width) for number in range(count))
        + b"content-length: 2\r\n\r\nok"
    )


def redirect(*lines: bytes, body: bytes = b"") -> bytes:
    return b"HTTP/1.1 302 Found\r\n" + b"".join(line + b"\r\n" for line in lines) + b"\r\n" + body


ANSWERS: dict[str, tuple[bytes, int | str]] = {
    "few-fields": (fields(90), 200),
    "many-fields": (fields(110), "protocol"),
    "long-field": (OK + b"x-h: " + b"v" * 40_000 + b"\r\ncontent-length: 2\r\n\r\nok", "protocol"),
    "long-fields": (fields(50, 1000), "protocol"),
    "endless-field": (OK + b"x-h: " + b"v" * MIB, "protocol"),
    "partial": (b"HTTP/1.1 206 Partial\r\ncontent-range: bytes 0-1/9\r\ncontent-length: 2\r\n\r\nok", "partial"),
    "no-location": (redirect(b"content-length: 0"), "bad_redirect"),
    "empty-location": (redirect(b"location:  ", b"content-length: 0"), "bad_redirect"),
    "image": (b"HTTP/1.1 200 OK\r\ncontent-type: image/png\r\ncontent-length: 2\r\n\r\nok", "not_text"),
    "archive": (b"HTTP/1.1 200 OK\r\ncontent-type: Application/ZIP\r\ncontent-length: 2\r\n\r\nok", "not_text"),
    "paper": (b"HTTP/1.1 200 OK\r\ncontent-type: application/pdf; x=y\r\ncontent-length: 2\r\n\r\nok", "not_text"),
    "unsaid": (b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok", 200),
    "feed": (b"HTTP/1.1 200 OK\r\ncontent-type: application/rss+xml\r\ncontent-length: 2\r\n\r\nok", 200),
    "two-lengths": (OK + b"content-length: 3\r\ncontent-length: 5\r\n\r\nabcde", "protocol"),
    "negative": (OK + b"content-length: -1\r\n\r\nabc", "protocol"),
    "huge-chunk": (OK + b"transfer-encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFFFFFF\r\nabc", "protocol"),
    "nul": (OK + b"x-a: b\0c\r\ncontent-length: 2\r\n\r\nok", "protocol"),
}  # fmt: skip


@pytest.mark.parametrize("name", ANSWERS)
def test_one_answer(name: str, tmp_path: Path) -> None:
    raw, expected = ANSWERS[name]

    async def work(door: Door, _: Wires) -> int | str:
        return await outcome(door, "http://a.test/")

    assert with_door({"a.test": says(raw)}, tmp_path, work) == expected


@pytest.mark.parametrize("status", [700, 999])
def test_a_status_of_no_standard_is_a_refusal_for_a_day(status: int, tmp_path: Path) -> None:
    """Sites answer 999 to whom they do not want (http_servers.json, status-999)."""
    raw = b"HTTP/1.1 %d Denied\r\ncontent-length: 0\r\n\r\n" % status

    async def work(door: Door, _: Wires) -> list[int | str]:
        return [await outcome(door, f"http://a.test/{number}") for number in range(2)]

    first, second = with_door({"a.test": says(raw)}, tmp_path, work)
    assert first in {status, "blocked"}
    assert second in {"backoff", "blocked"}


@pytest.mark.parametrize("left_over", [b"HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nEVIL", b"EVIL", b"\r\n"])
@pytest.mark.parametrize(
    "end", [b"content-length: 2\r\n\r\nok", b"transfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"]
)
def test_what_follows_an_answer_is_never_the_next_answer(end: bytes, left_over: bytes, tmp_path: Path) -> None:
    """A server must not be able to put words into the mouth of a page that was not asked for yet."""

    async def page(writer: asyncio.StreamWriter, path: str) -> None:
        writer.write(OK + end + left_over if path == "/1" else OK + b"content-length: 4\r\n\r\nreal")
        await writer.drain()

    async def work(door: Door, _: Wires) -> list[bytes]:
        first = await got(door, "http://a.test/1")
        await asyncio.sleep(0.05)
        return [first.body, (await got(door, "http://a.test/2")).body]

    assert with_door({"a.test": page}, tmp_path, work) == [b"ok", b"real"]


def test_an_answer_before_the_request_is_not_believed_later(tmp_path: Path) -> None:
    async def page(writer: asyncio.StreamWriter, path: str) -> None:
        writer.write(OK + b"content-length: 4\r\n\r\nreal")
        await writer.drain()
        await asyncio.sleep(0.02)
        if path == "/1":
            writer.write(OK + b"content-length: 4\r\n\r\nEVIL")
            await writer.drain()

    async def work(door: Door, _: Wires) -> list[bytes]:
        first = await got(door, "http://a.test/1")
        await asyncio.sleep(0.1)
        return [first.body, (await got(door, "http://a.test/2")).body]

    assert with_door({"a.test": page}, tmp_path, work) == [b"real", b"real"]


@pytest.mark.parametrize(
    "head",
    [
        b"location: /b\r\ncontent-length: 99999999\r\n",
        b"location: /b\r\ntransfer-encoding: chunked\r\n",
        b"location: /b\r\n",
    ],
)
def test_the_body_of_a_redirect_is_left_where_it_is(head: bytes, tmp_path: Path) -> None:
    async def page(writer: asyncio.StreamWriter, path: str) -> None:
        if path == "/b":
            writer.write(OK + b"content-length: 1\r\n\r\nb")
            return
        writer.write(b"HTTP/1.1 301 Moved\r\n" + head + b"\r\n")
        while True:
            writer.write(b"8000\r\n" + b"x" * 0x8000 + b"\r\n")
            await writer.drain()

    async def work(door: Door, wires: Wires) -> tuple[bytes, int]:
        answer = await got(door, "http://a.test/a")
        return answer.body, wires.received()

    body, received = with_door({"a.test": page}, tmp_path, work)
    assert body == b"b"
    assert received < MIB


def drip(start: bytes, drop: bytes) -> Page:
    """Bytes that come far more often than any limit on a single read, and never end."""

    async def page(writer: asyncio.StreamWriter, path: str) -> None:  # it hears nothing
        writer.write(start)
        while True:
            writer.write(drop)
            await writer.drain()
            await asyncio.sleep(0.05)

    return page


@pytest.mark.parametrize(
    ("start", "drop"),
    [(b"HTTP/1.1 200 OK\r\n", b"x: y\r\n"), (OK + b"content-length: 9999\r\n\r\n", b"a"), (OK + b"\r\n", b"x\n"),
     (OK + b"transfer-encoding: chunked\r\n\r\n", b"1\r\na\r\n"), (b"", b"HTTP/1.1 103 Early Hints\r\n\r\n")],
    ids=["head", "body", "stream", "chunks", "hints"],
)  # fmt: skip
def test_dripping_is_cut_off_as_a_whole(start: bytes, drop: bytes, tmp_path: Path) -> None:
    async def work(door: Door, wires: Wires) -> tuple[int | str, int]:
        return await outcome(door, "http://a.test/"), wires.open_now()

    assert with_door({"a.test": drip(start, drop)}, tmp_path, work, deadline_seconds=1.0) == ("timeout", 0)


def test_who_takes_longer_than_the_deadline_is_cut_off(tmp_path: Path) -> None:
    """A whole and honest page, a byte every tenth of a second, for three seconds."""

    async def slow(writer: asyncio.StreamWriter, path: str) -> None:  # it hears nothing
        writer.write(OK + b"content-length: 30\r\n\r\n")
        for _ in range(30):
            await asyncio.sleep(0.1)
            writer.write(b"a")
            await writer.drain()

    async def work(door: Door, _: Wires) -> int | str:
        return await outcome(door, "http://a.test/")

    assert with_door({"a.test": slow}, tmp_path, work, deadline_seconds=1.0) == "timeout"


def test_servers_that_hang_do_not_keep_the_places_of_others(tmp_path: Path) -> None:
    """More of them than there are places, asked first: a healthy host is served while all of them still hang."""
    served: list[str] = []

    async def hang(writer: asyncio.StreamWriter, path: str) -> None:  # it hears nothing
        await asyncio.sleep(60)

    async def healthy(writer: asyncio.StreamWriter, path: str) -> None:
        served.append(path)
        writer.write(OK + b"content-length: 2\r\n\r\nok")

    async def work(door: Door, wires: Wires) -> tuple[list[int | str], int]:
        hanging = [asyncio.create_task(outcome(door, f"http://hang{number}.test/")) for number in range(6)]
        await asyncio.sleep(0)
        results = [await outcome(door, f"http://healthy.test/{number}") for number in range(3)]
        still = sum(not task.done() for task in hanging)
        await door.stop()
        assert await asyncio.gather(*hanging) == ["stopped"] * 6
        return results, still

    pages = {f"hang{number}.test": hang for number in range(6)} | {"healthy.test": healthy}
    assert with_door(pages, tmp_path, work, concurrency=3) == ([200] * 3, 6)


def test_what_a_stop_cuts_off_is_not_sent_again(tmp_path: Path) -> None:
    """A request that is lost on a kept connection is sent once more, but not when it was lost because we stopped."""
    asked: list[str] = []

    async def hang(writer: asyncio.StreamWriter, path: str) -> None:  # it never answers
        asked.append(path)
        await asyncio.sleep(60)

    async def work(door: Door, wires: Wires) -> list[int | str]:
        hanging = [asyncio.create_task(outcome(door, f"http://hang{number}.test/")) for number in range(3)]
        while len(asked) < 3:  # noqa: ASYNC110  # asked by servers in the same loop
            await asyncio.sleep(0.01)
        await door.stop()
        async with asyncio.timeout(10):
            return await asyncio.gather(*hanging)

    results = with_door({f"hang{number}.test": hang for number in range(3)}, tmp_path, work)
    assert results == ["stopped"] * 3
    assert len(asked) == 3


def test_bodies_under_way_share_32_mib(tmp_path: Path) -> None:
    """Twelve servers send 9 MiB each but the last piece: not 108 MiB are held, and all of them arrive in the end."""
    release = asyncio.Event()
    size, kept_back = 9 * MIB, 64 * 1024

    async def big(writer: asyncio.StreamWriter, path: str) -> None:  # it hears nothing
        writer.write(OK + b"content-length: %d\r\n\r\n" % size)
        for _ in range((size - kept_back) // kept_back):
            writer.write(bytes(kept_back))
            await writer.drain()
        await release.wait()
        writer.write(bytes(kept_back))
        await writer.drain()

    async def work(door: Door, wires: Wires) -> tuple[int, list[int | str]]:
        fetches = [asyncio.create_task(outcome(door, f"http://big{number}.test/")) for number in range(12)]
        before = -1
        while wires.received() > before or before < 16 * MIB:
            before = wires.received()
            await asyncio.sleep(0.3)
        release.set()
        return before, await asyncio.gather(*fetches)

    held, results = with_door({f"big{number}.test": big for number in range(12)}, tmp_path, work, concurrency=16)
    assert held <= 32 * MIB
    assert results == [200] * 12
