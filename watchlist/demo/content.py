"""What config/demo/ holds: people, companies, events and feeds, as a non-programmer wrote them down."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from crawler.items import FeedKind, Section
from watchlist.errors import InputError

LAST_DAY = 99
"""Later than any day of the little web: what has no end."""

T = TypeVar("T")


class _Data(BaseModel):
    """A misspelt key is an error, not a silent loss."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Goal(_Data):
    """The career goal of the demo's user."""

    current_title: str
    target_title: str
    function: str
    level: str
    field: str


class Calendar(_Data):
    """world.toml: when the story begins, how many days it lasts, whose goal it serves."""

    first_day: date
    days: int
    goal: Goal


class Person(_Data):
    """Somebody who does not exist. `slug` is unique and stands in the addresses of their accounts."""

    slug: str
    name: str
    linkedin: bool = True

    @property
    def profile(self) -> str | None:
        """The LinkedIn address; the suffix keeps it from being anybody's."""
        return f"https://www.linkedin.com/in/{self.slug}-demo" if self.linkedin else None


class Role(_Data):
    """A person's line on a company's page, from the day `since` to the day `until`, both included."""

    who: str
    title: str
    employer: str | None = None
    """The other organisation where `title` is a job elsewhere."""
    bio: str = ""
    note: str = ""
    """What else stands on the line, such as an extension."""
    own_page: bool = False
    """Whether the company's site has a page of this person."""
    since: int = 1
    until: int = LAST_DAY


class Redesign(_Data):
    """From `day` on the same people stand there in other markup, sorted by name."""

    day: int
    markup: str


class Group(_Data):
    """People under one heading of a leadership page."""

    heading: str
    section: Section | Literal["former"]
    markup: str
    people: tuple[Role, ...]
    redesign: Redesign | None = None


class Testimonial(_Data):
    """A customer's praise: signed with name and title, and no leader of the company."""

    quote: str
    name: str
    title: str
    organisation: str


class Leadership(_Data):
    """The page with the people; `place` is where the home page links it, `sitemap` where it does not."""

    path: str
    title: str
    link: str
    place: Literal["navigation", "footer", "sitemap"]
    intro: str = ""


class Extra(_Data):
    """A page that holds no leaders: careers, privacy, news."""

    path: str
    link: str
    title: str
    text: str
    place: Literal["navigation", "footer"] = "navigation"


class Company(_Data):
    """One company's site. `host` is the name of its file."""

    host: str
    name: str
    alias: str | None = None
    """A host that redirects here for good."""
    language: str = "en"
    layout: Literal["modern", "classic", "hashed"] = "modern"
    state: Literal["open", "hydrated", "script", "robots", "dead"] = "open"
    """hydrated: built by JavaScript from JSON in the page; script: from JSON that only a browser would load."""
    about: str
    leadership: Leadership | None = None
    groups: tuple[Group, ...] = ()
    testimonials: tuple[Testimonial, ...] = ()
    extras: tuple[Extra, ...] = ()

    @property
    def readable(self) -> bool:
        """Whether a polite crawler without a browser can see its people."""
        return self.state in {"open", "hydrated"}


class Speaker(_Data):
    """Somebody on an event's programme."""

    who: str
    role: str
    organisation: str
    bio: str = ""


class Talk(_Data):
    """One session: `start` is the local time of day."""

    title: str
    speakers: tuple[str, ...]
    start: str
    abstract: str


class EventSite(_Data):
    """One conference's site. `host` is the name of its file."""

    host: str
    name: str
    platform: Literal["pretalx", "sessionize", "html"]
    path: str
    """Where its pages begin."""
    api_host: str | None = None
    api_id: str | None = None
    about: str
    held_on: date
    city: str
    speakers: tuple[Speaker, ...]
    talks: tuple[Talk, ...]
    organisers: tuple[str, ...] = ()
    """Names on the page that are not speakers."""


class Post(_Data):
    """One post. `day` is the morning on which it is first seen; it was published in the 24 hours before."""

    day: int
    title: str
    text: str


class Gone(_Data):
    """From `day` on the address answers with `status`."""

    day: int
    status: Literal[404, 410]


class Moved(_Data):
    """From `day` on the address redirects for good `to` another."""

    day: int
    to: str


class FeedSource(_Data):
    """One feed. `owner` is a person's slug or the host of a company or an event."""

    url: str
    owner: str
    kind: FeedKind
    title: str
    language: str = "en"
    found: Literal["blog", "feed", "page", "site"] = "blog"
    """What leads to it: a link to the blog on the person's card, one to the feed itself, the person's own page at
    the company, or the owner's site (autodiscovery)."""
    comments: str | None = None
    """Path of a comments feed beside it."""
    gone: Gone | None = None
    moved: Moved | None = None
    posts: tuple[Post, ...]


class Content(_Data):
    """Everything in config/demo/."""

    calendar: Calendar
    people: dict[str, Person]
    companies: tuple[Company, ...]
    events: tuple[EventSite, ...]
    feeds: tuple[FeedSource, ...]


def read_content(folder: Path) -> Content:
    """Read config/demo/; InputError names the file that holds a wrong key or value."""
    content = Content(
        calendar=_read(folder / "world.toml", Calendar.model_validate),
        people=_read(folder / "people.toml", _people),
        companies=tuple(
            _read(file, _named_by(file, Company)) for file in sorted((folder / "companies").glob("*.toml"))
        ),
        events=tuple(_read(file, _named_by(file, EventSite)) for file in sorted((folder / "events").glob("*.toml"))),
        feeds=tuple(feed for file in sorted((folder / "feeds").glob("*.toml")) for feed in _read(file, _feeds)),
    )
    _check_names(content, folder)
    return content


def _check_names(content: Content, folder: Path) -> None:
    """Whoever is named on a page, a programme or a blog must be in people.toml, or be a site."""
    known = set(content.people)
    sites = {site.host for site in content.companies} | {site.host for site in content.events}
    named = {role.who for company in content.companies for group in company.groups for role in group.people}
    named |= {speaker.who for event in content.events for speaker in event.speakers}
    named |= {slug for event in content.events for talk in event.talks for slug in talk.speakers}
    missing = sorted((named | {feed.owner for feed in content.feeds} - sites) - known)
    if missing:
        raise InputError(f"nobody is called {', '.join(missing)}", file=folder / "people.toml")


def _read(file: Path, build: Callable[[dict[str, Any]], T]) -> T:
    try:
        return build(tomllib.loads(file.read_text("utf-8")))
    except tomllib.TOMLDecodeError as error:
        raise InputError(str(error), file=file) from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise InputError(f"{error.title} {where}: {first['msg']}", file=file) from None


def _named_by(file: Path, model: type[Company | EventSite]) -> Callable[[dict[str, Any]], Any]:
    return lambda data: model.model_validate({"host": file.stem, **data})


def _people(data: dict[str, Any]) -> dict[str, Person]:
    """`slug = "Name"`, or `slug = { name = "Name", linkedin = false }`."""
    entries = {slug: {"name": value} if isinstance(value, str) else value for slug, value in data.items()}
    return {slug: Person.model_validate({"slug": slug, **entry}) for slug, entry in entries.items()}


def _feeds(data: dict[str, Any]) -> list[FeedSource]:
    """A table per address; `posts` holds [day, title, text] in the order of the days."""
    return [FeedSource.model_validate({"url": url, **entry, "posts": _posts(entry)}) for url, entry in data.items()]


def _posts(entry: dict[str, Any]) -> list[dict[str, Any]]:
    return [dict(zip(("day", "title", "text"), post, strict=True)) for post in entry.get("posts", [])]
