"""corpus/hostile/compression.json through the door, in a process of its own whose memory is measured."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import threading
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from socket import SO_REUSEADDR, SOL_SOCKET, create_server, socket
from typing import Any

import brotli
import pytest

from tests.corpus import CORPUS, needs_corpus
from tests.crawler.fetch.doors import hostile

CASES = {case["id"]: case for case in hostile("compression")}
ALLOWED_KIB = 64 * 1024
MIB = 1 << 20
CHUNK = 64 * 1024
NO_FILE = b"HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
REFUSALS = {"too_large", "too_dense", "bad_encoding", "not_text"}

pytestmark = [
    pytest.mark.real,
    pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="memory is measured on Linux only"),
]

Body = Callable[[], Iterable[bytes]]
OWN: dict[str, tuple[str, Body, int | str]] = {
    # Content-Encoding, body, what must come of it; gigabytes in a few kilobytes, built as they are sent
    "gzip-ok": ("gzip", lambda: [gzip.compress(b"text " * 50_000)], 200),
    "br-ok": ("br", lambda: [brotli.compress(b"text " * 50_000)], 200),
    "gzip-8GiB": ("gzip", lambda: _zeros(zlib.compressobj(9, zlib.DEFLATED, 31), 8192), "too_dense"),
    "raw-2GiB": ("deflate", lambda: _zeros(zlib.compressobj(9, zlib.DEFLATED, -15), 2048), "too_dense"),
    "br-300MiB": ("br", lambda: [brotli.compress(bytes(300 * MIB), quality=5)], "too_dense"),
    "gzip-in-gzip": ("gzip, gzip", lambda: [gzip.compress(gzip.compress(bytes(100 * MIB)))], "bad_encoding"),
    "gzip-in-br": ("br", lambda: [brotli.compress(gzip.compress(bytes(100 * MIB), 1))], "bad_encoding"),
    "unsaid": ("", lambda: [gzip.compress(b"text " * 50_000)], "bad_encoding"),
    "random-64MiB": ("", lambda: (b"no zeros" * (CHUNK // 8) for _ in range(1024)), "too_large"),
    "members": ("gzip", lambda: (gzip.compress(bytes(range(256)) * 100) for _ in range(40_000)), "too_large"),
}
"""Our own few, for the day when the corpus is not there."""


@pytest.fixture(scope="module")
def weighed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Any]]:
    """What the door made of each case, one after the other, and a healthy page after all of them."""
    with _bombs() as port:
        hosts = {f"{name.lower()}.test": f"127.0.0.1:{port}" for name in (*CASES, *OWN, "healthy")}
        home = str(tmp_path_factory.mktemp("home"))
        with subprocess.Popen(
            [sys.executable, "-m", "tests.crawler.fetch.weigh", home, json.dumps(hosts)],
            cwd=Path(__file__).parents[3],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as door:
            try:
                yield _weigh_all(door)
            finally:
                door.kill()


def _weigh_all(door: subprocess.Popen[str]) -> dict[str, Any]:
    assert door.stdin is not None
    assert door.stdout is not None
    weights: dict[str, Any] = {}
    for name in ("healthy", *CASES, *OWN, "healthy"):
        # A packed file has .gz at its end; any other case a plain path.
        path = "file.gz" if CASES.get(name, {}).get("content_encoding") == "" else "page"
        door.stdin.write(f"http://{name.lower()}.test/{path}\n")
        door.stdin.flush()
        weight = weights[name] = json.loads(door.stdout.readline())
        # Idle is the door that has fetched something and has nothing to do.
        weight["above"] = weight["peak"] - next(iter(weights.values()))["idle"]
    return weights


@needs_corpus
@pytest.mark.parametrize("name", CASES)
def test_one_body(name: str, weighed: Mapping[str, Any]) -> None:
    case, weight = CASES[name], weighed[name]
    assert weight["above"] <= ALLOWED_KIB, weight
    if case["kind"] == "ok":
        assert (weight["result"], weight["size"]) == (200, MIB)
    else:
        assert weight["result"] in REFUSALS


@pytest.mark.parametrize("name", OWN)
def test_one_body_of_our_own(name: str, weighed: Mapping[str, Any]) -> None:
    weight = weighed[name]
    assert weight["above"] <= ALLOWED_KIB, weight
    assert weight["result"] == OWN[name][2]


def test_the_door_goes_on_afterwards(weighed: Mapping[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    worst = max(weighed, key=lambda name: int(weighed[name]["above"]))
    slowest = max(weighed, key=lambda name: float(weighed[name]["seconds"]))
    with capsys.disabled():
        print(
            f"\n{len(weighed)} packed bodies: at most {weighed[worst]['above'] / 1024:.0f} MiB above idle ({worst}), "
            f"the slowest {weighed[slowest]['seconds']} s with its building ({slowest})"
        )
    assert weighed["healthy"]["result"] == 200


# --- a server that builds the bodies as it sends them --------------------------------------------------------------


@contextmanager
def _bombs() -> Iterator[int]:
    listening = create_server(("127.0.0.1", 0), backlog=16)
    listening.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)
    threading.Thread(target=_serve, args=(listening,), daemon=True).start()
    yield int(listening.getsockname()[1])
    listening.close()


def _serve(listening: socket) -> None:
    with suppress(OSError):  # closed: the tests are over
        while True:
            connection, _ = listening.accept()
            threading.Thread(target=_answer, args=(connection,), daemon=True).start()


def _answer(connection: socket) -> None:
    with connection, suppress(OSError):
        head = b""
        while b"\r\n\r\n" not in head:
            head += connection.recv(4096)
        name = _host(head)
        if b"GET /robots.txt " in head:
            connection.sendall(NO_FILE)
        elif name in _BY_HOST:
            _send(connection, *_BY_HOST[name])
        else:
            connection.sendall(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")


def _host(head: bytes) -> str:
    lines = head.decode("ascii").lower().split("\r\n")
    return next(line.partition(" ")[2] for line in lines if line.startswith("host:")).removesuffix(".test")


def _send(connection: socket, fields: str, body: Body) -> None:
    connection.sendall(f"HTTP/1.1 200 OK\r\n{fields}connection: close\r\n\r\n".encode("ascii"))
    for chunk in body():
        connection.sendall(chunk)


def _fields(encoding: str) -> str:
    """What the corpus gives as encoding is in two cases a media type."""
    if not encoding:
        return "content-type: text/html\r\n"
    return f"content-type: {encoding}\r\n" if "/" in encoding else f"content-encoding: {encoding}\r\n"


def _made(make: str) -> Body:
    """The output of the corpus's script, built no further than it is read."""

    def body() -> Iterator[bytes]:
        script = CORPUS / "hostile" / "bombs.py"
        with subprocess.Popen([sys.executable, str(script), *make.split()], stdout=subprocess.PIPE) as bomb:
            assert bomb.stdout is not None
            try:
                while chunk := bomb.stdout.read(CHUNK):
                    yield chunk
            finally:
                bomb.kill()

    return body


def _zeros(engine: Any, mib: int) -> Iterator[bytes]:
    for _ in range(mib):
        if chunk := engine.compress(bytes(MIB)):
            yield chunk
    yield engine.flush()


_BY_HOST = {name.lower(): (_fields(case["content_encoding"]), _made(case["make"])) for name, case in CASES.items()} | {
    name.lower(): (_fields(encoding), body) for name, (encoding, body, _) in OWN.items()
}
