"""What the writers share."""

from __future__ import annotations


def saved_id(row_id: int | None) -> int:
    """The id of a row that is in the database."""
    if row_id is None:
        raise ValueError("row was not flushed")
    return row_id
