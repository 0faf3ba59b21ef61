from __future__ import annotations

from typing import Any

import pytest

from tests.watchlist.ledger.test_ledger import company, goal_of, visit
from tests.watchlist.world import START, World
from watchlist.follow import ensure_user
from watchlist.goal import set_goal
from watchlist.ledger import LedgerPerson, build_ledger
from watchlist.models import Position, SourceRecord
from watchlist.store import Store

Role = tuple[str, str, str, str, dict[str, Any]]
"""Title, function, level, kind of the record, further values of the position."""
OWN: dict[str, Any] = {"own_page": True}


def people_of(store: Store, roles: list[Role], *, target: str = "HR director", **goal: Any) -> tuple[LedgerPerson, ...]:
    """Whom the ledger names at one company where each role is somebody else's; names tell the order of `roles`."""
    names = ("Ada Quist", "Bo Ferrari", "Cy Lindqvist", "Di Marsh", "Ed Stone", "Flo Baker")
    with store.session() as session:
        world = World(session)
        acme = company(world, "Acme", 1)
        visit(world, acme, None, people=len(roles))
        for name, (title, function, level, kind, values) in zip(names, roles, strict=False):
            row = world.position(world.person(name), "Acme", title, function, level, organization_id=acme, **values)
            record = session.get_one(SourceRecord, session.get_one(Position, row).source_record_id)
            record.kind = kind
            session.add(record)
        user = ensure_user(session)
        titles = {"current_title": "HR manager", "target_title": target}
        wanted = set_goal(session, user, **titles, **goal, list_key="it", now=START)
        (line,) = build_ledger(session, wanted).lines
    assert (line.reason is None) == bool(line.people)
    assert line.match == (line.people[0].match if line.people else None)
    return line.people


def test_at_the_level_goes_before_above_and_that_before_below_nearest_first(store: Store) -> None:
    found = people_of(
        store,
        [
            ("Head of HR", "hr", "head", "leader", OWN),
            ("Chief People Officer", "hr", "c_level", "leader", OWN),
            ("HR Manager", "hr", "manager", "leader", OWN),
            ("VP HR", "hr", "vp", "leader", OWN),
            ("HR Director", "hr", "director", "import", {}),
        ],
    )
    assert [(person.level, person.match) for person in found] == [
        ("director", "at"), ("vp", "above"), ("c_level", "above"), ("head", "below"), ("manager", "below"),
    ]  # fmt: skip


def test_the_better_source_goes_first(store: Store) -> None:
    kinds = ("import", "speaker", "manual", "registry", "saved", "leader")
    own = {"saved": OWN, "leader": OWN}
    found = people_of(store, [("HR Director", "hr", "director", kind, own.get(kind, {})) for kind in kinds])
    assert [person.tier for person in found] == ["page", "saved", "registry", "manual", "speaker", "import"]


def test_a_deputy_is_a_step_lower_and_an_acting_one_comes_behind(store: Store) -> None:
    found = people_of(
        store,
        [
            ("Deputy HR Director", "hr", "director", "leader", OWN),
            ("Acting HR Director", "hr", "director", "leader", OWN),
            ("HR Director", "hr", "director", "speaker", {}),
        ],
    )
    assert [(person.name, person.match, person.acting, person.deputy) for person in found] == [
        ("Cy Lindqvist", "at", False, False),
        ("Bo Ferrari", "at", True, False),
        ("Ada Quist", "below", False, True),
    ]


@pytest.mark.parametrize(
    ("title", "function", "level", "values"),
    [
        ("HR Committee Chair", "governance", "board", OWN | {"section": "board"}),
        ("Chief People Officer", "hr", "c_level", OWN | {"section": "board"}),
        ("Chief People Officer", "hr", "c_level", OWN | {"section": "past"}),
        ("Former HR Director", "hr", "director", OWN),
        ("HR Director", "hr", "director", OWN | {"ended_at": START}),
        ("Chief Financial Officer", "finance", "c_level", OWN),
    ],
)
def test_seats_former_roles_and_other_functions_are_no_find(
    store: Store, title: str, function: str, level: str, values: dict[str, Any]
) -> None:
    assert people_of(store, [(title, function, level, "leader", values)]) == ()


def test_a_seat_is_what_a_governance_goal_wants(store: Store) -> None:
    roles: list[Role] = [("Board member", "governance", "board", "leader", OWN | {"section": "board"})]
    (found,) = people_of(store, roles, target="Member of the board", function="governance", level="c_level")
    assert (found.match, found.section) == ("at", "board")


def test_what_another_company_says_of_its_adviser_is_a_job_here(store: Store) -> None:
    roles: list[Role] = [("HR Director", "hr", "director", "leader", {"section": "advisory"})]
    (found,) = people_of(store, roles)
    assert (found.tier, found.own_page, found.match) == ("page", False, "at")


def test_the_second_role_of_a_title_counts(store: Store) -> None:
    roles: list[Role] = [("General Counsel & Chief People Officer", "legal", "c_level", "leader", OWN)]
    (found,) = people_of(store, roles)
    assert (found.function, found.level, found.match) == ("hr", "c_level", "above")


def test_a_page_that_confirms_what_was_imported_is_the_evidence(store: Store) -> None:
    roles: list[Role] = [("HR Director", "hr", "director", "import", OWN | {"page_url": "https://acme.test/people"})]
    (found,) = people_of(store, roles)
    assert (found.tier, found.evidence_url) == ("page", "https://acme.test/people")


def test_a_word_of_the_user_without_an_address_has_none(store: Store) -> None:
    with store.session() as session:
        world = World(session)
        acme = company(world, "Acme", 1)
        row = world.position(world.person("Ada Quist"), "Acme", "HR Director", "hr", "director", organization_id=acme)
        position = session.get_one(Position, row)
        record = session.get_one(SourceRecord, position.source_record_id)
        record.kind, record.url, position.page_url = "manual", "", ""
        session.add_all([record, position])
        (line,) = build_ledger(session, goal_of(world)).lines
    assert (line.people[0].tier, line.people[0].evidence_url) == ("manual", None)
