"""The server on loopback, asked over real TLS with the certificate verified."""

from __future__ import annotations

import http.client
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Self

import pytest

from watchlist.demo import server
from watchlist.demo.reply import Reply
from watchlist.demo.server import LittleWeb, LoopbackWeb, Seen
from watchlist.demo.world import World


class Visit:
    """One TLS connection to one host, verified against the web's own authority."""

    def __init__(self, web: LoopbackWeb, host: str, ca: Path) -> None:
        self.host = host
        address, port = web.hosts[host].split(":")
        raw = socket.create_connection((address, int(port)), timeout=10)
        self.tls = ssl.create_default_context(cafile=ca).wrap_socket(raw, server_hostname=host)
        self.connection = http.client.HTTPConnection(host)
        self.connection.sock = self.tls

    def ask(self, path: str, method: str = "GET", **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
        self.connection.request(
            method, path, headers={name.replace("_", "-"): value for name, value in headers.items()}
        )
        response = self.connection.getresponse()
        return response, response.read()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()
        self.tls.close()


@contextmanager
def opened(web: LoopbackWeb, host: str, folder: Path) -> Iterator[Visit]:
    with web, Visit(web, host, web.ca_file(folder / "ca.pem")) as visit:
        yield visit


def hello(host: str, path: str, headers: Mapping[str, str]) -> Reply:
    return Reply(200, {"Content-Type": "text/plain"}, f"{host} {path} {headers.get('x-word')}".encode())


def test_every_host_answers_over_verified_tls(world: World, tmp_path: Path) -> None:
    with LittleWeb(world, day=lambda: 7) as web:
        ca = web.ca_file(tmp_path / "ca.pem")
        for host in world.hosts:
            with Visit(web, host, ca) as visit:
                assert visit.tls.version() in {"TLSv1.2", "TLSv1.3"}
                response, _ = visit.ask("/")
                assert response.status == world.answer(host, "/", 7).status
        assert {seen.host for seen in web.log} == set(world.hosts)


def test_a_stranger_to_the_authority_does_not_trust_it(world: World, tmp_path: Path) -> None:
    with LittleWeb(world, day=lambda: 1) as web, LoopbackWeb(["www.other.test"], hello) as other:
        ca = other.ca_file(tmp_path / "other.pem")
        with pytest.raises(ssl.SSLCertVerificationError):
            Visit(web, "www.tidewren.test", ca)
        ca = web.ca_file(tmp_path / "ca.pem")
        with Visit(web, "www.tidewren.test", ca) as visit:
            assert visit.ask("/")[0].status == 200


def test_the_day_passes_while_it_serves(world: World, tmp_path: Path) -> None:
    today = 7
    with opened(LittleWeb(world, day=lambda: today), "www.harrowmint.test", tmp_path) as visit:
        before = visit.ask("/about/leadership-team")[1]
        today = 8
        after = visit.ask("/about/leadership-team")[1]
    assert (b"Ravindra Kolhamane" in before, b"Ravindra Kolhamane" in after) == (False, True)


def test_one_connection_carries_get_head_and_304(world: World, tmp_path: Path) -> None:
    web = LittleWeb(world, day=lambda: 2)
    with opened(web, "blog.quindro.test", tmp_path) as visit:
        response, body = visit.ask("/feed.xml")
        head, nothing = visit.ask("/feed.xml", "HEAD")
        known, empty = visit.ask("/feed.xml", If_None_Match=str(response.headers["ETag"]))
        missing, _ = visit.ask("/robots.txt")
    assert (response.version, response.status, response.headers["Content-Length"]) == (11, 200, str(len(body)))
    assert (head.status, head.headers["Content-Length"], nothing) == (200, str(len(body)), b"")
    assert (known.status, known.headers["Content-Length"], empty, missing.status) == (304, None, b"", 404)
    asked = [("/feed.xml", 200), ("/feed.xml", 200), ("/feed.xml", 304), ("/robots.txt", 404)]
    assert web.log == [Seen("blog.quindro.test", path, status) for path, status in asked]


def test_head_sends_no_body(tmp_path: Path) -> None:
    with opened(LoopbackWeb(["www.short.test"], hello), "www.short.test", tmp_path) as visit:
        visit.tls.sendall(b"HEAD / HTTP/1.1\r\nHost: www.short.test\r\nConnection: close\r\n\r\n")
        received = b"".join(iter(lambda: visit.tls.recv(4096), b""))
    assert received.startswith(b"HTTP/1.1 200 ")
    assert received.endswith(b"\r\n\r\n")


def test_the_dead_host_refuses(world: World) -> None:
    with LittleWeb(world, day=lambda: 1) as web:
        address, port = web.hosts["www.cinderpike.test"].split(":")
        assert address == "127.0.0.1"
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((address, int(port)), timeout=10)


def test_it_serves_other_content_under_many_names(tmp_path: Path) -> None:
    names = [f"www.company-{number}.test" for number in range(250)]
    with LoopbackWeb(names, hello) as web:
        ca = web.ca_file(tmp_path / "ca.pem")
        assert set(web.hosts) == set(names)
        assert set(web.hosts.values()) == {f"127.0.0.1:{web.port}"}
        for name in (names[0], names[249]):
            with Visit(web, name, ca) as visit:
                assert visit.ask("/a?b=c", X_Word="open")[1] == f"{name} /a?b=c open".encode()


def test_a_silent_client_holds_up_nobody(tmp_path: Path) -> None:
    with LoopbackWeb(["www.slow.test"], hello) as web:
        silent = [socket.create_connection(("127.0.0.1", web.port), timeout=10) for _ in range(5)]
        with Visit(web, "www.slow.test", web.ca_file(tmp_path / "ca.pem")) as visit:
            assert visit.ask("/")[0].status == 200
        for connection in silent:
            connection.close()


def test_it_stops_cleanly_with_connections_open(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "PATIENCE_SECONDS", 3600)
    before = threading.active_count()
    web = LoopbackWeb(["www.short.test"], hello).__enter__()
    port = web.port
    silent = socket.create_connection(("127.0.0.1", port), timeout=10)
    visit = Visit(web, "www.short.test", web.ca_file(tmp_path / "ca.pem"))
    assert visit.ask("/")[0].status == 200
    leaving = threading.Thread(target=web.__exit__, args=(None, None, None), daemon=True)
    leaving.start()
    leaving.join(timeout=20)
    assert not leaving.is_alive(), "it waits for connections that nobody closes"
    assert threading.active_count() == before
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=10)
    with pytest.raises((http.client.HTTPException, OSError)):
        visit.ask("/")
    visit.tls.close()
    silent.close()


def test_it_has_no_port_before_it_is_entered() -> None:
    with pytest.raises(RuntimeError, match="not been entered"):
        LoopbackWeb(["www.early.test"], hello).hosts  # noqa: B018  # the property is what is tested
