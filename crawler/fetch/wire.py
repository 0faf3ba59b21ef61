"""One TCP or TLS connection for httpcore, straight on asyncio: cheaper than anyio's and aborted, never lingering."""

from __future__ import annotations

import asyncio
import ssl
from collections import deque
from collections.abc import Iterable
from typing import Any

import httpcore

_ENOUGH = 64 * 1024
"""Bytes waiting to be read above which the peer has to pause."""


class WayError(Exception):
    """No connection: `reason` is a key of answers.PLAIN_WORDS."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(detail)
        self.reason, self.detail = reason, detail


class Wire(asyncio.Protocol, httpcore.AsyncNetworkStream):
    """The stream httpcore reads and writes. Deadlines are the door's: the `timeout` arguments are not needed."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._chunks: deque[bytes] = deque()
        self._waiting = 0
        self._ended: Exception | None = None
        self._eof = False
        self._reader: asyncio.Future[None] | None = None
        self._writer: asyncio.Future[None] | None = None

    # --- what asyncio calls --------------------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection stands."""
        if isinstance(transport, asyncio.Transport):
            self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Bytes came: wake the reader; pause the peer when it is far ahead."""
        self._chunks.append(data)
        self._waiting += len(data)
        _wake(self._reader)
        if self._waiting > _ENOUGH and self._transport is not None:
            self._transport.pause_reading()

    def eof_received(self) -> bool:
        """The peer sends no more."""
        self._eof = True
        _wake(self._reader)
        return False

    def connection_lost(self, exc: Exception | None) -> None:
        """The connection is gone."""
        self._eof = True
        self._ended = exc
        _wake(self._reader)
        _wake(self._writer)

    def pause_writing(self) -> None:
        """Too much is on its way out."""
        self._writer = asyncio.get_running_loop().create_future()

    def resume_writing(self) -> None:
        """Room to write again."""
        _wake(self._writer)
        self._writer = None

    # --- what httpcore calls -------------------------------------------------------------------------------------

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:  # noqa: ARG002, ASYNC109  # see above
        """The next bytes, at most `max_bytes`; empty at the end. Raises httpcore.ReadError when it broke."""
        if not self._chunks and not self._eof:
            self._reader = asyncio.get_running_loop().create_future()
            await self._reader
        if not self._chunks:
            if self._ended is not None:
                raise httpcore.ReadError(str(self._ended))
            return b""
        return self._take(max_bytes)

    def _take(self, max_bytes: int) -> bytes:
        chunk = self._chunks.popleft()
        if len(chunk) > max_bytes:
            self._chunks.appendleft(chunk[max_bytes:])
            chunk = chunk[:max_bytes]
        before, self._waiting = self._waiting, self._waiting - len(chunk)
        if before > _ENOUGH >= self._waiting and self._transport is not None:
            self._transport.resume_reading()
        return chunk

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:  # noqa: ARG002, ASYNC109  # see above
        """Send bytes. Raises httpcore.WriteError when the connection is gone."""
        if self._transport is None or self._transport.is_closing():
            raise httpcore.WriteError("the connection is closed")
        self._transport.write(buffer)
        if self._writer is not None:
            await self._writer

    async def aclose(self) -> None:
        """Drop the connection at once: a graceful close would leave a lying server time."""
        if self._transport is not None:
            self._transport.abort()

    async def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,  # noqa: ARG002, ASYNC109  # see above
    ) -> Wire:
        """Encrypt from here on, verifying the certificate for the name. Raises WayError."""
        try:
            self._transport = await self._encrypted(ssl_context, server_hostname)
        except ssl.SSLError as error:
            raise WayError("tls", getattr(error, "verify_message", "") or error.reason or str(error)) from error
        except OSError as error:
            raise WayError("connection", f"in the TLS handshake: {error}") from error
        return self

    async def _encrypted(self, context: ssl.SSLContext, name: str | None) -> asyncio.Transport:
        if self._transport is None:
            raise ConnectionResetError("closed")
        loop = asyncio.get_running_loop()
        transport = await loop.start_tls(self._transport, self, context, server_hostname=name)
        if transport is None:
            raise ConnectionResetError("closed")
        return transport

    def get_extra_info(self, info: str) -> Any:
        """`ssl_object`, addresses, and `is_readable`: an idle connection with something to read is of no use."""
        if info == "is_readable":
            return bool(self._chunks) or self._eof or self._transport is None or self._transport.is_closing()
        names = {"ssl_object": "ssl_object", "client_addr": "sockname", "server_addr": "peername", "socket": "socket"}
        return None if self._transport is None else self._transport.get_extra_info(names.get(info, info))


def _wake(future: asyncio.Future[None] | None) -> None:
    if future is not None and not future.done():
        future.set_result(None)


async def dial(address: str, port: int) -> Wire:
    """Connect to a literal IP address. Raises OSError."""
    _, wire = await asyncio.get_running_loop().create_connection(Wire, address, port)
    return wire


SocketOptions = Iterable[tuple[int, int, int] | tuple[int, int, bytes | bytearray] | tuple[int, int, None, int]]
