from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlmodel import select

from tests.corpus import CORPUS, needs_corpus
from tests.watchlist.world import START, World
from watchlist.errors import InputError, UsageError
from watchlist.export.csv import COLUMNS, ExportRow, export_people, people_rows, read_export, write_export
from watchlist.follow import ensure_user, follow_people
from watchlist.goal import require_goal, set_goal
from watchlist.models import Organization, Position
from watchlist.store import Store

SCHEMA = (
    "id, name, role, function, seniority, company, company_rank, country, status, sympathy, fit, years_ahead, "
    "steps_above, last_activity_at, next_action_at, sources, evidence_url, accounts, tags"
)

TEXT = st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=20)
# an empty text is unknown
MAYBE = st.none() | TEXT.filter(bool)
ROWS = st.builds(
    ExportRow,
    id=st.integers(),
    name=TEXT,
    role=MAYBE,
    function=MAYBE,
    seniority=MAYBE,
    company=MAYBE,
    company_rank=st.none() | st.integers(),
    country=MAYBE,
    status=TEXT,
    sympathy=st.none() | st.integers(),
    fit=st.none() | st.floats(allow_nan=False),
    years_ahead=st.none() | st.floats(allow_nan=False),
    steps_above=st.none() | st.integers(-8, 8),
    last_activity_at=MAYBE,
    next_action_at=MAYBE,
    sources=st.integers(0),
    evidence_url=MAYBE,
    accounts=MAYBE,
    tags=MAYBE,
)


