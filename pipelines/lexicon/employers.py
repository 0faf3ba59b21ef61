"""Which part of a title names the employer and not the job: "CFO, Acme Ltd", "Engineer at Acme". Pure."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from pipelines.lexicon.folding import fold
from pipelines.lexicon.organisations import has_legal_form, looks_like_organisation
from pipelines.lexicon.title_words import HARD, Item
from pipelines.lexicon.vocabulary import load_vocabulary

_PARTING: Final = frozenset(',-\u2013\u2014|(@·•«"“„:;')
_MAX_WORDS: Final = 8
RANK_MARKS: Final = frozenset({"chief", "officer", "head", "lead", "assistant", "associate", "partner", "senior_noun"})
"""Marks that are a rank of somebody, whatever stands beside them."""
_TRIM: Final = ' \t,;:|-\u2013\u2014()«»"“”„@'


@dataclass(slots=True)
class _Part:
    """The items between two breaks, and the sign of the break before them."""

    items: tuple[Item, ...]
    sign: str

    @property
    def is_ranked(self) -> bool:
        """Whether a rank or a role stands in the part."""
        return any(item.entry.kind in ("role", "level") or item.entry.mark in RANK_MARKS for item in self.items)

    @property
    def is_unknown(self) -> bool:
        """Whether the vocabulary knows no word of the part."""
        return all(item.entry.kind == "unknown" for item in self.items)


def split_employer(title: str, items: Sequence[Item]) -> tuple[list[Item], str | None]:
    """The items of the job alone, and the employer as the title spells it, or None."""
    for n, item in enumerate(items):
        if n and item.entry.mark in ("at", "in") and (item.entry.mark == "at" or _names_unknown(title, items, n)):
            return _cut(title, items, n, _end_of_employer(items, n))
    return _by_parts(title, items)


def _names_unknown(title: str, items: Sequence[Item], at: int) -> bool:
    """Whether a capitalised word outside the vocabulary follows: "Directora en Acme", not "experta en marketing"."""
    after = next((item for item in items[at + 1 :] if item.entry.kind != "known"), None)
    return after is not None and after.entry.kind == "unknown" and title[after.start].isupper()


def _end_of_employer(items: Sequence[Item], at: int) -> int:
    """Where the employer ends: at the break before a part that holds a further rank, else at the end."""
    for n in range(at + 1, len(items)):
        if items[n].entry.kind == "break" and any(i.entry.kind in ("role", "level") for i in items[n + 1 :]):
            return n
        if n > at + 1 and items[n].tokens[0].text == HARD and items[n].entry.kind == "break":
            return n
    return len(items)


def _cut(title: str, items: Sequence[Item], start: int, end: int) -> tuple[list[Item], str | None]:
    stop = items[end].start if end < len(items) else len(title)
    name = title[items[start].end : stop].strip(_TRIM)
    return [*items[:start], *items[end:]], name or None


def _by_parts(title: str, items: Sequence[Item]) -> tuple[list[Item], str | None]:
    """The employer among the parts between commas, dashes and brackets, or behind an "of"."""
    parts = _joined(_parts(title, items))
    ranked = [n for n, part in enumerate(parts) if part.is_ranked]
    if not ranked:
        return list(items), None
    if len(parts) == 1:
        return _behind_of(title, items)
    first = last = len(parts)
    while first - 1 > ranked[0] and _extends(title, parts, first - 1, last):
        first -= 1
    if first < last and not (last - first == 1 and _is_form(title, parts[first])):
        return _without(title, items, parts[first:last])
    leading = parts[: ranked[0]]
    if leading and parts[ranked[0]].sign in _PARTING and looks_like_organisation(_text(title, leading)):
        return _without(title, items, leading)
    return _behind_of(title, items)


def _joined(parts: Sequence[_Part]) -> list[_Part]:
    """The parts, `Doe & Roe` and `Doe & Company` as one: names between which no comma stands."""
    joined: list[_Part] = []
    for part in parts:
        second = part.is_unknown or part.items[0].tokens[0].text in _second_halves()
        if joined and part.sign not in _PARTING and second and joined[-1].is_unknown:
            joined[-1] = _Part((*joined[-1].items, *part.items), joined[-1].sign)
        else:
            joined.append(part)
    return joined


def _text(title: str, parts: Sequence[_Part]) -> str:
    return title[parts[0].items[0].start : parts[-1].items[-1].end]


def _extends(title: str, parts: Sequence[_Part], first: int, last: int) -> bool:
    """Whether the employer begins at `first`: by itself, or as "Acme" of "Acme, LLC"; a bare "LLC" is looked past."""
    if _is_employer(title, parts[first:last]):
        return last - first == 1 or _is_employer(title, parts[first : first + 1]) or _is_form(title, parts[first + 1])
    return last - first == 1 and _is_form(title, parts[first])


def _is_form(title: str, part: _Part) -> bool:
    return has_legal_form(f"x {title[part.items[0].start : part.items[-1].end]}") and len(part.items) <= 2


def _parts(title: str, items: Sequence[Item]) -> list[_Part]:
    parts: list[_Part] = []
    sign, current = "", []
    for item in items:
        if item.entry.kind != "break":
            current.append(item)
            continue
        if current:
            parts.append(_Part(tuple(current), sign))
            current = []
        sign = _sign(title[item.start : item.end].strip())
    return [*parts, _Part(tuple(current), sign)] if current else parts


def _sign(text: str) -> str:
    """The sign of a break, "and" for words."""
    return "and" if text.isalpha() else (text or "-")[-1]


def _is_employer(title: str, parts: Sequence[_Part]) -> bool:
    """Whether parts are the name of an organisation: unknown capitalised words, or a legal form."""
    text = _text(title, parts)
    if _is_body(text):
        return False
    said = [item for part in parts for item in part.items]
    if (parts[0].sign and parts[0].sign not in _PARTING) or len(said) > _MAX_WORDS:
        return False
    unknown = [item for item in said if item.entry.kind == "unknown" and not _is_place(item)]
    if has_legal_form(f"{text}."):
        return bool(unknown) or len(said) > 2
    named = [item for item in unknown if item.tokens[0].text not in _departments()]
    if not named or any(part.is_ranked for part in parts) or not _capital(title, named[0]):
        return False
    plain = not any(item.entry.kind in ("field", "weak_field") for item in said)
    return plain or (looks_like_organisation(text) and said[-1].tokens[-1].text not in _departments())


def _capital(title: str, item: Item) -> bool:
    return title[item.start].isupper() or title[item.start].isdigit()


def _is_place(item: Item) -> bool:
    return item.tokens[0].text in _places()


def _without(title: str, items: Sequence[Item], parts: Sequence[_Part]) -> tuple[list[Item], str | None]:
    start, end = parts[0].items[0].start, parts[-1].items[-1].end
    if title[end : end + 1] == "." and has_legal_form(title[start : end + 1]):
        end += 1
    return [item for item in items if not start <= item.start < end], title[start:end].strip(_TRIM) or None


def _behind_of(title: str, items: Sequence[Item]) -> tuple[list[Item], str | None]:
    """`Mayor of Springfield`, `CFO of Acme Stores, Inc.`: an organisation behind a rank, or behind one that runs it."""
    for n, item in enumerate(items[:-1]):
        if n and _is_genitive(item) and _is_rank(items[n - 1]):
            rest = _Part(_behind_article([i for i in items[n + 1 :] if i.entry.kind != "break"]), "")
            text = title[rest.items[0].start if rest.items else item.end :].strip(f"{_TRIM}'\u2019")
            if rest.items and not rest.is_ranked and _is_employer_of(title, text, items[n - 1], rest):
                return list(items[:n]), text
    return list(items), None


def _is_rank(item: Item) -> bool:
    return item.entry.kind in ("role", "level", "field", "weak_field") or item.entry.mark == "officer"


def _is_genitive(item: Item) -> bool:
    return item.entry.mark == "of" or (len(item.tokens) == 1 and item.tokens[0].text in _genitives())


def _behind_article(items: Sequence[Item]) -> tuple[Item, ...]:
    """The items without the article in front: "Fundación" of "de la Fundación"."""
    return tuple(itertools.dropwhile(lambda item: item.tokens[-1].text in _articles(), items))


def _is_body(text: str) -> bool:
    """Whether a text names a committee: "Audit Committee", "Prüfungsausschuss", "Comité d'audit"."""
    words = fold(text).replace("'", " ").replace("\u2019", " ").split()
    return bool(words) and (words[0] in _bodies() or words[-1].endswith(tuple(_bodies())))


def _is_employer_of(title: str, text: str, rank: Item, rest: _Part) -> bool:
    if _is_body(text):
        return False
    if has_legal_form(text):
        return True
    first = _named(rest.items)
    if first.entry.kind != "unknown" or _is_place(first) or not _capital(title, first):
        return False
    runs_all = rank.entry.level == "c_level" or rank.entry.mark == "officer"
    return runs_all or (looks_like_organisation(text) and rest.items[-1].tokens[-1].text not in _departments())


def _named(items: Sequence[Item]) -> Item:
    """The first item, but "Altanor" of "groupe Altanor": a word for an organisation says nothing yet."""
    first = items[0]
    kind = first.tokens[0].text
    plain = len(items) > 1 and first.entry.kind == "known" and kind not in _departments()
    return items[1] if plain and looks_like_organisation(kind) else first


@cache
def _bodies() -> frozenset[str]:
    return frozenset(fold(word) for word in load_vocabulary("organisations")["bodies"])


@cache
def _articles() -> frozenset[str]:
    return frozenset(fold(word) for word in load_vocabulary("organisations")["articles"])


@cache
def _genitives() -> frozenset[str]:
    return frozenset(fold(word) for word in load_vocabulary("organisations")["genitives"])


@cache
def _departments() -> frozenset[str]:
    return frozenset(fold(word) for word in load_vocabulary("organisations")["departments"])


@cache
def _places() -> frozenset[str]:
    return frozenset(fold(word) for word in load_vocabulary("organisations")["places"])


@cache
def _second_halves() -> frozenset[str]:
    return frozenset(fold(word) for word in load_vocabulary("organisations")["second_halves"])
