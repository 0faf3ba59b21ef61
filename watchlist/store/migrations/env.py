"""Runs the steps on the connection that `watchlist.store.migrate` gives."""

from __future__ import annotations

from typing import Any, Literal

from alembic import context
from sqlmodel import SQLModel
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

import watchlist.models  # noqa: F401 - fills the metadata


def plain_type(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """SQLModel's own types by what they are in the database: a step must not change when SQLModel does."""
    if kind == "type" and isinstance(item, AutoString):
        return "sa.String()"
    if kind == "type" and isinstance(item, UTCDateTime):
        return "sa.DateTime(timezone=True)"
    return False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    render_item=plain_type,
    # SQLite alters a table by rebuilding it
    render_as_batch=True,
    # Alembic takes SQLite's for impossible; the engine begins every transaction itself
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
