from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.watchlist.digest.sample import SINCE, UNTIL, facts, move, person, post, role, settings, source
from watchlist.digest.compose import build_digest
from watchlist.digest.facts import CandidateFacts
from watchlist.digest.view import DigestView


def build(*, set_: dict[str, Any] | None = None, **values: Any) -> DigestView:
    return build_digest(facts(**values), settings(**set_ or {}))


def candidates(number: int) -> tuple[CandidateFacts, ...]:
    return tuple(CandidateFacts(person_id=900 + each, name=f"Omar {each}", role=role()) for each in range(number))


def lines_of(view: DigestView) -> int:
    shown = sum(len(block.items) for block in view.people)
    return shown + len(view.moves) + len(view.candidates) + len(view.sources)


def test_a_quiet_day_is_one_line() -> None:
    view = build()
    assert view.empty
    assert view.headline == view.subject == "nothing new from the 12 people you follow"
    assert build(followed=1).headline == "nothing new from the 1 person you follow"
    assert build(followed=0).headline == "you follow nobody yet"


def test_the_subject_counts_and_names_the_top_event() -> None:
    people = (person(1, "Ada Lee"), person(2, "Bea Okafor"))
    posts = (post(1, 2, "On pay"), post(2, 2))
    view = build(people=people, items=posts, moves=(move(1, 1),))
    assert view.subject == "1 move, 2 posts: Ada Lee joins Bolt as CHRO"
    assert view.headline == "1 move and 2 posts from 2 of the 12 people you follow"
    assert not view.empty
    assert build(people=people, moves=(move(1, 1, kind="new_role"),)).subject == "1 move: Ada Lee is now CHRO at Bolt"
    assert build(people=people, items=posts[:1]).subject == "1 post: Bea Okafor, “On pay”"


def test_a_hostile_subject_stays_one_short_line() -> None:
    view = build(people=(person(1, "Eve\r\nBcc: all@mail.test " * 20),), items=(post(1, 1, "x" * 500),))
    assert "\n" not in view.subject
    assert len(view.subject) <= 150


def test_only_new_candidates_are_news_too() -> None:
    view = build(candidates=candidates(2), waiting=3)
    assert not view.empty
    assert view.subject == "nothing new from the 12 people you follow, and 2 new candidates"
    assert [line.name for line in view.candidates] == ["Omar 0", "Omar 1"]


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("moved", "Ada Lee joins Bolt as CHRO"),
        ("joined", "Ada Lee joins Bolt as CHRO"),
        ("left", "Ada Lee leaves Acme"),
        ("promoted", "Ada Lee is now CHRO at Bolt"),
        ("retitled", "Ada Lee is now CHRO at Bolt"),
    ],
)
def test_every_kind_of_move_has_its_words(kind: str, words: str) -> None:
    assert build(people=(person(1, "Ada Lee"),), moves=(move(1, 1, kind=kind),)).subject == f"1 move: {words}"


def test_who_goes_elsewhere_comes_before_who_stays() -> None:
    people = tuple(person(number) for number in range(1, 5))
    kinds = ("retitled", "promoted", "left", "moved")
    view = build(people=people, moves=tuple(move(number, number, kind=kind) for number, kind in enumerate(kinds, 1)))
    assert [line.kind for line in view.moves] == ["moved", "left", "promoted", "retitled"]


def test_a_move_shows_both_roles_with_their_pages() -> None:
    (line,) = build(people=(person(1, "Ada Lee"),), moves=(move(1, 1),)).moves
    assert (line.before.title, line.before.organisation, line.before.url) == (
        "HR Director",
        "Acme",
        "https://acme.test/team",
    )
    assert (line.after.title, line.after.organisation, line.after.url) == ("CHRO", "Bolt", "https://bolt.test/team")


def test_a_person_shows_three_items_newest_first_and_counts_the_rest() -> None:
    items = tuple(post(number, 1, published=UNTIL - timedelta(hours=number)) for number in (4, 2, 5, 1, 3))
    (block,) = build(people=(person(1),), items=items).people
    assert [item.title for item in block.items] == ["Thought 1", "Thought 2", "Thought 3"]
    assert block.more == 2


