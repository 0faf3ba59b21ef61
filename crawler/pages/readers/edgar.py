"""Saved forms of the SEC: statements of insiders (3, 4, 5), raw or within a full submission."""

from __future__ import annotations

from typing import ClassVar

from crawler.items import PageKind, PageReading
from crawler.pages.base import PageReader
from crawler.pages.document import Document
from crawler.registries.answers import AnswerError
from crawler.registries.edgar_ownership import read_insiders


class EdgarReader(PageReader):
    """The XML of Forms 3, 4 and 5."""

    kind: ClassVar[PageKind] = "leaders"
    priority: ClassVar[int] = 10

    def matches(self, document: Document) -> bool:
        """Anything that holds the element of such a form."""
        return b"<ownershipDocument" in document.body

    def read(self, document: Document) -> PageReading:
        """Officers and directors of the company that issues the shares."""
        try:
            return read_insiders(document.body).page
        except AnswerError:
            return PageReading(kind="leaders", reader=self.name, reason="unreadable")
