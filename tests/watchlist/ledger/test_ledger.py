from __future__ import annotations

import csv
import io
from datetime import timedelta
from typing import Any

import pytest

from crawler.fetch.answers import PLAIN_WORDS
from tests.watchlist.world import START, World
from watchlist.follow import ensure_user, follow_people
from watchlist.goal import set_goal
from watchlist.ledger import COLUMNS, Ledger, build_ledger, explain_reason, why_nobody
from watchlist.models import Goal, Organization, Position, User, Visit
from watchlist.settings import config_dir, read_toml
from watchlist.store import Store
from watchlist.tables import unguard_cell


def company(world: World, name: str, rank: int, *, website: str | None = "https://x.test") -> int:
    found = world.company(name, rank)
    world.session.get_one(Organization, found).website = website
    return found


def visit(world: World, organization: int, reason: str | None, *, people: int = 0) -> None:
    good: dict[str, Any] = {"good_at": START, "good_people": people} if people else {}
    row = Visit(kind="leaders", organization_id=organization, finished_at=START, reason=reason, people=people, **good)
    world.session.add(row)


def goal_of(world: World) -> Goal:
    user = ensure_user(world.session)
    titles: dict[str, Any] = {"current_title": "HR manager", "target_title": "HR director"}
    return set_goal(world.session, user, **titles, list_key="it", now=START)


def ledger_of(store: Store) -> Ledger:
    """Five companies: two with people of the function, one with others only, one that failed, one not visited."""
    with store.session() as session:
        world = World(session)
        acme, bolt, core, dead = (
            company(world, name, rank) for rank, name in enumerate(("Acme", "Bolt", "Core", "Dead"), 1)
        )
        company(world, "Echo", 5)
        omar, vera, ines = world.person("Omar Haddad"), world.person("Vera Nowak"), world.person("Ines Roth")
        world.position(omar, "Acme", "HR Director", "hr", "director", organization_id=acme)
        world.position(vera, "Acme", "Chief People Officer", "hr", "c_level", organization_id=acme)
        world.position(vera, "Acme", "Head of Hiring", "hr", "head", organization_id=acme)
        world.position(ines, "Bolt", "=HR(1)", "hr", "head", organization_id=bolt)
        world.position(omar, "Core", "HR Director", "hr", "director", organization_id=core, ended_at=START)
        world.position(ines, "Core", "CFO", "finance", "c_level", organization_id=core, own_page=True)
        visit(world, acme, None, people=2)
        visit(world, bolt, "timeout", people=1)
        visit(world, core, None, people=1)
        visit(world, dead, "dns")
        world.company("Far", 1, on="finance")
        other = User(name="other", created_at=START)
        world.add(other)
        follow_people(session, other, [omar, vera], now=START)
        follow_people(session, ensure_user(session), [vera], now=START)
        return build_ledger(session, goal_of(world))


def test_every_company_has_exactly_one_line_with_people_or_a_reason(store: Store) -> None:
    ledger = ledger_of(store)
    found = [(line.rank, line.company, [person.name for person in line.people], line.reason) for line in ledger.lines]
    assert found == [
        (1, "Acme", ["Omar Haddad", "Vera Nowak"], None),
        (2, "Bolt", ["Ines Roth"], None),
        (3, "Core", [], "not_listed"),
        (4, "Dead", [], "unreachable"),
        (5, "Echo", [], "not_crawled"),
    ]
    assert [line.match for line in ledger.lines] == ["at", "below", None, None, None]
    assert [line.cause for line in ledger.lines] == [None, None, "not_listed", "dns", "not_crawled"]
    for line in ledger.lines:
        told = (line.reason, line.sentence, line.next_act, line.cause, line.acts or None)
        assert all(part is None for part in told) == (line.reason is None)
    assert ledger.totals == {
        "companies": 5,
        "found": 2,
        "at": 1,
        "above": 0,
        "below": 1,
        "people": 3,
        "reasons": {"not_crawled": 1, "not_listed": 1, "unreachable": 1},
    }
    assert ledger.totals["found"] + sum(ledger.totals["reasons"].values()) == ledger.totals["companies"]


def test_a_person_stands_there_with_the_highest_role_its_evidence_and_state(store: Store) -> None:
    second, first = ledger_of(store).lines[0].people
    assert first.name == "Vera Nowak"
    assert (first.title, first.function, first.level, first.section) == (
        "Chief People Officer",
        "hr",
        "c_level",
        "executive",
    )
    assert (first.fetched_at, first.seen_at, first.state) == (
        "2026-03-01T08:00:00Z",
        "2026-03-01T08:00:00Z",
        "followed",
    )
    assert second.state == "known", "somebody else follows them"
    assert first.evidence_url.startswith("https://acme.test/team?")


def test_a_visit_that_failed_unlists_nobody_and_is_told(store: Store) -> None:
    bolt = ledger_of(store).lines[1]
    assert [person.name for person in bolt.people] == ["Ines Roth"]
    assert (bolt.reason, bolt.visit_reason, bolt.visited_at) == (None, "timeout", "2026-03-01T08:00:00Z")


