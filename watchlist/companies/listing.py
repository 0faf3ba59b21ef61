"""Reading lists: their companies by rank, with size and country as the newest source has them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from watchlist.companies.facts import BAND_NAMES, SHOWN, band_of, facts_json, latest_facts
from watchlist.companies.figures import country_code
from watchlist.companies.rows import FACTS
from watchlist.errors import NotFoundError, UsageError
from watchlist.models import CompanyList, ListEntry, Organization
from watchlist.settings import config_dir
from watchlist.times import iso

UNKNOWN = "unknown"
"""How a filter names a size or country that nobody has told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedCompany:
    """One line of a list in the database."""

    rank: int
    name: str
    website: str | None
    wikidata_id: str | None
    cik: str | None
    country: str | None
    leadership_url: str | None
    site_state: str
    source: str
    as_of: str | None
    measure: str | None = None
    value: float | None = None
    unit: str | None = None
    size: str | None = None
    """The size band of the newest number of employees."""
    site_checked_at: datetime | None = None
    site_reason: str | None = None
    site_moved_to: str | None = None
    facts: dict[str, Any] = field(default_factory=lambda: dict.fromkeys(SHOWN))
    """Employees, revenue, market_cap, country: value, unit, as_of and source of each; None where nothing is known."""

    def as_json(self) -> dict[str, Any]:
        """The line as a JSON object; unknown is null."""
        names = [each for each in ListedCompany.__dataclass_fields__ if each != "site_checked_at"]
        return {name: getattr(self, name) for name in names} | {"site_checked_at": iso(self.site_checked_at)}


def list_companies(
    session: Session, key: str, *, country: str | None = None, size: str | None = None
) -> tuple[ListedCompany, ...]:
    """The companies of a list by rank, of one country or size band only where that is given ("unknown": of none known).

    A country is a code or a name. Raises NotFoundError that names the lists there are, UsageError for what is no
    country and no size band.
    """
    country, size = _country(country), _size(size)
    found = require_list(session, key)
    rows = session.exec(
        select(Organization, ListEntry)
        .join(ListEntry, col(ListEntry.organization_id) == Organization.id)
        .where(ListEntry.list_id == found.id)
        .order_by(col(ListEntry.rank), col(Organization.name))
    ).all()
    facts = latest_facts(session, [entry.organization_id for _, entry in rows])
    lines = (_line(company, entry, facts.get(entry.organization_id, {})) for company, entry in rows)
    return tuple(line for line in lines if _fits(line.country, country) and _fits(line.size, size))


def require_list(session: Session, key: str) -> CompanyList:
    """The list called `key`. Raises NotFoundError with the lists there are and the shipped ones."""
    found = session.exec(select(CompanyList).where(CompanyList.key == key)).first()
    if found:
        return found
    imported = sorted(session.exec(select(CompanyList.key)))
    shipped = sorted(file.stem for file in (config_dir() / "companies").glob("*.csv"))
    hint = f"mentorwatch companies import takes a file or a shipped list: {', '.join(shipped)}"
    there = f"imported are {', '.join(imported)}" if imported else "none is imported yet"
    raise NotFoundError(f"no company list is called {key!r}; {there}", hint=hint)


def _line(company: Organization, entry: ListEntry, facts: dict[str, Any]) -> ListedCompany:
    employees, told_country = facts.get("employees"), facts.get("country")
    known = {name: getattr(company, name) for name in FACTS}
    known["country"] = company.country or (told_country.value if told_country else None)
    sites = ("site_state", "site_checked_at", "site_reason", "site_moved_to")
    ranks = ("rank", "source", "as_of", "measure", "value", "unit")
    return ListedCompany(
        **known,
        **{name: getattr(company, name) for name in sites},
        **{name: getattr(entry, name) for name in ranks},
        size=band_of(employees.value if employees else None),
        facts=facts_json(facts),
    )


def _country(text: str | None) -> str | None:
    if text is None or text.casefold() == UNKNOWN:
        return text
    code = country_code(text)
    if code is None:
        raise UsageError(f"{text!r} is no country", hint="two letters of ISO 3166, such as US or DE, or unknown")
    return code


def _size(text: str | None) -> str | None:
    if text is None or text in BAND_NAMES or text.casefold() == UNKNOWN:
        return text
    raise UsageError(f"{text!r} is no size band", hint=f"one of {', '.join(BAND_NAMES)}, or unknown")


def _fits(value: str | None, wanted: str | None) -> bool:
    return wanted is None or (value or UNKNOWN).casefold() == wanted.casefold()
