"""Reads the contacts of LinkedIn's own data export: Connections.csv, or the archive that holds it."""

from __future__ import annotations

import re
import unicodedata
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Final

from crawler.charsets import decode
from watchlist.errors import InputError
from watchlist.settings import ImportSettings, config_dir, read_toml
from watchlist.tables import DELIMITERS, Problem, split_records

HOW_TO_EXPORT: Final = "LinkedIn: Settings, Data privacy, Get a copy of your data, Connections; it comes as a ZIP"
_AGAIN: Final = "download it again, or unpack it yourself"
_PREAMBLE: Final = 60
"""Records in which the header is looked for: some exports begin with notes."""
_MAIL: Final = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_DATES: Final = ("%d %b %Y", "%d %B %Y", "%Y-%m-%d", "%d.%m.%Y", "%b %d, %Y", "%m/%d/%Y", "%m/%d/%y")
_LONGEST: Final = 300
_READ_AT_ONCE: Final = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Connection:
    """One contact as the export has it, white space folded, without mail addresses."""

    line: int
    name: str
    url: str | None
    company: str | None
    position: str | None
    connected_on: str | None
    """ISO where it could be read, else as written."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row that is no contact: the line and the reason, padding or no_name or ragged or broken_quotes."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Connections:
    """What a file holds."""

    rows: tuple[Connection, ...]
    skipped: tuple[Skipped, ...]

    @property
    def reasons(self) -> dict[str, int]:
        """How many rows were skipped, by reason."""
        return dict(sorted(Counter(each.reason for each in self.skipped).items()))


@dataclass(frozen=True, slots=True)
class Header:
    """On which line it stands, the place of each column, and how many cells it has."""

    line: int
    places: Mapping[str, int]
    width: int


def read_connections(file: Path, limits: ImportSettings) -> Connections:
    """The contacts of a file. Raises InputError that says what is wrong and how to get the right file."""
    text = decode(_bytes_of(file, limits.max_file_mib * 1024**2))
    if not text.strip():
        raise InputError("the file is empty", file=file, hint=HOW_TO_EXPORT)
    broken: list[Problem] = []
    delimiter = _delimiter(text)
    records = list(split_records(text, delimiter, broken))
    header = _header(records, file)
    body = [(line, cells) for line, cells in records if line > header.line]
    if len(body) > limits.max_contacts:
        message = f"{len(body)} rows, more than imports.max_contacts = {limits.max_contacts} allows"
        raise InputError(message, file=file, hint="raise it in config.toml")
    return _rows(body, header, {problem.line for problem in broken})


# --- rows --------------------------------------------------------------------------------------------------------


def _rows(body: Iterable[tuple[int, list[str]]], header: Header, broken: set[int]) -> Connections:
    rows, skipped = [], []
    for line, cells in body:
        read = Skipped(line, "broken_quotes") if line in broken else _row(line, cells, header)
        if isinstance(read, Connection):
            rows.append(read)
        elif read.reason != "blank":
            skipped.append(read)
    return Connections(tuple(rows), tuple(skipped))


def _row(line: int, cells: Sequence[str], header: Header) -> Connection | Skipped:
    if cells == [""]:
        return Skipped(line, "blank")
    if not any(cell.strip() for cell in cells):
        return Skipped(line, "padding")
    if any(cell.strip() for cell in cells[header.width :]):
        return Skipped(line, "ragged")
    told = {name: _clean(cells[place]) if place < len(cells) else "" for name, place in header.places.items()}
    name = told.get("full_name") or " ".join(filter(None, (told.get("first_name"), told.get("last_name"))))
    if not name:
        return Skipped(line, "no_name")
    return Connection(
        line=line,
        name=name,
        url=told.get("url") or None,
        company=told.get("company") or None,
        position=told.get("position") or None,
        connected_on=_day(told.get("connected_on", "")),
    )


def _clean(cell: str) -> str:
    """One line without mail addresses and invisible characters."""
    shown = "".join(each if unicodedata.category(each) not in {"Cc", "Cf", "Cs", "Co"} else " " for each in cell)
    return " ".join(_MAIL.sub(" ", shown[: 4 * _LONGEST]).split())[:_LONGEST]


def _day(text: str) -> str | None:
    for form in _DATES:
        try:
            return datetime.strptime(text, form).date().isoformat()  # noqa: DTZ007  # a date, no time
        except ValueError:
            continue
    return text or None


# --- header ------------------------------------------------------------------------------------------------------


def _delimiter(text: str) -> str:
    """The delimiter under which the first lines name most columns."""

    def score(delimiter: str) -> int:
        lines = text[:8000].splitlines()[:_PREAMBLE]
        return max((len(_columns(line.split(delimiter))) for line in lines), default=0)

    return max(DELIMITERS, key=score)


def _header(records: Sequence[tuple[int, list[str]]], file: Path) -> Header:
    for line, cells in records[:_PREAMBLE]:
        columns = _columns(cells)
        named = "full_name" in columns or {"first_name", "last_name"} <= columns.keys()
        if named and columns.keys() & {"company", "position", "url", "connected_on"}:
            return Header(line, columns, len(cells))
    message = "no line names the columns First Name, Last Name, Company, Position"
    raise InputError(message, file=file, hint=HOW_TO_EXPORT)


def _columns(cells: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for place, cell in enumerate(cells):
        name = _headings().get(_heading(cell))
        if name is not None:
            found.setdefault(name, place)
    return found


def _heading(cell: str) -> str:
    folded = unicodedata.normalize("NFKD", cell.strip().strip('"').removeprefix("\ufeff")[:60].casefold())
    return "".join(each for each in folded if not unicodedata.combining(each) and not each.isspace())


@cache
def _headings() -> Mapping[str, str]:
    words = read_toml(config_dir() / "linkedin.toml")["connections"]
    return {_heading(word): column for column, known in words.items() for word in known}


# --- file --------------------------------------------------------------------------------------------------------


def _bytes_of(file: Path, limit: int) -> bytes:
    """The CSV file's bytes, out of the archive where it is one."""
    try:
        if zipfile.is_zipfile(file):
            return _out_of_archive(file, limit)
        if file.stat().st_size > limit:
            raise _too_large(file, limit)
        data = file.read_bytes()
    except OSError as error:
        raise InputError(error.strerror or "cannot be read", file=file) from None
    if data.startswith(b"PK\x03\x04"):
        raise InputError("the archive is damaged", file=file, hint=_AGAIN)
    return data


