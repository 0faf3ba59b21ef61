"""Forgetting a person: rows, evidence and mentions go, keyed hashes stay so that nobody stores them again."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Text, cast, delete, func, or_, update
from sqlmodel import Session, SQLModel, col, select

from crawler.fetch.urls import host_of
from pipelines.lexicon.names import read_name
from pipelines.lexicon.organisations import organisation_key
from watchlist.models import (
    Entry,
    Event,
    Feed,
    Follow,
    Move,
    Organization,
    Person,
    Position,
    Profile,
    SourceRecord,
    Talk,
)
from watchlist.people.show import find_person
from watchlist.people.traces import addresses_of, erase_traces
from watchlist.store.erasure import mark_erased
from watchlist.store.suppression import person_value, suppress

REDACTED = "[erased]"
MENTIONS: tuple[tuple[type[SQLModel], tuple[str, ...]], ...] = (
    (SourceRecord, ("excerpt",)),
    (Entry, ("title", "summary", "author")),
    (Feed, ("title",)),
)
"""Texts about others in which a name may stand. Titles of others' roles and talks are keys: the next crawl would only
add them again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forgotten:
    """How many rows went, by table; `mentions` are texts about others in which the name was blanked."""

    person_id: int
    positions: int
    profiles: int
    talks: int
    moves: int
    follows: int
    feeds: int
    entries: int
    source_records: int
    mentions: int
    traces: int
    """Rows in which the door and its counters kept an address of theirs."""
    suppressed: int
    """Keyed hashes left: name with each employer and event, every address."""


def forget_person(session: Session, ref: int | str) -> Forgotten:
    """Erases the person whom `ref` names (see `find_person`) and all that hangs on them, in this one transaction.

    Raises NotFoundError where nothing is held. The store cleans the database's files after the commit.
    """
    person = find_person(session, ref)
    person_id, names = person.id or 0, _spellings(session, person)
    urls, platforms = addresses_of(session, person), _platforms(session, person)
    entries = _entries_by(session, person)
    suppressed = _suppress(session, person, entries)
    counts = {"entries": _delete(session, Entry, [entry.id for entry in entries])}
    records = _records(session, person)
    for name, model in (
        ("moves", Move),
        ("talks", Talk),
        ("follows", Follow),
        ("profiles", Profile),
        ("feeds", Feed),
        ("positions", Position),
    ):
        counts[name] = _delete_of(session, model, person_id)
    _delete(session, Person, [person_id])
    counts["source_records"] = _delete(session, SourceRecord, records)
    traces = erase_traces(session, urls, platforms, names)
    mark_erased(session)
    mentions = sum(_blank(session, name) for name in names if not _is_organisation(session, name))
    return Forgotten(person_id=person_id, suppressed=suppressed, traces=traces, mentions=mentions, **counts)


# --- what is theirs ----------------------------------------------------------------------------------------------


def _records_of(session: Session, person_id: int) -> set[int]:
    """Source records that facts about the person hang on."""
    models: tuple[Any, ...] = (Position, Profile, Talk)
    found = set(session.exec(select(Person.source_record_id).where(Person.id == person_id)))
    for model in models:
        found |= set(session.exec(select(model.source_record_id).where(model.person_id == person_id)))
    return found


def _records(session: Session, person: Person) -> list[int]:
    """All records about the person: those their facts hang on, and those of the name that no fact hangs on any more."""
    theirs = _records_of(session, person.id or 0)
    keys = set(session.exec(select(SourceRecord.name_key).where(col(SourceRecord.id).in_(theirs)))) | {person.name_key}
    same_name = session.exec(select(SourceRecord.id).where(col(SourceRecord.name_key).in_(keys))).all()
    namesakes = select(Person.id).where(col(Person.name_key).in_(keys), Person.id != person.id)
    others = {each for other in session.exec(namesakes) for each in _records_of(session, other or 0)}
    return sorted(theirs | ({each for each in same_name if each} - others))


def _spellings(session: Session, person: Person) -> set[str]:
    """The name as stored and as every page wrote it."""
    records = session.exec(select(SourceRecord).where(col(SourceRecord.id).in_(_records(session, person))))
    written = {str(record.payload["name"]).strip() for record in records if record.payload.get("name")}
    return {person.name} | {name for name in written if name}


