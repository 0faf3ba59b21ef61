from __future__ import annotations

from datetime import timedelta

import pytest
from sqlmodel import Session

from tests.watchlist.world import START, World
from watchlist.errors import UsageError
from watchlist.follow import (
    Noted,
    count_states,
    ensure_user,
    follow_people,
    note_new_people,
    people_in,
    propose_follows,
    state_of,
    unfollow_people,
)
from watchlist.models import Goal
from watchlist.store import Store

HR_AT_ACME, IT_AT_ACME, HR_ELSEWHERE = 1, 2, 3


def fill(session: Session, follow: str = "goal") -> Goal:
    """Somebody of the goal's function on its list, somebody of another there, somebody of the function elsewhere."""
    world = World(session)
    acme, other = world.company("Acme", 1), world.company("Bolt", 1, on="finance")
    for name, organization, function in (
        ("Vera Nowak", acme, "hr"),
        ("Omar Haddad", acme, "it"),
        ("Lena Fischer", other, "hr"),
    ):
        world.position(world.person(name), "X", "Director", function, "director", organization_id=organization)
    goal = Goal(
        user_id=ensure_user(session).id or 0,
        name="HR director",
        current_title="HR manager",
        target_title="HR director",
        function="hr",
        level="director",
        list_id=1,
        follow=follow,
        created_at=START,
    )
    world.add(goal)
    return goal


def test_the_user_is_made_once(store: Store) -> None:
    with store.session() as session:
        first = ensure_user(session)
        assert ensure_user(session).id == first.id
        assert first.name == "me"


def test_nobody_is_followed_unless_the_user_says_so(store: Store) -> None:
    with store.session() as session:
        fill(session)
        user = ensure_user(session)
        assert state_of(session, user, HR_AT_ACME) == "known"
        assert people_in(session, user, "followed") == []
        assert follow_people(session, user, [HR_AT_ACME, IT_AT_ACME], now=START) == 2
        assert follow_people(session, user, [HR_AT_ACME], now=START + timedelta(days=1)) == 0
        assert unfollow_people(session, user, [IT_AT_ACME], now=START) == 1
        assert people_in(session, user, "followed") == [HR_AT_ACME]
        assert state_of(session, user, IT_AT_ACME) == "unfollowed"
        assert count_states(session, user) == {"known": 1, "candidate": 0, "followed": 1, "unfollowed": 1}


def test_following_again_keeps_since_when(store: Store) -> None:
    with store.session() as session:
        fill(session)
        user = ensure_user(session)
        follow_people(session, user, [IT_AT_ACME], now=START)
        follow_people(session, user, [HR_AT_ACME], now=START + timedelta(days=1))
        follow_people(session, user, [IT_AT_ACME], now=START + timedelta(days=2))
        assert people_in(session, user, "followed") == [IT_AT_ACME, HR_AT_ACME]


def test_nobody_with_an_unknown_id_is_followed(store: Store) -> None:
    with store.session() as session:
        fill(session)
        user = ensure_user(session)
        with pytest.raises(UsageError, match="nobody has the id 77"):
            follow_people(session, user, [HR_AT_ACME, 77], now=START)
        assert people_in(session, user, "followed") == []


def test_people_of_the_goals_function_on_its_list_are_proposed(store: Store) -> None:
    with store.session() as session:
        goal = fill(session)
        assert [line.id for line in propose_follows(session, goal)] == [HR_AT_ACME]
        unfollow_people(session, ensure_user(session), [HR_AT_ACME], now=START)
        assert propose_follows(session, goal) == [], "who was let go is not proposed again"


@pytest.mark.parametrize(
    ("follow", "noted", "followed"),
    [
        ("goal", Noted(1, 0), [HR_AT_ACME]),
        ("all", Noted(2, 0), [HR_AT_ACME, IT_AT_ACME]),
        ("none", Noted(0, 1), []),
    ],
)
def test_a_first_crawl_follows_what_the_user_agreed_to(
    store: Store, follow: str, noted: Noted, followed: list[int]
) -> None:
    with store.session() as session:
        goal = fill(session, follow)
        assert note_new_people(session, goal, first_crawl=True, now=START) == noted
        assert people_in(session, ensure_user(session), "followed") == followed


@pytest.mark.parametrize("follow", ["goal", "all", "none"])
def test_later_finds_wait_as_candidates_and_no_answer_is_changed(store: Store, follow: str) -> None:
    with store.session() as session:
        goal = fill(session, follow)
        user = ensure_user(session)
        assert note_new_people(session, goal, first_crawl=False, now=START) == Noted(0, 1)
        assert people_in(session, user, "candidate") == [HR_AT_ACME]
        assert note_new_people(session, goal, first_crawl=False, now=START) == Noted(0, 0)
        unfollow_people(session, user, [HR_AT_ACME], now=START)
        assert note_new_people(session, goal, first_crawl=True, now=START).candidates == 0
        assert state_of(session, user, HR_AT_ACME) == "unfollowed"
