"""Titles and summaries as people read them."""

from __future__ import annotations

import pytest

from crawler.feeds.text import name_of_author, plain_text, text_of_html


@pytest.mark.parametrize(
    ("fragment", "text"),
    [
        ("A <b>bold</b>er plan", "A bolder plan"),
        ("<p>one</p><p>two</p>", "one two"),
        ("Q&amp;A with&nbsp;Mara", "Q&A with Mara"),
        ("AT&T and 1 < 2", "AT&T and 1 < 2"),
        ("x<script>alert(1)</script>y<style>p{}</style>", "xy"),
        ("<!-- hidden -->shown", "shown"),
        ("", ""),
        (None, ""),
    ],
)
def test_html_becomes_the_text_a_reader_sees(fragment: str | None, text: str) -> None:
    assert text_of_html(fragment, 100) == text


def test_text_is_one_composed_line_without_controls() -> None:
    assert plain_text("a\x00b\x1b[2J\n c\u202e d\ud800", 100) == "ab[2J c d\ufffd"
    assert plain_text("Zoe\u0308", 100) == "Zo\u00eb"


def test_a_long_text_is_cut_with_a_mark() -> None:
    assert plain_text("word " * 100, 20) == "word word word word…"


@pytest.mark.parametrize(
    ("author", "name"),
    [
        ("mara@mail.example (Mara Quist)", "Mara Quist"),
        ("Mara Quist <mara@mail.example>", "Mara Quist"),
        ("Mara Quist", "Mara Quist"),
        ("mara@mail.example", None),
        (None, None),
    ],
)
def test_mail_addresses_of_authors_are_left_out(author: str | None, name: str | None) -> None:
    assert name_of_author(author) == name
