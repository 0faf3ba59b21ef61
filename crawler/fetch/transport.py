"""Connections: names are resolved, judged and connected to in one step; one small httpx transport an origin."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections import Counter, OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, cast

import httpcore
import httpx

from crawler.fetch.address import is_literal, is_private, is_public
from crawler.fetch.wire import SocketOptions, WayError, Wire, dial
from watchlist.errors import UsageError
from watchlist.settings import Settings, parse_loopback

Resolver = Callable[[str, int], Awaitable[Sequence[str]]]
"""(name, port) -> its addresses as text. Raises OSError where the name has none."""
Dial = Callable[[str, int], Awaitable[Wire]]

CONNECT_SECONDS = 10.0
"""One address of a host may take this long; the next is tried after it."""
IDLE_SECONDS = 30.0
KEPT_TRANSPORTS = 256
LOOK_UPS = 256
"""Names looked up at once: as many as transfers may be under way, for a dead name keeps its thread for long."""


class SystemResolver:
    """The operating system's look-up, in threads of its own: slow names must not block other work in threads."""

    def __init__(self, threads: int = LOOK_UPS) -> None:
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="resolve")

    async def __call__(self, name: str, port: int) -> Sequence[str]:
        """All addresses of a name, in the system's order of preference."""
        loop = asyncio.get_running_loop()
        found = await loop.run_in_executor(self._threads, _look_up, name, port)
        return [str(entry[4][0]) for entry in found]

    def close(self) -> None:
        """Start no more look-ups; those under way end by themselves."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _look_up(name: str, port: int) -> list[tuple[int, int, int, str, tuple[str | int, ...]]]:
    return [tuple(entry) for entry in socket.getaddrinfo(name, port, type=socket.SOCK_STREAM)]  # type: ignore[misc]


class GuardedBackend(httpcore.AsyncNetworkBackend):
    """The address guard's second half: every connection is made to an address that was judged just now.

    There is no second look-up between judging and connecting, so a name cannot change its mind (DNS rebinding).
    """

    def __init__(
        self,
        resolver: Resolver,
        hosts: Mapping[str, str],
        dial: Dial = dial,
        private_hosts: Sequence[str] = (),
    ) -> None:
        self._resolver, self._hosts, self._dial = resolver, hosts, dial
        self._private_hosts = frozenset(private_hosts)

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ARG002, ASYNC109  # httpcore's signature; the door has one deadline
        local_address: str | None = None,  # noqa: ARG002
        socket_options: SocketOptions | None = None,  # noqa: ARG002
    ) -> httpcore.AsyncNetworkStream:
        """A connection to the first judged address that answers. Raises WayError."""
        failure = "no address answered"
        for address, at in await self.addresses(host, port):
            try:
                async with asyncio.timeout(CONNECT_SECONDS):
                    return await self._dial(address, at)
            except TimeoutError:
                failure = f"{address} did not answer within {CONNECT_SECONDS:.0f} s"
            except OSError as error:
                failure = f"{address}: {error.strerror or error}"
        raise WayError("connection", failure)

    async def addresses(self, host: str, port: int) -> list[tuple[str, int]]:
        """Where a host may be connected to. One bad address among many condemns the name: raises WayError."""
        if host in self._hosts:
            return [parse_loopback(host, self._hosts[host])]
        if is_literal(host):
            return self._judged(host, [host], port)
        try:
            found = await self._resolver(host, port)
        except OSError as error:
            raise WayError("dns", str(error.strerror or error)) from error
        except UnicodeError as error:
            raise WayError("bad_name", str(error)) from error
        return self._judged(host, found, port)

    def _judged(self, host: str, found: Sequence[str], port: int) -> list[tuple[str, int]]:
        if not found:
            raise WayError("dns", f"no address of {host}")
        may_be_private = host in self._private_hosts
        if closed := [each for each in found if not (is_public(each) or (may_be_private and is_private(each)))]:
            raise WayError("blocked_address", closed[0])
        return [(address, port) for address in dict.fromkeys(found)]


class OriginTransport(httpx.AsyncHTTPTransport):
    """httpx's transport over the guarded backend. vcrpy records and replays what goes through `super()`."""

    def __init__(self, backend: GuardedBackend, tls: ssl.SSLContext) -> None:
        super().__init__(verify=tls, trust_env=False)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=tls, max_connections=4, keepalive_expiry=IDLE_SECONDS, network_backend=backend
        )
        self._closed = False

    async def aclose(self) -> None:
        """Cut off what is under way; nothing is sent again."""
        self._closed = True
        await super().aclose()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send; once more where a kept connection turns out to be closed by the server in the meantime."""
        kept = bool(self._pool.connections)
        try:
            return await super().handle_async_request(request)
        except (httpx.ReadError, httpx.WriteError, httpx.RemoteProtocolError) as error:
            garbled = isinstance(error, httpx.RemoteProtocolError) and "disconnected" not in str(error)
            if self._closed or not kept or garbled:
                raise
            return await super().handle_async_request(request)

    async def close_where_more_came(self) -> None:
        """Close connections on which bytes beyond the answer came: they must never pass for the next one.

        h11 keeps such bytes for the next cycle, and httpcore starts that cycle without looking at them.
        """
        for connection in self._pool.connections:
            http11 = cast("Any", connection)._connection  # noqa: SLF001  # there is no public way to these bytes
            if http11 is not None and http11._h11_state.trailing_data[0]:  # noqa: SLF001
                await connection.aclose()


class Transports:
    """The transports of the origins used last; those above `keep` are closed when nobody uses them."""

    def __init__(self, backend: GuardedBackend, settings: Settings, keep: int = KEPT_TRANSPORTS) -> None:
        self._backend, self._settings, self._keep = backend, settings, keep
        self._kept: OrderedDict[str, OriginTransport] = OrderedDict()
        self._in_use: Counter[str] = Counter()
        self._tls: ssl.SSLContext | None = None
        self._closed = False

    def __len__(self) -> int:
        return len(self._kept)

    @asynccontextmanager
    async def lend(self, origin: str) -> AsyncIterator[OriginTransport]:
        """The transport of an origin, safe from being closed while it is lent. Raises WayError after `aclose`."""
        if self._closed:
            raise WayError("stopped", "")
        transport = self._kept.pop(origin, None) or OriginTransport(self._backend, self._context())
        self._kept[origin] = transport
        self._in_use[origin] += 1
        try:
            yield transport
        finally:
            self._in_use[origin] -= 1
            if not self._in_use[origin]:
                del self._in_use[origin]
            await self._close_old()

    def check_authorities(self) -> None:
        """Raises UsageError where `network.ca_file` cannot be used, before the first request meets it."""
        self._context()

    async def aclose(self) -> None:
        """Close them all, for good."""
        self._closed = True
        while self._kept:
            _, transport = self._kept.popitem()
            await transport.aclose()

    async def _close_old(self) -> None:
        surplus = max(0, len(self._kept) - self._keep)
        idle = [origin for origin in self._kept if origin not in self._in_use] if surplus else []
        for origin in idle[:surplus]:
            await self._kept.pop(origin).aclose()

    def _context(self) -> ssl.SSLContext:
        if self._tls is None:
            self._tls = tls_context(self._settings)
        return self._tls


def tls_context(settings: Settings) -> ssl.SSLContext:
    """Certificates are verified against certifi's and the system's authorities and `network.ca_file`.

    Raises UsageError where that file cannot be read.
    """
    file = settings.network.ca_file
    try:
        return _verifying(file, Path(file).stat().st_mtime_ns if file else 0)
    except OSError as error:
        raise UsageError(f"network.ca_file: {file} cannot be used: {error.strerror or error}") from error


@lru_cache(maxsize=4)
def _verifying(file: str, _changed_at: int) -> ssl.SSLContext:
    """Reading hundreds of authorities takes 70 ms: once for all doors of a process."""
    context = httpx.create_ssl_context(trust_env=False)
    context.load_default_certs()
    if file:
        context.load_verify_locations(cafile=file)
    return context
