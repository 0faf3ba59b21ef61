"""Bytes to text: the titles of the corpus' encodings, and our own set of charsets said, not said and made up."""

from __future__ import annotations

import base64
import codecs
import json
from typing import Any
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.charsets import decode
from crawler.feeds import read_feed
from crawler.pages import Document
from tests.corpus import CORPUS, corpus_dir, needs_corpus

TITLE = "Zoë Müller \u2014 «ИТ» 日本語"
NAMES = ("idna", "punycode", "zlib_codec", "unicode_escape", "raw_unicode_escape", "rot13", "hex", "undefined", "utf-7",
         "hz-gb-2312", "cp037", "charmap", "x" * 100_000, "\u0131so-8859-1", "../etc", "")  # fmt: skip
"""What no charset of the web is called."""


def cases() -> list[Any]:
    if corpus_dir() is None:
        return []
    listed = json.loads((CORPUS / "hostile" / "encodings.json").read_text("ascii"))["cases"]
    return [pytest.param(case, id=case["id"]) for case in listed]


def assert_is_text(text: str) -> None:
    assert "\0" not in text
    text.encode()  # no lone surrogates
    assert not any(0xFDD0 <= ord(char) <= 0xFDEF or ord(char) & 0xFFFE == 0xFFFE for char in text)


def page(title: str, head: str = "") -> str:
    return f"<!doctype html><html><head>{head}<title>{title}</title></head><body><p>Hello</p></body></html>"


def feed(title: str, encoding: str = "utf-8") -> str:
    declared = f'<?xml version="1.0" encoding="{encoding}"?>'
    item = f"<item><guid>1</guid><title>{title}</title></item>"
    return f'{declared}<rss version="2.0"><channel><title>{title}</title>{item}</channel></rss>'


def titles(body: bytes, content_type: str | None = None) -> tuple[str | None, ...]:
    """The title of a feed, and of the same bytes as a page."""
    return read_feed(body, "https://feeds.test/", content_type).title, Document(
        "https://pages.test/", body, content_type
    ).title


# --- the corpus -----------------------------------------------------------------------------------------------------


@needs_corpus
@pytest.mark.corpus
@pytest.mark.parametrize("case", cases())
def test_a_title_of_the_corpus_comes_out(case: dict[str, Any]) -> None:
    body, content_type = base64.b64decode(case["body_b64"]), case["content_type"]
    reading = read_feed(body, "https://feeds.test/", content_type)
    document = Document("https://pages.test/", body, content_type)
    found = [reading.title, *(entry.title for entry in reading.entries)] if reading.entries else []
    for text in [document.text, document.title, *found]:
        assert_is_text(text or "")
    if case["title"] is not None:
        assert {normalize("NFC", title or "") for title in [document.title, *found]} == {case["title"]}
    assert read_feed(body, "https://feeds.test/", content_type) == reading
    assert Document("https://pages.test/", body, content_type).text == document.text


# --- our own --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le"])
def test_unicode_is_told_by_its_bytes_whatever_is_declared(encoding: str) -> None:
    marked = {"utf-16-be": codecs.BOM_UTF16_BE}.get(encoding, b"")
    for declared in ("utf-8", "iso-8859-1") if encoding != "utf-8" else ("utf-8",):
        body = marked + feed(TITLE, declared).encode(encoding)
        assert titles(body) == (TITLE, TITLE)


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-be"])
def test_wide_text_needs_no_mark(encoding: str) -> None:
    assert titles(feed(TITLE, "utf-16").encode(encoding)) == (TITLE, TITLE)


@pytest.mark.parametrize(
    ("encoding", "title"),
    [
        ("windows-1251", "Привет"), ("koi8-r", "Привет"), ("windows-1250", "Příliš žluťoučký"), ("euc-jp", "日本語"),
        ("shift_jis", "日本語"), ("iso-2022-jp", "日本語"), ("euc-kr", "한국어"), ("gb2312", "中文"), ("big5", "中文"),
        ("iso-8859-15", "10 €"), ("windows-1254", "İş"), ("tis-620", "ไทย"),
    ],
)  # fmt: skip
def test_a_charset_of_the_web_is_believed_in_the_header_and_in_the_document(encoding: str, title: str) -> None:
    assert titles(feed(title, encoding).encode(encoding)) == (title, title)
    assert titles(feed(title).encode(encoding), f'application/xml; charset="{encoding}"') == (title, title)
    html = page(title, f'<meta http-equiv="Content-Type" content="text/html; charset={encoding}">')
    assert Document("https://pages.test/", html.encode(encoding)).title == title


@pytest.mark.parametrize("declared", ["iso-8859-1", "latin1", "us-ascii", "windows-1252"])
def test_latin_1_means_windows_1252(declared: str) -> None:
    title = "Zoë\u2019s \u201ctalk\u201d €"
    assert titles(feed(title, declared).encode("cp1252")) == (title, title)


def test_the_header_outranks_the_document() -> None:
    assert titles(feed("Привет", "windows-1251").encode("koi8-r"), "text/xml; charset=koi8-r") == ("Привет", "Привет")


@pytest.mark.parametrize("declared", [None, "text/html; charset=utf-8"])
def test_what_is_not_utf_8_is_windows_1252(declared: str | None) -> None:
    assert titles(feed("Zoë Müller").encode("latin-1"), declared) == ("Zoë Müller", "Zoë Müller")


def test_a_scar_does_not_spoil_the_rest() -> None:
    body = feed(TITLE).encode().replace("日".encode(), "日".encode()[:2])
    scarred = TITLE.replace("日", "\ufffd")
    assert titles(body) == (scarred, scarred)


def test_a_declaration_far_down_is_found() -> None:
    late = page("Zoë\u2019s", "<!--" + " " * 3000 + '--><meta charset="windows-1252">')
    assert decode(late.encode("cp1252")) == late


@pytest.mark.parametrize("name", NAMES)
def test_a_hostile_name_is_never_used(name: str) -> None:
    text = feed(r"Zoë \x41 +ADw-b+AD4- &#65;", name)
    assert decode(text.encode(), f"text/html; charset={name}") == text
    assert decode(text.encode()) == text


def test_nothing_that_is_no_character_comes_through() -> None:
    odd = "Ann\0\ufdd0 \ufffeLee\U0001ffff"
    assert titles(feed(odd).encode()) == ("Ann Lee", "Ann Lee")
    assert decode(odd.encode("utf-16")) == "Ann Lee"
    assert_is_text(decode(b"\xed\xa0\x80 \xc0\xbc \xf8\x88\x80\x80\x80"))


@given(
    st.binary(max_size=300), st.sampled_from([None, "utf-8", "gb18030", "iso-2022-jp", "big5", "utf-16", "idna", "hz"])
)
def test_any_bytes_are_some_text_and_always_the_same(body: bytes, charset: str | None) -> None:
    content_type = f"text/html; charset={charset}" if charset else None
    text = decode(body, content_type)
    assert_is_text(text)
    assert decode(body, content_type) == text
