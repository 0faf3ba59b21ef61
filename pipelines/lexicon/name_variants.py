"""Whether two names may be spellings of one: initials, short forms, middle names, umlauts, a slip. Pure.

It takes a second signal to merge people by it (leaders.md section 5): the same organisation and role. Given names must
agree, so that family members stay apart, and middle initials that clash veto.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Final

from pipelines.lexicon.folding import fold
from pipelines.lexicon.name_decorations import is_degree, is_generation
from pipelines.lexicon.names import PersonName, read_name
from pipelines.lexicon.vocabulary import load_vocabulary

_SLIP: Final = 5
"""Letters that a family name has at least where one of them may be wrong."""
_WRITTEN: Final = (("ae", "a"), ("oe", "o"), ("ue", "u"))
"""How umlauts are written without their dots; both sides are folded alike."""


@lru_cache(maxsize=8192)
def may_be_one_name(one: str, other: str) -> bool:
    """Whether two names can be spellings of one person's name."""
    a, b = read_name(one, trusted=True), read_name(other, trusted=True)
    if a is None or b is None or _generations_clash(a, b) or middles_clash(one, other):
        return False
    first, second = _tokens(a), _tokens(b)
    if len(first) < 2 or len(second) < 2:
        return False
    agree = _given_agree(first[0], second[0], a, b) and _rests_agree(first[1:], second[1:])
    return agree or is_turned_round(one, other)


def is_turned_round(one: str, other: str) -> bool:
    """Whether two names are the same words in another order: Wang E-Fei and E-Fei WANG."""
    a, b = read_name(one, trusted=True), read_name(other, trusted=True)
    return a is not None and b is not None and len(_tokens(a)) > 1 and sorted(_tokens(a)) == sorted(_tokens(b))


def is_family_name_of(one: str, other: str) -> bool:
    """Whether one of two names is only the family name of the other: "Marshall", as "Dr. Phil Marshall" may be read."""
    a, b = read_name(one, trusted=True), read_name(other, trusted=True)
    if a is None or b is None:
        return False
    short, long = sorted((_tokens(a), _tokens(b)), key=len)
    return len(short) == 1 < len(long) and short[0] == long[-1]


def middles_clash(one: str, other: str) -> bool:
    """Two middle names that cannot be one: James T. and James P. A missing one vetoes nothing."""
    a, b = _middle(one.split()), _middle(other.split())
    return bool(a and b) and a[0] != b[0]


def _middle(words: Sequence[str]) -> str:
    return words[1].strip(".").casefold() if len(words) == 3 else ""


def _tokens(name: PersonName) -> list[str]:
    """Folded words of the name, given first, initials too; degrees that were taken for a part of it are left out."""
    words = f"{name.given} {name.family}".replace("-", " ").replace("\u2010", " ").split()
    plain = [_plain(fold(word)) for word in words if not is_degree(word)] or [_plain(fold(word)) for word in words]
    return [word for word in plain if word]


def _plain(word: str) -> str:
    letters = "".join(char for char in word if char.isalnum())
    for written, letter in _WRITTEN:
        letters = letters.replace(written, letter)
    return letters


def _generations_clash(a: PersonName, b: PersonName) -> bool:
    """Junior and senior, or the third and one without a number, are two people."""
    first, second = ({fold(each).strip(".") for each in name.suffixes if is_generation(each)} for name in (a, b))
    return first != second


def _given_agree(one: str, other: str, a: PersonName, b: PersonName) -> bool:
    """The same given name, its initial, or a short form of it, also one that the name itself gives in brackets."""
    short, long = sorted((one, other), key=len)
    if short == long or (len(short) == 1 and long.startswith(short)):
        return True
    told = {_plain(fold(name.nickname)) for name in (a, b) if name.nickname}
    return not told.isdisjoint((one, other)) or bool(_forms().get(one, frozenset()) & _forms().get(other, frozenset()))


def _rests_agree(one: Sequence[str], other: Sequence[str]) -> bool:
    """What follows the given name: the same family name beside middle names that one may leave out or shorten.

    A family name of two parts may be one of them (before or after a marriage); one letter of a long one may be wrong.
    """
    short, long = sorted((one, other), key=len)
    if "".join(short) == "".join(long):
        return True
    if len(short) == len(long):
        *middle, last = zip(short, long, strict=True)
        return _is_slip(*last) and all(_is_middle(*pair) for pair in middle)
    rest = list(long)
    for word in short:
        found = next((each for each in rest if each == word or (len(word) == 1 and each.startswith(word))), None)
        if found is None:
            return False
        rest.remove(found)
    return any(len(word) > 1 for word in short)


def _is_middle(one: str, other: str) -> bool:
    return one == other or (1 in (len(one), len(other)) and one[0] == other[0])


def _is_slip(one: str, other: str) -> bool:
    """The same word, or a long one with one letter other, more, or two of them changed round."""
    if one == other:
        return True
    short, long = sorted((one, other), key=len)
    if len(short) < _SLIP or len(long) - len(short) > 1:
        return False
    at = next((index for index, pair in enumerate(zip(short, long, strict=False)) if pair[0] != pair[1]), len(short))
    if len(short) < len(long):
        return short[at:] == long[at + 1 :]
    turned = short[at + 1 : at + 2] + short[at : at + 1]
    return short[at + 1 :] == long[at + 1 :] or (turned == long[at : at + 2] and short[at + 2 :] == long[at + 2 :])


@lru_cache(maxsize=1)
def _forms() -> dict[str, frozenset[int]]:
    """The lines of the vocabulary on which each form stands."""
    lines: dict[str, set[int]] = {}
    for number, forms in enumerate(load_vocabulary("nicknames")["forms"]):
        for form in forms:
            lines.setdefault(_plain(form), set()).add(number)
    return {form: frozenset(numbers) for form, numbers in lines.items()}
