"""Dates as publishers write them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawler.feeds.dates import read_date

MORNING = datetime(2026, 10, 21, 6, 28, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "Wed, 21 Oct 2026 06:28:00 GMT",
        "21 October 2026 06:28",
        "Wed, 21-Oct-2026 06:28:00 UTC",
        "2026-10-21T08:28:00+02:00",
        "2026-10-21 06:28",
        "20261021T062800Z",
        "Oct 21, 2026 06:28:00 am",
        "Wed Oct 21 06:28:00 2026",
        "Wed Oct 21 06:28:00 +0000 2026",
        "Wed, 21 Oct 2026 06:28:00 GMT+0000 (Coordinated Universal Time)",
        "ср, 21 окт 2026 09:28:00 MSK",
        "21 de octubre de 2026 06:28",
        "  Wed,\n 21 Oct 2026 06:28:00 +0000 ",
    ],
)
def test_one_moment_in_many_forms(text: str) -> None:
    assert read_date(text) == MORNING


@pytest.mark.parametrize("text", ["2026-10-21", "2026-W43-3", "21 Oct 2026", "2026年10月21日"])
def test_a_day_is_its_midnight(text: str) -> None:
    assert read_date(text) == MORNING.replace(hour=0, minute=0)


@pytest.mark.parametrize(
    "text",
    ["", None, "yesterday", "1697871600", "2026-13-01", "31 Feb 2026", "10/11/2026", "21 Oct 1792", "0001-01-01",
     "12 Foo 2026", "Wed, 21 Oct 2026 06:28:00 +9999", "9999-12-31T23:59:59-14:00", "2026-10-21T25:00:00Z", "9" * 5000],
)  # fmt: skip
def test_what_is_no_date_stays_unread(text: str | None) -> None:
    assert read_date(text) is None
