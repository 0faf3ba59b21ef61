"""Text of feeds as people read it: without markup, control characters and runs of white space."""

from __future__ import annotations

import html
import re
import unicodedata
import warnings

from bs4 import BeautifulSoup, MarkupResemblesLocatorWarning
from bs4.element import CData, NavigableString, Tag

TITLE_LENGTH = 300
SUMMARY_LENGTH = 500
_FRAGMENT_LENGTH = 20_000
"""Of a fragment nothing further is read: a summary needs no more, and a parse stays cheap."""

# Controls, byte order marks, overrides of direction and noncharacters show nothing and can mislead.
_INVISIBLE = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u202d\u202e\ufeff\ufdd0-\ufdef\ufffe\uffff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_MAIL = re.compile(r"[^\s@<>()]+@[^\s@<>()]+\.\w+")
_BLOCKS = re.compile(
    r"address|article|aside|blockquote|br|d[dlt]|div|fig(?:caption|ure)|footer|h[1-6r]|header|li|main|nav|[ou]l|p|pre|"
    r"section|table|t[dhr]"
)


def plain_text(text: str | None, length: int) -> str:
    """Literal text (no markup in it) as one line of at most `length` characters, in Unicode's composed form."""
    visible = _SURROGATE.sub("\ufffd", _INVISIBLE.sub("", text or ""))
    line = unicodedata.normalize("NFC", " ".join(visible.split()))
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"


def text_of_html(fragment: str | None, length: int) -> str:
    """The text of an HTML fragment as one line: entities resolved, scripts and styles left out."""
    fragment = _INVISIBLE.sub("", fragment or "")[:_FRAGMENT_LENGTH]
    if "<" not in fragment:
        return plain_text(html.unescape(fragment), length)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", MarkupResemblesLocatorWarning)
        soup = BeautifulSoup(_SURROGATE.sub("\ufffd", fragment), "lxml")
    return plain_text("".join(_pieces(soup)), length)


def name_of_author(text: str | None) -> str | None:
    """The name in an author element; mail addresses are personal data that nobody asked for and are left out."""
    name = re.sub(r"\(\s*\)|<\s*>", "", _MAIL.sub("", plain_text(text, TITLE_LENGTH))).strip(" ,;:")
    if name.startswith("(") and name.endswith(")"):
        name = name[1:-1].strip()
    return name or None


def _pieces(soup: BeautifulSoup) -> list[str]:
    pieces = []
    for node in soup.descendants:
        if type(node) in (NavigableString, CData):
            pieces.append(str(node))
        elif isinstance(node, Tag) and _BLOCKS.fullmatch(node.name):
            pieces.append(" ")
    return pieces
