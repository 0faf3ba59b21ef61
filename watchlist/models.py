"""The tables. Facts about the world hang on source records; what a user typed hangs on the user.

Times are stored and come back as aware UTC on both databases; a naive one is refused (SQLModel's UTCDateTime).
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, Column, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

# A constraint without a name cannot be dropped by a later migration on both databases.
SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


_NEVER_AGAIN = {"sqlite_autoincrement": True}
"""A number is not given twice: digests remember up to which row they looked."""


def _id() -> Any:
    return Field(default=None, primary_key=True)


def _ref(target: str, *, index: bool = True) -> Any:
    """A required reference; rows go with what they hang on. `index` off where a unique constraint begins with it."""
    return Field(foreign_key=target, index=index, ondelete="CASCADE")


def _maybe(target: str, *, index: bool = True) -> Any:
    """A reference that may be missing; rows go with what they hang on."""
    return Field(default=None, foreign_key=target, index=index, ondelete="CASCADE", nullable=True)


class Meta(SQLModel, table=True):
    """Facts about the database itself, such as the key of the suppression hashes."""

    key: str = Field(primary_key=True)
    value: str


class User(SQLModel, table=True):
    """Somebody who watches. A fresh home has one, called `me`."""

    __tablename__ = "app_user"

    id: int | None = _id()
    name: str = Field(unique=True)
    created_at: datetime


# --- facts about the world -------------------------------------------------------------------------------------


class Organization(SQLModel, table=True):
    """A company on a list, or one that was imported by hand."""

    id: int | None = _id()
    key: str = Field(unique=True)
    """Stable: Wikidata id, else CIK, else host of the website, else the folded name."""
    name: str
    website: str | None = None
    wikidata_id: str | None = None
    cik: str | None = None
    country: str | None = None
    leadership_url: str | None = None
    site_state: str = "unverified"
    """unverified | confirmed | wrong_site"""
    site_checked_at: datetime | None = None
    """When `companies check` last asked for the website."""
    site_reason: str | None = None
    """Why that gave nothing."""
    site_moved_to: str | None = None
    """The other site to which it leads."""


class OrganizationFact(SQLModel, table=True):
    """What one source says of an organisation: its size, its country. Unknown has no row."""

    __tablename__ = "organization_fact"
    __table_args__ = (UniqueConstraint("organization_id", "kind", "source"),)

    id: int | None = _id()
    organization_id: int = _ref("organization.id", index=False)
    kind: str
    """employees | revenue | market_cap | country | former_website | also_called | ticker"""
    value: str
    """A plain decimal number, a band of employees ("51-200", "10001+"), an ISO 3166 code, or the text itself."""
    unit: str | None = None
    """ISO 4217."""
    as_of: str | None = None
    source: str
    """The address of the answer, or the name of the file that was imported."""
    seen_at: datetime


class CompanyList(SQLModel, table=True):
    """A TOP-N list of a field."""

    __tablename__ = "company_list"

    id: int | None = _id()
    key: str = Field(unique=True)
    field: str


class ListEntry(SQLModel, table=True):
    """One line of a list; `source` and `as_of` say where the rank comes from."""

    __tablename__ = "list_entry"
    __table_args__ = (UniqueConstraint("list_id", "organization_id"),)

    id: int | None = _id()
    list_id: int = _ref("company_list.id", index=False)
    organization_id: int = _ref("organization.id")
    rank: int
    source: str
    as_of: str | None = None
    measure: str | None = None
    """What it was ranked by: employees | revenue | market_cap; the value is as of `as_of`."""
    value: float | None = None
    unit: str | None = None
    """ISO 4217."""


class SourceRecord(SQLModel, table=True):
    """What a source said about one person, verbatim. Never edited; erased by `people forget`."""

    __tablename__ = "source_record"

    id: int | None = _id()
    key: str = Field(unique=True)
    """sha256 of kind, url and payload: the same statement on the same page is one record."""
    kind: str
    """leader | speaker | saved | registry | import | manual"""
    url: str
    reader: str
    fetched_at: datetime
    name_key: str = Field(index=True)
    """Key of the name it speaks of: `people forget` finds by it what no row hangs on any more."""
    excerpt: str
    payload: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))


class Person(SQLModel, table=True):
    """One human being, as far as records and judgements tell."""

    id: int | None = _id()
    name: str
    name_key: str = Field(index=True)
    created_at: datetime
    source_record_id: int = _ref("source_record.id")


class Position(SQLModel, table=True):
    """A role of a person at an organisation, as long as its page showed it; who comes back has a further term."""

    __table_args__ = (
        UniqueConstraint("person_id", "organisation_key", "title", "section", "term"),
        Index("ix_position_current", "organization_id", "function", "ended_at"),
    )

    id: int | None = _id()
    person_id: int = _ref("person.id", index=False)
    organization_id: int | None = _maybe("organization.id", index=False)
    """None where the organisation is on no list."""
    organisation: str
    """Its name as the source has it."""
    organisation_key: str
    title: str
    """Empty where the page gives none."""
    function: str
    level: str
    section: str
    """executive | board | advisory | staff | speaker, or past: a source names it as over."""
    language: str | None = None
    term: int = 1
    """How often the role was begun: what had ended stays as it was, so that any past day can be told."""
    started_on: str | None = None
    """By the source's own words: ISO, as exact as they are."""
    ended_on: str | None = None
    page_url: str
    """The page that showed it last."""
    own_page: bool = False
    """Whether the organisation's own site says so; only then its absence there ends the position."""
    arrived: bool = False
    """Whether its page had been read well before without it; what a baseline shows may have been there for years."""
    first_seen_at: datetime
    seen_at: datetime
    misses: int = 0
    """Good crawls of the organisation since `seen_at` that did not show it; two end it."""
    ended_at: datetime | None = None
    source_record_id: int = _ref("source_record.id")


