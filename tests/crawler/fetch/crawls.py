"""A small spider for the door's tests, and a crawl as the product runs one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable
from typing import Any

from scrapy import Request, Spider
from scrapy.crawler import AsyncCrawlerRunner, Crawler
from scrapy.http import Response

from crawler.fetch.door import Door
from crawler.fetch.scrapy_handler import scrapy_settings

OnSeen = Callable[[str, "int | BaseException", "Response | None"], None]


class Visitor(Spider):
    """Asks for addresses and yields one item a page; what became of each goes to `on_seen`."""

    name = "visitor"

    def __init__(
        self, *, door: Door, requests: Iterable[tuple[str, dict[str, Any]]], on_seen: OnSeen, **more: Any
    ) -> None:
        super().__init__(**more)
        self.door, self.requests, self.on_seen = door, requests, on_seen

    async def start(self) -> AsyncIterator[Any]:
        for url, meta in self.requests:
            yield Request(url, self.page, errback=self.lost, meta=meta, dont_filter=True)

    def page(self, response: Response) -> Any:
        self.on_seen(response.url, response.status, response)
        yield {"url": response.url, "status": response.status}

    def lost(self, failure: Any) -> None:
        self.on_seen(failure.request.url, failure.value, None)


async def crawl(
    door: Door, urls: Iterable[str], *, on_seen: OnSeen | None = None, meta: dict[str, Any] | None = None
) -> tuple[dict[str, int | BaseException], Crawler]:
    """Crawl the addresses; returns address -> status or error, and the crawler that has finished."""
    seen: dict[str, int | BaseException] = {}

    def note(url: str, result: int | BaseException, response: Response | None) -> None:
        seen[url] = result
        if on_seen:
            on_seen(url, result, response)

    requests = [(url, dict(meta or {})) for url in urls]
    runner = AsyncCrawlerRunner(scrapy_settings(len(requests)))
    crawler = runner.create_crawler(Visitor)
    await runner.crawl(crawler, door=door, requests=requests, on_seen=note)
    return seen, crawler
