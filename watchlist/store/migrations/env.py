"""Runs the steps on the connection that `watchlist.store.migrate` gives."""

from __future__ import annotations

from alembic import context
from sqlmodel import SQLModel

import watchlist.models  # noqa: F401 - fills the metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=SQLModel.metadata,
    # SQLite alters a table by rebuilding it
    render_as_batch=True,
    # Alembic takes SQLite's for impossible; the engine begins every transaction itself
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
