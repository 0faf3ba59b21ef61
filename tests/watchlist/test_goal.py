from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from tests.watchlist.world import START, World
from watchlist.errors import NotFoundError, UsageError
from watchlist.follow import ensure_user
from watchlist.goal import current_goal, goal_json, list_goals, require_goal, set_goal, steps_above
from watchlist.models import CompanyList, Goal, User
from watchlist.store import Store


def with_list(store: Store) -> None:
    with store.session() as session:
        World(session).company("Acme", 1)
        ensure_user(session)


def set_one(store: Store, **values: Any) -> dict[str, Any]:
    given: dict[str, Any] = {
        "current_title": "HR manager",
        "target_title": "HR director of an IT company",
        "list_key": "it",
        "now": START,
    } | values
    with store.session() as session:
        return goal_json(session, set_goal(session, ensure_user(session), **given))


def test_function_and_level_are_read_from_the_target_title(store: Store) -> None:
    with_list(store)
    assert set_one(store) == {
        "name": "main",
        "current_title": "HR manager",
        "current_level": "manager",
        "target_title": "HR director of an IT company",
        "function": "hr",
        "level": "director",
        "field": "it",
        "list": "it",
        "follow": "none",
        "created_at": "2026-03-01T08:00:00Z",
    }


@pytest.mark.parametrize(
    ("title", "function", "level"),
    [
        ("Chief Financial Officer", "finance", "c_level"),
        ("VP of Engineering", "engineering", "vp"),
        ("Leiterin Personal", "hr", "head"),
    ],
)
def test_other_titles_are_read_as_well(store: Store, title: str, function: str, level: str) -> None:
    with_list(store)
    found = set_one(store, target_title=title)
    assert (found["function"], found["level"]) == (function, level)


def test_what_is_given_goes_before_what_is_read(store: Store) -> None:
    with_list(store)
    found = set_one(store, target_title="the boss", function="sales", level="vp", field="saas", follow="goal")
    assert (found["function"], found["level"], found["field"], found["follow"]) == ("sales", "vp", "saas", "goal")


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"target_title": "xyzzy"}, "'xyzzy' does not tell the function (say it with --function, one of general, hr,"),
        (
            {"target_title": "xyzzy", "function": "hr"},
            "does not tell the level (say it with --level, one of ic, senior_ic, manager, head, director, vp, c_level)",
        ),
        ({"function": "people"}, "no function is called 'people' (--function is one of general, hr, engineering,"),
        ({"level": "boss"}, "no level is called 'boss' (--level is one of ic, senior_ic,"),
        ({"level": "board"}, "no level is called 'board'"),
        ({"follow": "some"}, "no follow is called 'some' (--follow is one of goal, all, none)"),
        ({"current_title": " "}, "the current title is empty"),
        ({"target_title": ""}, "the target title is empty"),
        ({"list_key": "law"}, "edtech, finance, healthcare, it"),
    ],
)
def test_a_goal_that_cannot_be_understood_is_refused_with_the_words_to_use(
    store: Store, values: dict[str, Any], words: str
) -> None:
    with_list(store)
    with pytest.raises(UsageError) as caught:
        set_one(store, **values)
    assert words in str(caught.value)
    with store.session() as session:
        assert session.exec(select(Goal)).all() == []


def test_an_unknown_list_is_something_not_found(store: Store) -> None:
    with_list(store)
    with pytest.raises(NotFoundError):
        set_one(store, list_key="law")


def test_setting_a_goal_again_replaces_it_and_makes_it_the_current_one(store: Store) -> None:
    with_list(store)
    set_one(store, name="first")
    set_one(store, name="second", now=START + timedelta(days=1))
    with store.session() as session:
        user = ensure_user(session)
        assert [goal.name for goal in list_goals(session, user)] == ["second", "first"]
        assert require_goal(session, user).name == "second"
        assert require_goal(session, user, "first").target_title == "HR director of an IT company"
    set_one(store, name="first", target_title="Chief People Officer", now=START + timedelta(days=2))
    with store.session() as session:
        current = current_goal(session, ensure_user(session))
        assert current is not None
        assert (current.name, current.level) == ("first", "c_level")
        assert len(session.exec(select(Goal)).all()) == 2


def test_in_one_session_the_replaced_goal_is_seen_as_it_is_now(store: Store) -> None:
    with_list(store)
    with store.session() as session:
        user = ensure_user(session)
        titles: dict[str, Any] = {"current_title": "HR manager", "list_key": "it", "now": START}
        first = set_goal(session, user, target_title="HR director", **titles)
        again = set_goal(session, user, target_title="Chief People Officer", **titles)
    assert first is again
    assert again.level == "c_level"
    # still readable when the session is over
    assert user.name == "me"


def test_without_a_goal_one_line_says_how_to_set_one(store: Store) -> None:
    with_list(store)
    with store.session() as session:
        user = ensure_user(session)
        assert current_goal(session, user) is None
        with pytest.raises(NotFoundError, match=r"there is no goal yet.*mentorwatch goal set --from") as caught:
            require_goal(session, user)
    assert "\n" not in str(caught.value)
    set_one(store)
    with store.session() as session, pytest.raises(NotFoundError, match=r"no goal is called 'x' .*main"):
        require_goal(session, ensure_user(session), "x")


def test_a_goal_of_somebody_else_is_not_mine(store: Store) -> None:
    with_list(store)
    set_one(store)
    with store.session() as session:
        other = User(name="other", created_at=START)
        session.add(other)
        session.flush()
        assert current_goal(session, other) is None


@pytest.mark.parametrize(
    ("title", "level", "steps"),
    [
        ("HR manager", "director", 2),
        ("HR manager", "manager", 0),
        ("Chief People Officer", "manager", -4),
        ("HR manager", "board", None),
        ("HR manager", None, None),
        ("xyzzy", "director", None),
    ],
)
def test_career_distance_is_counted_in_steps_of_the_ladder(title: str, level: str | None, steps: int | None) -> None:
    goal = Goal(
        user_id=1,
        name="main",
        current_title=title,
        target_title="HR director",
        function="hr",
        level="director",
        list_id=1,
        created_at=START,
    )
    assert steps_above(goal, level) == steps


def test_a_goal_goes_with_its_list(store: Store) -> None:
    with_list(store)
    set_one(store)
    with store.session() as session:
        session.delete(session.exec(select(CompanyList)).one())
    with store.session() as session:
        assert session.exec(select(Goal)).all() == []
