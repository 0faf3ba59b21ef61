"""SQLAlchemy engines for SQLite and PostgreSQL: pragmas, transactions, file rights, and database errors in one line."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError, ProgrammingError

from watchlist.errors import MentorwatchError, UsageError

Mode = Literal["write", "read", "migrate"]
"""What a transaction may do: SQLite takes the write lock at its start, or is made read-only."""

SQLITE_ADVICE = {
    sqlite3.SQLITE_BUSY: ("is locked by another program", "close it or wait, then try again"),
    sqlite3.SQLITE_LOCKED: ("is locked by another program", "close it or wait, then try again"),
    sqlite3.SQLITE_FULL: ("cannot grow: the disk is full", "free some space; nothing that was stored is lost"),
    sqlite3.SQLITE_IOERR: ("cannot be read or written: the disk reports an error", "check the disk and its space"),
    sqlite3.SQLITE_READONLY: ("may not be written", "check the rights of the file and its folder"),
    sqlite3.SQLITE_CANTOPEN: ("cannot be opened", "check the rights of the file and its folder"),
    sqlite3.SQLITE_PERM: ("may not be opened", "check the rights of the file and its folder"),
    sqlite3.SQLITE_CORRUPT: ("is damaged", "restore a copy from backups/ in the home"),
    sqlite3.SQLITE_NOTADB: ("is no SQLite database", "move it away, or choose another home"),
}


def make_home(home: Path) -> None:
    """Makes the home readable by its user alone (0700). A folder that holds other things already is left as it is."""
    try:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not any(home.iterdir()):
            home.chmod(0o700)
    except OSError as error:
        raise MentorwatchError(
            f"the home {home} cannot be used: {error.strerror}", hint="choose another --home"
        ) from None


def make_engine(url: str, *, wait_seconds: float = 30.0) -> Engine:
    """An engine whose transactions follow their execution option `mode` (see `Mode`; write unless told).

    `wait_seconds`: how long a locked database is waited for. Connects to nothing yet. Raises UsageError for a URL
    that names no SQLite file or PostgreSQL database, MentorwatchError where the driver is not installed.
    """
    parsed = _parse(url)
    try:
        if parsed.get_backend_name() == "sqlite":
            return _sqlite_engine(parsed, wait_seconds)
        return _postgresql_engine(parsed, wait_seconds)
    except ModuleNotFoundError as error:
        hint = "install it with: pip install 'mentorwatch[postgres]'"
        raise MentorwatchError(f"the driver for PostgreSQL is missing ({error.name})", hint=hint) from None


def sqlite_file(engine: Engine) -> Path | None:
    """The file of a SQLite engine; None for PostgreSQL."""
    return Path(engine.url.database or "") if engine.dialect.name == "sqlite" else None


def database_label(url: URL) -> str:
    """The database as messages name it: the file, or the URL without its password."""
    return url.database or "" if url.get_backend_name() == "sqlite" else url.render_as_string(hide_password=True)


def in_one_line(error: DBAPIError, url: URL, mode: Mode = "write") -> MentorwatchError | None:
    """What the user can do about a database error; None for one that is a mistake of the program."""
    what = f"the database {database_label(url)}"
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        # extended codes keep the primary one in their low byte
        primary = code & 0xFF
        mistake = mode == "read" and primary == sqlite3.SQLITE_READONLY
        advice = None if mistake else SQLITE_ADVICE.get(primary)
        return MentorwatchError(f"{what} {advice[0]}", hint=advice[1]) if advice else None
    if url.get_backend_name() == "sqlite":
        return None
    return _postgresql_advice(error, what)


def _parse(url: str) -> URL:
    hint = "database.url is empty, sqlite:////PATH or postgresql+psycopg://HOST/NAME?user=USER"
    try:
        parsed = make_url(url)
        parsed.get_dialect()
    except (ArgumentError, NoSuchModuleError):
        raise UsageError("database.url is no address of a database", hint=hint) from None
    except ModuleNotFoundError:
        return parsed
    known = parsed.get_backend_name() in {"sqlite", "postgresql"}
    if not known or parsed.database in {None, "", ":memory:"}:
        raise UsageError(
            f"database.url names no SQLite file or PostgreSQL database: {database_label(parsed)}", hint=hint
        )
    return parsed


def _sqlite_engine(url: URL, wait_seconds: float) -> Engine:
    file = Path(url.database or "")
    engine = create_engine(url, connect_args={"timeout": wait_seconds})

    @event.listens_for(engine, "connect")
    def _prepare(connection: sqlite3.Connection, _record: Any) -> None:
        _guard_file(file)
        # sqlite3's own transactions leave DDL outside; _begin starts every one
        connection.isolation_level = None
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "secure_delete=ON", "foreign_keys=ON"):
            connection.execute(f"PRAGMA {pragma}").close()

    @event.listens_for(engine, "do_connect")
    def _create(_dialect: Any, _record: Any, _arguments: Any, _options: Any) -> None:
        _make_file(file)

    event.listen(engine, "begin", _begin)
    return engine


def _begin(connection: Connection) -> None:
    """Starts the transaction its mode asks for; a writer takes the lock first, so it never fails half-way."""
    mode: Mode = connection.get_execution_options().get("mode", "write")
    # neither pragma works inside a transaction, and a pooled connection keeps what the one before set
    connection.exec_driver_sql(f"PRAGMA foreign_keys={'OFF' if mode == 'migrate' else 'ON'}")
    connection.exec_driver_sql(f"PRAGMA query_only={'ON' if mode == 'read' else 'OFF'}")
    connection.exec_driver_sql("BEGIN" if mode == "read" else "BEGIN IMMEDIATE")


def _make_file(file: Path) -> None:
    """SQLite gives its WAL the rights of the file, so the file is made before SQLite makes it with wider ones.

    A file that is there is not touched: closing it would drop the locks that SQLite holds on it for all connections of
    this process (POSIX), and another process would take the WAL away from under them.
    """
    if file.exists():
        return
    try:
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        hint = "check the rights of the file and its folder"
        raise MentorwatchError(f"the database {file} cannot be opened: {error.strerror}", hint=hint) from None


def _guard_file(file: Path) -> None:
    for each in (file, Path(f"{file}-wal"), Path(f"{file}-shm")):
        if each.exists() and each.stat().st_mode & 0o077:
            each.chmod(0o600)


def _postgresql_engine(url: URL, wait_seconds: float) -> Engine:
    options = f"-c timezone=UTC -c lock_timeout={int(wait_seconds * 1000)}"
    arguments: dict[str, Any] = {"connect_timeout": 10}
    if "options" not in url.query:
        arguments["options"] = options
    engine = create_engine(url, connect_args=arguments, pool_pre_ping=True)

    @event.listens_for(engine, "begin")
    def _read_only(connection: Connection) -> None:
        if connection.get_execution_options().get("mode") == "read":
            connection.exec_driver_sql("SET TRANSACTION READ ONLY")

    return engine


def _postgresql_advice(error: DBAPIError, what: str) -> MentorwatchError | None:
    state = getattr(error.orig, "sqlstate", None)
    if state == "55P03":
        return MentorwatchError(f"{what} is locked by another program", hint="close it or wait, then try again")
    if state in {"53100", "53200", "53300"}:
        return MentorwatchError(f"{what} has no room left: {_first_line(error)}", hint="ask who runs the server")
    lost = error.connection_invalidated or (state is None and isinstance(error, OperationalError))
    # connection, authorisation, no such database, server shutting down
    if lost or (state or "")[:2] in {"08", "28", "3D", "57"}:
        hint = "check that the server runs and database.url is right"
        return MentorwatchError(f"{what} cannot be reached: {_first_line(error)}", hint=hint)
    if state is None and isinstance(error, ProgrammingError):
        return UsageError("database.url: the driver does not take one of its parameters", hint="see what follows the ?")
    return None


def _first_line(error: DBAPIError) -> str:
    return str(error.orig).strip().partition("\n")[0]
