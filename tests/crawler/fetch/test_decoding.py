from __future__ import annotations

import asyncio
import gzip
import subprocess
import sys
import tracemalloc
import zlib
from collections.abc import AsyncIterator
from typing import Any

import brotli
import pytest

from crawler.fetch.decoding import BodyError, read_body
from tests.corpus import CORPUS, needs_corpus
from tests.crawler.fetch.doors import hostile

MIB = 1 << 20
TEXT = b"<html>" + b"".join(b"<p>paragraph %d</p>" % number for number in range(9000))
# Files of another kind (zip, svg) are no packing: see test_compression.py.
COMPRESSION = [case for case in hostile("compression") if not case["make"].startswith(("zip", "svg"))]


def read(body: bytes, encoding: str = "", *, limit: int = 10 * MIB, step: int = 1000, **more: Any) -> bytes:
    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(body), step):
            yield body[start : start + step]

    return asyncio.run(read_body(chunks(), encoding, limit=limit, **more))


def refusal(body: bytes, encoding: str = "", **more: Any) -> str:
    with pytest.raises(BodyError) as caught:
        read(body, encoding, **more)
    return caught.value.reason


def raw_deflate(data: bytes) -> bytes:
    engine = zlib.compressobj(wbits=-15)
    return engine.compress(data) + engine.flush()


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (TEXT, ""),
        (TEXT, "identity"),
        (gzip.compress(TEXT), "gzip"),
        (gzip.compress(TEXT), " X-GZIP "),
        (gzip.compress(TEXT[:5000]) + gzip.compress(TEXT[5000:]), "gzip"),
        (gzip.compress(TEXT) + b"rubbish after the end", "gzip"),
        (zlib.compress(TEXT), "deflate"),
        (raw_deflate(TEXT), "deflate"),
        (brotli.compress(TEXT), "br"),
    ],
)
@pytest.mark.parametrize("step", [1, 1000, 10 * MIB])
def test_unpacked_whatever_the_chunks(body: bytes, encoding: str, step: int) -> None:
    assert read(body, encoding, step=step) == TEXT


def test_an_empty_body_is_empty_whatever_its_encoding() -> None:
    assert read(b"", "gzip") == b""


@pytest.mark.parametrize("encoding", ["br", "zstd", "gzip, gzip", "gzip,br", "foo", "compress"])
def test_what_was_not_offered_is_refused(encoding: str) -> None:
    assert refusal(gzip.compress(TEXT), encoding) == "bad_encoding"


def test_damaged_packing_is_refused() -> None:
    assert refusal(gzip.compress(TEXT)[:-20], "gzip") == "bad_encoding"
    assert refusal(TEXT, "gzip") == "bad_encoding"
    assert refusal(b"x", "gzip") == "bad_encoding"
    packed = bytearray(gzip.compress(TEXT))
    packed[-6] ^= 1
    assert refusal(bytes(packed), "gzip") == "bad_encoding"


def test_the_limit_is_exact() -> None:
    assert len(read(b"x" * 1000, limit=1000)) == 1000
    assert refusal(b"x" * 1001, limit=1000) == "too_large"
    assert refusal(gzip.compress(TEXT), "gzip", limit=len(TEXT) - 1) == "too_large"
    assert read(b"x" * 1500, limit=1000, cut=True) == b"x" * 1000


def test_more_than_two_hundred_to_one_past_a_mebibyte() -> None:
    assert refusal(gzip.compress(bytes(2 * MIB)), "gzip") == "too_dense"
    assert read(gzip.compress(bytes(MIB)), "gzip") == bytes(MIB)


def test_a_bomb_takes_little_memory() -> None:
    bomb = gzip.compress(bytes(200 * MIB), 9)
    tracemalloc.start()
    assert refusal(bomb, "gzip", step=len(bomb), limit=10 * MIB) in {"too_dense", "too_large"}
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 16 * MIB


def test_a_packed_file_is_unpacked_once_without_an_encoding() -> None:
    assert read(gzip.compress(TEXT), packed_file=True) == TEXT
    assert read(TEXT, packed_file=True) == TEXT
    assert read(b"x", packed_file=True) == b"x"
    assert refusal(gzip.compress(TEXT)) == "bad_encoding"
    assert refusal(gzip.compress(bytes(20 * MIB)), packed_file=True) == "too_dense"


@needs_corpus
@pytest.mark.parametrize("case", COMPRESSION, ids=lambda case: case["id"])
def test_hostile_packing(case: dict[str, Any]) -> None:
    body, reason = _read_bomb(case["make"], case["content_encoding"])
    if body is None:
        assert case["kind"] == "attack"
        assert reason in {"too_large", "too_dense", "bad_encoding"}
    else:
        assert case["kind"] == "ok"
        assert 0 < len(body) <= 10 * MIB


def _read_bomb(make: str, encoding: str) -> tuple[bytes | None, str | None]:
    """What was read, or why nothing; the bomb is built no further than it is read."""
    script = CORPUS / "hostile" / "bombs.py"
    with subprocess.Popen([sys.executable, str(script), *make.split()], stdout=subprocess.PIPE) as bomb:

        async def chunks() -> AsyncIterator[bytes]:
            while bomb.stdout and (chunk := bomb.stdout.read(64 * 1024)):
                yield chunk

        try:
            return asyncio.run(read_body(chunks(), encoding, limit=10 * MIB, packed_file=not encoding)), None
        except BodyError as error:
            return None, error.reason
        finally:
            bomb.kill()