class Profile(SQLModel, table=True):
    """An account or page of a person elsewhere."""

    __table_args__ = (UniqueConstraint("person_id", "url"),)

    id: int | None = _id()
    person_id: int = _ref("person.id", index=False)
    platform: str
    url: str = Field(index=True)
    """Canonical form (pipelines.lexicon.links)."""
    access: str
    """feed | documented_api | link_only"""
    verified: str
    """How it is known to be theirs: own_card | rel_me | user"""
    first_seen_at: datetime
    looked_at: datetime | None = None
    """When it was last searched for feeds and links."""
    reason: str | None = None
    """Why the last look failed."""
    failures: int = 0
    next_at: datetime | None = None
    """After a failure: when to look again."""
    source_record_id: int = _ref("source_record.id")


class Event(SQLModel, table=True):
    """A conference or one edition of it."""

    id: int | None = _id()
    key: str = Field(unique=True)
    name: str
    platform: str
    url: str
    field: str | None = None


class Talk(SQLModel, table=True):
    """A talk of a person at an event. The title may be empty: a speaker is known before the talk is."""

    __table_args__ = (UniqueConstraint("event_id", "person_id", "title"), _NEVER_AGAIN)

    id: int | None = _id()
    event_id: int = _ref("event.id", index=False)
    person_id: int = _ref("person.id")
    title: str
    first_seen_at: datetime
    source_record_id: int = _ref("source_record.id")


class LeaderPage(SQLModel, table=True):
    """A page of an organisation that shows people. Its first good reading is a baseline: nobody joined by it."""

    __tablename__ = "leader_page"
    __table_args__ = (UniqueConstraint("organization_id", "url"),)

    id: int | None = _id()
    organization_id: int = _ref("organization.id", index=False)
    url: str
    first_read_at: datetime
    read_at: datetime
    """The last good reading."""
    before_at: datetime | None = None
    """The good reading before that."""
    people: int


