"""The addresses of a feed: the feed itself, its comments, its blog and the posts."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from watchlist.demo.content import Content, FeedSource
from watchlist.demo.pages import (
    FEED_TYPES,
    WINDOW,
    Entry,
    Page,
    Pages,
    alternates,
    document,
    ended,
    entries_of,
    feed_state,
    home_of,
    owner_name,
    redirect,
)

TEMPLATES = {"rss": "feed.rss.j2", "atom": "feed.atom.j2"}
READERS = ("A reader from Porto", "A former colleague", "Somebody who hires", "A student of psychology")
"""Who comments. Comments are noise beside the posts, so nobody has a name."""


def blog_pages(content: Content, feed: FeedSource, day: int) -> dict[str, Pages]:
    """All addresses of a feed by host and path; after a move they answer at the new host, the old one redirects."""
    entries = entries_of(feed, content.calendar.first_day, day)
    state = feed_state(feed, day)
    if state == "alive" or feed.moved is None:
        pages = _pages(content, feed, entries)
        if feed.gone and state == "gone":
            pages[urlsplit(feed.url).path] = ended(feed.gone.status)
        return {_host(feed.url): pages}
    there = feed.model_copy(update={"url": feed.moved.to})
    new_home = home_of(there)
    paths = _pages(content, feed, entries_of(feed, content.calendar.first_day, feed.moved.day - 1))
    old = {path: redirect(new_home + path.removeprefix(urlsplit(home_of(feed)).path)) for path in paths}
    old[urlsplit(feed.url).path] = redirect(feed.moved.to)
    return {_host(feed.url): old, _host(feed.moved.to): _pages(content, there, entries)}


def _pages(content: Content, feed: FeedSource, entries: list[Entry]) -> Pages:
    name, person = owner_name(content, feed)
    around: dict[str, Any] = {
        "feed": feed,
        "name": name,
        "person": person,
        "home": home_of(feed),
        "alternates": alternates(feed),
        "language": feed.language,
    }
    pages = {urlsplit(entry.url).path: Page("post.html.j2", {**around, "entry": entry}) for entry in entries}
    pages[urlsplit(home_of(feed)).path] = Page("blog.html.j2", {**around, "entries": entries[:WINDOW]})
    pages[urlsplit(feed.url).path] = _feed(feed, name, entries[:WINDOW])
    if feed.comments:
        pages[feed.comments] = _feed_page("feed.rss.j2", feed, name, _comments(entries[:3]))
    return pages


def _feed(feed: FeedSource, name: str, entries: list[Entry]) -> Page:
    if feed.kind == "json":
        return document(_json_feed(feed, name, entries), kind=FEED_TYPES["json"], modified=_newest(entries))
    return _feed_page(TEMPLATES[feed.kind], feed, name, entries)


def _feed_page(template: str, feed: FeedSource, name: str, entries: list[Entry]) -> Page:
    context = {"feed": feed, "name": name, "home": home_of(feed), "entries": entries, "modified": _newest(entries)}
    kind = FEED_TYPES["atom" if template == TEMPLATES["atom"] else "rss"]
    return Page(template, context, kind=f"{kind}; charset=utf-8", modified=_newest(entries))


def _newest(entries: list[Entry]) -> Any:
    return entries[0].published if entries else None


def _comments(entries: list[Entry]) -> list[Entry]:
    return [
        Entry(
            f"{entry.id}#comment-{number}",
            f"{entry.url}#comment-{number}",
            f"Comment on {entry.title}: {READERS[len(entry.title) % len(READERS)]}",
            "Thank you for writing this down.",
            entry.published,
        )
        for number, entry in enumerate(entries, 1)
    ]


def _json_feed(feed: FeedSource, name: str, entries: list[Entry]) -> dict[str, Any]:
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": home_of(feed),
        "feed_url": feed.url,
        "language": feed.language,
        "authors": [{"name": name}],
        "items": [
            {
                "id": entry.id,
                "url": entry.url,
                "title": entry.title,
                "content_text": entry.text,
                "date_published": entry.published.isoformat(),
            }
            for entry in entries
        ],
    }


def _host(url: str) -> str:
    return urlsplit(url).hostname or ""
