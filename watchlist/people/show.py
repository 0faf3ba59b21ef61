"""All that is held about one person, every fact with the address, time and text behind it."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import Any

from sqlmodel import Session, SQLModel, col, select

from pipelines.lexicon.folding import fold, tidy
from pipelines.lexicon.names import read_name
from watchlist.errors import NotFoundError
from watchlist.models import (
    Entry,
    Event,
    Feed,
    Follow,
    Move,
    Person,
    Position,
    Profile,
    SourceRecord,
    Talk,
    User,
)
from watchlist.people.listing import KNOWN
from watchlist.people.moves import MoveLine, list_moves
from watchlist.times import iso

LAST_ENTRIES = 20
_MOST_MEANT = 5
"""How many people are proposed where nobody bears a name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonPage:
    """One person. The parts are dicts for JSON: every key is there, unknown is None, times are ISO 8601 UTC.

    `evidence` is `{"url", "fetched_at", "tier", "reader", "excerpt"}` everywhere; `tier` is the ledger's word for who
    says so: page | saved | registry | manual | speaker | import.
    """

    id: int
    name: str
    state: str
    since: str | None
    evidence: dict[str, Any]
    positions: list[dict[str, Any]]
    profiles: list[dict[str, Any]]
    feeds: list[dict[str, Any]]
    talks: list[dict[str, Any]]
    moves: list[dict[str, Any]]
    entries: list[dict[str, Any]]
    """The last 20, newest first."""


def find_person(session: Session, ref: int | str) -> Person:
    """The person with this id or this name (as stored, or written in another way that reads as the same name).

    Raises NotFoundError: nothing is held (people whose names hold the words are proposed), or several people bear the
    name; then their ids are listed.
    """
    if isinstance(ref, int) or ref.isdecimal():
        found = session.get(Person, int(ref)) if int(ref) < 2**31 else None
        people = [found] if found else []
    else:
        people = _named(session, ref)
    if len(people) == 1:
        return people[0]
    if people:
        raise NotFoundError(
            f"{len(people)} people are called {ref!r}: {_described(session, people)}", hint="name one by the id"
        )
    meant = _with_words(session, str(ref))
    hint = f"perhaps {_described(session, meant)}" if meant else "people list shows everybody"
    raise NotFoundError(f"nothing is held about {str(ref)!r}", hint=hint)


def show_person(session: Session, ref: int | str, *, user: User) -> PersonPage:
    """All that is held about the person whom `ref` names (see `find_person`), and what `user` does with them."""
    person = find_person(session, ref)
    follow = session.exec(select(Follow).where(Follow.user_id == user.id, Follow.person_id == person.id)).first()
    return PersonPage(
        id=person.id or 0,
        name=person.name,
        state=follow.state if follow else KNOWN,
        since=iso(follow.since) if follow else None,
        evidence=_evidence(session.get_one(SourceRecord, person.source_record_id)),
        positions=[_position(*row) for row in _with_evidence(session, Position, person)],
        profiles=[_profile(*row) for row in _with_evidence(session, Profile, person)],
        feeds=[_feed(feed) for feed in session.exec(select(Feed).where(Feed.person_id == person.id))],
        talks=[_talk(session, *row) for row in _with_evidence(session, Talk, person)],
        moves=[_move(session, line) for line in list_moves(session, person_id=person.id)],
        entries=_entries(session, person),
    )


def _named(session: Session, name: str) -> list[Person]:
    exact = list(session.exec(select(Person).where(Person.name == name).order_by(col(Person.id))))
    read = read_name(name)
    if exact or read is None:
        return exact or _spelled(session, name)
    alike = list(session.exec(select(Person).where(Person.name_key == read.key).order_by(col(Person.id))))
    return alike or _spelled(session, name)


def _spelled(session: Session, name: str) -> list[Person]:
    """Those whose name is the same but for case, accents and white space: as it is typed at a terminal."""
    wanted = fold(tidy(name))
    return _of_ids(session, [number for number, known in _names(session) if fold(tidy(known)) == wanted])


def _with_words(session: Session, text: str) -> list[Person]:
    """Those whose name holds every word of the text, or words that begin with it; the first few."""
    wanted = fold(tidy(text)).split()
    if not wanted or text.isdecimal():
        return []
    found = [
        number
        for number, known in _names(session)
        if all(any(part.startswith(word) for part in re.split(r"[\s-]+", fold(known))) for word in wanted)
    ]
    return _of_ids(session, found[:_MOST_MEANT])


