"""People as CSV in the program's own schema, safe in a spreadsheet, and the way back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import astuple, dataclass, fields, replace
from pathlib import Path
from typing import Any, Final

from sqlmodel import Session, col, select

from watchlist.errors import UsageError
from watchlist.goal import steps_above
from watchlist.models import CompanyList, Goal, Organization, Person, Position, Profile, Talk, User
from watchlist.people.listing import PersonLine, list_people
from watchlist.secrets import mask_url
from watchlist.tables import DELIMITERS, Problem, Row, read_table, refuse_problems, unguard_cell, write_table

STATES: Final = ("followed", "candidate", "known", "unfollowed")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportRow:
    """One person, in the order of the columns; what is not known is None and an empty cell.

    `sources` counts the pages that say something of the person, `accounts` are addresses with spaces between them;
    secrets in addresses are masked. `sympathy`, `fit`, `years_ahead`, `next_action_at` and `tags` are not known yet.
    Times are ISO 8601 UTC.
    """

    id: int
    name: str
    role: str | None = None
    function: str | None = None
    seniority: str | None = None
    company: str | None = None
    company_rank: int | None = None
    country: str | None = None
    status: str = "known"
    sympathy: int | None = None
    fit: float | None = None
    years_ahead: float | None = None
    steps_above: int | None = None
    last_activity_at: str | None = None
    next_action_at: str | None = None
    sources: int = 0
    evidence_url: str | None = None
    accounts: str | None = None
    tags: str | None = None


COLUMNS: Final = tuple(field.name for field in fields(ExportRow))
_NUMBERS: Final[dict[str, Callable[[str], float]]] = {
    "id": int,
    "company_rank": int,
    "sympathy": int,
    "fit": float,
    "years_ahead": float,
    "steps_above": int,
    "sources": int,
}
_NEEDED: Final = ("id", "name", "status", "sources")
"""Never None; of these a text may be empty."""


def export_people(  # noqa: PLR0913 - what `export csv` can be asked
    session: Session,
    user: User,
    *,
    state: str | None = None,
    goal: Goal | None = None,
    delimiter: str = ",",
    bom: bool = False,
) -> bytes:
    """The people of one state (else all) as a CSV file (see `people_rows`, `write_export`)."""
    return write_export(people_rows(session, user, state=state, goal=goal), delimiter=delimiter, bom=bom)


def people_rows(
    session: Session, user: User, *, state: str | None = None, goal: Goal | None = None
) -> tuple[ExportRow, ...]:
    """One row a person, best rank first. With a goal the rank is that of its list and steps count from its point A.

    Raises UsageError for an unknown state.
    """
    if state is not None and state not in STATES:
        raise UsageError(f"no state is called {state!r}", hint=f"--state is one of {', '.join(STATES)}")
    countries = dict(session.exec(select(Organization.id, Organization.country)).all())
    sources, accounts = _sources(session), _accounts(session)
    return tuple(
        _row(
            line,
            country=countries.get(line.organization_id),
            steps=steps_above(goal, line.level) if goal else None,
            sources=len(sources.get(line.id, ())),
            accounts=accounts.get(line.id, ()),
        )
        for line in _lines(session, user, state, goal)
    )


def write_export(rows: Iterable[ExportRow], *, delimiter: str = ",", bom: bool = False) -> bytes:
    """Rows as a file that `read_export` gives back. Raises UsageError for a delimiter it could not tell apart."""
    if delimiter not in DELIMITERS:
        allowed = "a comma, a semicolon or a tab"
        raise UsageError(f"the delimiter {delimiter!r} is not supported", hint=f"--delimiter takes {allowed}")
    return write_table(COLUMNS, map(astuple, rows), delimiter=delimiter, bom=bom)


def read_export(source: Path | bytes, filename: str | None = None) -> tuple[ExportRow, ...]:
    """The rows of a file that `write_export` wrote, value for value; an empty text comes back as None.

    Raises InputError that names every problem with line and column.
    """
    file = filename or (str(source) if isinstance(source, Path) else "export.csv")
    table = read_table(source, file, columns=COLUMNS)
    problems = list(table.problems)
    rows = [read for row in table.rows if (read := _read_row(row, problems))]
    refuse_problems(file, problems)
    return tuple(rows)


def _read_row(row: Row, problems: list[Problem]) -> ExportRow | None:
    values: dict[str, Any] = {}
    for column, cell in row.cells.items():
        try:
            values[column] = _read_cell(column, cell)
        except ValueError as error:
            problems.append(Problem(row.line, column, str(error)))
    return ExportRow(**values) if len(values) == len(COLUMNS) else None


def _read_cell(column: str, cell: str) -> str | float | None:
    if not cell and column not in _NEEDED:
        return None
    if column not in _NUMBERS:
        return unguard_cell(cell)
    try:
        return _NUMBERS[column](cell)
    except ValueError:
        raise ValueError(f"not a number: {cell[:80]!r}") from None


def _row(
    line: PersonLine, *, country: str | None, steps: int | None, sources: int, accounts: Sequence[str]
) -> ExportRow:
    return ExportRow(
        id=line.id,
        name=line.name,
        role=line.title,
        function=line.function,
        seniority=line.level,
        company=line.organisation,
        company_rank=line.rank,
        country=country,
        status=line.state or "",
        steps_above=steps,
        last_activity_at=line.last_entry_at,
        sources=sources,
        evidence_url=mask_url(line.evidence_url) if line.evidence_url else None,
        accounts=" ".join(map(mask_url, accounts)) or None,
    )


def _lines(session: Session, user: User, state: str | None, goal: Goal | None) -> list[PersonLine]:
    """Everybody in the state; with a goal the role on its list comes first, and no other list has a rank."""
    lines = list_people(session, user=user, state=state)
    if goal is None:
        return lines
    key = session.get_one(CompanyList, goal.list_id).key
    listed = list_people(session, user=user, state=state, list_key=key)
    on_list = {line.id for line in listed}
    return listed + [replace(line, rank=None) for line in lines if line.id not in on_list]


def _sources(session: Session) -> dict[int, set[int]]:
    """Person to the source records that facts about them hang on."""
    found: dict[int, set[int]] = {}
    owners: tuple[Any, ...] = (Position, Profile, Talk)
    queries = [select(Person.id, Person.source_record_id)]
    queries += [select(each.person_id, each.source_record_id) for each in owners]
    for query in queries:
        for person_id, record_id in session.exec(query):
            found.setdefault(person_id or 0, set()).add(record_id)
    return found


def _accounts(session: Session) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for person_id, url in session.exec(select(Profile.person_id, Profile.url).order_by(col(Profile.url))):
        found.setdefault(person_id, []).append(url)
    return found
