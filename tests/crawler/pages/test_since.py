"""When a role began, as cards say it."""

from __future__ import annotations

import pytest

from crawler.pages.since import since_of, without_since


@pytest.mark.parametrize(
    ("line", "date"),
    [
        ("Since 2019", "2019"),
        ("in this role since March 2021", "2021-03"),
        ("seit 1. Oktober 2018", "2018-10"),
        ("seit 04/2020", "2020-04"),
        ("depuis 2017", "2017"),
        ("en el cargo desde enero de 2022", "2022-01"),
        ("dal 2015", "2015"),
        ("Joined in 2015", None),
        ("With Acme since she founded it", None),
        ("Ann has run the company since 2016 with great success", None),
        ("since 1066", None),
    ],
)
def test_lines(line: str, date: str | None) -> None:
    assert since_of(line) == date


@pytest.mark.parametrize(
    ("title", "plain", "date"),
    [
        ("CEO (since 2019)", "CEO", "2019"),
        ("Head of HR, since May 2020", "Head of HR", "2020-05"),
        ("Geschäftsführerin seit 2011", "Geschäftsführerin", "2011"),
        ("Director since 2019 of everything", "Director since 2019 of everything", None),
        ("Chief Executive Officer", "Chief Executive Officer", None),
    ],
)
def test_titles(title: str, plain: str, date: str | None) -> None:
    assert without_since(title) == (plain, date)
