"""Saved answers of Wikidata: a company's item with those of its people, or people alone."""

from __future__ import annotations

from typing import ClassVar

from crawler.items import PageKind, PageReading
from crawler.pages.base import PageReader
from crawler.pages.document import Document
from crawler.registries.answers import AnswerError
from crawler.registries.claims import entities
from crawler.registries.wikidata import read_items


class WikidataReader(PageReader):
    """Wikibase JSON, as Special:EntityData and wbgetentities answer."""

    kind: ClassVar[PageKind] = "leaders"
    priority: ClassVar[int] = 10

    def matches(self, document: Document) -> bool:
        """A JSON object of entities with claims."""
        start = document.body[:200].lstrip()
        return start.startswith(b"{") and b'"entities"' in start

    def read(self, document: Document) -> PageReading:
        """Who leads the company, by its own item."""
        try:
            items = entities(document.body)
        except AnswerError:
            return PageReading(kind="leaders", reader=self.name, reason="unreadable")
        return read_items(items, on=f"{document.fetched_at:%Y-%m-%d}" if document.fetched_at else None).page
