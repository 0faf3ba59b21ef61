"""Loading: twice is once, a bad reading unlists nobody, a forgotten person stays forgotten. On both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlmodel import Session, col, func, select

from crawler.items import EntryItem, FeedReading, FoundFeed, PageItem, PageReading, PersonItem, SiteItem
from pipelines.load import finish_site, load_feed, load_moves, load_page
from pipelines.records import Subject
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
    Visit,
)
from watchlist.store import Store
from watchlist.store.suppression import person_value, suppress

MONDAY = datetime(2026, 3, 2, 6, tzinfo=UTC)
TABLES = (SourceRecord, Person, Position, Profile, Feed, Move)

ADA = PersonItem(name="Ada Quist", title="Chief People Officer", links=("https://www.linkedin.com/in/ada-quist",))
BO = PersonItem(name="Bo Ferrari", title="Chief Financial Officer")
CY = PersonItem(name="Cyrus Lindqvist", title="VP Engineering")
DEE = PersonItem(
    name="Dee Okafor",
    title="Director, Globex Bank",
    section="board",
    title_scope="elsewhere",
    organisation="Globex Bank",
)
TEAM = (ADA, BO, CY, DEE)


def company(session: Session, name: str) -> Subject:
    row = Organization(key=name.lower(), name=name, website=f"https://{name.lower()}.test/")
    session.add(row)
    session.flush()
    return Subject(key=row.key, name=name, organization_id=row.id)


def crawl(session: Session, subject: Subject, people: tuple[PersonItem, ...], day: int, **page: object) -> str | None:
    """One crawl of one company that shows `people`, `day` days after Monday."""
    now = MONDAY + timedelta(days=day)
    reading = PageReading(kind="leaders", reader="cards", people=people, reason=None if people else "no_people")
    item = PageItem(
        subject=subject.key, url=f"https://{subject.key}.test/team", fetched_at=now, reading=reading, **page
    )  # type: ignore[arg-type]
    load_page(session, item, subject)
    read = (item.url,) if people else ()
    site = SiteItem(subject=subject.key, reason=reading.reason, pages=2, leadership_url=item.url, read_pages=read)
    reason = finish_site(session, site, subject, kind="leaders", started_at=now, now=now)
    load_moves(session, now=now)
    return reason


def counts(session: Session) -> list[int]:
    """Rows per table."""
    return [session.exec(select(func.count()).select_from(table)).one() for table in TABLES]


def test_a_second_crawl_of_the_same_pages_changes_nothing(store: Store) -> None:
    feed = FoundFeed(url="https://acme.test/news.xml", kind="rss")
    with store.session() as session:
        acme = company(session, "Acme")
        crawl(session, acme, TEAM, 0, feeds=(feed,))
        before = counts(session)
        crawl(session, acme, TEAM[::-1], 7, feeds=(feed,))
        assert counts(session) == before
        assert before == [4, 4, 5, 1, 1, 0]


def test_a_speaker_without_organisation_or_account_is_one_person_however_often_read(store: Store) -> None:
    with store.session() as session:
        event = Event(key="days.test", name="Days", platform="web", url="https://days.test/")
        session.add(event)
        session.flush()
        subject = Subject(key=event.key, name=event.name, event_id=event.id)
        for day, talks in ((0, ()), (7, ("On hiring",)), (14, ("On hiring", "On leaving"))):
            person = PersonItem(name="Ada Quist", section="speaker", talks=talks)
            reading = PageReading(kind="speakers", reader="frab", people=(person,))
            now = MONDAY + timedelta(days=day)
            load_page(session, PageItem(subject=event.key, url=event.url, fetched_at=now, reading=reading), subject)
        assert session.exec(select(Person.name)).all() == ["Ada Quist"]


def test_a_job_elsewhere_is_a_seat_here_and_a_job_there(store: Store) -> None:
    with store.session() as session:
        crawl(session, company(session, "Acme"), (DEE,), 0)
        found = {
            (row.organisation, row.function, row.level, row.own_page) for row in session.exec(select(Position)).all()
        }
    assert ("Acme", "governance", "board", True) in found
    assert {row[0] for row in found} == {"Acme", "Globex Bank"}


@pytest.mark.parametrize("people", [(), (ADA,)], ids=["empty", "three of four gone"])
def test_a_page_that_turns_empty_unlists_nobody(store: Store, people: tuple[PersonItem, ...]) -> None:
    with store.session() as session:
        acme = company(session, "Acme")
        crawl(session, acme, TEAM, 0)
        assert crawl(session, acme, people, 7) in {"no_people", "held"}
        assert crawl(session, acme, TEAM, 14) is None
        assert crawl(session, acme, people, 21) in {"no_people", "held"}
        gone = select(Position).where((Position.misses > 0) | col(Position.ended_at).is_not(None))
        assert session.exec(gone).all() == []


def test_a_loss_that_stays_is_believed(store: Store) -> None:
    with store.session() as session:
        acme = company(session, "Acme")
        crawl(session, acme, TEAM, 0)
        assert [crawl(session, acme, (ADA,), day) for day in (7, 14, 21)] == ["held", None, None]
        left = session.exec(select(Position).where(col(Position.ended_at).is_(None), col(Position.own_page))).all()
        assert [position.title for position in left] == [ADA.title]


def test_a_page_that_fails_loses_nobody_while_another_is_read_well(store: Store) -> None:
    with store.session() as session:
        acme = company(session, "Acme")
        crawl(session, acme, (ADA, BO, CY), 0)
        board = tuple(
            PersonItem(name=name, title="Chair", section="board") for name in ("Di Ash", "Em Birch", "Fay Cole")
        )
        for day in (0, 7, 14):
            now = MONDAY + timedelta(days=day)
            reading = PageReading(kind="leaders", reader="cards", people=board)
            item = PageItem(subject=acme.key, url="https://acme.test/board", fetched_at=now, reading=reading)
            load_page(session, item, acme)
            site = SiteItem(subject=acme.key, reason=None, pages=2, read_pages=(item.url,))
            assert finish_site(session, site, acme, kind="leaders", started_at=now, now=now) is None
        assert session.exec(select(func.count()).where(col(Position.misses) > 0)).one() == 0


def test_two_good_crawls_without_somebody_end_the_position(store: Store) -> None:
    with store.session() as session:
        acme = company(session, "Acme")
        crawl(session, acme, TEAM, 0)
        crawl(session, acme, TEAM[:2] + TEAM[3:], 7)
        cy = session.exec(select(Position).where(Position.title == CY.title)).one()
        assert (cy.misses, cy.ended_at) == (1, None)
        crawl(session, acme, TEAM[:2] + TEAM[3:], 14)
        session.refresh(cy)
        assert cy.ended_at == MONDAY + timedelta(days=14)
        crawl(session, acme, TEAM, 21)
        session.refresh(cy)
        assert (cy.term, cy.ended_at) == (1, MONDAY + timedelta(days=14)), "what had ended stays told as it was"
        again = session.exec(select(Position).where(Position.title == CY.title, Position.term == 2)).one()
        assert (again.first_seen_at, again.misses, again.ended_at) == (MONDAY + timedelta(days=21), 0, None)


@pytest.mark.parametrize("new_first", [True, False])
def test_a_move_is_found_once_whichever_page_is_read_first(store: Store, new_first: bool) -> None:
    with store.session() as session:
        acme, globex = company(session, "Acme"), company(session, "Globex")
        crawl(session, acme, TEAM, 0)
        crawl(session, globex, (PersonItem(name="Eve Marsh", title="CEO"),), 0)
        assert session.exec(select(Move)).all() == []
        joined = PersonItem(name="Ada Quist", title="Chief HR Officer", links=ADA.links)
        visits = [
            lambda day: crawl(session, globex, (joined, PersonItem(name="Eve Marsh", title="CEO")), day),
            lambda day: crawl(session, acme, TEAM[1:], day),
        ]
        for day in (7, 14):
            for visit in visits if new_first else visits[::-1]:
                visit(day)
        move = session.exec(select(Move)).one()
        old, new = session.get_one(Position, move.from_position_id), session.get_one(Position, move.to_position_id)
    assert (move.kind, old.organisation, new.organisation) == ("moved", "Acme", "Globex")
    assert move.seen_at == MONDAY + timedelta(days=7)
    assert (old.ended_at, new.ended_at) == (move.seen_at, None)


def test_a_redesign_and_another_order_move_nobody(store: Store) -> None:
    with store.session() as session:
        acme = company(session, "Acme")
        crawl(session, acme, TEAM, 0)
        shuffled = (CY, PersonItem(name="ADA QUIST", title="Chief People Officer"), DEE, BO)
        crawl(session, acme, shuffled, 7)
        assert session.exec(select(Move)).all() == []
        assert session.exec(select(func.count()).select_from(Person)).one() == 4


def test_a_suppressed_person_or_account_is_not_stored(store: Store) -> None:
    with store.session() as session:
        acme = company(session, "Acme")
        suppress(session, "url", ["https://www.linkedin.com/in/ada-quist"])
        suppress(session, "person", [person_value("bo ferrari", "acme")])
        crawl(session, acme, (ADA, BO, CY), 0)
        assert session.exec(select(Person.name)).all() == ["Cyrus Lindqvist"]
        assert session.exec(select(func.count()).select_from(SourceRecord)).one() == 1


def test_a_held_crawl_is_named_in_the_visit(store: Store) -> None:
    with store.session() as session:
        acme = company(session, "Acme")
        crawl(session, acme, TEAM, 0)
        crawl(session, acme, (ADA,), 7)
        visit = session.exec(select(Visit)).one()
    assert (visit.reason, visit.people, visit.good_people) == ("held", 1, 4)


def test_entries_are_stored_once_and_old_ones_only_on_the_timeline(store: Store) -> None:
    def entry(number: int, day: int | None) -> EntryItem:
        published = None if day is None else MONDAY + timedelta(days=day)
        return EntryItem(id=f"e{number}", title=f"Entry {number}", published=published)

    with store.session() as session:
        feed = Feed(
            url="https://ada.test/feed", kind="rss", found_on="https://ada.test/", found_at=MONDAY,
            state_since=MONDAY, next_at=MONDAY,
        )  # fmt: skip
        session.add(feed)
        session.flush()
        first = FeedReading(kind="rss", title=None, link=None, entries=(entry(1, -30), entry(2, -1), entry(3, None)))
        assert load_feed(session, feed, first, now=MONDAY, baseline_days=7) == 3
        feed.baseline_at = feed.fetched_at = MONDAY
        later = MONDAY + timedelta(days=1)
        second = FeedReading(
            kind="rss", title=None, link=None, entries=(*first.entries, entry(4, 1), entry(5, -300), entry(6, 99))
        )
        assert load_feed(session, feed, second, now=later, baseline_days=7) == 3
        assert load_feed(session, feed, second, now=later, baseline_days=7) == 0
        rows = {row.external_id: row for row in session.exec(select(Entry))}
    assert {key for key, row in rows.items() if row.baseline} == {"e1", "e3", "e5"}
    assert rows["e2"].first_seen_at == MONDAY
    assert rows["e6"].published == later  # a date in the future is a claim, not a date


def test_a_forgotten_authors_entries_stay_away(store: Store) -> None:
    with store.session() as session:
        acme = company(session, "Acme")
        feed = Feed(
            url="https://acme.test/feed", kind="rss", found_on="https://acme.test/", found_at=MONDAY,
            state_since=MONDAY, next_at=MONDAY, organization_id=acme.organization_id,
        )  # fmt: skip
        session.add(feed)
        session.flush()
        suppress(session, "url", ["https://acme.test/1"])
        suppress(session, "person", [person_value("ada quist", "acme")])
        entries = (
            EntryItem(id="1", title="By address", url="https://acme.test/1"),
            EntryItem(id="2", title="By author", url="https://acme.test/2", author="Ada Quist"),
            EntryItem(id="3", title="Somebody else's", url="https://acme.test/3", author="Bo Ferrari"),
        )
        reading = FeedReading(kind="rss", title=None, link=None, entries=entries)
        assert load_feed(session, feed, reading, now=MONDAY, baseline_days=7) == 1
        assert session.exec(select(Entry.external_id)).all() == ["3"]
