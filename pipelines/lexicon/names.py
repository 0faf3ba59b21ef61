"""Names of people: whether a text is one, its parts, and a comparable key. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from pipelines.lexicon.folding import fold, tidy
from pipelines.lexicon.name_decorations import strip_decorations
from pipelines.lexicon.name_order import Order, order_of
from pipelines.lexicon.name_words import is_initial, looks_like_name, normal_case, particles

_MAX_LENGTH: Final = 120
_MAX_TRUSTED: Final = 300
_CONTROL: Final = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")
_NOT_KEY: Final = re.compile(r"[^\w\ufffd ]")
_NICKNAME: Final = re.compile(r"\s*[(\"“”„«‘']\s*([^()\"“”„«»’]{2,30}?)\s*[)\"“”»’']\s+")


@dataclass(frozen=True, slots=True)
class PersonName:
    """One person's name.

    `full`: without honorifics, degrees and notes, white space folded, capitals in normal case, order as published.
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
    plain, honorifics, suffixes = strip_decorations(_readable(tidy(text)))
    plain, nickname = _without_nickname(plain)
    words = plain.split()
    decorated = bool(honorifics or suffixes)
    if not words or not (trusted and _has_letter(plain) or looks_like_name(words, decorated=decorated)):
        return None
    order = order_of(words)
    shown = plain if nickname is None else _readable(tidy(text)).replace(plain, plain)
    return _name(text, shown, order, honorifics, suffixes, nickname)


def _name(  # noqa: PLR0913 - one value per part of a name
    text: str,
    plain: str,
    order: Order,
    honorifics: tuple[str, ...],
    suffixes: tuple[str, ...],
    nickname: str | None,
) -> PersonName:
    words = [normal_case(word) for word in plain.split()] if order.in_capitals else _family_in_case(plain.split())
    given, middle, family = order.parts()
    return PersonName(
        full=" ".join(words),
        original=text,
        given=given,
        family=family,
        key=_key(given, family) or fold(plain),
        honorifics=honorifics,
        suffixes=suffixes,
        middle=middle,
        nickname=nickname,
    )


def _readable(text: str) -> str:
    """Compatibility letters (mathematical, full width) as plain ones, symbols and emoji off."""
    if text.isascii():
        return text
    from unicodedata import category, normalize

    plain = normalize("NFKC", text)
    return " ".join("".join(c for c in plain if c == "\ufffd" or category(c) not in ("So", "Sk", "Cs", "Co", "Cf")).split())


def _has_letter(text: str) -> bool:
    return any(char.isalpha() for char in text)


def _without_nickname(text: str) -> tuple[str, str | None]:
    """`Robert "Bob" Smith` and `Charles (Chuck) Smith` without the nickname, and the nickname."""
    match = _NICKNAME.search(text, 1)
    if match is None or not match[1][:1].isupper():
        return text, None
    return f"{text[: match.start()]} {text[match.end() :]}".strip(), match[1]


def _family_in_case(words: list[str]) -> list[str]:
    """`Jean DUPONT` with the family name in normal case."""
    return [normal_case(word) if len(word) > 2 and word.isupper() and not is_initial(word) else word for word in words]


def _key(given: str, family: str) -> str:
    said = [word for word in given.split() if not is_initial(word)] or given.split()
    text = fold(" ".join([*said, *family.split()])).replace("-", " ").replace("‐", " ").replace("‑", " ")
    return " ".join(_NOT_KEY.sub("", text).split())


__all__ = ["PersonName", "particles", "read_name"]
