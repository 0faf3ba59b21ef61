"""Speakers on an HTML page: repeated cards with a name and, around it, role, employer, links and talks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import ClassVar

from crawler.items import PageKind, PageReading, PersonItem
from crawler.pages.base import PageReader
from crawler.pages.document import Document
from crawler.pages.lines import PageLines, read_lines
from crawler.pages.outcomes import why_nobody
from crawler.pages.speaker_details import Details, read_details
from crawler.pages.speaker_portraits import read_portraits
from crawler.pages.speaker_talks import EXCERPT_LENGTH
from crawler.pages.speaker_wall import SpeakerCard, speaker_cards
from pipelines.lexicon.names import read_name


class SpeakerCards(PageReader):
    """One pattern for many designs: lines of the same kind that are names, with what belongs to each."""

    kind: ClassVar[PageKind] = "speakers"
    priority: ClassVar[int] = 60

    def matches(self, document: Document) -> bool:
        """Whether it is an HTML page."""
        return document.is_html

    def read(self, document: Document) -> PageReading:
        """Everybody who speaks, once each; nobody: `no_speakers`, or what else the page is."""
        page = read_lines(document)
        cards = speaker_cards(document, page)
        people = _merged(_people(document, page, cards))
        if people:
            return PageReading(kind="speakers", reader=self.name, people=people)
        reason = why_nobody(document, page, quotes=0)
        return PageReading(kind="speakers", reader=self.name, reason="no_speakers" if reason == "no_people" else reason)


def _people(document: Document, page: PageLines, cards: list[SpeakerCard]) -> Iterator[PersonItem]:
    portraits = read_portraits(document)
    for card, details in zip(cards, read_details(document, page, cards), strict=True):
        title, organisation = details.title, details.organisation
        if not (title or organisation):
            title, organisation = portraits.get(card.name.casefold(), (None, None))
        yield PersonItem(
            name=card.name,
            title=title,
            organisation=organisation,
            section="speaker",
            links=details.links,
            talks=details.talks,
            excerpt=_excerpt(page, card, details),
        )


def _excerpt(page: PageLines, card: SpeakerCard, details: Details) -> str:
    parts = [line.text for line in page.lines[card.line : min(card.end, card.line + 4)]]
    return " | ".join(dict.fromkeys([*parts, *details.talks]))[:EXCERPT_LENGTH]


def _merged(people: Iterator[PersonItem]) -> tuple[PersonItem, ...]:
    """Everybody once: a page shows people again in windows, hidden layers and layouts for small screens."""
    found: dict[str, PersonItem] = {}
    for person in people:
        name = read_name(person.name)
        key = name.key if name else person.name.casefold()
        found[key] = _joined(found[key], person) if key in found else person
    return tuple(found.values())


def _joined(one: PersonItem, other: PersonItem) -> PersonItem:
    """Two cards of one person: of each what the other lacks."""
    organisation = one.organisation or other.organisation
    return replace(
        one,
        title=_without_employer(one.title or other.title, organisation),
        organisation=organisation,
        links=tuple(dict.fromkeys((*one.links, *other.links))),
        talks=tuple(dict.fromkeys((*one.talks, *other.talks))),
    )


def _without_employer(title: str | None, organisation: str | None) -> str | None:
    """A title without the employer at its end, where another card of the person names that employer alone."""
    if not title or not organisation or not title.casefold().endswith(organisation.casefold()):
        return title
    return title[: -len(organisation)].rstrip(" ,@|-") or None
