"""A register's answer that was saved is read like any other page."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.crawler.registries.saved_answers import SAVED, saved
from watchlist.inspection import inspect_page


def test_a_form_is_a_page_of_leaders() -> None:
    found = inspect_page(SAVED / "title-in-remarks.xml", "https://www.sec.gov/form4.xml", None)
    assert (found["kind"], found["reader"], found["reason"]) == ("leaders", "edgar", None)
    (person,) = found["people"]
    assert (person["name"], person["function"], person["level"]) == ("Chidi J. Okafor", "hr", "c_level")


def test_an_answer_with_a_company_and_its_people(tmp_path: Path) -> None:
    entities: dict[str, object] = {}
    for name in ("northwind.json", "people.json", "roles.json"):
        entities |= json.loads(saved(name))["entities"]
    file = tmp_path / "answer.json"
    file.write_text(json.dumps({"entities": entities, "success": 1}))
    found = inspect_page(file, "https://www.wikidata.org/w/api.php", "leaders")
    assert found["reader"] == "wikidata"
    assert ("Ingrid Solvang", "general", "c_level") in {
        (person["name"], person["function"], person["level"]) for person in found["people"]
    }
    assert "Oskar Lindqvist" not in {person["name"] for person in found["people"]}


@pytest.mark.parametrize("name", ["exit.xml", "maxlag.json", "submissions.json", "pay.htm"])
def test_what_names_no_leader_is_empty(name: str) -> None:
    assert inspect_page(SAVED / name, "https://www.sec.gov/x", None)["people"] == []
