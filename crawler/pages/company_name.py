"""Whose site it is: what a page calls itself, and whether that is the company's name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from lxml import etree

from crawler.pages.document import Document
from crawler.pages.registrable import site_of
from pipelines.lexicon.organisations import organisation_key

_NAMES: Final = tuple(
    etree.XPath(path, smart_strings=False)
    for path in (
        "//meta[@property='og:site_name' or @name='application-name' or @property='og:title']/@content",
        "//title//text()",
        "//h1//text()",
        "//*[contains(@class,'logo') or contains(@id,'logo')]/descendant-or-self::*/@*[name()='alt' or name()='title']",
        "//header//img/@alt",
        "//text()[contains(., '©') or contains(., 'Copyright')][not(parent::script)]",
    )
)
"""Where a page names its site."""


def site_names(document: Document) -> tuple[str, ...]:
    """What a page calls its site: og:site_name, title and its parts, first heading, logo, copyright line."""
    return tuple(dict.fromkeys(_site_names(document)))


def _site_names(document: Document) -> Iterator[str]:
    """The names as they are looked for, the surest first."""
    for path in _NAMES:
        texts = (" ".join(text.split()) for text in path(document.root)[:20])
        yield from (text for text in texts if text and len(text) <= 300)


def names_company(document: Document, name: str) -> bool:
    """Whether a home page names the company: its key words in what the page calls itself, or in its domain."""
    wanted = organisation_key(name).split()
    if not wanted:
        return False
    joined = "".join(wanted)
    if joined in re.sub(r"[^a-z0-9]", "", site_of(document.url).rpartition(".")[0]) and len(joined) >= 3:
        return True
    return any(_holds(organisation_key(text[:200]).split(), wanted) for text in _site_names(document))


def _holds(words: list[str], wanted: list[str]) -> bool:
    """Whether the wanted words stand in a row, or written as one word."""
    if "".join(wanted) in words:
        return True
    return any(words[start : start + len(wanted)] == wanted for start in range(len(words) - len(wanted) + 1))
