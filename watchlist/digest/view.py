"""What a digest shows, ready for any form: text cleaned and clipped, links http(s) only, nothing left to decide."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleLine:
    """A position and the page that proves it."""

    title: str
    organisation: str
    url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveLine:
    """A role change, old to new; a side on which a page did not show them has neither title nor organisation."""

    person_id: int
    name: str
    kind: str
    before: RoleLine
    after: RoleLine
    seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemLine:
    """One post or talk."""

    kind: str
    title: str
    url: str | None
    source: str
    published: datetime
    age: str
    excerpt: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonBlock:
    """A followed person and what is new from them; `more` counts what did not fit."""

    person_id: int
    name: str
    role: RoleLine | None
    badge: str | None
    items: tuple[ItemLine, ...]
    more: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherLine:
    """A person for whom there was no room, with the number of their items."""

    name: str
    items: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateLine:
    """Somebody to follow, or not."""

    person_id: int
    name: str
    role: RoleLine | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLine:
    """A feed that gives nothing, since when and why; `fresh`: that began within this digest's window."""

    owner: str
    title: str
    url: str | None
    state: str
    since: datetime
    reason: str | None
    why: str
    fresh: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Counts over the whole window, shown or not."""

    followed: int
    people: int
    moves: int
    posts: int
    talks: int
    candidates: int
    waiting: int
    sources: int
    bad_sources: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestView:
    """One day's digest; sections stand in the order in which they are shown."""

    day: date
    since: datetime
    until: datetime
    timezone: str
    subject: str
    headline: str
    empty: bool
    moves: tuple[MoveLine, ...]
    more_moves: int
    people: tuple[PersonBlock, ...]
    others: tuple[OtherLine, ...]
    more_others: int
    """People beyond `others` who are not even named."""
    candidates: tuple[CandidateLine, ...]
    sources: tuple[SourceLine, ...]
    more_sources: int
    totals: Totals
