"""Which part of a name is the family's: capitals, patronymics and known given names tell. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from pipelines.lexicon.folding import fold
from pipelines.lexicon.name_decorations import given_names
from pipelines.lexicon.name_words import is_initial, is_loud, is_vietnamese, particles, spoken_case
from pipelines.lexicon.vocabulary import load_vocabulary


@dataclass(frozen=True, slots=True)
class Order:
    """The words of a name in their published order; the family name is `words[start:end]`."""

    words: tuple[str, ...]
    start: int
    end: int

    @property
    def in_capitals(self) -> bool:
        """Whether the whole name is written in capitals."""
        whole = [word for word in self.words if len(word) > 1 and not is_initial(word)]
        return bool(whole) and all(word.isupper() or is_loud(word) for word in whole)

    def parts(self) -> tuple[str, str, str]:
        """Given names, middle initials, family name, in normal case."""
        words = spoken_case(self.words, in_capitals=self.in_capitals)
        rest = [*words[: self.start], *words[self.end :]]
        first, others = rest[:1], rest[1:]
        given = [*first, *(word for word in others if not is_initial(word))]
        middle = [word for word in others if is_initial(word)]
        return " ".join(given), " ".join(middle), " ".join(words[self.start : self.end])


def order_of(words: Sequence[str]) -> Order:
    """Where the family name stands: last, but first in LAST First, Last First Patronymic and East Asian names."""
    count = len(words)
    if count == 1:
        return _one_word(words[0])
    if _family_in_capitals_first(words):
        end = _leading_family(words)
        words = (*words[end:], *words[:end])
        return Order(words, _with_particles(words, count - end), count)
    if _family_first(words) or is_vietnamese(words):
        return Order(tuple(words), 0, 1)
    start = _with_particles(words, count - 1)
    if start > 1 and fold(words[start]) in {"y", "und"}:
        start -= 1
    return Order(tuple(words), start, count)


def _with_particles(words: Sequence[str], start: int) -> int:
    """Where a family name that begins at `start` really begins: "van der" belongs to it, also in "DOE J. van der"."""
    while start > 1 and (fold(words[start - 1]) in particles() or _joins_particles(words, start - 1)):
        start -= 1
    return start


def _joins_particles(words: Sequence[str], at: int) -> bool:
    """The "und" of "von und zu"."""
    return fold(words[at]) == "und" and at > 1 and fold(words[at - 1]) in particles()


def _one_word(word: str) -> Order:
    """A mononym is a given name; `漢字` and joined names are split where the family name can be told."""
    families = tuple(load_vocabulary("name_forms")["east_asian_families"])
    if 2 <= len(word) <= 3 and word.startswith(families):
        return Order((word[:1], word[1:]), 0, 1)
    given, _, family = word.partition("-")
    if family and fold(given) in given_names() and fold(family) not in given_names():
        return Order((given, family), 1, 2)
    return Order((word,), 1, 1)


def _family_first(words: Sequence[str]) -> bool:
    if len(words) == 3 and _slavic_family(fold(words[0])) and fold(words[1]) in given_names():
        return words[2].lower().endswith(_patronymics())
    if any(map(_is_patronymic, words[1:])):
        return _is_patronymic(words[-1]) and len(words) == 3
    first, last = fold(words[0]), fold(words[-1])
    return len(words) == 2 and _slavic_family(first) and first not in given_names() and last in given_names()


def _family_in_capitals_first(words: Sequence[str]) -> bool:
    return is_loud(words[0]) and not is_loud(words[-1]) and not all(word.isupper() for word in words)


def _leading_family(words: Sequence[str]) -> int:
    """How many words in capitals stand in front."""
    return next(n for n, word in enumerate(words) if not is_loud(word))


def _is_patronymic(word: str) -> bool:
    forms = load_vocabulary("name_forms")
    low = word.lower()
    return (
        len(low) >= forms["not_patronymic_min"] and low.endswith(_patronymics()) and low not in forms["not_patronymics"]
    )


def _slavic_family(word: str) -> bool:
    return "\u0400" <= word[:1] <= "\u04ff" and word.endswith(_family_endings())


@cache
def _patronymics() -> tuple[str, ...]:
    return tuple(load_vocabulary("name_forms")["patronymics"])


@cache
def _family_endings() -> tuple[str, ...]:
    return tuple(load_vocabulary("name_forms")["family_endings"])