def test_a_post_that_came_by_two_feeds_of_a_person_is_shown_once() -> None:
    items = (post(1, 1, url="https://blog.test/a"), post(2, 1, url="https://blog.test/a"), post(3, 1, url=None))
    (block,) = build(people=(person(1),), items=items).people
    assert len(block.items) == 2
    assert block.more == 0


def test_two_talks_at_one_event_are_two_items() -> None:
    items = tuple(post(number, 1, kind="talk", url="https://conf.test/") for number in (1, 2))
    view = build(people=(person(1),), items=items)
    assert len(view.people[0].items) == 2
    assert view.subject.startswith("2 talks: ")


def test_who_was_silent_longest_comes_first_and_gets_a_badge() -> None:
    people = (person(1, silent_days=2), person(2, silent_days=64), person(3), person(4, silent_days=40))
    view = build(people=people, items=tuple(post(number, number, published=SINCE) for number in range(1, 5)))
    assert [block.person_id for block in view.people] == [2, 4, 1, 3]
    assert [block.badge for block in view.people] == ["first post in 64 days", "first post in 40 days", None, None]


def test_a_talk_is_no_first_post() -> None:
    view = build(people=(person(1, silent_days=64),), items=(post(1, 1, kind="talk"),))
    assert view.people[0].badge is None


def test_a_busy_person_does_not_crowd_out_the_others() -> None:
    people = tuple(person(number) for number in range(1, 11))
    items = tuple(post(number * 100 + each, number) for number in range(1, 11) for each in range(9))
    view = build(people=people, items=items, set_={"max_items": 12, "items_per_person": 9})
    assert sorted(len(block.items) for block in view.people) == [1] * 8 + [2] * 2
    assert sum(block.more for block in view.people) == 90 - 12


def test_people_without_room_are_named_with_their_counts() -> None:
    people = tuple(person(number) for number in range(1, 81))
    view = build(people=people, items=tuple(post(number, number) for number in range(1, 81)))
    assert len(view.people) == 40
    assert all(other.items == 1 for other in view.others)
    assert len(view.people) + len(view.others) + view.more_others == 80
    assert view.totals.posts == 80


def test_sources_that_changed_last_come_first_and_are_marked() -> None:
    bad = (source(1, days=9), source(2, since=UNTIL - timedelta(hours=2), state="gone", reason="http_410"), source(3))
    view = build(bad_sources=bad)
    assert [(line.title, line.fresh) for line in view.sources] == [
        ("Feed 2", True),
        ("Feed 3", False),
        ("Feed 1", False),
    ]
    assert view.sources[0].why == "the site says it is gone for good"
    assert view.empty


def test_many_bad_sources_take_no_room_from_the_people() -> None:
    people = tuple(person(number) for number in range(1, 61))
    view = build(
        people=people,
        items=tuple(post(number, number) for number in range(1, 61)),
        bad_sources=tuple(source(number) for number in range(50)),
    )
    assert len(view.sources) == 8
    assert view.more_sources == 42
    assert len(view.people) == 32


@given(
    counts=st.lists(st.integers(1, 6), max_size=60),
    moved=st.integers(0, 60),
    proposed=st.integers(0, 5),
    bad=st.integers(0, 60),
    most=st.integers(5, 60),
)
def test_never_more_lines_than_allowed_and_nothing_uncounted(
    counts: list[int], moved: int, proposed: int, bad: int, most: int
) -> None:
    view = build(
        people=tuple(person(number) for number in range(61)),
        items=tuple(post(who * 10 + each, who) for who, number in enumerate(counts) for each in range(number)),
        moves=tuple(move(number, number) for number in range(moved)),
        candidates=candidates(proposed),
        bad_sources=tuple(source(number) for number in range(bad)),
        set_={"max_items": most},
    )
    assert lines_of(view) <= most
    assert len(view.candidates) == proposed  # each is proposed once, so none may be left out
    assert len(view.moves) + view.more_moves == moved
    assert len(view.sources) + view.more_sources == bad
    named = sum(len(block.items) + block.more for block in view.people) + sum(other.items for other in view.others)
    unnamed = 60 if view.more_others else 0
    assert named <= sum(counts) <= named + unnamed * 6
    assert view.totals.posts == sum(counts)
