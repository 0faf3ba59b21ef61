"""Lists in our own format: the shipped ones, and strict reading of CSV files, taken whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from watchlist.companies.rows import COLUMNS, IDENTIFYING, READERS, CompanyRow, host_of, plain
from watchlist.errors import NotFoundError
from watchlist.secrets import mask_url
from watchlist.settings import config_dir
from watchlist.tables import Problem, Row, read_table, refuse_problems

LIMIT: Final = "companies.max_rows"


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


def presets() -> tuple[Preset, ...]:
    """The shipped lists, by name."""
    files = sorted((config_dir() / "companies").glob("*.csv"))
    return tuple(Preset(file.stem, file, len(read_company_csv(file, file.name).rows)) for file in files)


def read_preset(key: str) -> CompanyFile:
    """A shipped list. Raises NotFoundError that names all of them."""
    file = config_dir() / "companies" / f"{key}.csv"
    known = sorted(each.stem for each in file.parent.glob("*.csv"))
    if key not in known:
        hint = f"shipped are {', '.join(known)}; for a file of yours give its path"
        raise NotFoundError(f"no list {key!r} is shipped", hint=hint)
    return read_company_csv(file, file.name)


def read_company_csv(source: Path | bytes, filename: str, *, max_rows: int | None = None) -> CompanyFile:
    """Reads a list with the columns `COLUMNS` (order, delimiter and further columns are free).

    A row needs a rank and one of `IDENTIFYING`. Raises InputError that names every problem (up to 20) with line and
    column; a file is taken whole or not at all. `max_rows` is the setting companies.max_rows.
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
    wrong: dict[str, str] = {}
    for column, read in READERS.items():
        try:
            values[column] = read(plain(row.cells[column]))
        except ValueError as error:
            wrong[column] = str(error)
    if "name" not in wrong and not any(values.get(column) for column in IDENTIFYING):
        wrong["name"] = "the name is empty, and no website, Wikidata id or CIK stands for it"
    problems += (Problem(row.line, column, wrong[column]) for column in READERS if column in wrong)
    if wrong:
        return None
    values["source"] = values["source"] or f"imported from {Path(filename).name}"
    return CompanyRow(line=row.line, **values)


def _doubles(rows: Sequence[CompanyRow]) -> Iterator[Problem]:
    """Rows that say again what one before them says: two companies never share a rank, a name, a site or an id."""
    seen: dict[tuple[str, object], int] = {}
    for row in rows:
        told = {
            "rank": row.rank,
            "name": row.name.casefold() if row.name else None,
            "website": host_of(row.website),
            "wikidata_id": row.wikidata_id,
            "cik": row.cik,
        }
        for column, value in told.items():
            if value is not None and (line := seen.setdefault((column, value), row.line)) != row.line:
                shown = mask_url(str(getattr(row, column)))
                yield Problem(row.line, column, f"{shown} stands in line {line} already")
