"""The registries job over loopback, into real databases: people, past roles, facts, hints, and what is asked again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from crawler.fetch.stops import Stops
from crawler.items import PageItem, PageReading, PersonItem
from pipelines.load import load_page
from pipelines.records import Subject
from tests.crawler.registries.saved_answers import COMPANY, saved
from tests.servers import Response
from tests.watchlist.jobs.registers import ARCHIVE, FORMS, NOW, SUBMISSIONS, Registers
from watchlist.errors import StoppedError
from watchlist.models import MoveHint, Organization, OrganizationFact, Person, Position, Profile, SourceRecord, Visit
from watchlist.store import Store

ITEM = f"https://www.wikidata.org/wiki/{COMPANY}"


@pytest.fixture
def registers(store: Store, tmp_path: Path) -> Iterator[Registers]:
    world = Registers(store, tmp_path / "registers")
    with world.server:
        yield world


def roles(registers: Registers, organization: int | None = None) -> set[tuple[str, str, str, bool]]:
    """(name, title, section, whether it ended) of all positions, or of those at one company."""
    query = select(Person.name, Position.title, Position.section, Position.ended_at).join(Position)
    if organization is not None:
        query = query.where(Position.organization_id == organization)
    with registers.store.session() as session:
        return {(name, title, section, ended is not None) for name, title, section, ended in session.exec(query)}


def rows(registers: Registers, model: type[Any]) -> list[Any]:
    with registers.store.session() as session:
        found = list(session.exec(select(model)))
        session.expunge_all()
        return found


FROM_WIKIDATA = {
    ("Ingrid Solvang", "Chief executive officer", "executive", False),
    ("Amara Diallo", "Director or manager", "executive", False),
    ("Beatriz Falcão", "Board member", "board", False),
    ("Beatriz Falcão", "Chair of the board", "board", False),
    ("Beatriz Falcão", "Chair of the audit committee", "board", False),
    ("Joachim Wendt", "Employee representative on the board", "board", False),
    ("Ingrid Solvang", "Chair of the board", "past", True),
    ("Ingrid Solvang", "Chief operating officer", "past", True),
    ("Oskar Lindqvist", "Chief executive officer", "past", True),
    ("Tomasz Zielony", "Founder", "past", True),
}
FROM_EDGAR = {
    ("Ingrid Solvang", "President & CEO", "executive", False),
    ("Chidi J. Okafor", "Executive Vice President and Chief People Officer", "executive", False),
    ("Lotte Brandt-Meier", "Director", "board", False),
    ("Augusta Pell", "Director", "board", False),
    ("Delia Marsh", "Chief Financial Officer", "past", True),
}


def test_a_company_that_both_registers_know(registers: Registers) -> None:
    registers.add("Northwind Robotics", COMPANY, "1999001")
    report = registers.crawl()
    assert roles(registers) == FROM_WIKIDATA | FROM_EDGAR
    assert report.failed == {}
    assert report.sites == 2
    # who is in both is one person: her item names her number with the SEC
    assert report.new_people == len(rows(registers, Person)) == 10
    assert report.rejected == {
        "dead": 2, "not_human": 1, "no_name": 1, "company": 1, "investor": 1, "no_role": 1, "other_issuer": 1,
    }  # fmt: skip
    assert (report.facts, report.hints, report.moves) == (2, 2, 0)
    visits = {(visit.kind, visit.reason, visit.people > 0) for visit in rows(registers, Visit)}
    assert visits == {("wikidata", None, True), ("edgar", None, True)}


def test_every_fact_leads_to_the_answer_it_is_from(registers: Registers) -> None:
    registers.add("Northwind Robotics", COMPANY, "1999001")
    registers.crawl()
    records = {record.id: record for record in rows(registers, SourceRecord)}
    assert {record.kind for record in records.values()} == {"registry"}
    for position in rows(registers, Position):
        record = records[position.source_record_id]
        assert position.own_page is False
        assert record.url == position.page_url
        own_items = {f"https://www.wikidata.org/wiki/Q9900000{number}" for number in (11, 14)}
        assert record.url in {ITEM, *own_items} or record.url.removeprefix("https://www.sec.gov") in FORMS.values()
        assert record.excerpt
        assert record.fetched_at == NOW
    where = {position.title: position.page_url.rpartition("/")[2] for position in rows(registers, Position)}
    # what only somebody's own item says cannot be looked up at the company's
    assert (where["Chair of the audit committee"], where["Chief operating officer"]) == ("Q990000014", "Q990000011")
    assert where["Board member"] == COMPANY
    chair = next(each for each in rows(registers, Position) if each.title == "Chair of the board" and not each.ended_at)
    assert (chair.started_on, chair.ended_on, chair.function, chair.level) == (
        "2018-05-04",
        None,
        "governance",
        "board",
    )


def test_accounts_become_profiles(registers: Registers) -> None:
    registers.add("Northwind Robotics", COMPANY)
    registers.crawl()
    platforms = {profile.platform for profile in rows(registers, Profile) if "olvang" in profile.url}
    assert platforms == {"linkedin", "x", "bluesky", "github", "instagram", "facebook", "web"}
    assert {profile.platform for profile in rows(registers, Profile)} >= {"wikidata", "sec", "mastodon", "youtube"}


def test_facts_and_hints_carry_their_dates(registers: Registers) -> None:
    registers.add("Northwind Robotics", COMPANY, "1999001")
    registers.crawl()
    facts = {(fact.kind, fact.value, fact.as_of, fact.source) for fact in rows(registers, OrganizationFact)}
    assert facts == {("country", "SE", None, ITEM), ("employees", "5230", "2024-12-31", ITEM)}
    hints = {(hint.kind, hint.happened_on, hint.detail) for hint in rows(registers, MoveHint)}
    assert hints == {
        ("8-K_5.02", date(2026, 10, 1), "departure, appointment"),
        ("8-K_5.02", date(2026, 5, 8), "election"),
    }


def test_a_second_look_adds_nothing_and_asks_for_nothing_that_cannot_have_changed(registers: Registers) -> None:
    registers.add("Northwind Robotics", COMPANY, "1999001")
    registers.crawl()
    before = {model: len(rows(registers, model)) for model in (Person, Position, Profile, SourceRecord, MoveHint)}
    asked = len(registers.asked("www.sec.gov"))
    registers.now += timedelta(days=7)
    report = registers.crawl()
    assert {model: len(rows(registers, model)) for model in before} == before
    assert len(registers.asked("www.sec.gov")) == asked
    assert (report.unchanged, report.new_people, report.hints, report.failed) == (1, 0, 0, {})
    assert roles(registers) == FROM_WIKIDATA | FROM_EDGAR


def test_a_list_that_changed_brings_only_what_is_new(registers: Registers) -> None:
    registers.add("Northwind Robotics", cik="1999001")
    registers.crawl()
    _file_another(registers, "0001999001-26-000011", "2026-11-24", "promoted.xml")
    registers.now += timedelta(days=7)
    asked = len(registers.asked("www.sec.gov"))
    registers.crawl()
    assert registers.asked("www.sec.gov")[asked:] == [ARCHIVE.format("000199900126000011", "promoted.xml")]
    # what she was before is over, and the others are what they were
    assert roles(registers) == {
        *(role for role in FROM_EDGAR if role[0] != "Chidi J. Okafor"),
        ("Chidi J. Okafor", "Chief Operating Officer", "executive", False),
        ("Chidi J. Okafor", "Executive Vice President and Chief People Officer", "executive", True),
    }


def _file_another(
    registers: Registers, accession: str, filed: str, name: str, *, form: str = "4", reported: str | None = None
) -> None:
    """A company files once more."""
    listed = json.loads(saved("submissions.json"))
    new = {
        "accessionNumber": accession,
        "filingDate": filed,
        "reportDate": reported or filed,
        "form": form,
        "primaryDocument": f"xslF345X05/{name}",
    }
    for column, values in listed["filings"]["recent"].items():
        values.insert(0, new.get(column, "" if isinstance(values[0], str) else 0))
    registers.files[SUBMISSIONS] = Response(json.dumps(listed), headers={"etag": '"two"'})
    registers.files[ARCHIVE.format(accession.replace("-", ""), name)] = Response(saved(name))


def test_an_amendment_of_what_is_long_past_changes_nothing(registers: Registers) -> None:
    registers.add("Northwind Robotics", cik="1999001")
    registers.crawl()
    _file_another(registers, "0001999001-26-000011", "2026-11-24", "promoted.xml", form="4/A", reported="2025-11-01")
    registers.now += timedelta(days=7)
    report = registers.crawl()
    assert registers.asked("www.sec.gov")[-1] == ARCHIVE.format("000199900126000011", "promoted.xml")
    assert roles(registers) == FROM_EDGAR
    assert (report.ended, report.people) == (0, 0)


def test_only_the_newest_statements_are_asked_for(registers: Registers) -> None:
    registers.add("Northwind Robotics", cik="1999001")
    registers.crawl(ownership_filings=2, reports=1)
    assert registers.asked("www.sec.gov") == [
        FORMS["officer-in-words.xml"],
        FORMS["title-in-remarks.xml"],
        FORMS["departure.htm"],
    ]
    details = {(hint.happened_on, hint.detail) for hint in rows(registers, MoveHint)}
    assert details == {(date(2026, 10, 1), "departure, appointment"), (date(2026, 5, 8), "")}


def test_somebody_s_newest_statement_counts(registers: Registers) -> None:
    registers.add("Northwind Robotics", cik="1999001")
    _file_another(registers, "0001999001-26-000011", "2026-11-20", "promoted.xml")
    report = registers.crawl()
    assert {role for role in roles(registers) if role[0] == "Chidi J. Okafor"} == {
        ("Chidi J. Okafor", "Chief Operating Officer", "executive", False)
    }
    assert report.moves == 0


def test_older_files_are_read_where_the_newest_do_not_reach_back(registers: Registers) -> None:
    listed = json.loads(saved("submissions.json"))
    recent = listed["filings"]["recent"]
    older = {name: values[3:] for name, values in recent.items()}
    listed["filings"]["recent"] = {name: values[:3] for name, values in recent.items()}
    registers.files[SUBMISSIONS] = Response(json.dumps(listed))
    registers.files["/submissions/CIK0001999001-submissions-001.json"] = Response(json.dumps(older))
    registers.add("Northwind Robotics", cik="1999001")
    registers.crawl()
    assert roles(registers) == FROM_EDGAR


def test_a_role_that_the_item_ends_is_over(registers: Registers) -> None:
    number = registers.add("Northwind Robotics", COMPANY)
    registers.crawl()
    claims = registers.items[COMPANY]["claims"]
    time = {"time": "+2026-11-01T00:00:00Z", "precision": 11}
    end = {"snaktype": "value", "property": "P582", "datavalue": {"value": time, "type": "time"}}
    claims["P169"][0]["qualifiers"]["P582"] = [end]
    registers.now += timedelta(days=7)
    registers.crawl()
    assert ("Ingrid Solvang", "Chief executive officer", "executive", True) in roles(registers, number)
    assert ("Ingrid Solvang", "Chief executive officer", "past", True) in roles(registers, number)


def test_a_role_that_is_taken_out_is_over_when_it_is_missed_twice(registers: Registers) -> None:
    registers.add("Northwind Robotics", COMPANY)
    registers.crawl()
    del registers.items[COMPANY]["claims"]["P1037"]
    seen = []
    for _ in range(2):
        registers.now += timedelta(days=7)
        registers.crawl()
        seen.append(("Amara Diallo", "Director or manager", "executive", True) in roles(registers))
    assert seen == [False, True]


def test_what_the_company_s_own_page_shows_stays_its_own(registers: Registers) -> None:
    number = registers.add("Northwind Robotics", COMPANY, "1999001")
    own = "https://northwind-robotics.test/team"
    people = (
        PersonItem(name="Ingrid Solvang", title="Chief executive officer", links=("https://x.com/ingridsolvang",)),
        PersonItem(name="Delia Marsh", title="Chief Financial Officer"),
    )
    page = PageItem(
        subject=COMPANY, url=own, fetched_at=NOW - timedelta(days=1),
        reading=PageReading(kind="leaders", reader="cards", people=people),
    )  # fmt: skip
    subject = Subject(key=COMPANY, name="Northwind Robotics", organization_id=number)
    with registers.store.session() as session:
        load_page(session, page, subject)
    registers.crawl()
    with registers.store.session() as session:
        kept = session.exec(select(Position).where(col(Position.title).in_([person.title for person in people])))
        shown = {(position.title, position.section): position for position in kept}
    for title in ("Chief executive officer", "Chief Financial Officer"):
        position = shown[title, "executive"]
        assert (title, position.own_page, position.page_url, position.ended_at) == (title, True, own, None)


def test_a_company_that_gives_nobody_is_named_with_its_reason(registers: Registers) -> None:
    registers.add("Northwind Robotics", COMPANY)
    registers.add("Gone", "Q990000044")
    registers.add("Somebody", "Q990000012")
    registers.add("Nobody Files", cik="1999777")
    report = registers.crawl()
    assert report.failed == {
        "Gone (wikidata)": "missing",
        "Somebody (wikidata)": "wrong_item",
        "Nobody Files (edgar)": "http_404",
    }
    assert report.sites == 4
    reasons = {visit.reason for visit in rows(registers, Visit)}
    assert reasons == {None, "missing", "wrong_item", "http_404"}


def test_a_batch_that_fails_is_asked_for_one_by_one(registers: Registers) -> None:
    refused = json.dumps({"error": {"code": "no-such-entity", "info": "Could not find an entity"}})
    registers.wikidata = [Response(refused), Response(refused)]
    registers.add("Unheard Of", "Q990000099")
    registers.add("Northwind Robotics", COMPANY)
    report = registers.crawl()
    assert report.failed == {"Unheard Of (wikidata)": "refused"}
    assert roles(registers) == FROM_WIKIDATA


def test_a_server_that_lags_behind_is_asked_again(registers: Registers) -> None:
    registers.wikidata = [Response(saved("maxlag.json"), headers={"retry-after": "7"})] * 2
    registers.add("Northwind Robotics", COMPANY)
    assert registers.crawl().failed == {}
    assert registers.slept == [7.0, 7.0]
    registers.wikidata = [Response(saved("maxlag.json"))] * 4
    assert registers.crawl().failed == {"Northwind Robotics (wikidata)": "busy"}
    registers.slept.clear()
    registers.wikidata = [Response(saved("maxlag.json"), headers={"retry-after": "100"})]
    assert registers.crawl().failed == {}
    assert registers.slept == [100.0]
    registers.wikidata = [Response(saved("maxlag.json"), headers={"retry-after": "900"})]
    assert registers.crawl().failed == {"Northwind Robotics (wikidata)": "busy"}
    assert registers.slept == [100.0]


def test_a_short_pause_is_waited_for(registers: Registers) -> None:
    registers.wikidata = [Response("slow down", 429, {"retry-after": "90"})]
    registers.add("Northwind Robotics", COMPANY)
    assert registers.crawl().failed == {}
    assert sum(registers.slept) >= 90
    assert roles(registers) == FROM_WIKIDATA


def test_a_long_pause_leaves_the_register_alone(registers: Registers) -> None:
    registers.files[SUBMISSIONS] = Response("slow down", 429, {"retry-after": "3600"})
    registers.add("Northwind Robotics", COMPANY, "1999001")
    registers.add("Southwind", cik="1999002")
    report = registers.crawl()
    assert report.failed == {"Northwind Robotics (edgar)": "backoff", "Southwind (edgar)": "backoff"}
    assert registers.asked("data.sec.gov") == [SUBMISSIONS]
    assert registers.slept == []
    assert roles(registers) == FROM_WIKIDATA


def test_a_register_that_wants_to_know_who_asks_is_left_alone(registers: Registers) -> None:
    registers.add("Northwind Robotics", cik="1999001")
    registers.add("Southwind", cik="1999002")
    report = registers.crawl(contact="")
    assert report.failed == {"Northwind Robotics (edgar)": "http_403", "Southwind (edgar)": "http_403"}
    assert len(registers.asked("data.sec.gov")) == 1
    # nothing was learned of either: both are still due
    assert rows(registers, Visit) == []
    assert registers.crawl(since=NOW).failed == {"Southwind (edgar)": "http_404"}


def test_a_form_that_cannot_be_read_is_counted_and_the_others_are_kept(registers: Registers) -> None:
    registers.files[FORMS["new-director.xml"]] = Response("<html>the rendered form</html>")
    del registers.files[FORMS["exit.xml"]]
    registers.add("Northwind Robotics", cik="1999001")
    report = registers.crawl()
    assert (report.rejected["unreadable"], report.rejected["http_404"]) == (1, 1)
    assert {role[0] for role in roles(registers)} == {"Ingrid Solvang", "Chidi J. Okafor", "Augusta Pell"}


def test_a_form_that_did_not_come_is_asked_for_again(registers: Registers) -> None:
    whole = registers.files[FORMS["new-director.xml"]]
    registers.files[FORMS["new-director.xml"]] = Response(b"", headers={"content-type": "image/png"})
    registers.add("Northwind Robotics", cik="1999001")
    assert registers.crawl().rejected["not_text"] == 1
    registers.files[FORMS["new-director.xml"]] = whole
    asked = len(registers.asked("www.sec.gov"))
    registers.crawl()
    assert registers.asked("www.sec.gov")[asked:] == [FORMS["new-director.xml"]]
    assert roles(registers) == FROM_EDGAR


def test_an_answer_that_is_too_large_is_asked_for_in_halves(registers: Registers) -> None:
    for person in ("Q990000011", "Q990000018"):
        registers.items[person] = {**registers.items[person], "padding": "x" * (6 << 20)}
    registers.add("Northwind Robotics", COMPANY)
    assert registers.crawl().failed == {}
    assert roles(registers) == FROM_WIKIDATA


def test_who_is_named_otherwise_in_the_other_register_is_known_by_the_number(registers: Registers) -> None:
    form = saved("officer-in-words.xml").replace(b"SOLVANG INGRID", b"SOLVANG INGRID MARIE")
    registers.files[FORMS["officer-in-words.xml"]] = Response(form)
    registers.add("Northwind Robotics", COMPANY, "1999001")
    registers.crawl()
    assert {name for name, *_ in roles(registers) if "Solvang" in name} == {"Ingrid Solvang"}


def test_a_run_that_was_cut_off_goes_on(registers: Registers) -> None:
    registers.add("Northwind Robotics", COMPANY, "1999001")
    with pytest.raises(StoppedError):
        registers.crawl(stops=Stops(everything=True))
    assert rows(registers, Visit) == []
    started = registers.now
    registers.crawl()
    asked = len(registers.server.log)
    assert registers.crawl(since=started).sites == 0
    assert len(registers.server.log) == asked


def test_only_a_company_with_a_number_is_asked_about(registers: Registers) -> None:
    with registers.store.session() as session:
        session.add(Organization(key="name:plain", name="Plain"))
    report = registers.crawl()
    assert (report.sites, report.failed) == (0, {})
    assert registers.server.log == []
