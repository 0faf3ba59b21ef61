"""What the crawler hands on: text as published, with where and when it was seen. Nothing here is interpreted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

Section = Literal["executive", "board", "advisory", "staff", "speaker"]
Scope = Literal["here", "elsewhere"]
PageKind = Literal["leaders", "speakers"]
FeedKind = Literal["rss", "atom", "json"]
Source = Literal["page", "saved", "registry", "import", "manual"]
"""Where a reading comes from: a page that was crawled, one that the user saved, a public register, the user's own
export, or the user's own word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonItem:
    """One person as a page shows them; every text verbatim but for white space.

    `title_scope` is `elsewhere` when the title names a job at another organisation, which then stands in
    `organisation`; it is None where the page's own organisation is meant.
    """

    name: str
    title: str | None = None
    organisation: str | None = None
    section: Section = "executive"
    title_scope: Scope = "here"
    links: tuple[str, ...] = ()
    """Absolute addresses on the person's own card: profile pages, blogs, accounts. Never mailto or tel."""
    talks: tuple[str, ...] = ()
    excerpt: str = ""
    """The text around the person that proves it, at most 300 characters."""
    since: str | None = None
    """When the source says the role began: ISO, as exact as it is ("2015", "2015-03", "2015-03-01")."""
    until: str | None = None
    """When the source says the role ended, in the same form."""
    biography: str = ""
    """What a page of their own tells of their life, at most 4,000 characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyFact:
    """What a source says of an organisation itself, verbatim."""

    kind: Literal["employees", "revenue", "market_cap", "country"]
    value: str
    """A plain decimal number, or the ISO 3166 code of a country."""
    unit: str | None = None
    """ISO 4217 code of a currency; None for a count."""
    as_of: str | None = None
    """The date the value is of, ISO, as exact as the source has it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveHint:
    """A dated sign that somebody came or went at an organisation; it says where to look, and proves nothing."""

    kind: str
    """8-K_5.02 ..."""
    happened_on: str
    """ISO date."""
    url: str
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundFeed:
    """The address of a feed that a page advertises (autodiscovery, rel=me, a link on somebody's card)."""

    url: str
    kind: FeedKind
    title: str | None = None
    person: str | None = None
    """The name on the card that holds the link; None where the page as a whole advertises it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageReading:
    """What a pure reader makes of one page: people, or none and a reason code."""

    kind: PageKind
    reader: str
    people: tuple[PersonItem, ...] = ()
    former: tuple[PersonItem, ...] = ()
    """People whom the source shows as having left; kept as past positions only."""
    facts: tuple[CompanyFact, ...] = ()
    hints: tuple[MoveHint, ...] = ()
    reason: str | None = None
    """Why nobody was found: no_people, needs_javascript, testimonials, error_page, login_wall, empty, unreadable,
    noindex, opted_out ..."""
    whole: bool = True
    """False where the page breaks off: whom it does not show may only not have been sent."""
    no_quotes: bool = False
    """The owner allows facts but no quoted text: no excerpt is stored."""
    notices: tuple[str, ...] = ()
    """Signals of the owner in plain words: the one that refuses first, then those that are only recorded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageItem:
    """One page that was fetched and read, of one organisation or event."""

    subject: str
    """The key the spider was given for the organisation or event."""
    url: str
    fetched_at: datetime
    reading: PageReading
    feeds: tuple[FoundFeed, ...] = ()
    source: Source = "page"
    listed_on: str | None = None
    """Of a page of one person: the page of many that led to it, by which it is judged whether they are still there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteItem:
    """The end of one site's crawl: what became of it."""

    subject: str
    reason: str | None
    """None where people were found; else a code.

    Nothing was asked: no_website, and the guard's never_fetched, bad_url, blocked_address ... (answers.PLAIN_WORDS).
    Forbidden: robots; robots_unreachable where robots.txt cannot be read; noindex, opted_out by the page itself.
    Unreachable: dns, connection, timeout, tls, protocol, backoff, blocked, http_4xx, http_5xx.
    Kept out: challenge (prove to be human), login_wall, http_401.
    Not theirs: wrong_site. Seen in part only: budget. A page too heavy or broken: unreadable.
    Read, but: needs_javascript (and no data, sitemap, print or language version helped), no_leadership_page (no link
    promised people), no_people (those that did show nobody), no_speakers of an event.
    Cut off: stopped, halted; crashed where our own reading failed.
    """
    pages: int
    leadership_url: str | None = None
    """The page that gave most people."""
    read_pages: tuple[str, ...] = ()
    """Pages that showed people."""
    gone_pages: tuple[str, ...] = ()
    """Pages that the site says are not there (404, 410)."""
    site_name_seen: bool | None = None
    """Whether the home page names the company; None where it could not be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryItem:
    """One entry of a feed. `id` is the feed's own id, else the link, else a hash of the content."""

    id: str
    title: str
    """Plain text."""
    url: str | None = None
    published: datetime | None = None
    updated: datetime | None = None
    author: str | None = None
    summary: str = ""
    """Plain text, at most 500 characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedReading:
    """What a pure reader makes of one feed document."""

    kind: FeedKind
    title: str | None
    link: str | None
    entries: tuple[EntryItem, ...] = ()
    problems: tuple[str, ...] = ()
    """Codes, e.g. not_well_formed, truncated, no_date, bad_date, missing_id, not_a_feed."""
