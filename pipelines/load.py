"""The only writer of crawled facts: records in, rows out, each with its evidence; repeating it changes nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from crawler.items import FeedReading, PageItem, SiteItem
from pipelines.lexicon.names import read_name
from pipelines.lexicon.organisations import organisation_key
from pipelines.moves import HeldPosition, find_moves
from pipelines.normalise import normalise_entries, normalise_page
from pipelines.records import EntryRecord, FeedRecord, PersonRecord, PositionRecord, Statement, Subject
from pipelines.resolve import STRONG_PLATFORMS, KnownPerson, resolve
from watchlist.models import (
    Entry,
    Event,
    Feed,
    Move,
    Organization,
    Person,
    Position,
    Profile,
    SourceRecord,
    Talk,
    Visit,
)
from watchlist.store.suppression import is_suppressed, person_value
from watchlist.store.upsert import upsert

END_AFTER_MISSES = 2
"""Good crawls in a row that do not show a position before it counts as ended: nothing is unlisted on one fetch."""
HOLD_BELOW = 0.5
"""A crawl that shows less than this share of the people of the last good one is held for review (R10)."""


@dataclass(slots=True)
class PageLoad:
    """What one page changed."""

    people: int = 0
    new_people: int = 0
    suppressed: int = 0
    rejected: dict[str, int] = field(default_factory=dict)


def load_page(session: Session, page: PageItem, subject: Subject) -> PageLoad:
    """Store one page's people, positions, profiles, talks and feeds."""
    normalised = normalise_page(page, subject)
    report = PageLoad()
    for refused in normalised.rejected:
        report.rejected[refused.reason] = report.rejected.get(refused.reason, 0) + 1
    people = [_placed(session, record) for record in normalised.people]
    kept = _not_suppressed(session, people)
    report.suppressed = len(people) - len(kept)
    report.people = len(kept)
    owners: dict[str, int] = {}
    for record in kept:
        person_id, is_new = _load_person(session, record, subject)
        owners[record.name_key] = owners[record.statement.payload["name"]] = person_id
        report.new_people += is_new
    _load_feeds(session, normalised.feeds, owners, page, subject)
    return report


# --- people ------------------------------------------------------------------------------------------------------


def _placed(session: Session, record: PersonRecord) -> PersonRecord:
    """The record with its organisations told apart as the lists do: two may bear one name."""
    positions = []
    for position in record.positions:
        own = position.organization_id is not None
        listed = session.get(Organization, position.organization_id) if own else _listed(session, position.organisation)
        if listed is not None:
            position = replace(position, organization_id=listed.id, organisation_key=listed.key)  # noqa: PLW2901
        positions.append(position)
    return replace(record, positions=tuple(positions))


def _not_suppressed(session: Session, records: Sequence[PersonRecord]) -> list[PersonRecord]:
    """The records of people who did not ask to be forgotten: neither by name and place nor by an account."""

    def places(record: PersonRecord) -> set[str]:
        names = {organisation_key(position.organisation) for position in record.positions}
        keys = {record.place, *names, *(position.organisation_key for position in record.positions)}
        return {person_value(record.name_key, key) for key in keys}

    names = is_suppressed(session, "person", {value for record in records for value in places(record)})
    urls = is_suppressed(session, "url", {profile.url for record in records for profile in record.profiles})
    return [
        record
        for record in records
        if names.isdisjoint(places(record)) and urls.isdisjoint(profile.url for profile in record.profiles)
    ]


def _load_person(session: Session, record: PersonRecord, subject: Subject) -> tuple[int, bool]:
    seen_at = record.statement.fetched_at
    source_id = _load_statement(session, record.statement, record.name_key)
    resolution = resolve(record, _candidates(session, record))
    person_id = resolution.person_id
    if person_id is None:
        person = Person(name=record.name, name_key=record.name_key, created_at=seen_at, source_record_id=source_id)
        session.add(person)
        session.flush()
        person_id = _saved(person.id)
    _load_positions(session, person_id, source_id, record)
    _load_profiles(session, person_id, source_id, record)
    if subject.event_id is not None:
        _load_talks(session, person_id, source_id, record, subject.event_id)
    return person_id, resolution.person_id is None


