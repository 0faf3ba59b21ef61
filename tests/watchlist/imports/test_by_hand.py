from __future__ import annotations

from typing import Any

import pytest
from sqlmodel import select

from tests.watchlist.ledger.test_ledger import company, goal_of
from tests.watchlist.world import START, World
from watchlist.errors import UsageError
from watchlist.follow import ensure_user
from watchlist.imports.by_hand import Added, add_person
from watchlist.ledger import build_ledger
from watchlist.models import Organization, Person, Position, SourceRecord
from watchlist.people import find_person, forget_person, list_people, show_person
from watchlist.store import Store


def add(store: Store, name: str = "Ada Quist", **values: Any) -> Added:
    with store.session() as session:
        done = add_person(session, name, **{"title": "HR Director", "company": "Acme", "now": START} | values)
        if done.dry_run:
            session.rollback()
        return done


@pytest.fixture
def listed(store: Store) -> Store:
    """One company of a list, and two of one name."""
    with store.session() as session:
        world = World(session)
        for rank, (name, host) in enumerate((("Acme, Inc.", "acme"), ("Delta AG", "da"), ("Delta Inc", "db")), 1):
            session.get_one(Organization, company(world, name, rank, website=f"https://www.{host}.test/")).key = host
    return store


@pytest.mark.parametrize("named", ["acme", "ACME Inc", "acme.test", "https://acme.test/team"])
def test_a_word_of_the_user_fills_the_line_of_the_ledger(listed: Store, named: str) -> None:
    done = add(listed, company=named, url="https://news.test/ada", since="2024-03", links=("https://ada.test/blog",))
    assert (done.company, done.function, done.level, done.new) == ("Acme, Inc.", "hr", "director", True)
    with listed.session() as session:
        line = build_ledger(session, goal_of(World(session))).lines[0]
        position = session.exec(select(Position)).one()
        record = session.exec(select(SourceRecord)).one()
        page = show_person(session, "Ada Quist", user=ensure_user(session))
    (person,) = line.people
    assert (person.id, person.tier, person.evidence_url) == (done.person_id, "manual", "https://news.test/ada")
    assert (position.started_on, position.own_page, record.kind) == ("2024-03", False, "manual")
    assert [profile["url"] for profile in page.profiles] == ["https://ada.test/blog"]


def test_a_word_without_an_address_is_shown_as_one(listed: Store) -> None:
    add(listed)
    with listed.session() as session:
        page = show_person(session, "Ada Quist", user=ensure_user(session))
        (line,) = list_people(session, user=ensure_user(session))
    assert page.evidence["url"] is None
    assert page.positions[0]["page_url"] is None
    assert line.evidence_url is None


def test_an_employer_on_no_list_stays_as_written(listed: Store) -> None:
    done = add(listed, company="  Corner   Shop ")
    assert (done.company, done.organization_id) == ("Corner Shop", None)


def test_somebody_known_is_not_doubled_and_the_same_word_twice_is_one(listed: Store) -> None:
    first = add(listed)
    again = add(listed)
    with_account = add(listed, links=("https://www.linkedin.com/in/ada-quist",))
    elsewhere = add(listed, company="Elsewhere", title="CHRO", links=("https://linkedin.com/in/ada-quist/",))
    assert [each.new for each in (first, again, with_account, elsewhere)] == [True, False, False, False]
    assert {each.person_id for each in (first, again, with_account, elsewhere)} == {first.person_id}
    namesake = add(listed, company="Third", title="Baker")
    assert namesake.new, "a name alone is nobody"


def test_a_dry_run_stores_nothing(listed: Store) -> None:
    assert add(listed, dry_run=True).new
    with listed.session() as session:
        assert session.exec(select(Person)).all() == []


def test_a_seat_fills_no_line_of_a_job(listed: Store) -> None:
    add(listed, title="Chief People Officer", section="board")
    with listed.session() as session:
        assert build_ledger(session, goal_of(World(session))).lines[0].people == ()


@pytest.mark.parametrize(
    ("name", "values", "words"),
    [
        ("12345", {}, "does not read as a person's name"),
        ("Ada Quist", {"title": " "}, "the title is empty"),
        ("Ada Quist", {"company": ""}, "the company is empty"),
        ("Ada Quist", {"company": "Delta"}, "means 2 companies: Delta AG"),
        ("Ada Quist", {"since": "March 2024"}, "is no date"),
        ("Ada Quist", {"since": "2024-13"}, "is no date"),
        ("Ada Quist", {"url": "acme.test/team"}, "is not a web address"),
        ("Ada Quist", {"links": ("javascript:alert(1)",)}, "is not a web address"),
        ("Ada Quist", {"url": "https://me:secret@acme.test/"}, "an address with a password"),
    ],
)
def test_what_cannot_be_stored_is_refused_in_one_line(
    listed: Store, name: str, values: dict[str, Any], words: str
) -> None:
    with pytest.raises(UsageError, match=words) as told:
        add(listed, name, **values)
    assert "secret" not in str(told.value)


def test_somebody_who_was_forgotten_is_not_added_again(listed: Store) -> None:
    add(listed)
    with listed.session() as session:
        forget_person(session, find_person(session, "Ada Quist").id or 0)
    with pytest.raises(UsageError, match="was forgotten"):
        add(listed)