def cells_of(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_the_columns_are_the_schema_in_its_order() -> None:
    assert ", ".join(COLUMNS) == SCHEMA


@given(st.lists(ROWS, max_size=4), st.sampled_from([",", ";", "\t"]), st.booleans())
def test_any_rows_come_back_value_for_value(rows: list[ExportRow], delimiter: str, bom: bool) -> None:
    assert read_export(write_export(rows, delimiter=delimiter, bom=bom)) == tuple(rows)


@needs_corpus
def test_every_hostile_value_is_safe_in_a_spreadsheet_and_comes_back(tmp_path: Path) -> None:
    cases = json.loads((CORPUS / "hostile" / "csv_formula.json").read_text("utf-8"))["cases"]
    values = [case["value"] for case in cases]
    rows = [ExportRow(id=n, name=value, role=value or None, tags=value or None) for n, value in enumerate(values)]
    file = tmp_path / "export.csv"
    file.write_bytes(write_export(rows, bom=True))
    seen = cells_of(file.read_bytes())
    assert len(seen) == len(cases) + 1
    for column in ("name", "role", "tags"):
        assert [row[COLUMNS.index(column)] for row in seen[1:]] == [case["cell"] for case in cases]
    assert [row.name for row in read_export(file)] == values
    assert read_export(file) == tuple(rows)


def test_numbers_stay_numbers_and_unknown_is_an_empty_cell() -> None:
    row = ExportRow(id=7, name="-5", steps_above=-2, fit=-0.5)
    cells = dict(zip(COLUMNS, cells_of(write_export([row]))[1], strict=True))
    assert (cells["id"], cells["name"], cells["steps_above"], cells["fit"]) == ("7", "'-5", "-2", "-0.5")
    assert cells["role"] == cells["company_rank"] == cells["sympathy"] == ""


@pytest.mark.parametrize(
    ("column", "cell", "words"),
    [
        ("id", "", "not a number: ''"),
        ("id", "seven", "not a number: 'seven'"),
        ("sources", "", "not a number"),
        ("company_rank", "1.5", "not a number: '1.5'"),
        ("fit", "high", "not a number: 'high'"),
    ],
)
def test_a_cell_that_is_no_number_is_named_with_line_and_column(column: str, cell: str, words: str) -> None:
    values = {"id": "1", "name": "A", "status": "known", "sources": "0"} | {column: cell}
    data = ",".join(COLUMNS) + "\n" + ",".join(values.get(name, "") for name in COLUMNS) + "\n"
    with pytest.raises(InputError) as caught:
        read_export(data.encode(), "back.csv")
    assert (caught.value.file, caught.value.line, caught.value.column) == ("back.csv", 2, column)
    assert words in caught.value.message


def test_a_delimiter_that_could_not_be_told_apart_is_refused() -> None:
    with pytest.raises(UsageError, match="a comma, a semicolon or a tab"):
        write_export([], delimiter="|")


# --- from the database -------------------------------------------------------------------------------------------


def fill(store: Store) -> dict[str, int]:
    """One followed person with everything, one known at a company of another list, one who only speaks."""
    with store.session() as session:
        world = World(session)
        acme, far = world.company("Acme", 3), world.company("Far", 1, on="finance")
        session.get_one(Organization, acme).country = "DE"
        vera = world.person("Vera Nowak")
        world.position(vera, "Far", "CEO", "general", "c_level", organization_id=far)
        world.position(vera, "Acme", "HR Director", "hr", "director", organization_id=acme)
        world.profile(vera, "https://vera.test/")
        world.profile(vera, "https://social.test/@vera")
        world.entry(world.feed("https://vera.test/feed", person_id=vera), "On hiring", age_days=2)
        omar = world.person("Omar Haddad")
        world.position(omar, "Far", "HR Manager", "hr", "manager", organization_id=far)
        ana = world.person("Ana Souza")
        world.talk(ana, "DevDays", "On trust")
        user = ensure_user(session)
        follow_people(session, user, [vera], now=START)
        titles: dict[str, Any] = {"current_title": "HR manager", "target_title": "HR director"}
        set_goal(session, user, **titles, list_key="it", now=START)
    return {"vera": vera, "omar": omar, "ana": ana}


def rows_of(store: Store, *, with_goal: bool = False, **asked: Any) -> tuple[ExportRow, ...]:
    with store.session() as session:
        user = ensure_user(session)
        goal = require_goal(session, user) if with_goal else None
        return people_rows(session, user, goal=goal, **asked)


def test_a_person_is_exported_with_the_role_on_the_list_of_the_goal(store: Store) -> None:
    ids = fill(store)
    first, *others = rows_of(store, with_goal=True)
    assert first == ExportRow(
        id=ids["vera"],
        name="Vera Nowak",
        role="HR Director",
        function="hr",
        seniority="director",
        company="Acme",
        company_rank=3,
        country="DE",
        status="followed",
        steps_above=2,
        last_activity_at="2026-02-27T08:00:00Z",
        sources=5,
        evidence_url="https://acme.test/team",
        accounts="https://social.test/@vera https://vera.test/",
    )
    assert [(row.name, row.company_rank, row.steps_above) for row in others] == [
        ("Omar Haddad", None, 0),
        ("Ana Souza", None, None),
    ]
    assert [row.sources for row in others] == [2, 2]


def test_a_secret_in_an_address_is_not_exported(store: Store) -> None:
    ids = fill(store)
    with store.session() as session:
        World(session, records=100).profile(ids["omar"], "https://omar.test/?id=5&key=planted-1")
        session.exec(
            select(Position).where(Position.person_id == ids["omar"])
        ).one().page_url = "https://a.test/?token=planted-2"
    row = next(row for row in rows_of(store) if row.name == "Omar Haddad")
    assert (row.accounts, row.evidence_url) == ("https://omar.test/?id=5&key=***", "https://a.test/?token=***")
    with store.session() as session:
        assert b"planted" not in export_people(session, ensure_user(session))


def test_without_a_goal_the_role_that_counts_most_and_the_best_rank_stand_there(store: Store) -> None:
    fill(store)
    first = rows_of(store)[0]
    assert (first.name, first.role, first.company_rank, first.steps_above) == ("Vera Nowak", "CEO", 1, None)


@pytest.mark.parametrize(
    ("state", "names"),
    [
        (None, {"Vera Nowak", "Omar Haddad", "Ana Souza"}),
        ("followed", {"Vera Nowak"}),
        ("known", {"Omar Haddad", "Ana Souza"}),
        ("candidate", set()),
    ],
)
def test_the_people_of_one_state_are_exported(store: Store, state: str | None, names: set[str]) -> None:
    fill(store)
    for with_goal in (False, True):
        assert {row.name for row in rows_of(store, with_goal=with_goal, state=state)} == names


def test_an_unknown_state_is_refused_with_those_there_are(store: Store) -> None:
    fill(store)
    with pytest.raises(UsageError, match="followed, candidate, known, unfollowed"):
        rows_of(store, state="loved")


def test_the_exported_file_is_read_back_as_the_rows_that_went_in(store: Store) -> None:
    fill(store)
    rows = rows_of(store)
    with store.session() as session:
        data = export_people(session, ensure_user(session), delimiter=";", bom=True)
    assert data.startswith(b'\xef\xbb\xbf"id";"name";')
    assert read_export(data) == rows
    assert len(rows) == 3
    assert read_export(write_export([replace(rows[0], name="=1+1")]))[0].name == "=1+1"
