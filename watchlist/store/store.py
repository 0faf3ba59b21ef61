"""The store: one database, its sessions, one thread that writes and some that read."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Self, TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from watchlist.settings import Settings
from watchlist.store.engine import Mode, in_one_line, make_engine, make_home
from watchlist.store.erasure import ERASED, finish_erasure
from watchlist.store.migrate import migrate

T = TypeVar("T")


class Store:
    """The database of one home. Open it with `Store.open`, close it or use it as a context manager."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="store-writer")
        self._readers = ThreadPoolExecutor(4, thread_name_prefix="store-reader")
        self._urgent = ThreadPoolExecutor(1, thread_name_prefix="store-urgent")

    @classmethod
    def open(cls, settings: Settings, *, wait_seconds: float = 30.0) -> Self:
        """Makes home and database where they are missing, migrates an older database after a backup copy.

        `wait_seconds`: how long a database that another program has locked is waited for. Raises MentorwatchError
        in one line for a database that is newer, damaged, locked, out of reach or somebody else's.
        """
        make_home(settings.home)
        engine = make_engine(settings.database_url, wait_seconds=wait_seconds)
        try:
            with _errors_in_one_line(engine):
                migrate(engine, settings.home)
                finish_erasure(engine)
        except BaseException:
            engine.dispose()
            raise
        return cls(engine)

    @contextmanager
    def session(self, *, mode: Mode = "write") -> Iterator[Session]:
        """One transaction: committed at the end, rolled back on an error; `mode="read"` takes no lock, refuses writes.

        Objects stay readable after it. Blocks while another writer is at work: in the event loop use `write`, `read`.
        """
        with _errors_in_one_line(self.engine, mode):
            bind = self.engine.execution_options(mode=mode)
            with Session(bind, expire_on_commit=False) as session, session.begin():
                session.connection()
                yield session
            if session.info.get(ERASED):
                finish_erasure(self.engine)

    async def write(self, change: Callable[[Session], T]) -> T:
        """Runs `change` in the one writer thread, in one transaction, and gives what it returns."""
        return await asyncio.get_running_loop().run_in_executor(self._writer, self._within, "write", change)

    async def read(self, query: Callable[[Session], T]) -> T:
        """Runs `query` in a reader thread on one unchanging view of the data; it cannot write."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._within, "read", query)

    async def read_urgent(self, query: Callable[[Session], T]) -> T:
        """Like `read`, in a thread of its own: for the kill switch, which must not stand in line behind a crawl."""
        return await asyncio.get_running_loop().run_in_executor(self._urgent, self._within, "read", query)

    def close(self) -> None:
        """Waits for what is being written and closes every connection. Safe to call twice."""
        self._writer.shutdown()
        self._readers.shutdown()
        self._urgent.shutdown()
        self.engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _within(self, mode: Mode, work: Callable[[Session], T]) -> T:
        with self.session(mode=mode) as session:
            return work(session)


@contextmanager
def _errors_in_one_line(engine: Engine, mode: Mode = "write") -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        clear = in_one_line(error, engine.url, mode)
        if clear is None:
            raise
        raise clear from error
