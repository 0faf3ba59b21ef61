"""Who was forgotten stays away: forget, then load the same and other pages (corpus: erase_and_suppress)."""

from __future__ import annotations

from datetime import timedelta

from sqlmodel import Session, select

from crawler.items import FoundFeed, PageItem, PageReading, PersonItem
from pipelines.load import PageLoad, load_page
from pipelines.records import Subject
from tests.watchlist.world import START, World
from watchlist.models import Feed, Person
from watchlist.people import forget_person
from watchlist.store import Store

NAME, BLOG = "Zoë Quillfeather", "https://zoe.test/blog"
OMAR = PersonItem(name="Omar Haddad", title="CFO", excerpt="Omar Haddad, CFO")


def zoe(name: str = NAME, title: str = "Chief Executive Officer", links: tuple[str, ...] = ()) -> PersonItem:
    return PersonItem(name=name, title=title, excerpt=f"{name}, {title}", links=links)


def crawl(session: Session, company: str, *people: PersonItem, feeds: tuple[FoundFeed, ...] = ()) -> PageLoad:
    """Loads the team page of a company that is on the list."""
    number = {"Acme": 1, "Bolt": 2}[company]
    host = f"{company.casefold()}.test"
    page = PageItem(
        subject=host,
        url=f"https://{host}/team",
        fetched_at=START + timedelta(days=7),
        reading=PageReading(kind="leaders", reader="cards", people=people),
        feeds=feeds,
    )
    return load_page(session, page, Subject(key=host, name=company, organization_id=number))


def crawled(session: Session) -> None:
    """A first crawl of Acme finds two people, one of them with a blog."""
    world = World(session)
    world.company("Acme", 1)
    world.company("Bolt", 2)
    feed = FoundFeed(url="https://zoe.test/feed", kind="rss", person=NAME)
    assert crawl(session, "Acme", zoe(links=(BLOG,)), OMAR, feeds=(feed,)).new_people == 2


def names(session: Session) -> list[str]:
    return list(session.exec(select(Person.name).order_by(Person.name)))


def test_the_same_page_again_stores_nobody_and_counts_one_suppressed(store: Store) -> None:
    with store.session() as session:
        crawled(session)
        forget_person(session, NAME)
        again = crawl(session, "Acme", zoe(), OMAR)
        assert (again.suppressed, again.new_people) == (1, 0)
        assert names(session) == ["Omar Haddad"]


def test_another_writing_of_the_name_at_the_employer_is_suppressed(store: Store) -> None:
    with store.session() as session:
        crawled(session)
        forget_person(session, NAME)
        assert crawl(session, "Acme", zoe("Dr. Zoe Quillfeather"), zoe("ZOË QUILLFEATHER", "Chair")).suppressed == 2


def test_another_name_with_the_same_address_is_suppressed_anywhere(store: Store) -> None:
    with store.session() as session:
        crawled(session)
        forget_person(session, NAME)
        assert crawl(session, "Bolt", zoe("Zo Quill", links=(BLOG,))).suppressed == 1
        assert names(session) == ["Omar Haddad"]


def test_a_namesake_at_another_company_is_stored(store: Store) -> None:
    with store.session() as session:
        crawled(session)
        forget_person(session, NAME)
        assert crawl(session, "Bolt", zoe()).new_people == 1


def test_a_feed_of_the_forgotten_is_not_taken_up_again(store: Store) -> None:
    with store.session() as session:
        crawled(session)
        assert session.exec(select(Feed.url)).all() == ["https://zoe.test/feed"]
        forget_person(session, NAME)
        crawl(session, "Acme", OMAR, feeds=(FoundFeed(url="https://zoe.test/feed", kind="rss"),))
        assert session.exec(select(Feed.url)).all() == []


def test_a_speaker_without_an_employer_is_suppressed_at_the_event(store: Store) -> None:
    with store.session() as session:
        world = World(session)
        speaker = world.person(NAME)
        world.talk(speaker, "DevDays", "On growth")
        forget_person(session, speaker)
        reading = PageReading(kind="speakers", reader="cards", people=(PersonItem(name=NAME, section="speaker"),))
        page = PageItem(subject="DevDays", url="https://c.test/speakers", fetched_at=START, reading=reading)
        assert load_page(session, page, Subject(key="DevDays", name="DevDays", event_id=1)).suppressed == 1
        assert names(session) == []
