"""Roles over time: terms, the sources' own dates, whose word counts, and any past day as it was. On both databases."""

from __future__ import annotations

import random
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from itertools import permutations
from typing import Any

import pytest
from sqlmodel import Session, col, select

from crawler.items import PageItem, PageReading, PersonItem, SiteItem, Source
from pipelines.load import finish_site, load_moves, load_page
from pipelines.load.held import accept_held, held_sites
from pipelines.records import Subject
from watchlist.errors import NotFoundError
from watchlist.follow import ensure_user, follow_people
from watchlist.models import LeaderPage, Move, Organization, Person, Position
from watchlist.people import list_people
from watchlist.store import Store

MONDAY = datetime(2026, 3, 2, 6, tzinfo=UTC)
ADA = PersonItem(name="Ada Quist", title="Chief People Officer")
BO = PersonItem(name="Bo Ferrari", title="Chief Financial Officer")
CY = PersonItem(name="Cyrus Lindqvist", title="VP Engineering")
EVE = PersonItem(name="Eve Marsh", title="Head of Product")
TEAM = (ADA, BO, CY, EVE)


def company(session: Session, name: str) -> Subject:
    row = Organization(key=name.lower(), name=name, website=f"https://{name.lower()}.test/")
    session.add(row)
    session.flush()
    return Subject(key=row.key, name=name, organization_id=row.id)


def told(
    session: Session,
    subject: Subject,
    *people: PersonItem,
    day: int,
    source: Source = "page",
    url: str | None = None,
    **reading: Any,
) -> None:
    """What one source says of people at one company."""
    at = MONDAY + timedelta(days=day)
    read = PageReading(kind="leaders", reader="cards", people=people, **reading)
    address = url or f"https://{subject.key}.test/team"
    load_page(session, PageItem(subject=subject.key, url=address, fetched_at=at, reading=read, source=source), subject)


def crawl(session: Session, subject: Subject, *people: PersonItem, day: int, **reading: Any) -> str | None:
    """One crawl of one company's only page."""
    now = MONDAY + timedelta(days=day)
    told(session, subject, *people, day=day, **reading)
    site = SiteItem(subject=subject.key, reason=None, pages=1, read_pages=(f"https://{subject.key}.test/team",))
    reason = finish_site(session, site, subject, kind="leaders", started_at=now, now=now)
    load_moves(session, now=now)
    return reason


def roles(session: Session, name: str = "Ada Quist") -> list[Position]:
    query = select(Position).join(Person).where(Person.name == name).order_by(col(Position.id))
    return list(session.exec(query))


# --- whose word counts --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("source", ["registry", "import", "manual"])
def test_another_source_confirms_and_dates_what_the_own_page_shows_but_takes_nothing_over(
    store: Store, source: Source
) -> None:
    with store.session() as session:
        acme = company(session, "Acme")
        crawl(session, acme, *TEAM, day=0)
        said = replace(ADA, title="Chief people officer", section="board", since="2019-05")
        told(session, acme, said, day=3, source=source, url="https://register.test/1")
        (role,) = roles(session)
    assert (role.page_url, role.own_page, role.section) == ("https://acme.test/team", True, "executive")
    assert (role.seen_at, role.started_on) == (MONDAY + timedelta(days=3), "2019-05")


def test_the_own_page_takes_the_place_of_what_another_source_said_before(store: Store) -> None:
    with store.session() as session:
        acme = company(session, "Acme")
        said = replace(ADA, section="board", since="2019")
        told(session, acme, said, day=0, source="registry", url="https://register.test/1")
        crawl(session, acme, *TEAM, day=7)
        told(session, acme, said, day=9, source="registry", url="https://register.test/1")
        (role,) = roles(session)
    assert (role.own_page, role.section, role.page_url) == (True, "executive", "https://acme.test/team")
    assert (role.first_seen_at, role.started_on, role.ended_at) == (MONDAY, "2019", None)


def test_what_another_source_said_ends_where_a_known_page_begins_to_show_it(store: Store) -> None:
    with store.session() as session:
        acme = company(session, "Acme")
        crawl(session, acme, *TEAM[1:], day=0)
        told(session, acme, ADA, day=3, source="registry", url="https://register.test/1")
        crawl(session, acme, *TEAM, day=7)
        old, new = roles(session)
    assert (old.own_page, old.ended_at, new.own_page, new.ended_at) == (False, MONDAY + timedelta(days=7), True, None)


@pytest.mark.parametrize("order", list(permutations(("page", "registry", "import"))))
def test_the_order_in_which_sources_are_read_changes_nothing(store: Store, order: tuple[Source, ...]) -> None:
    said = {"page": ADA, "registry": replace(ADA, section="board"), "import": replace(ADA, section="staff")}
    with store.session() as session:
        acme = company(session, "Acme")
        for day, source in enumerate(order):
            told(session, acme, said[source], day=day, source=source, url=f"https://{source}.test/")
        (role,) = roles(session)
    assert (role.own_page, role.section, role.page_url) == (True, "executive", "https://page.test/")


