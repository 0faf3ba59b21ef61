"""Other people's lists: a CSV file with whatever columns, or one company a line; what cannot be read is named."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pipelines.lexicon.organisations import has_legal_form
from watchlist.companies.figures import (
    column_kind,
    column_rank,
    country_code,
    is_unknown,
    read_amount,
    read_employees,
)
from watchlist.companies.files import LIMIT, CompanyFile, read_company_csv
from watchlist.companies.matching import site_of
from watchlist.companies.rows import COLUMNS, READERS, CompanyRow, Fact, host_of, plain, read_name, shown, web_address
from watchlist.errors import InputError
from watchlist.tables import DELIMITERS, SHOWN, header_choices, read_table

if TYPE_CHECKING:
    from tldextract import TLDExtract

_IDENTIFYING: Final = frozenset({"name", "website", "wikidata_id", "cik", "ticker"})
_HOST: Final = re.compile(r"(?!-)[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z][a-z0-9-]+", re.IGNORECASE)
_NUMBERED: Final = re.compile(r"^\s*(?:\d{1,4}[.)]|[-*•])\s+")
_FIGURES: Final = ("employees", "revenue", "market_cap")


def read_company_file(source: Path | bytes, filename: str, *, max_rows: int | None = None) -> CompanyFile:
    """Reads a list of whatever form: our own CSV, another CSV whose columns have usual names, or one company a line.

    A file with all of `COLUMNS` is read strictly (`read_company_csv`). Of any other what cannot be read is named in
    the warnings and left out; its rows get the rank of its own column, else that of their order. Raises InputError
    for a file in which no column and no line names a company.
    """
    header, is_ours = _header(source, filename)
    if is_ours:
        return read_company_csv(source, filename, max_rows=max_rows)
    read = _read_lines if header is None or len(header) == 1 else _read_columns
    found = read(source, filename, header or (), max_rows)
    if not found.rows:
        hint = f"a first line that names the columns, such as name,website or {','.join(COLUMNS)}; or one name a line"
        raise InputError("no companies in it", file=filename, hint=hint)
    return found


def _header(source: Path | bytes, filename: str) -> tuple[tuple[str, ...] | None, bool]:
    """The cells of the first line where they name columns, and whether these are our own."""
    choices = header_choices(source, filename)
    best = max(choices, key=lambda cells: len({column_kind(cell) for cell in cells} - {None}), default=())
    names = {cell.strip().casefold() for cell in best}
    if names >= set(COLUMNS):
        return best, True
    return (best if _IDENTIFYING & {column_kind(cell) for cell in best} else None), False


# --- columns -----------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Notes:
    """What was left out of a file, for the user."""

    file: str
    found: list[str] = field(default_factory=list)

    def leave_out(self, line: int, what: str) -> None:
        self.found.append(f"{self.file}, line {line}: {what}; left out")

    def warnings(self) -> tuple[str, ...]:
        more = len(self.found) - SHOWN
        return (*self.found[:SHOWN], *((f"and {more} more",) if more > 0 else ()))


def _read_columns(source: Path | bytes, filename: str, header: Sequence[str], max_rows: int | None) -> CompanyFile:
    chosen = _chosen(header)
    columns = [name for name, _ in chosen.values()]
    limit = (LIMIT, max_rows) if max_rows is not None else None
    table = read_table(source, filename, columns=columns, limit=limit, fill_short=True)
    notes = _Notes(filename)
    for problem in table.problems:
        notes.leave_out(problem.line, problem.text)
    rows = []
    for order, row in enumerate(table.rows, 1):
        cells = {kind: row.cells[name] for kind, (name, _) in chosen.items()}
        headings = {kind: heading for kind, (_, heading) in chosen.items()}
        if company := _row(row.line, order, cells, headings, notes):
            rows.append(company)
    rows, about = _without_pages_about(rows)
    return CompanyFile(tuple(_ranked(rows)), (*table.warnings, *about, *notes.warnings()))


def _chosen(header: Sequence[str]) -> dict[str, tuple[str, str]]:
    """For each kind the column that is read: its name in the table and its heading."""
    by_kind: dict[str, list[str]] = {}
    for heading in header:
        if kind := column_kind(heading):
            by_kind.setdefault(kind, []).append(heading)
    best = {kind: min(headings, key=column_rank) for kind, headings in by_kind.items()}
    return {kind: (heading.strip().casefold(), heading) for kind, heading in best.items()}


def _row(line: int, order: int, cells: dict[str, str], headings: dict[str, str], notes: _Notes) -> CompanyRow | None:
    values: dict[str, Any] = {}
    for kind, read in _LENIENT.items():
        cell = cells.get(kind, "")
        try:
            text = plain(cell)
            values[kind] = None if is_unknown(text) else read(text)
        except ValueError as error:
            values[kind] = None
            notes.leave_out(line, f"{headings[kind].strip()}: {error}")
    if not any(values[kind] for kind in _IDENTIFYING):
        if any(cell.strip() for cell in cells.values()):
            notes.leave_out(line, "nothing in it says which company is meant")
        return None
    values["source"] = values["source"] or f"imported from {Path(notes.file).name}"
    rank = values.pop("rank") or order
    facts = _facts(cells, headings, values["source"], values["as_of"])
    return CompanyRow(line=line, rank=rank, **values, facts=facts, is_ours=False)


def _facts(cells: dict[str, str], headings: dict[str, str], source: str, as_of: str | None) -> tuple[Fact, ...]:
    facts = []
    for kind in _FIGURES:
        cell = cells.get(kind, "")
        if kind == "employees":
            value, unit = read_employees(cell), None
        else:
            value, unit = read_amount(cell, headings.get(kind, "")) or (None, None)
        if value:
            facts.append(Fact(kind=kind, value=value, unit=unit, as_of=as_of, source=source))
    return tuple(facts)


def _without_pages_about(rows: list[CompanyRow]) -> tuple[list[CompanyRow], tuple[str, ...]]:
    """Where most addresses of a list lie on one site they are its pages about the companies, not the companies' own."""
    sites = Counter(site_of(row.website) for row in rows if row.website)
    site, count = sites.most_common(1)[0] if sites else ("", 0)
    if count < 3 or count * 2 <= sites.total():
        return rows, ()
    kept = [replace(row, website=None) if row.website and site_of(row.website) == site else row for row in rows]
    words = f"{count} of {sites.total()} addresses lie on {site}: pages about the companies, not their own; not used"
    return [row for row in kept if row.name or row.website or row.wikidata_id or row.cik or row.ticker], (words,)


