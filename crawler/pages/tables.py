"""Tables of people: what the header row says of the columns, names in two columns as one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice, pairwise
from typing import Final

from crawler.pages.card import Marked
from crawler.pages.employment import employer_by_place
from crawler.pages.lines import Box, Line
from crawler.pages.marks import LABEL, Mark, may_be_name
from pipelines.lexicon.folding import fold
from pipelines.lexicon.names import read_name
from pipelines.lexicon.organisations import looks_like_organisation
from pipelines.lexicon.titles import read_title
from pipelines.lexicon.vocabulary import load_vocabulary

_CELLS: Final = frozenset({"td", "th"})
_COLUMNS: Final = 2
_MAX_ROWS: Final = 2000
_SEVERAL: Final = 3
_MAX_WORDS: Final = 6
_LANGUAGES: Final = re.compile(r"\s*[/|(]\s*")
_EASTERN: Final = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_MAX_NAME: Final = 60
_MAX_TITLE: Final = 200


@dataclass(frozen=True, slots=True)
class TableWords:
    """What stands over the columns of tables of people."""

    given: frozenset[str]
    family: frozenset[str]
    names: frozenset[str]
    titles: frozenset[str]
    jobs: frozenset[str]
    employers: frozenset[str]

    def heads(self) -> frozenset[str]:
        """All of them."""
        return self.given | self.family | self.names | self.titles | self.jobs


@dataclass(frozen=True, slots=True)
class Columns:
    """Which column holds what; None where the table has no such column."""

    given: int | None
    family: int | None
    name: int | None
    title: int | None
    employer: int | None
    job: int | None
    """What somebody does elsewhere."""
    count: int
    """How many columns have a heading."""
    family_first: bool = False
    """Whether the column of names has the family name first: "Lee, Ann"."""


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
            rows = list(islice(_rows(marked, header), _MAX_ROWS))
            columns = replace(columns, family_first=_is_family_first(marked, rows, columns))
            for row in rows:
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
        if (
            len(line.text) <= _MAX_NAME // 2
            and (row := _row_of(line)) is not None
            and not _head(line.text).isdisjoint(heads)
        ):
            rows[id(row)] = row, rows.get(id(row), (row, 0))[1] + 1
    return [row for row, count in rows.values() if count > 1]


def _head(text: str) -> frozenset[str]:
    """What a heading says, in each of the languages it stands in: "Title / Position"."""
    folded = fold(text).strip(" :.*")
    return frozenset(part.strip(" :.*") for part in (folded, *_LANGUAGES.split(folded)))


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
    name = _name_column(heads, words.names) if given is None else None
    title, job = _first(heads, words.titles), _first(heads, words.jobs)
    if title is None:
        title, job = job, None
    if title is None or (name is None and given is None):
        return None
    return Columns(given, family, name, title, _first(heads, words.employers), job, len(heads))


def _first(heads: list[frozenset[str]], words: frozenset[str], but: int | None = None) -> int | None:
    return next((n for n, head in enumerate(heads) if n != but and not head.isdisjoint(words)), None)


def _name_column(heads: list[frozenset[str]], words: frozenset[str]) -> int | None:
    """The column of names; where names stand in two scripts, that under a heading in Latin letters."""
    known = [n for n, head in enumerate(heads) if not head.isdisjoint(words)]
    return next((n for n in known if any(text.isascii() for text in heads[n])), known[0] if known else None)


def _is_family_first(marked: Marked, rows: Sequence[Box], columns: Columns) -> bool:
    """Whether most names of the column are of the form "Lee, Ann": what nobody can tell of one name alone."""
    if columns.name is None:
        return False
    cells = [_cells(marked, row) for row in rows]
    names = [_text(marked, row[columns.name]) for row in cells if columns.name < len(row)]
    turned = sum(_turned(name) is not None for name in names)
    return turned >= _SEVERAL and turned * 3 >= len(names) * 2


def _turned(name: str) -> str | None:
    """Given name before family name: "Lee, Ann, PhD" is "Ann Lee, PhD"; None for what has no such form."""
    family, _, rest = name.partition(", ")
    given, comma, credentials = rest.partition(", ")
    words = (*family.split(), *given.split())
    if not family or not given or len(words) > _MAX_WORDS or any(char.isdigit() for char in family + given):
        return None
    reading = read_name(name)
    if not (family[0].isalpha() and given[0].isupper()) or (reading is not None and reading.suffixes and not comma):
        return None
    return f"{given} {family}{comma}{credentials}"


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
        turned = None
        name = f"{_text(marked, cells[columns.given or 0])} {_text(marked, cells[columns.family or 0])}"
    else:
        owner = cells[columns.name]
        name = _text(marked, owner)
        turned = _turned(name) if columns.family_first else None
        name = turned or name
    if not (2 < len(name) <= _MAX_NAME and 1 < len(title) <= _MAX_TITLE) or any(char.isdigit() for char in name):
        return
    known = columns.name is None or turned or marked.marks[owner.first].kind == "name" or may_be_name(name)
    if not known:
        return
    for cell in cells:
        for index in range(cell.first, cell.end):
            marked.marks[index] = LABEL
    marked.marks[owner.first] = Mark("both", (name,), title, employer=_employer(marked, cells, columns))


def _employer(marked: Marked, cells: list[Box], columns: Columns) -> str | None:
    if columns.job is not None and columns.job < len(cells) == columns.count:
        job = _text(marked, cells[columns.job])
        return read_title(job).organisation or employer_by_place(job) or (job if looks_like_organisation(job) else None)
    known = columns.employer is not None and columns.employer < len(cells) == columns.count
    return _text(marked, cells[columns.employer or 0]) if known else None


def _is_plain(marked: Marked, cells: list[Box], columns: Columns) -> bool:
    """Whether a row with an empty cell, whose columns are in doubt, has its title where it should be."""
    return marked.mark(cells[columns.title or 0].first).kind == "title"


def _text(marked: Marked, cell: Box) -> str:
    texts = [line.text for line in marked.page.lines[cell.first : cell.end]]
    western = [text for text in texts if not _EASTERN.search(text)]
    return " ".join(western or texts)  # a title in two scripts is one title
