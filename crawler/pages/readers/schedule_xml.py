"""Schedules in the XML of Pentabarf and frab (schedule.xml), which pretalx exports too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, ClassVar, Final

from lxml import etree

from crawler.items import PageKind, PageReading
from crawler.pages.base import PageReader
from crawler.pages.document import Document
from crawler.pages.speaker_talks import Speaker, Talk, plain, read_talks

_ROOT: Final = re.compile(rb"<schedule[\s>]")
_HEAD: Final = 8192


class ScheduleXml(PageReader):
    """schedule/day/room/event/persons/person[@id]."""

    kind: ClassVar[PageKind] = "speakers"
    priority: ClassVar[int] = 20

    def matches(self, document: Document) -> bool:
        """Whether the root element is a schedule."""
        head = document.body[:_HEAD].replace(b"\0", b"")
        return _ROOT.search(head) is not None and b"<html" not in head.lower()

    def read(self, document: Document) -> PageReading:
        """Everybody who speaks, with their talks; a document that is no XML: `unreadable`."""
        root = _parse(document.body)
        if root is None:
            return PageReading(kind="speakers", reader=self.name, reason="unreadable")
        return read_talks(_talks(root), self.name)


def _parse(body: bytes) -> Any:
    # Hardened: entities stay unexpanded, no DTD, no network, libxml2's own limits on size and depth.
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False, recover=True, remove_comments=True
    )
    try:
        return etree.fromstring(body.lstrip(), parser)
    except (etree.XMLSyntaxError, ValueError):
        return None


def _talks(root: Any) -> Iterator[Talk]:
    for event in root.iter("event"):
        people = event.iterfind("persons/person")
        yield Talk(
            title=_text(event.find("title")),
            speakers=tuple(speaker for person in people if (speaker := _speaker(person))),
            state=_text(event.find("status")).lower() or None,
        )


def _text(element: Any) -> str:
    """An element's own text; entities in it are left out, not expanded."""
    if element is None:
        return ""
    return plain("".join([element.text or "", *(child.tail or "" for child in element)]))


def _speaker(person: Any) -> Speaker | None:
    name = _text(person) or plain(person.get("name"))
    key = person.get("id") or person.get("code") or person.get("guid")
    return Speaker(name=name, key=key) if name else None
