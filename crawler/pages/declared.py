"""People that a page declares in a format made for it, as items: checked, placed in a group, once each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from crawler.items import PersonItem, Section
from crawler.pages.card_links import is_personal_link
from crawler.pages.document import Document
from crawler.pages.employment import employer_ahead, employer_by_place, is_outside_job, other_organisation
from crawler.pages.groups import group_of_page
from crawler.pages.people import Found, is_past, merge_people, plain_name, without
from pipelines.lexicon.names import read_name
from pipelines.lexicon.titles import TitleReading, read_title

ROLES: Final = ("employee", "employees", "founder", "founders", "member", "members")
"""Properties of an organisation under which its people stand."""
OF_OTHERS: Final = frozenset(
    {"author", "creator", "reviewer", "review", "reviews", "publisher", "contributor", "editor", "performer",
     "performers", "speaker", "comment", "actor", "director", "sponsor", "copyrightHolder", "translator", "provider",
     "customer", "organizer", "attendee", "accountablePerson", "alumni"}
)  # fmt: skip
"""Under these somebody wrote, reviewed or performed: no leader of the organisation. Testimonials are reviews."""
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
    implied: bool = False
    """Whether the title is no more than what the organisation calls the person: its founder."""
    former: bool = False
    """Whether the source shows them as having left."""


def build_declared(document: Document, declared: Iterable[Declared]) -> Found:
    """The declared people with a name's shape; former ones apart, a job at another organisation is `elsewhere`."""
    people = list(declared)
    said = {_fold(person.name) for person in people if person.title and not person.implied}
    people = [replace(one, title=None) if one.implied and _fold(one.name) in said else one for one in people]
    items = [(person, _item(document, person)) for person in people]
    here = merge_people(item for person, item in items if item and not _has_left(person, item))
    left = merge_people(item for person, item in items if item and _has_left(person, item))
    return Found(here, former=without(left, here))


def _has_left(person: Declared, item: PersonItem) -> bool:
    return person.former or is_past(read_title(item.title or ""), item.section)


def _item(document: Document, person: Declared) -> PersonItem | None:
    name, title = _fold(person.name), _fold(person.title or "") or None
    if len(name) > _MAX_NAME or len(title or "") > _MAX_TITLE or read_name(name, trusted=True) is None:
        return None
    reading = read_title(title or "")
    section = person.section or ("board" if reading.level == "board" else group_of_page(document).section)
    employer, elsewhere = _employer(document, person, title, reading, section)
    return PersonItem(
        name=plain_name(name),
        title=title,
        organisation=employer,
        section=section,
        title_scope="elsewhere" if elsewhere else "here",
        links=tuple(dict.fromkeys(_links(document, person))),
        excerpt=_fold(person.excerpt or " · ".join(filter(None, (name, title))))[:300],
    )


def _employer(
    document: Document, person: Declared, title: str | None, reading: TitleReading, section: Section
) -> tuple[str | None, bool]:
    """The other organisation a title names, and whether it is a job elsewhere; without the page's own all are here."""
    if person.employer:
        known = document.organisation and not person.employer.startswith("http")
        employer = other_organisation(document, person.employer) if known else None
        return employer, employer is not None
    if section not in ("board", "advisory"):
        employer = other_organisation(document, reading.organisation)
        return employer, employer is not None
    employer = other_organisation(document, reading.organisation or employer_by_place(title) or employer_ahead(title))
    return employer, employer is not None or is_outside_job(title, reading)


def _links(document: Document, person: Declared) -> Iterator[str]:
    return (document.absolute(link) for link in person.links if is_personal_link(document, link))


def _fold(text: str) -> str:
    return " ".join(text.split())
