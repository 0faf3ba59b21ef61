"""The language of a short text, by the vocabularies it takes its words from. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cache, lru_cache
from typing import Final

from pipelines.lexicon.title_words import (
    compound_fields,
    compound_heads,
    first_parts,
    rank_words,
    spoken,
    tokenize,
    words_by_language,
)
from pipelines.lexicon.vocabulary import load_vocabulary, title_languages

_RANK_WEIGHT: Final = 2
_FOREIGN_WEIGHT: Final = 1.5
_LONGEST_STEM: Final = 18
_SHORTEST_COMPOUND: Final = 8
_SHORTEST_RANK: Final = 4
_LONG: Final = 7


def title_language(text: str) -> str | None:
    """Two-letter code of the language a job title is in; None where no vocabulary knows a word of it."""
    return language_of_words(spoken(tokenize(text)), text)


def language_of_words(words: Iterable[str], text: str = "") -> str | None:
    """The language of folded words of a `text`.

    Every vocabulary lies over the English one, so English titles abroad read either way: another language than
    English is told by words that English does not have, a rank ("Leiterin") or a long one ("personeelszaken")
    counting double; where the text has accents, one such word is enough, and its letters and small words count, too.
    """
    accented = not text.isascii()
    english, shared = 0, 0
    votes = dict.fromkeys(_signs_of(text) if accented else (), 1)
    for word in words:
        known = _known(word)
        if "en" in known:
            english += known["en"] if len(known) == 1 else 0
            shared += 1
        else:
            for code, weight in known.items():
                votes[code] = votes.get(code, 0) + weight
    if not votes:
        return "en" if english + shared else None
    for code in votes:
        votes[code] = 2 * votes[code] - (accented and _has_foreign_letter(text, code))
    best = max(votes, key=lambda code: (votes[code], -ord(code[0]), -ord(code[1])))
    least = 1 if accented else 2 * _RANK_WEIGHT
    if english + shared and (votes[best] < least or votes[best] * _FOREIGN_WEIGHT < 2 * english):
        return "en"
    return best


def rank_languages(words: Iterable[str]) -> list[str]:
    """The languages beside English in which one of the folded words alone is a rank, by code."""
    ranks = (code for word in words for code, weight in _known(word).items() if weight == _RANK_WEIGHT)
    return sorted({code for code in ranks if code != "en"})


def _signs_of(text: str) -> Iterator[str]:
    """The languages whose small accented words stand in a text: "för" is Swedish."""
    words = {word.strip(".,:;()") for word in text.lower().split()}
    return (code for code in title_languages() if not words.isdisjoint(_signs(code)))


def _has_foreign_letter(text: str, language: str) -> bool:
    letters = _letters(language)
    return bool(letters) and any(char not in letters for char in text.lower() if char > "\x7f" and char.isalpha())


@cache
def _signs(language: str) -> frozenset[str]:
    return frozenset(load_vocabulary(f"titles.{language}").get("signs", []))


@cache
def _letters(language: str) -> str:
    """The letters beside a to z; empty where the file does not say."""
    return str(load_vocabulary(f"titles.{language}").get("letters", ""))


@lru_cache(maxsize=8192)
def may_name_rank(word: str) -> bool:
    """Whether a folded word belongs to a phrase that names a rank or a role in any language. Cheap."""
    words = rank_words()
    longest = min(_LONGEST_STEM, len(word))
    if word in words or any(word[:n] + "*" in words for n in range(2, longest + 1)) or _may_be_compound(word):
        return True
    return bool(_behind_prefix(word))


@lru_cache(maxsize=8192)
def _known(word: str) -> Mapping[str, int]:
    """The languages that know a word, directly, by its stem or as a compound; 2 where it is a rank, else 1."""
    by_word = words_by_language()
    stems = (word[:length] + "*" for length in range(min(_LONGEST_STEM, len(word)), 2, -1))
    spelled = [word, next((stem for stem in stems if stem in by_word), word)]
    found: dict[str, int] = {}
    for code, weight in (pair for spelling in spelled for pair in by_word.get(spelling, {}).items()):
        found[code] = max(weight, found.get(code, 0))
    if found and len(word) >= _LONG and found.keys() == by_word.get(word, {}).keys():
        return dict.fromkeys(found, _RANK_WEIGHT)
    return found if word in by_word else _as_compound(word) | _behind_prefix(word) | found


def _may_be_compound(word: str) -> bool:
    return len(word) >= _SHORTEST_COMPOUND and word.endswith(_all_heads())


@cache
def _all_heads() -> tuple[str, ...]:
    return tuple(head for code in title_languages() for head in compound_heads(code))


def _as_compound(word: str) -> dict[str, int]:
    """The languages that have the end of a compound; those that know its first part, too, count more."""
    found: dict[str, int] = {}
    for code in title_languages() if _may_be_compound(word) else ():
        head = next((end for end in compound_heads(code) if word.endswith(end)), None)
        if head:
            found[code] = _RANK_WEIGHT + any(_knows(code, first) for first in first_parts(word.removesuffix(head)))
    return found


def _behind_prefix(word: str) -> dict[str, int]:
    """The languages that have the word with a prefix of theirs in front: "subdirectora", "exministra"."""
    found: dict[str, int] = {}
    for code in title_languages() if word.startswith(_all_prefixes()) else ():
        for rest in (word.removeprefix(prefix) for prefix in _prefixes(code) if word.startswith(prefix)):
            weight = _known(rest).get(code, 0) if len(rest) >= _SHORTEST_RANK else 0
            if weight == _RANK_WEIGHT:
                found[code] = weight
    return found


@cache
def _prefixes(language: str) -> tuple[str, ...]:
    return tuple(load_vocabulary(f"titles.{language}").get("prefixes", []))


@cache
def _all_prefixes() -> tuple[str, ...]:
    return tuple({prefix for code in title_languages() for prefix in _prefixes(code)})


def _knows(language: str, first: str) -> bool:
    return first in compound_fields(language) or language in words_by_language().get(first, {})
