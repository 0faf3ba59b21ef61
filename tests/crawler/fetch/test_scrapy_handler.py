from __future__ import annotations

import asyncio
import gzip
from pathlib import Path
from typing import Any

import pytest
from scrapy.crawler import AsyncCrawlerRunner, Crawler
from scrapy.exceptions import NotSupported
from scrapy.http import HtmlResponse, Response, TextResponse, XmlResponse
from scrapy.utils.misc import load_object

from crawler.fetch.answers import Access, FetchError
from crawler.fetch.door import Door
from crawler.fetch.scrapy_handler import DoorHandler, scrapy_settings
from tests.crawler.fetch.crawls import Visitor, crawl
from tests.crawler.fetch.doors import FakeClock, run, settings_of
from tests.servers import Handler, LoopbackServer, Request, site
from tests.servers import Response as Reply

SITES = 200


def test_pages_errors_and_refusals_reach_the_spider(tmp_path: Path) -> None:
    pages: dict[str, str | bytes | Reply] = {
        "/robots.txt": "User-agent: *\nDisallow: /private\n",
        "/": "<html>home</html>",
        "/gone": Reply("gone", 410),
        "/feed": Reply("<rss/>", headers={"content-type": "application/rss+xml"}),
        "/old": Reply("", 301, {"location": "/"}),
        "/json": Reply("{}", headers={"content-type": "application/json"}),
        "/packed": Reply(gzip.compress(b"<html>packed"), headers={"content-encoding": "gzip"}),
    }
    responses: dict[str, Response] = {}
    clock = FakeClock()

    def keep(url: str, _: Any, response: Response | None) -> None:
        if response is not None:
            responses[url] = response

    with LoopbackServer({"a.test": site(pages)}) as server:
        door = Door(settings_of(tmp_path, hosts=server.hosts()), clock=clock)
        urls = [f"http://a.test{path}" for path in (*list(pages)[1:], "/private")]
        seen, _ = run(lambda door: crawl(door, [*urls, "ftp://a.test/", "data:,x"], on_seen=keep), door)

    refusal = seen["http://a.test/private"]
    assert isinstance(refusal, FetchError)
    assert refusal.reason == "robots"
    assert isinstance(seen["ftp://a.test/"], NotSupported)
    assert isinstance(seen["data:,x"], NotSupported)
    assert (seen["http://a.test/"], seen["http://a.test/gone"]) == (200, 410)
    assert "http://a.test/old" not in seen
    assert type(responses["http://a.test/"]) is HtmlResponse
    assert type(responses["http://a.test/feed"]) is XmlResponse
    assert isinstance(responses["http://a.test/json"], TextResponse)
    assert responses["http://a.test/packed"].body == b"<html>packed"
    assert responses["http://a.test/"].meta["fetched_at"] == clock()


def test_access_and_conditions_travel_in_the_meta(tmp_path: Path) -> None:
    forbidding: dict[str, str | bytes | Reply] = {
        "/robots.txt": "User-agent: *\nDisallow: /\n",
        "/feed": Reply("", 304),
    }
    responses: list[Response | None] = []
    meta = {"access": Access.SUBSCRIPTION, "etag": '"one"'}
    with LoopbackServer({"a.test": site(forbidding)}) as server:
        door = Door(settings_of(tmp_path, hosts=server.hosts()))
        seen, _ = run(
            lambda door: crawl(
                door, ["http://a.test/feed"], meta=meta, on_seen=lambda *three: responses.append(three[2])
            ),
            door,
        )
        assert server.log[-1].headers["if-none-match"] == '"one"'
    assert seen == {"http://a.test/feed": 304}
    assert responses[0] is not None
    assert responses[0].flags == ["not_modified"]


def test_several_crawls_at_once_and_one_after_the_other(tmp_path: Path) -> None:
    with LoopbackServer({f"{name}.test": site({"/": "home"}) for name in "abc"}) as server:

        async def work(door: Door) -> list[dict[str, Any]]:
            both = await asyncio.gather(crawl(door, ["http://a.test/"]), crawl(door, ["http://b.test/"]))
            third = await crawl(door, ["http://c.test/"])
            return [seen for seen, _ in (*both, third)]

        results = run(work, Door(settings_of(tmp_path, hosts=server.hosts())))
    assert results == [{f"http://{name}.test/": 200} for name in "abc"]


