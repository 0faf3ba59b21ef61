"""Where the kind of a page is open: speakers are read only where a word of the page announces them."""

from __future__ import annotations

import pytest

from crawler.pages import Document, read_page

PEOPLE = (("Clara Winter", "Co-Founder"), ("Ivo Marek", "CEO"), ("Tamsin Okafor", "Founder"), ("Priya Rag", "Baker"))


@pytest.mark.parametrize(
    ("heading", "kind"), [("Meet our founders", "leaders"), ("Hello", "leaders"), ("Our speakers", "speakers")]
)
def test_second_heading_says_whose_page_it_is(heading: str, kind: str) -> None:
    cards = "".join(f"<div><h3>{name}</h3><p>{title}</p></div>" for name, title in PEOPLE)
    body = f"<html><title>Bread</title><h1>We make bread</h1><h2>{heading}</h2>{cards}</html>"
    reading = read_page(Document("https://bread.test/company", body.encode(), "text/html; charset=utf-8"))
    assert (reading.kind, len(reading.people)) == (kind, 4)
