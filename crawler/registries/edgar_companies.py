"""EDGAR as a register of companies: figures of all filers at once (XBRL frames), industry and country of one. Pure.

Facts and limits: leaders.md section 1. Documentation:
https://www.sec.gov/search-filings/edgar-application-programming-interfaces
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final, NamedTuple

from crawler.registries.answers import AnswerError, json_object
from crawler.registries.wikidata_companies import register_rules

_WHAT: Final = "EDGAR"


class Figure(NamedTuple):
    """What one company reported, in the frame's unit."""

    cik: str
    """Without zeros in front."""
    name: str
    country: str | None
    value: Decimal
    as_of: str
    """ISO date: the end of the period, or the day."""
    source: str
    """The address that shows it."""


@dataclass(frozen=True, slots=True)
class Filer:
    """What EDGAR knows of a company beside its filings."""

    cik: str
    name: str
    sic: int | None
    country: str | None
    website: str | None


def frame_urls(measure: str, year: int) -> tuple[str, ...]:
    """The frames with a measure of a calendar year, the more exact tag first; none for what EDGAR does not know."""
    rules = register_rules()["edgar"].get(measure)
    if rules is None:
        return ()
    periods = [f"CY{year}Q{quarter}I" for quarter in (4, 3, 2, 1)] if rules.get("quarters") else [f"CY{year}"]
    root = f"https://data.sec.gov/api/xbrl/frames/{rules['taxonomy']}"
    return tuple(f"{root}/{tag}/{rules['unit']}/{period}.json" for tag in rules["tags"] for period in periods)


def read_frame(body: bytes, source: str) -> tuple[Figure, ...]:
    """One figure a company; `source` is the frame's address. Raises AnswerError for what is no frame."""
    data = json_object(body, _WHAT).get("data")
    if not isinstance(data, list):
        raise AnswerError("unreadable", f"{_WHAT}'s frame has no data")
    return tuple(figure for point in data if isinstance(point, dict) and (figure := _figure(point, source)))


def merged(frames: Iterable[Sequence[Figure]]) -> tuple[Figure, ...]:
    """One figure a company out of several frames, the first that has it; greatest first."""
    found: dict[str, Figure] = {}
    for frame in frames:
        for figure in frame:
            found.setdefault(figure.cik, figure)
    return tuple(sorted(found.values(), key=lambda figure: (-figure.value, figure.name)))


def read_filer(body: bytes) -> Filer:
    """The head of a company's list of filings. Raises AnswerError."""
    answer = json_object(body, _WHAT)
    cik = str(answer.get("cik", "")).lstrip("0")
    name = answer.get("name")
    if not cik.isdigit() or not isinstance(name, str) or not name.strip():
        raise AnswerError("unreadable", f"{_WHAT}'s answer names no company")
    sic = str(answer.get("sic") or "")
    website = str(answer.get("website") or "")
    return Filer(
        cik=cik,
        name=name.strip(),
        sic=int(sic) if re.fullmatch(r"\d{3,4}", sic) else None,
        country=_country(_address(answer)),
        website=website if website.startswith(("http://", "https://")) else None,
    )


def is_of_field(sic: int | None, ranges: Iterable[Sequence[int]]) -> bool:
    """Whether an industry code lies in one of the ranges, both ends included."""
    return sic is not None and any(low <= sic <= high for low, high in ranges)


def _figure(point: dict[str, Any], source: str) -> Figure | None:
    cik, name, end = str(point.get("cik", "")).lstrip("0"), point.get("entityName"), str(point.get("end", ""))
    try:
        value = Decimal(str(point.get("val")))
    except InvalidOperation:
        return None
    is_whole = cik.isdigit() and isinstance(name, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", end)
    if not is_whole or not value.is_finite() or value <= 0:
        return None
    return Figure(cik, str(name).strip(), _located(str(point.get("loc") or "")), value, end, source)


def _located(loc: str) -> str | None:
    """ISO country of a frame's place: "US-CA", or a bare code."""
    match = re.match(r"([A-Z]{2})-", loc)
    return match[1] if match else _country(loc)


def _address(answer: dict[str, Any]) -> str:
    addresses = answer.get("addresses")
    business = addresses.get("business") if isinstance(addresses, dict) else None
    return str(business.get("stateOrCountry") or "") if isinstance(business, dict) else ""


def _country(place: str) -> str | None:
    """The country of EDGAR's place code; None for a code that is not known."""
    places = register_rules()["edgar"]["places"]
    known: str | None = places["countries"].get(place)
    return "US" if place in places["states"] or place == "US" else known