def _load_statement(session: Session, statement: Statement, name_key: str) -> int:
    """The record's id; the same statement on the same page is one record, never edited."""
    row = {name: getattr(statement, name) for name in Statement.__slots__} | {"name_key": name_key}
    upsert(session, SourceRecord, [row], key=["key"], update=[])
    return session.exec(select(SourceRecord.id).where(SourceRecord.key == statement.key)).one() or 0


def _candidates(session: Session, record: PersonRecord) -> list[KnownPerson]:
    """Everybody who shares the name or an account with the record."""
    urls = [profile.url for profile in record.profiles]
    by_account = select(Profile.person_id).where(col(Profile.url).in_(urls))
    people = session.exec(
        select(Person).where((col(Person.name_key) == record.name_key) | col(Person.id).in_(by_account))
    ).all()
    return [_known(session, person) for person in people]


def _known(session: Session, person: Person) -> KnownPerson:
    positions = session.exec(select(Position).where(Position.person_id == person.id)).all()
    organisations = {_place_of(session, position) for position in positions}
    events = session.exec(select(Event.key).join(Talk).where(Talk.person_id == person.id)).all()
    accounts = session.exec(
        select(Profile.url).where(Profile.person_id == person.id, col(Profile.platform).in_(STRONG_PLATFORMS))
    ).all()
    return KnownPerson(
        id=_saved(person.id),
        name=person.name,
        name_key=person.name_key,
        places=frozenset({*organisations, *events}),
        accounts=frozenset(accounts),
    )


def _load_positions(session: Session, person_id: int, source_id: int, record: PersonRecord) -> None:
    seen_at = record.statement.fetched_at
    rows = [
        {
            **{name: getattr(position, name) for name in PositionRecord.__slots__},
            "person_id": person_id,
            "page_url": record.statement.url,
            "first_seen_at": seen_at,
            "seen_at": seen_at,
            "misses": 0,
            "ended_at": None,
            "source_record_id": source_id,
        }
        for position in record.positions
    ]
    upsert(
        session,
        Position,
        rows,
        key=["person_id", "organisation_key", "title", "section"],
        update=["page_url", "seen_at", "misses", "ended_at", "own_page", "function", "level"],
    )


def _place_of(session: Session, position: Position) -> str:
    """The organisation's key; one that came onto a list after the position was stored goes by the list's."""
    listed = None if position.organization_id else _listed(session, position.organisation)
    return listed.key if listed else position.organisation_key


def _listed(session: Session, name: str) -> Organization | None:
    """The organisation of a list that bears this name, when exactly one does."""
    wanted = organisation_key(name)
    first_word = wanted.split()[:1]
    if not first_word:
        return None
    like = select(Organization).where(func.lower(Organization.name).contains(first_word[0]))
    found = [row for row in session.exec(like) if organisation_key(row.name) == wanted]
    return found[0] if len(found) == 1 else None


def _load_profiles(session: Session, person_id: int, source_id: int, record: PersonRecord) -> None:
    rows = [
        {
            "person_id": person_id,
            "platform": profile.platform,
            "url": profile.url,
            "access": profile.access,
            "verified": "own_card",
            "first_seen_at": record.statement.fetched_at,
            "source_record_id": source_id,
        }
        for profile in record.profiles
    ]
    upsert(session, Profile, rows, key=["person_id", "url"], update=[])


