from __future__ import annotations

import json
from dataclasses import asdict
from datetime import timedelta
from typing import Any

import pytest

from tests.watchlist.world import START, World
from watchlist.errors import NotFoundError
from watchlist.follow import ensure_user, follow_people
from watchlist.models import Follow
from watchlist.people import PersonLine, list_moves, list_people, show_person
from watchlist.store import Store


def fill(store: Store) -> dict[str, int]:
    """Four people: two at listed companies, one elsewhere, one who only speaks."""
    with store.session() as session:
        world = World(session)
        acme, bolt = world.company("Acme", 2), world.company("Bolt", 1)
        vera = world.person("Vera Nowak")
        world.position(vera, "Acme", "Member of the board", "governance", "board", organization_id=acme)
        world.position(vera, "Acme", "Chief People Officer", "hr", "c_level", organization_id=acme)
        world.position(vera, "Bolt", "CEO", "general", "c_level", organization_id=bolt, ended_at=START)
        omar = world.person("Omar Haddad")
        world.position(omar, "Bolt", "HR Director", "hr", "director", organization_id=bolt)
        lena = world.person("Lena Fischer")
        world.position(lena, "Nowhere Ltd", "", "other", "none")
        speaker = world.person("Ana Souza")
        world.talk(speaker, "DevDays", "On hiring")
        follow_people(session, ensure_user(session), [omar], now=START)
    return {"vera": vera, "omar": omar, "lena": lena, "ana": speaker}


def listed(store: Store, **asked: Any) -> list[PersonLine]:
    with store.session() as session:
        return list_people(session, user=ensure_user(session), **asked)


def names(lines: list[PersonLine]) -> list[str]:
    return [line.name.split()[0] for line in lines]


def test_everybody_is_listed_once_best_rank_first_with_the_role_that_counts(store: Store) -> None:
    fill(store)
    lines = listed(store)
    assert names(lines) == ["Omar", "Vera", "Ana", "Lena"]
    by_name = {line.name: line for line in lines}
    vera = by_name["Vera Nowak"]
    assert (vera.title, vera.organisation, vera.rank, vera.current) == ("Chief People Officer", "Acme", 2, True)
    assert (by_name["Lena Fischer"].title, by_name["Lena Fischer"].rank) == (None, None)
    assert by_name["Ana Souza"].organisation is None


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"function": "hr"}, ["Omar", "Vera"]),
        ({"function": "hr", "level": "c_level"}, ["Vera"]),
        ({"function": "general"}, []),
        ({"level": "board"}, ["Vera"]),
        ({"list_key": "it"}, ["Omar", "Vera"]),
        ({"list_key": "finance"}, []),
        ({"state": "followed"}, ["Omar"]),
        ({"state": "known"}, ["Vera", "Ana", "Lena"]),
        ({"ids": [1]}, ["Vera"]),
        ({"ids": []}, []),
    ],
)
def test_what_is_asked_narrows_the_list(store: Store, asked: dict[str, Any], expected: list[str]) -> None:
    fill(store)
    assert names(listed(store, **asked)) == expected


def test_the_role_asked_for_is_the_one_shown(store: Store) -> None:
    fill(store)
    assert [line.title for line in listed(store, level="board")] == ["Member of the board"]


def test_somebody_whose_roles_all_ended_is_still_listed_with_the_last(store: Store) -> None:
    with store.session() as session:
        world = World(session)
        person = world.person("Vera Nowak")
        world.position(person, "Acme", "CTO", "engineering", "c_level", ended_at=START, seen_at=START)
    line = listed(store)[0]
    assert (line.title, line.current) == ("CTO", False)
    assert listed(store, function="engineering") == []


def test_another_users_follows_are_not_ours(store: Store) -> None:
    people = fill(store)
    with store.session() as session:
        other = session.get_one(Follow, 1)
        other.user_id = World(session).add(type(ensure_user(session))(name="other", created_at=START))
        session.add(other)
    assert {line.state for line in listed(store) if line.id == people["omar"]} == {"known"}


def test_a_line_is_json_with_every_key_and_z_times(store: Store) -> None:
    people = fill(store)
    with store.session() as session:
        world = World(session, records=100)
        world.entry(world.feed("https://omar.test/feed", person_id=people["omar"]), "Hello", age_days=1)
    line = json.loads(json.dumps(asdict(listed(store, state="followed")[0])))
    assert line == {
        "id": people["omar"],
        "name": "Omar Haddad",
        "title": "HR Director",
        "organisation": "Bolt",
        "organization_id": 2,
        "rank": 1,
        "function": "hr",
        "level": "director",
        "section": "executive",
        "current": True,
        "state": "followed",
        "since": "2026-03-01T08:00:00Z",
        "last_entry_at": "2026-02-28T08:00:00Z",
        "evidence_url": "https://acme.test/team",
    }


