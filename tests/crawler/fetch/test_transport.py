from __future__ import annotations

import asyncio
import ssl
from pathlib import Path

import httpcore
import pytest
import trustme

from crawler.fetch.transport import GuardedBackend, SystemResolver, Transports, tls_context
from crawler.fetch.wire import WayError, dial
from tests.crawler.fetch.doors import PUBLIC, Dialled, FakeNames, settings_of
from tests.servers import LoopbackServer, Response, site, write_ca
from watchlist.errors import UsageError

REQUEST = b"GET /big HTTP/1.1\r\nHost: a.test\r\n\r\n"
BIG = bytes(range(256)) * 12_000


def test_bytes_arrive_whole_and_a_reader_that_sleeps_makes_the_peer_wait() -> None:
    async def work(port: int) -> bytes:
        wire = await dial("127.0.0.1", port)
        await wire.write(REQUEST)
        await asyncio.sleep(0.1)
        assert wire._waiting < 1 << 20
        received = bytearray()
        while chunk := await wire.read(1000):
            assert len(chunk) <= 1000
            received += chunk
        return bytes(received)

    with LoopbackServer({"*": lambda _: Response(raw=b"head\r\n\r\n" + BIG)}) as server:
        assert asyncio.run(work(server.port)) == b"head\r\n\r\n" + BIG


def test_a_wire_says_when_it_is_of_no_more_use() -> None:
    async def work(port: int) -> list[bool]:
        wire = await dial("127.0.0.1", port)
        fresh = wire.get_extra_info("is_readable")
        await wire.write(REQUEST)
        while await wire.read(1000):
            pass
        ended = wire.get_extra_info("is_readable")
        await wire.aclose()
        await asyncio.sleep(0)
        with pytest.raises(httpcore.WriteError):
            await wire.write(REQUEST)
        return [fresh, ended]

    with LoopbackServer({"*": lambda _: Response(raw=b"bye")}) as server:
        assert asyncio.run(work(server.port)) == [False, True]


def test_tls_on_a_server_without_it_is_a_tls_error(tmp_path: Path) -> None:
    async def work(port: int) -> str:
        wire = await dial("127.0.0.1", port)
        with pytest.raises(WayError) as caught:
            await wire.start_tls(ssl.create_default_context(), "a.test")
        return caught.value.reason

    async def ssh(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"SSH-2.0-OpenSSH\r\n")
        await reader.read()
        writer.close()

    async def both() -> str:
        async with await asyncio.start_server(ssh, "127.0.0.1", 0) as server:
            return await work(server.sockets[0].getsockname()[1])

    assert asyncio.run(both()) == "tls"


def test_the_next_address_is_tried_when_one_does_not_answer() -> None:
    async def work(server: LoopbackServer) -> list[tuple[str, int]]:
        dialled = Dialled(server)

        async def first_is_dead(address: str, port: int) -> object:
            wire = await dialled(address, port)
            if address == PUBLIC:
                raise ConnectionRefusedError(111, "Connection refused")
            return wire

        names = FakeNames({"a.test": [[PUBLIC, PUBLIC, "2606:4700::1"]]})
        backend = GuardedBackend(names, {}, first_is_dead)  # type: ignore[arg-type]
        await (await backend.connect_tcp("a.test", 443)).aclose()
        return dialled.to

    with LoopbackServer({"*": site({})}) as server:
        assert asyncio.run(work(server)) == [(PUBLIC, 443), ("2606:4700::1", 443)]


def test_the_system_resolver_knows_this_machine() -> None:
    async def work() -> set[str]:
        resolver = SystemResolver(1)
        try:
            return set(await resolver("localhost", 80))
        finally:
            resolver.close()

    assert asyncio.run(work()) & {"127.0.0.1", "::1"}


def test_only_so_many_transports_are_kept_and_none_in_use_is_closed(tmp_path: Path) -> None:
    async def work() -> tuple[list[str], int]:
        transports = Transports(GuardedBackend(FakeNames({}), {}), settings_of(tmp_path), keep=2)
        async with transports.lend("http://a.test"), transports.lend("http://b.test"):
            async with transports.lend("http://c.test"):
                busy = list(transports._kept)
            async with transports.lend("http://a.test"):
                pass
        await transports.aclose()
        return busy, len(transports)

    assert asyncio.run(work()) == (["http://a.test", "http://b.test", "http://c.test"], 0)


def test_least_recently_used_transports_go_first(tmp_path: Path) -> None:
    async def work() -> list[str]:
        transports = Transports(GuardedBackend(FakeNames({}), {}), settings_of(tmp_path), keep=2)
        for name in "abac":
            async with transports.lend(f"http://{name}.test"):
                pass
        return list(transports._kept)

    assert asyncio.run(work()) == ["http://a.test", "http://c.test"]


def test_the_extra_authority_is_added_to_the_usual_ones(tmp_path: Path, ca: trustme.CA) -> None:
    usual = tls_context(settings_of(tmp_path)).cert_store_stats()["x509_ca"]
    more = tls_context(settings_of(tmp_path, ca_file=str(write_ca(ca, tmp_path))))
    assert usual > 50
    assert more.cert_store_stats()["x509_ca"] == usual + 1
    assert more.verify_mode is ssl.CERT_REQUIRED
    assert more.check_hostname


def test_an_authority_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"network\.ca_file: .*missing\.pem"):
        tls_context(settings_of(tmp_path, ca_file=str(tmp_path / "missing.pem")))
    (tmp_path / "no.pem").write_text("no certificate")
    with pytest.raises(UsageError, match=r"network\.ca_file: .*no\.pem"):
        tls_context(settings_of(tmp_path, ca_file=str(tmp_path / "no.pem")))
