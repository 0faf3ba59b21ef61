"""The words by which pages are understood, from config/vocab/pages.toml, made ready for matching."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, Final, Literal, cast

from crawler.items import Section
from pipelines.lexicon.folding import fold
from pipelines.lexicon.vocabulary import load_vocabulary

Group = Literal["executive", "board", "advisory", "staff", "excluded", "either", "partners"]

_ORDER: Final[tuple[Group, ...]] = ("excluded", "advisory", "executive", "either", "board", "staff", "partners")
"""Which group a heading that names several belongs to: "Leadership and board" is the heading of leaders."""
_PAST: Final[tuple[Section, ...]] = ("advisory", "executive", "board", "staff")

_WORD: Final = re.compile(r"[^\W_]+")


@dataclass(frozen=True, slots=True)
class PageWords:
    """Word lists as sets and patterns; texts are matched folded (lower case, no accents)."""

    groups: dict[str, Group]
    group_pattern: re.Pattern[str]
    group_words: frozenset[str]
    """The longest word of every phrase: a text without one announces nothing, and the pattern need not be tried."""
    quote_groups: frozenset[str]
    supervisors: frozenset[str]
    former: re.Pattern[str]
    event: re.Pattern[str]
    seat: re.Pattern[str]
    seats: frozenset[str]
    advisers: re.Pattern[str]
    fillers: frozenset[str]
    other_pages: frozenset[str]
    latest: frozenset[str]
    story_verbs: frozenset[str]
    dated: frozenset[str]
    unread_names: frozenset[str]
    quote_names: frozenset[str]
    labels: frozenset[str]
    vacant: frozenset[str]
    fields: frozenset[str]
    generic: frozenset[str]
    contact: re.Pattern[str]
    verbs: frozenset[str]
    not_names: frozenset[str]
    connectors: frozenset[str]
    error: re.Pattern[str]
    script_roots: frozenset[str]


@dataclass(frozen=True, slots=True)
class Grouping:
    """What a heading says about the people under it."""

    group: Group
    whole: bool
    """Whether the text says nothing else."""
    quotes: bool
    """Whether it is a group of customers' quotes."""
    supervisors: bool
    former: bool = False
    """Whether its people have left."""
    past: Section | None = None
    """The group they were of, where it says so: "Former board members"."""


@cache
def page_words() -> PageWords:
    """The lists of config/vocab/pages.toml."""
    data = load_vocabulary("pages")
    sections: dict[str, list[str]] = data["sections"]
    groups: dict[str, Group] = {phrase: group for group in reversed(_ORDER) for phrase in sections[group]}
    return PageWords(
        groups=groups,
        group_pattern=re.compile(f"(?=({_whole_words(groups).pattern}))"),
        quote_groups=frozenset(sections["quotes"]),
        supervisors=frozenset(sections["supervisors"]),
        former=_stems(sections["former"]),
        event=_stems(data["events"]["words"]),
        advisers=_stems(data["seats"]["advisers"]),
        seats=frozenset(data["seats"]["holders"]),
        seat=_stems(data["seats"]["words"]),
        fillers=frozenset(sections["fillers"]),
        other_pages=frozenset(data["outcomes"]["other_pages"]),
        group_words=frozenset(max(_WORD.findall(phrase), key=len) for phrase in groups),
        unread_names=frozenset(data["unread"]["names"]),
        quote_names=frozenset(data["unread"]["quotes"]),
        **_line_words(data),
    )


def _line_words(data: dict[str, Any]) -> dict[str, Any]:
    fields = frozenset(data["lines"]["fields"])
    contacts = "|".join(map(re.escape, data["lines"]["contacts"]))
    return {
        **{kind: frozenset(data["outcomes"][kind]) for kind in ("latest", "story_verbs", "dated")},
        "labels": frozenset(data["lines"]["labels"]) | fields,
        "fields": fields,
        "vacant": frozenset(data["lines"]["vacant"]),
        "generic": frozenset(data["seats"]["generic"]),
        "contact": re.compile(rf"(?:{contacts})\b[\s.:#]*(?:ext?\.?\s*:?\s*)?(?:[+(\d]|$|\S+@)"),
        "connectors": frozenset(data["lines"]["connectors"]),
        "not_names": frozenset(data["lines"]["not_names"]),
        "verbs": frozenset(data["lines"]["verbs"]),
        "error": _whole_words(data["outcomes"]["errors"]),
        "script_roots": frozenset(data["outcomes"]["script_roots"]),
    }