def test_the_effective_settings_of_a_crawl() -> None:
    crawler = AsyncCrawlerRunner(scrapy_settings(3000)).create_crawler(Visitor)
    settings = crawler.settings
    handlers = settings.getwithbase("DOWNLOAD_HANDLERS").copy_to_dict()
    assert {scheme: load_object(path) for scheme, path in handlers.items() if path} == {
        "http": DoorHandler,
        "https": DoorHandler,
    }
    assert {"file", "ftp", "s3", "data"} <= handlers.keys()
    assert _active(crawler, "DOWNLOADER_MIDDLEWARES") == {"DownloaderStats"}
    assert _active(crawler, "SPIDER_MIDDLEWARES") == {"StartSpiderMiddleware", "UrlLengthMiddleware"}
    assert _active(crawler, "EXTENSIONS") == {"CoreStats", "LogCount"}
    assert settings.getint("CONCURRENT_ITEMS") == 4
    assert settings.getint("CONCURRENT_REQUESTS") > 3000
    assert settings.getint("CONCURRENT_REQUESTS_PER_DOMAIN") > 3000
    assert settings.getfloat("DOWNLOAD_DELAY") == 0


@pytest.mark.parametrize(
    "name",
    ["TWISTED_REACTOR_ENABLED", "ROBOTSTXT_OBEY", "REDIRECT_ENABLED", "METAREFRESH_ENABLED", "RETRY_ENABLED",
     "COOKIES_ENABLED", "COMPRESSION_ENABLED", "HTTPCACHE_ENABLED", "HTTPPROXY_ENABLED", "REFERER_ENABLED",
     "AUTOTHROTTLE_ENABLED", "TELNETCONSOLE_ENABLED", "REMOTE_CONTROL_ENABLED", "MEMUSAGE_ENABLED", "STATS_DUMP"],
)  # fmt: skip
def test_what_is_off_in_a_crawl(name: str) -> None:
    crawler = AsyncCrawlerRunner(scrapy_settings(10)).create_crawler(Visitor)
    assert name in crawler.settings
    assert not crawler.settings.getbool(name)


def test_a_site_that_wants_sixty_seconds_holds_up_nobody(tmp_path: Path) -> None:
    slow = [f"http://slow.test/{page}" for page in range(5)]
    others = [f"http://site{number}.test/{page}" for page in range(2) for number in range(SITES - 1)]
    handlers: dict[str, Handler] = {f"site{number}.test": _site for number in range(SITES - 1)}
    handlers["slow.test"] = site({"/robots.txt": "User-agent: *\nCrawl-delay: 60\n"})
    done: dict[str, int | BaseException] = {}

    async def work(door: Door) -> None:
        finished = asyncio.Event()

        def note(url: str, result: int | BaseException, _: Response | None) -> None:
            done[url] = result
            if len(done) == len(others):
                finished.set()

        running = asyncio.create_task(crawl(door, [*slow, *others], on_seen=note))
        waiting = asyncio.create_task(finished.wait())
        await asyncio.wait([running, waiting], return_when=asyncio.FIRST_COMPLETED)
        assert not running.done()
        await door.stop()
        await running

    with LoopbackServer(handlers) as server:
        run(work, Door(settings_of(tmp_path, hosts=server.hosts(), concurrency=4)))
        assert server.paths("slow.test") == ["/robots.txt"]
    slow_ones = [done.pop(url) for url in slow]
    assert [error.reason for error in slow_ones if isinstance(error, FetchError)] == ["stopped"] * 5
    assert done == dict.fromkeys(others, 200)


def _site(request: Request) -> Reply:
    return Reply("", 404) if request.path == "/robots.txt" else Reply("a page")


def _active(crawler: Crawler, name: str) -> set[str]:
    return {
        load_object(path).__name__ for path, place in crawler.settings.getwithbase(name).items() if place is not None
    }
