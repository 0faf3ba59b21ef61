"""People a page declares: schema.org Person in JSON-LD, microdata and RDFa, h-card and hCard."""

from __future__ import annotations

from typing import ClassVar, Final

from crawler.items import PageKind, PageReading
from crawler.pages.base import PageReader
from crawler.pages.declared import build_declared
from crawler.pages.document import Document
from crawler.pages.json_ld import people_in_json_ld
from crawler.pages.marked_up import has_marked_up_people, people_marked_up

_TYPES: Final = ('Person"', "Person'")


class StructuredReader(PageReader):
    """Exact where it is there; of 39 pages measured one had any (reference/leaders.md section 1)."""

    kind: ClassVar[PageKind] = "leaders"
    priority: ClassVar[int] = 58

    def matches(self, document: Document) -> bool:
        """HTML that mentions one of the vocabularies."""
        return document.is_html and (_has_json_ld(document.text) or has_marked_up_people(document.text))

    def read(self, document: Document) -> PageReading:
        """The declared people who have a job title or a role at the page's organisation."""
        declared = list(people_in_json_ld(document)) if _has_json_ld(document.text) else []
        found = build_declared(document, (*declared, *people_marked_up(document)))
        reason = None if found.people else "no_people"
        return PageReading(kind="leaders", reader=self.name, people=found.people, former=found.former, reason=reason)


def _has_json_ld(text: str) -> bool:
    return "ld+json" in text and any(sign in text for sign in _TYPES)
