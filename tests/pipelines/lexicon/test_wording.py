"""Titles in other words and names in other spellings: what is the same, and what is not."""

from __future__ import annotations

import pytest

from pipelines.lexicon.name_variants import is_family_name_of, is_turned_round, may_be_one_name
from pipelines.lexicon.title_wording import nested_wording, same_wording


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("CHRO", "Chief Human Resources Officer"),
        ("VP, Sales", "Vice President of Sales"),
        ("HR Director", "Director of Human Resources"),
        ("Sr. Director, Ops", "Senior Director of Operations"),
        ("CFO", "Chief Financial Officer, Acme Inc"),
        ("CFO", "EVP & CFO"),
        ("Vice-President Marketing", "VICE PRESIDENT – MARKETING"),
        ("Executive VP, General Counsel, & Secretary", "Executive Vice President, General Counsel, and Secretary"),
        ("Leiter Personal", "Leiterin Personal"),
        ("Director de Ventas", "Directora, Ventas"),
    ],
)
def test_one_title_in_other_words(one: str, other: str) -> None:
    assert same_wording(one, other)
    assert same_wording(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("CHRO", "Chief People Officer"),
        ("VP Sales", "SVP Sales"),
        ("Interim CFO", "CFO"),
        ("CFO", "CFO and COO"),
        ("Deputy Director", "Director"),
        ("Head of People", "Head of Talent"),
        ("Director of Finance", "Director of Marketing"),
        ("CEO", "CFO"),
        ("Director", "Director of Finance"),
        ("", "CFO"),
        ("", ""),
    ],
)
def test_two_titles(one: str, other: str) -> None:
    assert not same_wording(one, other)
    assert not same_wording(other, one)


def test_a_part_of_a_title_is_nested_in_it() -> None:
    assert nested_wording("Director", "Director of Finance")
    assert not nested_wording("Director of Sales", "Director of Finance")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Dr. Anna Müller", "Anna Mueller"),
        ("James Thomas Hackett", "James T. Hackett"),
        ("James Hackett", "James Thomas Hackett"),
        ("Bob Smith", "Robert Smith"),
        ("J. Smith", "John Smith"),
        ("Anna Schmidt", "Anna Schmidt-Huber"),
        ("Jonathan Featherstone", "Jonathan Fetherstone"),
        ("Jonathan Featherstone", "Jonathan Feathersotne"),
        ("Charles (Chuck) Brown", "Chuck Brown"),
        ("Wang E-Fei", "E-Fei Wang"),
    ],
)
def test_one_name_in_two_spellings(one: str, other: str) -> None:
    assert may_be_one_name(one, other)
    assert may_be_one_name(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("James T. Hackett", "James P. Hackett"),
        ("Anna Schmidt", "Peter Schmidt"),
        ("John Smith Jr.", "John Smith Sr."),
        ("Maria Garcia", "Marta Garcia"),
        ("Tom Lee", "Tom Lea"),
        ("Ann Lee", "Anna Lee"),
        ("John Brown", "John Smith"),
        ("Anna", "Anna Lee"),
        ("Juan Perez Garcia", "Juan Lopez Garcia"),
    ],
)
def test_two_names(one: str, other: str) -> None:
    assert not may_be_one_name(one, other)
    assert not may_be_one_name(other, one)


def test_a_family_name_alone_and_words_in_another_order() -> None:
    assert is_family_name_of("Marshall", "Phila Marshall")
    assert not is_family_name_of("Phila", "Phila Marshall")
    assert not is_family_name_of("Phila Marshall", "Phila Marshall")
    assert is_turned_round("Wang E-Fei", "E-Fei WANG")
    assert not is_turned_round("Wang", "Wang")
