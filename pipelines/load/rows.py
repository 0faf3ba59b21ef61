"""What the writers share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BindParameter, ColumnCollection, Row, Select, Table, bindparam
from sqlmodel import Session, SQLModel


def saved_id(row_id: int | None) -> int:
    """The id of a row that is in the database."""
    if row_id is None:
        raise ValueError("row was not flushed")
    return row_id


def columns(model: type[SQLModel]) -> ColumnCollection[str, Any]:
    """The columns of a model's table, for statements that need no objects: several times faster where rows are many."""
    table: Table = model.__table__  # type: ignore[attr-defined]
    return table.c


def any_of(name: str) -> BindParameter[Any]:
    """A list of values that a query made once is given each time it runs."""
    return bindparam(name, expanding=True)


def rows_of(session: Session, query: Select[Any], **values: Any) -> Sequence[Row[Any]]:
    """The rows of a query over columns; what the session has not flushed yet is not among them."""
    return session.connection().execute(query, values).all()


def mappings_of(session: Session, query: Select[Any], **values: Any) -> list[dict[str, Any]]:
    """The rows of a query over columns, each by the names of its columns."""
    return [dict(row) for row in session.connection().execute(query, values).mappings()]
