from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path

import pytest

from crawler.fetch.answers import FetchError
from crawler.fetch.door import Door
from tests.crawler.fetch.doors import (
    PUBLIC,
    FakeClock,
    FakeNames,
    FakeTime,
    got,
    internet_door,
    outcome,
    run,
    settings_of,
)
from tests.servers import LoopbackServer, Request, Response, site


@pytest.mark.parametrize(("setting", "robots", "gap"), [(5.0, "", 5), (2.0, "", 2), (2.0, "Crawl-delay: 90", 60)])
def test_the_gap_between_two_requests_to_one_site(setting: float, robots: str, gap: float, tmp_path: Path) -> None:
    time = FakeTime()
    text = f"User-agent: *\n{robots}\n"
    with LoopbackServer({"*": site({"/robots.txt": text, "/": "home"})}) as server:
        door, _ = internet_door(
            settings_of(tmp_path, gap_seconds=setting), server, {"a.test": [[PUBLIC]], "www.a.test": [[PUBLIC]]}
        )
        door._pace = time.pace()

        async def work(door: Door) -> list[int | str]:
            return [await outcome(door, f"http://{host}/") for host in ("a.test", "a.test", "www.a.test")]

        assert run(work, door) == [200] * 3
    # robots.txt, page, page of one host; then robots.txt and page of its neighbour on the same site
    assert [round(slept, 3) for slept in time.slept] == [gap, gap, setting, gap]


def test_never_two_requests_to_one_site_at_once(tmp_path: Path) -> None:
    running = 0
    most = 0

    async def busy(request: Request) -> Response:
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0.005)
        running -= 1
        return Response("", 404) if request.path == "/robots.txt" else Response("a page")

    with LoopbackServer({"a.acme.test": busy, "b.acme.test": busy}) as server:
        door = Door(settings_of(tmp_path, hosts=server.hosts()))
        urls = [f"http://{name}.acme.test/{number}" for number in range(6) for name in "ab"]
        results = run(lambda door: asyncio.gather(*(outcome(door, url) for url in urls)), door)
    assert results == [200] * 12
    assert most == 1


def test_waiting_for_a_turn_takes_no_slot(tmp_path: Path) -> None:
    slow = {"/robots.txt": "User-agent: *\nCrawl-delay: 60\n", "/": "home"}
    with LoopbackServer({"slow.test": site(slow), "fast.test": site({"/": "home"})}) as server:

        async def work(door: Door) -> tuple[list[int | str], bool]:
            waiting = [asyncio.create_task(outcome(door, "http://slow.test/")) for _ in range(4)]
            while "/robots.txt" not in server.paths("slow.test"):  # noqa: ASYNC110  # the server is a thread
                await asyncio.sleep(0.005)
            fast = [await outcome(door, "http://fast.test/") for _ in range(5)]
            still = not any(task.done() for task in waiting)
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)
            return fast, still

        results = run(work, Door(settings_of(tmp_path, hosts=server.hosts(), concurrency=1)))
        assert server.paths("slow.test") == ["/robots.txt"]
    assert results == ([200] * 5, True)


def test_a_bad_answer_pauses_the_host_and_a_good_one_ends_it(tmp_path: Path) -> None:
    clock = FakeClock()
    answers = iter([503, 503, 200, 429, 200])

    def moody(request: Request) -> Response:
        if request.path == "/robots.txt":
            return Response("", 404)
        status = next(answers)
        return Response("", status, {"retry-after": "3600"} if status == 429 else {})

    async def work(door: Door) -> list[int | str]:
        results = []
        for minutes in (0, 0.9, 0.1, 1.9, 0.1, 0, 59, 1):
            clock.advance(minutes=minutes)
            results.append(await outcome(door, "http://a.test/"))
        return results

    with LoopbackServer({"a.test": moody}) as server:
        door = Door(settings_of(tmp_path, hosts=server.hosts()), clock=clock)
        assert run(work, door) == [503, "backoff", 503, "backoff", 200, 429, "backoff", 200]
        assert server.paths("a.test") == ["/robots.txt", *["/"] * 5]


def test_failed_connections_and_look_ups_pause_too_and_say_when_to_try_again(tmp_path: Path) -> None:
    clock = FakeClock()
    with LoopbackServer({"a.test": site({})}) as server:
        nobody = f"127.0.0.1:{server.port}"
    door = Door(settings_of(tmp_path, hosts={"a.test": nobody}), resolver=FakeNames({}), clock=clock)

    async def work(door: Door) -> list[tuple[str, timedelta | None]]:
        results = []
        for url in ("http://a.test/", "http://a.test/", "http://b.test/", "http://b.test/"):
            with pytest.raises(FetchError) as caught:
                await got(door, url)
            again = caught.value.retry_at
            results.append((caught.value.reason, again - clock() if again else None))
        return results

    minute = timedelta(minutes=1)
    assert run(work, door) == [("connection", minute), ("backoff", minute), ("dns", minute), ("backoff", minute)]


def test_those_who_wait_in_line_are_refused_as_soon_as_the_host_is_paused(tmp_path: Path) -> None:
    with LoopbackServer({"*": site({"/1": Response("", 503)})}) as server:
        door, _ = internet_door(settings_of(tmp_path), server, {"a.test": [[PUBLIC]]})
        results = run(
            lambda door: asyncio.gather(*(outcome(door, f"http://a.test/{number}") for number in (1, 2, 3))), door
        )
        assert server.paths() == ["/robots.txt", "/1"]
    assert results == [503, "backoff", "backoff"]
