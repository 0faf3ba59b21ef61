"""8-Ks with item 5.02: five uses, of which only some are moves."""

from __future__ import annotations

import pytest

from crawler.registries.answers import AnswerError
from crawler.registries.edgar_reports import read_departures
from tests.crawler.registries.saved_answers import saved

HEADING = (
    "Departure of Directors or Certain Officers; Election of Directors; Appointment of Certain Officers; "
    "Compensatory Arrangements of Certain Officers."
)


def detail(text: str) -> str | None:
    page = f"<html><body><p>Item 5.02 {HEADING}</p><p>{text}</p><p>SIGNATURES</p></body></html>"
    found = read_departures(page.encode())
    return found.detail if found else None


@pytest.mark.parametrize(
    ("name", "uses"),
    [
        ("departure.htm", ("departure", "appointment")),
        ("election.htm", ("election",)),
        ("pay.htm", ("pay only",)),
    ],
)
def test_what_a_report_is_about(name: str, uses: tuple[str, ...]) -> None:
    found = read_departures(saved(name))
    assert found is not None
    assert found.uses == uses


def test_a_report_without_the_item_says_nothing() -> None:
    assert read_departures(saved("no-item.htm")) is None


@pytest.mark.parametrize(
    ("expected", "text"),
    [
        ("departure", "Jane Doe notified the Company of her decision to resign as Chief Financial Officer on June 1."),
        ("departure", "John Roe informed the Board of his intention to retire from his position as President."),
        ("departure", "Mr. Roe, a member of the Board, will not stand for re-election at the 2026 annual meeting."),
        ("departure", "Mr. Smith, Chief Operating Officer, will depart the Company on July 1."),
        ("departure", "Mr. Roe's last day as General Counsel will be March 3, 2026."),
        ("departure", "John Roe, Chief Legal Officer, will be leaving the Company to pursue other opportunities."),
        ("election", "The Board increased its size to ten and elected Jane Doe as a director, effective immediately."),
        ("election", "The Board appointed Jane Doe to the Board of Directors as a Class II director."),
        ("appointment", "The Board appointed Ann Coe as Executive Vice President and Chief Human Resources Officer."),
        ("appointment", "Ann Coe, 51, has been promoted to Chief Operating Officer."),
        ("appointment", "Ms. Coe will serve as interim Chief Executive Officer while the Board searches."),
        ("pay only", "The Committee approved the incentive plan in which executive officers participate."),
        ("pay only", "If her employment as Chief Executive Officer ends for good reason, she is paid a salary."),
        ("pay only", "The Committee appointed by the Board approved a bonus for Jane Doe, Treasurer, if she remains."),
        ("", "There is nothing more to say."),
    ],
)  # fmt: skip
def test_the_uses_of_the_item(expected: str, text: str) -> None:
    assert detail(text) == expected


def test_what_signers_and_other_items_say_does_not_count() -> None:
    page = (
        f"<p>Item 5.02 {HEADING}</p><p>The Committee approved bonuses.</p>"
        "<p>Item 8.01 Other Events</p><p>The Board appointed Ann Coe as President.</p>"
        "<p>SIGNATURES</p><p>Una Frame, who resigned as Secretary</p>"
    )
    found = read_departures(page.encode())
    assert found is not None
    assert found.detail == "pay only"


def test_a_full_submission_is_read_without_its_exhibits() -> None:
    body = b"<SEC-DOCUMENT>\n<DOCUMENT>\n<TYPE>8-K\n<TEXT>\n" + saved("pay.htm") + b"</TEXT>\n</DOCUMENT>\n"
    body += b"<DOCUMENT>\n<TYPE>EX-99\n<TEXT>\n" + saved("departure.htm") + b"</TEXT>\n</DOCUMENT>\n"
    found = read_departures(body)
    assert found is not None
    assert found.detail == "pay only"


def test_what_is_empty_is_an_error() -> None:
    with pytest.raises(AnswerError):
        read_departures(b"")
