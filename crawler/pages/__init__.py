"""Pure readers of pages: a document in, people out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import groupby

from crawler.items import PageKind, PageReading
from crawler.pages.base import readers as known_readers  # `readers` is the name of the folder they live in
from crawler.pages.document import Document
from crawler.pages.groups import announced_kind, may_be_event
from crawler.wishes import text_wishes

__all__ = ["Document", "as_wished", "read_page"]


def read_page(document: Document, *, kind: PageKind | None = None) -> PageReading:
    """What the readers make of a document: the reading with most people of the first priority class that finds any.

    A class is ten priorities (51 to 60); within it the lower number wins a draw. Exact formats are asked before
    patterns of markup; without `kind` readers of both kinds are asked. Nobody found
    is a reading with a reason. From a page whose owner asks not to be profiled nobody is read (reliability.md P5).
    """
    asked = document.asked
    if asked.reason:
        return PageReading(kind=kind or "leaders", reader="none", reason=asked.reason, notices=asked.signals)
    return as_wished(document, _read(document, kind))


def as_wished(document: Document, reading: PageReading) -> PageReading:
    """The reading, as far as the page's own words let it be kept."""
    asked = document.asked
    if reading.people and document.is_html:  # only where something is kept are the page's own words worth a look
        asked |= text_wishes(document.text, document.shown)
    return replace(reading, no_quotes=asked.no_quotes, notices=asked.signals, whole=document.is_whole)


def _read(document: Document, kind: PageKind | None) -> PageReading:
    empty: PageReading | None = None
    asked = (reader for reader in known_readers() if kind in (None, reader.kind))
    for _, alike in groupby(asked, key=lambda reader: (reader.priority - 1) // 10):
        readings = [reader.read(document) for reader in alike if reader.matches(document)]
        if kind is None and any(reading.kind == "speakers" for reading in readings) and not may_be_event(document):
            readings = [reading for reading in readings if reading.kind != "speakers"]
        best = max(readings, key=lambda reading: _worth(document, reading, kind), default=None)
        if best is not None and best.people:
            return _with_declared(best, readings)
        # a reader of one format says little of a page without it: who reads any page knows why nobody is there
        telling = (reading for reading in readings if reading.reason != "no_people")
        empty = next(telling, best) or empty
    return empty or PageReading(kind=kind or "leaders", reader="none", reason="no_people")


def _worth(document: Document, reading: PageReading, kind: PageKind | None) -> tuple[bool, int]:
    """Where the kind is open, what the page says of itself comes first; then the number of people."""
    as_announced = kind is None and bool(reading.people) and reading.kind == announced_kind(document)
    return as_announced, len(reading.people)


def _with_declared(best: PageReading, readings: Sequence[PageReading]) -> PageReading:
    """What a page declares of a person is exact: it takes the place of what the patterns made of the same person."""
    declared = {
        person.name.casefold(): person
        for reading in readings
        if reading.reader == "structured" and reading.kind == best.kind
        for person in reading.people
    }
    people = tuple(declared.get(person.name.casefold(), person) for person in best.people)
    return replace(best, people=people)
