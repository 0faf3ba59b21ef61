"""What the fuzzer tries: everything that reads what strangers send."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from crawler.feeds import read_feed
from crawler.fetch.access import access_rules
from crawler.fetch.answers import Access, Ask, FetchError
from crawler.fetch.backoff import asked_wait
from crawler.fetch.decoding import BodyError, read_body
from crawler.fetch.door import Door
from crawler.fetch.freshness import fresh_until
from crawler.fetch.robots import RobotsText, decode_robots
from crawler.fetch.urls import judge_url
from crawler.fetch.wishes import ai_txt_wishes, header_wishes, tdmrep_wishes
from crawler.pages import Document, read_page
from crawler.pages.navigation import feed_links, people_links, sitemap_links
from crawler.pages.speaker_leads import speaker_leads
from tests.bench import fuzz_seeds as seeds
from tests.crawler.fetch.doors import FakeNames, settings_of

NOW = datetime(2026, 10, 21, 7, tzinfo=UTC)


Attempt = Callable[[bytes, Random], None]


@dataclass(frozen=True)
class Target:
    """One reader: where its inputs come from, and what is done with each; it raises nothing but `expected`."""

    name: str
    seeds: Callable[[], list[bytes]]
    attempt: Attempt
    expected: tuple[type[Exception], ...] = ()
    around: Callable[[], AbstractContextManager[object]] = nullcontext


def try_robots(data: bytes, random: Random) -> None:
    text = RobotsText(decode_robots(data))
    url = f"https://a.test/{random.choice(('', 'x', 'w/api.php?a=b', 'a.atom', '%2fx', 'a' * 900))}"
    text.allows(url)
    text.allows(url, named_only=True)
    assert 0 <= text.delay <= 60
    assert text.wishes is not None


def try_address(data: bytes, random: Random) -> None:
    url = data.decode("utf-8", random.choice(("replace", "surrogateescape", "ignore")))
    base = random.choice((None, "https://a.test/b/c?d", "http://93.184.216.34/", "http://b.test:8080/x"))
    verdict = judge_url(url, base=base)
    if verdict.target is not None:
        target = verdict.target
        assert verdict.allowed
        assert not access_rules().is_never_fetched(target.host)
        again = judge_url(target.href)
        assert again.target == target, f"{again.reason}: an allowed address is allowed in its normal form"
        assert target.href.isascii()


def try_headers(data: bytes, random: Random) -> None:
    lines = (line.partition(":") for line in data.decode("latin-1").split("\n"))
    headers = {name.strip().lower(): value.strip() for name, _, value in lines}
    wait = asked_wait(random.choice((200, 304, 403, 429, 503)), headers, NOW)
    assert wait is None or 0 < wait.total_seconds() <= 7 * 86400
    until = fresh_until(headers, NOW)
    assert until is None or 0 < (until - NOW).total_seconds() <= 86400
    header_wishes(headers, NOW)


def try_site_file(data: bytes, random: Random) -> None:
    path = random.choice(("/", "/team/x.html", "/a?b=c"))
    tdmrep_wishes(data, path)
    ai_txt_wishes(data.decode("utf-8", "replace"), path, random.choice((None, "text/html", "application/json")))


def try_body(data: bytes, random: Random) -> None:
    step = random.choice((1, 7, 1000, 1 << 20)) if len(data) < 4096 else 4096

    async def chunks() -> AsyncIterator[bytes]:
        for start in range(0, len(data), step):
            yield data[start : start + step]

    encoding = random.choice(("gzip", "deflate", "br", "", "identity", "x-gzip", "gzip, gzip"))
    limit = random.choice((1000, 1 << 20))
    cut, packed_file = random.random() < 0.2, random.random() < 0.2
    body = asyncio.run(read_body(chunks(), encoding, limit=limit, cut=cut, packed_file=packed_file))
    assert len(body) <= limit


def try_feed(data: bytes, random: Random) -> None:
    kind = random.choice((None, "application/rss+xml; charset=utf-16", "text/html", "application/json"))
    for entry in read_feed(data, "https://a.test/feed", kind).entries:
        assert entry.id
        assert len(entry.title) <= 300
        assert len(entry.summary) <= 500


def try_page(data: bytes, random: Random) -> None:
    kind = random.choice((None, "text/html", "text/html; charset=gb2312", "application/json", "application/xml"))
    document = Document("https://a.test/team", data, kind, organisation="Acme")
    reading = read_page(document, kind=random.choice((None, "leaders", "speakers")))
    assert reading.people or reading.reason
    if document.is_html:
        people_links(document)
        feed_links(document, reading)
        speaker_leads(document)
    sitemap_links(data, document.url)


class Rogue:
    """A server that answers each host with what is laid out for it, and a door to 200 such hosts at a time."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner()
        self._answers: dict[str, tuple[bytes, bool]] = {}
        self._left: list[str] = []
        self._door: Door | None = None
        self._settings = settings_of(Path(tempfile.gettempdir()), max_body_mib=1, deadline_seconds=10.0)

    @contextmanager
    def running(self) -> Iterator[None]:
        with self._runner:
            self._server = self._runner.run(asyncio.start_server(self._serve, "127.0.0.1", 0))
            yield
            self._runner.run(self._close())

    def attempt(self, data: bytes, random: Random) -> None:
        """One fetch whose answer (and now and then whose robots.txt) is `data`."""
        self._runner.run(self._fetch(data, random))

    async def _fetch(self, data: bytes, random: Random) -> None:
        if not self._left:
            await self._new_door()
        host = self._left.pop()
        self._answers[host] = (data, random.random() < 0.3)
        assert self._door is not None
        access = random.choice((Access.CRAWL, Access.SUBSCRIPTION))
        try:
            answer = await self._door.fetch(Ask(f"http://{host}/{random.choice(('', 'x.xml.gz'))}", access))
        finally:
            del self._answers[host]
        assert len(answer.body) <= 1 << 20
        assert 200 <= answer.status < 600
        assert "set-cookie" not in answer.headers

    async def _new_door(self) -> None:
        await self._close_door()
        hosts = [f"h{number}.test" for number in range(200)]
        address = f"127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        network = self._settings.network.model_copy(update={"hosts": dict.fromkeys(hosts, address)})
        settings = self._settings.model_copy(update={"network": network})
        self._door = await Door(settings, resolver=FakeNames({})).__aenter__()
        self._left = hosts

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            host = head.partition(b"\r\nhost: ")[2].partition(b"\r\n")[0].decode("ascii", "replace")
            data, also_robots = self._answers.get(host, (b"", True))
            honest = b" /robots.txt " in head and not also_robots
            writer.write(b"HTTP/1.1 404 No\r\ncontent-length: 0\r\nconnection: close\r\n\r\n" if honest else data)
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()

    async def _close_door(self) -> None:
        if self._door is not None:
            await self._door.__aexit__(None, None, None)

    async def _close(self) -> None:
        await self._close_door()
        self._server.close()
        await asyncio.sleep(0.05)


def targets() -> list[Target]:
    """Everything that reads what strangers send."""
    rogue = Rogue()
    return [
        Target("answers to the door", seeds.raw_answers, rogue.attempt, (FetchError,), rogue.running),
        Target("robots.txt", seeds.robots_files, try_robots),
        Target("addresses", seeds.addresses, try_address),
        Target("headers", seeds.header_blocks, try_headers),
        Target("tdmrep.json, ai.txt", seeds.site_files, try_site_file),
        Target("packed bodies", seeds.packed_bodies, try_body, (BodyError,)),
        Target("feeds", seeds.feeds, try_feed),
        Target("pages", seeds.pages, try_page),
    ]
