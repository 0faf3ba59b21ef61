"""Whom the records of a page may be about: the people in the database, and those whom its other records make known."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import bindparam, select
from sqlmodel import Session

from pipelines.load.listed import Listed
from pipelines.load.rows import any_of, columns, mappings_of, rows_of
from pipelines.records import PersonRecord, Subject
from pipelines.resolve import STRONG_PLATFORMS, Colleague, KnownPerson, resolve, resolve_variant, strong_accounts
from watchlist.models import Event, Person, Position, Profile, Talk

_EVENT, _PERSON, _POSITION = columns(Event), columns(Person), columns(Position)
_PROFILE, _TALK = columns(Profile), columns(Talk)
_BY_NAME = select(_PERSON.id, _PERSON.name, _PERSON.name_key).where(_PERSON.name_key.in_(any_of("names")))
_BY_ACCOUNT = select(_PERSON.id, _PERSON.name, _PERSON.name_key).where(
    _PERSON.id.in_(select(_PROFILE.person_id).where(_PROFILE.url.in_(any_of("accounts"))))
)
_POSITIONS = select(
    _POSITION.id,
    _POSITION.person_id,
    _POSITION.organization_id,
    _POSITION.organisation,
    _POSITION.organisation_key,
).where(_POSITION.person_id.in_(any_of("people")))
_COLLEAGUES = (
    select(
        _POSITION.person_id,
        _PERSON.name,
        _PERSON.name_key,
        _POSITION.organisation_key,
        _POSITION.title,
        _POSITION.function,
        _POSITION.level,
    )
    .join_from(_POSITION.person_id.table, _PERSON.id.table)
    .where(_POSITION.organization_id == bindparam("organization"), _POSITION.own_page, _POSITION.ended_at.is_(None))
)
_EVENTS = (
    select(_TALK.person_id, _EVENT.key)
    .join_from(_TALK.person_id.table, _EVENT.id.table)
    .where(_TALK.person_id.in_(any_of("people")))
)
_ACCOUNTS = select(_PROFILE.person_id, _PROFILE.url).where(
    _PROFILE.person_id.in_(any_of("people")), _PROFILE.platform.in_(STRONG_PLATFORMS)
)


@dataclass(slots=True)
class KnownPeople:
    """People by id, each also found by name and by account. Ids below 0 are of people who are not stored yet."""

    event: str | None = None
    """Key of the event whose page it is: it names everybody on it."""
    people: dict[int, KnownPerson] = field(default_factory=dict)
    colleagues: tuple[Colleague, ...] = ()
    """Whom the organisation's own pages show, but for those whom this page shows under their own names."""
    _by_sign: defaultdict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    @classmethod
    def of(
        cls,
        session: Session,
        records: Sequence[PersonRecord],
        listed: Listed,
        subject: Subject,
        shown: frozenset[str] = frozenset(),
    ) -> KnownPeople:
        """Everybody who shares the name or an account with one of the records, or whose name one may spell otherwise.

        `shown` are the keys of all names on the page.
        """
        known = cls(subject.key if subject.event_id is not None else None)
        people = _people(session, records)
        names = {name_key for _, name_key in people.values()}
        if subject.organization_id is not None and any(record.name_key not in names for record in records):
            for row in mappings_of(session, _COLLEAGUES, organization=subject.organization_id):
                if (name_key := row.pop("name_key")) not in shown:
                    known.colleagues += (Colleague(**row),)
                    people[row["person_id"]] = (row["name"], name_key)
        if not people:
            return known
        places = _places(session, list(people), listed)
        accounts = _accounts(session, list(people))
        for person_id, (name, name_key) in people.items():
            known.put(
                KnownPerson(
                    id=person_id,
                    name=name,
                    name_key=name_key,
                    places=frozenset(places[person_id]),
                    accounts=frozenset(accounts[person_id]),
                )
            )
        return known

    def put(self, person: KnownPerson) -> None:
        """Take in a person, or what else is known now of one."""
        self.people[person.id] = person
        for sign in (f"name {person.name_key}", *person.accounts):
            self._by_sign[sign].add(person.id)

    def identify(self, record: PersonRecord) -> int:
        """The id of the one person the record is about; of a new one, below 0, where it is about nobody known.

        What the record says of the person is known from then on.
        """
        accounts = strong_accounts(record)
        signs = (f"name {record.name_key}", *accounts)
        candidates = sorted({person_id for sign in signs for person_id in self._by_sign.get(sign, ())})
        found = resolve(record, [self.people[person_id] for person_id in candidates]).person_id
        if found is None and self.colleagues:
            found = resolve_variant(record, self.colleagues).person_id
        person = self.people[found] if found is not None else self._new(record)
        places = {position.organisation_key for position in record.positions}
        if self.event is not None:
            places.add(self.event)
        self.put(replace(person, places=person.places | places, accounts=person.accounts | accounts))
        return person.id

    def _new(self, record: PersonRecord) -> KnownPerson:
        return KnownPerson(
            id=-1 - len(self.people),
            name=record.name,
            name_key=record.name_key,
            places=frozenset(),
            accounts=frozenset(),
        )


def _people(session: Session, records: Iterable[PersonRecord]) -> dict[int, tuple[str, str]]:
    """(name, name_key) by id."""
    accounts = {url for record in records for url in strong_accounts(record)}
    rows = [*rows_of(session, _BY_NAME, names=list({record.name_key for record in records}))]
    if accounts:
        rows += rows_of(session, _BY_ACCOUNT, accounts=list(accounts))
    return {row.id: (row.name, row.name_key) for row in rows}


def _places(session: Session, people: Sequence[int], listed: Listed) -> defaultdict[int, set[str]]:
    """Keys of the organisations and events that name each person."""
    places = defaultdict[int, set[str]](set)
    for row in rows_of(session, _POSITIONS, people=people):
        places[row.person_id].add(listed.key_of(row.organization_id, row.organisation, row.organisation_key))
    for row in rows_of(session, _EVENTS, people=people):
        places[row.person_id].add(row.key)
    return places


def _accounts(session: Session, people: Sequence[int]) -> defaultdict[int, set[str]]:
    """Each person's accounts that belong to one human being."""
    accounts = defaultdict[int, set[str]](set)
    for row in rows_of(session, _ACCOUNTS, people=people):
        accounts[row.person_id].add(row.url)
    return accounts
