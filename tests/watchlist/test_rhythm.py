"""When a feed is looked at again."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from watchlist.rhythm import LONGEST_WAIT, Moving, after_failure, after_success, note_move

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


@pytest.mark.parametrize(("fresh_hours", "hours"), [(None, 1), (0.5, 1), (5, 5), (24, 24), (200, 24)])
def test_fresh_is_fresh_for_a_day_at_the_most(fresh_hours: float | None, hours: int) -> None:
    fresh = NOW + timedelta(hours=fresh_hours) if fresh_hours else None
    assert after_success(NOW, HOUR, fresh).next_at == NOW + hours * HOUR


def test_a_move_is_believed_after_three_answers_over_a_day() -> None:
    moving = None
    believed = []
    for hours in (0, 1, 2, 23, 24):
        now = NOW + hours * HOUR
        moving = note_move(moving, "https://new.test/", now)
        assert moving is not None
        believed.append(moving.is_done(now))
    assert believed == [False, False, False, False, True]
    assert not Moving("https://new.test/", NOW, 2).is_done(NOW + 30 * HOUR)


def test_another_place_begins_anew_and_none_ends_it() -> None:
    moving = Moving("https://new.test/", NOW, 2)
    assert note_move(moving, "https://other.test/", NOW + HOUR) == Moving("https://other.test/", NOW + HOUR, 1)
    assert note_move(moving, None, NOW + HOUR) is None


@pytest.mark.parametrize(("seen", "hours", "wanted"), [(1, 1, True), (2, 1, False), (2, 24, True), (9, 3, False)])
def test_whole_answers_are_asked_for_only_where_they_prove_something(seen: int, hours: int, wanted: bool) -> None:
    assert Moving("https://new.test/", NOW, seen).wants_body(NOW + hours * HOUR) == wanted