def says_former(heading: str) -> bool:
    """Whether a heading speaks of people who were here once: "Previous CEOs", "Frühere Mitglieder"."""
    return page_words().former.search(fold(heading)) is not None


def says_other_page(text: str) -> bool:
    """Whether what a page is called says news, articles or jobs and nothing else: the people on it are anybody."""
    words = page_words()
    return " ".join(word for word in _WORD.findall(fold(text)) if word not in words.fillers) in words.other_pages


def says_news(heading: str) -> bool:
    """Whether a heading stands over news, articles or jobs: "Latest news"."""
    words = page_words()
    rest = (word for word in _WORD.findall(fold(heading)) if word not in words.fillers and word not in words.latest)
    return " ".join(rest) in words.other_pages


def read_past(heading: str) -> Grouping:
    """The group of people who have left that such a heading announces: "Exconsejeros", "Former directors"."""
    plain = fold(heading)
    found = read_grouping(plain) or read_grouping(plain.removeprefix("ex").lstrip("- "))
    named = found and (found.past or (found.group if found.group in _PAST else None))
    return Grouping(
        "excluded", whole=True, quotes=False, supervisors=False, former=True, past=cast("Section | None", named)
    )


def says_seat(title: str) -> bool:
    """Whether a title begins with a word for a seat on a board or council."""
    return page_words().seat.match(fold(title)) is not None


def says_only_seat(title: str) -> bool:
    """Whether a title is one word for a seat and nothing else: "Lid", "Member"."""
    return page_words().seat.fullmatch(fold(title)) is not None


def says_adviser(title: str) -> bool:
    """Whether a title is an adviser's: among staff that is a job and no seat."""
    return page_words().advisers.search(fold(title)) is not None


def says_vacant(text: str) -> bool:
    """Whether a card where a name should be says that nobody is there: "Open position", "To be announced"."""
    return not page_words().vacant.isdisjoint(_WORD.findall(fold(text)))


def says_seats(heading: str) -> bool:
    """Whether a heading speaks of those who sit on a board, executives or not: "Executive Directors"."""
    return not page_words().seats.isdisjoint(_WORD.findall(fold(heading)))


def says_event(text: str) -> bool:
    """Whether a text holds a word for a conference, a programme or the like."""
    return page_words().event.search(fold(text)) is not None


@lru_cache(maxsize=8192)
def read_grouping(text: str) -> Grouping | None:
    """What group of people a heading announces; None where it names none. "Our board" is board."""
    words = page_words()
    folded = fold(text).replace("\u2019", "'").strip(" :.-\u2013—|")
    if words.group_words.isdisjoint(_WORD.findall(folded)):
        return None
    found, rest = _phrases(folded)
    if not found:
        return None
    named = {words.groups[phrase] for phrase in found}
    former = words.former.search(folded) is not None
    return Grouping(
        group=next(group for group in _ORDER if group in named),
        whole=all(word in words.fillers for word in _WORD.findall(rest)),
        quotes=any(phrase in words.quote_groups for phrase in found),
        supervisors=any(phrase in words.supervisors for phrase in found),
        former=former,
        past=next((group for group in _PAST if group in named), None) if former else None,
    )


def _phrases(folded: str) -> tuple[list[str], str]:
    """The phrases of a heading that name groups, and the rest of it; they may overlap ("nuestro equipo directivo")."""
    found: list[str] = []
    rest, end = "", 0
    for match in page_words().group_pattern.finditer(folded):
        start, stop = match.span(1)
        if stop <= end:  # within a longer phrase
            continue
        rest += folded[end:start] + " "
        found.append(match[1])
        end = stop
    return found, rest + folded[end:]


def _stems(words: Iterable[str]) -> re.Pattern[str]:
    """Any of the words; a star at the end of one stands for its endings."""
    stems = "|".join(re.escape(word).replace(r"\*", r"\w*") for word in words)
    return re.compile(rf"(?<!\w)(?:{stems})(?!\w)")


def _whole_words(phrases: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted(phrases, key=len, reverse=True)
    return re.compile(rf"(?<![\w-])(?:{'|'.join(map(re.escape, longest_first))})(?![\w-])")
