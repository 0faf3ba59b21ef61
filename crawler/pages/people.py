"""Cards of a page as people: left out or kept, whose job the title names, whose links they are, once each."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final

from crawler.items import PersonItem, Section
from crawler.pages.card import Card, Marked
from crawler.pages.card_links import Surroundings, surroundings
from crawler.pages.document import Document
from crawler.pages.employment import (
    OF,
    employer_ahead,
    employer_behind_of,
    employer_by_place,
    is_outside_job,
    other_organisation,
)
from crawler.pages.groups import Group
from crawler.pages.lines import Box, Line
from crawler.pages.marks import is_prose, is_title, tidy_line
from crawler.pages.quotes import is_quoted, starts_with_dash
from crawler.pages.since import since_of, without_since
from crawler.pages.words import page_words, says_adviser, says_former
from pipelines.lexicon.names import read_name
from pipelines.lexicon.organisations import looks_like_organisation
from pipelines.lexicon.titles import TitleReading, read_title

_RANK: Final[dict[Section, int]] = {"executive": 0, "board": 1, "advisory": 2, "staff": 3, "speaker": 4}
_AROUND: Final = 4
_STYLE: Final = re.compile(r"[\s_-]+")
_ALIKE: Final = 3
"""So many cards of one look make a group of people."""
_NEAR: Final = 3
"""So many lines under the title may say since when."""
_MAX_SINCE: Final = 50


_YEARS: Final = re.compile(r"\b(?:19|20)\d\d\s*[-\u2013\u2014/]\s*((?:19|20)\d\d)\b")


@dataclass(frozen=True, slots=True)
class Found:
    """The people of a page and how many cards were quotes of customers."""

    people: tuple[PersonItem, ...]
    quotes: int = 0
    former: tuple[PersonItem, ...] = ()
    """Those whom the page shows as having left."""


def build_people(document: Document, marked: Marked, cards: Sequence[Card], groups: Sequence[Group]) -> Found:
    """Everybody on the page who belongs to its organisation, once, executives before board before advisers."""
    quoted = _quoted(marked, cards, groups)
    owners = sorted({card.line for card in cards})
    kept: list[PersonItem] = []
    left: list[PersonItem] = []
    unsure = _unsure(cards, groups) | _outsiders(document, marked, cards, groups)
    for card in cards:
        group = groups[card.line]
        if card.line in unsure or card.line in quoted or (group.excluded and not group.former):
            continue
        person = _person(document, marked, card, group, owners)
        if person is not None and _has_left(document, marked, card, person, group):
            begun, ended = _term(marked, card)
            left.append(replace(person, since=person.since or begun, until=ended))
        elif person is not None:
            kept.append(person)
    people = merge_people(kept)
    return Found(people, len(quoted), without(merge_people(left), people))


def _unsure(cards: Sequence[Card], groups: Sequence[Group]) -> set[int]:
    """Cards under no heading of people whose title no vocabulary knows, where that is so of most such cards."""
    loose = [card for card in cards if not groups[card.line].announced]
    unknown = {card.line for card in loose if not any(is_title(text) for text in (card.title or "", *card.titles))}
    return unknown if len(unknown) * 2 > len(loose) else set()


def _outsiders(document: Document, marked: Marked, cards: Sequence[Card], groups: Sequence[Group]) -> set[int]:
    """Cards beside a clear group of cards alike, of another look and with a job elsewhere: customers, guests."""
    looks: dict[tuple[str, str], list[Card]] = {}
    for card in cards:
        if groups[card.line].section in ("executive", "staff") and not groups[card.line].excluded:
            looks.setdefault(marked.signature(card.line)[:2], []).append(card)
    guests = {look: [card for card in alike if _is_guest(document, marked, card)] for look, alike in looks.items()}
    if not any(len(alike) >= _ALIKE and not guests[look] for look, alike in looks.items()):
        return set()
    few = (look for look, alike in looks.items() if len(alike) < _ALIKE or len(guests[look]) == len(alike))
    return {card.line for look in few for card in guests[look]}


def _is_guest(document: Document, marked: Marked, card: Card) -> bool:
    """Whether the title names another organisation, or the card stands in a container named for quotes."""
    boxes = islice(marked.page.lines[card.line].box.outward(), _AROUND)
    if any(not page_words().quote_names.isdisjoint(_STYLE.split(box.style.lower())) for box in boxes if box.style):
        return True
    firm = (card.title or "").rpartition(", ")[2]
    named = read_title(card.title or "").organisation or (firm if firm and looks_like_organisation(firm) else None)
    return firm != card.title and other_organisation(document, named) is not None


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
    around = surroundings(marked, card, owners)
    _part_seat(card, section)
    since = _take_since(card) or _since_beside(marked, card, around)
    reading = read_title(card.title or "")
    if section in ("executive", "staff") and reading.level == "board" and not reading.organisation:
        advises = section == "staff" and says_adviser(card.title or "")
        section = "board" if (group.announced or section == "executive") and not advises else section
    title, employer = _job(document, marked, card, reading, replace(group, section=section))
    if _is_elsewhere(employer, group, card):
        return None
    outside = section in ("board", "advisory") and is_outside_job(title, reading)
    elsewhere = employer is not None or outside
    return PersonItem(
        name=plain_name(card.name),
        title=title,
        organisation=employer if elsewhere else None,
        section=section,
        title_scope="elsewhere" if elsewhere else "here",
        links=around.links(document),
        excerpt=around.excerpt(),
        since=since,
    )


def _part_seat(card: Card, section: Section) -> None:
    """A seat and what else somebody is or was, on one line: "Chairman of the Board; Retired, Moseby Seafood"."""
    if section in ("board", "advisory") and card.titles:
        seat, semicolon, rest = card.titles[0].partition("; ")
        if semicolon and read_title(seat).level == "board":
            card.titles[:1] = [seat, rest]


def _take_since(card: Card) -> str | None:
    """When the role began, by the title; the words that say so are taken off it."""
    date: str | None = None
    titles: list[str] = []
    for number, text in enumerate(card.titles):
        title, said = without_since(text)
        if said is None and number and (alone := since_of(text)) and len(text) < _MAX_SINCE:
            date = date or alone
            continue
        titles.append(title)
        date = date or said
    card.titles = titles
    return date


def _since_beside(marked: Marked, card: Card, around: Surroundings) -> str | None:
    """When the role began, by a short line of the card under the title that says little else."""
    start = max(card.lines) + 1
    lines = marked.page.lines[start : min(around.end, start + _NEAR)]
    return next((date for line in lines if len(line.text) < _MAX_SINCE and (date := since_of(line.text))), None)


def plain_name(name: str) -> str:
    """A name as published; one in capitals alone in the usual case."""
    if not name.isupper():
        return name
    reading = read_name(name)
    return reading.full if reading else name.title()


def _job(
    document: Document, marked: Marked, card: Card, reading: TitleReading, group: Group
) -> tuple[str | None, str | None]:
    """The title, and the other organisation it names. On a board the seat comes first, the job elsewhere after."""
    if group.section not in ("board", "advisory"):
        employer = other_organisation(document, reading.organisation)
        sure = employer is None or not group.announced or _is_surely_firm(card.title, employer)
        return card.title, employer if sure else None
    if card.employer and card.titles == [card.employer] and not OF.search(card.employer):
        return None, other_organisation(document, card.employer)
    titles = card.titles
    if len(titles) > 1 and read_title(titles[0]).level == "board":
        job = read_title(", ".join(titles[1:]))
        firm = job.organisation or (titles[1] if looks_like_organisation(titles[1]) else None)
        firm = firm or (None if is_title(titles[1]) or says_former(titles[1]) else reading.organisation)
        if firm or job.former or says_former(titles[1]):
            return titles[0], other_organisation(document, firm)
    named = reading.organisation or card.employer or employer_by_place(card.title) or employer_ahead(card.title)
    named = named or employer_behind_of(card.title)
    employer = named or _firm_after(marked, card)
    return card.title, other_organisation(document, employer)


def _is_surely_firm(title: str | None, employer: str) -> bool:
    """Whether what a title of our own people names is a firm, and no field of the job: "Instructor, English"."""
    ahead = (title or "").partition(employer)[0].rstrip(" \u00ab\u201c")
    return looks_like_organisation(employer) or not ahead.endswith((",", "(", "-", "\u2013"))


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


def _has_left(document: Document, marked: Marked, card: Card, person: PersonItem, group: Group) -> bool:
    """Whether the page shows somebody as gone: by the heading, the title or the years of a term."""
    title = person.title if person.section in ("board", "advisory") and person.title else card.title
    return group.former or is_past(read_title(title or ""), person.section) or _has_ended(document, marked, card)


def is_past(reading: TitleReading, section: Section) -> bool:
    """Former people are no current ones; a director whose title is a former job elsewhere still sits on the board."""
    return reading.former and not (section in ("board", "advisory") and reading.level != "board")


def _has_ended(document: Document, marked: Marked, card: Card) -> bool:
    """Whether a title gives the years of a term that was over when the page was written: "CEO, 1990-2004"."""
    text = " ".join(marked.page.lines[index].text for index in card.title_lines)
    ends = [int(match[1]) for match in _YEARS.finditer(text)]
    return bool(ends) and min(ends) < document.latest_year


def _term(marked: Marked, card: Card) -> tuple[str | None, str | None]:
    """The years of a term, where the title gives them."""
    match = _YEARS.search(" ".join(marked.page.lines[index].text for index in card.title_lines))
    return (match[0][:4], match[1]) if match else (None, None)


def _is_elsewhere(employer: str | None, group: Group, card: Card) -> bool:
    """Somebody with a job at another organisation under no heading of ours: a customer, a partner, an author."""
    return employer is not None and not group.announced and card.title is not None and employer in card.title


# --- once each ------------------------------------------------------------------------------------------------------


def merge_people(people: Iterable[PersonItem]) -> tuple[PersonItem, ...]:
    """Cards of the same name as one person: the executive's title before the board's, the links of all."""
    merged: dict[str, PersonItem] = {}
    for person in people:
        key = _key(person)
        merged[key] = _joined(merged[key], person) if key in merged else person
    return tuple(merged.values())


def without(people: Iterable[PersonItem], others: Iterable[PersonItem]) -> tuple[PersonItem, ...]:
    """The people who are not among the others: who left one post and holds another is still here."""
    known = {_key(person) for person in others}
    return tuple(person for person in people if _key(person) not in known)


def _key(person: PersonItem) -> str:
    reading = read_name(person.name)
    return reading.key if reading else person.name.casefold()


def _joined(one: PersonItem, other: PersonItem) -> PersonItem:
    first, second = sorted((one, other), key=lambda person: (person.title is None, _RANK[person.section]))
    section = min(first.section, second.section, key=_RANK.__getitem__)
    links = tuple(dict.fromkeys((*one.links, *other.links)))
    return replace(first, title=first.title or second.title, section=section, links=links)
