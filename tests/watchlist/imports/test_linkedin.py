from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import col, select

from tests.watchlist.imports.exports import Row, contact, export
from tests.watchlist.ledger.test_ledger import company, goal_of
from tests.watchlist.world import START, World
from watchlist.imports.connections import read_connections
from watchlist.imports.linkedin import LinkedInReport, import_connections
from watchlist.ledger import build_ledger
from watchlist.models import Organization, Person, Position, Profile, SourceRecord
from watchlist.people import find_person, forget_person
from watchlist.settings import load_settings
from watchlist.store import Store

LATER = START + timedelta(days=90)


@pytest.fixture
def listed(store: Store) -> Store:
    """Three companies of a list, two of which bear one name."""
    with store.session() as session:
        world = World(session)
        for rank, (name, website) in enumerate(
            (
                ("Acme Widgets, Inc.", "https://acme.test"),
                ("Delta AG", "https://a.test"),
                ("Delta Inc", "https://b.test"),
            )
        ):
            row = company(world, name, rank + 1, website=website)
            session.get_one(Organization, row).key = website.removeprefix("https://")
    return store


def bring(store: Store, tmp_path: Path, *rows: Row, now: datetime = START, dry_run: bool = False) -> LinkedInReport:
    file = tmp_path / "Connections.csv"
    file.write_bytes(export(*rows))
    with store.session() as session:
        found = read_connections(file, load_settings(tmp_path, {}).imports)
        report = import_connections(session, found, now=now, dry_run=dry_run)
        if dry_run:
            session.rollback()
    assert report.rows == report.new + report.changed + report.same + report.skipped
    assert report.skipped == sum(report.reasons.values()) == len(report.skipped_lines)
    return report


def current(store: Store, name: str) -> list[tuple[str, str, int | None]]:
    """(title, organisation, list's id) of the roles of everybody of a name that have not ended."""
    with store.session() as session:
        query = select(Position).join(Person).where(Person.name == name, col(Position.ended_at).is_(None))
        return [(each.title, each.organisation, each.organization_id) for each in session.exec(query)]


def count(store: Store) -> tuple[int, ...]:
    with store.session() as session:
        return tuple(len(session.exec(select(table)).all()) for table in (SourceRecord, Person, Position, Profile))


def test_contacts_become_people_with_roles_at_listed_companies(listed: Store, tmp_path: Path) -> None:
    report = bring(
        listed,
        tmp_path,
        contact("Ada Quist", "ACME Widgets", "HR Director"),
        contact("Bo Ferrari", "Elsewhere Ltd", "Recruiter"),
        contact("Cy Lindqvist", "Delta", "Chief People Officer"),
        contact("Di Marsh", slug=""),
    )
    assert (report.new, report.changed, report.same, report.new_people) == (4, 0, 0, 4)
    assert (report.at_listed, report.name_only) == (1, 1)
    assert [(each["name"], each["candidates"]) for each in report.ambiguous] == [
        ("Cy Lindqvist", "Delta AG (a.test); Delta Inc (b.test)")
    ]
    with listed.session() as session:
        acme = session.exec(select(Organization.id).where(Organization.key == "acme.test")).one()
        records = session.exec(select(SourceRecord)).all()
        people = session.exec(select(Person.name)).all()
    assert current(listed, "Ada Quist") == [("HR Director", "ACME Widgets", acme)]
    assert current(listed, "Cy Lindqvist") == [("Chief People Officer", "Delta", None)], "not guessed"
    assert {record.kind for record in records} == {"import"}
    assert "Di Marsh" in people
    assert "private" not in repr(records), "mail addresses are nowhere"


def test_the_ledger_shows_a_contact_with_tier_and_profile(listed: Store, tmp_path: Path) -> None:
    bring(listed, tmp_path, contact("Ada Quist", "Acme Widgets", "HR Director"))
    with listed.session() as session:
        line = build_ledger(session, goal_of(World(session))).lines[0]
    (person,) = line.people
    assert (person.name, person.tier, person.match) == ("Ada Quist", "import", "at")
    assert person.evidence_url == "https://www.linkedin.com/in/ada-quist"


def test_the_same_file_twice_adds_nothing(listed: Store, tmp_path: Path) -> None:
    rows = (
        contact("Ada Quist", "Acme Widgets", "HR Director"),
        contact("Bo Ferrari", "Elsewhere Ltd", "Recruiter", slug=""),
        contact("Cy Lindqvist", "Delta", ""),
        contact("Di Marsh", slug=""),
        contact("Ed Stone", "", "Head of HR", slug=""),
    )
    assert bring(listed, tmp_path, *rows).new == 5
    before = count(listed)
    for _ in range(2):
        report = bring(listed, tmp_path, *rows, now=LATER)
        assert (report.new, report.changed, report.same, report.new_people, report.moves) == (0, 0, 5, 0, 0)
    assert count(listed) == before
    with listed.session() as session:
        seen = session.exec(select(Position.seen_at).where(Position.title == "HR Director")).one()
    assert seen == LATER


