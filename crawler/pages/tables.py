"""Tables of people: what the header row says of the columns, names in two columns as one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import islice, pairwise
from typing import Final

from crawler.pages.card import Marked
from crawler.pages.lines import Box, Line
from crawler.pages.marks import LABEL, Mark, may_be_name
from pipelines.lexicon.folding import fold
from pipelines.lexicon.vocabulary import load_vocabulary

_CELLS: Final = frozenset({"td", "th"})
_COLUMNS: Final = 2
_MAX_ROWS: Final = 2000
_MAX_NAME: Final = 60
_MAX_TITLE: Final = 200


@dataclass(frozen=True, slots=True)
class TableWords:
    """What stands over the columns of tables of people."""

    given: frozenset[str]
    family: frozenset[str]
    names: frozenset[str]
    titles: frozenset[str]
    employers: frozenset[str]

    def heads(self) -> frozenset[str]:
        """All of them."""
        return self.given | self.family | self.names | self.titles


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column holds what; None where the table has no such column."""

    given: int | None
    family: int | None
    name: int | None
    title: int | None
    employer: int | None
    count: int
    """How many columns have a heading."""


@cache
def table_words() -> TableWords:
    """The lists of config/vocab/pages.toml."""
    data = load_vocabulary("pages")["tables"]
    return TableWords(**{kind: frozenset(words) for kind, words in data.items()})


def read_tables(marked: Marked) -> None:
    """Mark the cells below a header row by their column: the name, whole, with its title after it.

    Columns tell more than the words of a cell: a title nobody knows is one, and so is a rare name.
    """
    _read_columns(marked)
    for header in _headers(marked):
        if (columns := _columns(marked, header)) is not None:
            for row in islice(_rows(marked, header), _MAX_ROWS):
                _mark_row(marked, row, columns)


def _read_columns(marked: Marked) -> None:
    """A row of names above a row of titles: each belongs to the one above it."""
    rows = list(_table_rows(marked))
    for above, below in pairwise(rows):
        cells = _cells(marked, above)
        names = [marked.marks[cell.first] for cell in cells]
        if len(names) < _COLUMNS or any(mark.kind != "name" for mark in names) or above.parent is not below.parent:
            continue
        titles = [cell.first for cell in _cells(marked, below)]
        if len(titles) == len(names) and all(marked.mark(index).kind == "title" for index in titles):
            for cell, mark, index in zip(cells, names, titles, strict=True):
                marked.marks[cell.first] = Mark("both", mark.names, marked.mark(index).title)
                marked.marks[index] = LABEL


def _table_rows(marked: Marked) -> Iterator[Box]:
    row: Box | None = None
    for line in marked.page.lines:
        other = _row_of(line)
        if other is not None and other is not row:
            yield other
        row = other or row


def _headers(marked: Marked) -> list[Box]:
    """The rows whose cells say name, position ..., at least two of them."""
    heads, rows = table_words().heads(), dict[int, tuple[Box, int]]()
    for line in marked.page.lines:
        if len(line.text) <= _MAX_NAME // 2 and (row := _row_of(line)) is not None and _head(line.text) in heads:
            rows[id(row)] = row, rows.get(id(row), (row, 0))[1] + 1
    return [row for row, count in rows.values() if count > 1]


def _head(text: str) -> str:
    return fold(text).strip(" :.*")


def _row_of(line: Line) -> Box | None:
    cell = _cell_of(line)
    return cell.parent if cell is not None else None


def _cell_of(line: Line) -> Box | None:
    for box in islice(line.box.outward(), 5):
        if box.tag in _CELLS:
            return box if box.parent is not None and box.parent.tag == "tr" else None
    return None


def _columns(marked: Marked, header: Box) -> Columns | None:
    words = table_words()
    heads = [_head(marked.page.lines[cell.first].text) for cell in _cells(marked, header)]
    given = _first(heads, words.given)
    family = _first(heads, words.family, but=given)
    if given is None or family is None:
        given = family = None
    name = _first(heads, words.names) if given is None else None
    title = _first(heads, words.titles)
    if title is None or (name is None and given is None):
        return None
    return Columns(given, family, name, title, _first(heads, words.employers), len(heads))


def _first(heads: list[str], words: frozenset[str], but: int | None = None) -> int | None:
    return next((n for n, head in enumerate(heads) if head in words and n != but), None)


def _cells(marked: Marked, row: Box) -> list[Box]:
    """The cells of a row that hold text; an empty cell has no line and no place here."""
    cells: dict[int, Box] = {}
    for line in marked.page.lines[row.first : row.end]:
        cell = _cell_of(line)
        if cell is not None and cell.parent is row:
            cells[id(cell)] = cell
    return list(cells.values())


def _rows(marked: Marked, header: Box) -> Iterator[Box]:
    """The rows below a header row, in its table."""
    table = next((box for box in header.outward() if box.tag == "table"), None)
    position, end = header.end, table.end if table is not None else header.end
    while position < end:
        row = _row_of(marked.page.lines[position])
        if row is None or row.end <= position:
            position += 1
            continue
        yield row
        position = row.end


def _mark_row(marked: Marked, row: Box, columns: Columns) -> None:
    cells = _cells(marked, row)
    last = max(n for n in (columns.given, columns.family, columns.name, columns.title) if n is not None)
    if len(cells) <= last or (len(cells) < columns.count and not _is_plain(marked, cells, columns)):
        return
    title = _text(marked, cells[columns.title or 0])
    if columns.name is None:
        owner = cells[min(columns.given or 0, columns.family or 0)]
        name = f"{_text(marked, cells[columns.given or 0])} {_text(marked, cells[columns.family or 0])}"
    else:
        owner = cells[columns.name]
        name = _text(marked, owner)
    if not (2 < len(name) <= _MAX_NAME and 1 < len(title) <= _MAX_TITLE) or any(char.isdigit() for char in name):
        return
    if columns.name is not None and not (marked.marks[owner.first].kind == "name" or may_be_name(name)):
        return
    for cell in cells:
        for index in range(cell.first, cell.end):
            marked.marks[index] = LABEL
    marked.marks[owner.first] = Mark("both", (name,), title, employer=_employer(marked, cells, columns))


def _employer(marked: Marked, cells: list[Box], columns: Columns) -> str | None:
    known = columns.employer is not None and columns.employer < len(cells) == columns.count
    return _text(marked, cells[columns.employer or 0]) if known else None


def _is_plain(marked: Marked, cells: list[Box], columns: Columns) -> bool:
    """Whether a row with an empty cell, whose columns are in doubt, has its title where it should be."""
    return marked.mark(cells[columns.title or 0].first).kind == "title"


def _text(marked: Marked, cell: Box) -> str:
    return " ".join(line.text for line in marked.page.lines[cell.first : cell.end])
