"""Names as registers of companies write them."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.lexicon.names import read_name, read_registry_name
from tests.corpus import CORPUS, needs_corpus

NAMES = [
    # text, full, given, middle, family
    ("TESTER TIMOTHY D", "Timothy D. Tester", "Timothy", "D.", "Tester"),
    ("Tester Eugene W", "Eugene W. Tester", "Eugene", "W.", "Tester"),
    ("McTest John Dennis", "John Dennis McTest", "John Dennis", "", "McTest"),
    ("MCTEST IAN", "Ian McTest", "Ian", "", "McTest"),
    ("Tester J Kevin", "J. Kevin Tester", "J. Kevin", "", "Tester"),
    ("TESTER JOHN E JAMES", "John E. James Tester", "John James", "E.", "Tester"),
    ("KELLY BRIDGET", "Bridget Kelly", "Bridget", "", "Kelly"),
    ("SCOTT H LEE", "H. Lee Scott", "H. Lee", "", "Scott"),
    ("NG KIN MAN", "Kin Man Ng", "Kin Man", "", "Ng"),
    ("LE JOHN", "John Le", "John", "", "Le"),
    ("CHURCH JOHN", "John Church", "John", "", "Church"),
    # double family names and particles stand first
    ("Jean-Luc Carine Testine", "Carine Testine Jean-Luc", "Carine Testine", "", "Jean-Luc"),
    ("VAN DER BERG WILLEM", "Willem van der Berg", "Willem", "", "van der Berg"),
    ("DE LA CRUZ ANA MARIA", "Ana Maria de la Cruz", "Ana Maria", "", "de la Cruz"),
    ("MARTINEZ DE LA CRUZ ANA", "Ana Martinez de la Cruz", "Ana", "", "Martinez de la Cruz"),
    ("GARCIA LOPEZ MARIA", "Maria Garcia Lopez", "Maria", "", "Garcia Lopez"),
    ("ORTEGA Y TESTET JOSE", "Jose Ortega Y Testet", "Jose", "", "Ortega Y Testet"),
    ("O'TEST SEAN P", "Sean P. O'Test", "Sean", "P.", "O'Test"),
    ("O TESTEN SEAN", "Sean O'Testen", "Sean", "", "O'Testen"),
    ("MC TESTEN JOHN", "John McTesten", "John", "", "McTesten"),
    ("St. Test Mary", "Mary St. Test", "Mary", "", "St. Test"),
    # filers break the order
    ("Molly Montgomery", "Molly Montgomery", "Molly", "", "Montgomery"),
    ("Jennifer Scott", "Jennifer Scott", "Jennifer", "", "Scott"),
    ("Mary Beth Thomas", "Mary Beth Thomas", "Mary Beth", "", "Thomas"),
    ("James T Testett", "James T. Testett", "James", "T.", "Testett"),
    # Companies House puts a comma
    ("TESTLES, Kerri", "Kerri Testles", "Kerri", "", "Testles"),
    ("VAN TESTEN, Kerri Ann", "Kerri Ann Van Testen", "Kerri Ann", "", "Van Testen"),
]


@pytest.mark.parametrize(("text", "full", "given_name", "middle", "family"), NAMES)
def test_order_and_parts(text: str, full: str, given_name: str, middle: str, family: str) -> None:
    name = read_registry_name(text)
    assert name is not None
    assert (name.full.casefold(), name.given, name.middle) == (full.casefold(), given_name, middle)
    assert (name.family.casefold(), name.original) == (family.casefold(), text)


@pytest.mark.parametrize(
    ("text", "full", "honorifics", "suffixes"),
    [
        ("TESTER R ANDREW III", "R. Andrew Tester", (), ("III",)),
        ("TESTER JR JOHN A", "John A. Tester", (), ("JR",)),
        ("TESTER JOHN A. JR.", "John A. Tester", (), ("JR.",)),
        ("Tester Jane, Ph.D.", "Jane Tester", (), ("Ph.D.",)),
        ("Tester Jane M.D.", "Jane Tester", (), ("M.D.",)),
        ("TESTER, John Andrew, Dr", "John Andrew Tester", ("Dr",), ()),
        ("Tester Carl C et al", "Carl C. Tester", (), ()),
    ],
)
def test_what_stands_around(text: str, full: str, honorifics: tuple[str, ...], suffixes: tuple[str, ...]) -> None:
    name = read_registry_name(text)
    assert name is not None
    assert (name.full, name.honorifics, name.suffixes) == (full, honorifics, suffixes)


@pytest.mark.parametrize("text", ["TESTER TIMOTHY D", "Tester Timothy", "Tester Timothy Jr."])
def test_the_key_is_that_of_the_spoken_name(text: str) -> None:
    name, spoken = read_registry_name(text), read_name("Timothy Tester")
    assert name is not None
    assert spoken is not None
    assert name.key == spoken.key


@pytest.mark.parametrize(
    "text",
    [
        "ACME TEST INC", "Testwell Corp", "TEST GROUP INC /DE/", "SMITH FAMILY TRUST", "TEST FARGO & COMPANY/MN",
        "Acme Capital Partners, L.P.", "ACME FUND II", "Robert Test Foundation", "The Test Trust",
        "ACME SECRETARIES LIMITED", "ESTATE OF JOHN DOE", "Test Bank N.A.", "", " ", "J", "J D", "TEST\x00JANE",
        "A" * 500,
    ],
)  # fmt: skip
def test_companies_and_texts_without_a_name_are_none(text: str) -> None:
    assert read_registry_name(text) is None


@needs_corpus
def test_owners_of_the_corpus() -> None:
    filings = json.loads((CORPUS / "edgar/expected.json").read_text("utf-8"))["ownership"]
    owners = [owner for filing in filings for owner in filing["owners"]]
    read = {owner["edgar_name"]: read_registry_name(owner["edgar_name"]) for owner in owners}
    assert len(owners) > 8
    assert {text: name.full if name else None for text, name in read.items()} == {
        owner["edgar_name"]: owner.get("name") for owner in owners
    }


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=150))
def test_any_text_is_read_or_refused(text: str) -> None:
    name = read_registry_name(text)
    assert name is None or name.full.strip()
