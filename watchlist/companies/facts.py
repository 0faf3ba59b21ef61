"""Size and country of companies: what each source says, with its date; unknown stays unknown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import pairwise
from typing import Any, Final

from sqlmodel import Session, col, select

from watchlist.companies.rows import CompanyRow, Fact
from watchlist.models import OrganizationFact
from watchlist.store import upsert

SHOWN: Final = ("employees", "revenue", "market_cap", "country")
"""Kinds that a list shows; each of them is always there, unknown is null."""
BANDS: Final = (1, 11, 51, 201, 501, 1001, 5001, 10001)
"""The least number of employees of each size band."""
BAND_NAMES: Final = (*(f"{low}-{high - 1}" for low, high in pairwise(BANDS)), "10001+")
FORMER_SITE: Final = "former_website"
"""A host from which it moved away; the source is the address that led on."""
OTHER_NAME: Final = "also_called"
"""What a list calls it beside its name."""
TICKER: Final = "ticker"


def size_band(employees: float | None) -> str | None:
    """The size band of a number of employees: "1-10", "11-50" ... "10001+"; None where nothing is known."""
    if employees is None or employees < 1:
        return None
    return BAND_NAMES[sum(low <= employees for low in BANDS) - 1]


def band_of(value: str | None) -> str | None:
    """The size band of a stored number or band; a band of another scale that spans several of ours stays as it is."""
    match = re.fullmatch(r"(\d+(?:\.\d+)?)(?:-(\d+)|(\+))?", value or "")
    if match is None:
        return None
    low, high, open_end = float(match[1]), match[2], match[3]
    if open_end:
        return BAND_NAMES[-1] if low >= BANDS[-1] - 1 else value
    return size_band(low) if high is None or size_band(low) == size_band(float(high)) else value


def facts_of(row: CompanyRow) -> tuple[Fact, ...]:
    """What a row of a list says of size and country, the measure by which it is ranked among it."""
    own = [(row.measure, _number(row.value), row.unit), ("country", row.country, None)]
    said = {fact.kind for fact in row.facts}
    more = tuple(
        Fact(kind=kind, value=value, unit=unit, as_of=row.as_of, source=row.source)
        for kind, value, unit in own
        if kind and value and kind not in said
    )
    return (*row.facts, *more)


def store_facts(session: Session, facts: Iterable[tuple[int, Fact]], *, now: datetime) -> int:
    """Write what sources say of organisations (by number); a source that says it again is only seen again."""
    rows = {(number, fact.kind, fact.source): _as_row(number, fact, now) for number, fact in facts}
    return upsert(session, OrganizationFact, list(rows.values()), key=["organization_id", "kind", "source"])


def latest_facts(session: Session, numbers: Sequence[int]) -> dict[int, dict[str, OrganizationFact]]:
    """The newest word on each kind, by organisation: the latest date, else what was seen last."""
    found = session.exec(select(OrganizationFact).where(col(OrganizationFact.organization_id).in_(numbers)))
    newest: dict[int, dict[str, OrganizationFact]] = {}
    for fact in sorted(found, key=lambda each: (each.as_of or "", each.seen_at, each.id or 0)):
        if fact.kind in SHOWN:
            newest.setdefault(fact.organization_id, {})[fact.kind] = fact
    return newest


def texts_of(session: Session, kind: str) -> dict[int, tuple[str, ...]]:
    """What facts of a kind say (`FORMER_SITE`, `OTHER_NAME`, `TICKER`), by number of the organisation."""
    found: dict[int, tuple[str, ...]] = {}
    query = select(OrganizationFact).where(OrganizationFact.kind == kind).order_by(col(OrganizationFact.id))
    for fact in session.exec(query):
        found[fact.organization_id] = (*found.get(fact.organization_id, ()), fact.value)
    return found


def facts_json(facts: Mapping[str, OrganizationFact]) -> dict[str, Any]:
    """One object a kind with value, unit, as_of and source; null where nothing is known."""
    return {kind: _fact_json(facts[kind]) if kind in facts else None for kind in SHOWN}


def _fact_json(fact: OrganizationFact) -> dict[str, Any]:
    value: str | float = fact.value
    if fact.kind != "country" and re.fullmatch(r"\d+(\.\d+)?", fact.value):
        value = float(fact.value) if "." in fact.value else int(fact.value)
    return {"value": value, "unit": fact.unit, "as_of": fact.as_of, "source": fact.source}


def _number(value: float | None) -> str | None:
    if value is None:
        return None
    return str(int(value)) if value == int(value) else str(value)


def _as_row(number: int, fact: Fact, now: datetime) -> dict[str, Any]:
    return {
        "organization_id": number,
        "kind": fact.kind,
        "value": fact.value,
        "unit": fact.unit,
        "as_of": fact.as_of,
        "source": fact.source,
        "seen_at": now,
    }
