"""From a page whose owner asks not to be profiled nobody is read; what is only recorded is carried on."""

from __future__ import annotations

import pickle
from datetime import UTC, datetime

import pytest

from crawler.items import PageReading
from crawler.pages import Document, read_page
from crawler.wishes import Wishes

PEOPLE = "<h1>Leadership</h1><h3>Hilda Krantz</h3><p>Chief Executive Officer</p><h3>Ada Quist</h3><p>CFO</p>"
EXPORT = b'<?xml version="1.0"?><schedule><event><title>On pumps</title></event></schedule>'
NOW = datetime(2026, 11, 24, tzinfo=UTC)


def page(head: str = "", end: str = "", wishes: Wishes | None = None, fetched_at: datetime | None = None) -> Document:
    body = f"<!DOCTYPE html><html><head><title>Acme</title>{head}</head><body>{PEOPLE}{end}</body></html>"
    return Document(url="https://acme.test/team", body=body.encode(), wishes=wishes or Wishes(), fetched_at=fetched_at)


def names(reading: PageReading) -> list[str]:
    return [person.name for person in reading.people]


def test_a_page_without_wishes_is_read() -> None:
    reading = read_page(page())
    assert names(reading) == ["Hilda Krantz", "Ada Quist"]
    assert (reading.reason, reading.no_quotes, reading.notices) == (None, False, ())


@pytest.mark.parametrize(
    ("head", "reason", "notice"),
    [
        ('<meta name="robots" content="noindex, follow">', "noindex", "meta robots: noindex"),
        ('<META NAME="MentorWatch" CONTENT="NOINDEX">', "noindex", "meta mentorwatch: noindex"),
        ('<meta http-equiv="X-Robots-Tag" content="none">', "noindex", "meta x-robots-tag: none"),
        ('<meta name="robots" content="noai, noimageai">', "opted_out", "meta robots: noai"),
        ('<meta name="tdm-reservation" content="1">', "opted_out", "tdm-reservation: 1 (meta tag)"),
    ],
)
def test_a_page_that_refuses_gives_nobody_and_says_why(head: str, reason: str, notice: str) -> None:
    reading = read_page(page(head), kind="leaders")
    assert (names(reading), reading.reason, reading.notices) == ([], reason, (notice,))


@pytest.mark.parametrize(
    "head",
    [
        '<meta name="googlebot" content="noindex">',
        '<meta name="robots" content="noarchive, max-snippet:-1, max-image-preview:none">',
        '<meta name="description" content="noindex"><meta charset="utf-8"><meta name="robots">',
        '<meta name="tdm-reservation" content="0">',
    ],
)
def test_a_page_that_asks_others_or_for_less_is_read(head: str) -> None:
    assert len(read_page(page(head)).people) == 2


def test_what_came_with_the_page_decides_as_well() -> None:
    refused = read_page(page(wishes=Wishes(no_profile="X-Robots-Tag: noai", noted=("a",))))
    assert (names(refused), refused.reason, refused.notices) == ([], "opted_out", ("X-Robots-Tag: noai", "a"))
    never = Document(url="https://acme.test/x.xml", body=EXPORT, wishes=Wishes(no_fetch="label"))
    assert read_page(never).reason == "opted_out"
    both = read_page(page('<meta name="robots" content="nosnippet">', wishes=Wishes(noted=("tdm-policy: x",))))
    assert (len(both.people), both.no_quotes, both.notices) == (2, True, ("tdm-policy: x",))


def test_words_warn_and_do_not_refuse() -> None:
    reading = read_page(page(end="<footer>Scraping of this site is not permitted.</footer>"))
    assert len(reading.people) == 2
    assert reading.notices == ("the page's text: no scraping",)


@pytest.mark.parametrize(
    ("date", "people"), [("2026-11-23", 0), ("2026-11-25", 2), ("Mon, 23 Nov 2026 10:00:00 EST", 0)]
)
def test_a_page_past_its_date_is_not_read(date: str, people: int) -> None:
    head = f'<meta name="robots" content="unavailable_after: {date}">'
    assert len(read_page(page(head, fetched_at=NOW)).people) == people
    assert len(read_page(page(head)).people) == 2


def test_a_document_with_wishes_may_be_read_in_another_process() -> None:
    document = page(wishes=Wishes(no_quotes=True), fetched_at=NOW)
    assert read_page(pickle.loads(pickle.dumps(document))) == read_page(document)  # noqa: S301  # our own