def _load_talks(session: Session, person_id: int, source_id: int, record: PersonRecord, event_id: int) -> None:
    rows = [
        {
            "event_id": event_id,
            "person_id": person_id,
            "title": title,
            "first_seen_at": record.statement.fetched_at,
            "source_record_id": source_id,
        }
        for title in record.talks or ("",)
    ]
    upsert(session, Talk, rows, key=["event_id", "person_id", "title"], update=[])
    if record.talks:  # the place held for a talk not announced yet
        held = select(Talk).where(Talk.event_id == event_id, Talk.person_id == person_id, Talk.title == "")
        for talk in session.exec(held):
            session.delete(talk)


# --- feeds and entries -------------------------------------------------------------------------------------------


def _load_feeds(
    session: Session, feeds: Iterable[FeedRecord], owners: dict[str, int], page: PageItem, subject: Subject
) -> None:
    """Feed addresses with their owner: the person whose card holds the link, else the organisation."""
    wanted = {feed.url: feed for feed in feeds}
    for url in is_suppressed(session, "url", wanted):
        del wanted[url]
    rows = []
    for feed in wanted.values():
        person_id = owners.get(feed.person) if feed.person else None
        if feed.person and person_id is None:
            continue  # the card's person was rejected or asked to be forgotten
        rows.append(feed_row(feed, person_id, subject.organization_id, page.url, page.fetched_at))
    upsert(session, Feed, rows, key=["url"], update=[])


def feed_row(
    feed: FeedRecord, person_id: int | None, organization_id: int | None, found_on: str, found_at: datetime
) -> dict[str, object]:
    """A new row of the feed table: due at once, its owner one person or one organisation."""
    return {
        "url": feed.url,
        "kind": feed.kind,
        "title": feed.title,
        "person_id": person_id,
        "organization_id": None if person_id else organization_id,
        "found_on": found_on,
        "found_at": found_at,
        "state": "new",
        "state_since": found_at,
        "failures": 0,
        "next_at": found_at,
    }


def load_feed(session: Session, feed: Feed, reading: FeedReading, *, now: datetime, baseline_days: int) -> int:
    """Store a feed's entries; returns how many are new. An entry that is known keeps when it was first seen."""
    last_fetch = feed.fetched_at if feed.baseline_at else None
    records = normalise_entries(reading, now=now, last_fetch=last_fetch, baseline_days=baseline_days)
    rows = [
        {
            **{name: getattr(record, name) for name in EntryRecord.__slots__},
            "feed_id": feed.id,
            "person_id": feed.person_id,
            "organization_id": feed.organization_id,
            "first_seen_at": now,
        }
        for record in _entries_not_suppressed(session, feed, records)
    ]
    count = select(func.count()).where(Entry.feed_id == feed.id)
    before = session.exec(count).one()
    upsert(session, Entry, rows, key=["feed_id", "external_id"], update=["title", "url", "summary", "updated"])
    return session.exec(count).one() - before


def _entries_not_suppressed(session: Session, feed: Feed, records: Sequence[EntryRecord]) -> list[EntryRecord]:
    """Entries that nobody asked to be forgotten wrote: neither by address nor by author and the feed's organisation."""
    organization = session.get(Organization, feed.organization_id) if feed.organization_id else None
    places = {organization.key, organisation_key(organization.name)} if organization else set()

    def authors(record: EntryRecord) -> set[str]:
        name = read_name(record.author) if record.author and places else None
        return {person_value(name.key, place) for place in places} if name else set()

    urls = is_suppressed(session, "url", {record.url for record in records if record.url})
    names = is_suppressed(session, "person", {value for record in records for value in authors(record)})
    return [record for record in records if record.url not in urls and names.isdisjoint(authors(record))]


# --- the end of a site's crawl -----------------------------------------------------------------------------------


