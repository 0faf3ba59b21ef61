"""RSS 0.9x, 1.0 and 2.0, Atom, RDF and CDF, read by feedparser."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from io import BytesIO
from typing import Any

import feedparser

from crawler.feeds.entries import Problems, RawEntry, absolute_link, build_entries
from crawler.feeds.markup import (
    is_hostile,
    is_page,
    with_escaped_ampersands,
    without_entities,
    without_preamble,
    without_root_prefix,
)
from crawler.feeds.text import SUMMARY_LENGTH, TITLE_LENGTH, name_of_author, plain_text, text_of_html
from crawler.items import FeedKind, FeedReading

# What feedparser was seen to raise on bytes that are no feed; each means "it cannot be read".
_UNREADABLE = (ValueError, OverflowError, TypeError, LookupError, AttributeError, AssertionError, RecursionError)


def read_syndication(body: bytes, url: str) -> FeedReading:
    """What an XML document in UTF-8 says as a feed; never raises. `url` is where it came from, after redirects."""
    if is_hostile(body):
        return _nothing("hostile_markup")
    body = without_entities(without_preamble(body))
    try:
        parsed = _parse_repaired(body)
    except _UNREADABLE:
        return _nothing("not_well_formed")
    if not parsed.entries and (not parsed.version or is_page(body)):
        return _nothing("not_a_feed")
    return _reading(parsed, url)


def _parse_repaired(body: bytes) -> Any:
    """The reading of a document, or of what it was meant to be where that gives more."""
    parsed = _parse(body)
    if not parsed.entries and (bare := without_root_prefix(body)):
        parsed = _parse(bare)
    elif _is_broken(parsed) and (escaped := with_escaped_ampersands(body)) != body:
        parsed = max(_parse(escaped), parsed, key=lambda one: len(one.entries))
        parsed["bozo"] = True  # as published it was broken all the same
    return parsed


def _parse(body: bytes) -> Any:
    # As a stream: of a text or a name feedparser would open a file or an address. What becomes of markup and links is
    # decided here (markup is all taken out; told where the feed came from, feedparser would resolve the ids too).
    # The header outranks the encoding that the document still declares.
    headers = {"content-type": "application/xml; charset=utf-8"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        return feedparser.parse(
            BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )


def _reading(parsed: Any, url: str) -> FeedReading:
    problems = Problems(*(["not_well_formed"] if _is_broken(parsed) else []))
    link = absolute_link(_value(parsed.feed, "link"), url)
    entries = build_entries(_raw_entries(parsed), url, problems)
    return FeedReading(
        kind=_kind(parsed.version),
        title=_text(parsed.feed, "title", TITLE_LENGTH) or None,
        link=link,
        entries=entries,
        problems=problems.codes(),
    )


def _raw_entries(parsed: Any) -> Iterator[RawEntry]:
    for entry in parsed.entries:
        yield RawEntry(
            guid=_value(entry, "id"),
            link=_link(entry),
            title=_text(entry, "title", TITLE_LENGTH),
            summary=_summary(entry),
            published=_value(entry, "published"),
            updated=_value(entry, "updated"),
            author=_author(entry),
            wordless=_holds_media(entry),
        )


def _link(entry: Any) -> str | None:
    """The entry's link; where there is none feedparser offers the guid, which need not be an address."""
    link = _value(entry, "link")
    is_guid = link == _value(entry, "id")
    return None if link and is_guid and not link.startswith(("http:", "https:", "/")) else link


def _summary(entry: Any) -> str:
    if summary := _text(entry, "summary", SUMMARY_LENGTH):
        return summary
    contents = dict.get(entry, "content") or []
    return next((text for one in contents if (text := _plain(one, SUMMARY_LENGTH))), "")


def _holds_media(entry: Any) -> bool:
    return bool(dict.get(entry, "summary") or dict.get(entry, "content") or dict.get(entry, "links"))


def _text(element: Any, key: str, length: int) -> str:
    """A text construct as plain text; feedparser tells by `type` whether the source wrote text or HTML."""
    value = dict.get(element, key)
    detail = dict.get(element, f"{key}_detail") or {}
    # A second element of the same name in another namespace overwrites the detail, not the value.
    return _plain(detail if detail.get("value") == value else {"value": value}, length)


def _plain(detail: Any, length: int) -> str:
    value = detail.get("value")
    if not isinstance(value, str):
        return ""
    read = plain_text if detail.get("type") == "text/plain" else text_of_html
    return read(value, length)


def _author(entry: Any) -> str | None:
    return name_of_author(_value(entry, "author"))


def _value(element: Any, key: str) -> str | None:
    # Not element.get: feedparser's answers `published` where `updated` is asked for and missing.
    value = dict.get(element, key)
    return value if isinstance(value, str) else None


def _kind(version: str) -> FeedKind:
    return "atom" if version.startswith("atom") else "rss"


def _is_broken(parsed: Any) -> bool:
    """Whether the XML is broken, as against an encoding or content type that is merely declared wrong."""
    return bool(parsed.bozo) and not isinstance(
        parsed.get("bozo_exception"), (feedparser.CharacterEncodingOverride, feedparser.NonXMLContentType)
    )


def _nothing(problem: str) -> FeedReading:
    return FeedReading(kind="rss", title=None, link=None, problems=(problem,))