@pytest.mark.parametrize("slug", [None, ""], ids=["by profile", "by name and day"])
def test_a_second_import_finds_who_changed_jobs(listed: Store, tmp_path: Path, slug: str | None) -> None:
    bring(listed, tmp_path, contact("Ada Quist", "Elsewhere Ltd", "HR Manager", slug=slug))
    report = bring(listed, tmp_path, contact("Ada Quist", "Acme Widgets", "HR Director", slug=slug), now=LATER)
    assert (report.new, report.changed, report.same, report.new_people) == (0, 1, 0, 0)
    (change,) = report.job_changes
    assert change["before"] == {"title": "HR Manager", "company": "Elsewhere Ltd"}
    assert change["after"] == {"title": "HR Director", "company": "Acme Widgets"}
    assert [role[:2] for role in current(listed, "Ada Quist")] == [("HR Director", "Acme Widgets")]
    with listed.session() as session:
        assert session.exec(select(Position.ended_at).where(Position.title == "HR Manager")).one() == LATER


def test_somebody_who_went_and_came_back_changed_jobs_twice(listed: Store, tmp_path: Path) -> None:
    there, here = contact("Ada Quist", "Elsewhere", "HR Manager"), contact("Ada Quist", "Acme Widgets", "HR Director")
    changes = [
        bring(listed, tmp_path, row, now=START + timedelta(days=30 * number)).changed
        for number, row in enumerate((there, here, there, there))
    ]
    assert changes == [0, 1, 1, 0]
    assert [role[:2] for role in current(listed, "Ada Quist")] == [("HR Manager", "Elsewhere")]


def test_a_dry_run_says_the_same_and_stores_nothing(listed: Store, tmp_path: Path) -> None:
    rows = (contact("Ada Quist", "Acme Widgets", "HR Director"), contact("Bo Ferrari", "Delta", "CFO"))
    tried = bring(listed, tmp_path, *rows, dry_run=True)
    assert count(listed) == (0, 0, 0, 0)
    done = bring(listed, tmp_path, *rows)
    assert tried.as_json() == done.as_json() | {"dry_run": True}


def test_somebody_whom_a_page_shows_is_not_doubled(listed: Store, tmp_path: Path) -> None:
    with listed.session() as session:
        world = World(session)
        acme = session.exec(select(Organization).where(Organization.key == "acme.test")).one()
        ada = world.person("Ada Quist")
        role = world.position(ada, acme.name, "HR Director", "hr", "director", organization_id=acme.id, own_page=True)
        session.get_one(Position, role).organisation_key = acme.key
    report = bring(listed, tmp_path, contact("Ada Quist", "Acme Widgets", "HR Director"))
    assert (report.new, report.new_people) == (1, 0)
    again = bring(listed, tmp_path, contact("Ada Quist", "Acme Widgets", "HR Director"), now=LATER)
    assert (again.new, again.same) == (0, 1)
    with listed.session() as session:
        position = session.exec(select(Position).where(Position.own_page)).one()
        assert position.page_url == "https://acme.test/team", "the own page keeps the last word"


def test_an_export_revives_no_role_that_its_own_page_has_taken_down(listed: Store, tmp_path: Path) -> None:
    with listed.session() as session:
        world = World(session)
        acme = session.exec(select(Organization).where(Organization.key == "acme.test")).one()
        role = world.position(
            world.person("Ada Quist"), acme.name, "HR Director", "hr", "director",
            organization_id=acme.id, own_page=True, ended_at=START,
        )  # fmt: skip
        session.get_one(Position, role).organisation_key = acme.key
    bring(listed, tmp_path, contact("Ada Quist", "Acme Widgets", "HR Director"), now=LATER)
    assert current(listed, "Ada Quist") == []


def test_two_contacts_of_one_name_at_one_employer_are_told_and_not_made_one(listed: Store, tmp_path: Path) -> None:
    one = contact("Ada Quist", "Acme Widgets", "HR Director")
    other = contact("Ada Quist", "Acme Widgets", "Engineer", slug="ada-quist-2")
    report = bring(listed, tmp_path, one, other)
    assert (report.new, report.reasons) == (1, {"namesake": 1})
    assert report.ambiguous[0]["candidates"] == "https://www.linkedin.com/in/ada-quist"
    assert current(listed, "Ada Quist")[0][0] == "HR Director"


def test_a_row_that_stands_there_twice_counts_once(listed: Store, tmp_path: Path) -> None:
    row = contact("Ada Quist", "Acme Widgets", "HR Director")
    report = bring(listed, tmp_path, row, row)
    assert (report.new, report.reasons) == (1, {"double": 1})


def test_somebody_who_was_forgotten_is_not_brought_back(listed: Store, tmp_path: Path) -> None:
    row = contact("Ada Quist", "Acme Widgets", "HR Director")
    bring(listed, tmp_path, row)
    with listed.session() as session:
        forget_person(session, find_person(session, "Ada Quist").id or 0)
    assert bring(listed, tmp_path, row).reasons == {"suppressed": 1}
    assert count(listed) == (0, 0, 0, 0)


def test_an_employer_that_comes_onto_a_list_later_is_linked_by_the_next_import(listed: Store, tmp_path: Path) -> None:
    row = contact("Ada Quist", "Late Ltd", "HR Director")
    bring(listed, tmp_path, row)
    with listed.session() as session:
        late = company(World(session), "Late", 9)
    report = bring(listed, tmp_path, row, now=LATER)
    assert (report.changed, report.same, report.at_listed) == (0, 1, 1)
    assert current(listed, "Ada Quist") == [("HR Director", "Late Ltd", late)]
