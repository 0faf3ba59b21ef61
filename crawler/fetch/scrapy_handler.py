"""Scrapy's way through the door: a download handler on the documented API, and settings with all else off."""

from __future__ import annotations

from typing import Any, cast

from scrapy import Request
from scrapy.core.downloader.handlers.base import BaseDownloadHandler
from scrapy.exceptions import NotSupported
from scrapy.http import Headers, Response
from scrapy.responsetypes import responsetypes

from crawler.fetch.answers import Access, Answer, Ask
from crawler.fetch.door import Door


class DoorHandler(BaseDownloadHandler):
    """Fetches through the door that the spider carries as `door`.

    `request.meta` may hold `access` (an Access, default CRAWL), `etag` and `last_modified`; the handler adds
    `fetched_at`, `wishes` and, after permanent redirects, `moved_to`. A FetchError reaches the request's errback as
    it is.
    """

    lazy = True

    async def download_request(self, request: Request) -> Response:
        """One request, one answer, redirects already followed; only GET without a body."""
        if request.method != "GET" or request.body:
            raise NotSupported(f"the door only sends GET, not {request.method}")
        meta = request.meta
        ask = Ask(request.url, meta.get("access", Access.CRAWL), meta.get("etag"), meta.get("last_modified"))
        answer = await self._door.fetch(ask)
        meta["fetched_at"], meta["moved_to"], meta["wishes"] = answer.fetched_at, answer.moved_to, answer.wishes
        return _response(answer)

    @property
    def _door(self) -> Door:
        return cast("Door", cast("Any", self.crawler.spider).door)


def _response(answer: Answer) -> Response:
    headers = Headers(dict(answer.headers))
    kind = responsetypes.from_args(headers=headers, url=answer.url, body=answer.body)
    flags = ["not_modified"] if answer.not_modified else []
    return kind(url=answer.url, status=answer.status, headers=headers, body=answer.body, flags=flags)


_HANDLER = f"{DoorHandler.__module__}.{DoorHandler.__qualname__}"
_NO_MIDDLEWARES = {
    f"scrapy.downloadermiddlewares.{name}": None
    for name in (
        "offsite.OffsiteMiddleware",
        "robotstxt.RobotsTxtMiddleware",
        "httpauth.HttpAuthMiddleware",
        "downloadtimeout.DownloadTimeoutMiddleware",
        "defaultheaders.DefaultHeadersMiddleware",
        "useragent.UserAgentMiddleware",
        "retry.RetryMiddleware",
        "redirect.MetaRefreshMiddleware",
        "redirect.RedirectMiddleware",
        "httpcompression.HttpCompressionMiddleware",
        "cookies.CookiesMiddleware",
        "httpproxy.HttpProxyMiddleware",
        "httpcache.HttpCacheMiddleware",
    )
}
_NO_SPIDER_MIDDLEWARES = {
    f"scrapy.spidermiddlewares.{name}": None
    for name in (
        "httperror.HttpErrorMiddleware",
        "referer.RefererMiddleware",
        "depth.DepthMiddleware",
        "metacopy.MetaCopyDetectionMiddleware",
    )
}
_NO_EXTENSIONS = {
    f"scrapy.extensions.{name}": None
    for name in (
        "telnet.TelnetConsole",
        "remote_control.RemoteControl",
        "memusage.MemoryUsage",
        "memdebug.MemoryDebugger",
        "closespider.CloseSpider",
        "feedexport.FeedExporter",
        "logstats.LogStats",
        "spiderstate.SpiderState",
        "throttle.AutoThrottle",
    )
}


def scrapy_settings(requests: int) -> dict[str, Any]:
    """Settings of a crawl through the door in which about this many requests may wait for their turn at once.

    Scrapy's own limits lie above that number, so that a request waiting for its site's turn holds up nobody: pace,
    concurrency, size and time are the door's. Everything of Scrapy that fetches, retries or listens is off.
    """
    roomy = max(512, 2 * requests)
    return {
        "TWISTED_REACTOR_ENABLED": False,
        "DOWNLOAD_HANDLERS": {
            "http": _HANDLER,
            "https": _HANDLER,
            "file": None,
            "ftp": None,
            "s3": None,
            "data": None,
        },
        "DOWNLOADER_MIDDLEWARES": _NO_MIDDLEWARES,
        "SPIDER_MIDDLEWARES": _NO_SPIDER_MIDDLEWARES,
        "EXTENSIONS": _NO_EXTENSIONS,
        "CONCURRENT_REQUESTS": roomy,
        "CONCURRENT_REQUESTS_PER_DOMAIN": roomy,
        "CONCURRENT_ITEMS": 4,
        "DOWNLOAD_DELAY": 0,
        "DOWNLOAD_DELAY_JITTER": 0,
        "ROBOTSTXT_OBEY": False,
        "REDIRECT_ENABLED": False,
        "METAREFRESH_ENABLED": False,
        "RETRY_ENABLED": False,
        "COOKIES_ENABLED": False,
        "COMPRESSION_ENABLED": False,
        "HTTPCACHE_ENABLED": False,
        "HTTPPROXY_ENABLED": False,
        "REFERER_ENABLED": False,
        "AUTOTHROTTLE_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        "MEMUSAGE_ENABLED": False,
        "DOWNLOAD_VERIFY_CERTIFICATES": True,
        "DOWNLOAD_MAXSIZE": 10 << 20,
        "STATS_DUMP": False,
        "LOG_ENABLED": False,
        "LOG_LEVEL": "WARNING",
        "DUPEFILTER_DEBUG": False,
    }