def _out_of_archive(file: Path, limit: int) -> bytes:
    wanted = read_toml(config_dir() / "linkedin.toml")["export"]["file"].casefold()
    try:
        with zipfile.ZipFile(file) as archive:
            names = [name for name in archive.namelist() if name.replace("\\", "/").split("/")[-1].casefold() == wanted]
            if not names:
                raise InputError("the archive holds no Connections.csv", file=file, hint=HOW_TO_EXPORT)
            with archive.open(min(names, key=lambda name: (name.count("/"), name))) as part:
                data = _bounded(iter(lambda: part.read(_READ_AT_ONCE), b""), limit)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, zlib.error, EOFError) as error:
        what = "is locked by a password" if "password" in str(error) else "is damaged"
        raise InputError(f"the archive {what}", file=file, hint=_AGAIN) from None
    if data is None:
        raise _too_large(file, limit)
    return data


def _bounded(parts: Iterable[bytes], limit: int) -> bytes | None:
    """All parts together; None as soon as they are more than the limit, whatever the archive says of their size."""
    whole = bytearray()
    for part in parts:
        whole += part
        if len(whole) > limit:
            return None
    return bytes(whole)


def _too_large(file: Path, limit: int) -> InputError:
    message = f"larger than imports.max_file_mib = {limit // 1024**2} allows"
    return InputError(message, file=file, hint="raise it in config.toml if it is what you think it is")
