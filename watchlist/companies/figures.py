"""Figures as lists write them ("51-200 employees", "1,234", "$1.2bn"), and the words of their columns. Pure."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Final

from pipelines.lexicon.folding import fold
from pipelines.lexicon.vocabulary import load_vocabulary

_WORDS: Final = re.compile(r"[^\w#]+")
_FIGURE: Final = re.compile(r"\d[\d.,'\u00a0\u202f ]*")
_SCALE: Final = re.compile(r"[^\W\d_]+")
_GROUPS: Final = re.compile(r"\d{1,3}(?:([.,' ])\d{3})(?:\1\d{3})*")


def column_kind(heading: str) -> str | None:
    """What a column of somebody's list holds: a key of config/vocab/company_columns.toml; None for anything else."""
    return _kinds().get(_plain(heading)) or _kinds().get(_without_units(heading))


def column_rank(heading: str) -> int:
    """Which of two columns of one kind is read: the one with the lower number."""
    order = list(_kinds())
    plain = _plain(heading) if _plain(heading) in _kinds() else _without_units(heading)
    return order.index(plain) if plain in _kinds() else len(order)


def is_unknown(cell: str) -> bool:
    """Whether a cell says that nothing is known."""
    return _plain(cell) in _unknown()


def country_code(text: str) -> str | None:
    """The ISO 3166 code of a country's code or name; None for what is neither."""
    plain = text.strip()
    if re.fullmatch(r"[A-Za-z]{2}", plain) and plain.upper() in load_vocabulary("country_names")["names"]:
        return plain.upper()
    if re.fullmatch(r"[A-Z]{2}", plain) and plain != "UK":
        return plain
    return _countries().get(_plain(plain.replace(".", "")))


def read_employees(text: str) -> str | None:
    """A number of people, or a band ("51-200", "10001+"); None for what is neither."""
    words = re.sub(r"(?<=\d)\s*(?:to|bis|à|\u2013|\u2014|\u2010|\u2011)\s*(?=\d)", "-", text.strip())
    figures = [figure for part in re.split(r"(?<=[\dkK])\s*-\s*(?=\d)", words) if (figure := _whole(part)) is not None]
    if not figures or len(figures) > 2 or re.match(r"\s*[<≤]", words):
        return None
    if len(figures) == 2:
        return f"{figures[0]}-{figures[1]}" if figures[0] < figures[1] else None
    more = re.search(r"\d\s*[kK]?\s*\+|^\s*(?:>|≥|over|more than)", words)
    return f"{figures[0]}+" if more else str(figures[0])


def read_amount(text: str, heading: str = "") -> tuple[str, str | None] | None:
    """An amount as plain number and currency (ISO 4217, None where nobody says); None for what is no amount.

    The heading may name the currency and what the numbers are multiples of: "revenue ($ millions)".
    """
    match = _FIGURE.search(text)
    number = _decimal(match[0]) if match else None
    if match is None or number is None:
        return None
    scale = _multiple(text[match.end() :]) or _multiple(heading) or 1
    amount = number * scale
    plain = format(amount.quantize(Decimal(1)) if amount == amount.to_integral_value() else amount.normalize(), "f")
    return plain, _currency(text) or _currency(heading)


def short_amount(value: float | None, unit: str | None) -> str | None:
    """An amount that fits into a column: "391.0 bn USD"; None stays None."""
    if value is None:
        return None
    for size, word in ((1e9, " bn"), (1e6, " m")):
        if value >= size and unit:
            return f"{value / size:,.1f}{word} {unit}"
    return f"{value:,.0f}{f' {unit}' if unit else ''}"


# --- words -------------------------------------------------------------------------------------------------------


def _plain(text: str) -> str:
    return _WORDS.sub(" ", fold(text).replace("_", " ")).strip()


def _without_units(heading: str) -> str:
    """A heading without what its numbers are in: "Revenues ($M)" and "revenues_musd" are revenues."""
    words = _plain(re.sub(r"[(\[].*?[)\]]", " ", heading)).split()
    return " ".join(word for word in words if not (_currency(word) or _multiple(word) or word == "in"))


@cache
def _kinds() -> dict[str, str]:
    columns = load_vocabulary("company_columns")["columns"]
    return {_plain(name): kind for kind, names in columns.items() for name in names}


@cache
def _unknown() -> frozenset[str]:
    return frozenset(_plain(word) for word in load_vocabulary("company_columns")["unknown"]["words"])


@cache
def _countries() -> dict[str, str]:
    names = load_vocabulary("country_names")["names"]
    return {_plain(name.replace(".", "")): code for code, all_names in names.items() for name in all_names}


def _currency(text: str) -> str | None:
    known: dict[str, str] = load_vocabulary("company_columns")["currencies"]
    words = set(re.findall(r"[^\W\d_]+", fold(text)))
    signs = (code for sign, code in known.items() if not sign.isalpha() and sign in text.casefold())
    spelled = [word for word in words if word in known] or [word[1:] for word in words if word[1:] in known]
    return next(signs, None) or next((known[word] for word in spelled), None)


def _multiple(text: str) -> int | None:
    """Of what it is a multiple: "millions" and "m"; also "musd", as some headings have it."""
    known: dict[str, int] = load_vocabulary("company_columns")["multiples"]
    currencies = load_vocabulary("company_columns")["currencies"]
    for word in _SCALE.findall(fold(text)):
        if word in known:
            return known[word]
        if word[0] in known and word[1:] in currencies:
            return known[word[0]]
    return None


# --- numbers -----------------------------------------------------------------------------------------------------


def _whole(text: str) -> int | None:
    """A number of people: "1,500", "1.500", "1500.0", "10K"."""
    match = _FIGURE.search(text)
    if match is None:
        return None
    digits = match[0].strip(" .,'\u00a0\u202f")
    grouped = _GROUPS.fullmatch(digits)
    number = Decimal(re.sub(r"\D", "", digits)) if grouped else _decimal(digits)
    thousands = 1000 if re.match(r"\s*[kK]\b", text[match.end() :]) else 1
    return int(number * thousands) if number is not None else None


def _decimal(text: str) -> Decimal | None:
    """A number with its groups and its decimal sign sorted out: the sign that comes last, once, is the decimal one."""
    digits = re.sub(r"[\s'\u00a0\u202f]", "", text).strip(".,")
    last = max(digits.rfind("."), digits.rfind(","))
    if last >= 0:
        sign, tail = digits[last], digits[last + 1 :]
        is_group = digits.count(sign) > 1 or (sign == "," and len(tail) == 3)
        whole = re.sub(r"[.,]", "", digits[:last])
        digits = whole + tail if is_group else f"{whole}.{tail}"
    try:
        return Decimal(digits)
    except InvalidOperation:
        return None
