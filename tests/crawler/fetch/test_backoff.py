from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from crawler.fetch import backoff
from crawler.fetch.backoff import Backoff, read_rate_limit, read_retry_after, wait_after
from crawler.fetch.door import Door
from tests.corpus import needs_corpus
from tests.crawler.fetch.doors import FakeClock, hostile, outcome, run, settings_of
from tests.servers import LoopbackServer, Request, Response

RETRY_AFTER = hostile("retry_after")
ABOUT_FEEDS = {case["id"] for case in RETRY_AFTER if isinstance(case["wait_s"], str) and "feed" in case["wait_s"]}
"""Cases about one feed, not about the host: test_freshness.py, tests/watchlist/test_rhythm.py."""


def test_doubling_up_to_a_day_and_starting_again_after_a_success() -> None:
    clock = FakeClock()
    pauses = Backoff(clock)
    waits = []
    for _ in range(13):
        waits.append((pauses.failed("a.test", "timeout").until - clock()).total_seconds() / 60)
        clock.now = pauses.until("a.test") or clock.now
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 1440, 1440]
    assert pauses.succeeded("a.test")
    assert not pauses.succeeded("a.test")
    assert pauses.failed("a.test", "timeout").until - clock() == timedelta(minutes=1)


def test_a_pause_is_of_one_host_and_ends() -> None:
    clock = FakeClock()
    pauses = Backoff(clock)
    pauses.failed("a.test", "timeout")
    assert pauses.until("b.test") is None
    clock.advance(seconds=59)
    assert pauses.until("a.test") is not None
    clock.advance(seconds=1)
    assert pauses.until("a.test") is None


def test_what_failed_together_comes_back_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backoff, "JITTER", 0.1)
    waits = {wait_after(3) for _ in range(50)}
    assert len(waits) > 10
    assert timedelta(minutes=4) <= min(waits) < max(waits) <= timedelta(minutes=4.4)
    assert wait_after(50) == timedelta(hours=24)


def test_what_a_server_asks_for_never_shortens_a_pause() -> None:
    clock = FakeClock()
    pauses = Backoff(clock)
    waits = [pauses.failed("a.test", "http_429", asked=timedelta(hours=hours)).until - clock() for hours in (0, 1)]
    assert waits == [timedelta(minutes=1), timedelta(hours=1)]


@needs_corpus
@pytest.mark.parametrize("case", [c for c in RETRY_AFTER if c["id"] not in ABOUT_FEEDS], ids=lambda case: case["id"])
def test_the_next_request_to_the_host(case: dict[str, Any], tmp_path: Path) -> None:
    """Measured at the server: nothing before the time is over, a page after it."""
    clock = FakeClock()
    answers = iter([Response("", case["status"], {"date": "", **case["headers"]}), Response("a page")])

    def answer(request: Request) -> Response:
        return Response("", 404) if request.path == "/robots.txt" else next(answers)

    async def work(door: Door) -> tuple[int | str, int | str]:
        await outcome(door, "http://a.test/")
        clock.advance(seconds=least - 1 if least else 0)
        before = await outcome(door, "http://a.test/")
        clock.advance(seconds=most - least + 1)
        return before, await outcome(door, "http://a.test/")

    least, most = _span(case["wait_s"])
    with LoopbackServer({"a.test": answer}) as server:
        before, after = run(work, Door(settings_of(tmp_path, hosts=server.hosts()), clock=clock))
        pages = server.paths("a.test").count("/")
    if least:
        assert (before, after, pages) == ("backoff", 200, 2)
    else:
        assert before == 200


def _span(wait: float | str) -> tuple[float, float]:
    """The least and the most seconds; a back-off of our own begins at one minute and a pause is never shorter."""
    if not isinstance(wait, str):
        return wait and max(wait, 45), wait and max(wait, 60)
    if span := re.match(r"(\d+) to (\d+)", wait):
        return float(span[1]), float(span[2])
    return 60, 300 if "reset" in wait else 60


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1792566300"}, 300),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "90"}, 90),
        ({"ratelimit-remaining": "0", "ratelimit-reset": "30"}, 30),
        ({"ratelimit": "limit=100, remaining=0, reset=50"}, 50),
        ({"ratelimit": '"default";r=0;t=45'}, 45),
        ({"ratelimit": '"default";r=10;t=45'}, None),
        ({"x-ratelimit-remaining": "3", "x-ratelimit-reset": "90"}, None),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "2026-10-21T06:59:00Z"}, None),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "2026-10-21T07:59:00"}, None),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": "soon"}, None),
        ({"x-ratelimit-remaining": "0"}, None),
        ({}, None),
    ],
)
def test_rate_limits(headers: dict[str, str], seconds: int | None) -> None:
    span = read_rate_limit(headers, FakeClock()())
    assert span == (timedelta(seconds=seconds) if seconds else None)


@pytest.mark.parametrize("text", ["", "-5", "1.5", "abc", "12e3", "\u0661\u0662", "Wed, 99 Oct 2026 07:28:00 GMT"])
def test_what_is_no_retry_after(text: str) -> None:
    assert read_retry_after(text, FakeClock()()) is None
