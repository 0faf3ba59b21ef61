"""One process at a time may fetch for a database; the right vanishes with the process, however that ends."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, text

from watchlist.errors import MentorwatchError

LOCK_FILE = "scheduler.lock"
"""In the home; held by the operating system for the process (SQLite)."""
ADVISORY_KEY = 0x6D656E746F72
"""PostgreSQL advisory locks are numbers: the letters of "mentor"."""


class BusyError(MentorwatchError):
    """Another process of this database crawls or schedules."""


@contextmanager
def only_one(engine: Engine, home: Path) -> Iterator[None]:
    """Hold the right to fetch. Raises BusyError when another process holds it: two would not keep one pace."""
    if engine.dialect.name == "postgresql":
        with _advisory_lock(engine):
            yield
        return
    from filelock import FileLock, Timeout

    lock = FileLock(home / LOCK_FILE)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise BusyError("a scheduler or crawl of this home is running already", hint=_WAIT) from None
    try:
        yield
    finally:
        lock.release()


def is_held(connection: Connection, home: Path) -> bool:
    """Whether some process holds it now."""
    if connection.dialect.name == "postgresql":
        return _advisory_held(connection)
    file = home / LOCK_FILE
    if not file.exists():
        return False
    from filelock import FileLock, Timeout

    try:
        with FileLock(file, timeout=0):
            return False
    except Timeout:
        return True


_WAIT = "wait until it is done, or stop it; the scheduler does by itself what is due"


@contextmanager
def _advisory_lock(engine: Engine) -> Iterator[None]:
    with engine.connect() as connection:
        key = {"key": ADVISORY_KEY}
        if not connection.execute(text("SELECT pg_try_advisory_lock(:key)"), key).scalar():
            raise BusyError("a scheduler or crawl of this database is running already", hint=_WAIT)
        # The lock hangs on the connection, not on its transaction: none stays open meanwhile.
        connection.commit()
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), key)
            connection.commit()


def _advisory_held(connection: Connection) -> bool:
    # a lock of one 64-bit number shows as its two halves
    held = text(
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND granted AND objsubid = 1"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        " AND classid = :high AND objid = :low"
    )
    halves = {"high": ADVISORY_KEY >> 32, "low": ADVISORY_KEY & 0xFFFFFFFF}
    return bool(connection.execute(held, halves).scalar())
