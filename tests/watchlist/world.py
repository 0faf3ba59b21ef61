"""A little world in a database: two companies on one list, invented people, feeds, a conference."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlmodel import Session, SQLModel, select

from pipelines.lexicon.names import read_name
from pipelines.lexicon.organisations import organisation_key
from watchlist.models import (
    CompanyList,
    Entry,
    Event,
    Feed,
    ListEntry,
    Move,
    Organization,
    Person,
    Position,
    Profile,
    SourceRecord,
    Talk,
)

START = datetime(2026, 3, 1, 8, tzinfo=UTC)


def key_of(name: str) -> str:
    """The key the lexicon gives a name."""
    read = read_name(name)
    assert read is not None
    return read.key


@dataclass
class World:
    """Adds rows as a crawl would; every fact with a record behind it."""

    session: Session
    records: int = 0

    def add(self, row: SQLModel) -> Any:
        """Stores a row and gives its id."""
        self.session.add(row)
        self.session.flush()
        return row.id  # type: ignore[attr-defined]

    def record(self, name: str, excerpt: str | None = None, **payload: Any) -> int:
        """What a page said about somebody."""
        self.records += 1
        row = SourceRecord(
            key=f"record-{self.records}",
            kind="leader",
            url=f"https://acme.test/team?{self.records}",
            reader="cards",
            fetched_at=START,
            name_key=key_of(name),
            excerpt=f"{name}, on the page" if excerpt is None else excerpt,
            payload={"name": name, **payload},
        )
        return int(self.add(row))

    def company(self, name: str, rank: int, *, on: str = "it") -> int:
        """A company on a list."""
        found = self.session.exec(select(CompanyList).where(CompanyList.key == on)).first()
        list_id: Any = found.id if found else self.add(CompanyList(key=on, field=on))
        organization = int(self.add(Organization(key=f"{name.casefold()}.test", name=name)))
        self.add(ListEntry(list_id=list_id, organization_id=organization, rank=rank, source="test"))
        return organization

    def person(self, name: str) -> int:
        """Somebody with nothing but a record."""
        record = self.record(name)
        return int(self.add(Person(name=name, name_key=key_of(name), created_at=START, source_record_id=record)))

    def position(self, person: int, at: str, title: str, function: str, level: str, **values: Any) -> int:
        """A role; `organization_id`, `ended_at` and the like by keyword."""
        name = self.session.get_one(Person, person).name
        row = Position(
            person_id=person,
            organisation=at,
            organisation_key=organisation_key(at),
            title=title,
            function=function,
            level=level,
            source_record_id=self.record(name),
            **{
                "first_seen_at": START,
                "seen_at": START,
                "section": "executive",
                "page_url": "https://acme.test/team",
                **values,
            },
        )
        return int(self.add(row))

    def profile(self, person: int, url: str, **values: Any) -> int:
        """An account of a person."""
        name = self.session.get_one(Person, person).name
        return int(
            self.add(
                Profile(
                    person_id=person,
                    url=url,
                    verified="own_card",
                    first_seen_at=START,
                    source_record_id=self.record(name),
                    **{"platform": "web", "access": "feed", **values},
                )
            )
        )

    def talk(self, person: int, event: str, title: str) -> int:
        """A talk at an event, which is made where it is new."""
        found = self.session.exec(select(Event).where(Event.key == event)).first()
        event_id: Any = (
            found.id if found else self.add(Event(key=event, name=event, platform="html", url="https://c.test/"))
        )
        name = self.session.get_one(Person, person).name
        row = Talk(
            event_id=event_id, person_id=person, title=title, first_seen_at=START, source_record_id=self.record(name)
        )
        return int(self.add(row))

    def move(self, person: int, origin: int | None, target: int | None, *, kind: str = "moved") -> int:
        """A role change; of somebody who left or joined one side is None, and its page the other's a day off."""
        old, new = (each and self.session.get_one(Position, each) for each in (origin, target))
        known = old or new
        assert known
        row = Move(
            key=f"{person}:{kind}:{origin or ''}:{target or ''}",
            person_id=person,
            kind=kind,
            from_position_id=origin,
            to_position_id=target,
            before_url=(old or known).page_url,
            before_at=old.seen_at if old else known.first_seen_at - timedelta(days=1),
            after_url=(new or known).page_url,
            after_at=new.first_seen_at if new else known.seen_at + timedelta(days=1),
            seen_at=START,
        )
        return int(self.add(row))

    def feed(self, url: str, *, title: str | None = None, **owner: Any) -> int:
        """A feed of `person_id=` or `organization_id=`."""
        row = Feed(
            url=url,
            kind="rss",
            title=title,
            found_on="https://acme.test/",
            found_at=START,
            state="ok",
            state_since=START,
            next_at=START,
            **owner,
        )
        return int(self.add(row))

    def entry(self, feed: int, title: str, *, age_days: int = 0, **values: Any) -> int:
        """An entry of a feed, with the feed's owner."""
        row = self.session.get_one(Feed, feed)
        slug = f"{feed}-{title.casefold().replace(' ', '-')}"
        published = START - timedelta(days=age_days)
        return int(
            self.add(
                Entry(
                    feed_id=feed,
                    external_id=slug,
                    person_id=row.person_id,
                    organization_id=row.organization_id,
                    title=title,
                    url=f"https://news.test/{slug}",
                    published=published,
                    first_seen_at=START,
                    **values,
                )
            )
        )
