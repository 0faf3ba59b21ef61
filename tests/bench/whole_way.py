"""A page the whole way, door to database, beside stock Scrapy with three selectors and one item; one run.

Ours is the crawl job as it runs: robots, door, readers (the worker for large pages included), lexicon, store on SQLite.
It visits its sites for the second time, for only then every page of a site is known and asked for; on each page
somebody was seen before. Stock Scrapy obeys robots too, and reads title, links and JSON-LD of every page.
"""

from __future__ import annotations

import asyncio
import gzip
import logging
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import aclosing
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from sqlmodel import Session

from crawler.pages import Document
from crawler.reading import LARGE, ReadingRoom
from crawler.spiders.leaders import look_for_leaders
from tests.bench.company_sites import PAGES, company_name, pages_of
from tests.bench.loopback import Cost, Encoded, measured, served, timed
from tests.servers import Handler, Request, Response
from tests.watchlist.world import World
from watchlist.models import CompanyList, ListEntry, Organization, Position

SITES = 200
CONCURRENT = 64
ROUNDS = 3
AIM = 0.8
ROBOTS = "User-agent: *\nDisallow: /internal/\nSitemap: https://sitemaps.test/sitemap.xml\n"


def run() -> None:
    """Print pages per CPU-second of both ways and their ratio."""
    sizes = [len(page.encode()) for number in range(SITES) for _, page in pages_of(number)]
    with served(company_sites) as address:
        rounds = [[measured(way, address, pages=SITES * PAGES).rate for way in (_stock, _ours)] for _ in range(ROUNDS)]
    stock, ours = (max(rates) for rates in zip(*rounds, strict=True))
    print(f"{SITES * PAGES} pages of {sum(sizes) / len(sizes) / 1000:.1f} kB on the average (gzip), {SITES} sites,")
    print(f"the best of {ROUNDS} rounds, in pages per CPU-second (aim: x{AIM} of stock)")
    for name, rate in (
        ("stock Scrapy, robots, three selectors, one item", stock),
        ("mentorwatch, the whole way", ours),
    ):
        print(f"  {name:<48} {rate:6.0f}  x{rate / stock:.2f}")


def company_sites() -> Handler:
    """What the server answers: the pages of all sites, packed."""
    answers = {
        (f"site{number}.test", path): Encoded(
            Response(gzip.compress(page.encode()), headers={"content-encoding": "gzip"})
        )
        for number in range(SITES)
        for path, page in pages_of(number)
    }
    robots = Encoded(Response(ROBOTS, headers={"content-type": "text/plain"}))
    missing = Encoded(Response("", 404))

    def answer(request: Request) -> Response:
        path = request.path.partition("?")[0]
        return robots if path == "/robots.txt" else answers.get((request.host, path), missing)

    return answer


# --- stock Scrapy ---------------------------------------------------------------------------------------------------


def _stock(address: str, pipe: Connection) -> None:
    from scrapy import Request as Ask
    from scrapy import Spider
    from scrapy.crawler import CrawlerProcess
    from scrapy.resolver import dnscache

    host, _, port = address.partition(":")
    for number in range(SITES):
        dnscache[f"site{number}.test"] = host

    class Stock(Spider):
        name = "stock"
        pages = 0

        async def start(self) -> AsyncIterator[Any]:
            for url in _urls(port):
                yield Ask(url, dont_filter=True)

        def parse(self, response: Any) -> Any:
            Stock.pages += 1
            yield {
                "title": response.css("title::text").get(),
                "links": response.css("a::attr(href)").getall(),
                "data": response.xpath("//script[@type='application/ld+json']/text()").getall(),
            }

    def work() -> int:
        process = CrawlerProcess({"LOG_ENABLED": False, "CONCURRENT_REQUESTS": CONCURRENT, "ROBOTSTXT_OBEY": True})
        process.crawl(Stock)
        process.start()
        return Stock.pages

    timed(work, pipe)


def _urls(port: str) -> list[str]:
    paths = [[path for path, _ in pages_of(number)] for number in range(SITES)]
    return [f"http://site{number}.test:{port}{paths[number][turn]}" for turn in range(PAGES) for number in range(SITES)]


# --- ours -----------------------------------------------------------------------------------------------------------


def _ours(address: str, pipe: Connection) -> None:
    logging.disable()
    with tempfile.TemporaryDirectory() as home:
        pipe.send(asyncio.run(crawl_all(address, Path(home))))


async def crawl_all(address: str, home: Path) -> Cost:
    """One crawl of all the sites, and what it cost: this process and the worker that reads large pages."""
    from crawler.fetch import Answer, Ask, Door
    from tests.crawler.fetch.doors import settings_of
    from watchlist.jobs.crawling import crawl_leaders
    from watchlist.jobs.workplace import Workplace
    from watchlist.memory import StoredMemory
    from watchlist.store import Store

    class CountingDoor(Door):
        pages = 0

        async def fetch(self, ask: Ask) -> Answer:
            answer = await super().fetch(ask)
            self.pages += answer.status == 200
            return answer

    hosts = {f"site{number}.test": address for number in range(SITES)}
    settings = settings_of(home, hosts=hosts, concurrency=CONCURRENT)
    settings = settings.model_copy(update={"crawl": settings.crawl.model_copy(update={"pages_per_site": PAGES})})
    with Store.open(settings) as store, ReadingRoom() as room:
        await store.write(remember_sites)
        await warm_up(room)
        before = await room.read(time.process_time, size=LARGE + 1)
        start = time.process_time()
        async with aclosing(StoredMemory(store)) as memory, CountingDoor(settings, memory=memory) as door:
            place = Workplace(settings=settings, store=store, door=door, room=room)
            report = await crawl_leaders(place, "bench")
        seconds = time.process_time() - start + await room.read(time.process_time, size=LARGE + 1) - before
    if report.people < SITES * 10:
        raise SystemExit(f"only {report.people} people were found")
    return Cost(door.pages, seconds)


async def warm_up(room: ReadingRoom) -> None:
    """One page read here and one in the worker: modules and word lists are loaded before anything is counted."""
    document = Document(url="http://warm.test/", body=next(page for _, page in pages_of(SITES)).encode())
    for size in (0, LARGE + 1):
        await room.read(look_for_leaders, document, size=size)


def remember_sites(session: Session) -> None:
    """The list of the sites, and on each page somebody whom an earlier crawl saw there."""
    session.add(CompanyList(id=1, key="bench", field="it"))
    world = World(session)
    for number in range(SITES):
        host = f"http://site{number}.test"
        row = Organization(key=host, name=company_name(number), website=f"{host}/", site_state="confirmed")
        session.add(row)
        session.flush()
        session.add(ListEntry(list_id=1, organization_id=row.id or 0, rank=number + 1, source="bench"))
        for turn, (path, _) in enumerate(pages_of(number)):
            name = f"Ann {'ABCDEFGHIJ'[turn]}. Quist"
            seen = world.position(
                world.person(name), row.name, "CEO", "general", "c_level", organization_id=row.id, own_page=True
            )
            session.get_one(Position, seen).page_url = f"{host}{path}"
