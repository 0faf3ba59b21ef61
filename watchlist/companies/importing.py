"""Taking a list over: whom each row means, what would change, and the writing of it, without doubles."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

from sqlmodel import Session, col, select

from watchlist.companies.facts import FORMER_SITE, OTHER_NAME, TICKER, facts_of, store_facts, texts_of
from watchlist.companies.files import presets, read_company_csv
from watchlist.companies.matching import Directory, KnownCompany, Match, differs, name_keys, site_of
from watchlist.companies.rows import FACTS, IDENTIFYING, CompanyRow, Fact, host_of
from watchlist.errors import UsageError
from watchlist.models import CompanyList, ListEntry, Organization
from watchlist.secrets import mask_url
from watchlist.store import upsert

NEW: Final = ""
"""The answer "none of them: a new company"."""
Answers = Mapping[int, str]
"""What the user said of open rows: line -> key of the candidate, or NEW."""


COUNTS: Final = ("key", "field", "new", "changed", "same", "removed", "dry_run")
"""What a report says first."""


@dataclass(frozen=True, slots=True)
class OpenRow:
    """A row that was not taken: several companies fit, or none can be told from what it says."""

    row: CompanyRow
    reason: str
    """ambiguous | ticker_only"""
    candidates: tuple[KnownCompany, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """The row as a JSON object, with its candidates."""
        told = ("key", "name", "website", "wikidata_id", "cik", "country", "sources")
        found = [{name: getattr(each, name) for name in told} for each in self.candidates]
        return {"line": self.row.line, "says": self.row.label, "reason": self.reason, "candidates": found}


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What an import changed, in lines of the list; `removed` were on the list before and are no longer."""

    key: str
    field: str
    new: int
    changed: int
    same: int
    removed: int
    dry_run: bool
    known_by: Mapping[str, int]
    """How many rows were recognised by what: see Match.by."""
    open: tuple[OpenRow, ...] = ()
    doubled: tuple[tuple[CompanyRow, CompanyRow], ...] = ()
    """Rows left out, each with the row before it that means the same company."""
    gone: tuple[str, ...] = ()
    """The names of those that were removed, by their old rank."""

    def as_json(self) -> dict[str, Any]:
        """The report as a JSON object."""
        counts = {name: getattr(self, name) for name in COUNTS}
        doubled = [{"line": row.line, "says": row.label, "same_as_line": first.line} for row, first in self.doubled]
        return {
            **counts,
            "known_by": dict(self.known_by),
            "open": [row.as_json() for row in self.open],
            "doubled": doubled,
        }


def import_companies(  # noqa: PLR0913  # all by name
    session: Session,
    rows: Sequence[CompanyRow],
    field: str,
    *,
    key: str | None = None,
    dry_run: bool = False,
    directory: Directory | None = None,
    answers: Answers | None = None,
    now: datetime | None = None,
) -> ImportReport:
    """Makes the list `key` (else called like its field) hold exactly these companies; doing it again changes nothing.

    An organisation that another list holds already is the same row; an empty cell erases nothing that is known. A row
    that fits several companies is taken as `answers` say, else left out and named in the report. `directory` is
    what is known (`known_companies`), with what registers said. `dry_run` reports and writes nothing. Raises
    UsageError where two rows of our own format turn out to be one known organisation.
    """
    key = key or field
    known = directory or known_companies(session)
    entries = _entries(session, key)
    plan = _Plan(known, rows, frozenset(entries), answers or {})
    for row in rows:
        plan.take(row)
    store = {each.id: each for each in session.exec(select(Organization))}
    taken = [(row, match, _stored(match, store)) for row, match in plan.taken]
    used = {each.key for each in store.values()}
    facts = [_organisation(row, match.company, stored, used) for row, match, stored in taken]
    kinds = [_kind(row, stored, fact, entries) for (row, _, stored), fact in zip(taken, facts, strict=True)]
    kept = plan.kept | {stored.id for _, _, stored in taken if stored}
    gone = [entry for number, entry in entries.items() if number not in kept]
    if not dry_run:
        told = [
            _Told(row, fact, (*(match.company.facts if match.company else ()), *_also_called(row, fact["name"])))
            for (row, match, _), fact in zip(taken, facts, strict=True)
        ]
        _write(session, key, field, told, gone, now=now or datetime.now(UTC))
    counts = {kind: kinds.count(kind) for kind in ("new", "changed", "same")}
    return ImportReport(
        key=key,
        field=field,
        **counts,
        removed=len(gone),
        dry_run=dry_run,
        known_by=plan.known_by,
        open=tuple(plan.open),
        doubled=tuple(plan.doubled),
        gone=tuple(store[entry.organization_id].name for entry in sorted(gone, key=lambda each: each.rank)),
    )


