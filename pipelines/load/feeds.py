"""Feeds and their entries: whose a feed is, what it said, and since when that is known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import func
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from crawler.items import FeedReading
from pipelines.lexicon.names import read_name
from pipelines.lexicon.organisations import organisation_key
from pipelines.load.rows import any_of, columns, rows_of
from pipelines.normalise import normalise_entries
from pipelines.records import EntryRecord, FeedRecord
from watchlist.models import Entry, Feed, Organization
from watchlist.store.suppression import is_suppressed, person_value
from watchlist.store.upsert import upsert

_STORED = select_columns(columns(Feed).url).where(columns(Feed).url.in_(any_of("urls")))


def load_found_feeds(  # noqa: PLR0913  # whose they are, and where and when they were found
    session: Session,
    feeds: Iterable[FeedRecord],
    owners: Mapping[str, int],
    organization_id: int | None,
    *,
    found_on: str,
    found_at: datetime,
) -> int:
    """Store feed addresses with their owner: the person whose card holds the link, else the organisation.

    Returns how many may be stored; a suppressed address, one of an unknown person and one that a feed has left for
    good may not.
    """
    wanted = {feed.url: feed for feed in feeds}
    for url in _known(session, wanted):
        del wanted[url]
    if not wanted:
        return 0
    for url in is_suppressed(session, "url", wanted) | (_left(session) & wanted.keys()):
        del wanted[url]
    rows = []
    for feed in wanted.values():
        person_id = owners.get(feed.person) if feed.person else None
        if feed.person and person_id is None:
            continue  # the card's person was rejected or asked to be forgotten
        rows.append(_new_feed(feed, person_id, organization_id) | {"found_on": found_on} | _since(found_at))
    return upsert(session, Feed, rows, key=["url"], update=[])


def _known(session: Session, urls: Iterable[str]) -> set[str]:
    """Those of the addresses that are stored already: every page of a site advertises the same ones."""
    wanted = list(urls)
    return {row.url for row in rows_of(session, _STORED, urls=wanted)} if wanted else set()


def _left(session: Session) -> set[str]:
    """Addresses that feeds moved away from: pages go on advertising them."""
    moved = select(Feed.former_urls).where(col(Feed.former_urls).is_not(None))
    return {url for urls in session.exec(moved) for url in urls or ()}


def _new_feed(feed: FeedRecord, person_id: int | None, organization_id: int | None) -> dict[str, object]:
    """Its owner is one person or one organisation."""
    return {
        "url": feed.url,
        "kind": feed.kind,
        "title": feed.title,
        "person_id": person_id,
        "organization_id": None if person_id else organization_id,
        "state": "new",
        "failures": 0,
    }


def _since(found_at: datetime) -> dict[str, object]:
    """Due at once."""
    return {"found_at": found_at, "state_since": found_at, "next_at": found_at}


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
