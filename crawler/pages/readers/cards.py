"""People by the look of the page: cards, tables, lists and lines with a name and a title."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar, Final

from crawler.items import PageKind, PageReading
from crawler.pages.base import PageReader
from crawler.pages.card import Marked
from crawler.pages.document import Document
from crawler.pages.groups import read_groups
from crawler.pages.lines import PageLines, read_lines
from crawler.pages.outcomes import is_error_page, is_login, why_nobody
from crawler.pages.pairing import pair
from crawler.pages.people import Found, build_people
from crawler.pages.prose import people_in_prose
from crawler.pages.repeats import bare_names
from crawler.pages.spoken import spoken_names
from crawler.pages.tables import read_tables

_MAX_CARDS: Final = 3000
"""More than any company shows; a longer list is a telephone book."""
_FEW: Final = 3
"""With fewer people than these a page is looked at again, more closely."""


class CardReader(PageReader):
    """Reads every pattern of reference/leaders.md section 2 from the lines of the page."""

    kind: ClassVar[PageKind] = "leaders"
    priority: ClassVar[int] = 60

    def matches(self, document: Document) -> bool:
        """Any HTML page."""
        return document.is_html

    def read(self, document: Document) -> PageReading:
        """The people on the page, or why there are none."""
        page = read_lines(document)
        found = _found(document, page)
        if len(found.people) < _FEW:
            found = _more_found(document, page, found)
        if found.people and not is_error_page(document, page):
            return PageReading(kind="leaders", reader=self.name, people=found.people, former=found.former)
        reason = why_nobody(document, page, found.quotes)
        former = found.former if reason == "no_people" else ()
        return PageReading(kind="leaders", reader=self.name, former=former, reason=reason)


def _more_found(document: Document, page: PageLines, found: Found) -> Found:
    """What the page shows with the names that stand in attributes only, where that is more."""
    spoken = spoken_names(document, page)
    more = _found(document, read_lines(document, spoken)) if len(spoken) > 1 else found
    return more if len(more.people) > len(found.people) + 1 else found


def _found(document: Document, page: PageLines) -> Found:
    marked = Marked.of(page)
    if "<td" in document.text:
        read_tables(marked)
    cards = pair(marked)[:_MAX_CARDS]
    if not (cards or any(mark.kind in ("name", "prose") for mark in marked.marks)):
        return Found(())
    groups = read_groups(document, marked.page, frozenset(index for card in cards for index in card.lines))
    cards += bare_names(marked, cards, groups)
    found = build_people(document, marked, cards, groups)
    if found.people or is_login(document, page):
        return found
    return replace(found, people=people_in_prose(document, marked, groups))
