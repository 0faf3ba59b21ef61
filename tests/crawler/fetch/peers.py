"""Servers of bytes in the loop of the test: each answers robots.txt with 404 and everything else as it likes."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager

Page = Callable[[asyncio.StreamWriter, str], Awaitable[None]]
"""(where to write, path that was asked for); a connection is kept until it closes it or the client does."""
NO_ROBOTS = b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n"


def says(raw: bytes) -> Page:
    """A server that answers everything with these bytes and keeps the connection open."""

    async def page(writer: asyncio.StreamWriter, path: str) -> None:  # it hears nothing
        writer.write(raw)
        await writer.drain()

    return page


@asynccontextmanager
async def peers(pages: Mapping[str, Page]) -> AsyncIterator[dict[str, str]]:
    """Serve each host on a port of its own; gives the value of `network.hosts`."""
    conversations: set[asyncio.Task[None]] = set()
    async with AsyncExitStack() as stack:
        hosts = {}
        for host, page in pages.items():
            talk = _Talk(page, conversations)
            server = await stack.enter_async_context(await asyncio.start_server(talk.begin, "127.0.0.1", 0))
            hosts[host] = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
        yield hosts
        for conversation in conversations:
            conversation.cancel()
        await asyncio.gather(*conversations, return_exceptions=True)


class _Talk:
    """The conversations of one server."""

    def __init__(self, page: Page, conversations: set[asyncio.Task[None]]) -> None:
        self._page, self._conversations = page, conversations

    def begin(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        conversation = asyncio.create_task(self._converse(reader, writer))
        self._conversations.add(conversation)
        conversation.add_done_callback(self._conversations.discard)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                path = head.split(b" ")[1].decode("latin-1")
                if path == "/robots.txt":
                    writer.write(NO_ROBOTS)
                else:
                    await self._page(writer, path)
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            writer.transport.abort()
