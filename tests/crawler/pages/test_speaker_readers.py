"""What the readers of speakers must never do, and the words they go by."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crawler.pages import Document, read_page
from crawler.pages.base import readers
from crawler.pages.speaker_taglines import split_tagline
from crawler.pages.speaker_words import is_cancelled, is_placeholder, without_marks

URL = "https://conf.test/speakers"
NAMES = st.sampled_from(["Mara Quist", "Oskar Lindqvist", "TBA", "{{ name }}", "", "Dr. Priya Raman, PhD", "ACME GmbH"])
KEYS = st.sampled_from(
    ["title", "persons", "speakers", "sessions", "rooms", "schedule", "talks", "name", "code", "id", "fullName",
     "tagLine", "links", "url", "state", "results", "public_name"]
)  # fmt: skip
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | NAMES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=25,
)
PIECES = st.sampled_from(
    ["<h1>Speakers</h1>", "<h2>Sponsors</h2>", "<div class='card'>", "</div>", "<h3>", "</h3>", "<li>", "<strong>",
     "</strong>", "<p>", "Mara Quist", "Oskar Lindqvist", "Priya Raman (Host)", "TBA", "CTO at Tern", "<a href='http://[x'>x</a>",
     "<a href='/talks/1'>T</a>", "<img alt='Mara Quist, CTO, Tern'>", "<table><tr><td>", "<!--", "-->", "<schedule>",
     "<event><title>x</title>", "\x00", "&#0;", "<nav>"]
)  # fmt: skip


@settings(deadline=None)
@given(JSON)
def test_any_json_is_read_without_raising(data: object) -> None:
    for person in read_page(Document(URL, json.dumps(data).encode()), kind="speakers").people:
        assert person.name.strip()
        assert person.section == "speaker"


@settings(deadline=None, max_examples=200)
@given(st.lists(PIECES, max_size=25))
def test_any_page_is_read_without_raising(pieces: list[str]) -> None:
    reading = read_page(Document(URL, "".join(pieces).encode()), kind="speakers")
    assert bool(reading.people) != bool(reading.reason)
    assert "TBA" not in {person.name for person in reading.people}


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_without_raising(body: bytes) -> None:
    for reader in readers():
        document = Document(URL, body)
        if reader.kind == "speakers" and reader.matches(document):
            reader.read(document)


def test_a_schedule_that_is_cut_off_gives_what_it_still_holds() -> None:
    body = b"<schedule><day><room><event><title>T</title><persons><person id='1'>Mara Quist</person>"
    assert [person.name for person in read_page(Document(URL, body), kind="speakers").people] == ["Mara Quist"]


def test_a_schedule_nested_too_deep_is_refused() -> None:
    body = b"<schedule>" + b"<day>" * 100_000
    assert read_page(Document(URL, body), kind="speakers").people == ()


@pytest.mark.parametrize(
    ("tagline", "expected"),
    [
        ("Head of People at Kestrel Freight", ("Head of People", "Kestrel Freight")),
        ("CTO @ Gannet.io", ("CTO", "Gannet.io")),
        ("Sr. Engineer @Tern", ("Sr. Engineer", "Tern")),
        ("Leiterin Einkauf bei Werk Nord", ("Leiterin Einkauf", "Werk Nord")),
        ("Software Engineer, Fulmar Data GmbH", ("Software Engineer", "Fulmar Data GmbH")),
        ("Fulmar Data GmbH, Software Engineer", ("Software Engineer", "Fulmar Data GmbH")),
        ("AVP, User Experience", ("AVP, User Experience", None)),
        ("Engineer @ Tern | Director @ Skua", ("Engineer", "Tern")),
        ("@tern", (None, "tern")),
        ("Software Architect", ("Software Architect", None)),
        ("Believes that tea solves everything!", (None, None)),
        ("", (None, None)),
        ("word " * 60, (None, None)),
    ],
)
def test_taglines_of_the_usual_forms_are_split(tagline: str, expected: tuple[str | None, str | None]) -> None:
    assert split_tagline(tagline) == expected


@pytest.mark.parametrize("name", ["TBA", "tbd.", "Vous / You", "{{ speaker.name }}", "TODO", "???", "", "Coming soon!"])
def test_placeholders_are_nobody(name: str) -> None:
    assert is_placeholder(name)


@pytest.mark.parametrize("name", ["Tba Mensah", "Mara Quist", "nightjar", "Jörn Ott/ottilie"])
def test_odd_names_are_somebody(name: str) -> None:
    assert not is_placeholder(name)


@pytest.mark.parametrize(
    "title",
    [
        "CANCELLED - Late show",
        "[Canceled] Late show",
        "Late show (abgesagt)",
        "Annulé : Le soir",
        "Late show: cancelled",
    ],
)
def test_cancelled_talks_are_known(title: str) -> None:
    assert is_cancelled(title)


@pytest.mark.parametrize("title", ["How we cancelled our data center", "Cancellation tokens", "Noise-cancelling talks"])
def test_talks_about_cancelling_are_given(title: str) -> None:
    assert not is_cancelled(title)


def test_marks_behind_names_are_taken_off() -> None:
    assert without_marks("Mara Quist (Sweden)") == ("Mara Quist", False)
    assert without_marks("Mara Quist (Host)") == ("Mara Quist", True)
