"""What one line is: name, title, both, label or sentence."""

from __future__ import annotations

import pytest

from crawler.pages import Document
from crawler.pages.lines import read_lines
from crawler.pages.marks import Mark, glued, is_label, is_name, is_prose, is_title, read_mark, tidy_line
from crawler.pages.title_lines import join_title


def mark(html: str) -> Mark:
    (line,) = read_lines(Document(url="https://acme.test/", body=f"<body><div>{html}</div></body>".encode())).lines
    return read_mark(line)


@pytest.mark.parametrize(
    "text", ["Miriam Okafor", "Dr. Karen Burton", "Jean-Luc DUPONT", "R.D. Huff", "Anna Weiß, MBA"]
)
def test_names(text: str) -> None:
    assert is_name(text)


@pytest.mark.parametrize(
    "text",
    [
        "Contact Us",
        "Product Delivery",
        "Strategic Alliances",
        "Unser Unternehmen",
        "Case Studies",
        "ann lee",
        "Ann",
        "1 2",
    ],
)
def test_texts_shaped_like_names(text: str) -> None:
    assert not is_name(text)


@pytest.mark.parametrize(
    "text", ["View bio", "LinkedIn", "Phone: 555-0100", "ext. 207", "a@acme.test", "+", "Подробнее"]
)
def test_labels(text: str) -> None:
    assert is_label(text)


@pytest.mark.parametrize(
    ("text", "prose"),
    [
        ("Ann joined Acme in 2010 and leads all sales.", True),
        ("Who are we?", True),
        ("VP, Global Head of Customer Success and Services, Slate Technologies, Inc.", False),
        ("Sr. Vice President / Chief of Care Delivery", False),
        ("Director, Programming & Educ.", False),
    ],
)
def test_sentences(text: str, *, prose: bool) -> None:
    assert is_prose(text) is prose


@pytest.mark.parametrize(
    ("html", "names", "title"),
    [
        ("Ann Lee, Chief Executive Officer", ("Ann Lee",), "Chief Executive Officer"),
        ("Ann Lee – VP, People", ("Ann Lee",), "VP, People"),
        ("Ann Lee | Head of Sales", ("Ann Lee",), "Head of Sales"),
        ("City Clerk - Ann Lee (ext. 12) a@acme.test", ("Ann Lee",), "City Clerk"),
        ("CEO: Ann Lee", ("Ann Lee",), "CEO"),
        ("Ann Lee, MD, Chief Medical Officer", ("Ann Lee, MD",), "Chief Medical Officer"),
        ("<b>Ann Lee</b> Chief Executive Officer", ("Ann Lee",), "Chief Executive Officer"),
        ("<b>Founder:</b> <b>Ann Lee</b> has led the company since the day it was founded.", ("Ann Lee",), "Founder"),
    ],
)
def test_one_line_with_name_and_title(html: str, names: tuple[str, ...], title: str) -> None:
    found = mark(html)
    assert (found.kind, found.names, found.title, found.sure) == ("both", names, title, True)


def test_a_field_after_a_comma_is_no_name() -> None:
    assert mark("Senior Vice President, Product Delivery").kind == "other"
    assert is_title("Senior Vice President, Product Delivery")


def test_two_names_in_one_line() -> None:
    assert mark("Jani Daly, Corinne Hooper").names == ("Jani Daly", "Corinne Hooper")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("CEO Ann Lee", ("Ann Lee", "CEO")),
        ("Ann Lee CEO", ("Ann Lee", "CEO")),
        ("Officer of Rockwell Automation", None),
        ("Ann Lee", None),
    ],
)
def test_glued_name_and_title(text: str, parts: tuple[str, str] | None) -> None:
    assert glued(text) == parts


@pytest.mark.parametrize(
    ("text", "tidy"),
    [
        ("– Ann Lee (she/her)", "Ann Lee"),
        ("Ann Lee (ext. 207) a@acme.test", "Ann Lee"),
        ("Президент «Acme»", "Президент «Acme»"),
        ("• CEO |", "CEO"),
    ],
)
def test_lines_are_tidied(text: str, tidy: str) -> None:
    assert tidy_line(text) == tidy


@pytest.mark.parametrize(
    ("parts", "title"),
    [
        (["CEO & Chairman", "Co-Founder"], "CEO & Chairman, Co-Founder"),
        (["Chief Financial", "Officer"], "Chief Financial Officer"),
        (["EVP, Worldwide", "Sales"], "EVP, Worldwide Sales"),
        (["Head of", "People"], "Head of People"),
        (["Executive Vice President,", "Chief Financial Officer"], "Executive Vice President, Chief Financial Officer"),
        (["Senior Vice President", "Enterprise Risk"], "Senior Vice President, Enterprise Risk"),
        (["Руководитель отдела", "персонала"], "Руководитель отдела персонала"),
    ],
)
def test_title_lines_are_joined(parts: list[str], title: str) -> None:
    assert join_title(parts) == title


def test_bylines_and_awards_are_no_titles() -> None:
    assert is_title("Managing Editor")
    assert not is_title("By the Managing Editor")
    assert not is_title("Manager of the Year 2020")
