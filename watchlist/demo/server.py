"""A web on loopback: many host names over HTTPS on one ephemeral port, signed by a throw-away authority."""

from __future__ import annotations

import socket
import ssl
import sys
import threading
from collections.abc import Callable, Iterable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self

import trustme

from watchlist.demo.reply import Reply
from watchlist.demo.world import World

LOOPBACK = "127.0.0.1"
PATIENCE_SECONDS = 30
"""How long a connection may stay idle, or a handshake unfinished, before its thread gives up."""

Answer = Callable[[str, str, Mapping[str, str]], Reply]
"""(host, path with query, header fields by lower-case name) -> reply."""


class Seen(NamedTuple):
    """One request that was answered: host without port, path with query, status."""

    host: str
    path: str
    status: int


class LoopbackWeb:
    """Serves `hosts` over HTTPS on 127.0.0.1 while the context lasts; `answer` says what, from several threads at once.

    Names in `dead` are mapped to a port on which nothing listens. One certificate names all hosts, so 250 of them
    cost as little as one. Idle connections are closed on leaving.
    """

    def __init__(self, hosts: Iterable[str], answer: Answer, *, dead: Iterable[str] = ()) -> None:
        self._names = tuple(dict.fromkeys(host.lower() for host in hosts))
        self._dead = tuple(dead)
        self._answer = answer
        self._ca = trustme.CA()
        self._server: _Server | None = None
        self._thread: threading.Thread | None = None
        self._closed_port = socket.socket()
        self.log: list[Seen] = []

    def __enter__(self) -> Self:
        # Bound but never listening: the port stays ours, and every connection to it is refused.
        self._closed_port.bind((LOOPBACK, 0))
        self._server = _Server(_tls_context(self._ca, self._names), self._answer, self.log)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._thread.join()
            self._server.hang_up()
            self._server.server_close()
        self._closed_port.close()

    @property
    def port(self) -> int:
        """The port it listens on; only known inside the context."""
        if self._server is None:
            raise RuntimeError("the web on loopback has not been entered yet")
        return int(self._server.server_address[1])

    @property
    def hosts(self) -> dict[str, str]:
        """Every host name with its "127.0.0.1:port": the value of the setting `network.hosts`."""
        closed = f"{LOOPBACK}:{self._closed_port.getsockname()[1]}"
        return dict.fromkeys(self._names, f"{LOOPBACK}:{self.port}") | dict.fromkeys(self._dead, closed)

    def ca_file(self, path: Path) -> Path:
        """Write the authority's certificate as PEM to `path`: the value of the setting `network.ca_file`."""
        self._ca.cert_pem.write_to_path(path)
        return path


class LittleWeb(LoopbackWeb):
    """The little web of `world`, each request answered as of the day that `day` returns."""

    def __init__(self, world: World, *, day: Callable[[], int]) -> None:
        def answer(host: str, path: str, headers: Mapping[str, str]) -> Reply:
            return world.answer(host, path, day(), headers)

        super().__init__(world.hosts, answer, dead=world.dead_hosts)
        self.world = world


def _tls_context(ca: trustme.CA, names: tuple[str, ...]) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    ca.issue_cert(*names).configure_cert(context)
    return context


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # so that server_close() waits for the threads
    request_queue_size = 256

    def __init__(self, context: ssl.SSLContext, answer: Answer, log: list[Seen]) -> None:
        super().__init__((LOOPBACK, 0), _Conversation)
        self.context, self.answer, self.log = context, answer, log
        self._open: set[ssl.SSLSocket] = set()
        self._lock = threading.Lock()
        self._stopping = False

    def finish_request(self, request: Any, client_address: Any) -> None:
        """Shake hands in the connection's own thread: a slow client must not hold up the others."""
        request.settimeout(PATIENCE_SECONDS)
        with self.context.wrap_socket(request, server_side=True, do_handshake_on_connect=False) as secured:
            with self._lock:
                self._open.add(secured)
                if self._stopping:
                    return
            try:
                secured.do_handshake()
                super().finish_request(secured, client_address)
            finally:
                with self._lock:
                    self._open.discard(secured)

    def hang_up(self) -> None:
        """End idle keep-alive connections, so that their threads end."""
        with self._lock:
            self._stopping = True
            for connection in self._open:
                _shut(connection)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that hang up or distrust us are their own affair; anything else is a fault of ours and shown."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


def _shut(connection: ssl.SSLSocket) -> None:
    try:
        socket.socket.shutdown(connection, socket.SHUT_RDWR)
    except OSError:
        return  # the client was faster


class _Conversation(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: _Server

    def do_GET(self) -> None:
        """Answer with the body."""
        self._reply(with_body=True)

    def do_HEAD(self) -> None:
        """Answer without the body, but with its length."""
        self._reply(with_body=False)

    def _reply(self, *, with_body: bool) -> None:
        host = self.headers.get("Host", "").rpartition(":")[0] or self.headers.get("Host", "")
        fields = {name.lower(): value for name, value in self.headers.items()}
        reply = self.server.answer(host.lower(), self.path, fields)
        self.server.log.append(Seen(host.lower(), self.path, reply.status))
        # Neither Date nor Server: the days of a little web are shifted, and its tests compare whole answers.
        self.send_response_only(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        if reply.status != 304:
            self.send_header("Content-Length", str(len(reply.body)))
        self.end_headers()
        if with_body and reply.status != 304:
            self.wfile.write(reply.body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the name of the overridden method
        """Say nothing: `LoopbackWeb.log` tells."""