def _ranked(rows: list[CompanyRow]) -> Iterable[CompanyRow]:
    """The ranks of the file where they are whole, else the order of its lines."""
    if len({row.rank for row in rows}) == len(rows):
        return rows
    return (replace(row, rank=rank) for rank, row in enumerate(rows, 1))


# --- cells -------------------------------------------------------------------------------------------------------


def _site(text: str) -> str | None:
    """A website or a bare domain; one of a platform that is never fetched is nobody's own."""
    address = web_address(text if "://" in text else f"https://{text.removeprefix('//')}")
    host = host_of(address)
    if host and _is_platform(host):
        raise ValueError(f"a page on a platform, not its own site: {shown(text)}")
    return address


@cache
def _is_platform(host: str) -> bool:
    from crawler.fetch.access import access_rules

    return access_rules().is_never_fetched(host.partition(":")[0])


def _wikidata_id(text: str) -> str | None:
    if match := re.search(r"(?:^|[/:])(Q[1-9][0-9]{0,11})$", text):
        return match[1]
    raise ValueError(f"not a Wikidata id: {shown(text)}")


def _cik(text: str) -> str | None:
    match = re.fullmatch(r"(?:CIK[ #:]*)?0*([1-9][0-9]{0,9})(?:\.0)?", text, re.IGNORECASE)
    if match is None:
        raise ValueError(f"not a CIK: {shown(text)}")
    return match[1]


def _country(text: str) -> str | None:
    if code := country_code(text):
        return code
    raise ValueError(f"not a country that is known: {shown(text)}")


