"""Cards of a page as people: left out or kept, whose job the title names, whose links they are, once each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from crawler.items import PersonItem, Section
from crawler.pages.card import Card, Marked
from crawler.pages.card_links import surroundings
from crawler.pages.document import Document
from crawler.pages.groups import Group
from crawler.pages.lines import Box, Line
from crawler.pages.marks import is_prose, is_quoted, is_title, starts_with_dash, tidy_line
from pipelines.lexicon.names import read_name
from pipelines.lexicon.organisations import looks_like_organisation, organisation_key, same_organisation
from pipelines.lexicon.titles import TitleReading, read_title

_RANK: Final[dict[Section, int]] = {"executive": 0, "board": 1, "advisory": 2, "staff": 3, "speaker": 4}
_MAX_EXCERPT: Final = 300
_MAX_CARD: Final = 60
"""Lines a card may hold; a larger box around one person is the page's, not theirs."""


_OF: Final = re.compile(r"\b(?:at|of|for|de|von|bei|chez|w|в)\b|\bd['\u2019]", re.IGNORECASE)
"""Stands between a job and its employer: a text with it is not an employer alone."""


_YEARS: Final = re.compile(r"\b(?:19|20)\d\d\s*[-\u2013\u2014/]\s*((?:19|20)\d\d)\b")


@dataclass(frozen=True, slots=True)
class Found:
    """The people of a page and how many cards were quotes of customers."""

    people: tuple[PersonItem, ...]
    quotes: int


def build_people(document: Document, marked: Marked, cards: Sequence[Card], groups: Sequence[Group]) -> Found:
    """Everybody on the page who belongs to its organisation, once, executives before board before advisers."""
    quoted = _quoted(marked, cards, groups)
    owners = sorted({card.line for card in cards})
    kept: list[PersonItem] = []
    for card in cards:
        if card.line in quoted or groups[card.line].excluded:
            continue
        person = _person(document, marked, card, groups[card.line], owners)
        if person is not None:
            kept.append(person)
    return Found(merge_people(kept), len(quoted))


# --- testimonials ---------------------------------------------------------------------------------------------------


def _quoted(marked: Marked, cards: Sequence[Card], groups: Sequence[Group]) -> set[int]:
    """The name lines that sign a quote."""
    signed: set[int] = set()
    for card in cards:
        if groups[card.line].quotes or _signs_a_quote(marked, card, cards, signed):
            signed.add(card.line)
    return signed


def _signs_a_quote(marked: Marked, card: Card, cards: Sequence[Card], signed: set[int]) -> bool:
    first = min(card.lines)
    if _follows_blockquote(marked, first, cards):
        return True
    if first == 0:
        return False
    line, before = marked.page.lines[first], marked.page.lines[first - 1]
    prose = is_prose(before.text)
    if starts_with_dash(line.text) and (prose or is_quoted(before.text)):
        return True
    if prose and before.box is line.box and line.box.tag != "body":
        return not any(other.line < before.index and other.line >= line.box.first for other in cards)
    if not (is_quoted(before.text) and before.text.count(" ") >= 3):
        return False
    shared = _shared(line, before)
    ahead = {other.line for other in cards if shared.first <= other.line < before.index}
    return ahead <= signed


def _follows_blockquote(marked: Marked, first: int, cards: Sequence[Card]) -> bool:
    """Whether a card comes right after a blockquote, signed with a dash or in a box that holds such cards only."""
    page = marked.page
    box = page.after_quotes.get(first)
    if box is None or first >= box.end:
        return False
    if starts_with_dash(page.lines[first].text):
        return True
    inside = (min(card.lines) for card in cards if box.first <= card.line < box.end)
    return all(line in page.after_quotes for line in inside)


def _shared(one: Line, other: Line) -> Box:
    boxes = set(map(id, one.box.outward()))
    return next(box for box in other.box.outward() if id(box) in boxes)


# --- one person -----------------------------------------------------------------------------------------------------


def _person(document: Document, marked: Marked, card: Card, group: Group, owners: Sequence[int]) -> PersonItem | None:
    section = group.section
    reading = read_title(card.title or "")
    if section in ("executive", "staff") and reading.level == "board" and not reading.organisation:
        section = "board" if group.announced or section == "executive" else section
    title, employer = _job(document, marked, card, reading, section)
    if _is_past(reading, section) or _has_ended(document, marked, card) or _is_elsewhere(employer, group, card):
        return None
    around = surroundings(marked, card, owners)
    outside = section in ("board", "advisory") and _is_outside_job(title, reading)
    elsewhere = employer is not None or outside
    return PersonItem(
        name=plain_name(card.name),
        title=title,
        organisation=employer if elsewhere else None,
        section=section,
        title_scope="elsewhere" if elsewhere else "here",
        links=around.links(document),
        excerpt=around.excerpt(),
    )


