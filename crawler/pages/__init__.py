"""Pure readers of pages: a document in, people out."""

from __future__ import annotations

from crawler.items import PageKind, PageReading
from crawler.pages.base import readers
from crawler.pages.document import Document

__all__ = ["Document", "read_page"]


def read_page(document: Document, *, kind: PageKind | None = None) -> PageReading:
    """What the first reader that finds people makes of a document.

    Exact formats are asked before patterns of markup. Without `kind` readers of both kinds are asked, and the
    reading with most people wins among those of the same priority class. Nobody found is a reading with a reason.
    """
    empty: PageReading | None = None
    for reader in readers():
        if kind not in (None, reader.kind) or not reader.matches(document):
            continue
        reading = reader.read(document)
        if reading.people:
            return reading
        empty = empty or reading
    return empty or PageReading(kind=kind or "leaders", reader="none", reason="no_people")
