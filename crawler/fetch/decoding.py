"""Bodies: read raw, unpacked by our own bounded decompressor, never more than the limit in memory."""

from __future__ import annotations

import re
import zlib
from collections.abc import AsyncIterable, Iterable, Iterator
from typing import TYPE_CHECKING, Protocol

from crawler.fetch.budget import Account

if TYPE_CHECKING:
    from brotli import Decompressor

_STEP = 64 * 1024
_RATIO, _RATIO_FROM = 200, 1024 * 1024
_GZIP_MAGIC = b"\x1f\x8b"
_GZIP, _ZLIB, _DEFLATE = 31, 15, -15
"""zlib's `wbits` for the three wrappings of the same packing."""


class BodyError(Exception):
    """The body is refused: `reason` is too_large, too_dense or bad_encoding."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(detail)
        self.reason, self.detail = reason, detail


async def read_body(  # noqa: PLR0913  # what is known of one answer
    chunks: AsyncIterable[bytes],
    encoding: str,
    *,
    limit: int,
    cut: bool = False,
    packed_file: bool = False,
    account: Account | None = None,
) -> bytes:
    """The decoded body of an answer with this Content-Encoding; at most `limit` bytes are ever held.

    With `cut` what lies beyond the limit is left unread (robots.txt); else it raises BodyError. A `packed_file`
    (sitemap.xml.gz) is unpacked once although no encoding is named. What is held is drawn from `account`.
    """
    unpack = _unpacker(encoding, packed_file=packed_file)
    body = bytearray()
    received = 0
    async for chunk in chunks:
        received += len(chunk)
        for piece in unpack.feed(chunk):
            if account is not None:
                await account.hold(len(body) + len(piece))
            body += piece
            if len(body) > _RATIO_FROM and len(body) > _RATIO * received:
                raise BodyError("too_dense", f"{len(body)} bytes out of {received}")
            if len(body) > limit:
                if cut:
                    return bytes(body[:limit])
                raise BodyError("too_large", f"more than {limit // 1024} KiB")
        if received > limit and not cut:
            raise BodyError("too_large", f"more than {limit // 1024} KiB")
    body += unpack.finish()
    if body.startswith(_GZIP_MAGIC) and not packed_file:
        raise BodyError("bad_encoding", "it is packed once more than it says")
    return bytes(body)


class Unpacker(Protocol):
    """One way of packing, undone piece by piece."""

    def feed(self, chunk: bytes) -> Iterable[bytes]:
        """What the chunk unpacks to."""
        ...

    def finish(self) -> bytes:
        """What was held back. Raises BodyError where the packed data ended too early."""
        ...


def _unpacker(encoding: str, *, packed_file: bool) -> Unpacker:
    name = encoding.strip().lower()
    if name in {"gzip", "x-gzip"}:
        return Packed(_GZIP)
    if name == "deflate":
        return Packed(_ZLIB)
    if name == "br":
        return Brotli()
    if name in {"", "identity"}:
        return Packed(_GZIP, only_if_packed=True) if packed_file else Plain()
    raise BodyError("bad_encoding", name if re.fullmatch(r"[a-z0-9-]{1,12}(, ?[a-z0-9-]{1,12})*", name) else "")


class Plain:
    """A body that is not packed."""

    def feed(self, chunk: bytes) -> Iterable[bytes]:
        """The chunk itself."""
        return [chunk]

    def finish(self) -> bytes:
        """Nothing is held back."""
        return b""


class Packed:
    """gzip (also several members, also with rubbish after the end) or deflate, unpacked in steps of 64 KiB."""

    def __init__(self, wbits: int, *, only_if_packed: bool = False) -> None:
        self._wbits, self._only_if_packed = wbits, only_if_packed
        self._engine: zlib._Decompress | None = None
        self._held = b""
        """Bytes too few to tell what begins here."""
        self._plain = self._rubbish = self._had_member = False

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """What the chunk unpacks to, piece by piece, so that the reader can stop in the middle of a bomb."""
        data, self._held = self._held + chunk, b""
        while data and not self._rubbish:
            if self._plain:
                yield data
                return
            if self._engine is not None:
                yield self._step(self._engine, data)
                data = self._left(self._engine)
            elif len(data) > 1:
                self._begin(data[:2])
            else:
                self._held, data = data, b""

    def finish(self) -> bytes:
        """What was held back; raises BodyError when the packed data ended too early."""
        if self._engine is not None or (self._held and not self._had_member and not self._only_if_packed):
            raise BodyError("bad_encoding", "it ends too early")
        return b"" if self._had_member else self._held

    def _begin(self, start: bytes) -> None:
        packed = start == _GZIP_MAGIC
        if self._had_member and (self._wbits != _GZIP or not packed):
            self._rubbish = True
        elif self._only_if_packed and not packed:
            self._plain = True
        elif self._wbits == _ZLIB and (start[0] & 0x0F != 8 or int.from_bytes(start, "big") % 31):
            # "deflate" means the zlib wrapping (RFC 9110 8.4.1.2); some servers leave it out.
            self._engine = zlib.decompressobj(_DEFLATE)
        else:
            self._engine = zlib.decompressobj(self._wbits)

    def _step(self, engine: zlib._Decompress, data: bytes) -> bytes:
        try:
            return engine.decompress(data, _STEP)
        except zlib.error as error:
            raise BodyError("bad_encoding", str(error)) from error

    def _left(self, engine: zlib._Decompress) -> bytes:
        if not engine.eof:
            return engine.unconsumed_tail
        self._engine, self._had_member = None, True
        return engine.unused_data


class Brotli:
    """br: never offered, yet some servers send it. Unpacked in steps of 64 KiB."""

    def __init__(self) -> None:
        import brotli

        self._engine: Decompressor = brotli.Decompressor()
        self._error: type[Exception] = brotli.error

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """What the chunk unpacks to, piece by piece."""
        piece = self._step(chunk)
        while piece:
            yield piece
            piece = self._step(b"")  # until nothing comes: the end shows only then

    def finish(self) -> bytes:
        """Nothing is held back; raises BodyError when the packed data ended too early."""
        if not self._engine.is_finished():
            raise BodyError("bad_encoding", "it ends too early")
        return b""

    def _step(self, chunk: bytes) -> bytes:
        try:
            return bytes(self._engine.process(chunk, output_buffer_limit=_STEP))
        except self._error as error:
            raise BodyError("bad_encoding", str(error)) from error
