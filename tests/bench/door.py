"""The door beside stock Scrapy, httpx and aiohttp: the same pages of 200 sites on loopback, per CPU-second, one run."""

from __future__ import annotations

import asyncio
import gzip
import multiprocessing as mp
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from tests.servers import LoopbackServer, Request, Response

SITES, PAGES = 200, 10
CONCURRENT = 64
PAGE = ("<html><title>Page</title>" + "".join(f"<p>Paragraph {n} of a page</p>" for n in range(700))).encode()


def run() -> None:
    """Print pages per CPU-second of each way to fetch them, and the ratio to stock Scrapy, tuned."""
    context = mp.get_context("spawn")
    ours, theirs = context.Pipe()
    server = context.Process(target=_serve, args=(theirs,), daemon=True)
    server.start()
    address: str = ours.recv()
    try:
        rates = {name: _measured(context, way, address) for name, way in WAYS.items()}
    finally:
        ours.send("enough")
        server.join(timeout=10)
    print(f"{SITES * PAGES} pages of {len(PAGE) // 1000} kB (gzip), {SITES} sites, {CONCURRENT} at once")
    for name, rate in rates.items():
        print(f"  {name:<34} {rate:7.0f} pages per CPU-second  x{rate / rates['stock Scrapy, tuned']:.2f}")


def _measured(context: Any, way: Callable[[str, Connection], None], address: str) -> float:
    """In a process of its own, so that only the client's CPU counts, imports left out."""
    ours, theirs = context.Pipe()
    client = context.Process(target=way, args=(address, theirs), daemon=True)
    client.start()
    pages, seconds = ours.recv()
    client.join(timeout=10)
    if pages != SITES * PAGES:
        raise SystemExit(f"only {pages} pages came")
    return float(pages / seconds)


def _serve(pipe: Connection) -> None:
    packed = Response(gzip.compress(PAGE), headers={"content-encoding": "gzip"})
    encoded = packed.encode()
    missing = Response("", 404)

    def answer(request: Request) -> Response:
        return missing if request.path == "/robots.txt" else _Ready(encoded)

    with LoopbackServer({"*": answer}) as server:
        pipe.send(server.address)
        pipe.recv()


class _Ready(Response):
    """An answer encoded once."""

    def __init__(self, encoded: bytes) -> None:
        super().__init__()
        object.__setattr__(self, "_encoded", encoded)

    def encode(self) -> bytes:
        encoded: bytes = self._encoded  # type: ignore[attr-defined]
        return encoded


def _urls() -> list[str]:
    return [f"http://site{site}.test/{page}" for page in range(PAGES) for site in range(SITES)]


def _timed(work: Callable[[], int], pipe: Connection) -> None:
    start = time.process_time()
    pages = work()
    pipe.send((pages, time.process_time() - start))


def _with_door(address: str, spider: bool) -> int:
    from crawler.fetch import Ask, Door
    from tests.crawler.fetch.crawls import crawl
    from tests.crawler.fetch.doors import settings_of

    hosts = {f"site{site}.test": address for site in range(SITES)}
    settings = settings_of(Path(tempfile.gettempdir()), hosts=hosts, concurrency=CONCURRENT)

    async def work() -> int:
        async with Door(settings) as door:
            if spider:
                seen, _ = await crawl(door, _urls())
                return sum(result == 200 for result in seen.values())
            answers = await asyncio.gather(*(door.fetch(Ask(url)) for url in _urls()))
            return sum(answer.body == PAGE for answer in answers)

    return asyncio.run(work())


def _door(address: str, pipe: Connection) -> None:
    import crawler.fetch.door

    assert crawler.fetch.door
    _timed(lambda: _with_door(address, spider=False), pipe)


def _door_and_scrapy(address: str, pipe: Connection) -> None:
    import tests.crawler.fetch.crawls

    assert tests.crawler.fetch.crawls
    _timed(lambda: _with_door(address, spider=True), pipe)


def _httpx(address: str, pipe: Connection) -> None:
    import httpx

    async def work() -> int:
        slots = asyncio.Semaphore(CONCURRENT)
        async with httpx.AsyncClient(trust_env=False, headers={"accept-encoding": "gzip"}) as client:

            async def get(page: int) -> bool:
                async with slots:
                    return (await client.get(f"http://{address}/{page}")).content == PAGE

            return sum(await asyncio.gather(*(get(page) for page in range(SITES * PAGES))))

    _timed(lambda: asyncio.run(work()), pipe)


def _aiohttp(address: str, pipe: Connection) -> None:
    import aiohttp

    async def work() -> int:
        connector = aiohttp.TCPConnector(limit=CONCURRENT)
        async with aiohttp.ClientSession(connector=connector, headers={"accept-encoding": "gzip"}) as client:

            async def get(page: int) -> bool:
                async with client.get(f"http://{address}/{page}") as answer:
                    return await answer.read() == PAGE

            return sum(await asyncio.gather(*(get(page) for page in range(SITES * PAGES))))

    _timed(lambda: asyncio.run(work()), pipe)


def _stock(address: str, pipe: Connection, **settings: Any) -> None:
    from scrapy import Request as Ask
    from scrapy import Spider
    from scrapy.crawler import CrawlerProcess

    class Stock(Spider):
        name = "stock"
        pages = 0

        async def start(self) -> AsyncIterator[Any]:
            for number in range(SITES * PAGES):
                slot = {"download_slot": f"site{number % SITES}"}
                yield Ask(f"http://{address}/{number}", meta=slot, dont_filter=True)

        def parse(self, response: Any) -> Any:
            Stock.pages += response.body == PAGE
            yield {"url": response.url}

    def work() -> int:
        process = CrawlerProcess({"LOG_ENABLED": False, "CONCURRENT_REQUESTS": CONCURRENT, **settings})
        process.crawl(Stock)
        process.start()
        return Stock.pages

    _timed(work, pipe)


def _stock_tuned(address: str, pipe: Connection) -> None:
    _stock(address, pipe, CONCURRENT_ITEMS=4, TELNETCONSOLE_ENABLED=False, REMOTE_CONTROL_ENABLED=False)


WAYS: dict[str, Callable[[str, Connection], None]] = {
    "stock Scrapy": _stock,
    "stock Scrapy, tuned": _stock_tuned,
    "the door": _door,
    "Scrapy through the door": _door_and_scrapy,
    "plain httpx, one pool": _httpx,
    "plain aiohttp": _aiohttp,
}

if __name__ == "__main__":
    run()
