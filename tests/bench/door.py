"""The door beside stock Scrapy, httpx and aiohttp: the same pages of 200 sites on loopback, per CPU-second, one run."""

from __future__ import annotations

import asyncio
import gzip
import tempfile
from collections.abc import AsyncIterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from tests.bench.loopback import Encoded, Way, measured, served, timed
from tests.servers import Handler, Request, Response

SITES, PAGES = 200, 10
CONCURRENT = 64
PAGE = ("<html><title>Page</title>" + "".join(f"<p>Paragraph {n} of a page</p>" for n in range(700))).encode()


def run() -> None:
    """Print pages per CPU-second of each way to fetch them, and the ratio to stock Scrapy, tuned."""
    with served(one_page) as address:
        rates = {name: measured(way, address, pages=SITES * PAGES).rate for name, way in WAYS.items()}
    print(f"{SITES * PAGES} pages of {len(PAGE) // 1000} kB (gzip), {SITES} sites, {CONCURRENT} at once")
    for name, rate in rates.items():
        print(f"  {name:<34} {rate:7.0f} pages per CPU-second  x{rate / rates['stock Scrapy, tuned']:.2f}")


def one_page() -> Handler:
    """The same page, packed, for every address; no robots.txt."""
    page = Encoded(Response(gzip.compress(PAGE), headers={"content-encoding": "gzip"}))
    missing = Encoded(Response("", 404))

    def answer(request: Request) -> Response:
        return missing if request.path == "/robots.txt" else page

    return answer


def _urls() -> list[str]:
    return [f"http://site{site}.test/{page}" for page in range(PAGES) for site in range(SITES)]


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
    timed(lambda: _with_door(address, spider=False), pipe)


def _door_and_scrapy(address: str, pipe: Connection) -> None:
    import tests.crawler.fetch.crawls

    assert tests.crawler.fetch.crawls
    timed(lambda: _with_door(address, spider=True), pipe)


def _httpx(address: str, pipe: Connection) -> None:
    import httpx

    async def work() -> int:
        slots = asyncio.Semaphore(CONCURRENT)
        async with httpx.AsyncClient(trust_env=False, headers={"accept-encoding": "gzip"}) as client:

            async def get(page: int) -> bool:
                async with slots:
                    return (await client.get(f"http://{address}/{page}")).content == PAGE

            return sum(await asyncio.gather(*(get(page) for page in range(SITES * PAGES))))

    timed(lambda: asyncio.run(work()), pipe)


def _aiohttp(address: str, pipe: Connection) -> None:
    import aiohttp

    async def work() -> int:
        connector = aiohttp.TCPConnector(limit=CONCURRENT)
        async with aiohttp.ClientSession(connector=connector, headers={"accept-encoding": "gzip"}) as client:

            async def get(page: int) -> bool:
                async with client.get(f"http://{address}/{page}") as answer:
                    return await answer.read() == PAGE

            return sum(await asyncio.gather(*(get(page) for page in range(SITES * PAGES))))

    timed(lambda: asyncio.run(work()), pipe)


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

    timed(work, pipe)


def _stock_tuned(address: str, pipe: Connection) -> None:
    _stock(address, pipe, CONCURRENT_ITEMS=4, TELNETCONSOLE_ENABLED=False, REMOTE_CONTROL_ENABLED=False)


WAYS: dict[str, Way] = {
    "stock Scrapy": _stock,
    "stock Scrapy, tuned": _stock_tuned,
    "the door": _door,
    "Scrapy through the door": _door_and_scrapy,
    "plain httpx, one pool": _httpx,
    "plain aiohttp": _aiohttp,
}

if __name__ == "__main__":
    run()