def finish_site(  # noqa: PLR0913  # what is known when a site ends
    session: Session, site: SiteItem, subject: Subject, *, kind: str, started_at: datetime, now: datetime
) -> str | None:
    """Close one site's crawl: the visit with its reason, and what was missed. Returns the reason.

    A crawl that shows far fewer people than the last good one is `held`: nobody is missed, the ledger says so.
    """
    visit = _visit(session, subject, kind, now)
    people = _people_seen(session, subject, started_at)
    reason = site.reason
    if reason is None and people < HOLD_BELOW * visit.good_people:
        reason = "held"
    visit.finished_at, visit.pages, visit.people, visit.reason = now, site.pages, people, reason
    if reason is None:
        visit.good_at, visit.good_people = now, people
        if kind == "leaders":
            _miss_unseen(session, subject, started_at, now)
    session.add(visit)
    _load_site_facts(session, site, subject)
    return reason


def _visit(session: Session, subject: Subject, kind: str, now: datetime) -> Visit:
    found = session.exec(
        select(Visit).where(
            Visit.kind == kind,
            Visit.organization_id == subject.organization_id,
            Visit.event_id == subject.event_id,
        )
    ).first()
    return found or Visit(
        kind=kind, organization_id=subject.organization_id, event_id=subject.event_id, finished_at=now
    )


def _people_seen(session: Session, subject: Subject, since: datetime) -> int:
    """People whom this crawl saw at the organisation or the event."""
    if subject.event_id is not None:
        return session.exec(
            select(func.count(func.distinct(Talk.person_id))).where(Talk.event_id == subject.event_id)
        ).one()
    return session.exec(
        select(func.count(func.distinct(Position.person_id))).where(
            Position.organization_id == subject.organization_id, col(Position.own_page), Position.seen_at >= since
        )
    ).one()


def _miss_unseen(session: Session, subject: Subject, since: datetime, now: datetime) -> None:
    unseen = session.exec(
        select(Position).where(
            Position.organization_id == subject.organization_id,
            col(Position.own_page),
            Position.seen_at < since,
            col(Position.ended_at).is_(None),
        )
    )
    for position in unseen:
        position.misses += 1
        if position.misses >= END_AFTER_MISSES:
            position.ended_at = now
        session.add(position)


def _load_site_facts(session: Session, site: SiteItem, subject: Subject) -> None:
    """What the crawl learned about the organisation itself: its leadership page and whether the site is its own."""
    organization = session.get(Organization, subject.organization_id) if subject.organization_id else None
    if organization is None:
        return
    if site.leadership_url:
        organization.leadership_url = site.leadership_url
    if site.site_name_seen is not None:
        organization.site_state = "confirmed" if site.site_name_seen else "wrong_site"
    session.add(organization)


def load_moves(session: Session, *, now: datetime) -> int:
    """Find and store role changes over everybody with a position that was missed; returns how many are new."""
    leavers = select(Position.person_id).where((col(Position.misses) > 0) | col(Position.ended_at).is_not(None))
    held = [
        HeldPosition(
            id=_saved(position.id),
            person_id=position.person_id,
            organisation_key=position.organisation_key,
            function=position.function,
            level=position.level,
            section=position.section,
            first_seen_at=position.first_seen_at,
            missed=position.misses > 0 or position.ended_at is not None,
        )
        for position in session.exec(select(Position).where(col(Position.person_id).in_(leavers)))
    ]
    before = session.exec(select(func.count()).select_from(Move)).one()
    changes = find_moves(held)
    rows = [
        {
            "person_id": change.person_id,
            "kind": change.kind,
            "from_position_id": change.from_position_id,
            "to_position_id": change.to_position_id,
            "seen_at": now,
        }
        for change in changes
    ]
    upsert(session, Move, rows, key=["person_id", "to_position_id"], update=[])
    # Where somebody went is known, so the role they left need not be missed a second time to count as ended.
    for change in changes:
        left = session.get_one(Position, change.from_position_id)
        left.ended_at = left.ended_at or now
        session.add(left)
    return session.exec(select(func.count()).select_from(Move)).one() - before


def _saved(row_id: int | None) -> int:
    """The id of a row that is in the database."""
    if row_id is None:
        raise ValueError("row was not flushed")
    return row_id
