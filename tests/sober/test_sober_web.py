"""The sober web, crawled as any list is: one line a company, each with a person or a reason and a next act."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func
from sqlmodel import col, select

from tests.sober.connections import FILLED, ROWS, connections_csv, contact, filled_gaps
from tests.sober.crawl import Sober, crawled
from tests.sober.world import HOSTS
from watchlist.ledger import Ledger
from watchlist.models import Organization, Position

KINDS = {"javascript": 16, "guarded": 7, "dead": 3, "no_function": 12, "pattern": 12}


@pytest.fixture(scope="module")
def sober(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sober]:
    with crawled(tmp_path_factory.mktemp("sober") / "home") as found:
        yield found


@pytest.fixture(scope="module")
def ledger(sober: Sober) -> Ledger:
    return sober.ledger()


def test_the_world_is_what_it_is_said_to_be() -> None:
    assert Counter(site.kind for site in HOSTS) == KINDS
    assert len({site.host for site in HOSTS}) == len({site.name for site in HOSTS}) == 50
    assert all((site.person is None) != (site.reason is None) for site in HOSTS)
    assert sum(site.person is not None for site in HOSTS if site.kind == "javascript") == 4
    assert sum(site.person is not None for site in HOSTS if site.kind == "pattern") == 7


def test_the_ledger_has_one_line_a_company(ledger: Ledger) -> None:
    assert [line.company for line in ledger.lines] == [site.name for site in HOSTS]


@pytest.mark.parametrize("number", range(50), ids=[site.host for site in HOSTS])
def test_each_company_has_the_expected_outcome(number: int, ledger: Ledger) -> None:
    site, line = HOSTS[number], ledger.lines[number]
    assert (line.people[0].name if line.people else line.reason) == site.outcome
    if line.people:
        assert (line.people[0].evidence_url or "").startswith(site.website)
        assert (line.reason, line.next_act) == (None, None)
    else:
        assert line.sentence
        assert line.next_act


def test_totals_add_up(ledger: Ledger) -> None:
    totals = ledger.totals
    expected = Counter(site.reason for site in HOSTS if site.reason)
    assert totals["companies"] == 50 == totals["found"] + sum(totals["reasons"].values())
    assert totals["reasons"] == dict(sorted(expected.items()))
    assert len(ledger.gaps) == 50 - totals["found"]


def test_who_shows_nobody_of_the_function_was_read_all_the_same(sober: Sober) -> None:
    with sober.store.session() as session:
        counts = session.exec(
            select(Organization.name, func.count(func.distinct(Position.person_id)))
            .join(Position, col(Position.organization_id) == Organization.id)
            .group_by(Organization.name)
        ).all()
    shown = dict(counts)
    unlisted = [site.name for site in HOSTS if site.reason == "not_listed"]
    assert {name: shown.get(name, 0) for name in unlisted} == dict.fromkeys(unlisted, 4)


def test_a_site_is_asked_for_few_pages(sober: Sober) -> None:
    asked = {site.host: sober.pages[site.host] for site in HOSTS}
    assert max(asked.values()) <= 8, asked
    assert sum(asked.values()) <= 150, asked
    assert [asked[site.host] for site in HOSTS if site.reason == "robots_unreadable"] == [0, 0, 0]


def test_the_file_of_contacts_is_as_linkedin_writes_it() -> None:
    lines = connections_csv().decode().splitlines()
    assert lines[0] == "Notes:"
    assert lines[3] == "First Name,Last Name,URL,Email Address,Company,Position,Connected On"
    assert len(lines) == 4 + ROWS
    assert len({contact(number) for number in range(ROWS)}) == ROWS


def test_importing_contacts_fills_gaps(sober: Sober, ledger: Ledger, tmp_path: Path) -> None:
    report = sober.import_connections(tmp_path)
    assert (report.rows, report.new, report.skipped) == (ROWS, ROWS, 0)
    after = {line.company: line for line in sober.ledger().lines}
    gaps = {line.company for line in ledger.lines if line.reason}
    filled = {name: after[name].people[0].name for name in gaps if after[name].people}
    assert filled == filled_gaps()
    assert {after[name].people[0].tier for name in filled} == {"import"}
    assert len(filled) == FILLED
    assert {name for name, line in after.items() if line.reason} == gaps - set(filled)
