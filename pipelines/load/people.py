"""People of a page: statements, persons, positions, profiles and talks, each with its evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import update
from sqlmodel import Session, col, select

from crawler.items import PageItem
from pipelines.lexicon.organisations import organisation_key
from pipelines.load.feeds import load_found_feeds
from pipelines.load.rows import saved_id
from pipelines.normalise import normalise_page
from pipelines.records import PersonRecord, PositionRecord, Statement, Subject
from pipelines.resolve import STRONG_PLATFORMS, KnownPerson, resolve
from watchlist.models import Event, Organization, Person, Position, Profile, SourceRecord, Talk
from watchlist.store.suppression import is_suppressed, person_value
from watchlist.store.upsert import upsert

_key_of = lru_cache(maxsize=16384)(organisation_key)


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
    load_found_feeds(
        session, normalised.feeds, owners, subject.organization_id, found_on=page.url, found_at=page.fetched_at
    )
    return report


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
        person_id = saved_id(person.id)
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
        id=saved_id(person.id),
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
    _revive(session, person_id, rows, seen_at)
    upsert(
        session,
        Position,
        rows,
        key=["person_id", "organisation_key", "title", "section"],
        update=["page_url", "seen_at", "misses", "ended_at", "own_page", "function", "level"],
    )


def _revive(session: Session, person_id: int, rows: list[dict[str, Any]], now: datetime) -> None:
    """A position that had ended and is shown again begins anew: somebody came back."""
    for row in rows:
        again = update(Position).where(
            col(Position.person_id) == person_id,
            col(Position.organisation_key) == row["organisation_key"],
            col(Position.title) == row["title"],
            col(Position.section) == row["section"],
            col(Position.ended_at).is_not(None),
        )
        session.connection().execute(again.values(first_seen_at=now))


def _place_of(session: Session, position: Position) -> str:
    """The organisation's key; one that came onto a list after the position was stored goes by the list's."""
    listed = None if position.organization_id else _listed(session, position.organisation)
    return listed.key if listed else position.organisation_key


def _listed(session: Session, name: str) -> Organization | None:
    """The organisation of a list that bears this name, when exactly one does."""
    known: dict[str, list[int]] = session.info.setdefault("organisations", {})
    if not known:
        for organization_id, listed in session.exec(select(Organization.id, Organization.name)):
            known.setdefault(_key_of(listed), []).append(organization_id or 0)
    found = known.get(_key_of(name), [])
    return session.get(Organization, found[0]) if len(found) == 1 else None


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
