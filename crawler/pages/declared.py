"""People that a page declares in a format made for it, as items: checked, placed in a group, once each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from crawler.items import PersonItem, Section
from crawler.pages.card_links import is_personal_link
from crawler.pages.document import Document
from crawler.pages.groups import group_of_page
from crawler.pages.people import merge_people, plain_name
from pipelines.lexicon.names import read_name
from pipelines.lexicon.organisations import same_organisation
from pipelines.lexicon.titles import read_title

_MAX_NAME: Final = 100
_MAX_TITLE: Final = 200


@dataclass(frozen=True, slots=True)
class Declared:
    """One person as declared: nothing of it is checked yet."""

    name: str
    title: str | None = None
    employer: str | None = None
    links: tuple[str, ...] = ()
    excerpt: str = ""
    section: Section | None = None


def build_declared(document: Document, declared: Iterable[Declared]) -> tuple[PersonItem, ...]:
    """The declared people with a name's shape who are not former; a job at another organisation is `elsewhere`."""
    people = list(declared)
    return merge_people(_items(document, people)) if people else ()


def _items(document: Document, declared: Iterable[Declared]) -> Iterator[PersonItem]:
    page = group_of_page(document)
    for person in declared:
        name, title = _fold(person.name), _fold(person.title or "") or None
        reading = read_title(title or "")
        if (
            len(name) > _MAX_NAME
            or len(title or "") > _MAX_TITLE
            or reading.former
            or read_name(name, trusted=True) is None
        ):
            continue
        section = person.section or ("board" if reading.level == "board" else page.section)
        employer = _other(document, person.employer)
        yield PersonItem(
            name=plain_name(name),
            title=title,
            organisation=employer,
            section=section,
            title_scope="elsewhere" if employer else "here",
            links=tuple(dict.fromkeys(_links(document, person))),
            excerpt=_fold(person.excerpt or " · ".join(filter(None, (name, title))))[:300],
        )


def _links(document: Document, person: Declared) -> Iterator[str]:
    return (document.absolute(link) for link in person.links if is_personal_link(document, link))


def _other(document: Document, employer: str | None) -> str | None:
    """The declared employer where it is another than the page's organisation."""
    if not employer or not document.organisation or employer.startswith("http"):
        return None
    return None if same_organisation(employer, document.organisation) else employer


def _fold(text: str) -> str:
    return " ".join(text.split())
