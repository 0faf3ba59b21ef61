"""Starts spiders in the running loop: reactorless, several in one process, everything through the door."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import Any

from scrapy.crawler import AsyncCrawlerRunner

from crawler.fetch import Door
from crawler.fetch.scrapy_handler import scrapy_settings
from crawler.reading import ReadingRoom
from crawler.spiders.sites import OnItem, Site, SiteSpider


class HandOn:
    """The only Scrapy item pipeline: hands each item to the caller and waits until it is stored."""

    def __init__(self, on_item: OnItem) -> None:
        self.on_item = on_item

    @classmethod
    def from_crawler(cls, crawler: Any) -> HandOn:
        """The callback travels on the spider."""
        return cls(crawler.spider.on_item)

    async def process_item(self, item: Any) -> Any:
        """Wait for the caller: a slow database slows the crawl instead of filling the memory."""
        await self.on_item(item)
        return item


async def run_spider(  # noqa: PLR0913  # everything a crawl needs, by name
    spider: type[SiteSpider],
    sites: list[Site],
    *,
    door: Door,
    room: ReadingRoom,
    on_item: OnItem,
    pages_per_site: int,
    timer: Callable[[], float] = monotonic,
) -> dict[str, Any]:
    """Crawl the sites; every PageItem and SiteItem is awaited through `on_item`. Returns Scrapy's statistics.

    Among them `budget/sites`, how many sites were not seen further for their budget (`[crawl]` of the settings), and
    `budget/LIMIT`, how many pages each limit left out; where none was, the keys are missing. `timer` counts seconds.
    """
    settings = scrapy_settings(len(sites) * pages_per_site)
    settings["ITEM_PIPELINES"] = {HandOn: 100}
    runner = AsyncCrawlerRunner(settings)
    crawler = runner.create_crawler(spider)
    about = {"sites": sites, "door": door, "room": room, "pages_per_site": pages_per_site, "on_item": on_item}
    await runner.crawl(crawler, **about, timer=timer)
    return dict(crawler.stats.get_stats()) if crawler.stats is not None else {}
