"""Pages that show nobody: home pages, consent walls, errors, lists of articles; and pages of absurd size."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from crawler.items import PageReading
from crawler.pages import Document, read_page
from tests.corpus import CORPUS, needs_corpus

CARD = "<div class='c'><h3>Ann {} Lee</h3><p>Head of Sales</p></div>"


def read(body: str | bytes, url: str = "https://acme.test/leadership") -> PageReading:
    encoded = body.encode("utf-8", "replace") if isinstance(body, str) else body
    return read_page(Document(url=url, body=encoded, content_type="text/html"), kind="leaders")


def texts(value: Any) -> Iterator[str]:
    """Every text in a JSON value."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, (dict, list)):
        for item in value.values() if isinstance(value, dict) else value:
            yield from texts(item)


@pytest.mark.corpus
@needs_corpus
def test_home_pages_of_the_corpus() -> None:
    pages = sorted((CORPUS / "feeds" / "autodiscovery").glob("*.html"))
    assert pages
    found = {page.name: read(page.read_bytes(), "https://home.test/").people for page in pages}
    assert not any(found.values()), found


@pytest.mark.corpus
@needs_corpus
def test_consent_and_error_pages_of_the_corpus() -> None:
    bodies = [
        text
        for file in sorted((CORPUS / "hostile").glob("*.json"))
        for text in texts(json.loads(file.read_text("utf-8")))
        if "<" in text and len(text) > 60
    ]
    assert len(bodies) > 20
    assert not [reading.people for reading in map(read, bodies) if reading.people]


@pytest.mark.parametrize(
    "body",
    [
        "<h1>Leadership</h1>" + "<div>" * 30_000 + "Ann Lee",
        "<h1>Leadership</h1>" + "<span>" * 30_000 + "Ann Lee",
        "<div class=vcard>" * 2_000 + "<b class=fn>Ann Lee</b>",
        "<div itemscope itemtype='https://schema.org/Person'>" * 2_000 + "<b itemprop=name>Ann Lee</b>",
        "<script>team = {name:" * 20_000 + "</script>",
        "<script type='application/json'>" + '{"name":[' * 20_000 + "</script>",
        "<h1>Board</h1><table>" + "<tr><th>Name</th><th>Title</th></tr>" * 5_000 + "</table>",
        "<h1>Leadership</h1><p>" + "our Director Ann Lee, " * 20_000,
    ],
    ids=["deep", "deep-inline", "cards-in-cards", "scopes-in-scopes", "script", "json", "headers", "one-line"],
)
def test_hostile_nesting_is_read_to_its_end(body: str) -> None:
    reading = read(body)
    assert reading.people or reading.reason


def test_a_page_of_many_cards_is_cut_not_refused() -> None:
    letters = [f"{a}{b}{c}" for a in "bcdfghklmnprst" for b in "aeiou" for c in "bcdfghklmnprst"]
    reading = read("<h1>Leadership</h1>" + "".join(CARD.format(name.title()) for name in letters * 4))
    assert len(reading.people) > len(letters) * 0.9
