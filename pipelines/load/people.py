"""People of a page: statements, persons, positions, profiles and talks, each with its evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from sqlalchemy import delete, insert
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from crawler.items import PageItem
from pipelines.lexicon.organisations import organisation_key
from pipelines.load.feeds import load_found_feeds
from pipelines.load.known import KnownPeople
from pipelines.load.listed import Listed
from pipelines.load.pages import note_reading, was_read_before
from pipelines.load.positions import Evidence, load_positions
from pipelines.load.profiles import settle_untitled
from pipelines.load.rows import any_of, columns, rows_of
from pipelines.normalise import normalise_page
from pipelines.records import PersonRecord, Statement, Subject
from watchlist.models import Person, Profile, SourceRecord, Talk
from watchlist.store.suppression import is_suppressed, person_value
from watchlist.store.upsert import upsert

_SOURCES = select_columns(columns(SourceRecord).key, columns(SourceRecord).id).where(
    columns(SourceRecord).key.in_(any_of("keys"))
)
_STORE_PEOPLE = insert(Person).returning(columns(Person).id, sort_by_parameter_order=True)
AT_ONCE = 200
"""Records that are looked up and stored together; a page with more takes several turns."""


@dataclass(slots=True)
class PageLoad:
    """What one page changed."""

    people: int = 0
    new_people: int = 0
    suppressed: int = 0
    rejected: dict[str, int] = field(default_factory=dict)


class _Reading(NamedTuple):
    """What a page says beside its records."""

    shown: frozenset[str]
    """The keys of all names on it: nobody of them is spelled otherwise there."""
    known_page: bool
    whole: bool


def load_page(session: Session, page: PageItem, subject: Subject) -> PageLoad:
    """Store one page's people, positions, profiles, talks and feeds."""
    normalised = normalise_page(page, subject)
    if page.reading.no_quotes:
        _erase_quotes(session, page.url)
    report = PageLoad()
    for refused in normalised.rejected:
        report.rejected[refused.reason] = report.rejected.get(refused.reason, 0) + 1
    listed = Listed(session)
    people = [listed.place(record) for record in normalised.people]
    kept = _not_suppressed(session, people)
    report.suppressed = len(people) - len(kept)
    report.people = len(kept)
    owners: dict[str, int] = {}
    shown = frozenset(record.name_key for record in people)
    reading = _Reading(shown, known_page=was_read_before(session, page, subject), whole=page.reading.whole)
    for start in range(0, len(kept), AT_ONCE):
        records = kept[start : start + AT_ONCE]
        ids, new = _load_people(session, records, listed, subject, reading)
        report.new_people += new
        for record, person_id in zip(records, ids, strict=True):
            owners[record.name_key] = owners[record.statement.payload["name"]] = person_id
    note_reading(session, page, subject, people=len(shown))
    load_found_feeds(
        session, normalised.feeds, owners, subject.organization_id, found_on=page.url, found_at=page.fetched_at
    )
    return report


def _not_suppressed(session: Session, records: Sequence[PersonRecord]) -> list[PersonRecord]:
    """The records of people who did not ask to be forgotten: neither by name and place nor by an account."""
    if not records:
        return []

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


def _load_people(
    session: Session, records: Sequence[PersonRecord], listed: Listed, subject: Subject, reading: _Reading
) -> tuple[list[int], int]:
    """The id of the person each record is about, and how many of them are new; a few statements for all together."""
    sources = _load_statements(session, records)
    known = KnownPeople.of(session, records, listed, subject, reading.shown)
    found = [known.identify(record) for record in records]
    new = _load_new(session, list(zip(found, sources, records, strict=True)))
    people = [new.get(person_id, person_id) for person_id in found]
    evidence = settle_untitled(session, list(zip(people, sources, records, strict=True)))
    load_positions(session, evidence, known_page=reading.known_page, whole=reading.whole)
    _load_profiles(session, evidence)
    if subject.event_id is not None:
        _load_talks(session, evidence, subject.event_id)
    return people, len(new)


def _load_statements(session: Session, records: Sequence[PersonRecord]) -> list[int]:
    """The id of each record's statement; the same statement on the same page is one source record, never edited."""
    statements = [
        {name: getattr(record.statement, name) for name in Statement.__slots__} | {"name_key": record.name_key}
        for record in records
    ]
    upsert(session, SourceRecord, statements, key=["key"], update=[])
    keys = [record.statement.key for record in records]
    ids = {row.key: row.id for row in rows_of(session, _SOURCES, keys=keys)}
    return [ids[key] for key in keys]


def _erase_quotes(session: Session, url: str) -> None:
    """The page's owner asks not to be quoted: what was quoted from it before that goes as well, the facts stay."""
    quoting = select(SourceRecord).where(SourceRecord.url == url, SourceRecord.excerpt != "")
    for record in session.exec(quoting):
        record.excerpt, record.payload = "", {**record.payload, "excerpt": ""}
        session.add(record)


def _load_new(session: Session, found: Sequence[tuple[int, int, PersonRecord]]) -> dict[int, int]:
    """Store those who are new, by their first record; gives the ids they have now for those they had."""
    first = {known: (source, record) for known, source, record in reversed(found) if known < 0}
    rows = [
        {
            "name": record.name,
            "name_key": record.name_key,
            "created_at": record.statement.fetched_at,
            "source_record_id": source,
        }
        for _, (source, record) in sorted(first.items(), reverse=True)
    ]
    if not rows:
        return {}
    ids = session.connection().execute(_STORE_PEOPLE, rows).scalars()
    return dict(zip(sorted(first, reverse=True), ids, strict=True))


def _load_profiles(session: Session, evidence: Sequence[Evidence]) -> None:
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
        for person_id, source_id, record in evidence
        for profile in record.profiles
    ]
    upsert(session, Profile, rows, key=["person_id", "url"], update=[])


def _load_talks(session: Session, evidence: Sequence[Evidence], event_id: int) -> None:
    rows = [
        {
            "event_id": event_id,
            "person_id": person_id,
            "title": title,
            "first_seen_at": record.statement.fetched_at,
            "source_record_id": source_id,
        }
        for person_id, source_id, record in evidence
        for title in record.talks or ("",)
    ]
    upsert(session, Talk, rows, key=["event_id", "person_id", "title"], update=[])
    # Where talks are known the place held for one that was not announced yet goes.
    talks = {person_id: record.talks for person_id, _, record in evidence}
    announced = [person_id for person_id in talks if talks[person_id]]
    held = delete(Talk).where(col(Talk.person_id).in_(announced), col(Talk.event_id) == event_id, col(Talk.title) == "")
    if announced:
        session.connection().execute(held)
