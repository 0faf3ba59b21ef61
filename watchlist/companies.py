"""TOP-N lists of companies: shipped ones, strict reading of CSV files, import without doubles."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from sqlmodel import Session, col, select

from pipelines.lexicon.organisations import organisation_key
from watchlist.errors import NotFoundError, UsageError
from watchlist.models import CompanyList, ListEntry, Organization
from watchlist.secrets import mask_text, mask_url
from watchlist.settings import config_dir
from watchlist.store import upsert
from watchlist.tables import Problem, Row, read_table, refuse_problems

COLUMNS: Final = ("rank", "name", "website", "wikidata_id", "cik", "country", "leadership_url", "source", "as_of")
LIMIT: Final = "companies.max_rows"
FACTS: Final = ("name", "website", "wikidata_id", "cik", "country", "leadership_url")
"""What an import says of the organisation itself; an empty cell says nothing."""

_HOST: Final = re.compile(r"(?!-)[\w-]+(\.[\w-]+)+\.?|\[[0-9a-fA-F:.]+\]|localhost")


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyRow:
    """One line of a list as its file has it; `line` is where it stands there, empty cells are None."""

    line: int
    rank: int
    name: str
    website: str | None
    wikidata_id: str | None
    cik: str | None
    country: str | None
    leadership_url: str | None
    source: str
    as_of: str | None

    @property
    def key(self) -> str:
        """What tells the organisation from others: Wikidata id, else CIK, else host of the website, else name."""
        return self.wikidata_id or _cik_key(self.cik) or _host_of(self.website) or f"name:{organisation_key(self.name)}"


@dataclass(frozen=True, slots=True)
class CompanyFile:
    """The rows of one file and what was left out of it."""

    rows: tuple[CompanyRow, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Preset:
    """A shipped list: its key (which is also its field), where it lies and how long it is."""

    key: str
    file: Path
    companies: int


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

    def as_json(self) -> dict[str, Any]:
        """The report as a JSON object."""
        return asdict(self)


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

    def as_json(self) -> dict[str, Any]:
        """The line as a JSON object; unknown is null."""
        return asdict(self)


# --- files -------------------------------------------------------------------------------------------------------


def presets() -> tuple[Preset, ...]:
    """The shipped lists, by name."""
    files = sorted((config_dir() / "companies").glob("*.csv"))
    return tuple(Preset(file.stem, file, len(read_company_csv(file, file.name).rows)) for file in files)


def read_preset(key: str) -> CompanyFile:
    """A shipped list. Raises NotFoundError that names all of them."""
    file = config_dir() / "companies" / f"{key}.csv"
    known = sorted(each.stem for each in file.parent.glob("*.csv"))
    if key not in known:
        raise NotFoundError(f"no list {key!r} is shipped", hint=f"shipped are {', '.join(known)}")
    return read_company_csv(file, file.name)


def read_company_csv(source: Path | bytes, filename: str, *, max_rows: int | None = None) -> CompanyFile:
    """Reads a list with the columns `COLUMNS` (order, delimiter and further columns are free).

    Raises InputError that names every problem (up to 20) with line and column; a file is taken whole or not at all.
    `max_rows` is the setting companies.max_rows.
    """
    limit = (LIMIT, max_rows) if max_rows is not None else None
    table = read_table(source, filename, columns=COLUMNS, limit=limit)
    problems = list(table.problems)
    rows = [company for row in table.rows if (company := _company(row, filename, problems))]
    problems += _doubles(rows)
    if not rows and not problems:
        problems.append(Problem(2, COLUMNS[0], "no companies below the header"))
    refuse_problems(filename, problems, hint="nothing was taken over")
    return CompanyFile(tuple(rows), table.warnings)


def _company(row: Row, filename: str, problems: list[Problem]) -> CompanyRow | None:
    values: dict[str, Any] = {}
    for column, read in _READERS.items():
        try:
            values[column] = read(_plain(row.cells[column]))
        except ValueError as error:
            problems.append(Problem(row.line, column, str(error)))
    if len(values) < len(_READERS):
        return None
    values["source"] = values["source"] or f"imported from {filename}"
    return CompanyRow(line=row.line, **values)


def _plain(cell: str) -> str:
    """The cell with its white space folded. Raises ValueError for control characters."""
    text = " ".join(cell.split())
    if control := next((each for each in text if unicodedata.category(each) == "Cc"), None):
        raise ValueError(f"a control character (U+{ord(control):04X})")
    return text


def _doubles(rows: Sequence[CompanyRow]) -> Iterator[Problem]:
    """Rows that say again what one before them says: two companies never share a rank, a name, a site or an id."""
    seen: dict[tuple[str, object], int] = {}
    for row in rows:
        told = {
            "rank": row.rank,
            "name": row.name.casefold(),
            "website": _host_of(row.website),
            "wikidata_id": row.wikidata_id,
            "cik": row.cik,
        }
        for column, value in told.items():
            if value is not None and (line := seen.setdefault((column, value), row.line)) != row.line:
                shown = mask_url(str(getattr(row, column)))
                yield Problem(row.line, column, f"{shown} stands in line {line} already")


def _rank(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text) or int(text) == 0:
        raise ValueError(f"a rank is a whole number from 1, not {text!r}")
    return int(text)


def _name(text: str) -> str:
    if not text:
        raise ValueError("the name is empty")
    if len(text) > 200:
        raise ValueError(f"a name of {len(text)} characters; at most 200")
    return text


def _web_address(text: str) -> str | None:
    if not text:
        return None
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        raise ValueError(f"not a web address: {_shown(text)}") from None
    if parts.scheme not in {"http", "https"}:
        raise ValueError(f"not an http or https address: {_shown(text)}")
    if not _HOST.fullmatch(parts.hostname or "") or " " in text:
        raise ValueError(f"not a web address: {_shown(text)}")
    return text


def _matching(pattern: str, what: str) -> Callable[[str], str | None]:
    def read(text: str) -> str | None:
        if text and not re.fullmatch(pattern, text):
            raise ValueError(f"not {what}: {_shown(text)}")
        return text or None

    return read


def _shown(text: str) -> str:
    text = mask_text(text)
    return repr(text if len(text) <= 80 else f"{text[:77]}...")


_READERS: Final[dict[str, Callable[[str], Any]]] = {
    "rank": _rank,
    "name": _name,
    "website": _web_address,
    "wikidata_id": _matching(r"Q[1-9][0-9]{0,11}", "a Wikidata id such as Q173395"),
    "cik": lambda text: _matching(r"[0-9]{1,10}", "a CIK (digits)")(text.lstrip("0")),
    "country": _matching(r"[A-Z]{2}", "a country of two capital letters (ISO 3166)"),
    "leadership_url": _web_address,
    "source": str,
    "as_of": _matching(
        r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?", "a date such as 2021, 2021-06 or 2021-06-01"
    ),
}


def _host_of(website: str | None) -> str | None:
    """Host without www, with its port where it is not the usual one."""
    if website is None:
        return None
    parts = urlsplit(website)
    host = (parts.hostname or "").removeprefix("www.").rstrip(".")
    return host if parts.port in {None, 80, 443} else f"{host}:{parts.port}"


def _cik_key(cik: str | None) -> str | None:
    return f"cik:{cik}" if cik else None


# --- the database ------------------------------------------------------------------------------------------------


def import_companies(
    session: Session, rows: Sequence[CompanyRow], field: str, *, key: str | None = None, dry_run: bool = False
) -> ImportReport:
    """Makes the list `key` (else called like its field) hold exactly these companies; doing it again changes nothing.

    An organisation that another list holds already is the same row; an empty cell erases nothing that is known.
    `dry_run` reports and writes nothing. Raises UsageError where two rows turn out to be one known organisation.
    """
    key = key or field
    known = _Known(session.exec(select(Organization)).all())
    matches = [(row, known.take(row)) for row in rows]
    entries = _entries(session, key)
    organisations = [_organisation(row, found) for row, found in matches]
    kinds = [_kind(row, found, facts, entries) for (row, found), facts in zip(matches, organisations, strict=True)]
    kept = {found.id for _, found in matches if found}
    gone = [entry for number, entry in entries.items() if number not in kept]
    if not dry_run:
        _write(session, key, field, list(zip(rows, organisations, strict=True)), gone)
    counts = {kind: kinds.count(kind) for kind in ("new", "changed", "same")}
    return ImportReport(key=key, field=field, **counts, removed=len(gone), dry_run=dry_run)


def list_companies(session: Session, key: str) -> tuple[ListedCompany, ...]:
    """The companies of a list by rank. Raises NotFoundError that names the lists there are."""
    found = require_list(session, key)
    rows = session.exec(
        select(Organization, ListEntry)
        .join(ListEntry, col(ListEntry.organization_id) == Organization.id)
        .where(ListEntry.list_id == found.id)
        .order_by(col(ListEntry.rank), col(Organization.name))
    )
    return tuple(
        ListedCompany(
            rank=entry.rank,
            site_state=company.site_state,
            source=entry.source,
            as_of=entry.as_of,
            **{name: getattr(company, name) for name in FACTS},
        )
        for company, entry in rows
    )


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


class _Known:
    """The organisations of the database by whatever tells them apart."""

    def __init__(self, organisations: Sequence[Organization]) -> None:
        self.by_wikidata = {each.wikidata_id: each for each in organisations if each.wikidata_id}
        self.by_cik = {each.cik: each for each in organisations if each.cik}
        self.by_host = {host: each for each in organisations if (host := _host_of(each.website))}
        self.by_key = {each.key: each for each in organisations}
        self.by_name: dict[str, list[Organization]] = {}
        for each in organisations:
            self.by_name.setdefault(organisation_key(each.name), []).append(each)
        self.taken: dict[int | None, CompanyRow] = {}

    def take(self, row: CompanyRow) -> Organization | None:
        """The organisation that the row means, each at most once; None for one not known yet."""
        candidates = (
            self.by_wikidata.get(row.wikidata_id or ""),
            self.by_cik.get(row.cik or ""),
            self.by_host.get(_host_of(row.website) or ""),
            self.by_key.get(row.key),
            self._namesake(row),
        )
        found = next((each for each in candidates if each and not _contradicts(each, row)), None)
        if found and (other := self.taken.setdefault(found.id, row)) is not row:
            message = f"lines {other.line} and {row.line} mean one organisation: {other.name} and {row.name}"
            raise UsageError(
                message, hint=f"known as {found.name}, {mask_url(found.website or 'no website')}; keep one of them"
            )
        return found

    def _namesake(self, row: CompanyRow) -> Organization | None:
        """A name alone decides only where it is all that one of the two has, and fits one organisation."""
        named = self.by_name.get(organisation_key(row.name), [])
        bare = not (row.wikidata_id or row.cik or row.website)
        found = named[0] if len(named) == 1 else None
        return found if found and (bare or not (found.wikidata_id or found.cik or found.website)) else None


def _contradicts(known: Organization, row: CompanyRow) -> bool:
    """Two different ids are two organisations, whatever else they share."""
    pairs = ((known.wikidata_id, row.wikidata_id), (known.cik, row.cik))
    return any(ours and theirs and ours != theirs for ours, theirs in pairs)


def _entries(session: Session, key: str) -> dict[int, ListEntry]:
    rows = session.exec(select(ListEntry).join(CompanyList).where(CompanyList.key == key))
    return {entry.organization_id: entry for entry in rows}


def _organisation(row: CompanyRow, known: Organization | None) -> dict[str, Any]:
    """The organisation's row as it will be; another website has to be confirmed anew."""
    facts = {name: getattr(row, name) or (getattr(known, name) if known else None) for name in FACTS}
    moved = known is None or _host_of(known.website) != _host_of(facts["website"])
    state = "unverified" if known is None or moved else known.site_state
    return {"key": known.key if known else row.key, **facts, "site_state": state}


