"""Feeds a page advertises: autodiscovery, rel=me, links on somebody's card; and whose they are."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import Any, Final
from urllib.parse import urldefrag, urlsplit

from crawler.items import FeedKind, FoundFeed, PageReading, PersonItem
from crawler.pages.document import Document, text_of
from crawler.pages.registrable import site_of
from pipelines.lexicon.folding import fold
from pipelines.lexicon.vocabulary import load_vocabulary

_TYPES: Final[dict[str, FeedKind]] = {
    "application/rss+xml": "rss",
    "application/rdf+xml": "rss",
    "application/atom+xml": "atom",
    "application/feed+json": "json",
    "application/json+feed": "json",
}
_MAX: Final = 500
_LONGEST_TEXT: Final = 60
_OF_A_POST: Final = re.compile(
    r"/(?:19|20)\d\d/[01]?\d/.+/(?:feed|rss|atom)\b|/(?:[^/-]+-){4,}[^/-]+/(?:feed|rss|atom)/?$"
)
"""/2026/05/we-hire/feed, /we-are-hiring-new-people/feed"""


def feed_links(document: Document, reading: PageReading | None) -> tuple[FoundFeed, ...]:
    """The feeds of a page, each once.

    A link on a person's own card is that person's. What the page as a whole advertises belongs to the person only
    where the page shows one person alone and the feed's address bears their name (/author/ada-quist/feed/); else it is
    the site's own, and the organisation's (None). Feeds of comments, searches and single posts are nobody's, nor are
    podcasts of others.
    """
    people = reading.people if reading else ()
    found: dict[str, FoundFeed] = {}
    for person in people:
        for url in person.links:
            if _ends_like_feed(url) and not _is_dropped(url, ""):
                found.setdefault(url, FoundFeed(url=url, kind=_kind_of(url), person=person.name))
    owner = people[0] if len(people) == 1 else None
    for feed in _advertised(document, owner):
        if feed.person or not (_is_of_others(document, feed) or (people and _is_of_page(document, feed))):
            found.setdefault(feed.url, feed)
    return tuple(found.values())


def _advertised(document: Document, owner: PersonItem | None) -> Iterator[FoundFeed]:
    links = islice(document.root.iter("link", "a"), _MAX * 4)
    for element in islice((link for link in links if _may_advertise(link)), _MAX):
        rel = set((element.get("rel") or "").lower().split())
        kind = _kind_by_type(element, rel) if "alternate" in rel else _kind_by_rel(element, rel)
        if kind is None and element.tag == "a":
            kind = _kind_by_text(document, element)
        url = _address(document, element) if kind else None
        title = element.get("title") or ""
        if kind is None or url is None or _is_dropped(url, title):
            continue
        person = owner.name if owner and bears_name(url, owner.name) else None
        yield FoundFeed(url=url, kind=kind, title=title.strip() or None, person=person)


def _may_advertise(element: Any) -> bool:
    href = element.get("href")
    return bool(href) and (bool(element.get("rel")) or _ends_like_feed(href))


def _kind_by_text(document: Document, element: Any) -> FeedKind | None:
    """The kind of a plain link that ends like a feed of the same site and says so: <a href="/press/rss.xml">RSS</a>."""
    url = _address(document, element)
    if url is None or site_of(url) != site_of(document.url) or not _ends_like_feed(url):
        return None
    texts = (text_of(element), element.get("title"), element.get("aria-label"), element.get("class"))
    said = {" ".join(fold(text).split()).strip(" :.-") for text in texts if text and len(text) < _LONGEST_TEXT}
    return None if said.isdisjoint(load_vocabulary("navigation")["feeds"]["said"]) else _kind_of(url)


def _is_of_page(document: Document, feed: FoundFeed) -> bool:
    """Whether a feed hangs below a page of people: what WordPress offers there are the comments on it."""
    own, path = urlsplit(document.url).path.rstrip("/"), urlsplit(feed.url).path
    return bool(own) and path.startswith(f"{own}/")


def _is_of_others(document: Document, feed: FoundFeed) -> bool:
    """Whether a feed is a podcast that stands on another site."""
    if site_of(feed.url) == site_of(document.url):
        return False
    words = load_vocabulary("navigation")["feeds"]
    host = (urlsplit(feed.url).hostname or "").lower()
    if any(host == one or host.endswith(f".{one}") for one in words["podcast_hosts"]):
        return True
    said = re.findall(r"[a-z]+", fold(f"{feed.url} {feed.title or ''}"))
    return not set(words["podcasts"]).isdisjoint(said)


def bears_name(url: str, name: str) -> bool:
    """Whether the family name and another part of a name stand in an address."""
    words = re.findall(r"\w+", fold(name))
    address = fold(url)
    return len(words) > 1 and words[-1] in address and any(word in address for word in words[:-1])


def _kind_by_type(element: Any, rel: set[str]) -> FeedKind | None:
    """The kind an autodiscovery link declares; JSON only where it says feed (WordPress lists its API as JSON too)."""
    declared = (element.get("type") or "").lower().partition(";")[0].strip()
    if declared == "application/json" and _ends_like_feed(element.get("href")):
        return "json"
    return None if "stylesheet" in rel else _TYPES.get(declared)


def _kind_by_rel(element: Any, rel: set[str]) -> FeedKind | None:
    """Links to one's own profile or feed: rel=me, rel=feed."""
    href = element.get("href") or ""
    return _kind_of(href) if rel & {"me", "feed"} and ("feed" in rel or _ends_like_feed(href)) else None


def _address(document: Document, element: Any) -> str | None:
    href = (element.get("href") or "").strip().replace("feed://", "https://", 1)
    if len(href) > 1000:
        return None
    try:
        url = urldefrag(document.absolute(href)).url
        host = urlsplit(url).hostname
    except ValueError:
        return None
    return url if url.startswith(("http://", "https://")) and host else None


def _kind_of(url: str) -> FeedKind:
    lowered = url.lower()
    if lowered.endswith(".json"):
        return "json"
    return "atom" if "atom" in lowered.rpartition("/")[2] else "rss"


def _ends_like_feed(url: str | None) -> bool:
    try:
        path = urlsplit(url).path.lower() if url else ""
    except ValueError:
        return False
    return path.endswith(tuple(load_vocabulary("navigation")["feeds"]["endings"]))


def _is_dropped(url: str, title: str) -> bool:
    """Feeds of comments, categories, tags, searches; of one post, whose date or long name stands before /feed."""
    parts = urlsplit(url)
    return _OF_A_POST.search(parts.path) is not None or any(
        _dropped().search(fold(text)) for text in (parts.path, parts.query, title)
    )


@cache
def _dropped() -> re.Pattern[str]:
    words = "|".join(map(re.escape, load_vocabulary("navigation")["feeds"]["dropped"]))
    return re.compile(rf"(?<![a-z\u0430-\u044f])(?:{words})(?![a-z\u0430-\u044f])")
