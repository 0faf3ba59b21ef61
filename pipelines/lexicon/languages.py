"""The language of a short text, by the vocabularies it takes its words from. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from typing import Final

from pipelines.lexicon.title_words import compound_heads, rank_words, tokenize, words_by_language
from pipelines.lexicon.vocabulary import title_languages

_RANK_WEIGHT: Final = 2
_FOREIGN_WEIGHT: Final = 1.5
_LONGEST_STEM: Final = 14
_SHORTEST_COMPOUND: Final = 8


def title_language(text: str) -> str | None:
    """Two-letter code of the language a job title is in; None where no vocabulary knows a word of it."""
    words = [token.text for token in tokenize(text) if not token.is_break]
    return language_of_words(words, accented=not text.isascii())


def language_of_words(words: Iterable[str], *, accented: bool = False) -> str | None:
    """The language of folded words.

    Every vocabulary lies over the English one, so English titles abroad read either way: another language than
    English is told by words that English does not have, a rank ("Leiterin") counting double; where the text is
    `accented`, one such word is enough.
    """
    english, votes, shared = 0, Counter[str](), 0
    for word in words:
        known = _known(word)
        if "en" in known:
            alone = len(known) == 1
            english += known["en"] if alone else 0
            shared += 1
        else:
            votes.update(known)
    best = max(votes, key=lambda code: (votes[code], -ord(code[0]), -ord(code[1])), default=None)
    least = 1 if accented else _RANK_WEIGHT
    if best is None or (english + shared and (votes[best] < least or votes[best] * _FOREIGN_WEIGHT < english)):
        return "en" if english + shared else best
    return best


@lru_cache(maxsize=8192)
def may_name_rank(word: str) -> bool:
    """Whether a folded word belongs to a phrase that names a rank or a role in any language. Cheap."""
    words = rank_words()
    return word in words or any(word[:n] + "*" in words for n in range(2, _LONGEST_STEM + 1)) or _may_be_compound(word)


@lru_cache(maxsize=8192)
def _known(word: str) -> Mapping[str, int]:
    """The languages that know a word, directly, by its stem or as a compound; 2 where it is a rank, else 1."""
    by_word = words_by_language()
    stems = (word[:length] + "*" for length in range(min(_LONGEST_STEM, len(word)), 2, -1))
    spelled = [word, next((stem for stem in stems if stem in by_word), word)]
    found: dict[str, int] = {}
    for code, weight in (pair for spelling in spelled for pair in by_word.get(spelling, {}).items()):
        found[code] = max(weight, found.get(code, 0))
    return found if word in by_word else _as_compound(word) | found


def _may_be_compound(word: str) -> bool:
    return len(word) >= _SHORTEST_COMPOUND and word.endswith(_all_heads())


@cache
def _all_heads() -> tuple[str, ...]:
    return tuple(head for code in title_languages() for head in compound_heads(code))


def _as_compound(word: str) -> dict[str, int]:
    ends = ((code, compound_heads(code)) for code in title_languages())
    return {code: _RANK_WEIGHT for code, heads in ends if heads and len(word) > 8 and word.endswith(heads)}
