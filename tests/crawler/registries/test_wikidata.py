"""A company's item and those of its people: who leads it, who did, and where they are found."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import pytest

from crawler.fetch.access import access_rules
from crawler.items import PersonItem
from crawler.registries.answers import RegistryReading
from crawler.registries.wikidata import (
    NAMES,
    accounts_of,
    batches,
    is_organisation,
    items_url,
    name_of,
    people_of,
    read_company,
    roles_of,
)
from pipelines.lexicon.links import read_link
from pipelines.normalise import read_role
from tests.crawler.registries.saved_answers import COMPANY, TODAY, items


@pytest.fixture(scope="module")
def reading() -> RegistryReading:
    company = items("northwind.json")[COMPANY]
    return read_company(company, items("people.json", "roles.json"), on=TODAY)


def roles(people: tuple[PersonItem, ...]) -> list[tuple[str, str | None, str, str | None, str | None]]:
    return [(each.name, each.title, each.section, each.since, each.until) for each in people]


def test_who_leads_the_company_now(reading: RegistryReading) -> None:
    assert roles(reading.page.people) == [
        ("Ingrid Solvang", "Chief executive officer", "executive", "2021-03-01", None),
        ("Amara Diallo", "Director or manager", "executive", None, "2027-12-31"),
        ("Beatriz Falcão", "Board member", "board", None, None),
        ("Beatriz Falcão", "Chair of the board", "board", "2018-05-04", None),
        ("Joachim Wendt", "Employee representative on the board", "board", "2020", None),
    ]


def test_who_did_is_former_and_a_founder_is_what_somebody_was(reading: RegistryReading) -> None:
    assert roles(reading.page.former) == [
        ("Ingrid Solvang", "Chair of the board", "board", None, None),
        ("Oskar Lindqvist", "Chief executive officer", "executive", "2010", "2021-02"),
        ("Tomasz Zielony", "Founder", "executive", None, None),
    ]


def test_what_only_their_own_items_say_stands_under_those(reading: RegistryReading) -> None:
    said = {item: (roles(page.people), roles(page.former)) for item, page in reading.beside.items()}
    assert said == {
        "Q990000011": ([], [("Ingrid Solvang", "Chief operating officer", "executive", "2016", "2021")]),
        "Q990000014": ([("Beatriz Falcão", "Chair of the audit committee", "board", "2019", None)], []),
    }
    assert reading.beside["Q990000014"].facts == ()


def test_a_role_that_both_items_name_stands_with_the_company() -> None:
    company = items("northwind.json")[COMPANY]
    known = items("people.json", "roles.json")
    held = json.loads(json.dumps(known["Q990000014"]).replace("Q990000033", "Q990000098"))
    name = {"id": "Q990000098", "labels": {"en": {"language": "en", "value": "chair of the board"}}}
    found = read_company(company, {**known, "Q990000014": held, "Q990000098": name}, on=TODAY)
    assert "Q990000014" not in found.beside
    assert [each.title for each in found.page.people if each.name == "Beatriz Falcão"] == [
        "Board member", "Chair of the board",
    ]  # fmt: skip


def test_who_takes_office_next_year_does_not_lead_yet() -> None:
    company = json.loads(json.dumps(items("northwind.json")[COMPANY]))
    time = {"time": "+2027-01-01T00:00:00Z", "precision": 11}
    begins = {"snaktype": "value", "property": "P580", "datavalue": {"value": time, "type": "time"}}
    company["claims"]["P1037"][0].setdefault("qualifiers", {})["P580"] = [begins]
    known = items("people.json", "roles.json")
    today = read_company(company, known, on=TODAY).page
    assert "Amara Diallo" not in {person.name for person in (*today.people, *today.former)}
    assert "Amara Diallo" in {person.name for person in read_company(company, known, on="2027-01-01").page.people}


def test_the_dead_and_what_is_no_human_are_dropped_and_counted(reading: RegistryReading) -> None:
    assert reading.dropped == {"dead": 2, "not_human": 1, "no_name": 1}
    named = {person.name for person in (*reading.page.people, *reading.page.former)}
    assert named.isdisjoint({"Harald Frost", "Ulla Berg", "Frost Holding", "Never Shown"})


def test_people_whose_items_did_not_come_are_counted() -> None:
    company = items("northwind.json")[COMPANY]
    bare = read_company(company, {}, on=TODAY)
    assert bare.page.people == ()
    assert bare.page.reason == "no_people"
    assert bare.dropped == {"missing": len(people_of(company))}


def test_accounts_are_links_and_ended_ones_are_not(reading: RegistryReading) -> None:
    ingrid = reading.page.people[0]
    assert ingrid.links == (
        "https://www.wikidata.org/wiki/Q990000011",
        "https://www.linkedin.com/in/ingrid-solvang",
        "https://x.com/ingridsolvang",
        "https://bsky.app/profile/ingridsolvang.bsky.test",
        "https://robots.test/@ingrid",
        "https://github.com/isolvang",
        "https://www.youtube.com/channel/UCabcdefghij0123456789",
        "https://www.instagram.com/ingrid.solvang/",
        "https://www.facebook.com/ingrid.solvang.official",
        "https://www.sec.gov/cgi-bin/browse-edgar?action=getcompany&CIK=0001999999",
        "https://ingrid-solvang.test/",
    )
    platforms = [link.platform for url in ingrid.links if (link := read_link(url))]
    assert platforms == [
        "wikidata", "linkedin", "x", "bluesky", "mastodon", "github", "youtube", "instagram", "facebook", "sec", "web",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("name", "value"), [("P4033", "ingrid"), ("P2002", "two words"), ("P5531", "no number"), ("P856", "javascript:1")]
)
def test_a_handle_that_is_none_gives_no_address(name: str, value: str) -> None:
    snak = {"snaktype": "value", "datavalue": {"value": value, "type": "string"}}
    person = {"id": "Q1", "claims": {name: [{"mainsnak": snak, "rank": "normal"}]}}
    assert accounts_of(person) == ("https://www.wikidata.org/wiki/Q1",)


def test_country_and_size_come_with_their_dates(reading: RegistryReading) -> None:
    facts = {(fact.kind, fact.value, fact.as_of) for fact in reading.page.facts}
    assert facts == {("country", "SE", None), ("employees", "5230", "2024-12-31")}


def test_the_excerpt_says_which_statement_it_was(reading: RegistryReading) -> None:
    assert reading.page.people[0].excerpt == (
        "Northwind Robotics (Q990000001), P169 Chief executive officer: Ingrid Solvang, since 2021-03-01"
    )


def test_the_lexicon_reads_every_title(reading: RegistryReading) -> None:
    read = {person.title: read_role(person) for person in reading.page.people}
    assert (read["Chief executive officer"].function, read["Chief executive officer"].level) == ("general", "c_level")
    for title in ("Chair of the board", "Board member", "Employee representative on the board"):
        assert (title, read[title].function, read[title].level) == (title, "governance", "board")


def test_a_chair_on_a_person_is_no_office() -> None:
    person = items("odd.json")["Q990000041"]
    assert not is_organisation(person)
    assert people_of(person) == ()
    assert read_company(person, {}, on=TODAY).page.reason == "wrong_item"


def test_a_merged_company_without_people() -> None:
    company = items("odd.json")["Q990000042"]
    assert name_of(company) == "Southwind"
    assert read_company(company, {}, on=TODAY).page.reason == "no_people"


def test_what_to_ask_for_next() -> None:
    company = items("northwind.json")[COMPANY]
    people = people_of(company)
    assert len(people) == len(set(people)) == 10
    assert set(roles_of(company, items("people.json"))) == {"Q990000031", "Q990000032", "Q990000033"}
    assert roles_of(company, {}) == ("Q990000031",)


def test_items_are_asked_for_fifty_at_a_time_with_what_the_etiquette_wants() -> None:
    groups = batches([f"Q{number}" for number in range(1, 121)] + ["Q1"])
    assert [len(group) for group in groups] == [50, 50, 20]
    parts = urlsplit(items_url(groups[0]))
    query = parse_qs(parts.query)
    assert query["ids"][0].split("|") == [f"Q{number}" for number in range(1, 51)]
    assert query["action"] == ["wbgetentities"]
    assert query["props"] == ["labels|claims"]
    assert query["maxlag"] == ["5"]
    assert parse_qs(urlsplit(items_url(groups[0], props=NAMES)).query)["props"] == ["labels"]
    assert access_rules().api("https://www.wikidata.org", parts.path)
    assert len(items_url(["Q123456789"] * 50)) < 2000