def _platforms(session: Session, person: Person) -> set[str]:
    """The hosts of platforms on which they have an account."""
    accounts = select(Profile.url).where(Profile.person_id == person.id, Profile.platform != "web")
    return {host_of(url) for url in session.exec(accounts)}


def _entries_by(session: Session, person: Person) -> list[Entry]:
    """Entries of their feeds, and those that name them as the author in feeds of others."""
    feeds = select(Feed.id).where(Feed.person_id == person.id)
    authors = session.exec(select(Entry.author).where(col(Entry.author).is_not(None)).distinct())
    theirs = [author for author in authors if author and _is_by(author, person)]
    named = (col(Entry.author).in_(part) for part in _chunks(theirs))
    where = or_(col(Entry.person_id) == person.id, col(Entry.feed_id).in_(feeds), *named)
    return list(session.exec(select(Entry).where(where)))


def _is_by(author: str, person: Person) -> bool:
    if person.name.casefold() in author.casefold():
        return True
    read = read_name(author)
    return read is not None and read.key == person.name_key


def _suppress(session: Session, person: Person, entries: Iterable[Entry]) -> int:
    """Leaves hashes of the name with every employer and event, and of every address."""
    keys = {person.name_key, *_keys_of_records(session, person)}
    positions = session.exec(select(Position).where(Position.person_id == person.id)).all()
    places = {key for each in positions for key in (each.organisation_key, organisation_key(each.organisation))}
    listed = select(Organization.key).join(Position).where(Position.person_id == person.id)
    places |= set(session.exec(listed))
    places |= set(session.exec(select(Event.key).join(Talk).where(Talk.person_id == person.id)))
    urls = addresses_of(session, person) | {entry.url for entry in entries if entry.url}
    people = [person_value(key, place) for key in keys for place in places]
    return suppress(session, "person", people) + suppress(session, "url", urls)


def _keys_of_records(session: Session, person: Person) -> Iterable[str]:
    theirs = _records_of(session, person.id or 0)
    return session.exec(select(SourceRecord.name_key).where(col(SourceRecord.id).in_(theirs)))


# --- what stands in texts about others ---------------------------------------------------------------------------


def _is_organisation(session: Session, name: str) -> bool:
    """Whether an organisation bears the person's name: then its own news would lose it."""
    key = organisation_key(name)
    held = select(Position.id).where(Position.organisation_key == key).limit(1)
    if session.exec(held).first() is not None:
        return True
    return any(organisation_key(each) == key for each in session.exec(select(Organization.name)))


def _blank(session: Session, name: str) -> int:
    """Blanks a name in texts about others; the texts stay."""
    blanked = _blank_payloads(session, name)
    for model, columns in MENTIONS:
        for column in columns:
            field = getattr(model, column)
            change = update(model).where(field.contains(name, autoescape=True))
            blanked += _run(session, change.values({column: func.replace(field, name, REDACTED)}))
    return blanked


def _blank_payloads(session: Session, name: str) -> int:
    # JSON is stored as text with escapes, in both databases
    written = cast(SourceRecord.payload, Text).contains(json.dumps(name)[1:-1], autoescape=True)
    found = session.exec(select(SourceRecord).where(written)).all()
    for record in found:
        record.payload = _replaced(record.payload, name)
        session.add(record)
    session.flush()
    return len(found)


def _replaced(value: Any, name: str) -> Any:
    if isinstance(value, str):
        return value.replace(name, REDACTED)
    if isinstance(value, dict):
        return {key: _replaced(inner, name) for key, inner in value.items()}
    if isinstance(value, list):
        return [_replaced(inner, name) for inner in value]
    return value


# --- deleting ----------------------------------------------------------------------------------------------------


def _delete_of(session: Session, model: Any, person_id: int) -> int:
    return _run(session, delete(model).where(model.person_id == person_id))


def _delete(session: Session, model: Any, ids: Iterable[int | None]) -> int:
    return sum(_run(session, delete(model).where(model.id.in_(part))) for part in _chunks(list(ids)))


def _run(session: Session, statement: Any) -> int:
    done: Any = session.connection().execute(statement)
    return int(done.rowcount)


def _chunks(values: list[Any], size: int = 500) -> Iterable[list[Any]]:
    return [values[start : start + size] for start in range(0, len(values), size)]
