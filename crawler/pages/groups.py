"""Which group of people a line stands in: executives, board, advisers, staff, or people who are left out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Final, cast
from urllib.parse import unquote

from crawler.items import PageKind, Section
from crawler.pages.document import Document, texts_of
from crawler.pages.lines import Box, Line, PageLines
from crawler.pages.speaker_words import event_words
from crawler.pages.stories import is_story
from crawler.pages.words import (
    Grouping,
    read_grouping,
    read_past,
    says_event,
    says_former,
    says_news,
    says_other_page,
    says_seats,
)
from pipelines.lexicon.organisations import organisation_key

_MAX_WORDS: Final = 12
_OTHERS: Final = Grouping("excluded", whole=True, quotes=False, supervisors=False)
"""Everybody on a page of news, articles or jobs, unless a heading on it says more."""
_MAX_CARD: Final = 10
_ONE_CARD: Final = 3
"""Lines of name and title that one person's card holds at most."""
_MAX_PANEL: Final = 1000
"""So many lines of a tab are looked through for a heading of their own."""
_MAX_FORMER: Final = 6
"""Words of a heading over former people; a longer one is the headline of a story."""
_ENTRIES: Final = frozenset({"li", "dt", "dd"})
_MAX_PEOPLE: Final = 500
_MENU: Final = 3
_MAX_MENU: Final = 60
"""Entries a menu has, at least and at most."""
_FOLLOWED_BY: Final = re.compile(r"\b(?:of|at|from|for|de|du|des|von|bei|der|di|da|do|van|w|i)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Group:
    """The group a stretch of lines belongs to."""

    section: Section
    excluded: bool = False
    quotes: bool = False
    announced: bool = False
    """Whether the page says so, by a heading or its own title; else it is only assumed."""
    former: bool = False
    """Whether the page shows them as people who have left; they are excluded then."""


_ASSUMED: Final = Group("staff")


def read_groups(document: Document, page: PageLines, people: frozenset[int]) -> list[Group]:
    """The group of every line; `people` are the lines that are names or titles and so announce nothing."""
    headings = _headings(document, page, people)
    tabs = list(_mixed_tabs(page, headings, people))
    supervised = any(grouping.supervisors for grouping in headings.values())
    named = _OTHERS if is_story(document, page) else _page_grouping(document)
    default = _group(named, either_is_board=False) if named else _ASSUMED
    groups: list[Group] = []
    groups_begun = False
    current, level, executives = default, 7, named is not None and named.group == "executive"
    for line in page.lines:
        if grouping := headings.get(line.index):
            if grouping.group == "executive" and default.section == "board" and says_seats(line.text):
                grouping = replace(grouping, group="board")  # the executive directors of a board
            current = _group(grouping, either_is_board=executives and not supervised)
            if grouping.group == "partners" and executives and not _has_own_partners(page, people, headings, line):
                current = replace(current, excluded=True)
            level = line.heading or 7
            executives = executives or grouping.group == "executive"
        elif line.heading == 1 and line.index not in people and not groups_begun:
            current, level = default, 7  # what stands before the page's own heading is a menu
        elif line.index not in people and 0 < line.heading <= min(level, 3) and current.excluded:
            current, level = default, 7
        groups_begun = groups_begun or line.heading == 1
        groups.append(current)
    for labels, panels in tabs:
        for label, panel in zip(labels, panels, strict=True):
            groups[panel.first : panel.end] = [label or default] * (panel.end - panel.first)
    return _with_tabs(page, headings, groups)


def _headings(document: Document, page: PageLines, people: frozenset[int]) -> dict[int, Grouping]:
    """The lines that announce a group. Runs of them without anything between are the labels of tabs."""
    found: dict[int, Grouping] = {}
    for line in page.lines:
        if line.index in people or line.text.count(" ") >= _MAX_WORDS or _leads_away(line):
            continue
        if line.heading and line.text.count(" ") < _MAX_FORMER and says_former(line.text):
            found[line.index] = read_past(line.text)
            continue
        if line.heading > 1 and says_news(line.text) and not _goes_on_with_people(page, line, people):
            found[line.index] = _OTHERS
            continue
        grouping = read_grouping(line.text)
        if grouping and not line.heading and (_is_tag(page, line, people) or _is_entry(page, line, people)):
            continue
        if grouping and (grouping.whole or (line.heading and _is_said_of(line.text, document.organisation))):
            found[line.index] = grouping
    return found


def _is_tag(page: PageLines, line: Line, people: frozenset[int]) -> bool:
    """Whether a line is a word on one person's card ("Leadership", a filter's tag) among cards alike."""
    box = line.box if line.box.end - line.box.first > 1 else line.box.parent
    if box is None or box.end - box.first > _MAX_CARD or not _holds_one(box, people):
        return False
    return any(
        other is not box and _holds_one(other, people) for other in (_sibling(page, box), _before(page, box)) if other
    )


def _goes_on_with_people(page: PageLines, heading: Line, people: frozenset[int]) -> bool:
    """Whether below a heading follow people who look like those above it: a department that is called "Events"."""
    below = range(heading.index + 1, min(heading.index + 1 + _MAX_FORMER, len(page.lines)))
    first = next((page.lines[index] for index in below if index in people), None)
    above = (page.lines[index] for index in islice(people, _MAX_PEOPLE) if index < heading.index)
    return first is not None and any(line.signature == first.signature for line in above)


def _is_entry(page: PageLines, line: Line, people: frozenset[int]) -> bool:
    """Whether a line is one of a list of short texts without people, mostly no groups, or names a row of a table."""
    row = line.box.parent
    if row is None:
        return False
    if line.box.tag == "td":
        return row.end - row.first > 1 and not _holds_people(row, people)
    if line.box.tag not in _ENTRIES or not _MENU <= row.end - row.first <= _MAX_MENU or _holds_people(row, people):
        return False
    texts = [other.text for other in page.lines[row.first : row.end] if not other.heading]
    named = sum((found := read_grouping(text)) is not None and found.whole for text in texts)
    return all(text.count(" ") < _MAX_FORMER for text in texts) and named * 2 <= len(texts)


def _holds_people(box: Box, people: frozenset[int]) -> bool:
    return any(index in people for index in range(box.first, box.end))


def _holds_one(box: Box, people: frozenset[int]) -> bool:
    return 0 < sum(index in people for index in range(box.first, min(box.end, box.first + _MAX_CARD))) <= _ONE_CARD


def _has_own_partners(page: PageLines, people: frozenset[int], headings: dict[int, Grouping], heading: Line) -> bool:
    """Whether titles under the heading "Partners" say partner: those of a law firm, not of another company."""
    end = min((index for index in headings if index > heading.index), default=len(page.lines))
    return any(
        "partner" in page.lines[index].text.casefold() for index in range(heading.index + 1, end) if index in people
    )


def _leads_away(line: Line) -> bool:
    """Whether a line is a link to another page: an entry of a menu, not a heading."""
    return not line.heading and any(not href.lower().startswith(("#", "javascript:")) for href in line.hrefs)


def _is_said_of(text: str, organisation: str | None) -> bool:
    """Whether a heading is a group and whose: "Acme Corp Leadership Team", "Board of Directors of Acme"."""
    words = text.split()
    own = set(organisation_key(organisation).split()) if organisation else set()
    for count in range(1, len(words)):
        rest = " ".join(words[count:])
        if (grouping := read_grouping(rest)) and grouping.whole:
            return True
        ahead = " ".join(words[:count])
        if (
            (grouping := read_grouping(ahead))
            and grouping.whole
            and (_FOLLOWED_BY.match(rest) or set(organisation_key(rest).split()) <= own)
        ):
            return True
    return False


def _group(grouping: Grouping, *, either_is_board: bool) -> Group:
    if grouping.group == "excluded":
        section = grouping.past or ("executive" if grouping.former else "staff")
        return Group(section, excluded=True, quotes=grouping.quotes, announced=True, former=grouping.former)
    if grouping.group == "either":
        return Group("board" if either_is_board else "executive", announced=True)
    if grouping.group == "partners":
        return Group("staff", announced=True)
    return Group(cast("Section", grouping.group), announced=True)


def group_of_page(document: Document) -> Group:
    """What the page's first headings, title or address say of everybody on it."""
    grouping = _page_grouping(document)
    return _group(grouping, either_is_board=False) if grouping else _ASSUMED


def _page_grouping(document: Document) -> Grouping | None:
    groupings = (read_grouping(text) for text in document.names)
    found = next((found for found in groupings if found is not None), None)
    return found or next((_OTHERS for text in document.names if says_other_page(text)), None)


def announced_kind(document: Document) -> PageKind | None:
    """Whether the page's headings, title or address promise speakers or the people of an organisation."""
    for text in document.names:
        if event_words().speaker_headings.search(text):
            return "speakers"
        if read_grouping(text) is not None:
            return "leaders"
    heads = _second_heads(document)
    if any(event_words().speaker_headings.search(text) for text in heads):
        return "speakers"
    return "leaders" if any((found := read_grouping(text)) and found.whole for text in heads) else None


def may_be_event(document: Document) -> bool:
    """Whether a word of the headings, the title or the address lets a page be one of speakers."""
    address = re.sub(r"[-_/.]", " ", unquote(document.url))
    texts = [*document.names, *_second_heads(document), address, document.title]
    return any(event_words().speaker_headings.search(text) or says_event(text) for text in texts)


def _second_heads(document: Document) -> list[str]:
    return [" ".join(texts_of(head)).strip() for head in document.elements("h2", 50)]


def _with_tabs(page: PageLines, headings: dict[int, Grouping], groups: list[Group]) -> list[Group]:
    """Labels of tabs ("#board") give their group to the box they open; without an address, by their order."""
    for index, grouping in headings.items():
        for href in page.lines[index].hrefs:
            box = page.boxes.get(href.removeprefix("#")) if href.startswith("#") and len(href) > 1 else None
            if box is not None and box.end > box.first:
                _give(groups, headings, box, grouping)
    for labels in _rows_of_labels(page, headings):
        for index, panel in zip(labels, _panels(page, labels), strict=False):
            _give(groups, headings, panel, headings[index])
    return groups


def _give(groups: list[Group], headings: dict[int, Grouping], box: Box, grouping: Grouping) -> None:
    """Put the lines of a box into a group, unless a heading within says more."""
    if not any(position in headings for position in range(box.first, min(box.end, box.first + _MAX_PANEL))):
        groups[box.first : box.end] = [_group(grouping, either_is_board=False)] * (box.end - box.first)


def _mixed_tabs(
    page: PageLines, headings: dict[int, Grouping], people: frozenset[int]
) -> Iterator[tuple[list[Group | None], list[Box]]]:
    """Rows of labels that name groups and departments side by side, with the boxes they open; no headings then."""
    for index in sorted(headings):
        line = page.lines[index]
        row = line.box.parent
        if index not in headings or line.heading or row is None or not _MENU <= row.end - row.first <= _MAX_CARD:
            continue
        labels = list(range(row.first, row.end))
        alike = all(page.lines[label].signature == line.signature and label not in people for label in labels)
        if not alike or all(label in headings for label in labels) or not (panels := _panels(page, labels)):
            continue
        found = [headings.pop(label, None) for label in labels]
        yield [_group(grouping, either_is_board=False) if grouping else None for grouping in found], panels


def _rows_of_labels(page: PageLines, headings: dict[int, Grouping]) -> Iterator[list[int]]:
    """Two or more headings right after each other: the labels of tabs."""
    row: list[int] = []
    for index in (*sorted(headings), -1):
        if row and (index != row[-1] + 1 or page.lines[index].signature != page.lines[row[0]].signature):
            if len(row) > 1:
                yield row
            row = []
        row.append(index)


def _panels(page: PageLines, labels: Sequence[int]) -> list[Box]:
    """As many boxes alike, one after the other behind the labels, as there are labels; else none."""
    start = labels[-1] + 1
    first = page.lines[start] if start < len(page.lines) else None
    candidates = [box for box in first.box.outward() if box.first == start and box.parent] if first else []
    for candidate in reversed(candidates):
        panels, box = [candidate], _sibling(page, candidate)
        while box is not None and len(panels) <= len(labels):
            panels.append(box)
            box = _sibling(page, box)
        if len(panels) == len(labels):
            return panels
    return []


def _before(page: PageLines, box: Box) -> Box | None:
    """The box of the same kind that ends where this one begins."""
    line = page.lines[box.first - 1] if box.first else None
    ahead = line.box.outward() if line else ()
    return next((other for other in ahead if other.parent is box.parent and other.tag == box.tag), None)


def _sibling(page: PageLines, box: Box) -> Box | None:
    """The box of the same kind that begins where this one ends."""
    line = page.lines[box.end] if box.first < box.end < len(page.lines) else None
    ahead = line.box.outward() if line else ()
    return next((other for other in ahead if other.parent is box.parent and other.tag == box.tag), None)
