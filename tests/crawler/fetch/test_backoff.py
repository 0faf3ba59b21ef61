from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from crawler.fetch.backoff import Backoff, read_retry_after
from tests.corpus import needs_corpus
from tests.crawler.fetch.doors import FakeClock, hostile

RETRY_AFTER = [
    case for case in hostile("retry_after") if "Retry-After" in case["headers"] and case["status"] not in {200, 304}
]


def test_doubling_up_to_a_day_and_starting_again_after_a_success() -> None:
    clock = FakeClock()
    pauses = Backoff(clock)
    waits = []
    for _ in range(13):
        waits.append((pauses.failed("a.test") - clock()).total_seconds() / 60)
        clock.now = pauses.until("a.test") or clock.now
    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 1440, 1440]
    pauses.succeeded("a.test")
    assert pauses.failed("a.test") - clock() == timedelta(minutes=1)


def test_a_pause_is_of_one_host_and_ends() -> None:
    clock = FakeClock()
    pauses = Backoff(clock)
    pauses.failed("a.test")
    assert pauses.until("b.test") is None
    clock.advance(seconds=59)
    assert pauses.until("a.test") is not None
    clock.advance(seconds=1)
    assert pauses.until("a.test") is None


def test_retry_after_never_shortens_a_pause() -> None:
    clock = FakeClock()
    pauses = Backoff(clock)
    assert pauses.failed("a.test", "5") - clock() == timedelta(minutes=1)
    assert pauses.failed("a.test", "3600") - clock() == timedelta(hours=1)
    assert pauses.failed("a.test", "99999999999") - clock() == timedelta(days=7)


@needs_corpus
@pytest.mark.parametrize("case", RETRY_AFTER, ids=lambda case: case["id"])
def test_retry_after(case: dict[str, Any]) -> None:
    clock = FakeClock()
    wait = (Backoff(clock).failed("a.test", case["headers"]["Retry-After"]) - clock()).total_seconds()
    if isinstance(case["wait_s"], str):
        assert wait == (60 if case["wait_s"].startswith("backoff") else 1680)
    else:
        assert wait == max(60, case["wait_s"])


@pytest.mark.parametrize("text", ["", "-5", "1.5", "abc", "12e3", "\u0661\u0662", "Wed, 99 Oct 2026 07:28:00 GMT"])
def test_what_is_no_retry_after(text: str) -> None:
    assert read_retry_after(text, FakeClock()()) is None
