"""Role changes: what counts as one and, above all, what does not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from pipelines.moves import HeldPosition, RoleChange, find_moves

MONDAY = datetime(2026, 3, 2, tzinfo=UTC)


def held(
    id_: int,
    organisation: str = "acme",
    *,
    person: int = 1,
    day: int = 0,
    seen: int | None = None,
    missed: bool = False,
    section: str = "executive",
    level: str = "head",
) -> HeldPosition:
    return HeldPosition(
        id=id_,
        person_id=person,
        organisation_key=organisation,
        function="hr",
        level=level,
        section=section,
        first_seen_at=MONDAY + timedelta(days=day),
        seen_at=MONDAY + timedelta(days=day if seen is None else seen),
        missed=missed,
    )


def test_left_one_page_and_appeared_on_another_is_a_move() -> None:
    changes = find_moves([held(1, "acme", missed=True), held(2, "globex", day=7)])
    assert changes == (RoleChange(person_id=1, kind="moved", from_position_id=1, to_position_id=2),)


def test_a_higher_level_in_the_same_house_is_a_new_role() -> None:
    changes = find_moves([held(1, missed=True), held(2, day=7, level="vp")])
    assert [change.kind for change in changes] == ["new_role"]


def test_the_same_role_in_other_words_is_nothing() -> None:
    assert find_moves([held(1, missed=True), held(2, day=7)]) == ()


def test_still_shown_at_the_old_place_is_a_second_role_not_a_move() -> None:
    assert find_moves([held(1), held(2, "globex", day=7)]) == ()


def test_gone_without_a_new_place_is_not_a_move() -> None:
    assert find_moves([held(1, missed=True)]) == ()


def test_an_older_role_elsewhere_is_not_where_somebody_went() -> None:
    assert find_moves([held(1, "acme", day=7, missed=True), held(2, "globex", day=0)]) == ()


def test_a_seat_on_a_board_is_no_employment() -> None:
    assert find_moves([held(1, missed=True), held(2, "globex", day=7, section="board")]) == ()


@given(st.permutations([held(n, f"firm {n}", person=n) for n in range(6)]))
def test_a_first_crawl_moves_nobody_whatever_the_order(positions: list[HeldPosition]) -> None:
    assert find_moves(positions) == ()


@given(st.permutations([held(1, missed=True), held(2, "globex", day=7), held(3, "initech", person=2)]))
def test_order_does_not_matter(positions: list[HeldPosition]) -> None:
    assert [(change.from_position_id, change.to_position_id) for change in find_moves(positions)] == [(1, 2)]


def test_a_role_held_beside_another_from_the_first_crawl_is_not_where_somebody_went() -> None:
    beside = held(2, "globex")
    assert find_moves([held(1, seen=63, missed=True), beside]) == ()
    assert find_moves([held(1, missed=True), beside]) == ()


def test_a_page_may_show_for_a_while_whom_another_has_already() -> None:
    assert len(find_moves([held(1, seen=28, missed=True), held(2, "globex", day=7)])) == 1


def test_a_second_role_held_for_months_is_not_a_move_when_the_first_ends() -> None:
    assert find_moves([held(1, seen=300, missed=True), held(2, "globex", day=30)]) == ()
