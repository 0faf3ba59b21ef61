"""What a page of the little web is, and what stands around people on it: their cards, their posts, the calendar."""

from __future__ import annotations

import re
import unicodedata
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Literal
from urllib.parse import urlsplit

from watchlist.demo.content import Content, FeedSource, Person, Post, Role

HTML = "text/html; charset=utf-8"
JSON = "application/json; charset=utf-8"
XML = "application/xml; charset=utf-8"
PLAIN = "text/plain; charset=utf-8"
FEED_TYPES = {"rss": "application/rss+xml", "atom": "application/atom+xml", "json": "application/feed+json"}
WINDOW = 10
"""How many posts a feed holds, the newest first."""


@dataclass(frozen=True, slots=True)
class Page:
    """One address on one day: a template with what stands in it, or a redirect or an end."""

    template: str
    context: Mapping[str, Any]
    kind: str = HTML
    status: int = 200
    location: str | None = None
    modified: datetime | None = None
    in_sitemap: bool = False


Pages = dict[str, Page]
"""Pages of one host by path."""


def redirect(to: str) -> Page:
    """A permanent redirect."""
    return Page("message.html.j2", {"message": "Moved permanently", "to": to}, status=301, location=to)


def ended(status: int) -> Page:
    """An address that no longer answers: 404 or 410."""
    return Page("message.html.j2", {"message": "Gone" if status == 410 else "Not found", "to": None}, status=status)


def document(value: Any, *, kind: str = JSON, modified: datetime | None = None) -> Page:
    """A JSON document."""
    return Page("document.json.j2", {"document": value}, kind=kind, modified=modified)


def robots(*rules: str, sitemap: str | None = None) -> Page:
    """robots.txt with one group for all, and the address of the sitemap where there is one."""
    return Page("robots.txt.j2", {"rules": rules or ("Disallow: /internal/",), "sitemap": sitemap}, kind=PLAIN)


# --- time --------------------------------------------------------------------------------------------------------


def date_of(first_day: date, day: int) -> date:
    """The date of a day of the story; the first is day 1."""
    return first_day + timedelta(days=day - 1)


def published(first_day: date, post: Post) -> datetime:
    """When a post appeared: between 8 and 18 UTC of the day before it is first seen, always at the same minute."""
    minutes = zlib.crc32(post.title.encode()) % 600
    eve = date_of(first_day, post.day) - timedelta(days=1)
    return datetime.combine(eve, time(8), UTC) + timedelta(minutes=minutes)


# --- people ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Card:
    """A person as a page shows them; addresses are None where the card has no such link."""

    slug: str
    name: str
    title: str
    employer: str | None
    bio: str
    note: str
    linkedin: str | None
    blog: str | None
    feed: str | None
    page: str | None

    @property
    def given(self) -> str:
        """All but the last part of the name."""
        return self.name.rpartition(" ")[0]

    @property
    def family(self) -> str:
        """The last part of the name."""
        return self.name.rpartition(" ")[2]

    @property
    def line(self) -> str:
        """The title as the page writes it: with the other employer, where there is one."""
        return f"{self.title}, {self.employer}" if self.employer else self.title


def make_card(content: Content, role: Role, leadership_path: str) -> Card:
    """The card of a role, with the links by which the person's feeds are found."""
    person = content.people[role.who]
    own = feeds_of(content, role.who)
    has_page = role.own_page or any(feed.found == "page" for feed in own)
    return Card(
        slug=person.slug,
        name=person.name,
        title=role.title,
        employer=role.employer,
        bio=role.bio,
        note=role.note,
        linkedin=person.profile,
        blog=next((home_of(feed) for feed in own if feed.found == "blog"), None),
        feed=next((feed.url for feed in own if feed.found == "feed"), None),
        page=f"{leadership_path.rstrip('/')}/{person.slug}" if has_page else None,
    )


def feeds_of(content: Content, owner: str) -> list[FeedSource]:
    """The feeds of a person, company or event."""
    return [feed for feed in content.feeds if feed.owner == owner]


# --- feeds and blogs ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entry:
    """A post as it stands in a feed."""

    id: str
    url: str
    title: str
    text: str
    published: datetime


@dataclass(frozen=True, slots=True)
class Alternate:
    """A feed that a page advertises in its head."""

    type: str
    title: str
    href: str


def home_of(feed: FeedSource) -> str:
    """The address of the blog: the folder in which the feed lies."""
    return _folder(feed.url)


def entries_of(feed: FeedSource, first_day: date, day: int) -> list[Entry]:
    """The posts that can be seen on `day`, newest first; a feed that moved links to its new home."""
    home = _folder(feed.moved.to) if feed.moved and feed.moved.day <= day else home_of(feed)
    seen = [_entry(feed, post, published(first_day, post), home) for post in feed.posts if post.day <= day]
    return sorted(seen, key=lambda entry: entry.published, reverse=True)


def alternates(feed: FeedSource) -> list[Alternate]:
    """What the pages of a blog say in their head: its feed, and the comments feed beside it."""
    found = [Alternate(FEED_TYPES[feed.kind], feed.title, feed.url)]
    if feed.comments:
        comments = f"https://{urlsplit(feed.url).hostname}{feed.comments}"
        found.append(Alternate(FEED_TYPES["rss"], f"{feed.title} » Comments Feed", comments))
    return found


def slug_of(text: str) -> str:
    """A title as it stands in an address."""
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss")).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")


def owner_name(content: Content, feed: FeedSource) -> tuple[str, Person | None]:
    """The name of a feed's owner, and the person where it is one."""
    person = content.people.get(feed.owner)
    if person:
        return person.name, person
    sites = {site.host: site.name for site in content.companies} | {site.host: site.name for site in content.events}
    return sites[feed.owner], None


def feed_state(feed: FeedSource, day: int) -> Literal["alive", "gone", "moved"]:
    """What became of a feed's address by `day`."""
    if feed.gone and feed.gone.day <= day:
        return "gone"
    return "moved" if feed.moved and feed.moved.day <= day else "alive"


def _folder(url: str) -> str:
    return url[: url.rstrip("/").rindex("/") + 1]


def _entry(feed: FeedSource, post: Post, moment: datetime, home: str) -> Entry:
    slug = slug_of(post.title)
    return Entry(
        id=f"tag:{urlsplit(feed.url).hostname},{moment:%Y-%m-%d}:{slug}",
        url=f"{home}{moment:%Y/%m}/{slug}/",
        title=post.title,
        text=post.text,
        published=moment,
    )
