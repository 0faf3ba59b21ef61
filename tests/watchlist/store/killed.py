"""Runs work on a database in a child process that kills itself (SIGKILL) at its n-th statement."""

from __future__ import annotations

import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Engine, event

MOST_STATEMENTS = 2000


def kills(work: Callable[..., None], *arguments: Any, every: int = 1) -> Iterator[int]:
    """Runs `work(*arguments)` again and again, killed at statement 1, 1 + every, ... until one run gets through.

    Yields after each kill, with the number of the statement.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(
        ["watchlist.store.store", "watchlist.people", "sqlalchemy.dialects.sqlite", "psycopg"]
    )
    for number in range(1, MOST_STATEMENTS, every):
        child = context.Process(target=_run, args=(number, work, *arguments))
        child.start()
        child.join(60)
        if child.exitcode == 0:
            return
        assert child.exitcode == -signal.SIGKILL, f"the work failed by itself before statement {number}"
        yield number
    raise AssertionError("the work never got through")


def _run(number: int, work: Callable[..., None], *arguments: Any) -> None:
    left = number

    def count(*_: object) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    @event.listens_for(Engine, "connect")
    def _trace(connection: Any, _record: Any) -> None:
        if hasattr(connection, "set_trace_callback"):
            connection.set_trace_callback(count)

    @event.listens_for(Engine, "before_cursor_execute")
    def _count(connection: Any, *_: object) -> None:
        if connection.dialect.name != "sqlite":
            count()

    event.listen(Engine, "commit", lambda connection: count() if connection.dialect.name != "sqlite" else None)
    work(*arguments)
