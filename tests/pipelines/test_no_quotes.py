"""Where an owner asks not to be quoted, facts are stored and no text of the page. On both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlmodel import Session, col, select

from crawler.items import PageItem, PageReading, PersonItem
from pipelines.load import load_page
from pipelines.normalise import normalise_page
from pipelines.records import Subject
from watchlist.models import Organization, Position, SourceRecord
from watchlist.store import Store

MONDAY = datetime(2026, 3, 2, 6, tzinfo=UTC)
QUOTE = "Ada Quist leads our people with a steady hand"
ADA = PersonItem(name="Ada Quist", title="Chief People Officer", excerpt=QUOTE)


def page(url: str, *, no_quotes: bool, day: int = 0) -> PageItem:
    reading = PageReading(kind="leaders", reader="cards", people=(ADA,), no_quotes=no_quotes)
    return PageItem(subject="acme", url=url, fetched_at=MONDAY + timedelta(days=day), reading=reading)


def company(session: Session) -> Subject:
    row = Organization(key="acme", name="Acme", website="https://acme.test/")
    session.add(row)
    session.flush()
    return Subject(key=row.key, name=row.name, organization_id=row.id)


def quotes(session: Session, url: str) -> set[tuple[str, str]]:
    session.flush()
    session.expire_all()
    records = session.exec(select(SourceRecord).where(col(SourceRecord.url) == url)).all()
    assert records
    return {(record.excerpt, record.payload["excerpt"]) for record in records}


def test_no_word_of_the_excerpt_is_left_in_the_statement() -> None:
    (record,) = normalise_page(page("https://acme.test/team", no_quotes=True), Subject(key="acme", name="Acme")).people
    assert record.statement.excerpt == ""
    assert QUOTE not in repr(record)
    assert (record.name, record.statement.payload["title"]) == ("Ada Quist", "Chief People Officer")
    (quoted,) = normalise_page(page("https://acme.test/team", no_quotes=False), Subject(key="acme", name="Acme")).people
    assert quoted.statement.excerpt == QUOTE


def test_facts_are_stored_without_quotes(store: Store) -> None:
    url = "https://acme.test/team"
    with store.session() as session:
        load_page(session, page(url, no_quotes=True), company(session))
        assert quotes(session, url) == {("", "")}
        assert session.exec(select(Position.title)).all() == ["Chief People Officer"]


def test_a_page_that_asks_later_loses_its_quotes_and_no_other_page_does(store: Store) -> None:
    url, other = "https://acme.test/team", "https://acme.test/about"
    with store.session() as session:
        acme = company(session)
        for each in (url, other):
            load_page(session, page(each, no_quotes=False), acme)
        assert quotes(session, url) == {(QUOTE, QUOTE)}
        load_page(session, page(url, no_quotes=True, day=7), acme)
        assert quotes(session, url) == {("", "")}
        assert quotes(session, other) == {(QUOTE, QUOTE)}
        assert session.exec(select(Position.title)).all() == ["Chief People Officer"]