def known_companies(session: Session) -> Directory:
    """What the store and the shipped lists know of companies."""
    texts = [texts_of(session, kind) for kind in (FORMER_SITE, OTHER_NAME, TICKER)]
    stored = session.exec(select(Organization).order_by(col(Organization.id)))
    known = Directory(_of_store(each, *texts) for each in stored)
    for preset in presets():
        for row in read_company_csv(preset.file, preset.file.name).rows:
            known.add(of_row(row, f"the shipped list {preset.key}"))
    return known


def of_row(row: CompanyRow, *sources: str) -> KnownCompany:
    """What a row of a list knows."""
    told = {name: getattr(row, name) for name in FACTS} | {"name": row.label}
    return KnownCompany(key=row.key, ticker=row.ticker, sources=sources, **told)


Texts = Mapping[int, tuple[str, ...]]
"""By number of the organisation."""


def _of_store(row: Organization, former: Texts, called: Texts, tickers: Texts) -> KnownCompany:
    number = row.id or 0
    return KnownCompany(
        key=row.key,
        organization_id=row.id,
        former_sites=former.get(number, ()),
        aliases=called.get(number, ()),
        ticker=next(iter(tickers.get(number, ())), None),
        sources=("your lists",),
        **{name: getattr(row, name) for name in FACTS},
    )


def _also_called(row: CompanyRow, name: str) -> tuple[Fact, ...]:
    """A list that calls a company otherwise: the next import knows it by that name, too."""
    called = (
        [Fact(kind=OTHER_NAME, value=row.name, source=row.source)]
        if row.name and not name_keys(row.name) & name_keys(name)
        else []
    )
    return (*called, *([Fact(kind=TICKER, value=row.ticker, source=row.source)] if row.ticker else []))


class _Plan:
    """Row by row: what is taken, what is open, what says again what a row before it said."""

    def __init__(
        self, directory: Directory, rows: Sequence[CompanyRow], on_list: frozenset[int], answers: Answers
    ) -> None:
        self._directory, self._on_list, self._answers = directory.copy(), on_list, answers
        self._namesakes = _several(rows)
        self._first: dict[object, CompanyRow] = {}
        self.taken: list[tuple[CompanyRow, Match]] = []
        self.open: list[OpenRow] = []
        self.doubled: list[tuple[CompanyRow, CompanyRow]] = []
        self.known_by: dict[str, int] = {}
        self.kept: set[int | None] = set()
        """Organisations that an open row may mean: they stay on the list."""

    def take(self, row: CompanyRow) -> None:
        match = self._answered(row, self._found(row))
        if match.is_open:
            self.open.append(OpenRow(row, "ambiguous", match.candidates))
            self.kept |= {each.organization_id for each in match.candidates if each.organization_id}
            return
        if match.company is None and row.ticker and row.label == row.ticker:
            self.open.append(OpenRow(row, "ticker_only"))
            return
        if first := self._said_before(row, match.company):
            self.doubled.append((row, first))
            return
        self.taken.append((row, match))
        self._learn(row, match.company)
        if match.by:
            self.known_by[match.by] = self.known_by.get(match.by, 0) + 1

    def _found(self, row: CompanyRow) -> Match:
        """Two rows of one name and a known company that is nothing but this name: which of them is it?"""
        match = self._directory.find(row, on_list=self._on_list)
        if match.by == "name" and match.company and match.company.is_bare and name_keys(row.label) & self._namesakes:
            return Match(candidates=(match.company,))
        return match

    def _learn(self, row: CompanyRow, known: KnownCompany | None) -> None:
        """Later rows are compared with what this one said, too."""
        said = of_row(row)
        if known and self._directory.holds(known):
            self._directory.learn(known, said)
        elif known is None:
            self._directory.put(said)

    def _answered(self, row: CompanyRow, match: Match) -> Match:
        answer = self._answers.get(row.line) if match.is_open else None
        if answer is None:
            return match
        chosen = next((each for each in match.candidates if each.key == answer), None)
        return Match(chosen, "answer") if chosen else Match()

    def _said_before(self, row: CompanyRow, found: KnownCompany | None) -> CompanyRow | None:
        """The row before this one that means the same company. Raises UsageError for rows of our own format."""
        sign = (found.organization_id or found.key) if found else row.key
        first = self._first.setdefault(sign, row)
        if first is row:
            return None
        if row.is_ours:
            message = f"lines {first.line} and {row.line} mean one organisation: {first.label} and {row.label}"
            site = mask_url(found.website or "no website") if found else "no website"
            raise UsageError(message, hint=f"known as {found.name if found else row.label}, {site}; keep one of them")
        return first


