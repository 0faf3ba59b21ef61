"""When a feed is looked at again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from watchlist.rhythm import LONGEST_WAIT, after_failure, after_success

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_a_good_answer_keeps_the_interval() -> None:
    plan = after_success(NOW, HOUR)
    assert (plan.state, plan.failures, plan.next_at) == ("ok", 0, NOW + HOUR)


@pytest.mark.parametrize(("failures", "hours"), [(0, 4), (1, 16), (2, 24), (50, 24)])
def test_failures_wait_four_times_longer_each_up_to_a_day(failures: int, hours: int) -> None:
    plan = after_failure("timeout", failures=failures, now=NOW, interval=HOUR)
    assert (plan.failures, plan.next_at) == (failures + 1, NOW + timedelta(hours=hours))


@pytest.mark.parametrize(
    ("reason", "state"),
    [("http_410", "gone"), ("http_404", "failing"), ("http_403", "blocked"), ("robots", "blocked"), ("dns", "failing")],
)
def test_only_the_servers_word_ends_or_blocks_a_feed(reason: str, state: str) -> None:
    assert after_failure(reason, failures=0, now=NOW, interval=HOUR).state == state


def test_a_server_that_asks_for_more_time_gets_it() -> None:
    later = NOW + 3 * LONGEST_WAIT
    assert after_failure("http_503", failures=0, now=NOW, interval=HOUR, retry_at=later).next_at == later
