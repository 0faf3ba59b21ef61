"""Organisations: comparable keys, equality, and what looks like one."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.lexicon.organisations import (
    has_legal_form,
    looks_like_organisation,
    organisation_key,
    same_organisation,
)
from tests.corpus import CORPUS, needs_corpus


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("Acme Widgets, Inc.", "acme widgets"),
        ("ACME WIDGETS", "acme widgets"),
        ("The Acme Company", "acme"),
        ("Acme Widgets LLC", "acme widgets"),
        ("Acme Holdings plc", "acme holdings"),
        ("Muster GmbH & Co. KG", "muster"),
        ("Muster Aktiengesellschaft", "muster"),
        ("Muster e.V.", "muster"),
        ("Société Générique S.A.S.", "societe generique"),
        ("Prueba, S.L.", "prueba"),
        ("Prueba S.A. de C.V.", "prueba"),
        ("Prova S.p.A.", "prova"),
        ("Prova S.r.l.", "prova"),
        ("Amostra Ltda.", "amostra"),
        ("Voorbeeld B.V.", "voorbeeld"),
        ("Exempel AB", "exempel"),
        ("Eksempel A/S", "eksempel"),
        ("Esimerkki Oyj", "esimerkki"),
        ("Przykład Sp. z o.o.", "przyklad"),
        ("Příklad s.r.o.", "priklad"),
        ("Példa Kft.", "pelda"),
        ("Örnek A.Ş.", "ornek"),
        ("ООО «Пример»", "пример"),
        ("Tatoeba K.K.", "tatoeba"),
        ("Limited", "limited"),
        ("Doe & Roe", "doe & roe"),
    ],
)
def test_key(name: str, key: str) -> None:
    assert organisation_key(name) == key


@pytest.mark.parametrize(
    ("a", "b", "same"),
    [
        ("Acme Inc", "ACME, Inc.", True),
        ("Acme Inc", "Acme GmbH", True),
        ("Data Works", "DataWorks", True),
        ("Acme Bank", "Acme", False),
        ("Acme Europe", "Acme America", False),
        ("", "", False),
        ("Acme", "", False),
    ],
)
def test_same(a: str, b: str, *, same: bool) -> None:
    assert same_organisation(a, b) is same
    assert same_organisation(b, a) is same


@pytest.mark.parametrize(
    ("text", "yes"),
    [
        ("Acme Widgets, LLC", True),
        ("Muster GmbH", True),
        ("ООО Пример", True),
        ("Springfield University", True),
        ("Universidad de Prueba", True),
        ("Acme Health", True),
        ("Robertson Dispatch Center", True),
        ("Jane Doe", False),
        ("Harry Short", False),
        ("Jean-Luc Dumont", False),
        ("LLC", False),
        ("", False),
    ],
)
def test_looks_like_organisation(text: str, *, yes: bool) -> None:
    assert looks_like_organisation(text) is yes


@pytest.mark.parametrize(
    ("text", "yes"), [("Acme, Inc.", True), ("Jane Sa", False), ("University of Acme", False), ("Inc.", False)]
)
def test_has_legal_form(text: str, *, yes: bool) -> None:
    assert has_legal_form(text) is yes


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=300))
def test_key_is_its_own_key_or_shorter(text: str) -> None:
    key = organisation_key(text)
    assert len(organisation_key(key)) <= len(key)
    assert looks_like_organisation(text) in (True, False)


def test_long_names_are_cut() -> None:
    assert len(organisation_key("a" * 10_000)) <= 200
    assert not looks_like_organisation("bank " * 2_000)


@needs_corpus
def test_companies_of_the_corpus_are_told_from_people() -> None:
    listed = json.loads((CORPUS / "edgar/company_tickers.json").read_text("utf-8")).values()
    titles = {entry["title"] for entry in listed if entry["title"].endswith((" INC", " CORP", " LTD", " PLC", " LLC"))}
    missed = [title for title in titles if not looks_like_organisation(title)]
    assert len(titles) > 1000
    assert len(missed) / len(titles) < 0.01, missed[:20]
