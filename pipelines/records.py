"""What normalising makes of an item: the cleaned value beside the original, or a refusal with its reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Whose page it is: an organisation of a list (id, name), or an event."""

    key: str
    name: str
    organization_id: int | None = None
    event_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What one page said about one person, verbatim: becomes a SourceRecord."""

    key: str
    kind: str
    url: str
    reader: str
    fetched_at: datetime
    excerpt: str
    payload: dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class PositionRecord:
    """A role at an organisation, read by the lexicon."""

    organisation: str
    organisation_key: str
    """The folded name; `load` puts the key of the listed organisation in its place, for two may bear one name."""
    organization_id: int | None
    title: str
    function: str
    level: str
    section: str
    """As on the page; `past` where the source names the role as over."""
    language: str | None
    own_page: bool
    started_on: str | None = None
    ended_on: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileRecord:
    """A person's account or page in canonical form."""

    platform: str
    url: str
    access: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedRecord:
    """A feed address; `person` is the name on the card it was found on, None for the organisation's own."""

    url: str
    kind: str
    title: str | None
    person: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRecord:
    """One person as one page shows them."""

    statement: Statement
    name: str
    name_key: str
    place: str = ""
    """Key of the organisation or event whose page it is."""
    positions: tuple[PositionRecord, ...] = ()
    profiles: tuple[ProfileRecord, ...] = ()
    talks: tuple[str, ...] = ()
    listed_on: str | None = None
    """Of a page of their own: the list that led to it, by which it is judged whether they are still there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryRecord:
    """One entry of a feed, its date settled."""

    external_id: str
    title: str
    url: str | None
    author: str | None
    summary: str
    published: datetime
    updated: datetime | None
    baseline: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """An item that did not become a record: counted and named, never absorbed."""

    reason: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NormalisedPage:
    """All that one page gives."""

    people: tuple[PersonRecord, ...]
    feeds: tuple[FeedRecord, ...]
    rejected: tuple[Rejected, ...]