def _names(session: Session) -> list[tuple[int, str]]:
    return [
        (number or 0, name) for number, name in session.exec(select(Person.id, Person.name).order_by(col(Person.id)))
    ]


def _of_ids(session: Session, ids: list[int]) -> list[Person]:
    return [session.get_one(Person, number) for number in ids]


def _described(session: Session, people: list[Person]) -> str:
    return "; ".join(f"{person.id} {person.name}{_where(session, person)}" for person in people)


def _where(session: Session, person: Person) -> str:
    held = select(Position.organisation).where(Position.person_id == person.id).order_by(col(Position.seen_at).desc())
    organisation = session.exec(held).first()
    return f" ({organisation})" if organisation else ""


def _with_evidence(session: Session, model: type[SQLModel], person: Person) -> Any:
    table: Any = model
    query: Any = select(table, SourceRecord).join(SourceRecord, SourceRecord.id == table.source_record_id)
    return session.exec(query.where(table.person_id == person.id).order_by(table.first_seen_at.desc(), table.id))


def _evidence(record: SourceRecord) -> dict[str, Any]:
    return {
        "url": record.url or None,
        "fetched_at": iso(record.fetched_at),
        "tier": "page" if record.kind == "leader" else record.kind,
        "reader": record.reader,
        "excerpt": record.excerpt or None,
    }


def _position(position: Position, record: SourceRecord) -> dict[str, Any]:
    return {
        "id": position.id,
        "title": position.title or None,
        "organisation": position.organisation,
        "organization_id": position.organization_id,
        "function": position.function,
        "level": position.level,
        "section": position.section,
        "language": position.language,
        "page_url": position.page_url or None,
        "started_on": position.started_on,
        "first_seen_at": iso(position.first_seen_at),
        "seen_at": iso(position.seen_at),
        "ended_at": iso(position.ended_at),
        "evidence": _evidence(record),
    }


def _profile(profile: Profile, record: SourceRecord) -> dict[str, Any]:
    return {
        "platform": profile.platform,
        "url": profile.url,
        "access": profile.access,
        "verified": profile.verified,
        "first_seen_at": iso(profile.first_seen_at),
        "evidence": _evidence(record),
    }


def _feed(feed: Feed) -> dict[str, Any]:
    return {
        "id": feed.id,
        "url": feed.url,
        "kind": feed.kind,
        "title": feed.title,
        "state": feed.state,
        "reason": feed.reason,
        "found_on": feed.found_on,
        "found_at": iso(feed.found_at),
        "fetched_at": iso(feed.fetched_at),
    }


def _talk(session: Session, talk: Talk, record: SourceRecord) -> dict[str, Any]:
    event = session.get_one(Event, talk.event_id)
    return {
        "title": talk.title or None,
        "event": event.name,
        "event_url": event.url,
        "first_seen_at": iso(talk.first_seen_at),
        "evidence": _evidence(record),
    }


def _move(session: Session, line: MoveLine) -> dict[str, Any]:
    move = session.get_one(Move, line.id)
    return {
        "kind": line.kind,
        "seen_at": line.seen_at,
        "before": asdict(line.before),
        "after": asdict(line.after),
        "from": _side(session, move.from_position_id),
        "to": _side(session, move.to_position_id),
    }


def _side(session: Session, position_id: int | None) -> dict[str, Any] | None:
    if position_id is None:
        return None
    position = session.get_one(Position, position_id)
    return _position(position, session.get_one(SourceRecord, position.source_record_id))


def _entries(session: Session, person: Person) -> list[dict[str, Any]]:
    last = (
        select(Entry, Feed)
        .join(Feed)
        .where(Entry.person_id == person.id)
        .order_by(col(Entry.published).desc(), col(Entry.id).desc())
        .limit(LAST_ENTRIES)
    )
    return [
        {
            "id": entry.id,
            "title": entry.title,
            "url": entry.url,
            "author": entry.author,
            "published": iso(entry.published),
            "first_seen_at": iso(entry.first_seen_at),
            "feed_url": feed.url,
        }
        for entry, feed in session.exec(last)
    ]