def test_who_is_not_on_the_own_page_any_more_is_not_brought_back_by_what_others_still_say(store: Store) -> None:
    with store.session() as session:
        acme = company(session, "Acme")
        for day, people in ((0, TEAM), (7, TEAM[1:]), (14, TEAM[1:])):
            crawl(session, acme, *people, day=day)
        told(session, acme, ADA, day=15, source="registry", url="https://register.test/1")
        assert [role.ended_at for role in roles(session)] == [MONDAY + timedelta(days=14)]
        told(session, acme, replace(ADA, since="2026-04"), day=60, source="registry", url="https://register.test/1")
        assert [role.ended_at is None for role in roles(session)] == [False, True], "it is dated later"


def test_the_users_own_word_brings_somebody_back(store: Store) -> None:
    with store.session() as session:
        acme = company(session, "Acme")
        for day, people in ((0, TEAM), (7, TEAM[1:]), (14, TEAM[1:])):
            crawl(session, acme, *people, day=day)
        told(session, acme, ADA, day=15, source="manual", url="https://note.test/1")
        assert [(role.term, role.own_page, role.ended_at is None) for role in roles(session)] == [
            (1, True, False),
            (2, False, True),
        ]


def test_the_absence_of_another_source_ends_nothing(store: Store) -> None:
    with store.session() as session:
        acme = company(session, "Acme")
        told(session, acme, ADA, day=0, source="registry", url="https://register.test/1")
        for day in (7, 14, 21):
            crawl(session, acme, *TEAM[1:], day=day)
        assert [(role.misses, role.ended_at) for role in roles(session)] == [(0, None)]
        assert session.exec(select(Move).where(Move.kind == "left")).all() == []


@pytest.mark.parametrize(
    ("first", "then", "kept"),
    [("2019", "2019-05", "2019-05"), ("2019-05", "2019", "2019-05"), ("2019", None, "2019"), ("2019", "2020", "2020")],
)
def test_the_most_exact_date_is_kept(store: Store, first: str, then: str | None, kept: str) -> None:
    with store.session() as session:
        acme = company(session, "Acme")
        crawl(session, acme, replace(ADA, since=first), *TEAM[1:], day=0)
        crawl(session, acme, replace(ADA, since=then), *TEAM[1:], day=7)
        assert [role.started_on for role in roles(session)] == [kept]


# --- pages ---------------------------------------------------------------------------------------------------------


def test_a_page_keeps_its_first_last_and_earlier_good_reading_under_any_spelling(store: Store) -> None:
    with store.session() as session:
        acme = company(session, "Acme")
        for day, url in enumerate(
            ("https://acme.test/team", "http://www.acme.test/team/", "https://acme.test/team?utm_x=1")
        ):
            told(session, acme, *TEAM, day=day, url=url)
        told(session, acme, ADA, day=3, whole=False)
        told(session, acme, ADA, day=4, source="registry")
        page = session.exec(select(LeaderPage)).one()
    times = (page.first_read_at, page.before_at, page.read_at)
    assert times == tuple(MONDAY + timedelta(days=day) for day in (0, 1, 2))
    assert (page.people, page.url) == (4, "https://acme.test/team?utm_x=1")


def test_who_changes_from_one_page_of_a_house_to_another_neither_left_nor_joined(store: Store) -> None:
    with store.session() as session:
        acme = company(session, "Acme")
        urls = ("https://acme.test/team", "https://acme.test/leadership")
        for day, shown in (
            (0, (TEAM, TEAM[:0])),
            (7, (TEAM[1:], (ADA, *TEAM[3:]))),
            (14, (TEAM[1:], (ADA, *TEAM[3:]))),
        ):
            now = MONDAY + timedelta(days=day)
            for url, people in zip(urls, shown, strict=True):
                told(session, acme, *people, day=day, url=url)
            read = tuple(url for url, people in zip(urls, shown, strict=True) if people)
            site = SiteItem(subject="acme", reason=None, pages=2, read_pages=read)
            finish_site(session, site, acme, kind="leaders", started_at=now, now=now)
            load_moves(session, now=now)
        assert session.exec(select(Move)).all() == []


# --- held for review ----------------------------------------------------------------------------------------------


def test_what_is_held_is_listed_with_what_was_lost_and_the_user_may_accept_it(store: Store) -> None:
    with store.session() as session:
        acme = company(session, "Acme")
        assert crawl(session, acme, *TEAM, day=0) is None
        assert held_sites(session) == []
        assert crawl(session, acme, ADA, day=7) == "held"
        (site,) = held_sites(session)
        assert (site.people_before, site.people, [role.name for role in site.lost]) == (
            4,
            1,
            ["Bo Ferrari", "Cyrus Lindqvist", "Eve Marsh"],
        )
        with pytest.raises(NotFoundError, match="Globex"):
            accept_held(session, "Globex", now=MONDAY)
        _, moves = accept_held(session, "ACME", now=MONDAY + timedelta(days=8))
        assert (moves, held_sites(session)) == (3, [])
        assert {move.kind for move in session.exec(select(Move))} == {"left"}
        assert crawl(session, acme, ADA, day=14) is None


