"""Forms 3, 4 and 5: officers, directors, owners; titles in remarks; companies; exits."""

from __future__ import annotations

import re

import pytest

from crawler.registries.answers import AnswerError
from crawler.registries.edgar_ownership import Owner, read_insiders, read_ownership, title_in_remarks
from tests.crawler.registries.saved_answers import SAVED, saved


def owner(name: str, number: int = 0) -> Owner:
    return read_ownership(saved(name)).owners[number]


def form_with(relationship: str, *, remarks: str = "", name: str = "Okafor Chidi J") -> bytes:
    return (
        "<ownershipDocument><documentType>4</documentType><periodOfReport>2026-09-10</periodOfReport>"
        "<issuer><issuerCik>1</issuerCik><issuerName>X</issuerName></issuer><reportingOwner><reportingOwnerId>"
        f"<rptOwnerCik>0001999102</rptOwnerCik><rptOwnerName>{name}</rptOwnerName></reportingOwnerId>"
        f"<reportingOwnerRelationship>{relationship}</reportingOwnerRelationship></reportingOwner>"
        f"<remarks>{remarks}</remarks></ownershipDocument>"
    ).encode()


def test_flags_in_words_in_figures_and_absent() -> None:
    words, figures, absent = owner("officer-in-words.xml"), owner("title-in-remarks.xml"), owner("new-director.xml")
    assert (words.director, words.officer, words.ten_percent) == (True, True, False)
    assert (figures.director, figures.officer, figures.ten_percent) == (False, True, False)
    assert (absent.director, absent.officer, absent.ten_percent, absent.title) == (True, False, False, None)


@pytest.mark.parametrize(("before", "behind"), [("", ' xmlns="http://sec.invalid/o"'), ("o:", ' xmlns:o="urn:o"')])
def test_a_form_in_a_namespace_is_read_alike(before: str, behind: str) -> None:
    form = saved("several-owners.xml").decode()
    spaced = re.sub(r"<(/?)([A-Za-z])", rf"<\1{before}\2", form).replace(
        "ownershipDocument", f"ownershipDocument{behind}", 1
    )
    assert behind in spaced
    assert read_insiders(spaced.encode()) == read_insiders(form.encode())


def test_an_officer_who_is_a_director_is_shown_as_officer() -> None:
    (person,) = read_insiders(saved("officer-in-words.xml")).page.people
    assert (person.name, person.title, person.section) == ("Ingrid Solvang", "President & CEO", "executive")
    assert person.links == ("https://www.sec.gov/cgi-bin/browse-edgar?action=getcompany&CIK=0001999999",)
    assert person.excerpt == "Form 4 of NORTHWIND ROBOTICS INC for 2026-10-10: SOLVANG INGRID: President & CEO"


def test_a_director_alone_holds_a_seat() -> None:
    (person,) = read_insiders(saved("new-director.xml")).page.people
    assert (person.name, person.title, person.section) == ("Lotte Brandt-Meier", "Director", "board")


def test_a_title_that_stands_in_the_remarks() -> None:
    found = owner("title-in-remarks.xml")
    assert (found.title, found.title_from) == ("Executive Vice President and Chief People Officer", "remarks")


def test_of_several_owners_only_leaders_are_people() -> None:
    reading = read_insiders(saved("several-owners.xml"))
    assert [(person.name, person.section) for person in reading.page.people] == [("Augusta Pell", "board")]
    assert reading.dropped == {"company": 1, "investor": 1, "no_role": 1}


def test_who_files_an_exit_is_former() -> None:
    reading = read_insiders(saved("exit.xml"))
    assert reading.page.people == ()
    (person,) = reading.page.former
    assert (person.name, person.title, person.until) == ("Delia Marsh", "Chief Financial Officer", "2026-03-01")


def test_what_a_company_files_as_owner_of_another_shows_nobody() -> None:
    body = saved("own-shares-elsewhere.xml")
    assert [person.name for person in read_insiders(body).page.people] == ["Barnaby Quill"]
    elsewhere = read_insiders(body, "1999001")
    assert elsewhere.page.people == ()
    assert elsewhere.page.reason == "other_issuer"
    assert read_insiders(body, "0001888888").page.people