class Move(SQLModel, table=True):
    """A role change: the difference between two sets of (person, role), with the page behind each side."""

    __table_args__ = (Index("ix_move_person_id", "person_id"), _NEVER_AGAIN)

    id: int | None = _id()
    key: str = Field(unique=True)
    """person:kind:from:to, an empty side where there is none."""
    person_id: int = _ref("person.id", index=False)
    kind: str
    """moved (another organisation) | joined | left | promoted | new_role (another function or a lower level) |
    retitled"""
    from_position_id: int | None = _maybe("position.id")
    to_position_id: int | None = _maybe("position.id")
    before_url: str
    """The page as it was before, and when it was read."""
    before_at: datetime
    after_url: str
    after_at: datetime
    seen_at: datetime = Field(index=True)


class MoveHint(SQLModel, table=True):
    """A dated sign that somebody came or went at an organisation; it proves nothing."""

    __tablename__ = "move_hint"
    __table_args__ = (UniqueConstraint("organization_id", "url", "kind"),)

    id: int | None = _id()
    organization_id: int = _ref("organization.id", index=False)
    kind: str
    happened_on: date
    url: str
    detail: str = ""
    first_seen_at: datetime


class Feed(SQLModel, table=True):
    """The address of a feed, whose it is, and when to look next."""

    __table_args__ = (Index("ix_feed_due", "state", "next_at"),)

    id: int | None = _id()
    url: str = Field(unique=True)
    kind: str
    title: str | None = None
    person_id: int | None = _maybe("person.id")
    organization_id: int | None = _maybe("organization.id")
    found_on: str
    """The page that advertises it."""
    found_at: datetime
    state: str = "new"
    """new | ok | failing | blocked | gone"""
    state_since: datetime
    reason: str | None = None
    failures: int = 0
    etag: str | None = None
    last_modified: str | None = None
    fetched_at: datetime | None = None
    baseline_at: datetime | None = None
    """The first good look: what was older then is timeline only."""
    next_at: datetime
    lease_until: datetime | None = None
    detail: str | None = None
    """What goes with the reason: the signal of an opt-out, a time."""
    former_urls: list[str] | None = Field(default=None, sa_column=Column(JSON(none_as_null=True), nullable=True))
    """Addresses that it left for good, oldest first."""
    moving_to: str | None = None
    """Where good answers were redirected for good lately; not believed yet."""
    moving_since: datetime | None = None
    moving_seen: int = 0


class Entry(SQLModel, table=True):
    """One entry of a feed; evidence is the feed's address, the entry's own and `first_seen_at`."""

    __table_args__ = (
        UniqueConstraint("feed_id", "external_id"),
        Index("ix_entry_person", "person_id", "published"),
        Index("ix_entry_published", "published", "person_id"),
        _NEVER_AGAIN,
    )

    id: int | None = _id()
    feed_id: int = _ref("feed.id", index=False)
    external_id: str
    person_id: int | None = _maybe("person.id", index=False)
    organization_id: int | None = _maybe("organization.id")
    title: str
    url: str | None = None
    author: str | None = None
    summary: str = ""
    published: datetime
    """As the feed says; where it says nothing or a future time, when it was first seen."""
    updated: datetime | None = None
    first_seen_at: datetime = Field(index=True)
    baseline: bool = False
    """Old already at the feed's first look: on the timeline, never in a digest."""


class Visit(SQLModel, table=True):
    """The last crawl of one organisation or event, and the last one that found people."""

    __table_args__ = (UniqueConstraint("kind", "organization_id"), UniqueConstraint("kind", "event_id"))

    id: int | None = _id()
    kind: str
    """leaders | speakers"""
    organization_id: int | None = _maybe("organization.id")
    event_id: int | None = _maybe("event.id")
    finished_at: datetime
    reason: str | None = None
    """None: people were found; else the reason code."""
    pages: int = 0
    people: int = 0
    good_at: datetime | None = None
    good_people: int = 0


class Suppression(SQLModel, table=True):
    """A keyed hash of somebody or something that must never be stored again."""

    id: int | None = _id()
    kind: str
    """person | url | host"""
    key_hash: str = Field(unique=True)
    created_at: datetime


