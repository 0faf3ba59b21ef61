"""Servers that lie: the corpus's byte scripts, played by its own player in a process of their own; wires counted."""

from __future__ import annotations

import asyncio
import importlib.util
import itertools
import multiprocessing as mp
import threading
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from socket import MSG_PEEK, create_server, socket
from types import TracebackType
from typing import Any, Self, cast

from crawler.fetch.wire import Wire
from tests.corpus import CORPUS
from tests.servers import TLS_HANDSHAKE

Script = list[dict[str, Any]]
NO_ROBOTS = b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"


@dataclass(slots=True)
class Played:
    """What one server saw and did."""

    heads: list[str] = field(default_factory=list)
    """Every request as it came, robots.txt included."""
    sent: int = 0
    """Bytes."""

    @property
    def paths(self) -> list[str]:
        """The paths asked for."""
        return [head.split(" ")[1] for head in self.heads if head.count(" ") > 1]


class Liars:
    """One server a script on 127.0.0.1, all in one process that ends with the block.

    With `honest_robots` the first connection to each is answered with 404 where it asks for /robots.txt, so that the
    page is asked for at all; else robots.txt is lied about too. `speed` divides every sleep of the scripts.
    """

    def __init__(self, scripts: Mapping[str, Script], *, speed: float = 1.0, honest_robots: bool = True) -> None:
        context = mp.get_context("spawn")
        self._pipe, self._theirs = context.Pipe()
        arguments = (self._theirs, str(CORPUS / "hostile" / "serve.py"), dict(scripts), speed, honest_robots)
        self._process = context.Process(target=_serve_all, args=arguments, daemon=True)
        self.ports: dict[str, int] = {}

    def hosts(self) -> dict[str, str]:
        """The value of `network.hosts`: `name.test` is the server of that script."""
        return {host_of(name): f"127.0.0.1:{port}" for name, port in self.ports.items()}

    def played(self) -> dict[str, Played]:
        """What every server saw so far."""
        self._pipe.send("report")
        return cast("dict[str, Played]", self._pipe.recv())

    def __enter__(self) -> Self:
        self._process.start()
        self._theirs.close()
        self.ports = self._pipe.recv()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._process.kill()
        self._process.join(timeout=10)
        self._process.close()
        self._pipe.close()


def host_of(name: str) -> str:
    """The host name of a script's server; each is a site of its own."""
    return f"{name.lower()}.test"


def _serve_all(pipe: Connection, file: str, scripts: dict[str, Script], speed: float, honest: bool) -> None:
    play = _load(Path(file)).play
    servers = {name: _Liar(script, play, speed, honest) for name, script in scripts.items()}
    for server in servers.values():
        threading.Thread(target=server.serve, daemon=True).start()
    pipe.send({name: server.port for name, server in servers.items()})
    while pipe.recv():
        pipe.send({name: server.played for name, server in servers.items()})


def _load(file: Path) -> Any:
    spec = importlib.util.spec_from_file_location("corpus_serve", file)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


class _Liar:
    """The server of one script: a thread a connection."""

    def __init__(self, script: Script, play: Any, speed: float, honest: bool) -> None:
        self._script, self._play, self._speed, self._honest = script, play, speed, honest
        self._listening = create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._listening.getsockname()[1]
        self.played = Played()

    def serve(self) -> None:
        for count in itertools.count(1):
            connection, _ = self._listening.accept()
            threading.Thread(target=self._converse, args=(connection, count), daemon=True).start()

    def _converse(self, connection: socket, count: int) -> None:
        heard = _Overheard(connection, self.played)
        if self._honest and count == 1 and connection.recv(1, MSG_PEEK) != TLS_HANDSHAKE:
            _answer_robots(heard)
        else:
            self._play(heard, self._script, self._speed, count)


def _answer_robots(heard: _Overheard) -> None:
    """The door's first request to a host is for its robots.txt."""
    head = b""
    while b"\r\n\r\n" not in head:
        head += heard.recv(4096)
    if head.startswith(b"GET /robots.txt "):
        heard.sendall(NO_ROBOTS)
    heard.close()


class _Overheard:
    """A socket whose traffic is noted."""

    def __init__(self, connection: socket, played: Played) -> None:
        self._connection, self._played = connection, played
        self._head = b""

    def recv(self, size: int) -> bytes:
        data = self._connection.recv(size)
        self._head += data
        if b"\r\n\r\n" in self._head:
            head, _, self._head = self._head.partition(b"\r\n\r\n")
            self._played.heads.append(head.decode("latin-1"))
        return data

    def sendall(self, data: bytes) -> None:
        self._connection.sendall(data)
        self._played.sent += len(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


class CountingWire(Wire):
    """A wire that counts what came."""

    def __init__(self) -> None:
        super().__init__()
        self.received = 0

    def data_received(self, data: bytes) -> None:
        self.received += len(data)
        super().data_received(data)


class Wires:
    """Dials for a door and keeps every wire by port, to count what is open and how much came."""

    def __init__(self) -> None:
        self._wires: dict[int, list[CountingWire]] = {}
        self.most_at_once: Counter[int] = Counter()

    async def __call__(self, address: str, port: int) -> Wire:
        _, wire = await asyncio.get_running_loop().create_connection(CountingWire, address, port)
        self._wires.setdefault(port, []).append(wire)
        self.most_at_once[port] = max(self.most_at_once[port], self.open_now(port))
        return wire

    def open_now(self, port: int | None = None) -> int:
        """Connections that were not given up yet, to one port or to all."""
        return sum(wire._transport is not None and not wire._transport.is_closing() for wire in self._chosen(port))

    def received(self, port: int | None = None) -> int:
        """Bytes that came, from one port or from all."""
        return sum(wire.received for wire in self._chosen(port))

    def _chosen(self, port: int | None) -> list[CountingWire]:
        return [wire for at, wires in self._wires.items() if port in (None, at) for wire in wires]
