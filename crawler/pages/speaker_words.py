"""The words of conference sites (config/vocab/events.toml) and what they say of a name, a talk, a heading."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from pipelines.lexicon.vocabulary import load_vocabulary

_TEMPLATE: Final = re.compile(r"\{\{|\}\}|\{%|\$\{|<%")
_BRACKETS: Final = re.compile(r"\s*[(\[]([^()\[\]]*)[)\]]")


@dataclass(frozen=True, slots=True)
class EventWords:
    """The word lists, folded."""

    placeholders: frozenset[str]
    hosts: frozenset[str]
    states_not_given: frozenset[str]
    cancelled: re.Pattern[str]
    speaker_headings: re.Pattern[str]
    other_headings: re.Pattern[str]
    speaker_links: tuple[str, ...]
    programme_links: tuple[str, ...]
    never_links: tuple[str, ...]
    organisation_classes: re.Pattern[str]
    title_classes: re.Pattern[str]
    talk_paths: frozenset[str]


@cache
def event_words() -> EventWords:
    """The vocabulary, read once."""
    words = load_vocabulary("events")
    cancelled = _any_of(words["cancelled"])
    return EventWords(
        placeholders=frozenset(words["placeholders"]),
        hosts=frozenset(words["hosts"]),
        states_not_given=frozenset(words["states_not_given"]),
        cancelled=re.compile(
            rf"^\W*(?:{cancelled})\b|[(\[]\s*(?:{cancelled})\s*[)\]]|[-:!\u2013\u2014|]\s*(?:{cancelled})\W*$",
            re.IGNORECASE,
        ),
        speaker_headings=re.compile(rf"\b(?:{_any_of(words['headings']['speakers'])})\b", re.IGNORECASE),
        other_headings=re.compile(rf"\b(?:{_any_of(words['headings']['others'])})\b", re.IGNORECASE),
        speaker_links=tuple(words["links"]["speakers"]),
        programme_links=tuple(words["links"]["programme"]),
        never_links=tuple(words["links"]["never"]),
        organisation_classes=re.compile(
            rf"(?<![a-z])(?:{_any_of(words['classes']['organisation'])})(?![a-z])", re.IGNORECASE
        ),
        title_classes=re.compile(rf"(?<![a-z])(?:{_any_of(words['classes']['title'])})(?![a-z])", re.IGNORECASE),
        talk_paths=frozenset(words["talks"]["paths"]),
    )


def is_placeholder(name: str) -> bool:
    """Whether a name stands for nobody: TBA, TODO, "Vous / You", {{ speaker.name }}, nothing but signs."""
    folded = " ".join(name.casefold().split())
    if _TEMPLATE.search(folded) or not any(char.isalpha() for char in folded):
        return True
    return folded.strip(" .!?\u2026") in event_words().placeholders


def is_cancelled(talk: str) -> bool:
    """Whether a talk's title says that the talk is not given."""
    return event_words().cancelled.search(talk) is not None


def without_marks(name: str) -> tuple[str, bool]:
    """A name without what stands in brackets behind it (a country, a pronoun), and whether that says host."""
    marks = {mark.casefold().strip() for mark in _BRACKETS.findall(name)}
    bare = _BRACKETS.sub("", name).strip() or name
    return bare, bool(marks & event_words().hosts)


def _any_of(words: list[str]) -> str:
    """An alternative of all words; a star at the end of a word stands for its endings."""
    return "|".join(re.escape(word).replace(r"\*", r"\w*") for word in sorted(words, key=len, reverse=True))
