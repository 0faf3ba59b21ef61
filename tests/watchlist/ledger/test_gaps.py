from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from sqlmodel import select

from tests.watchlist.ledger.test_ledger import company, goal_of, visit
from tests.watchlist.world import START, World
from watchlist.errors import NotFoundError, UsageError
from watchlist.ledger import Ledger, build_ledger, skip_company, unskip_company, write_ledgers
from watchlist.ledger.render import ledger_table, render_gaps, totals_line
from watchlist.models import GapMark, Organization, SourceRecord, Visit
from watchlist.organisations import Organisations, require_organisation
from watchlist.store import Store

REASONS = ("needs_javascript", "http_403", "dns", "robots_unreachable", "flux_capacitor", None)
INBOX = Path("/srv/ada/mentorwatch/inbox")


def gaps_of(store: Store, *, skip: str | None = None, note: str = "") -> Ledger:
    """Companies that were visited in vain, each for another reason, one of them not visited and one with a person."""
    with store.session() as session:
        world = World(session)
        for rank, reason in enumerate(REASONS, 1):
            visit(world, company(world, f"Firm {rank}", rank, website=f"https://firm-{rank}.test/"), reason)
        company(world, "Last & Sons", 7)
        well = company(world, "Well", 8)
        world.position(world.person("Ada Quist"), "Well", "HR Director", "hr", "director", organization_id=well)
        goal = goal_of(world)
        if skip:
            skip_company(session, goal, skip, note=note, now=START)
        return build_ledger(session, goal, inbox=INBOX)


def test_every_gap_has_a_next_act_and_the_lines_add_up(store: Store) -> None:
    ledger = gaps_of(store)
    assert [(line.reason, line.acts[0].kind if line.acts else None) for line in ledger.lines] == [
        ("needs_javascript", "save"),
        ("challenge", "save"),
        ("unreachable", "website"),
        ("robots_unreadable", "save"),
        ("flux_capacitor", "save"),
        ("no_people", "save"),
        ("not_crawled", "crawl"),
        (None, None),
    ]
    totals = ledger.totals
    assert totals["found"] + sum(totals["reasons"].values()) == totals["companies"] == len(ledger.lines)
    assert totals["reasons"]["flux_capacitor"] == 1, "an unknown code is counted as it is"
    assert totals_line(ledger).startswith("8 companies = 1 with somebody (1 at director) + 7 without (1 challenge,")


def test_the_act_names_address_inbox_and_company(store: Store) -> None:
    ledger = gaps_of(store)
    first, last = ledger.lines[0], ledger.lines[6]
    assert first.next_act == (
        "Open https://firm-1.test/ in a browser, go to the page with its people, "
        f"save it into {INBOX}: mentorwatch import inbox"
    )
    assert (first.acts[0].command, first.acts[0].url) == ("mentorwatch import inbox", "https://firm-1.test/")
    commands = {act.kind: act.command for act in last.acts}
    assert commands["add"] == "mentorwatch people add NAME --title TITLE --company 'Last & Sons' --link URL"
    assert commands["skip"] == "mentorwatch ledger skip 'Last & Sons'"


def test_the_worklist_goes_by_the_cheapness_of_the_act_then_by_rank(store: Store) -> None:
    ledger = gaps_of(store)
    assert [(line.acts[0].kind, line.rank) for line in ledger.gaps] == [
        ("crawl", 7), ("save", 1), ("save", 2), ("save", 4), ("save", 5), ("save", 6), ("website", 3),
    ]  # fmt: skip
    shown = ledger.as_json(gaps=True)
    assert [line["rank"] for line in shown["lines"]] == [7, 1, 2, 4, 5, 6, 3]
    assert shown["totals"] == ledger.totals


def test_sources_that_were_asked_are_not_proposed_again(store: Store) -> None:
    with store.session() as session:
        world = World(session)
        asked, other = company(world, "Asked", 1), company(world, "Other", 2)
        world.talk(world.person("Ada Quist"), "days", "On hiring")
        goal = goal_of(world)
        before = {act.kind for line in build_ledger(session, goal).lines for act in line.acts}
        session.add(Visit(kind="registries", organization_id=asked, finished_at=START))
        record = session.get_one(SourceRecord, world.record("Bo Ferrari"))
        record.kind = "import"
        session.add(record)
        session.flush()
        kinds = [{act.kind for act in line.acts} for line in build_ledger(session, goal).lines]
    assert {"registries", "speakers", "linkedin"} <= before
    assert kinds == [{"crawl", "speakers", "add", "skip"}, {"crawl", "registries", "speakers", "add", "skip"}]
    assert other


