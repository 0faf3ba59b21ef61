from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.corpus import CORPUS, needs_corpus
from watchlist import tables
from watchlist.errors import InputError
from watchlist.tables import guard_cell, read_table, refuse_problems, unguard_cell, write_table


def read(data: bytes, columns: tuple[str, ...] = ("a", "b")) -> tables.Table:
    return read_table(data, "t.csv", columns=columns)


def rows(data: bytes) -> list[tuple[int, dict[str, str]]]:
    return [(row.line, dict(row.cells)) for row in read(data).rows]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"a,b\n1,2\n", [(2, {"a": "1", "b": "2"})]),
        (b"a,b\r\n1,2", [(2, {"a": "1", "b": "2"})]),
        (b"a,b\r1,2\r", [(2, {"a": "1", "b": "2"})]),
        (b"a;b\n1,5;2\n", [(2, {"a": "1,5", "b": "2"})]),
        (b"a\tb\n1\t2\n", [(2, {"a": "1", "b": "2"})]),
        (b"\xef\xbb\xbfa,b\n1,2\n", [(2, {"a": "1", "b": "2"})]),
        (b"b,a\n1,2\n", [(2, {"a": "2", "b": "1"})]),
        (b" A , B \n1,2\n", [(2, {"a": "1", "b": "2"})]),
        (b"\n\na,b\n\n1,2\n , \n3,4\n\n", [(5, {"a": "1", "b": "2"}), (7, {"a": "3", "b": "4"})]),
        (b'a,b\n"x\ny","say ""hi"""\n3,4\n', [(2, {"a": "x\ny", "b": 'say "hi"'}), (4, {"a": "3", "b": "4"})]),
        (b'a,b\n5" disk,"1,2"\n', [(2, {"a": '5" disk', "b": "1,2"})]),
        (b"a,b\n1,", [(2, {"a": "1", "b": ""})]),
        (b'a,b\n"",x\n', [(2, {"a": "", "b": "x"})]),
    ],
)
def test_what_spreadsheets_write_is_read_with_its_lines(
    data: bytes, expected: list[tuple[int, dict[str, str]]]
) -> None:
    assert rows(data) == expected
    assert read(data).problems == ()


@pytest.mark.parametrize(
    ("data", "line", "column", "words"),
    [
        (b"a,b\n1,2\n3\n", 3, "b", "1 cells where the header has 2"),
        (b"a,b\n1,2\n3,4,5\n", 3, 3, "3 cells where the header has 2"),
        (b'a,b\n1,2\n3,"four\n', 3, "b", "never closed"),
        (b'a,b\n"one" more,2\n', 2, "a", "behind the closing quote"),
        (b"a,b\n1,2\n\n3,M\xfcller\n", 4, "b", "byte 0xFC, character 2"),
        (b'a,b\n"x\ny",2\n3,\xff\n', 4, "b", "byte 0xFF, character 1"),
        (b"a,b,c\n1,2,\xe9\n", 2, "c", "byte 0xE9"),
    ],
)
def test_a_broken_row_is_named_and_left_out(data: bytes, line: int, column: str | int, words: str) -> None:
    table = read(data)
    assert [(each.line, each.column) for each in table.problems] == [(line, column)]
    assert words in table.problems[0].text
    assert line not in {row.line for row in table.rows}


def test_after_a_quote_that_is_never_closed_the_next_rows_are_still_read() -> None:
    table = read(b'a,b\n1,"two\n3,4\n')
    assert [dict(row.cells) for row in table.rows] == [{"a": "3", "b": "4"}]
    assert [(each.line, each.column) for each in table.problems] == [(2, "b")]


@pytest.mark.parametrize(
    ("data", "line", "column", "words"),
    [
        (b"", 1, "a", "missing columns: a, b"),
        (b"a,c\n1,2\n", 1, "b", "missing column: b"),
        (b"\n\na\n1\n", 3, "b", "missing column: b"),
        (b"a,b,A\n", 1, 3, "'a' stands there twice"),
        (b"a,\xfc,b\n", 1, 2, "not UTF-8"),
        ("a,b\n1,2\n".encode("utf-16"), 1, 1, "not UTF-8"),
    ],
)
def test_a_wrong_header_is_refused_at_once(data: bytes, line: int, column: str | int, words: str) -> None:
    with pytest.raises(InputError, match=r"t\.csv, line") as caught:
        read(data)
    assert (caught.value.file, caught.value.line, caught.value.column) == ("t.csv", line, column)
    assert words in caught.value.message


def test_further_columns_are_named_and_not_taken_over() -> None:
    table = read(b"a,salary,b,notes\n1,9,2,x\n")
    assert [dict(row.cells) for row in table.rows] == [{"a": "1", "b": "2"}]
    assert table.warnings == ("t.csv: columns not used: salary, notes",)