class DoorMemory(SQLModel, table=True):
    """What the door keeps over a restart: pace, pauses, robots decisions, what a site's files say."""

    __tablename__ = "door_memory"
    __table_args__ = (UniqueConstraint("kind", "key"),)

    id: int | None = _id()
    kind: str
    key: str
    """A site, a host or an origin, by kind (crawler.fetch.memory)."""
    value: dict[str, Any] = Field(sa_column=Column(JSON, nullable=False))
    expires_at: datetime = Field(index=True)


class FetchCount(SQLModel, table=True):
    """How often the door decided the same about a host, and the last time it did."""

    __tablename__ = "fetch_count"
    __table_args__ = (UniqueConstraint("host", "reason"),)

    id: int | None = _id()
    host: str
    reason: str
    """`ok`, or why not (crawler.fetch.answers.PLAIN_WORDS)."""
    count: int
    first_at: datetime
    last_at: datetime = Field(index=True)
    last_url: str
    """Secrets masked; empty where it was erased."""
    detail: str


class Wish(SQLModel, table=True):
    """What the owner of a page, feed or site asked for, in the words by which it was said; the last look counts."""

    id: int | None = _id()
    url: str = Field(unique=True)
    reason: str | None = None
    """noindex | opted_out: nothing was taken; None: it was noted only."""
    signals: list[str] = Field(sa_column=Column(JSON, nullable=False))
    first_at: datetime
    last_at: datetime


class Job(SQLModel, table=True):
    """The due-table: which job runs next when. Times survive a restart."""

    __table_args__ = (UniqueConstraint("name", "key"),)

    id: int | None = _id()
    name: str
    key: str
    next_at: datetime = Field(index=True)
    lease_until: datetime | None = None
    last_run_at: datetime | None = None
    last_result: str | None = None


# --- what a user typed -----------------------------------------------------------------------------------------


class Goal(SQLModel, table=True):
    """Point A, point B and the list on which to look for people who stand there."""

    __table_args__ = (UniqueConstraint("user_id", "name"),)

    id: int | None = _id()
    user_id: int = _ref("app_user.id", index=False)
    name: str
    current_title: str
    target_title: str
    function: str
    level: str
    field: str | None = None
    list_id: int = _ref("company_list.id")
    follow: str = "none"
    """goal: people of the function are followed as they are found on a first crawl | all | none"""
    created_at: datetime
    first_crawl_at: datetime | None = None
    """When people were first found on its list: later finds wait as candidates."""


class GapMark(SQLModel, table=True):
    """A company of a goal's list that the user does not want to search any further."""

    __tablename__ = "gap_mark"
    __table_args__ = (UniqueConstraint("goal_id", "organization_id"),)

    id: int | None = _id()
    user_id: int = _ref("app_user.id")
    goal_id: int = _ref("goal.id", index=False)
    organization_id: int = _ref("organization.id")
    note: str = ""
    since: datetime


class Follow(SQLModel, table=True):
    """What a user does with a person. Nobody is followed without the user's own act."""

    __table_args__ = (UniqueConstraint("user_id", "person_id"), _NEVER_AGAIN)

    id: int | None = _id()
    user_id: int = _ref("app_user.id", index=False)
    person_id: int = _ref("person.id")
    state: str
    """followed | candidate | unfollowed"""
    since: datetime


class Stop(SQLModel, table=True):
    """The kill switch: nothing is fetched at all, from a host with its sub hosts, or of a person's sources."""

    id: int | None = _id()
    kind: str
    """all | host | person"""
    host: str | None = Field(default=None, unique=True)
    """Lower case, punycode."""
    person_id: int | None = Field(default=None, foreign_key="person.id", unique=True, ondelete="CASCADE", nullable=True)
    since: datetime


class Digest(SQLModel, table=True):
    """One digest a local date: the window it covers and what it saw. Its content is computed from that."""

    __table_args__ = (UniqueConstraint("user_id", "day"),)

    id: int | None = _id()
    user_id: int = _ref("app_user.id", index=False)
    day: date
    since: datetime
    until: datetime
    built_at: datetime
    note: dict[str, Any] | None = Field(default=None, sa_column=Column(JSON, nullable=True))
    """Row numbers that were there when it was made (watchlist.digest.memory)."""
