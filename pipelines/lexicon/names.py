"""Names of people: whether a text is one, its parts, and a comparable key. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from pipelines.lexicon.folding import fold, tidy
from pipelines.lexicon.name_decorations import strip_decorations
from pipelines.lexicon.name_order import Order, order_of
from pipelines.lexicon.name_registry import is_registered_body, registry_order, registry_words, without_others
from pipelines.lexicon.name_words import is_initial, looks_like_name, spoken_case

_MAX_LENGTH: Final = 120
_MAX_TRUSTED: Final = 300
_CONTROL: Final = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f]")
_NOT_KEY: Final = re.compile(r"[^\w\ufffd ]")
_NICKNAME: Final = re.compile(r"\s*[(\"“”„«\u2018']\s*([^()\"“”„«»\u2019]{2,30}?)\s*[)\"“”»\u2019']\s+")


@dataclass(frozen=True, slots=True)
class PersonName:
    """One person's name.

    `full`: without honorifics, degrees and notes, white space folded, capitals in normal case; order as published,
    but for "DUPONT Jean", which capitals alone tell apart.
    `key`: given and family name folded (case, accents, punctuation, nicknames and middle initials off), given first
    where the order can be told: "DUPONT Jean-Luc" and "Jean-Luc P. Dupont" are both "jean luc dupont".
    Middle names written out stay in the key: only a missing initial must not split one person.
    """

    full: str
    original: str
    given: str
    family: str
    key: str
    honorifics: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = ()
    middle: str = ""
    """Middle initials."""
    nickname: str | None = None


@lru_cache(maxsize=8192)
def read_name(text: str, *, trusted: bool = False) -> PersonName | None:
    """The name in a text that holds one person's name and nothing else; None where it does not look like one.

    `trusted` is for fields that a source declares to be a person's name (a speaker's name in an API): any text with a
    letter is then a name, single names and handles too; only what surrounds it is taken off.
    """
    if not text or len(text) > (_MAX_TRUSTED if trusted else _MAX_LENGTH) or _CONTROL.search(text):
        return None
    if trusted and (found := read_name(text)) is not None:
        return found
    decorated = strip_decorations(_readable(tidy(text)))
    plain, nickname = _without_nickname(decorated.plain)
    words = plain.split()
    beside = bool(decorated.honorifics or decorated.suffixes)
    if not words or not ((trusted and _has_letter(plain)) or looks_like_name(words, decorated=beside)):
        return None
    order = order_of(words)
    given, middle, family = order.parts()
    return PersonName(
        full=_shown(
            order.words if _rotated(order.words, words) else decorated.plain.split(), in_capitals=order.in_capitals
        ),
        original=text,
        given=given,
        family=family,
        key=_key(given, family) or fold(plain),
        honorifics=decorated.honorifics,
        suffixes=decorated.suffixes,
        middle=middle,
        nickname=nickname,
    )


@lru_cache(maxsize=4096)
def read_registry_name(text: str) -> PersonName | None:
    """A person's name as registers of companies write it, given names first: "COOK TIMOTHY D" is Timothy D. Cook.

    For EDGAR (LAST First Middle suffix, which filers break) and Companies House ("ANTLES, Kerri"). None for
    companies, trusts and funds, and where no whole word is left.
    """
    if not text or len(text) > _MAX_LENGTH or _CONTROL.search(text):
        return None
    plain = without_others(_readable(tidy(text)))
    read = registry_words(plain)
    if not any(len(word) > 1 for word in read.words) or is_registered_body(plain):
        return None
    order = _in_speech(registry_order(read.words, comma=read.comma))
    given, middle, family = order.parts()
    return PersonName(
        full=" ".join(order.words),
        original=text,
        given=given,
        family=family,
        key=_key(given, family),
        honorifics=read.honorifics,
        suffixes=read.suffixes,
        middle=middle,
    )


def _in_speech(order: Order) -> Order:
    """The words in normal case, initials with their dots; a family name of one word is no particle."""
    words = spoken_case([_dotted(word) for word in order.words], in_capitals=order.in_capitals)
    if order.end - order.start == 1:
        words[order.start] = words[order.start][:1].upper() + words[order.start][1:]
    return Order(tuple(words), order.start, order.end)


def _dotted(word: str) -> str:
    """A lone initial with its dot; "y" is the "and" of Spanish names."""
    return f"{word}." if len(word) == 1 and word.isalpha() and fold(word) != "y" else word


def _readable(text: str) -> str:
    """Compatibility letters (mathematical, full width) as plain ones, symbols and emoji off."""
    if text.isascii():
        return text
    from unicodedata import category, normalize

    plain = normalize("NFKC", text)
    return " ".join(
        "".join(c for c in plain if c == "\ufffd" or category(c) not in ("So", "Sk", "Cs", "Co", "Cf")).split()
    )


def _has_letter(text: str) -> bool:
    return any(char.isalpha() for char in text)


def _without_nickname(text: str) -> tuple[str, str | None]:
    """`Robert "Bob" Smith` and `Charles (Chuck) Smith` without the nickname, and the nickname."""
    match = _NICKNAME.search(text, 1)
    if match is None or not match[1][:1].isupper():
        return text, None
    return f"{text[: match.start()]} {text[match.end() :]}".strip(), match[1]


def _rotated(ordered: Sequence[str], words: Sequence[str]) -> bool:
    """Whether capitals told that the family name stood first, so that the words were turned round."""
    return len(ordered) == len(words) and list(ordered) != list(words)


def _shown(words: Sequence[str], *, in_capitals: bool) -> str:
    """The words in normal case: all of `JEAN DUPONT`, the family name of `Jean DUPONT`."""
    return " ".join(spoken_case(words, in_capitals=in_capitals))


def _key(given: str, family: str) -> str:
    said = [word for word in given.split() if not is_initial(word)] or given.split()
    text = fold(" ".join([*said, *family.split()])).replace("-", " ").replace("\u2010", " ").replace("\u2011", " ")
    return " ".join(_NOT_KEY.sub("", text).split())
