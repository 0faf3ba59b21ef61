"""The little web as a pure function: host, path and day in, answer out; and what a perfect crawler would know."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from email.utils import format_datetime, parsedate_to_datetime
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from watchlist.demo.blogs import blog_pages
from watchlist.demo.content import Company, Content, FeedSource, read_content
from watchlist.demo.pages import (
    Entry,
    Page,
    Pages,
    date_of,
    ended,
    entries_of,
    feed_state,
    redirect,
)
from watchlist.demo.programmes import event_pages
from watchlist.demo.reply import Reply
from watchlist.demo.sites import company_pages, shown
from watchlist.settings import config_dir

__all__ = ["Listing", "Move", "NewEntry", "Reply", "World", "load_world"]


@dataclass(frozen=True, slots=True)
class Listing:
    """One person on one company's page. `section` may be `former`: such people hold no role there any more."""

    host: str
    company: str
    slug: str
    name: str
    title: str
    section: str
    employer: str | None


@dataclass(frozen=True, slots=True)
class NewEntry:
    """A post that the feed at `feed_url` shows for the first time. `person` is None for companies and events."""

    feed_url: str
    person: str | None
    entry: Entry


@dataclass(frozen=True, slots=True)
class Move:
    """Somebody left the page of one company and appeared on that of another; both titles are executive ones."""

    day: int
    slug: str
    name: str
    left: str
    left_title: str
    joined: str
    joined_title: str


class World:
    """Everything the little web holds; days count from 1.

    Pure: the same question gets the same answer, also from several threads at once.
    """

    def __init__(self, content: Content, templates: Path) -> None:
        self.content = content
        self._days: dict[int, dict[str, Pages]] = {}
        self._templates = Environment(
            loader=FileSystemLoader(templates),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters["rfc822"] = lambda moment: format_datetime(moment, usegmt=True)

    @property
    def first_day(self) -> date:
        """The date of day 1."""
        return self.content.calendar.first_day

    @property
    def days(self) -> int:
        """How many days the story lasts."""
        return self.content.calendar.days

    @cached_property
    def hosts(self) -> tuple[str, ...]:
        """Every host that answers on some day."""
        return tuple(sorted({host for day in range(1, self.days + 1) for host in self.pages(day)}))

    @property
    def dead_hosts(self) -> tuple[str, ...]:
        """Hosts whose connections are refused."""
        return tuple(company.host for company in self.content.companies if company.state == "dead")

    def date(self, day: int) -> date:
        """The date of a day."""
        return date_of(self.first_day, day)

    # --- answers -------------------------------------------------------------------------------------------------

    def answer(self, host: str, path: str, day: int, headers: Mapping[str, str] | None = None) -> Reply:
        """What `host` answers on `day` to GET `path` (a query is ignored); `headers` by lower-case names.

        A 200 carries an ETag, feeds also Last-Modified; If-None-Match and If-Modified-Since are honoured with 304.
        A host that is not of this web gets 421.
        """
        if host not in self.hosts:
            return Reply(421, {"Content-Type": "text/plain"}, b"no such host here\n")
        page = self.pages(day).get(host, {}).get(urlsplit(f"https://{host}{path}").path, ended(404))
        body = self._templates.get_template(page.template).render(page.context).encode()
        reply = Reply(page.status, _fields(page, body), body)
        return Reply(304, reply.headers) if page.status == 200 and _unchanged(reply, headers or {}) else reply

    def pages(self, day: int) -> dict[str, Pages]:
        """All addresses on `day` by host and path."""
        if day not in self._days:
            self._days[day] = self._build(day)
        return self._days[day]

    def _build(self, day: int) -> dict[str, Pages]:
        web: dict[str, Pages] = {}
        for company in self.content.companies:
            if company.state != "dead":
                web[company.host] = company_pages(self.content, company, day)
            if company.alias:
                web[company.alias] = {path: redirect(f"https://{company.host}{path}") for path in web[company.host]}
        several = [event_pages(self.content, event) for event in self.content.events]
        several += [blog_pages(self.content, feed, day) for feed in self.content.feeds]
        for part in several:
            for host, pages in part.items():
                # An event's or company's own page stays where its blog would begin.
                web[host] = pages | web.get(host, {})
        return web

    # --- what a perfect crawler would know -----------------------------------------------------------------------

    def people(self, day: int) -> tuple[Listing, ...]:
        """Everybody on the people pages that a polite crawler without a browser can read, on `day`."""
        return tuple(
            listing for company in self.content.companies if company.readable for listing in self._listed(company, day)
        )

    def _listed(self, company: Company, day: int) -> list[Listing]:
        names = self.content.people
        return [
            Listing(
                company.host, company.name, role.who, names[role.who].name, role.title, group.section, role.employer
            )
            for group in company.groups
            for role in shown(group, day)
        ]

    def entries(self, day: int) -> tuple[NewEntry, ...]:
        """What feeds show for the first time on `day`; on day 1 all that they hold then (the baseline)."""
        return tuple(
            NewEntry(self._address(feed, day), feed.owner if feed.owner in self.content.people else None, entry)
            for feed in self.content.feeds
            if feed_state(feed, day) != "gone"
            for entry in self._new(feed, day)
        )

    def moves(self) -> tuple[Move, ...]:
        """Who changed company within the story."""
        return tuple(move for day in range(2, self.days + 1) for move in self._moves_on(day))

    def _moves_on(self, day: int) -> list[Move]:
        before = {one.slug: one for one in self.people(day - 1) if _holds_role(one)}
        now = {one.slug: one for one in self.people(day) if _holds_role(one)}
        both = [(before[slug], now[slug]) for slug in before.keys() & now.keys()]
        return [
            Move(day, old.slug, old.name, old.host, old.title, new.host, new.title)
            for old, new in both
            if old.host != new.host
        ]

    def _new(self, feed: FeedSource, day: int) -> list[Entry]:
        before = {entry.id for entry in entries_of(feed, self.first_day, day - 1)} if day > 1 else set()
        return [entry for entry in entries_of(feed, self.first_day, day) if entry.id not in before]

    @staticmethod
    def _address(feed: FeedSource, day: int) -> str:
        return feed.moved.to if feed.moved and feed.moved.day <= day else feed.url


def load_world(folder: Path | None = None) -> World:
    """The little web of config/demo/, or of another folder of the same form; InputError names what is wrong in it."""
    folder = folder or config_dir() / "demo"
    return World(read_content(folder), folder / "templates")


def _holds_role(one: Listing) -> bool:
    return one.section not in {"former", "board", "advisory"}


def _fields(page: Page, body: bytes) -> dict[str, str]:
    fields = {"Content-Type": page.kind}
    if page.location:
        fields["Location"] = page.location
    if page.status == 200:
        fields["ETag"] = f'"{hashlib.sha256(body).hexdigest()[:16]}"'
    if page.modified:
        fields["Last-Modified"] = format_datetime(page.modified, usegmt=True)
    return fields


def _unchanged(reply: Reply, asked: Mapping[str, str]) -> bool:
    """RFC 9110 13.2.2: If-None-Match decides alone where it stands, else If-Modified-Since."""
    if known := asked.get("if-none-match"):
        tags = {tag.strip().removeprefix("W/") for tag in known.split(",")}
        return "*" in tags or reply.headers.get("ETag") in tags
    since, modified = asked.get("if-modified-since"), reply.headers.get("Last-Modified")
    return bool(since and modified and parsedate_to_datetime(modified) <= _moment(since))


def _moment(text: str) -> datetime:
    try:
        return parsedate_to_datetime(text).astimezone(UTC)
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)  # not a date: the field is ignored
