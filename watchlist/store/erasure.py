"""After rows of a person are deleted: no byte of them stays in SQLite's file or its write-ahead log."""

from __future__ import annotations

import logging
import sqlite3

from sqlalchemy import Engine
from sqlmodel import Session

from watchlist.models import Meta
from watchlist.store.engine import database_label

log = logging.getLogger(__name__)

ERASED = "erased"
"""Key of `Session.info` and of `Meta`: rows were erased whose bytes may still lie in the files."""


def mark_erased(session: Session) -> None:
    """Called in the transaction that deletes: the files are cleaned after its commit, or at the next start."""
    session.info[ERASED] = True
    session.merge(Meta(key=ERASED, value="files not cleaned yet"))


def finish_erasure(engine: Engine) -> bool:
    """Cleans the files of what `mark_erased` announced; says whether that is done (nothing to do is done).

    SQLite: secure_delete zeroes deleted rows, but not the copies that splitting a page leaves in its unused part (seen:
    1 of 100 people among 1,500), so VACUUM writes every page anew; the checkpoint brings them into the file and empties
    the log. A full disk or a program that reads for longer than a lock is waited for holds that up to the next start.
    What a PostgreSQL server keeps in its files is its own matter (VACUUM FULL, its log, its backups).
    """
    with engine.connect().execution_options(mode="read") as connection, Session(connection) as session:
        if session.get(Meta, ERASED) is None:
            return True
    if engine.dialect.name == "sqlite" and not _rewrite(engine):
        log.warning("%s: erased rows may stay in its files until the next start", database_label(engine.url))
        return False
    with engine.connect() as connection, Session(connection) as session, session.begin():
        if mark := session.get(Meta, ERASED):
            session.delete(mark)
    return True


def _rewrite(engine: Engine) -> bool:
    """Whether SQLite's file is written anew and its log empty."""
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("PRAGMA query_only=OFF")
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        (busy, *_) = cursor.fetchone() or (1,)
        cursor.close()
    except sqlite3.OperationalError:
        return False
    finally:
        connection.close()
    return not busy
