"""The plain rows a digest is made of, free of the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

Kind = Literal["post", "talk"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleFacts:
    """A position as its page shows it; `url` is that page."""

    title: str
    organisation: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonFacts:
    """Somebody the user follows, with the role held at the end of the window."""

    id: int
    name: str
    role: RoleFacts | None = None
    last_before: datetime | None = None
    """When their latest post before this window was published; None where none is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFacts:
    """Something a followed person published or is going to say."""

    id: int
    kind: Kind
    person_id: int
    title: str
    url: str | None
    source: str
    """Title of the feed or name of the event."""
    published: datetime
    excerpt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveFacts:
    """A role change of a followed person."""

    id: int
    person_id: int
    kind: str
    """moved | joined | left | promoted | new_role | retitled"""
    before: RoleFacts
    """A side on which nobody was shown has neither title nor organisation, but the page that did not show them."""
    after: RoleFacts
    seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateFacts:
    """Somebody newly found who suits a goal; proposed once."""

    person_id: int
    name: str
    role: RoleFacts | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFacts:
    """A feed of a followed person that gives nothing at present."""

    id: int
    owner: str
    title: str
    url: str
    state: str
    """failing | blocked | gone"""
    since: datetime
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestFacts:
    """All that one digest is computed from; the span is (since, until] in UTC."""

    day: date
    since: datetime
    until: datetime
    timezone: str
    followed: int
    """How many people the user follows."""
    sources: int
    """How many feeds they have."""
    waiting: int = 0
    """Candidates that come on later days."""
    people: tuple[PersonFacts, ...] = ()
    items: tuple[ItemFacts, ...] = ()
    moves: tuple[MoveFacts, ...] = ()
    candidates: tuple[CandidateFacts, ...] = ()
    bad_sources: tuple[SourceFacts, ...] = ()