def _kind(row: CompanyRow, known: Organization | None, facts: dict[str, Any], entries: dict[int, ListEntry]) -> str:
    entry = entries.get(known.id) if known and known.id else None
    if known is None or entry is None:
        return "new"
    same_facts = all(getattr(known, name) == value for name, value in facts.items())
    same_entry = (entry.rank, entry.source, entry.as_of) == (row.rank, row.source, row.as_of)
    return "same" if same_facts and same_entry else "changed"


def _write(
    session: Session,
    key: str,
    field: str,
    rows: Sequence[tuple[CompanyRow, dict[str, Any]]],
    gone: Sequence[ListEntry],
) -> None:
    upsert(session, CompanyList, [{"key": key, "field": field}], key=["key"])
    list_id = session.exec(select(CompanyList.id).where(CompanyList.key == key)).one()
    upsert(session, Organization, [facts for _, facts in rows], key=["key"])
    ids = dict(session.exec(select(Organization.key, Organization.id)).all())
    entries = [
        {
            "list_id": list_id,
            "organization_id": ids[facts["key"]],
            "rank": row.rank,
            "source": row.source,
            "as_of": row.as_of,
        }
        for row, facts in rows
    ]
    upsert(session, ListEntry, entries, key=["list_id", "organization_id"])
    for entry in gone:
        session.delete(entry)
    session.flush()
    for written in session:
        # these were written past the objects of this session
        if isinstance(written, (Organization, ListEntry, CompanyList)):
            session.expire(written)
