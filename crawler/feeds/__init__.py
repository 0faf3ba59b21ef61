"""Pure readers of feeds and API answers, one file a kind."""

from __future__ import annotations

from crawler.charsets import decode
from crawler.feeds.json_feed import read_json_feed
from crawler.feeds.markup import form_of
from crawler.feeds.syndication import read_syndication
from crawler.items import FeedReading

__all__ = ["read_feed"]


def read_feed(body: bytes, url: str, content_type: str | None = None) -> FeedReading:
    """What a feed document says: entries in document order, times in UTC, texts plain, links absolute. Never raises.

    The form is told by the bytes, not by `content_type` (an HTTP header; only its charset is believed). A document
    that is no feed (a login page, an error in JSON, a consent wall) gives no entries and the problem `not_a_feed`.
    `url` is the address the document came from, after redirects.
    """
    text = decode(body, content_type).encode()
    match form_of(text):
        case "json":
            return read_json_feed(body, url)
        case "feed" | "unknown":
            return read_syndication(text, url)
        case "empty":
            return FeedReading(kind="rss", title=None, link=None, problems=("empty",))
        case "page":
            return FeedReading(kind="rss", title=None, link=None, problems=("not_a_feed",))
