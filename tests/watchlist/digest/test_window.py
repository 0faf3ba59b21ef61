from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import tzlocal
from hypothesis import given
from hypothesis import strategies as st

from tests.watchlist.digest.sample import settings
from watchlist.digest.window import BEGINNING, digest_at, digest_window, due_day, local_day, next_digest_at
from watchlist.models import Digest

ZONES = [
    "Australia/Lord_Howe",
    "Europe/Berlin",
    "America/New_York",
    "Pacific/Apia",
    "America/Santiago",
    "Africa/Casablanca",
    "Asia/Kathmandu",
    "Pacific/Kiritimati",
    "UTC",
]
INSTANTS = st.datetimes(datetime(2024, 1, 1), datetime(2030, 12, 31)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001  # made aware at once


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("hour", [0, 2, 3, 7, 23])
def test_following_the_due_instants_gives_every_local_date_of_seven_years_once(zone: str, hour: int) -> None:
    chosen = settings(timezone=zone, hour=hour)
    at, days = datetime(2024, 1, 1, tzinfo=UTC), []
    for _ in range(7 * 365):
        at = next_digest_at(at, chosen)
        days.append(local_day(at, chosen))
    assert days == [days[0] + timedelta(days=number) for number in range(len(days))]
    assert days[-1] >= date(2030, 12, 28)


@given(now=INSTANTS, zone=st.sampled_from(ZONES), hour=st.integers(0, 23))
def test_at_every_moment_the_last_due_date_and_the_next_due_instant_are_neighbours(
    now: datetime, zone: str, hour: int
) -> None:
    chosen = settings(timezone=zone, hour=hour)
    upcoming, last = next_digest_at(now, chosen), digest_at(due_day(now, chosen), chosen)
    assert last is not None
    assert last <= now < upcoming
    assert local_day(upcoming, chosen) - due_day(now, chosen) == timedelta(days=1)
    assert upcoming.astimezone(ZoneInfo(zone)).hour >= hour


@pytest.mark.parametrize(
    ("zone", "day", "hour", "instant"),
    [
        ("Europe/Berlin", date(2026, 3, 29), 2, "2026-03-29T01:00Z"),  # 02:00 does not exist: 03:00 summer time
        ("Europe/Berlin", date(2026, 10, 25), 2, "2026-10-25T00:00Z"),  # 02:00 comes twice: the first
        ("America/New_York", date(2026, 3, 8), 2, "2026-03-08T07:00Z"),
        ("America/New_York", date(2026, 11, 1), 1, "2026-11-01T05:00Z"),
        ("Australia/Lord_Howe", date(2026, 10, 4), 2, "2026-10-03T15:30Z"),  # half an hour is skipped
        ("Europe/Berlin", date(2026, 7, 1), 7, "2026-07-01T05:00Z"),
    ],
)
def test_an_hour_that_is_skipped_or_repeated_is_due_once(zone: str, day: date, hour: int, instant: str) -> None:
    assert digest_at(day, settings(timezone=zone, hour=hour)) == datetime.fromisoformat(instant)


def test_a_date_that_a_zone_left_out_has_no_digest() -> None:
    chosen = settings(timezone="Pacific/Apia", hour=7)
    assert digest_at(date(2011, 12, 30), chosen) is None
    before = digest_at(date(2011, 12, 29), chosen)
    assert before is not None
    assert local_day(next_digest_at(before, chosen), chosen) == date(2011, 12, 31)


def test_a_late_run_after_midnight_still_makes_the_day_before() -> None:
    chosen = settings(timezone="Europe/Berlin", hour=23)
    assert due_day(datetime(2026, 3, 5, 23, 30, tzinfo=UTC), chosen) == date(2026, 3, 5)  # 00:30 on the sixth
    assert local_day(datetime(2026, 3, 5, 23, 30, tzinfo=UTC), chosen) == date(2026, 3, 6)


def test_without_a_setting_the_zone_of_the_machine_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    tzlocal.reload_localzone()  # another test of this process may have asked before
    assert local_day(datetime(2026, 3, 5, 16, tzinfo=UTC), settings(timezone="")) == date(2026, 3, 6)
    monkeypatch.undo()
    tzlocal.reload_localzone()


def test_windows_join_and_never_overlap() -> None:
    first, later = datetime(2026, 3, 5, tzinfo=UTC), datetime(2026, 3, 9, tzinfo=UTC)
    assert digest_window(None, first) == (BEGINNING, first)
    previous = Digest(user_id=1, day=date(2026, 3, 5), since=BEGINNING, until=first, built_at=first)
    assert digest_window(previous, later) == (first, later)
    # a clock that was set back
    assert digest_window(previous, first - timedelta(hours=3)) == (first, first)