def test_a_full_submission_holds_the_same_form() -> None:
    assert read_ownership(saved("submission-around.txt")) == read_ownership(saved("promoted.xml"))


def test_nothing_is_kept_of_addresses_and_signatures() -> None:
    for file in SAVED.glob("*.xml"):
        told = repr((read_ownership(file.read_bytes()), read_insiders(file.read_bytes())))
        assert "PRIVATE LANE" not in told
        assert "Somebody Else" not in told


@pytest.mark.parametrize(
    ("said", "remarks", "title"),
    [
        ("See Remarks", "Title: SVP, Quality", "SVP, Quality"),
        ("See remarks below", "Officer title: Chief Risk Officer; Exhibit 24 POA", "Chief Risk Officer"),
        ("*See Remarks", "(1) The reporting person is the General Counsel of the Issuer.", "General Counsel"),
        ("EVP, CHRO (See Remarks)", "Executive Vice President, Chief Human Resources Officer",
         "Executive Vice President, Chief Human Resources Officer"),
        ("EVP and CFO (continued in remarks)", "Title continued: and Treasurer", "EVP and CFO and Treasurer"),
        ("EVP (See Remarks)", "Exhibit 24 - Power of Attorney", "EVP"),
        ("", "Dr. Okafor serves as Chief Scientific Officer of the Company.", "Chief Scientific Officer"),
        ("See Remarks", "Exhibit 24 - Power of Attorney", None),
        ("See Remarks", "The shares were sold under a plan of the Chief Executive Officer.", None),
        ("Officer", "", None),
        ("", "", None),
        ("SVP, CLO &amp; Secretary", "Exhibit 24", "SVP, CLO & Secretary"),
    ],
)  # fmt: skip
def test_where_filers_put_the_title(said: str, remarks: str, title: str | None) -> None:
    body = form_with(f"<isOfficer>1</isOfficer><officerTitle>{said}</officerTitle>", remarks=remarks)
    assert read_ownership(body).owners[0].title == title


def test_remarks_without_a_title() -> None:
    for text in ("", "Exhibit 24.1 - Power of Attorney", "No longer subject to reporting.", "Form 1 of 2"):
        assert title_in_remarks(text) is None


def test_a_title_without_any_flag_is_an_officer_s_and_beside_another_flag_a_stray() -> None:
    bare = read_ownership(form_with("<officerTitle>Chief Data Officer</officerTitle>")).owners[0]
    assert (bare.officer, bare.title) == (True, "Chief Data Officer")
    beside = form_with("<isDirector>1</isDirector><officerTitle>Chair</officerTitle>")
    assert (read_ownership(beside).owners[0].officer, read_ownership(beside).owners[0].title) == (False, None)
    refused = form_with("<isOfficer>0</isOfficer><officerTitle>Chief Data Officer</officerTitle>")
    assert not read_ownership(refused).owners[0].officer


def test_of_two_officers_who_point_to_the_remarks_neither_title_is_known() -> None:
    one = form_with("<isOfficer>1</isOfficer><officerTitle>See Remarks</officerTitle>", remarks="Title: VP, Sales")
    block = one[one.index(b"<reportingOwner>") : one.index(b"</reportingOwner>") + len(b"</reportingOwner>")]
    two = one.replace(block, block + block.replace(b"0001999102", b"0001999103"))
    assert [each.title for each in read_ownership(two).owners] == [None, None]


def test_a_former_officer_who_is_other_is_former() -> None:
    body = form_with("<isOther>1</isOther><otherText>Former Chief Financial Officer</otherText>")
    assert [person.title for person in read_insiders(body).page.former] == ["Former Chief Financial Officer"]


@pytest.mark.parametrize(
    "body", [b"", b"<html><body>FORM 4</body></html>", b"<ownershipDocument>", b"{}", b"\xff\xfe\x00", b"<XML></XML>"]
)
def test_what_is_no_form_is_an_error(body: bytes) -> None:
    with pytest.raises(AnswerError):
        read_ownership(body)


def test_entities_of_a_form_open_no_files() -> None:
    declared = b"<!DOCTYPE ownershipDocument [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"
    body = form_with("<isDirector>1</isDirector>").replace(b"Okafor Chidi J", b"Okafor Chidi &x;")
    assert "root:" not in read_ownership(declared + body).owners[0].registered