def test_json_has_every_key_and_null_for_what_is_unknown(store: Store) -> None:
    shown = ledger_of(store).as_json()
    assert set(shown) == {"goal", "list", "function", "level", "lines", "totals"}
    assert shown["lines"][4] == {
        "rank": 5,
        "company": "Echo",
        "website": "https://x.test",
        "country": None,
        "people": [],
        "match": None,
        "reason": "not_crawled",
        "cause": "not_crawled",
        "sentence": "Its site has not been visited yet.",
        "next_act": "Let it be crawled: mentorwatch crawl leaders --list it",
        "acts": [
            {"kind": "crawl", "command": "mentorwatch crawl leaders --list it", "url": None},
            {"kind": "registries", "command": "mentorwatch crawl registries --list it", "url": None},
            {"kind": "linkedin", "command": "mentorwatch import linkedin FILE", "url": None},
            {
                "kind": "add",
                "command": "mentorwatch people add NAME --title TITLE --company Echo --link URL",
                "url": None,
            },
            {"kind": "skip", "command": "mentorwatch ledger skip Echo", "url": None},
        ],
        "note": None,
        "visited_at": None,
        "visit_reason": None,
    }
    assert set(shown["lines"][0]["people"][0]) == {
        "id", "name", "title", "function", "level", "section", "evidence_url", "fetched_at", "seen_at", "state",
        "tier", "own_page", "match", "acting", "deputy",
    }  # fmt: skip


def test_csv_has_one_safe_row_a_company(store: Store) -> None:
    text = ledger_of(store).as_csv(delimiter=";").decode()
    rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))
    assert tuple(rows[0]) == COLUMNS
    assert [(row["rank"], row["company"], row["people"]) for row in rows] == [
        ("1", "Acme", "2"),
        ("2", "Bolt", "1"),
        ("3", "Core", "0"),
        ("4", "Dead", "0"),
        ("5", "Echo", "0"),
    ]
    assert (rows[0]["person"], rows[0]["more_people"]) == ("Omar Haddad", "Vera Nowak (Chief People Officer)")
    assert (rows[1]["title"], unguard_cell(rows[1]["title"])) == ("'=HR(1)", "=HR(1)")
    assert (rows[3]["reason"], rows[3]["cause"], rows[3]["person"]) == ("unreachable", "dns", "")


def test_a_role_that_ended_is_no_find(store: Store) -> None:
    with store.session() as session:
        world = World(session)
        acme = company(world, "Acme", 1)
        position = world.position(
            world.person("Omar Haddad"), "Acme", "HR Director", "hr", "director", organization_id=acme
        )
        visit(world, acme, None, people=1)
        goal = goal_of(world)
        assert build_ledger(session, goal).totals["found"] == 1
        session.get_one(Position, position).ended_at = START + timedelta(days=7)
        session.flush()
        (line,) = build_ledger(session, goal).lines
    assert (line.people, line.reason) == ((), "no_people")


@pytest.mark.parametrize(
    ("company_values", "visit_values", "read", "code"),
    [
        ({"website": None}, None, False, "no_website"),
        ({}, None, False, "not_crawled"),
        ({}, None, True, "not_listed"),
        ({"site_state": "wrong_site"}, {"reason": None}, True, "wrong_site"),
        ({"site_state": "wrong_site"}, None, True, "not_listed"),
        ({}, {"reason": "robots"}, False, "robots"),
        ({}, {"reason": "robots"}, True, "not_listed"),
        ({}, {"reason": None}, True, "not_listed"),
        ({}, {"reason": "timeout", "good_at": START}, True, "not_listed"),
        ({}, {"reason": None}, False, "no_people"),
    ],
)
def test_why_nobody_was_found(
    company_values: dict[str, Any], visit_values: dict[str, Any] | None, read: bool, code: str
) -> None:
    acme = Organization(key="acme.test", name="Acme", **({"website": "https://acme.test"} | company_values))
    last = Visit(kind="leaders", finished_at=START, **visit_values) if visit_values is not None else None
    assert why_nobody(acme, last, read=read) == code


def test_every_code_of_the_data_file_counts_as_a_code_of_the_ledger_and_has_acts() -> None:
    table, kinds = read_toml(config_dir() / "reasons.toml"), set(read_toml(config_dir() / "acts.toml"))
    for code, row in (table["code"] | table["seen"]).items():
        if "same_as" in row:
            assert "same_as" not in table["seen"][row["same_as"]], code
        reason = explain_reason(code)
        assert reason.cause == code
        assert reason.code in table["code"], code
        assert reason.sentence.endswith("."), code
        assert reason.acts, code
        assert set(reason.acts) <= kinds, code


@pytest.mark.parametrize("code", sorted(PLAIN_WORDS))
def test_every_reason_of_the_door_has_a_sentence(code: str) -> None:
    reason = explain_reason(code)
    assert "ended with the reason" not in reason.sentence
    assert reason.code in read_toml(config_dir() / "reasons.toml")["code"]


@pytest.mark.parametrize(
    ("cause", "code", "words"),
    [
        ("http_404", "no_page", "does not exist any more"),
        ("http_451", "disallowed", "for legal reasons"),
        ("http_418", "challenge", "refused the request"),
        ("http_503", "unreachable", "a fault of its own"),
        ("connect", "unreachable", "could not be reached"),
        ("flux_capacitor", "flux_capacitor", "The visit ended with the reason 'flux_capacitor'."),
        ("http_999", "http_999", "'http_999'"),
    ],
)
def test_a_code_is_explained_by_itself_by_its_class_or_named_as_it_is(cause: str, code: str, words: str) -> None:
    reason = explain_reason(cause)
    assert (reason.code, reason.cause) == (code, cause)
    assert words in reason.sentence
