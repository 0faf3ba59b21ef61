"""Many rows into one table at once: insert what is new, update what is known, on SQLite and PostgreSQL alike."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel

BATCH = 500
"""Rows in one executemany: beyond it nothing gets faster (measured: stack.md section 4), locks only last longer."""


def upsert(  # noqa: PLR0913  # the parts of one statement, by name
    session: Session,
    model: type[SQLModel],
    rows: Sequence[Mapping[str, Any]],
    *,
    key: Sequence[str],
    update: Sequence[str] | None = None,
    add: Sequence[str] = (),
) -> int:
    """Inserts rows; where `key` (the columns of a unique constraint) exists already, sets the `update` columns.

    Every row is a dict of the same columns. `update=None` sets all given columns but the key, `update=()` leaves
    known rows as they are; the numbers of `add` columns are added to what is there. Columns not given take the
    model's default on insert and are never updated. Of two rows with one key the later one stands. Text loses NULs
    and lone surrogates, which no database column can hold.

    Returns how many rows were inserted or updated. Raises ValueError for rows of different columns or an unknown
    column, and sqlalchemy's StatementError for a naive datetime.
    """
    if not rows:
        return 0
    table: Table = model.__table__  # type: ignore[attr-defined]
    given = _columns(table, rows)
    defaults = {name: value for name, value in _defaults(model).items() if name not in given}
    updated = [name for name in given if name not in key] if update is None else list(update)
    statement = _statement(session, table, key, updated, add)
    connection, written = session.connection(), 0
    for start in range(0, len(rows), BATCH):
        batch = [{**defaults, **_clean_row(row)} for row in rows[start : start + BATCH]]
        written += connection.execute(statement, batch, execution_options={"preserve_rowcount": True}).rowcount
    return written


def clean_text(text: str) -> str:
    """The text without NULs (PostgreSQL refuses them) and with lone surrogates (no UTF-8) as U+FFFD."""
    if text.isascii():
        return text.replace("\x00", "") if "\x00" in text else text
    return text.replace("\x00", "").encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def _columns(table: Table, rows: Iterable[Mapping[str, Any]]) -> list[str]:
    """The columns all rows have; executemany would silently take the first row's."""
    first, *others = rows
    names = list(first)
    if unknown := [name for name in names if name not in table.columns]:
        raise ValueError(f"{table.name} has no column {', '.join(unknown)}")
    expected = first.keys()
    for number, row in enumerate(others, 1):
        if row.keys() != expected:
            differ = ", ".join(sorted(row.keys() ^ expected))
            raise ValueError(f"row {number} for {table.name} has other columns than the first: {differ}")
    return names


def _defaults(model: type[SQLModel]) -> dict[str, Any]:
    """Defaults of the model's fields that a plain INSERT would not know."""
    fields = model.model_fields.items()
    return {name: field.default for name, field in fields if not field.is_required() and field.default is not None}


def _statement(session: Session, table: Table, key: Sequence[str], updated: Sequence[str], add: Sequence[str]) -> Any:
    on_sqlite = session.get_bind().dialect.name == "sqlite"
    insert: Any = sqlite.insert(table) if on_sqlite else postgresql.insert(table)
    changes = {name: insert.excluded[name] for name in updated}
    changes |= {name: table.columns[name] + insert.excluded[name] for name in add}
    if not changes:
        return insert.on_conflict_do_nothing(index_elements=list(key))
    return insert.on_conflict_do_update(index_elements=list(key), set_=changes)


def _clean_row(row: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _clean(value) for name, value in row.items()}


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return clean_text(value)
    if isinstance(value, dict):
        return {_clean(name): _clean(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(inner) for inner in value]
    return value
