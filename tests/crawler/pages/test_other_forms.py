"""Where the content of a page that scripts draw may stand without them."""

from __future__ import annotations

import pytest

from crawler.pages import Document
from crawler.pages.other_forms import other_forms


def forms(html: str, url: str = "https://acme.test/about/team") -> list[str]:
    return [form.removeprefix("https://acme.test") for form in other_forms(Document(url=url, body=html.encode()))]


@pytest.mark.parametrize(
    ("html", "first"),
    [
        ('<script id="__NEXT_DATA__">{"buildId":"Kx-81_a"}</script>', "/_next/data/Kx-81_a/about/team.json"),
        (
            '<script src="/_next/static/a1b2c3d4e5/_buildManifest.js"></script>',
            "/_next/data/a1b2c3d4e5/about/team.json",
        ),
        ('<div id="___gatsby"></div>', "/page-data/about/team/page-data.json"),
        ('<link rel="preload" as="fetch" href="/api/people">', "/api/people"),
        ("<script>fetch('/static/team.json').then(draw)</script>", "/static/team.json"),
        ('<div data-src="people.json"></div>', "/about/people.json"),
        ('<link rel="amphtml" href="/about/team/amp/">', "/about/team/amp/"),
        ('<link rel="alternate" media="print" href="/p/team">', "/p/team"),
        ('<link rel="alternate" hreflang="de" href="/de/team">', "/de/team"),
        ("<p></p>", "/about/team?print=1"),
    ],
)
def test_what_is_asked_first(html: str, first: str) -> None:
    assert forms(html)[0] == first


def test_plain_versions_come_last_and_all_is_bounded() -> None:
    assert forms("<p></p>") == ["/about/team?print=1", "/about/team/print"]
    assert forms("<p></p>", "https://acme.test/") == ["/?print=1"]
    assert len(forms("".join(f"<script>get('/d{number}.json')</script>" for number in range(50)))) == 8


@pytest.mark.parametrize(
    "html",
    [
        '<link rel="manifest" href="/manifest.json">',
        "<script>load('/locales/en/translations.json')</script>",
        "<script>load('https://elsewhere.test/team.json')</script>",
        '<link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/2.json">',
        '<link rel="alternate" hreflang="en" href="/about/team">',
        "<link rel='alternate' hreflang='de' href='http://[broken'>",
    ],
)
def test_settings_translations_and_other_sites_are_no_forms(html: str) -> None:
    assert forms(html) == ["/about/team?print=1", "/about/team/print"]
