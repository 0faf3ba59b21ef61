"""Which group of people a line stands in: executives, board, advisers, staff, or people who are left out."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Final, cast
from urllib.parse import unquote

from crawler.items import PageKind, Section
from crawler.pages.document import Document, texts_of
from crawler.pages.lines import Line, PageLines
from crawler.pages.speaker_words import event_words
from crawler.pages.words import Grouping, read_grouping, says_event, says_former
from pipelines.lexicon.organisations import organisation_key

_MAX_WORDS: Final = 12
_FORMER: Final = Grouping("excluded", whole=True, quotes=False, supervisors=False)
_MAX_FORMER: Final = 6
"""Words of a heading over former people; a longer one is the headline of a story."""
_FOLLOWED_BY: Final = re.compile(r"\b(?:of|at|from|for|de|du|des|von|bei|der|di|da|do|van|w|i)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Group:
    """The group a stretch of lines belongs to."""

    section: Section
    excluded: bool = False
    quotes: bool = False
    announced: bool = False
    """Whether the page says so, by a heading or its own title; else it is only assumed."""


_ASSUMED: Final = Group("staff")


def read_groups(document: Document, page: PageLines, people: frozenset[int]) -> list[Group]:
    """The group of every line; `people` are the lines that are names or titles and so announce nothing."""
    headings = _headings(document, page, people)
    supervised = any(grouping.supervisors for grouping in headings.values())
    default = group_of_page(document)
    groups: list[Group] = []
    named = _page_grouping(document)
    current, level, executives = default, 7, named is not None and named.group == "executive"
    for line in page.lines:
        if grouping := headings.get(line.index):
            current = _group(grouping, either_is_board=executives and not supervised)
            if grouping.group == "partners" and executives and not _has_own_partners(page, people, headings, line):
                current = replace(current, excluded=True)
            level = line.heading or 7
            executives = executives or grouping.group == "executive"
        elif line.index not in people and 0 < line.heading <= min(level, 3) and current.excluded:
            current, level = default, 7
        groups.append(current)
    return _with_tabs(page, headings, groups)


def _headings(document: Document, page: PageLines, people: frozenset[int]) -> dict[int, Grouping]:
    """The lines that announce a group. Runs of them without anything between are the labels of tabs."""
    found: dict[int, Grouping] = {}
    for line in page.lines:
        if line.index in people or line.text.count(" ") >= _MAX_WORDS or _leads_away(line):
            continue
        if line.heading and line.text.count(" ") < _MAX_FORMER and says_former(line.text):
            found[line.index] = _FORMER
            continue
        grouping = read_grouping(line.text)
        if grouping and (grouping.whole or (line.heading and _is_said_of(line.text, document.organisation))):
            found[line.index] = grouping
    return found


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
        return Group("staff", excluded=True, quotes=grouping.quotes, announced=True)
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
    return next((found for found in groupings if found is not None), None)


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
    """Labels of tabs ("#board") give their group to the box they open."""
    for index, grouping in headings.items():
        for href in page.lines[index].hrefs:
            box = page.boxes.get(href.removeprefix("#")) if href.startswith("#") and len(href) > 1 else None
            if box is not None and box.end > box.first:
                inside = [position for position in headings if box.first <= position < box.end]
                if not inside:
                    groups[box.first : box.end] = [_group(grouping, either_is_board=False)] * (box.end - box.first)
    return groups
