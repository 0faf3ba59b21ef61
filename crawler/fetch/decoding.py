"""Bodies: read raw, unpacked by our own bounded decompressor, never more than the limit in memory."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterable, Iterable, Iterator

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


async def read_body(
    chunks: AsyncIterable[bytes], encoding: str, *, limit: int, cut: bool = False, packed_file: bool = False
) -> bytes:
    """The decoded body of an answer with this Content-Encoding; at most `limit` bytes are ever held.

    With `cut` what lies beyond the limit is left unread (robots.txt); else it raises BodyError. A `packed_file`
    (sitemap.xml.gz) is unpacked once although no encoding is named.
    """
    unpack = _unpacker(encoding, packed_file=packed_file)
    body = bytearray()
    received = 0
    async for chunk in chunks:
        received += len(chunk)
        for piece in unpack.feed(chunk):
            body += piece
            if len(body) > _RATIO_FROM and len(body) > _RATIO * received:
                raise BodyError("too_dense", f"{len(body)} bytes out of {received}")
            if len(body) > limit:
                if cut:
                    return bytes(body[:limit])
                raise BodyError("too_large", f"more than {limit // 1024} KiB")
        if received > limit and not cut:
            raise BodyError("too_large", f"more than {limit // 1024} KiB")
    unpack.finish()
    return bytes(body)


def _unpacker(encoding: str, *, packed_file: bool) -> Plain | Packed:
    name = encoding.strip().lower()
    if name in {"gzip", "x-gzip"}:
        return Packed(_GZIP)
    if name == "deflate":
        return Packed(_ZLIB)
    if name in {"", "identity"}:
        return Packed(_GZIP, only_if_packed=True) if packed_file else Plain()
    raise BodyError("bad_encoding", name[:40])


class Plain:
    """A body that is not packed."""

    def feed(self, chunk: bytes) -> Iterable[bytes]:
        """The chunk itself."""
        return [chunk]

    def finish(self) -> None:
        """Nothing to check."""


class Packed:
    """gzip (also several members, also with rubbish after the end) or deflate, unpacked in steps of 64 KiB."""

    def __init__(self, wbits: int, *, only_if_packed: bool = False) -> None:
        self._wbits = wbits
        self._only_if_packed = only_if_packed
        self._engine = zlib.decompressobj(wbits)
        self._begun = False
        self._passthrough = False
        self._done = False

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """What the chunk unpacks to, piece by piece, so that the reader can stop in the middle of a bomb."""
        if not self._begun and chunk:
            self._begin(chunk)
        if self._passthrough:
            yield chunk
            return
        while chunk and not self._done:
            yield self._step(chunk)
            chunk = self._engine.unconsumed_tail
            if self._engine.eof:
                chunk = self._next_member()

    def finish(self) -> None:
        """Raises BodyError when the packed data ended too early."""
        if self._begun and not self._passthrough and not self._done and not self._engine.eof:
            raise BodyError("bad_encoding", "it ends too early")

    def _begin(self, chunk: bytes) -> None:
        self._begun = True
        self._passthrough = self._only_if_packed and not chunk.startswith(_GZIP_MAGIC)
        if self._wbits == _ZLIB and (chunk[0] & 0x0F != 8 or int.from_bytes(chunk[:2], "big") % 31):
            # "deflate" means the zlib wrapping (RFC 9110 8.4.1.2); some servers leave it out.
            self._engine = zlib.decompressobj(_DEFLATE)

    def _step(self, chunk: bytes) -> bytes:
        try:
            return self._engine.decompress(chunk, _STEP)
        except zlib.error as error:
            raise BodyError("bad_encoding", str(error)) from error

    def _next_member(self) -> bytes:
        rest = self._engine.unused_data
        if self._wbits == _GZIP and rest.startswith(_GZIP_MAGIC):
            self._engine = zlib.decompressobj(_GZIP)
            return rest
        self._done = True
        return b""
