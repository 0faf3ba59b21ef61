"""Brings a database to the schema of this version: a copy first, then all steps in one transaction."""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, inspect
from sqlmodel import SQLModel

from watchlist.errors import MentorwatchError
from watchlist.store.engine import database_label, sqlite_file

SCRIPTS = Path(__file__).parent / "migrations"
VERSIONS = SCRIPTS / "versions"
ADVISORY_LOCK = 0x6D77_6462
"""PostgreSQL lock of whoever migrates; SQLite's write lock does it there."""

log = logging.getLogger(__name__)


def migrate(engine: Engine, home: Path, *, versions: Sequence[Path] = (VERSIONS,)) -> None:
    """Makes the schema of an empty database, or brings an older one up to date after a backup copy in `home/backups`.

    One transaction: whoever is killed leaves the old schema. Several programs starting at once wait for each other.
    Raises MentorwatchError for a database of a newer version and for one that holds another program's tables.
    """
    config = alembic_config(versions)
    script = ScriptDirectory.from_config(config)
    with engine.connect().execution_options(mode="read") as connection:
        revision = _checked_revision(connection, script)
    if revision == script.get_current_head():
        return
    if revision is not None:
        _keep_copy(engine, home, revision)
    with engine.connect().execution_options(mode="migrate") as connection, connection.begin():
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({ADVISORY_LOCK})")
        _checked_revision(connection, script)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        _check_references(connection)


def alembic_config(versions: Sequence[Path] = (VERSIONS,)) -> Config:
    """Alembic's configuration without an alembic.ini: the scripts lie beside this file."""
    config = Config()
    for name, value in {
        "script_location": str(SCRIPTS),
        "version_locations": os.pathsep.join(map(str, versions)),
        "path_separator": "os",
    }.items():
        config.set_main_option(name, value.replace("%", "%%"))
    return config


def _checked_revision(connection: Connection, script: ScriptDirectory) -> str | None:
    """The database's revision, None for an empty one; raises for one that this version must not touch."""
    revision = MigrationContext.configure(connection).get_current_revision()
    what = f"the database {database_label(connection.engine.url)}"
    if revision is None:
        if taken := set(inspect(connection).get_table_names()) & set(SQLModel.metadata.tables):
            names = ", ".join(sorted(taken)[:3])
            raise MentorwatchError(f"{what} holds tables of another program ({names})", hint="choose an empty database")
        return None
    try:
        script.get_revision(revision)
    except CommandError:
        known = script.get_current_head()
        message = f"{what} was made by a newer mentorwatch (schema {revision}; this one knows up to {known})"
        raise MentorwatchError(message, hint="update mentorwatch, or use another --home") from None
    return revision


def _keep_copy(engine: Engine, home: Path, revision: str) -> None:
    """Copies a SQLite database to home/backups before it is changed; a PostgreSQL server keeps its own backups."""
    file = sqlite_file(engine)
    if file is None:
        log.warning("migrating %s: its backup is the server's job", database_label(engine.url))
        return
    folder = home / "backups"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    copy = folder / f"mentorwatch-{revision}-{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}.db"
    copy_sqlite(file, copy)
    log.info("a copy of the database as it was: %s", copy)


def copy_sqlite(source: Path, target: Path) -> None:
    """A consistent copy of a live SQLite database, readable by its user alone; whole or not there."""
    part = target.with_suffix(".part")
    os.close(os.open(part, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600))
    with closing(sqlite3.connect(source)) as live, closing(sqlite3.connect(part)) as copy:
        live.backup(copy)
    with part.open("rb+") as written:
        os.fsync(written.fileno())
    part.replace(target)


def _check_references(connection: Connection) -> None:
    """SQLite checks no foreign key while tables are rebuilt, so what is broken must show before the commit."""
    if connection.dialect.name != "sqlite":
        return
    broken: Sequence[Any] = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        tables = ", ".join(sorted({row[0] for row in broken}))
        raise MentorwatchError(f"the database was not migrated: rows of {tables} refer to rows that are missing")
