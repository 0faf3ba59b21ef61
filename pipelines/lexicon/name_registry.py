"""Names as registers of companies write them: "COOK TIMOTHY D", "ANTLES, Kerri"; and who in them is no person. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Final, NamedTuple

from pipelines.lexicon.folding import fold
from pipelines.lexicon.name_decorations import given_names, is_degree, is_generation
from pipelines.lexicon.name_order import Order
from pipelines.lexicon.name_words import is_initial, particles
from pipelines.lexicon.organisations import has_legal_form
from pipelines.lexicon.vocabulary import load_vocabulary

_NO_PERSON: Final = re.compile(r"\d|[&/@]")
_AND_OTHERS: Final = re.compile(r"[\s,]+et\.?\s+al\.?$", re.IGNORECASE)
_PARTED: Final = re.compile(r"\b(O|MC|MAC|D|L)\s(?=[^\W\d_]{3})", re.IGNORECASE)


class RegistryWords(NamedTuple):
    """A registered name without what stands around it; `comma` is the place of the comma, 0 where there is none."""

    words: tuple[str, ...]
    comma: int
    honorifics: tuple[str, ...]
    suffixes: tuple[str, ...]


def without_others(text: str) -> str:
    """The text without "et al" behind it, and the signs around it."""
    return _AND_OTHERS.sub("", text).strip(" ,;")


def is_registered_body(text: str) -> bool:
    """Whether a register's name is a company, trust or fund and no person: "BERKSHIRE HATHAWAY INC"."""
    words = [fold(word).strip(".,") for word in text.split()]
    if _NO_PERSON.search(text) or any(word in _bodies() for word in words[1:]) or words[:1] in (["the"], ["estate"]):
        return True
    return has_legal_form(text) and fold(words[-1]) not in given_names()


def registry_words(text: str) -> RegistryWords:
    """The words of a name without generations, degrees and titles, wherever they stand behind the first."""
    head, _, rest = _joined(text).partition(",")
    parts = [_sorted_out(head), _sorted_out(rest)]
    words = tuple(word for part in parts for word in part.words)
    comma = len(parts[0].words) if parts[1].words else 0
    honorifics = tuple(word for part in parts for word in part.honorifics)
    return RegistryWords(words, comma, honorifics, tuple(word for part in parts for word in part.suffixes))


def _joined(text: str) -> str:
    """`O BRIEN SEAN` and `MC CARTHY JOHN` with their prefixes in place; only at the start, where families stand."""
    match = _PARTED.match(text)
    if match is None:
        return text
    prefix = match[1] if match[1].upper() in {"MC", "MAC"} else f"{match[1]}'"
    rest = text[match.end() :]
    return f"{prefix.capitalize()}{rest[:1].upper()}{rest[1:]}"


def _sorted_out(text: str) -> RegistryWords:
    words = [word.strip(",;") for word in text.split()]
    words = [word for word in words if word]
    suffixes = [word for n, word in enumerate(words) if _is_suffix(word) and (n or len(words) == 1)]
    titles = [word for word in words if fold(word).strip(".") in _titles() and word not in suffixes]
    if len(words) == len(titles):
        titles = []
    kept = tuple(word for word in words if word not in suffixes and word not in titles)
    return RegistryWords(kept, 0, tuple(titles), tuple(suffixes))


def _is_suffix(word: str) -> bool:
    return is_generation(word) or (fold(word) not in given_names() and is_degree(word))


def registry_order(words: Sequence[str], *, comma: int = 0) -> Order:
    """The words with the given names in front: the family name stands first, but where a filer broke the order.

    A `comma` settles it; so does a given name that is no family name in front of words that are no given names.
    """
    if len(words) < 2:
        return Order(tuple(words), len(words), len(words))
    if not comma and _is_natural(words):
        start = len(words) - 1
        while start > 1 and fold(words[start - 1]) in particles() and not is_initial(words[start - 1]):
            start -= 1
        return Order(tuple(words), start, len(words))
    end = comma or _family_end(words)
    return Order((*words[end:], *words[:end]), len(words) - end, len(words))


def _is_natural(words: Sequence[str]) -> bool:
    """Whether a name stands as spoken: "Molly Montgomery", "James T Doe"; no hyphened one: "Jean-Claude Carine"."""
    first, last = fold(words[0]), fold(words[-1])
    if first not in given_names() or "-" in first or is_initial(words[-1]) or last in given_names() - _both():
        return False
    if len(words) == 3 and is_initial(words[1]) and last not in given_names():
        return True
    return first not in _both()


def _family_end(words: Sequence[str]) -> int:
    """Behind the family name in front: "VAN DER BERG", "MARTINEZ DE LA CRUZ", "ORTEGA Y GASSET", "GARCIA LOPEZ"."""
    last = len(words) - 1
    end = _behind_particles(words, 0)
    if 0 < end <= last and fold(words[end]) in given_names() and not any(_is_given(word) for word in words[end + 1 :]):
        return end
    end = min(end + 1, last)
    if end < last and fold(words[end]) == "y":
        return min(end + 2, last)
    behind = _behind_particles(words, end)
    if end < behind < last:
        return behind + 1
    return end + 1 if end < last and _is_second_family(words[end], words[end + 1]) else end


def _behind_particles(words: Sequence[str], at: int) -> int:
    while at < len(words) - 1 and fold(words[at]).strip(".") in particles() and (len(words[at]) > 1 or not at):
        at += 1
    return at


def _is_second_family(word: str, after: str) -> bool:
    folded = fold(word)
    return folded.endswith(_second_endings()) and folded not in given_names() and _is_given(after)


def _is_given(word: str) -> bool:
    return fold(word) in given_names()


@cache
def _both() -> frozenset[str]:
    forms = load_vocabulary("name_forms")
    return frozenset(forms["given_and_family"]) | frozenset(forms["family_names_first"])


@cache
def _second_endings() -> tuple[str, ...]:
    return tuple(load_vocabulary("name_forms")["second_family_endings"])


@cache
def _titles() -> frozenset[str]:
    return frozenset(load_vocabulary("name_forms")["registry_titles"])


@cache
def _bodies() -> frozenset[str]:
    return frozenset(load_vocabulary("name_forms")["registry_bodies"])
