"""How far a list is followed from page to page: bounded, each page once, and only while it brings something new."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from crawler.fetch import judge_url
from watchlist.settings import Settings

Ending = Literal["last_page", "empty", "nothing_new", "seen", "elsewhere", "items", "pages"]
"""Why a list was not followed further: it names no next page; the page held nothing, or nothing new; the next page was
read before, or is of another origin; enough items, enough pages."""


@dataclass(slots=True, kw_only=True)
class Pager:
    """Decides after each page of a list whether to ask for the next one: HTML lists and paged APIs alike. Pure.

    Give it the address of the page, the keys of what stood on it and where it leads; it says what to ask for next.
    """

    most_pages: int
    most_items: int | None = None
    sure_pages: int = 1
    """So many pages are read though they repeat what came before (keynotes on top of each); an empty one ends all."""
    settings: Settings | None = None
    pages: set[str] = field(default_factory=set)
    items: set[Hashable] = field(default_factory=set)
    ending: Ending | None = None

    def turn(self, url: str, items: Iterable[Hashable], *links: str | None) -> str | None:
        """The first of `links` worth asking for, absolute in the guard's form; None where the list ends, see `ending`.

        `url` is the address of the page, after redirects; `items` are keys of all that it lists; `links` lead to
        further pages, best first, and may be relative.
        """
        here = _place(url, url, self.settings)
        self.pages.add(here.compared)
        listed = set(items)
        brings_new = not listed <= self.items
        self.items |= listed
        self.ending = self._full(bool(listed), brings_new)
        if self.ending is not None:
            return None
        self.ending = "last_page"
        for link in links:
            if link and (found := self._next(here, link)):
                self.ending = None
                return found
        return None

    def _full(self, lists_any: bool, brings_new: bool) -> Ending | None:
        if not lists_any:
            return "empty"
        if not brings_new and len(self.pages) >= self.sure_pages:
            return "nothing_new"
        if self.most_items is not None and len(self.items) >= self.most_items:
            return "items"
        return "pages" if len(self.pages) >= self.most_pages else None

    def _next(self, here: _Place, link: str) -> str | None:
        there = _place(link, here.url, self.settings)
        if there.origin != here.origin:
            self.ending = "elsewhere"
        elif there.compared in self.pages:
            self.ending = "seen"
        else:
            return there.url
        return None


class _Place(NamedTuple):
    """An address: its origin, itself, and as it is compared."""

    origin: str
    url: str
    compared: str


def _place(url: str, base: str, settings: Settings | None) -> _Place:
    """The guard's reading of an address, compared with its parameters in order; a refused one has no origin."""
    target = judge_url(url, settings, base=base).target
    if target is None:
        return _Place("", url, url)
    query = "&".join(sorted(target.query.removeprefix("?").split("&")))
    return _Place(target.origin, target.href, f"{target.path}?{query}")