def test_a_person_is_shown_with_the_evidence_of_every_fact(store: Store) -> None:
    with store.session() as session:
        world = World(session)
        acme = world.company("Acme", 1)
        vera = world.person("Vera Nowak")
        old = world.position(vera, "Bolt", "CTO", "engineering", "c_level", ended_at=START)
        new = world.position(vera, "Acme", "CEO", "general", "c_level", organization_id=acme)
        world.move(vera, old, new)
        world.profile(vera, "https://vera.test/")
        world.talk(vera, "DevDays", "")
        feed = world.feed("https://vera.test/feed", person_id=vera)
        for number in range(25):
            world.entry(feed, f"Post {number}", age_days=number)
    with store.session() as session:
        page = asdict(show_person(session, "Vera Nowak", user=ensure_user(session)))
    evidence = [page["evidence"], *(part["evidence"] for part in page["positions"] + page["profiles"] + page["talks"])]
    assert len(evidence) == 5
    for each in evidence:
        assert each["url"].startswith("https://acme.test/team?")
        assert each["fetched_at"] == "2026-03-01T08:00:00Z"
        assert each["excerpt"] == "Vera Nowak, on the page"
        assert each["reader"] == "cards"
    assert [entry["title"] for entry in page["entries"]] == [f"Post {number}" for number in range(20)]
    assert page["talks"][0]["title"] is None
    move = page["moves"][0]
    assert (move["from"]["organisation"], move["to"]["organisation"], move["kind"]) == ("Bolt", "Acme", "moved")
    assert (page["state"], page["since"]) == ("known", None)
    assert [feed["url"] for feed in page["feeds"]] == ["https://vera.test/feed"]
    assert json.loads(json.dumps(page)) == page


def test_a_person_is_named_by_id_or_name(store: Store) -> None:
    people = fill(store)
    with store.session() as session:
        user = ensure_user(session)
        for ref in (people["vera"], str(people["vera"]), "Vera Nowak"):
            assert show_person(session, ref, user=user).name == "Vera Nowak"


def test_namesakes_are_listed_with_their_ids(store: Store) -> None:
    with store.session() as session:
        world = World(session)
        for company in ("Acme", "Bolt"):
            world.position(world.person("Vera Nowak"), company, "CEO", "general", "c_level")
    with store.session() as session, pytest.raises(NotFoundError, match=r"2 people .*1 Vera.*Acme.*2 Vera.*Bolt"):
        show_person(session, "Vera Nowak", user=ensure_user(session))


@pytest.mark.parametrize("ref", ["Nobody Atall", "999", "99999999999999999999", "", "%", "²"])
def test_nothing_is_held_about_a_stranger(store: Store, ref: str) -> None:
    fill(store)
    with store.session() as session, pytest.raises(NotFoundError, match="nothing is held"):
        show_person(session, ref, user=ensure_user(session))


def test_the_newer_role_of_the_same_height_counts(store: Store) -> None:
    with store.session() as session:
        world = World(session)
        person = world.person("Vera Nowak")
        later = START + timedelta(days=1)
        world.position(person, "Bolt", "CTO", "engineering", "c_level", first_seen_at=later, seen_at=later)
        world.position(person, "Acme", "CEO", "general", "c_level", seen_at=later)
    assert [line.organisation for line in listed(store)] == ["Bolt"]


def test_moves_are_listed_newest_first_with_the_page_behind_each_side(store: Store) -> None:
    with store.session() as session:
        world = World(session)
        acme = world.company("Acme", 1)
        vera, omar = world.person("Vera Nowak"), world.person("Omar Haddad")
        old = world.position(vera, "Acme", "HR Manager", "hr", "manager", organization_id=acme)
        new = world.position(omar, "Acme", "HR Director", "hr", "director", organization_id=acme)
        world.move(vera, old, None, kind="left")
        world.move(omar, None, new, kind="joined")
        joined, left = list_moves(session)
        assert (joined.name, joined.before.title, joined.after.title) == ("Omar Haddad", None, "HR Director")
        assert (left.before.organisation, left.after.organisation, left.after.url) == ("Acme", None, left.before.url)
        assert list_moves(session, since=START + timedelta(days=1)) == []
        assert [line.kind for line in list_moves(session, person_id=vera)] == ["left"]
        page = show_person(session, vera, user=ensure_user(session))
        assert (page.moves[0]["to"], page.moves[0]["after"]["url"]) == (None, "https://acme.test/team")
