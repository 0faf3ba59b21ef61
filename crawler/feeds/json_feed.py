"""JSON Feed 1.0 and 1.1 (jsonfeed.org/version/1.1), and RSS written as JSON (rss.channel.item)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from crawler.feeds.entries import Problems, RawEntry, absolute_link, build_entries
from crawler.feeds.text import SUMMARY_LENGTH, TITLE_LENGTH, name_of_author, plain_text, text_of_html
from crawler.items import FeedReading


def read_json_feed(body: bytes, url: str) -> FeedReading:
    """What a JSON document says as a feed; never raises.

    A broken document gives no entries, so the last good state is kept: the end missing is `truncated`, anything else
    `not_well_formed`; JSON that is no feed (an error message, say) is `not_a_feed`.
    """
    text = _decoded(body)
    try:
        document = json.loads(text, strict=False, parse_int=str, parse_float=str, parse_constant=lambda _: None)
    except json.JSONDecodeError as error:
        return _nothing("truncated" if _at_the_end(error, text) else "not_well_formed")
    except RecursionError:
        return _nothing("hostile_markup")
    channel = _object(_object(document).get("rss")).get("channel")
    if isinstance(channel, dict):
        return _read_rss_in_json(channel, url)
    if not isinstance(document, dict) or not ("items" in document or "jsonfeed.org" in _string(document, "version")):
        return _nothing("not_a_feed")
    return _read_json_feed(document, url)


def _read_json_feed(feed: dict[str, Any], url: str) -> FeedReading:
    problems = Problems()
    link = absolute_link(_string(feed, "home_page_url"), url)
    return FeedReading(
        kind="json",
        title=text_of_html(_string(feed, "title"), TITLE_LENGTH) or None,
        link=link,
        entries=build_entries(_items(feed.get("items"), problems), url, problems),
        problems=problems.codes(),
    )


def _items(items: Any, problems: Problems) -> Iterator[RawEntry]:
    for item in _objects(items, problems):
        yield RawEntry(
            guid=_string(item, "id"),
            link=_string(item, "url") or _string(item, "external_url"),
            title=text_of_html(_string(item, "title"), TITLE_LENGTH),
            summary=_summary(item),
            published=_string(item, "date_published"),
            updated=_string(item, "date_modified"),
            author=_author(item),
        )


def _summary(item: dict[str, Any]) -> str:
    if text := _string(item, "summary") or _string(item, "content_text"):
        return plain_text(text, SUMMARY_LENGTH)
    return text_of_html(_string(item, "content_html"), SUMMARY_LENGTH)


def _author(item: dict[str, Any]) -> str | None:
    """The first name of `authors` (1.1), else of `author` (1.0)."""
    authors = item.get("authors")
    first = authors[0] if isinstance(authors, list) and authors else item.get("author")
    return name_of_author(_string(_object(first), "name"))


def _read_rss_in_json(channel: dict[str, Any], url: str) -> FeedReading:
    problems = Problems("rss_in_json")
    link = absolute_link(_string(channel, "link"), url)
    items = channel.get("item")
    raw = (
        RawEntry(
            guid=_string(item, "guid") or _string(_object(item.get("guid")), "#value"),
            link=_string(item, "link"),
            title=text_of_html(_string(item, "title"), TITLE_LENGTH),
            summary=text_of_html(_string(item, "description"), SUMMARY_LENGTH),
            published=_string(item, "pubDate"),
            author=name_of_author(_string(item, "author")),
        )
        for item in _objects([items] if isinstance(items, dict) else items, problems)
    )
    return FeedReading(
        kind="json",
        title=text_of_html(_string(channel, "title"), TITLE_LENGTH) or None,
        link=link,
        entries=build_entries(raw, url, problems),
        problems=problems.codes(),
    )


def _objects(items: Any, problems: Problems) -> Iterator[dict[str, Any]]:
    """The objects of a list; whatever else stands there is named, not read."""
    if not isinstance(items, list):
        if items is not None:
            problems.add("bad_items")
        return
    for item in items:
        if isinstance(item, dict):
            yield item
        else:
            problems.add("bad_items")


def _string(mapping: dict[str, Any], key: str) -> str:
    """A text, or a number (ids of 1.0 may be numbers) as it is written; "" for everything else."""
    value = mapping.get(key)
    return value if isinstance(value, str) else ""


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _decoded(body: bytes) -> str:
    # UTF-8 by RFC 8259; older servers send UTF-16 with or without a mark.
    return body.decode(json.detect_encoding(body), "replace").lstrip("\ufeff")


def _at_the_end(error: json.JSONDecodeError, text: str) -> bool:
    return error.pos >= len(text.rstrip()) or error.msg.startswith("Unterminated string")


def _nothing(problem: str) -> FeedReading:
    return FeedReading(kind="json", title=None, link=None, problems=(problem,))
