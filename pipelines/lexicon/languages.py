"""The language of a short text, by the vocabularies it takes its words from. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from pipelines.lexicon.title_words import title_words, tokenize, words_by_language
from pipelines.lexicon.vocabulary import title_languages


def title_language(text: str) -> str | None:
    """Two-letter code of the language a job title is in; None where no vocabulary knows a word of it."""
    return language_of_words([token.text for token in tokenize(text) if not token.is_break])


def language_of_words(words: Iterable[str]) -> str | None:
    """The language that knows most of the (folded) words; English and then the alphabet decide a tie."""
    votes: Counter[str] = Counter()
    known = words_by_language()
    for word in words:
        votes.update(known.get(word) or _by_stem(word))
    if not votes:
        return None
    return max(votes, key=lambda code: (votes[code], code == "en", -ord(code[0]), -ord(code[1])))


def _by_stem(word: str) -> frozenset[str]:
    known = words_by_language()
    for length in range(min(14, len(word)), 2, -1):
        if codes := known.get(word[:length] + "*"):
            return codes
    return frozenset(_compound(word)) if len(word) > 8 else frozenset()


def _compound(word: str) -> list[str]:
    heads = ((code, title_words(code).compound_heads) for code in title_languages())
    return [code for code, ends in heads if ends and word.endswith(ends)]