def plain_name(name: str) -> str:
    """A name as published; one in capitals alone in the usual case."""
    if not name.isupper():
        return name
    reading = read_name(name)
    return reading.full if reading else name.title()


def _job(
    document: Document, marked: Marked, card: Card, reading: TitleReading, section: Section
) -> tuple[str | None, str | None]:
    """The title, and the other organisation it names. On a board the seat comes first, the job elsewhere after."""
    if section not in ("board", "advisory"):
        return card.title, _other(document, reading.organisation)
    if card.employer and card.titles == [card.employer] and not _OF.search(card.employer):
        return None, _other(document, card.employer)
    titles = card.titles
    if len(titles) > 1 and read_title(titles[0]).level == "board":
        job = read_title(", ".join(titles[1:]))
        if job.organisation:
            return titles[0], _other(document, job.organisation)
    employer = reading.organisation or card.employer or _employer_by_place(card.title) or _firm_after(marked, card)
    return card.title, _other(document, employer)


def _employer_by_place(title: str | None) -> str | None:
    """What stands after the last comma of a director's job, unless it is the job's field: "CEO, Plexus Systems"."""
    ahead, comma, tail = (title or "").rpartition(", ")
    if not comma or not is_title(ahead) or is_title(tail) or not tail[:1].isupper():
        return None
    field = read_title(f"VP {tail}").function not in ("general", "other")
    return tail if not field or (" " in tail and looks_like_organisation(tail)) else None


def _firm_after(marked: Marked, card: Card) -> str | None:
    """The line under the title where it is the name of a firm and nothing else."""
    index = max(card.lines) + 1
    if index >= len(marked.page.lines) or marked.mark(index).kind not in ("other", "title"):
        return None
    line, last = marked.page.lines[index], marked.page.lines[index - 1]
    text = tidy_line(line.text)
    if line.heading or _shared(line, last).depth + 1 < last.box.depth:
        return None
    job = read_title(text)
    return job.organisation or (text if looks_like_organisation(text) else None)


def _other(document: Document, organisation: str | None) -> str | None:
    """An organisation that is not the page's own."""
    if organisation is None:
        return None
    own = document.organisation
    if own and (same_organisation(own, organisation) or _is_part(own, organisation)):
        return None
    label = document.host.removeprefix("www.").split(".")[0]
    key = organisation_key(organisation).replace(" ", "")
    return None if key == label or (own is None and (key.startswith(label) or label.startswith(key))) else organisation


def _is_part(own: str, other: str) -> bool:
    """Whether one name holds the other: "Acme" and "Acme Europe"."""
    a, b = set(organisation_key(own).split()), set(organisation_key(other).split())
    return bool(a and b) and (a <= b or b <= a)


def _is_past(reading: TitleReading, section: Section) -> bool:
    """Former people are no current ones; a director whose title is a former job elsewhere still sits on the board."""
    return reading.former and not (section in ("board", "advisory") and reading.level != "board")


def _has_ended(document: Document, marked: Marked, card: Card) -> bool:
    """Whether a title gives the years of a term that was over when the page was written: "CEO, 1990-2004"."""
    text = " ".join(marked.page.lines[index].text for index in card.title_lines)
    ends = [int(match[1]) for match in _YEARS.finditer(text)]
    return bool(ends) and min(ends) < document.latest_year


def _is_elsewhere(employer: str | None, group: Group, card: Card) -> bool:
    """Somebody with a job at another organisation under no heading of ours: a customer, a partner, an author."""
    return employer is not None and not group.announced and card.title is not None and employer in card.title


def _is_outside_job(title: str | None, reading: TitleReading) -> bool:
    """A board member whose title is no seat and no post of this organisation: "Experienced technology executive"."""
    return (
        title is not None and reading.level not in ("board", "c_level") and reading.title != "" and not _is_seat(title)
    )


def _is_seat(title: str) -> bool:
    return title.casefold() in ("director", "directors") or read_title(f"board {title}").level == "board"


# --- once each ------------------------------------------------------------------------------------------------------


def merge_people(people: Iterable[PersonItem]) -> tuple[PersonItem, ...]:
    """Cards of the same name as one person: the executive's title before the board's, the links of all."""
    merged: dict[str, PersonItem] = {}
    for person in people:
        reading = read_name(person.name)
        key = reading.key if reading else person.name.casefold()
        merged[key] = _joined(merged[key], person) if key in merged else person
    return tuple(merged.values())


def _joined(one: PersonItem, other: PersonItem) -> PersonItem:
    first, second = sorted((one, other), key=lambda person: (person.title is None, _RANK[person.section]))
    section = min(first.section, second.section, key=_RANK.__getitem__)
    links = tuple(dict.fromkeys((*one.links, *other.links)))
    return replace(first, title=first.title or second.title, section=section, links=links)
