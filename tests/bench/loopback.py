"""A server in a process of its own and clients in theirs: only a client's CPU is counted, its imports left out."""

from __future__ import annotations

import multiprocessing as mp
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

from tests.servers import Handler, LoopbackServer, Response

Way = Callable[[str, Connection], None]
"""A client: it gets the server's address (`127.0.0.1:port`) and sends a `Cost` through the pipe."""

_CONTEXT = mp.get_context("spawn")


@dataclass(frozen=True, slots=True)
class Cost:
    """Pages that came as they should, and the CPU seconds they took."""

    pages: int
    seconds: float

    @property
    def rate(self) -> float:
        """Pages per CPU-second."""
        return self.pages / self.seconds


@contextmanager
def served(make_answer: Callable[[], Handler]) -> Iterator[str]:
    """The address of a server that answers every host as `make_answer()` (made in the server's process) says."""
    ours, theirs = _CONTEXT.Pipe()
    server = _CONTEXT.Process(target=_serve, args=(make_answer, theirs), daemon=True)
    server.start()
    try:
        yield ours.recv()
    finally:
        ours.send("enough")
        server.join(timeout=10)


def measured(way: Way, address: str, *, pages: int) -> Cost:
    """What one way costs; SystemExit where not every page came."""
    cost: Cost = answered(way, address)
    if cost.pages != pages:
        raise SystemExit(f"only {cost.pages} of {pages} pages came")
    return cost


def answered(way: Way, address: str) -> Any:
    """What a client in a process of its own sends."""
    ours, theirs = _CONTEXT.Pipe()
    client = _CONTEXT.Process(target=way, args=(address, theirs), daemon=False)
    client.start()
    theirs.close()
    try:
        return ours.recv()
    except EOFError:
        raise SystemExit("the client died") from None
    finally:
        client.join(timeout=10)


def timed(work: Callable[[], int], pipe: Connection) -> None:
    """Send what `work` costs this process; it returns how many pages came."""
    start = time.process_time()
    pages = work()
    pipe.send(Cost(pages, time.process_time() - start))


class Encoded(Response):
    """An answer encoded once, however often it is sent."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        object.__setattr__(self, "_encoded", response.encode())

    def encode(self) -> bytes:
        """The bytes as they were made."""
        encoded: bytes = self._encoded  # type: ignore[attr-defined]
        return encoded


def _serve(make_answer: Callable[[], Handler], pipe: Connection) -> None:
    with LoopbackServer({"*": make_answer()}) as server:
        pipe.send(server.address)
        pipe.recv()
