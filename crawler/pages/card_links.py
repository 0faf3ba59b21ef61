"""What stands around a person on the page: the lines of the card, and which of its links are theirs."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

from crawler.pages.card import Card, Marked
from crawler.pages.document import Document
from crawler.pages.lines import Box, Link
from crawler.pages.marks import is_prose
from pipelines.lexicon.links import ProfileLink, read_link

_MAX_EXCERPT: Final = 300
_MAX_CARD: Final = 60
"""Lines a card may hold; a larger box around one person is the page's, not theirs."""
_NEAR: Final = 6
"""A link to a plain page is the person's within so many lines of name and title; an account anywhere on the card."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The lines from `first` up to `end` that belong to one card, and the box that holds them if there is one."""

    marked: Marked
    card: Card
    first: int
    end: int
    box: Box | None

    def links(self, document: Document) -> tuple[str, ...]:
        """The person's own links, absolute, each once."""
        page = self.marked.page
        found = page.links[self.box.first_link : self.box.end_link] if self.box else self._links_in_lines()
        return tuple(dict.fromkeys(document.absolute(link.href) for link in found if self._is_own(document, link)))

    def excerpt(self) -> str:
        """The text of the card, at most 300 characters."""
        start = self.first if max(self.card.lines) - self.first <= _NEAR else min(self.card.lines)
        text = " · ".join(line.text for line in self.marked.page.lines[start : self.end])
        return text if len(text) <= _MAX_EXCERPT else text[: _MAX_EXCERPT - 1] + "…"

    def _links_in_lines(self) -> list[Link]:
        return self.marked.page.links_between(self.first, self.end)

    def _is_own(self, document: Document, link: Link) -> bool:
        """A page or account of the person; a plain page mentioned in the biography is none."""
        if not is_personal_link(document, link.href):
            return False
        if link.line in self.card.lines:
            return True
        account = _link(document.absolute(link.href))
        if account is not None and account.platform != "web":
            return True
        lines = self.marked.page.lines
        near = min(self.card.lines) - _NEAR <= link.line <= max(self.card.lines) + _NEAR
        return near and not (link.line < len(lines) and is_prose(lines[link.line].text))


def surroundings(marked: Marked, card: Card, owners: Sequence[int]) -> Surroundings:
    """The largest box that holds this person and nobody else; without one the lines up to the next person.

    `owners` are the lines of all names on the page, sorted.
    """
    lines = marked.page.lines
    first, end = min(card.lines), max(card.lines) + 1
    best: Box | None = None
    for box in lines[card.line].box.outward():
        alone = bisect_left(owners, box.end) - bisect_left(owners, box.first) <= 1
        if box.parent is None or not alone or box.end - box.first > _MAX_CARD:
            break
        best = box
    if best is not None and best.first <= first and best.end >= end:
        return Surroundings(marked, card, best.first, best.end, best)
    following = next(iter(owners[bisect_left(owners, card.line + 1) :][:1]), len(lines))
    parent = lines[card.line].box.parent or lines[card.line].box
    return Surroundings(marked, card, first, max(end, min(following, parent.end, end + _NEAR + 2)), None)


def is_personal_link(document: Document, href: str) -> bool:
    """Whether a link may be somebody's page or account: no mail, script, share button or place on this page."""
    href = href.strip()
    if not href or href.startswith("#") or href.lower().startswith(("mailto:", "tel:", "javascript:", "data:")):
        return False
    try:
        url = document.absolute(href)
        here = _page_of(url) == _page_of(document.url)
    except ValueError:
        return False
    return url.lower().startswith(("http://", "https://")) and not here and _link(url) is not None


@lru_cache(maxsize=8192)
def _page_of(url: str) -> tuple[str | None, str]:
    parts = urlsplit(url)
    return parts.hostname, parts.path or "/"


@lru_cache(maxsize=8192)
def _link(url: str) -> ProfileLink | None:
    """Whose account an address names; a link is asked for more than once, and stands on many pages of a site."""
    return read_link(url)
