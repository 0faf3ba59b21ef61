"""People by the look of the page: cards, tables, lists and lines with a name and a title."""

from __future__ import annotations

from typing import ClassVar

from crawler.items import PageKind, PageReading
from crawler.pages.base import PageReader
from crawler.pages.card import Marked
from crawler.pages.document import Document
from crawler.pages.groups import read_groups
from crawler.pages.lines import read_lines
from crawler.pages.outcomes import is_error_page, why_nobody
from crawler.pages.pairing import pair
from crawler.pages.people import Found, build_people
from crawler.pages.repeats import bare_names


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
        marked = Marked.of(page)
        found = _found(document, marked)
        if found.people and not is_error_page(document, page):
            return PageReading(kind="leaders", reader=self.name, people=found.people)
        return PageReading(kind="leaders", reader=self.name, reason=why_nobody(document, page, found.quotes))


def _found(document: Document, marked: Marked) -> Found:
    cards = pair(marked)
    if not (cards or any(mark.kind == "name" for mark in marked.marks)):
        return Found((), quotes=0)
    groups = read_groups(document, marked.page, frozenset(index for card in cards for index in card.lines))
    cards += bare_names(marked, cards, groups)
    return build_people(document, marked, cards, groups)
