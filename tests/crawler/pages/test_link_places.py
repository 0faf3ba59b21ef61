"""Links that are no plain links: menus in attributes, templates, data and options."""

from __future__ import annotations

import json
from html import escape

import pytest

from crawler.pages import Document
from crawler.pages.link_places import placed_links
from crawler.pages.navigation import other_homes, people_links, source_links

MENU = [{"label": "Product", "url": "/product"}, {"label": "Our leadership", "url": "/x9"}]


def home(body: str, head: str = "", url: str = "https://www.acme.test/") -> Document:
    return Document(url=url, body=f"<html><head>{head}</head><body>{body}</body></html>".encode())


def paths(document: Document) -> list[str]:
    return [link.url.removeprefix("https://www.acme.test") for link in people_links(document)]


@pytest.mark.parametrize(
    "body",
    [
        '<template id="mega"><ul><li><a href="/x9">Leadership</a></li></ul></template>',
        "<noscript><a href='/x9'>Leadership</a></noscript>",
        '<div class="card" data-href="/x9">Leadership</div>',
        "<button onclick=\"window.location.href='/x9'\">Leadership</button>",
        '<select onchange="go(this)"><option value="">Menu</option><option value="/x9">Leadership</option></select>',
        f"<nav data-menu='{json.dumps(MENU)}'></nav>",
        f'<site-nav :items="{escape(json.dumps(MENU))}"></site-nav>',
        f'<script type="application/json" id="nav">{json.dumps({"menu": {"main": MENU}})}</script>',
        f'<script id="__NEXT_DATA__" type="application/json">{json.dumps({"props": [MENU]})}</script>',
        '<script type="application/ld+json">{"@type":"SiteNavigationElement","name":"Leadership","url":"/x9"}</script>',
        '<script type="text/template"><a href="/x9"><b>Leadership</b></a></script>',
        '<div data-content="&lt;a href=&quot;/x9&quot;&gt;Leadership&lt;/a&gt;"></div>',
        '<a href="/x9" title="Leadership"><svg></svg></a>',
        '<a href="/x9"><svg><title>Leadership</title></svg></a>',
        '<a href="/x9" aria-label="Our leadership team">More</a>',
        '<a href="/x9"><img src="a.png" alt=""><img src="b.png" alt="Leadership"></a>',
        '<map><area href="/x9" alt="" title="Leadership"></map>',
        '<footer><ul><li><a href="/x9">Leadership</a></li></ul></footer>',
        f'<script type="application/json">{json.dumps([{"title": "Leadership", "link": {"url": "/x9"}}])}</script>',
    ],
)
def test_a_link_is_found_where_it_stands(body: str) -> None:
    assert "/x9" in paths(home(body))


def test_data_is_read_for_its_links_as_well() -> None:
    document = Document(url="https://www.acme.test/data.json", body=json.dumps({"menu": MENU}).encode())
    assert [link.url for link in people_links(document)] == ["https://www.acme.test/x9"]


@pytest.mark.parametrize(
    "body",
    [
        '<script type="application/json">{"broken": </script>',
        '<div data-menu="[{broken"></div>',
        f'<script type="application/json">{"[" * 5000}</script>',
        "<a>Leadership</a><option>Leadership</option><button onclick='run()'>Leadership</button>",
    ],
)
def test_what_is_broken_gives_nothing(body: str) -> None:
    assert paths(home(body)) == []


def test_no_link_is_lost_to_ten_thousand_mail_links() -> None:
    mails = "<a href='mailto:a@acme.test'>Team</a>" * 5000
    assert [link.href for link in placed_links(home(f"{mails}<a href='/team'>Team</a>"))] == ["/team"]


# --- other homes ----------------------------------------------------------------------------------------------------


def test_a_home_page_names_its_versions_english_first() -> None:
    head = "".join(
        f'<link rel="alternate" hreflang="{code}" href="/{code}/">' for code in ("de", "fr", "en", "x-default", "it")
    )
    assert [link.url for link in other_homes(home("", head))][:2] == [
        "https://www.acme.test/en/",
        "https://www.acme.test/x-default/",
    ]


@pytest.mark.parametrize(
    ("body", "head"),
    [
        ("<a href='/en/'>English</a>", ""),
        ("<a href='/en-us/home'>US</a>", ""),
        ("<a hreflang='en' href='/x'>EN</a>", ""),
        ("", '<meta http-equiv="refresh" content="0; url=/index2.html">'),
        ("", "<meta http-equiv='Refresh' content=\"3;URL='https://shop.acme.test/'\">"),
    ],
)
def test_ways_to_another_home(body: str, head: str) -> None:
    (found,) = other_homes(home(body, head))
    assert 0 < found.score < 3


@pytest.mark.parametrize(
    "body",
    [
        "<a href='https://elsewhere.test/en/'>English</a>",
        "<a href='/en/products/pumps'>Pumps</a>",
        "<a href='/'>Home</a>",
        "<a href='http://[broken'>x</a>",
        "<link rel='stylesheet' hreflang='en' href='/a.css'>",
    ],
)
def test_other_links_are_no_homes(body: str) -> None:
    assert other_homes(home(body)) == ()


# --- where news is told ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("href", "text"),
    [
        ("/newsroom", "Read on"),
        ("/x", "Press releases"),
        ("/x", "Pressemitteilungen"),
        ("/x", "Communiqués de presse"),
        ("/x", "Sala de prensa"),
        ("/x", "Sala stampa"),
        ("/x", "Sala de imprensa"),
        ("/x", "Persberichten"),
        ("/x", "Biuro prasowe"),
        ("/x", "Пресс-центр"),
        ("/x", "Прес-центр"),
        ("/x", "Basın odası"),
        ("/x", "Pressmeddelanden"),
        ("/x", "Tiskové zprávy"),
        ("/x", "ニュースリリース"),
        ("/x", "新闻中心"),
        ("https://blog.acme.test/", "Stories we tell"),
        ("/en/blog/", ""),
    ],
)
def test_newsrooms_and_blogs_are_known_by_their_names(href: str, text: str) -> None:
    (found,) = source_links(home(f"<a href='{href}'>{text}</a>"))
    assert found.score > 0


@pytest.mark.parametrize(
    ("href", "text"),
    [
        ("/news/2026/05/we-hire", "We hire"),
        ("/blog/how-we-work", "How we work"),
        ("https://elsewhere.test/blog", "Blog"),
        ("/team", "Team"),
        ("/press-machines", "Press machines"),
    ],
)
def test_articles_and_others_blogs_are_no_sources(href: str, text: str) -> None:
    assert source_links(home(f"<a href='{href}'>{text}</a>")) == ()
