"""Making a TOP-N list of what a register says: one measure, one currency, each rank with value, date, source. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from watchlist.companies.rows import CompanyRow, Fact

DOLLARS: Final = "USD"
_CALLED: Final = {"revenue": "revenue", "employees": "number of employees", "market_cap": "market value"}


@dataclass(frozen=True, slots=True, kw_only=True)
class ListOrder:
    """What list is wanted."""

    field: str
    country: str | None
    """ISO 3166; None for anywhere."""
    measure: str
    """revenue | employees | market_cap"""
    n: int
    currency: str | None = None
    """ISO 4217; None: the one that decides itself (`choose_currency`)."""

    @property
    def key(self) -> str:
        """What the list is called where nobody says otherwise."""
        return "-".join(part.lower() for part in (self.field, self.country or "world", self.measure.replace("_", "-")))


@dataclass(frozen=True, slots=True)
class Valued:
    """A value of the measure: currency (None for people), ISO date (None where nobody gives one)."""

    value: Decimal
    unit: str | None
    as_of: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ranked:
    """A company that a register knows, with its values of the measure in each currency."""

    name: str
    website: str | None
    wikidata_id: str | None
    cik: str | None
    country: str | None
    values: tuple[Valued, ...]
    source: str
    """The address of the answer."""
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class BuiltList:
    """The list that came of it, and why it is not longer."""

    order: ListOrder
    rows: tuple[CompanyRow, ...]
    unit: str | None
    apart: tuple[tuple[str, Valued], ...]
    """Companies whose only values are in other currencies."""
    why: tuple[str, ...]
    """In sentences, where fewer than N were found or something has to be known of the values."""
    is_whole: bool = True
    """Whether the register answered everything that was asked."""

    @property
    def line(self) -> str:
        """The short answer."""
        of_what = f"{_CALLED[self.order.measure]}{f' in {self.unit}' if self.unit else ''}"
        return f"{len(self.rows)} of {self.order.n} found, by {of_what}"

    def as_json(self) -> dict[str, Any]:
        """The list as a JSON object."""
        order = {name: getattr(self.order, name) for name in ("field", "country", "measure", "n")}
        columns = ("rank", "name", "website", "wikidata_id", "cik", "country", "value", "unit", "as_of", "source")
        apart = [
            {"name": name, "value": float(value.value), "unit": value.unit, "as_of": value.as_of}
            for name, value in self.apart
        ]
        return {
            **order,
            "found": len(self.rows),
            "unit": self.unit,
            "is_whole": self.is_whole,
            "why": [*self.why],
            "companies": [{name: getattr(row, name) for name in columns} for row in self.rows],
            "not_comparable": apart,
        }


def build_list(
    order: ListOrder, found: Iterable[Ranked], *, why: Sequence[str] = (), is_whole: bool = True
) -> BuiltList:
    """The N companies with the highest values, all in one currency; the others are named, never converted."""
    companies = list(found)
    unit = choose_currency(order, companies)
    valued = [(each, value) for each in companies if (value := _in(each, unit))]
    apart = [(each.name, each.values[0]) for each in companies if each.values and not _in(each, unit)]
    valued.sort(key=lambda pair: (-pair[1].value, pair[0].name))
    rows = tuple(_row(rank, order, each, value) for rank, (each, value) in enumerate(valued[: order.n], 1))
    notes = [*why, *_notes(order, len(companies), rows, apart, unit)]
    return BuiltList(order, rows, unit, tuple(apart), tuple(notes), is_whole)


def choose_currency(order: ListOrder, companies: Sequence[Ranked]) -> str | None:
    """Dollars, unless twice as many companies (and not N) have values in another currency; None for people."""
    if order.measure == "employees":
        return None
    if order.currency:
        return order.currency
    counts = Counter(unit for each in companies for unit in {value.unit for value in each.values} if unit)
    most, count = max(counts.items(), key=lambda item: (item[1], item[0]), default=(DOLLARS, 0))
    return DOLLARS if counts[DOLLARS] * 2 >= count or counts[DOLLARS] >= order.n else most


def _in(company: Ranked, unit: str | None) -> Valued | None:
    return next((value for value in company.values if value.unit == unit), None)


def _row(rank: int, order: ListOrder, company: Ranked, value: Valued) -> CompanyRow:
    return CompanyRow(
        line=rank,
        rank=rank,
        name=company.name,
        website=company.website,
        wikidata_id=company.wikidata_id,
        cik=company.cik,
        country=company.country,
        leadership_url=None,
        source=company.source,
        as_of=value.as_of,
        facts=company.facts,
        is_ours=False,
        measure=order.measure,
        value=float(value.value),
        unit=value.unit,
    )


def _notes(
    order: ListOrder,
    companies: int,
    rows: Sequence[CompanyRow],
    apart: Sequence[tuple[str, Valued]],
    unit: str | None,
) -> Iterable[str]:
    if len(rows) < order.n:
        yield f"of {companies} companies found in the register {len(rows)} have a comparable {_CALLED[order.measure]}"
    if apart:
        units = ", ".join(
            f"{count} in {name}" for name, count in Counter(value.unit for _, value in apart).most_common()
        )
        yield f"not comparable with {unit}: {units}; nothing is converted (--currency ranks another one)"
    if undated := sum(row.as_of is None for row in rows):
        yield f"values without a date: {undated}"
    years = sorted({row.as_of[:4] for row in rows if row.as_of})
    if len(years) > 1:
        yield f"the values are of {years[0]} to {years[-1]}: each row names its date"