def test_more_rows_than_the_setting_allows_are_refused_whole() -> None:
    data = b"a,b\n" + b"1,2\n" * 4
    assert len(read_table(data, "t.csv", columns=("a", "b"), limit=("x.max", 4)).rows) == 4
    with pytest.raises(InputError, match=r"4 rows, more than x\.max = 3 allows") as caught:
        read_table(data, "t.csv", columns=("a", "b"), limit=("x.max", 3))
    assert (caught.value.line, caught.value.column) == (5, "a")


def test_a_file_that_is_not_there_or_far_too_long_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        read_table(tmp_path / "none.csv", "none.csv", columns=("a",))
    with pytest.raises(InputError, match="Is a directory"):
        read_table(tmp_path, "folder", columns=("a",))
    endless = tmp_path / "endless.csv"
    with endless.open("wb") as file:
        file.truncate(tables.MAX_BYTES + 1)
    with pytest.raises(InputError, match="longer than 64 MiB"):
        read_table(endless, "endless.csv", columns=("a",))


def test_at_most_twenty_problems_are_named_in_the_order_of_lines() -> None:
    table = read(b"a,b\n" + b"1\n" * 30)
    with pytest.raises(InputError) as caught:
        refuse_problems("t.csv", reversed(table.problems), hint="nothing was taken over")
    lines = caught.value.message.splitlines()
    assert len(lines) == tables.SHOWN + 1
    assert lines[0].startswith("t.csv, line 2, column b: 1 cells")
    assert lines[19].startswith("t.csv, line 21, column b: ")
    assert lines[20] == "and 10 more problems"
    refuse_problems("t.csv", ())


# --- formulas ----------------------------------------------------------------------------------------------------


@needs_corpus
def test_every_cell_of_the_corpus_of_formulas_is_safe_and_comes_back() -> None:
    cases = json.loads((CORPUS / "hostile" / "csv_formula.json").read_text("utf-8"))["cases"]
    assert len(cases) >= 50
    wrong = {case["id"]: guard_cell(case["value"]) for case in cases if guard_cell(case["value"]) != case["cell"]}
    assert wrong == {}
    assert [unguard_cell(case["cell"]) for case in cases] == [case["value"] for case in cases]


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("=SUM(A1)", "'=SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("  \u2009+1", "'  \u2009+1"),
        ("\ufeff@cmd", "'\ufeff@cmd"),
        ("\u202e-1", "'\u202e-1"),
        ("\u201c=1\u201d", "'\u201c=1\u201d"),
        ("\u00ab=1\u00bb", "'\u00ab=1\u00bb"),
        ("\x0b=1", "'\x0b=1"),
        ("\ufe63 5", "'\ufe63 5"),
        ("\uff20sum", "'\uff20sum"),
        ("'=1", "''=1"),
        ("''=1", "'''=1"),
        ("'tis", "'tis"),
        ("'", "'"),
        ("a-b", "a-b"),
        ("\u2013 dash", "\u2013 dash"),
        ("(=1)", "(=1)"),
    ],
)
def test_a_formula_is_guarded_behind_spaces_quotes_and_look_alikes(text: str, cell: str) -> None:
    assert guard_cell(text) == cell
    assert unguard_cell(cell) == text


@given(st.text(alphabet=st.one_of(st.sampled_from("'\"=+-@ \t\r\n\x00a\uff1d\u00a0"), st.characters()), max_size=12))
@example("''=")
def test_a_guarded_cell_never_starts_a_formula_and_gives_the_text_back(text: str) -> None:
    cell = guard_cell(text)
    assert cell.lstrip(' \xa0\u200b"')[:1] not in set("=+-@\t\r\n\x00\uff1d\uff0b\uff0d\uff20")
    assert unguard_cell(cell) == text


# any character that UTF-8 can write
TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=20)


@given(st.lists(st.tuples(TEXT, TEXT), max_size=6), st.sampled_from(tables.DELIMITERS), st.booleans())
@example([("\r\n", "\x00"), ('",;', "\r")], ",", False)
def test_any_text_comes_back_from_our_own_file(pairs: list[tuple[str, str]], delimiter: str, bom: bool) -> None:
    data = write_table(("a", "b", "n"), [(*pair, 1) for pair in pairs], delimiter=delimiter, bom=bom)
    table = read(data, ("a", "b", "n"))
    assert table.problems == ()
    assert [(unguard_cell(row.cells["a"]), unguard_cell(row.cells["b"])) for row in table.rows] == pairs


@given(st.lists(TEXT, min_size=1, max_size=5))
def test_other_readers_see_the_same_records(texts: list[str]) -> None:
    text = write_table(("a",), [(each,) for each in texts]).decode("utf-8")
    assert list(csv.reader(io.StringIO(text, newline=""), strict=True)) == [
        ["a"],
        *([guard_cell(each)] for each in texts),
    ]


def test_cells_are_always_quoted_numbers_stay_numbers_and_rows_end_as_rfc_4180_says() -> None:
    data = write_table(("a", "b", "c"), [("-5", -5, None), ("x", 0.5, "")], delimiter=";", bom=True)
    assert data == b'\xef\xbb\xbf"a";"b";"c"\r\n"\'-5";"-5";""\r\n"x";"0.5";""\r\n'
