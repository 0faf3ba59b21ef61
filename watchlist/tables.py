"""Tables as CSV: strict reading that names line and column, formula-safe writing, and the way back."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from watchlist.errors import InputError
from watchlist.secrets import has_user_info, mask_text

DELIMITERS: Final = (",", ";", "\t")
MAX_BYTES: Final = 64 * 1024 * 1024
"""Of a file given by the user; a longer one is no list of companies."""
SHOWN: Final = 20
"""Problems named in one message; the rest is counted."""
NO_USER_INFO: Final = (
    "an address with a user name or password in it is not taken over; leave it out, and keep a token in the keyring "
    "or the environment (MENTORWATCH_<NAME>_TOKEN)"
)
"""What to say of such an address, whose password is not said again."""

_NEWLINE: Final = re.compile(r"\r\n|\r|\n")
_NOT_UTF8: Final = re.compile("[\udc80-\udcff]")
_FORMULA_STARTS: Final = frozenset("=+-@\t\r\n\x00\uff1d\uff0b\uff0d\uff20\ufe66\ufe62\ufe63\ufe6b")
"""What a spreadsheet may take for the start of a formula, with its full-width and small look-alikes."""
_QUOTES: Final = frozenset("\"'`\uff02\uff07\u201a\u201e")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one cell: line of the file, column by name (a number where it has none)."""

    line: int
    column: str | int
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """One record: the line on which it starts and its cells by column name, as written."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """A file that was read: rows of the right width, and what is wrong with the others."""

    file: str
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]
    warnings: tuple[str, ...]


def read_table(
    source: Path | bytes,
    filename: str,
    *,
    columns: Sequence[str],
    limit: tuple[str, int] | None = None,
    fill_short: bool = False,
) -> Table:
    """Reads a CSV file with a header: comma, semicolon or tab, with or without a BOM; blank lines do not count.

    `columns` must all be there, in any order; others are named in `warnings` and left out. `limit` is a setting and
    the number of rows it allows. Raises InputError at once for a wrong header and for too many rows. Ragged rows,
    broken quotes and bytes that are no UTF-8 stand in `problems`: the caller adds its own, then `refuse_problems`.
    With `fill_short` the cells that a row lacks at its end are empty ones, as programs leave them out.
    """
    text = _bytes_of(source, filename).removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")
    broken: list[Problem] = []
    delimiter = _delimiter_of(text, columns)
    records = ((line, cells) for line, cells in split_records(text, delimiter, broken) if any(map(str.strip, cells)))
    line, header = next(records, (1, []))
    names = _checked_header(filename, line, header, columns)
    body = [(at, cells + [""] * (len(names) - len(cells)) if fill_short else cells) for at, cells in records]
    if limit and len(body) > limit[1]:
        message = f"{len(body)} rows, more than {limit[0]} = {limit[1]} allows; nothing was taken over"
        hint = f"split the list, or raise {limit[0]} in config.toml"
        raise InputError(message, file=filename, line=body[limit[1]][0], column=names[0], hint=hint)
    problems = [_named(problem, names) for problem in broken]
    rows = tuple(_rows(names, frozenset(columns), body, problems))
    unknown = [name for name in names if name not in columns]
    warnings = (f"{filename}: columns not used: {mask_text(', '.join(unknown))}",) if unknown else ()
    return Table(filename, rows, tuple(problems), warnings)


def header_choices(source: Path | bytes, filename: str) -> list[tuple[str, ...]]:
    """The cells of the first line that is not blank, under each delimiter; for files whose columns are not known."""
    text = _bytes_of(source, filename).removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")
    first = next((line for line in _NEWLINE.split(text) if line.strip()), "")
    return [tuple(cells) for delimiter in DELIMITERS for _, cells in split_records(first, delimiter, [])]


def refuse_problems(file: str, problems: Iterable[Problem], *, hint: str | None = None) -> None:
    """Raises InputError that names the problems in the order of their lines, at most `SHOWN`; nothing for none."""
    found = sorted(problems, key=lambda problem: problem.line)
    if not found:
        return
    first, *others = found
    more = [f"{file}, line {each.line}, column {each.column}: {each.text}" for each in others[: SHOWN - 1]]
    if len(found) > SHOWN:
        more.append(f"and {len(found) - SHOWN} more problems")
    message = "\n".join([first.text, *more])
    raise InputError(message, file=file, line=first.line, column=first.column, hint=hint)


def write_table(
    columns: Sequence[str],
    rows: Iterable[Sequence[str | float | None]],
    *,
    delimiter: str = ",",
    bom: bool = False,
) -> bytes:
    """A CSV file as RFC 4180 has it (CRLF, every cell quoted), UTF-8, no cell of which is a formula.

    Texts are guarded (`guard_cell`), numbers stay numbers, None is an empty cell.
    """
    lines = [delimiter.join(_quote(name) for name in columns)]
    lines += [delimiter.join(_quote(_written(value)) for value in row) for row in rows]
    text = "".join(f"{line}\r\n" for line in lines)
    return text.encode("utf-8-sig" if bom else "utf-8", "replace")


def guard_cell(text: str) -> str:
    """The text as a spreadsheet may see it: behind an apostrophe where it could be taken for a formula (CWE-1236)."""
    return f"'{text}" if _may_be_formula(text) else text


def unguard_cell(cell: str) -> str:
    """The text that `guard_cell` was given.

    The apostrophe is among the quotes that a formula may hide behind, so a text that has one already gets a second:
    no two texts give the same cell.
    """
    return cell[1:] if cell.startswith("'") and _may_be_formula(cell[1:]) else cell


def _may_be_formula(text: str) -> bool:
    """Whether the first character behind spaces, invisible characters and quotes starts a formula."""
    for character in text:
        if character in _FORMULA_STARTS:
            return True
        if not _is_skipped(character):
            return False
    return False


def _is_skipped(character: str) -> bool:
    # Zs, Zl, Zp: spaces; Cc, Cf: controls, zero width, marks of direction; Pi, Pf: typographic quotes
    category = unicodedata.category(character)
    return character in _QUOTES or category in {"Zs", "Zl", "Zp", "Cc", "Cf", "Pi", "Pf"}


def _written(value: str | float | None) -> str:
    if value is None:
        return ""
    return guard_cell(value) if isinstance(value, str) else str(value)


def _quote(cell: str) -> str:
    return '"' + cell.replace('"', '""') + '"'


def _bytes_of(source: Path | bytes, filename: str) -> bytes:
    try:
        size = len(source) if isinstance(source, bytes) else source.stat().st_size
        if size > MAX_BYTES:
            raise InputError(f"longer than {MAX_BYTES // 1024**2} MiB", file=filename)
        return source if isinstance(source, bytes) else source.read_bytes()
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", file=filename) from None


def _delimiter_of(text: str, known: Sequence[str]) -> str:
    """The delimiter under which the first line names most of the known columns."""
    first = _NEWLINE.split(text.lstrip("\r\n"), maxsplit=1)[0]

    def score(delimiter: str) -> int:
        return len({_name(cell) for _, cells in split_records(first, delimiter, []) for cell in cells} & set(known))

    return max(DELIMITERS, key=score)


def _name(cell: str) -> str:
    return cell.strip().casefold()


def _checked_header(filename: str, line: int, header: Sequence[str], columns: Sequence[str]) -> list[str]:
    names = [_name(cell) for cell in header]
    hint = f"the first line names the columns: {','.join(columns)}"
    for number, name in enumerate(names, 1):
        if broken := _not_utf8(name):
            raise InputError(broken, file=filename, line=line, column=number)
        if name and name in names[: number - 1]:
            raise InputError(
                f"the column {mask_text(name)!r} stands there twice", file=filename, line=line, column=number
            )
    if missing := [column for column in columns if column not in names]:
        message = f"missing column{'s' * (len(missing) > 1)}: {', '.join(missing)}"
        raise InputError(message, file=filename, line=line, column=missing[0], hint=hint)
    return names


def _named(problem: Problem, names: Sequence[str]) -> Problem:
    """The problem with its column by name; `split_records` knows numbers only."""
    number = problem.column
    if isinstance(number, int) and number <= len(names):
        return Problem(problem.line, names[number - 1], problem.text)
    return problem


def _rows(
    names: Sequence[str], known: frozenset[str], body: Iterable[tuple[int, list[str]]], problems: list[Problem]
) -> Iterator[Row]:
    damaged = {problem.line for problem in problems}
    for line, cells in body:
        if line in damaged:
            continue
        if len(cells) != len(names):
            problems.append(_ragged(line, cells, names))
            continue
        broken = [
            Problem(line, name, text)
            for name, cell in zip(names, cells, strict=True)
            if (text := _not_utf8(cell) or (_user_info(cell) if name in known else None))
        ]
        problems += broken
        if not broken:
            yield Row(line, {name: cell for name, cell in zip(names, cells, strict=True) if name in known})


def _ragged(line: int, cells: Sequence[str], names: Sequence[str]) -> Problem:
    short = len(cells) < len(names)
    column: str | int = names[len(cells)] if short else len(names) + 1
    return Problem(line, column, f"{len(cells)} cells where the header has {len(names)}")


def _not_utf8(cell: str) -> str | None:
    """What to say of a cell with bytes that are no UTF-8 (surrogateescape keeps them as U+DC80 to U+DCFF)."""
    if match := _NOT_UTF8.search(cell):
        byte = ord(match[0]) - 0xDC00
        return f"not UTF-8 text (byte 0x{byte:02X}, character {match.start() + 1} of the cell); save the file as UTF-8"
    return None


def _user_info(cell: str) -> str | None:
    return NO_USER_INFO if has_user_info(cell) else None


def split_records(text: str, delimiter: str, problems: list[Problem]) -> Iterator[tuple[int, list[str]]]:
    """Line and cells of every record of RFC 4180 text; a record with broken quotes goes to `problems`.

    Not the csv module: it says neither where a record starts nor which cell is broken, and bounds the length of cells.
    """
    cell = re.compile(
        rf'(?:"((?:[^"]++|"")*+)"|((?!")[^{re.escape(delimiter)}\r\n]*+))({re.escape(delimiter)}|\r\n|\r|\n|\Z)'
    )
    place, line, start, cells = 0, 1, 1, list[str]()
    while place < len(text) or cells:
        match = cell.match(text, place)
        if match is None:
            problems.append(_broken_quote(text, place, start, len(cells) + 1))
            end = _NEWLINE.search(text, place)
            place, line = (end.end(), line + 1) if end else (len(text), line)
            yield start, cells
            start, cells = line, []
            continue
        quoted, plain, separator = match.groups()
        cells.append(plain if quoted is None else quoted.replace('""', '"'))
        place, line = match.end(), line + len(_NEWLINE.findall(match[0]))
        if separator != delimiter:
            yield start, cells
            start, cells = line, []


def _broken_quote(text: str, place: int, line: int, column: int) -> Problem:
    closed = re.compile(r'"(?:[^"]++|"")*+"').match(text, place)
    what = "text behind the closing quote" if closed else "a quote that is never closed"
    return Problem(line, column, f"{what}; a quote inside a quoted cell is written twice")
