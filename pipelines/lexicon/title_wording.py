"""Whether two titles are one title in other words: order, punctuation, abbreviations, endings, small words. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from pipelines.lexicon.folding import fold
from pipelines.lexicon.title_words import spoken, tokenize
from pipelines.lexicon.titles import TitleReading, read_title
from pipelines.lexicon.vocabulary import load_vocabulary

_LONGEST_SHORT: Final = 5
"""Letters of an abbreviation at most."""
_STEM: Final = 4
"""Letters that two forms of one word share at least: director, directora, directors."""
_ENDING: Final = 4
"""Letters by which two forms of one word may differ in length."""


@lru_cache(maxsize=8192)
def same_wording(one: str, other: str) -> bool:
    """Whether two titles say the same as far as words tell: "VP, Sales" and "Vice President of Sales".

    A title that only says more than the other ("CFO", "CFO, Acme Group") is the same too, unless the lexicon reads
    another role, an acting one or a deputy in it. Titles of different languages are not judged here.
    """
    a, b = _words(one), _words(other)
    first, second = _within(a, b), _within(b, a)
    return (first and second) or ((first or second) and _held(read_title(one)) == _held(read_title(other)))


@lru_cache(maxsize=8192)
def nested_wording(one: str, other: str) -> bool:
    """Whether all words of one title stand in the other, in any order and short or long."""
    a, b = _words(one), _words(other)
    return _within(a, b) or _within(b, a)


def _held(reading: TitleReading) -> tuple[object, ...]:
    """What one who bears the title holds; a bare rank beside a role ("EVP & CFO") is no role of its own."""
    also = frozenset(role for role in reading.also if role.function not in ("general", "other"))
    return (reading.function, reading.level, also, reading.acting, reading.deputy)


@lru_cache(maxsize=8192)
def _words(title: str) -> tuple[str, ...]:
    """The words that weigh, without the employer that the title names."""
    employer = read_title(title).organisation
    plain = title.replace(employer, " ") if employer else title
    words = [fold(word).replace(".", "") for word in spoken(tokenize(plain))]
    return tuple(word for word in words if word not in _small_words()) or tuple(words)


def _within(few: Sequence[str], many: Sequence[str]) -> bool:
    """Whether each of a few words stands among many: as it is, in another form, or one of the two as initials."""
    at = 0
    while at < len(few):
        taken = _initials_taken(few[at:], many)
        if not (taken or any(_is_one_word(few[at], word) for word in many) or _spelled_out(few[at], many)):
            return False
        at += max(1, taken)
    return bool(few)


def _is_one_word(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    if short == long:
        return True
    if (
        len(short) > _STEM
        and abs(len(long) - len(short)) <= _ENDING
        and long.startswith(short[: max(_STEM, len(short) - 2)])
    ):
        return True
    return 2 <= len(short) <= _LONGEST_SHORT < len(long) and _is_short_for(short, long)


def _is_short_for(short: str, long: str) -> bool:
    """Mgr of manager, sr of senior, ops of operations: its letters stand there in order, the first one first."""
    if short[0] != long[0]:
        return False
    rest = iter(long)
    return all(letter in rest for letter in short)


def _spelled_out(short: str, words: Sequence[str]) -> bool:
    """Whether a word is the initials of words that stand together: hr, vp, cfo."""
    size = len(short)
    runs = (words[start : start + size] for start in range(len(words) - size + 1))
    return 2 <= size <= _LONGEST_SHORT and any("".join(word[0] for word in run) == short for run in runs)


def _initials_taken(words: Sequence[str], others: Sequence[str]) -> int:
    """How many words at the beginning another text has as initials; 0 for none."""
    shorts = {word for word in others if 2 <= len(word) <= _LONGEST_SHORT}
    sizes = range(min(len(words), _LONGEST_SHORT), 1, -1)
    return next((size for size in sizes if "".join(word[0] for word in words[:size]) in shorts), 0)


@lru_cache(maxsize=1)
def _small_words() -> frozenset[str]:
    return frozenset(fold(word) for word in load_vocabulary("title_wording")["small_words"])
