"""The page of one person: theirs where a heading bears the name that was looked for, nobody's else."""

from __future__ import annotations

import pytest

from crawler.items import PageReading, PersonItem
from crawler.pages import Document
from crawler.pages.profile_page import LONGEST_BIOGRAPHY, name_in_address, read_profile, same_person
from crawler.wishes import Wishes

ADA = PersonItem(name="Ada Quist")
LIFE = "Ada Quist leads all people teams of Northwind Robotics, which she joined in 2015 after ten years elsewhere."
MORE = "Before that she built the personnel department of a shipyard, and she still teaches evening classes there."


def read(body: str, card: PersonItem = ADA, *, titled: bool = False, head: str = "", **more: object) -> PageReading:
    html = f"<html><head>{head}</head><body><header><a href='/'>Northwind</a></header><main>{body}</main></body></html>"
    url = "https://www.northwind.test/team/ada-quist"
    document = Document(url=url, body=html.encode(), organisation="Northwind Robotics", **more)  # type: ignore[arg-type]
    return read_profile(document, card, titled=titled)


def person(body: str, card: PersonItem = ADA, **more: object) -> PersonItem:
    (found,) = read(body, card, **more).people  # type: ignore[arg-type]
    return found


@pytest.mark.parametrize(
    ("body", "title"),
    [
        (f"<h1>Ada Quist</h1><p>Chief People Officer</p><p>{LIFE}</p>", "Chief People Officer"),
        (f"<h1>Ada Quist</h1><h2>Chief People Officer</h2><p>{LIFE}</p>", "Chief People Officer"),
        (f"<p>Chief People Officer</p><h1>Ada Quist</h1><p>{LIFE}</p>", "Chief People Officer"),
        (f"<h1>Ada Quist, Chief People Officer</h1><p>{LIFE}</p>", "Chief People Officer"),
        (f"<h1>Our team</h1><h2>Ada M. Quist</h2><div>Personalleiterin</div><p>{LIFE}</p>", "Personalleiterin"),
        (f"<h1>Ada Quist</h1><p>{LIFE}</p>", None),
    ],
)
def test_title_and_biography_of_the_page(body: str, title: str | None) -> None:
    found = person(body)
    assert (found.name, found.title, found.biography) == ("Ada Quist", title, LIFE)


def test_the_title_is_the_one_of_the_card_where_the_page_has_it() -> None:
    card = PersonItem(name="Ada Quist", title="Chief People Officer", section="board")
    found = person(f"<h1>Ada Quist</h1><p>EVP, Chief People Officer</p><p>{LIFE}</p>", card)
    assert (found.title, found.section) == ("Chief People Officer", "board")
    assert person(f"<h1>Ada Quist</h1><p>Head of Something Else</p><p>{LIFE}</p>", card).title is None


@pytest.mark.parametrize(
    "body",
    [
        "<h1>The Quist 3000</h1><p>Ada Quist likes it.</p>",
        f"<h1>Ada Quist joins us as Chief People Officer</h1><p>{LIFE}</p>",
        "<h1>Ada Novak</h1><p>Chief People Officer</p>",
        "<h1>News</h1><p>Ada Quist</p><p>Chief People Officer</p>",
        "<h1>Page not found</h1><h2>Ada Quist</h2>",
        "",
    ],
)
def test_a_page_without_a_heading_that_bears_the_name_is_nobodys(body: str) -> None:
    reading = read(body)
    assert (reading.people, reading.reason) == ((), "other_person")


def test_where_only_the_address_spoke_a_title_is_asked_for() -> None:
    assert read(f"<h1>Ada Quist</h1><p>{LIFE}</p>", titled=True).people == ()
    assert person("<h1>Ada Quist</h1><p>Chief People Officer</p>", titled=True).title == "Chief People Officer"


def test_what_stands_under_other_headings_is_no_part_of_a_life() -> None:
    body = (
        f"<h1>Ada Quist</h1><p>Chief People Officer</p><h3>Biography</h3><p>{LIFE}</p><h3>Experience</h3><p>{MORE}</p>"
        "<h3>Other leaders</h3><p>Oscar Raman has led the finances of the company for more than a dozen years now.</p>"
    )
    assert person(body).biography == f"{LIFE}\n{MORE}"


def test_a_long_life_is_cut_at_a_word() -> None:
    told = person("<h1>Ada Quist</h1>" + "".join(f"<p>{number}. {LIFE}</p>" for number in range(80))).biography
    assert len(told) <= LONGEST_BIOGRAPHY
    assert told.endswith("…")
    assert told[:-1].split()[-1] in f"79. {LIFE}".split() + [f"{number}." for number in range(80)]


def test_accounts_are_theirs_and_not_the_companys() -> None:
    links = (
        "https://www.linkedin.com/in/ada-quist/",
        "https://www.linkedin.com/company/northwind",
        "https://x.com/northwind_rob",
        "https://github.com/adaq",
        "https://adaquist.example/",
        "https://partner.example/",
        "https://www.facebook.com/sharer.php?u=1",
        "/team",
        "mailto:ada@northwind.test",
        "http://[broken",
    )
    body = f"<h1>Ada Quist</h1><p>CPO</p><p>{LIFE}</p>" + "".join(f"<a href='{link}'>o</a>" for link in links)
    assert person(body).links == (links[0], links[3], links[4])


def test_a_declared_person_gives_what_the_text_does_not() -> None:
    declared = (
        '<script type="application/ld+json">{"@context":"https://schema.org","@type":"Person","name":"Ada Quist",'
        '"jobTitle":"Chief People Officer","sameAs":["https://www.linkedin.com/in/ada-quist"]}</script>'
    )
    found = person(f"<h1>Ada Quist</h1><p>{LIFE}</p>", head=declared)
    assert (found.title, found.links) == ("Chief People Officer", ("https://www.linkedin.com/in/ada-quist",))


def test_a_board_members_job_at_another_firm_is_elsewhere() -> None:
    found = person(f"<h1>Ada Quist</h1><p>CFO of Farlane Trading Ltd</p><p>{LIFE}</p>")
    assert (found.title_scope, found.organisation) == ("elsewhere", "Farlane Trading Ltd")


def test_what_the_owner_asks_is_obeyed() -> None:
    reading = read(f"<h1>Ada Quist</h1><p>{LIFE}</p>", head='<meta name="robots" content="noindex">')
    assert (reading.people, reading.reason) == ((), "noindex")
    assert read(f"<h1>Ada Quist</h1><p>{LIFE}</p>", wishes=Wishes(no_quotes=True)).no_quotes


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://acme.test/team/ada-quist", "Ada Quist"),
        ("https://acme.test/about/leadership/jean_luc_moreau.html", "Jean Luc Moreau"),
        ("https://acme.test/team/", None),
        ("https://acme.test/ada-quist", None),
        ("https://acme.test/team/member-12", None),
        ("https://acme.test/team/what-we-do-for-you-all", None),
    ],
)
def test_the_name_in_an_address(url: str, name: str | None) -> None:
    assert name_in_address(url) == name


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Ada Quist", "ADA QUIST", True),
        ("Ada Quist", "Dr. Ada M. Quist, PhD", True),
        ("Ada Marie Quist", "Ada Quist", True),
        ("Ada Quist", "Ada Novak", False),
        ("Ada Quist", "Olaf Quist", False),
        ("Ada Quist", "Ada", False),
        ("Ada Quist", "", False),
    ],
)
def test_two_spellings_of_one_name(one: str, other: str, *, same: bool) -> None:
    assert same_person(one, other) is same