def test_whom_a_held_crawl_shows_for_the_first_time_has_not_joined(store: Store) -> None:
    with store.session() as session:
        acme = company(session, "Acme")
        crawl(session, acme, *TEAM, day=0)
        stranger = PersonItem(name="Zeno Halloway", title="Chief Executive Officer")
        assert crawl(session, acme, stranger, day=7) == "held"
        crawl(session, acme, stranger, *TEAM, day=14)
        assert session.exec(select(Move)).all() == []


# --- there and back -----------------------------------------------------------------------------------------------


def test_there_and_back_and_there_again_are_three_moves_each_with_its_own_term(store: Store) -> None:
    with store.session() as session:
        sites = {"acme": company(session, "Acme"), "globex": company(session, "Globex")}
        others = {"acme": (BO, CY), "globex": (EVE, PersonItem(name="Fay Cole", title="CEO"))}
        ada = replace(ADA, links=("https://www.linkedin.com/in/ada-quist",))
        for day, at in ((0, "acme"), (7, "globex"), (14, "globex"), (21, "acme"), (28, "acme"), (35, "globex")):
            for key, subject in sites.items():
                crawl(session, subject, *((ada,) if key == at else ()), *others[key], day=day)
            load_moves(session, now=MONDAY + timedelta(days=day, hours=1))
        moves = session.exec(select(Move).order_by(col(Move.id))).all()
        terms = [(role.organisation, role.term) for role in roles(session)]
    assert [move.kind for move in moves] == ["moved"] * 3
    assert [move.after_url.split("/")[2] for move in moves] == ["globex.test", "acme.test", "globex.test"]
    assert all(move.before_url.split("/")[2] != move.after_url.split("/")[2] for move in moves)
    assert terms == [("Acme", 1), ("Globex", 1), ("Acme", 2), ("Globex", 2)]


# --- as it was ----------------------------------------------------------------------------------------------------

PAST = ("id", "name", "title", "organisation", "organization_id", "function", "level", "section", "current")
"""What a list of a past day says as it did then; rank, evidence and the user's own state are told as of today."""


def snapshot(session: Session, as_of: datetime | None = None, **asked: Any) -> list[dict[str, Any]]:
    lines = list_people(session, user=ensure_user(session), as_of=as_of, **asked)
    return [{key: asdict(line)[key] for key in PAST} for line in lines]


def test_any_past_day_is_told_as_it_was(store: Store) -> None:
    chance = random.Random(5)
    titles = ("Chief People Officer", "VP Sales", "Head of Product", "Director of Finance", "HR Manager")
    days: dict[int, list[list[dict[str, Any]]]] = {}
    asked: list[dict[str, Any]] = [{}, {"function": "hr"}, {"level": "vp"}]
    with store.session() as session:
        sites = [company(session, name) for name in ("Acme", "Globex", "Initech")]
        people = [
            PersonItem(name=f"{given} Quist", title=chance.choice(titles)) for given in ("Ada", "Bo", "Cy", "Di", "Em")
        ]
        for day in range(14):
            for subject in sites:
                shown = [replace(each, title=chance.choice(titles)) for each in people if chance.random() < 0.7]
                crawl(session, subject, *shown, PersonItem(name=f"Ceo {subject.name}", title="CEO"), day=day)
            if day % 3 == 0:
                told(session, sites[0], people[0], day=day, source="registry", url="https://register.test/1")
            days[day] = [snapshot(session, **each) for each in asked]
        assert max(role.term for name in ("Ada Quist", "Bo Quist") for role in roles(session, name)) >= 2
        for day, then in days.items():
            end = MONDAY + timedelta(days=day, hours=17)
            assert [snapshot(session, end, **each) for each in asked] == then, f"day {day}"
        assert snapshot(session, MONDAY - timedelta(days=1)) == []


def test_what_the_user_did_later_is_left_out_of_a_past_day(store: Store) -> None:
    with store.session() as session:
        crawl(session, company(session, "Acme"), *TEAM, day=0)
        user, (ada,) = ensure_user(session), session.exec(select(Person.id).where(Person.name == ADA.name)).all()
        follow_people(session, user, [ada or 0], now=MONDAY + timedelta(days=5))

        def states(day: int) -> set[tuple[str | None, str | None]]:
            lines = list_people(session, user=user, ids=[ada or 0], as_of=MONDAY + timedelta(days=day))
            return {(line.state, line.since) for line in lines}

        assert states(3) == {(None, None)}
        assert states(6) == {("followed", "2026-03-07T06:00:00Z")}
