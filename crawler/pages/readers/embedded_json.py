"""People in the data a page hands to its scripts: __NEXT_DATA__, Nuxt, application/json, assigned state."""

from __future__ import annotations

from typing import ClassVar

from crawler.items import PageKind, PageReading
from crawler.pages.base import PageReader
from crawler.pages.data_people import people_in_data
from crawler.pages.declared import build_declared
from crawler.pages.document import Document
from crawler.pages.script_data import has_script_data, script_values


class EmbeddedJsonReader(PageReader):
    """Objects with a name and a job title inside the data that scripts would draw the page from."""

    kind: ClassVar[PageKind] = "leaders"
    priority: ClassVar[int] = 59

    def matches(self, document: Document) -> bool:
        """HTML with data for scripts, or JSON itself."""
        return document.json is not None or (document.is_html and has_script_data(document.text))

    def read(self, document: Document) -> PageReading:
        """The people in the lists of the data."""
        found = build_declared(document, people_in_data(script_values(document)))
        reason = None if found.people else "no_people"
        return PageReading(kind="leaders", reader=self.name, people=found.people, former=found.former, reason=reason)