def test_a_company_that_was_left_out_is_counted_as_such_until_it_is_taken_up(store: Store) -> None:
    ledger = gaps_of(store, skip="firm-1.test", note="  they moved away ")
    first = ledger.lines[0]
    assert (first.reason, first.cause, first.note) == ("skipped", "needs_javascript", "they moved away")
    assert first.acts[0].command == "mentorwatch ledger unskip 'Firm 1'"
    assert first.sentence == "You left it out. Its page shows its people only to a browser that runs JavaScript."
    assert 1 not in [line.rank for line in ledger.gaps]
    with store.session() as session:
        goal = goal_of(World(session))
        assert unskip_company(session, goal, "FIRM 1")[1]
        assert not unskip_company(session, goal, "Firm 1")[1], "there is nothing left to take up"
        skip_company(session, goal, "Firm 2", now=START)
        skip_company(session, goal, "Firm 2", note="again", now=START)
        marks = session.exec(select(GapMark)).all()
        assert [mark.note for mark in marks] == ["again"]
        lines = build_ledger(session, goal).lines
    assert [line.reason for line in lines[:2]] == ["needs_javascript", "skipped"]


def test_a_company_that_is_none_or_several_is_not_guessed(store: Store) -> None:
    with store.session() as session:
        world = World(session)
        for rank, (name, key) in enumerate((("Twin Inc.", "a"), ("Twin GmbH", "b")), 1):
            row = company(world, name, rank, website=f"https://{key}.twin-{key}.test/")
            session.get_one(Organization, row).wikidata_id = f"Q{rank}"
        with pytest.raises(NotFoundError, match="no company of the list 'it' is called 'Nobody'"):
            require_organisation(session, "Nobody", "it")
        with pytest.raises(UsageError, match="means 2 companies: Twin Inc"):
            require_organisation(session, "twin", "it")
        found = Organisations.of(session)
        assert [each.name for each in found.meant("Q2")] == ["Twin GmbH"]
        assert [each.name for each in found.meant("https://www.twin-a.test/team")] == ["Twin Inc."]
        assert require_organisation(session, "b.twin-b.test", "it").name == "Twin GmbH"


@pytest.mark.parametrize("width", [40, 80, 140])
def test_the_worklist_keeps_to_the_width_but_for_addresses_and_commands(store: Store, width: int) -> None:
    text = render_gaps(gaps_of(store), width, INBOX)
    wide = [line for line in text.splitlines() if len(line) > width]
    assert all(line.lstrip().startswith(("$", "https://", str(INBOX))) for line in wide)
    assert "Open the page in a browser" in text.replace("\n", " ")
    assert text.count("mentorwatch import inbox") == 1, "said once for all"
    assert "  3  Firm 3: unreachable (dns)" in text


@pytest.mark.parametrize(("width", "columns"), [(80, 3), (140, 4)])
def test_the_table_has_one_row_a_company(store: Store, width: int, columns: int) -> None:
    ledger = gaps_of(store)
    header, rows = ledger_table(ledger, width)
    assert (len(header), {len(row) for row in rows}, len(rows)) == (columns, {columns}, 8)
    last = "\n".join(rows[-1])
    assert "Ada Quist, HR Director" in last
    assert "another company's page, 2026-03-01 https://acme.test/team" in last


def test_ledgers_of_several_goals_stand_in_one_file(store: Store) -> None:
    ledger = gaps_of(store)
    rows = list(csv.DictReader(io.StringIO(write_ledgers([ledger, ledger], gaps=True).decode(), newline="")))
    assert [row["goal"] for row in rows] == ["main"] * 14
    assert rows[1]["open_url"] == "https://firm-1.test/"


def test_the_worklist_goes_by_cost_not_by_name(store: Store) -> None:
    with store.session() as session:
        world = World(session)
        for rank, reason in enumerate(("noindex", "halted"), 1):
            visit(world, company(world, f"Firm {rank}", rank), reason)
        ledger = build_ledger(session, goal_of(world))
    assert [(line.acts[0].kind, line.rank) for line in ledger.gaps] == [("resume", 2), ("registries", 1)]
