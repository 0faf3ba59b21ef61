"""What stands around a name without being part of it: honorifics, degrees, generations, notes. Pure."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final, NamedTuple

from pipelines.lexicon.folding import fold
from pipelines.lexicon.vocabulary import load_vocabulary

_NOTE: Final = re.compile(r"\s*[(\[][^()\[\]]{0,60}[)\]]\s*$")
_EDGES: Final = " \t•·|;,*/…"
_LONGEST: Final = 3
_LAST_FIRST: Final = 3


class Decorated(NamedTuple):
    """A name without its decorations, and those."""

    plain: str
    honorifics: tuple[str, ...]
    suffixes: tuple[str, ...]


def strip_decorations(text: str) -> Decorated:
    """Takes off honorifics before a name, degrees and generations behind it, and notes in brackets.

    What stands behind a comma and is no degree stays, so that "Jane Doe, CFO" is not taken for a name; "Doe, Jane"
    is turned round when the second part is one or two words.
    """
    plain, degrees_in_brackets = _without_note(text.strip(_EDGES))
    head, *tails = [part.strip() for part in plain.split(",")]
    tails = [tail for tail in tails if tail]
    suffixes = list(degrees_in_brackets)
    while tails and (found := _all_suffixes(tails[-1])):
        suffixes[:0] = found
        tails.pop()
    honorifics, head = _leading(head)
    head, trailing = _trailing(head)
    if len(tails) == 1 and _is_given(tails[0]) and len(head.split()) <= _LAST_FIRST:
        more, given = _leading(tails[0])
        return Decorated(f"{given} {head}", (*honorifics, *more), (*trailing, *suffixes))
    return Decorated(", ".join([head, *tails]), tuple(honorifics), (*trailing, *suffixes))


def _without_note(text: str) -> tuple[str, list[str]]:
    """`Jane Doe (Australia)`, `Jane Doe (she/her)`, `Jane Doe (PhD)` without the brackets; degrees are kept."""
    match = _NOTE.search(text) if text.endswith((")", "]")) else None
    if match is None or not match.start() or "," in text[match.start() - 2 : match.start()]:
        return text, []
    inside = match[0].strip(" ()[]")
    return text[: match.start()].strip(_EDGES), _all_suffixes(inside) or []


def _leading(text: str) -> tuple[list[str], str]:
    """Honorifics in front, and the rest; one word is always left."""
    words = text.split()
    found: list[str] = []
    while len(words) > 1 and (
        length := _honorific_length(words)
        or (found and not _is_capital_given(words[0]) and fold(words[0]).replace(".", "") in _second())
    ):
        found.append(" ".join(words[: int(length)]))
        words = words[int(length) :]
    return found, " ".join(words)


def _honorific_length(words: list[str]) -> int:
    first = _spelled(words[0]).split()
    if first and first[0] not in _first_words():
        return 0
    known = _honorifics()
    for length in range(min(_LONGEST, len(words) - 1), 0, -1):
        plain = " ".join(map(_spelled, words[:length]))
        if length > 1 and _is_capital_given(words[length - 1]):  # "Dr. Phil Price" is no Dr. phil.
            continue
        if " ".join(plain.split()) in known and (length > 1 or len(words) > 2 or words[0].endswith(".")):
            return length if len(plain) > 2 or _short_honorific(words[0], words) else 0
    return 0


def _is_capital_given(word: str) -> bool:
    return word[:1].isupper() and "." not in word and fold(word) in given_names()


def _spelled(word: str) -> str:
    """An honorific as the vocabulary has it: "Dr.-Ing." is "dr ing"."""
    return fold(word).replace(".-", " ").replace(".", " ").strip()


def _short_honorific(word: str, words: list[str]) -> bool:
    """A short honorific counts with its dot ("M. Dupont", not "Di Maria"), "Dr" and its like without, too."""
    return word.endswith(".") or (fold(word) in {"dr", "mr", "ms", "mx", "pr", "hr"} and len(words) > 1)


def _trailing(text: str) -> tuple[str, list[str]]:
    """Degrees and generations behind the name without a comma; two words are always left."""
    words = text.split()
    found: list[str] = []
    while len(words) > 2 and (_is_suffix(words[-1], alone=False) or _pair(words)):
        length = 1 if _is_suffix(words[-1], alone=False) else 2
        found.insert(0, " ".join(words[-length:]))
        words = words[:-length]
    return " ".join(words), found


def _pair(words: list[str]) -> bool:
    return len(words) > 3 and _is_suffix(" ".join(words[-2:]), alone=False)


def _all_suffixes(text: str) -> list[str]:
    """The degrees of a part between commas, or nothing where it is anything else."""
    if _is_suffix(text, alone=True):
        return [text]
    words = [word.strip("/&") for word in text.split()]
    words = [word for word in words if word]
    return words if words and all(_is_suffix(word, alone=True) for word in words) else []


@lru_cache(maxsize=16384)
def _is_suffix(word: str, *, alone: bool) -> bool:
    bare = _bare(word)
    if fold(bare) in _generations():
        return True
    if bare not in _credentials():
        return False
    return alone or len(bare) > 2 or "." in word or bare in {"MD", "RN", "PE", "JD", "CA"}


def is_generation(word: str) -> bool:
    """Whether a word tells generations apart: Jr., III."""
    return fold(_bare(word)) in _generations()


def is_degree(word: str) -> bool:
    """Whether a word behind a name is a degree or a licence: PhD, M.D., CPA."""
    return _is_suffix(word, alone=False)


def _bare(word: str) -> str:
    return word.replace(".", "").replace(" ", "").replace("®", "").replace("™", "").strip(",;")


def _is_given(text: str) -> bool:
    """Whether what follows a comma may be a given name: one or two words and perhaps an initial."""
    words = text.split()
    known = [fold(word.strip(".")) in given_names() for word in words]
    rest = all(known[n] or len(word.strip(".")) == 1 for n, word in enumerate(words))
    return 0 < len(words) <= 3 and known[0] and rest and words[0][0].isupper()


@cache
def given_names() -> frozenset[str]:
    """Common given names, folded."""
    return frozenset(fold(name) for listed in load_vocabulary("given_names").values() for name in listed)


@cache
def _honorifics() -> frozenset[str]:
    return frozenset(fold(word) for word in load_vocabulary("honorifics")["honorifics"])


@cache
def _first_words() -> frozenset[str]:
    """What an honorific begins with; most names do not."""
    return frozenset(honorific.split()[0] for honorific in _honorifics() if honorific)


@cache
def _second() -> frozenset[str]:
    """Honorifics that stand only behind another: Dr. phil., Prof. Dr. h. c."""
    return frozenset(load_vocabulary("honorifics")["second_honorifics"])


@cache
def _generations() -> frozenset[str]:
    return frozenset(load_vocabulary("honorifics")["generations"])


@cache
def _credentials() -> frozenset[str]:
    return frozenset(_bare(word) for word in load_vocabulary("honorifics")["credentials"])
