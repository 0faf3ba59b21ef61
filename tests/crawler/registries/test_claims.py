"""Wikibase JSON: which claims are there, which hold now, and how exact a time is."""

from __future__ import annotations

import json
import pickle

import pytest

from crawler.registries.answers import AnswerError
from crawler.registries.claims import claims, current, day, entities, label, states
from tests.corpus import CORPUS, needs_corpus
from tests.crawler.registries.saved_answers import COMPANY, items, saved


def time(text: str, precision: int) -> dict[str, object]:
    return {"time": text, "precision": precision, "timezone": 0, "before": 0, "after": 0}


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (time("+2015-00-00T00:00:00Z", 9), "2015"),
        (time("+2015-01-01T00:00:00Z", 9), "2015"),
        (time("+2015-03-00T00:00:00Z", 10), "2015-03"),
        (time("+2015-03-01T00:00:00Z", 11), "2015-03-01"),
        (time("+00000002015-03-01T00:00:00Z", 11), "2015-03-01"),
        (time("+2015-03-01T10:20:00Z", 13), "2015-03-01"),
        (time("+2010-00-00T00:00:00Z", 8), None),
        (time("-0044-03-15T00:00:00Z", 11), None),
        ("2015", None),
        (None, None),
    ],
)
def test_a_date_is_as_exact_as_its_precision(value: object, expected: str | None) -> None:
    assert day(value) == expected  # type: ignore[arg-type]


def test_ended_outranked_and_deprecated_claims_do_not_hold_now() -> None:
    company = items("northwind.json")[COMPANY]
    found = claims(company, "P169")
    assert [claim.value for claim in found] == ["Q990000011", "Q990000012", "Q990000022"]
    assert [claim.value for claim in current(found)] == ["Q990000011"]
    assert found[1].since() == "2010"
    assert found[1].until() == "2021-02"
    # an end that nobody knows, and a successor, are ends as well
    assert found[2].is_over()
    assert [claim.value for claim in current(claims(company, "P488"))] == ["Q990000014"]


def test_an_end_that_has_not_come_yet_is_none() -> None:
    (claim,) = claims(items("northwind.json")[COMPANY], "P1037")
    assert claim.is_over()
    assert not claim.is_over(on="2026-11-23")
    assert claim.is_over(on="2028-01-01")


def test_of_lasting_claims_the_preferred_ones_hold() -> None:
    statement = {"mainsnak": {"snaktype": "value", "datavalue": {"value": "a", "type": "string"}}, "rank": "normal"}
    better = {"mainsnak": {"snaktype": "value", "datavalue": {"value": "b", "type": "string"}}, "rank": "preferred"}
    item = {"id": "Q1", "claims": {"P1": [statement, better]}}
    assert [claim.value for claim in current(claims(item, "P1"))] == ["b"]
    gone = {**better, "qualifiers": {"P582": [{"snaktype": "somevalue"}]}}
    assert [claim.value for claim in current(claims({"id": "Q1", "claims": {"P1": [statement, gone]}}, "P1"))] == ["a"]
    lasting = {**better, "qualifiers": {"P582": [{"snaktype": "novalue"}]}}
    assert [claim.value for claim in current(claims({"id": "Q1", "claims": {"P1": [lasting]}}, "P1"))] == ["b"]


def test_a_value_that_nobody_knows_is_stated_but_no_claim() -> None:
    people = items("people.json")
    assert states(people["Q990000022"], "P570")
    assert claims(people["Q990000022"], "P570") == ()
    assert not states(people["Q990000011"], "P570")


def test_missing_items_are_absent_and_merged_ones_keep_the_id_that_was_asked_for() -> None:
    found = items("odd.json")
    assert set(found) == {"Q990000041", "Q990000042"}
    assert found["Q990000042"]["id"] == "Q990000043"


def test_a_label_in_the_first_language_that_has_one() -> None:
    company = items("northwind.json")[COMPANY]
    assert label(company, ["de", "sv", "en"]) == "Nordvind Robotik"
    assert label(company, ["fi"]) is None
    assert label(items("people.json")["Q990000014"], ["de"]) == "Beatriz Falcão"
    assert label(items("people.json")["Q990000020"], ["en"]) is None


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (saved("maxlag.json"), "busy"),
        (b'{"error":{"code":"no-such-entity","info":"..."}}', "refused"),
        (b"<html>Too many requests</html>", "unreadable"),
        (b'["entities"]', "unreadable"),
        (b'{"success":1}', "unreadable"),
        (b"[" * 100_000, "unreadable"),
    ],
)
def test_what_is_no_answer_is_an_error_with_a_reason(body: bytes, reason: str) -> None:
    with pytest.raises(AnswerError) as caught:
        entities(body)
    assert caught.value.reason == reason
    copy = pickle.loads(pickle.dumps(caught.value))  # noqa: S301  # as it comes from the process that read it
    assert (copy.reason, copy.message) == (reason, caught.value.message)


def test_odd_json_is_read_as_far_as_it_goes() -> None:
    assert entities(b'{"entities":[]}') == {}
    item = {"id": "Q1", "labels": [], "claims": []}
    assert claims(item, "P31") == ()
    assert label(item, ["en"]) is None
    broken = {"id": "Q1", "claims": {"P31": [None, {}, {"mainsnak": None}, {"mainsnak": {"snaktype": "value"}}]}}
    assert claims(broken, "P31") == ()
    assert not states(broken, "P570")


@needs_corpus
def test_real_positions_are_sorted_into_present_and_past() -> None:
    (person,) = entities((CORPUS / "wikidata/Q7747.json").read_bytes()).values()
    statements = json.loads((CORPUS / "wikidata/Q7747.json").read_text("utf-8"))["entities"]["Q7747"]["claims"]["P39"]
    kept = [statement for statement in statements if statement["rank"] != "deprecated"]
    found = claims(person, "P39")
    assert len(found) == len(kept)
    assert len(current(found)) < len(found)
    assert not any("P582" in claim.qualifiers for claim in current(found))
