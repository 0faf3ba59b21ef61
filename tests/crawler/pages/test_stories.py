"""Datelines of articles, and lines that open with a date."""

from __future__ import annotations

import pytest

from crawler.pages.stories import is_dateline, starts_with_date


@pytest.mark.parametrize(
    "text",
    ["12.03.2024", "2024-03-12", "12 March 2024", "March 12, 2024", "Posted on 11 March 2024", "Publié le 3 mai 2023",
     "12 de mayo de 2023", "2024年3月12日"],
)  # fmt: skip
def test_a_date_alone_is_a_dateline(text: str) -> None:
    assert is_dateline(text)


@pytest.mark.parametrize("text", ["March 2024", "1998", "Elected 12 March 2024", "Ann Lee, CEO", "12 Mo. CD 3.10%"])
def test_other_lines_with_digits_are_none(text: str) -> None:
    assert not is_dateline(text)


def test_an_entry_of_a_list_of_news_opens_with_its_date() -> None:
    assert starts_with_date("15.12.2022 Open day (K. Lowell)")
    assert not starts_with_date("15.12.2022")
    assert not starts_with_date("3 partners: Ann Lee, Bo Ray")
