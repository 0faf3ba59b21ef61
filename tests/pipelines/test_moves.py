"""Role changes: what counts as one and, above all, what does not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.lexicon.titles import read_title
from pipelines.moves import HeldPosition, RoleChange, find_moves

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)
NOW = MONDAY + timedelta(days=70)


def held(
    id_: int,
    organisation: str = "acme",
    *,
    person: int = 1,
    day: int = 0,
    seen: int | None = None,
    missed: bool = False,
    ended: bool = False,
    title: str = "HR Manager",
    name: str | None = None,
    **values: Any,
) -> HeldPosition:
    """A position on a page that is read each week; `missed` by the last reading, `ended` by two."""
    reading = read_title(title)
    name = name or f"Ada Quist {person}"
    plain: dict[str, Any] = {
        "section": "executive",
        "function": reading.function,
        "level": reading.level,
        "language": reading.language,
        "arrived": day > 0,
        "dropped": missed or ended,
        "ended_at": NOW - timedelta(days=1) if ended else None,
    }
    return HeldPosition(
        id=id_,
        person_id=person,
        name=name,
        name_key=name.lower(),
        organisation_key=organisation,
        title=title,
        first_seen_at=MONDAY + timedelta(days=day),
        seen_at=MONDAY + timedelta(days=(day if missed or ended else 69) if seen is None else seen),
        missed=missed or ended,
        **{**plain, **values},
    )


def moves(*positions: HeldPosition, told: tuple[RoleChange, ...] = ()) -> tuple[RoleChange, ...]:
    return find_moves(positions, told, now=NOW)


def kinds(*positions: HeldPosition, told: tuple[RoleChange, ...] = ()) -> list[str]:
    return [change.kind for change in moves(*positions, told=told)]


def test_left_one_page_and_appeared_on_another_is_one_move() -> None:
    expected = RoleChange(person_id=1, kind="moved", from_position_id=1, to_position_id=2)
    assert moves(held(1, missed=True), held(2, "globex", day=63)) == (expected,)
    assert moves(held(1, ended=True), held(2, "globex", day=63)) == (expected,)


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("HR Manager", "VP Human Resources", "promoted"),
        ("HR Manager", "Head of Marketing", "promoted"),
        ("HR Manager", "Marketing Manager", "new_role"),
        ("VP Sales", "Sales Manager", "new_role"),
    ],
)
def test_another_role_in_the_same_house_is_told_at_the_first_reading(before: str, after: str, kind: str) -> None:
    assert kinds(held(1, missed=True, title=before), held(2, day=63, title=after)) == [kind]


@pytest.mark.parametrize(
    ("before", "after"),
    [("VP Sales", "SVP Sales"), ("Head of People", "Head of Talent"), ("Interim CFO", "CFO"), ("CFO", "CFO and COO")],
)
def test_another_title_at_the_same_height_is_told_when_it_was_read_twice(before: str, after: str) -> None:
    assert kinds(held(1, missed=True, title=before), held(2, day=63, title=after)) == []
    assert kinds(held(1, ended=True, title=before), held(2, day=63, title=after)) == ["retitled"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("VP, Sales", "Vice President of Sales"),
        ("CHRO", "Chief Human Resources Officer"),
        ("Sr. Director, Ops", "Senior Director of Operations"),
        ("CFO", "EVP & CFO"),
        ("Chief Financial Officer", "CHIEF FINANCIAL OFFICER"),
        ("Head of HR", "Leiterin Personal"),
        ("Chief Executive Officer", "Directrice générale"),
        ("CFO", ""),
        ("CFO", "Berlin"),
    ],
)
def test_the_same_role_in_other_words_is_nothing(before: str, after: str) -> None:
    assert kinds(held(1, ended=True, title=before), held(2, day=63, title=after)) == []
    assert kinds(held(1, ended=True, title=after), held(2, day=63, title=before)) == []


def test_a_title_of_which_a_part_is_missing_is_believed_when_it_was_read_twice() -> None:
    assert kinds(held(1, missed=True, title="Director"), held(2, day=63, title="Director of Finance")) == []
    assert kinds(held(1, ended=True, title="Director"), held(2, day=63, title="Director of Finance")) == ["new_role"]


def test_a_page_that_words_many_titles_anew_promotes_nobody() -> None:
    people = [
        held(10 * person + place, person=person, day=63 * place, missed=not place, title=title)
        for person in range(1, 6)
        for place, title in enumerate(("HR Manager", "VP Marketing"))
    ]
    assert kinds(*people) == []
    stay = [held(100 + person, person=10 + person) for person in range(12)]
    assert kinds(*people[:2], *stay) == ["promoted"]


def test_titles_that_only_change_hands_are_a_page_read_out_of_step() -> None:
    a, b = "HR Manager", "VP Marketing"
    swapped = [held(1, missed=True, title=a), held(2, day=63, title=b)]
    swapped += [held(3, person=2, missed=True, title=b), held(4, person=2, day=63, title=a)]
    assert kinds(*swapped) == []
    successor = [held(1, missed=True, title=a), held(2, day=63, title="COO")]
    successor += [held(3, person=2, missed=True, title="Recruiter"), held(4, person=2, day=63, title=a)]
    assert len(kinds(*successor)) == 2


def test_still_shown_at_the_old_place_waits_and_is_a_second_job_at_last() -> None:
    assert kinds(held(1), held(2, "globex", day=63)) == []
    assert kinds(held(1), held(2, "globex", day=7)) == ["joined"]


def test_gone_without_a_new_place_has_left_after_two_good_readings() -> None:
    assert kinds(held(1, missed=True)) == []
    assert moves(held(1, ended=True)) == (RoleChange(person_id=1, kind="left", from_position_id=1),)
    assert kinds(held(1, ended=True, dropped=False)) == [], "the page is gone: nobody read it without them"
    assert kinds(held(1, ended=True), held(2, title="Head of HR")) == [], "another page of the house shows them"


def test_new_on_a_page_that_was_read_before_has_joined() -> None:
    assert moves(held(1, day=63)) == (RoleChange(person_id=1, kind="joined", to_position_id=1),)
    assert kinds(held(1, day=63, arrived=False)) == [], "a newly found page is a baseline"
    assert kinds(held(1, day=63), held(2, day=0, title="Head of HR")) == [], "another page showed them before"


def test_an_older_role_elsewhere_is_not_where_somebody_went() -> None:
    assert kinds(held(1, "acme", day=7, missed=True), held(2, "globex")) == []


def test_a_seat_on_a_board_is_no_employment() -> None:
    seat = held(2, "globex", day=63, section="board")
    assert kinds(held(1, missed=True), seat) == ["joined"]
    assert kinds(held(1, ended=True), seat) == ["joined", "left"]
    assert kinds(held(1, ended=True, section="board"), seat) == ["moved"]


NAMED = {"name": "Ada Quist"}


def test_who_left_and_who_came_under_one_name_is_one_move_where_it_can_be_only_one() -> None:
    left, came = held(1, missed=True, **NAMED), held(2, "globex", person=2, day=63, **NAMED)
    assert moves(left, came) == (RoleChange(person_id=1, kind="moved", from_position_id=1, to_position_id=2),)
    third = held(3, "initech", person=3, day=63, **NAMED)
    assert kinds(left, came, third) == ["joined", "joined"]
    elsewhere = held(2, "globex", person=2, day=63, title="Sales Manager", **NAMED)
    assert kinds(left, elsewhere) == ["joined"], "the name alone proves nothing"


def test_a_clash_of_middle_initials_keeps_namesakes_apart() -> None:
    left = replace(held(1, missed=True, name="Ada T. Quist"), name_key="ada quist")
    came = replace(held(2, "globex", person=2, day=63, name="Ada P. Quist"), name_key="ada quist")
    assert kinds(left, came) == ["joined"]


def test_a_namesake_whose_page_was_not_read_since_may_still_be_the_one() -> None:
    came = held(2, "globex", person=2, day=63, **NAMED)
    assert kinds(held(1, seen=62, **NAMED), came) == []
    assert kinds(held(1, seen=64, **NAMED), came) == ["joined"]


def test_there_and_back_and_there_again_are_three_moves() -> None:
    first = [held(1, missed=True), held(2, "globex", day=14)]
    told = moves(*first)
    second = [held(1, ended=True, seen=7), held(2, "globex", day=14, missed=True), held(3, day=35)]
    told += moves(*second, told=told)
    third = [held(1, ended=True, seen=7), held(2, "globex", day=14, seen=28, ended=True)]
    third += [held(3, day=35, missed=True), held(4, "globex", day=63)]
    told += moves(*third, told=told)
    assert [(change.from_position_id, change.to_position_id) for change in told] == [(1, 2), (2, 3), (3, 4)]
    assert moves(*third, told=told) == (), "the same is told once"


def test_what_was_told_is_not_told_again_when_more_happens() -> None:
    told = moves(held(1, missed=True), held(2, "globex", day=14))
    later = [held(1, ended=True, seen=7), held(2, "globex", day=14, ended=True)]
    assert [change.kind for change in moves(*later, told=told)] == ["left"]


@given(st.permutations([held(n, f"firm {n}", person=n) for n in range(6)]))
def test_a_first_crawl_moves_nobody_whatever_the_order(positions: list[HeldPosition]) -> None:
    assert find_moves(positions, now=NOW) == ()


@given(st.permutations([held(1, missed=True), held(2, "globex", day=63), held(3, "initech", person=2)]))
def test_order_does_not_matter(positions: list[HeldPosition]) -> None:
    changes = find_moves(positions, now=NOW)
    assert [(change.from_position_id, change.to_position_id) for change in changes] == [(1, 2)]


def test_a_role_held_beside_another_from_the_first_crawl_is_not_where_somebody_went() -> None:
    beside = held(2, "globex")
    assert kinds(held(1, seen=63, ended=True), beside) == ["left"]
    assert kinds(held(1, missed=True), beside) == []


def test_a_page_may_show_for_a_while_whom_another_has_already() -> None:
    assert kinds(held(1, seen=49, missed=True), held(2, "globex", day=28)) == ["moved"]


def test_a_second_role_held_for_months_is_not_a_move_when_the_first_ends() -> None:
    joined = RoleChange(person_id=1, kind="joined", to_position_id=2)
    assert kinds(held(1, day=-300, seen=68, ended=True), held(2, "globex", day=7), told=(joined,)) == ["left"]


def test_a_change_is_told_once_though_a_redesign_gives_its_role_another_section() -> None:
    old, new = held(1, ended=True, title="HR Manager"), held(2, day=56, title="VP Marketing")
    told = moves(old, new)
    again = held(4, day=63, title="VP Marketing", section="staff")
    assert [change.kind for change in told] == ["promoted"]
    assert kinds(old, new, again, told=told) == []
    assert kinds(held(3, ended=True, section="staff", title="HR Manager"), old, new, again, told=told) == []
    gone, back = held(2, day=56, title="VP Marketing", ended=True), held(5, day=63, title="HR Manager")
    assert kinds(old, gone, back, told=told) == ["new_role"], "what is undone is told"
