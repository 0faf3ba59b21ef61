from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.watchlist.digest.sample import UNTIL
from watchlist.digest import wording
from watchlist.digest.columns import line_width, wrap

TEXT = st.text(st.characters(codec=None), max_size=300)


@given(TEXT, st.integers(2, 60))
def test_any_text_becomes_one_short_line_that_can_be_encoded(text: str, limit: int) -> None:
    shown = wording.plain(text, limit)
    assert len(shown) <= limit
    assert all(char.isprintable() or char in "\u200c\u200d" for char in shown)
    assert shown.encode().decode() == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("  two\n\twords ", "two words"),
        ("red \x1b[31malert\x07", "red [31malert"),
        ("txt.\u202eexe", "txt.exe"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("one two three four five", "one two three four…"),
        ("hy\u00adphen", "hyphen"),
        ("x" * 30, "x" * 19 + "…"),
    ],
)
def test_text_is_folded_freed_of_tricks_and_cut_at_a_word(text: str, shown: str) -> None:
    assert wording.plain(text, 20) == shown


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "java\nscript:alert(1)",
        "\x01javascript:alert(1)",
        "data:text/html,x",
        "vbscript:x",
        "//evil.test/",
        "/relative",
        "https://",
        "https:\\\\evil.test",
        "https://google.test@evil.test/",
        "https://[broken/",
        "https://a.test/ b",
        "https://a.test/\u202egpj",
        "https://a.test/" + "x" * 1000,
        "https://a.test/" + "&" * 300,
        "",
        None,
    ],
)
def test_only_plain_web_addresses_become_links(url: str | None) -> None:
    assert wording.web_link(url) is None


def test_a_web_address_stays_as_it_is() -> None:
    url = "https://www.blog.test:8443/a?b=c&d=%20#e"
    assert wording.web_link(url) == url
    assert wording.host_of(url) == "blog.test"


@pytest.mark.parametrize(
    ("gap", "words"),
    [
        (timedelta(seconds=59), "just now"),
        (timedelta(seconds=-5), "just now"),
        (timedelta(minutes=59), "59 min ago"),
        (timedelta(hours=23, minutes=59), "23 h ago"),
        (timedelta(days=1), "1 day ago"),
        (timedelta(days=13), "13 days ago"),
        (timedelta(days=14), "2 weeks ago"),
        (timedelta(days=70), "2 months ago"),
        (timedelta(days=800), "2 years ago"),
    ],
)
def test_ages_in_words(gap: timedelta, words: str) -> None:
    assert wording.age(UNTIL - gap, UNTIL) == words


def test_reasons_in_words_and_unknown_ones_as_they_are() -> None:
    assert wording.why("failing", "timeout") == "the site does not answer in time"
    assert wording.why("failing", "http_418") == "the site answers with status 418"
    assert wording.why("failing", "some_new_code") == "some new code"
    assert wording.why("gone", None) == "the address exists no more"


@given(st.lists(st.text(st.characters(categories=("L", "M", "N", "P")), min_size=1, max_size=30), max_size=40))
def test_wrapped_text_keeps_its_width_and_every_character(words: list[str]) -> None:
    text = " ".join(words)
    lines = wrap(text, 30, first="  * ", indent="    ").split("\n")
    assert all(line_width(line) <= 30 for line in lines)
    assert "".join(lines).replace(" ", "").removeprefix("*") == text.replace(" ", "")


def test_wide_characters_take_two_columns_and_addresses_are_not_broken() -> None:
    assert line_width("人力a\u0301") == 5
    assert wrap("人力资源", 4) == "人力\n资源"
    address = "https://blog.test/" + "x" * 100
    assert wrap(f"see {address}", 40) == f"see\n{address}"
