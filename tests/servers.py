"""A small web server on loopback for tests: many host names, http and https on one port, a log of what was asked."""

from __future__ import annotations

import asyncio
import ssl
import threading
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from socket import AF_INET, MSG_PEEK, SO_REUSEADDR, SOCK_STREAM, SOL_SOCKET, socket
from types import TracebackType
from typing import NamedTuple, Self

import trustme

TLS_HANDSHAKE = b"\x16"
_PHRASES = {int(status): status.phrase for status in HTTPStatus}


class Request(NamedTuple):
    """One request as it came: host without port, path with query, header names in lower case."""

    host: str
    path: str
    headers: dict[str, str]


@dataclass(frozen=True)
class Response:
    """What a handler answers. `raw` is sent byte for byte instead, and the connection closed after it."""

    body: str | bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes | None = None

    def encode(self) -> bytes:
        """The whole answer as bytes; Content-Length is added unless the handler gave one."""
        body = self.body.encode() if isinstance(self.body, str) else self.body
        lines = {"content-type": "text/html; charset=utf-8", "content-length": str(len(body))}
        lines |= {name.lower(): value for name, value in self.headers.items()}
        head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
        return f"HTTP/1.1 {self.status} {_phrase(self.status)}\r\n{head}\r\n".encode("latin-1") + body


Handler = Callable[[Request], Response | Awaitable[Response]]


def site(pages: Mapping[str, str | bytes | Response]) -> Handler:
    """A handler that answers each path (with query) as given and everything else, also /robots.txt, with 404."""

    def answer(request: Request) -> Response:
        page = pages.get(request.path)
        if page is None:
            return Response("not here", 404, {"content-type": "text/plain"})
        if isinstance(page, Response):
            return page
        kind = "text/plain" if request.path == "/robots.txt" else "text/html; charset=utf-8"
        return Response(page, headers={"content-type": kind})

    return answer


class LoopbackServer:
    """Serves `handlers` (host name -> handler; "*" for all others) on 127.0.0.1 in a thread of its own.

    http and https are told apart by the first byte, so one port serves both; `ca` signs the names. Handlers may be
    plain or async functions and run in the server's loop; `log` holds every request in the order of arrival.
    """

    def __init__(self, handlers: Mapping[str, Handler], *, ca: trustme.CA | None = None) -> None:
        self.handlers = dict(handlers)
        self.log: list[Request] = []
        self.connections = 0
        self._tls = _tls_context(ca, [name for name in handlers if name != "*"]) if ca else None
        self._socket = socket(AF_INET, SOCK_STREAM)
        self._socket.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
        self._socket.bind(("127.0.0.1", 0))
        self._socket.listen(512)
        self._socket.setblocking(False)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._serving: Future[None] = Future()
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._socket.getsockname()[1])

    @property
    def address(self) -> str:
        """`127.0.0.1:port`, as `network.hosts` wants it."""
        return f"127.0.0.1:{self.port}"

    def hosts(self) -> dict[str, str]:
        """The value of `network.hosts` that maps every name of this server to it."""
        return {name: self.address for name in self.handlers if name != "*"}

    def paths(self, host: str | None = None) -> list[str]:
        """The paths asked for so far, of one host or of all."""
        return [request.path for request in self.log if host in (None, request.host)]

    def __enter__(self) -> Self:
        self._thread.start()
        self._serving.result(timeout=10)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        self._loop.call_soon_threadsafe(self._stop)
        self._thread.join(timeout=10)
        self._socket.close()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._spawn(self._accept())
        self._loop.call_soon(self._serving.set_result, None)
        self._loop.run_forever()
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()

    def _stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        asyncio.gather(*self._tasks, return_exceptions=True).add_done_callback(
            lambda _: self._loop.call_later(0.01, self._loop.stop)
        )

    def _spawn(self, work: Awaitable[None]) -> None:
        task = asyncio.ensure_future(work, loop=self._loop)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _accept(self) -> None:
        while True:
            connection, _ = await self._loop.sock_accept(self._socket)
            self.connections += 1
            self._spawn(self._serve(connection))

    async def _serve(self, connection: socket) -> None:
        try:
            first = await self._peek(connection)
            tls = self._tls if first == TLS_HANDSHAKE else None
            reader = asyncio.StreamReader(limit=1 << 20)
            transport, protocol = await self._loop.connect_accepted_socket(
                lambda: asyncio.StreamReaderProtocol(reader), connection, ssl=tls
            )
            writer = asyncio.StreamWriter(transport, protocol, reader, self._loop)
            await self._converse(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            connection.close()

    async def _peek(self, connection: socket) -> bytes:
        readable = self._loop.create_future()
        self._loop.add_reader(connection, readable.cancel)
        try:
            await asyncio.wait([readable])
        finally:
            self._loop.remove_reader(connection)
        return connection.recv(1, MSG_PEEK)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                request = _parse(await reader.readuntil(b"\r\n\r\n"))
                self.log.append(request)
                response = await self._answer(request)
                writer.write(response.encode() if response.raw is None else response.raw)
                await writer.drain()
                if response.raw is not None:
                    return
        except asyncio.CancelledError:
            writer.transport.abort()
            raise
        finally:
            writer.close()

    async def _answer(self, request: Request) -> Response:
        handler = self.handlers.get(request.host) or self.handlers.get("*")
        if handler is None:
            return Response("no such host here", 421)
        answer = handler(request)
        return answer if isinstance(answer, Response) else await answer


def _parse(head: bytes) -> Request:
    first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
    headers = {name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return Request(headers.get("host", "").rsplit(":", 1)[0].lower(), first.split(" ")[1], headers)


def _phrase(status: int) -> str:
    return _PHRASES.get(status, "Unknown")


def _tls_context(ca: trustme.CA, names: list[str]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    ca.issue_cert(*names).configure_cert(context)
    return context


def write_ca(ca: trustme.CA, folder: Path) -> Path:
    """The authority's certificate as a PEM file in `folder`, for `network.ca_file`."""
    file = folder / "ca.pem"
    ca.cert_pem.write_to_path(file)
    return file