def _several(rows: Sequence[CompanyRow]) -> frozenset[str]:
    """The names that rows of one file share although they are surely different companies."""
    first: dict[str, KnownCompany] = {}
    told = [(key, of_row(row)) for row in rows if row.name for key in name_keys(row.name)]
    return frozenset(key for key, company in told if differs(first.setdefault(key, company), company))


def _stored(match: Match, store: Mapping[int | None, Organization]) -> Organization | None:
    number = match.company.organization_id if match.company else None
    return store.get(number) if number else None


def _entries(session: Session, key: str) -> dict[int, ListEntry]:
    rows = session.exec(select(ListEntry).join(CompanyList).where(CompanyList.key == key))
    return {entry.organization_id: entry for entry in rows}


def _organisation(
    row: CompanyRow, known: KnownCompany | None, stored: Organization | None, used: set[str]
) -> dict[str, Any]:
    """The organisation's row as it will be; another website has to be confirmed anew."""
    facts = {name: getattr(row, name) or (getattr(known, name) if known else None) for name in FACTS}
    if known and not row.is_ours:
        facts["name"] = stored.name if stored and not _of_store(stored, {}, {}, {}).is_unnamed else known.name
        if known.website and site_of(known.website) == site_of(row.website):
            facts["website"] = known.website
    if known and host_of(row.website) in known.former_sites:
        facts["website"] = known.website
    facts["name"] = facts["name"] or row.label
    moved = stored is None or host_of(stored.website) != host_of(facts["website"])
    state = "unverified" if stored is None or moved else stored.site_state
    key = stored.key if stored else _free_key(_key_of(facts), used)
    return {"key": key, **facts, "site_state": state}


def _key_of(facts: Mapping[str, Any]) -> str:
    told = {name: facts[name] for name in IDENTIFYING}
    return CompanyRow(line=0, rank=1, country=None, leadership_url=None, source="", as_of=None, **told).key


def _free_key(key: str, used: set[str]) -> str:
    """A new company never takes the key of one that is known: two may share a name."""
    number, free = 1, key
    while free in used:
        number += 1
        free = f"{key}#{number}"
    used.add(free)
    return free


def _kind(row: CompanyRow, stored: Organization | None, facts: dict[str, Any], entries: dict[int, ListEntry]) -> str:
    entry = entries.get(stored.id) if stored and stored.id else None
    if stored is None or entry is None:
        return "new"
    same_facts = all(getattr(stored, name) == value for name, value in facts.items())
    same_entry = all(getattr(entry, name) == value for name, value in _entry(row).items())
    return "same" if same_facts and same_entry else "changed"


def _entry(row: CompanyRow) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("rank", "source", "as_of", "measure", "value", "unit")}


class _Told(NamedTuple):
    """What is written of one row: its organisation, and what registers know of its size."""

    row: CompanyRow
    organisation: dict[str, Any]
    facts: tuple[Fact, ...]


def _write(  # noqa: PLR0913  # one transaction
    session: Session,
    key: str,
    field: str,
    rows: Sequence[_Told],
    gone: Iterable[ListEntry],
    *,
    now: datetime,
) -> None:
    upsert(session, CompanyList, [{"key": key, "field": field}], key=["key"])
    list_id = session.exec(select(CompanyList.id).where(CompanyList.key == key)).one()
    upsert(session, Organization, [told.organisation for told in rows], key=["key"])
    ids = dict(session.exec(select(Organization.key, Organization.id)).all())
    numbered = [(int(ids[told.organisation["key"]] or 0), told) for told in rows]
    entries = [{"list_id": list_id, "organization_id": number, **_entry(told.row)} for number, told in numbered]
    upsert(session, ListEntry, entries, key=["list_id", "organization_id"])
    facts = [(number, fact) for number, told in numbered for fact in (*facts_of(told.row), *told.facts)]
    store_facts(session, facts, now=now)
    for entry in gone:
        session.delete(entry)
    session.flush()
    for written in session:
        # these were written past the objects of this session
        if isinstance(written, (Organization, ListEntry, CompanyList)):
            session.expire(written)