def _rank(text: str) -> int | None:
    match = re.fullmatch(r"[#=]?\s*([1-9][0-9]{0,8})(?:\.0*)?=?", text)
    return int(match[1]) if match else None


def _ticker(text: str) -> str | None:
    match = re.fullmatch(r"(?:[A-Z]+:\s*)?([A-Z0-9]{1,6}(?:[.-][A-Z]{1,2})?)", text.upper())
    return match[1].replace(".", "-") if match else None


_LENIENT: Final[dict[str, Callable[[str], Any]]] = {
    "rank": _rank,
    "name": read_name,
    "website": _site,
    "wikidata_id": _wikidata_id,
    "cik": _cik,
    "ticker": _ticker,
    "country": _country,
    "leadership_url": _site,
    "source": str,
    "as_of": READERS["as_of"],
}


# --- one company a line ------------------------------------------------------------------------------------------


def _read_lines(source: Path | bytes, filename: str, header: Sequence[str], max_rows: int | None) -> CompanyFile:
    lines = [(number, line.strip()) for number, line in enumerate(_lines(source, filename), 1)]
    kept = [(number, line) for number, line in lines if line and not line.startswith(("#", "//"))][len(header) :]
    _refuse_table(filename, [line for _, line in kept])
    if max_rows is not None and len(kept) > max_rows:
        message = f"{len(kept)} rows, more than {LIMIT} = {max_rows} allows; nothing was taken over"
        hint = f"split the list, or raise {LIMIT} in config.toml"
        raise InputError(message, file=filename, line=kept[max_rows][0], hint=hint)
    notes, rows = _Notes(filename), list[CompanyRow]()
    kind = column_kind(header[0]) if header else None
    for number, line in kept:
        text = _unquoted(_NUMBERED.sub("", line))
        cells = _token(text) if kind in {None, "name"} else {str(kind): text}
        if company := _row(number, len(rows) + 1, cells, dict.fromkeys(cells, "name"), notes):
            rows.append(company)
    return CompanyFile(tuple(rows), notes.warnings())


def _lines(source: Path | bytes, filename: str) -> list[str]:
    # read_table's checks of size, existence and coding hold for a list without columns too
    header_choices(source, filename)
    data = source if isinstance(source, bytes) else source.read_bytes()
    try:
        return data.decode("utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise InputError("not UTF-8 text; save the file as UTF-8", file=filename, line=line) from None


def _refuse_table(filename: str, lines: Sequence[str]) -> None:
    """Raises InputError for a table whose columns nobody names: guessing them would make names of numbers."""
    for delimiter in DELIMITERS:
        parted = [line for line in lines if delimiter in line and not has_legal_form(line)]
        if len(parted) > 1 and len(parted) * 2 > len(lines):
            hint = "its first line should name them, such as rank,name,website"
            raise InputError("has columns, but none with a name that is known", file=filename, line=1, hint=hint)


def _token(text: str) -> dict[str, str]:
    """What one line says, as a cell of a column."""
    if re.search(r"(?:^|wikidata\.org/(?:wiki|entity)/)Q[1-9][0-9]{0,11}$", text):
        return {"wikidata_id": text}
    if re.fullmatch(r"CIK[ #:]*\d{1,10}|\d{5,10}", text, re.IGNORECASE):
        return {"cik": text}
    if "://" in text or (_HOST.fullmatch(text.partition("/")[0]) and _has_public_suffix(text.partition("/")[0])):
        return {"website": text}
    return {"name": text}


def _unquoted(text: str) -> str:
    return text[1:-1].replace('""', '"') if len(text) > 1 and text[0] == text[-1] == '"' else text


def _has_public_suffix(host: str) -> bool:
    """Whether a word with dots in it is a domain: "acme.com", not "U.S.Steel"; also the names kept for examples."""
    return host.casefold().endswith((".test", ".example")) or bool(_suffixes()(host.casefold()).suffix)


@cache
def _suffixes() -> TLDExtract:
    from tldextract import TLDExtract

    return TLDExtract(suffix_list_urls=(), cache_dir=None)
