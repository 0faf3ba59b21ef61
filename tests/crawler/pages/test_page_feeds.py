"""Feeds that a page advertises, and whose they are."""

from __future__ import annotations

import pytest

from crawler.items import PageReading, PersonItem
from crawler.pages import Document
from crawler.pages.navigation import feed_links

ANN = PersonItem(name="Ann Lee", title="CEO", links=("https://annlee.example/feed.xml", "https://annlee.example/"))
BEN = PersonItem(name="Ben Okafor", title="CFO")


def page(head: str = "", body: str = "") -> Document:
    html = f"<html><head>{head}</head><body>{body}</body></html>"
    return Document(url="https://acme.test/about/team", body=html.encode())


def reading(*people: PersonItem) -> PageReading:
    return PageReading(kind="leaders", reader="cards", people=people)


def alternate(href: str, kind: str = "application/rss+xml", title: str = "Posts") -> str:
    return f'<link rel="alternate" type="{kind}" href="{href}" title="{title}">'


@pytest.mark.parametrize(
    ("declared", "kind"),
    [
        ("application/rss+xml", "rss"),
        ("application/atom+xml; charset=utf-8", "atom"),
        ("application/feed+json", "json"),
    ],
)
def test_autodiscovery(declared: str, kind: str) -> None:
    (feed,) = feed_links(page(alternate("/feed", declared)), None)
    assert (feed.url, feed.kind, feed.title, feed.person) == ("https://acme.test/feed", kind, "Posts", None)


@pytest.mark.parametrize(
    ("href", "title"),
    [
        ("/comments/feed/", "Acme"),
        ("/feed", "Acme » Comments Feed"),
        ("/category/news/feed", "Acme"),
        ("/feed?tag=x", "Acme"),
        ("/feed", "Acme » Kommentare"),
    ],
)
def test_feeds_of_comments_and_categories_are_dropped(href: str, title: str) -> None:
    assert feed_links(page(alternate(href, title=title)), None) == ()


@pytest.mark.parametrize(
    "head",
    [
        '<link rel="alternate" hreflang="de" href="/de/">',
        '<link rel="alternate" type="application/json" href="/wp-json/wp/v2/pages/2">',
        '<link rel="alternate stylesheet" type="text/css" href="/feed">',
        alternate("mailto:x@acme.test"),
        alternate("http://[broken"),
        '<link rel="alternate" type="application/rss+xml">',
    ],
)
def test_other_alternates_are_no_feeds(head: str) -> None:
    assert feed_links(page(head), None) == ()


def test_a_page_of_several_people_advertises_the_feed_of_the_organisation() -> None:
    feeds = feed_links(page(alternate("/feed")), reading(ANN, BEN))
    assert {feed.url: feed.person for feed in feeds} == {
        "https://annlee.example/feed.xml": "Ann Lee",
        "https://acme.test/feed": None,
    }


def test_a_page_of_one_person_advertises_theirs_where_the_address_says_so() -> None:
    def owners(path: str) -> set[str | None]:
        return {feed.person for feed in feed_links(page(alternate(path)), reading(BEN))}

    assert owners("/authors/ben-okafor/feed") == {"Ben Okafor"}
    assert owners("/feed") == {None}


def test_rel_me_counts_where_it_leads_to_a_feed() -> None:
    body = '<a rel="me" href="https://ann.example/atom.xml">x</a><a rel="me" href="https://social.example/@ann">y</a>'
    assert [(feed.url, feed.kind) for feed in feed_links(page(body=body), None)] == [
        ("https://ann.example/atom.xml", "atom")
    ]


def test_each_feed_once() -> None:
    assert len(feed_links(page(alternate("/feed") + alternate("https://acme.test/feed#x")), None)) == 1


# --- feeds of the organisation --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ('<a href="/press/rss.xml">RSS</a>', "rss"),
        ('<a href="/press/atom.xml" title="Atom feed"><svg></svg></a>', "atom"),
        ('<a href="/feed/" aria-label="RSS-Feed"></a>', "rss"),
        ('<a class="rss" href="https://news.acme.test/rss"></a>', "rss"),
    ],
)
def test_a_plain_link_to_a_feed_of_the_site_that_says_so(body: str, kind: str) -> None:
    assert [(feed.kind, feed.person) for feed in feed_links(page(body=body), None)] == [(kind, None)]


@pytest.mark.parametrize(
    "body",
    [
        '<a href="/press/rss.xml">Read what we wrote about feeds</a>',
        '<a href="https://elsewhere.test/rss.xml">RSS</a>',
        '<a href="/press">RSS</a>',
        '<a href="/comments/feed">RSS</a>',
    ],
)
def test_other_plain_links_are_no_feeds(body: str) -> None:
    assert feed_links(page(body=body), None) == ()


@pytest.mark.parametrize(
    ("href", "title"),
    [
        ("/2026/05/we-are-hiring/feed/", "Acme » We are hiring"),
        ("/why-we-moved-to-a-new-hall/feed/", "Acme"),
        ("/?s=robots&feed=rss2&search=1", "Acme » Search Results"),
        ("/feed", "Suche nach Roboter"),
        ("https://feeds.megaphone.fm/abc", "Leaders who lift"),
        ("https://elsewhere.test/podcast/feed", "The show"),
    ],
)
def test_feeds_of_posts_searches_and_podcasts_of_others_are_left_out(href: str, title: str) -> None:
    assert feed_links(page(alternate(href, title=title)), None) == ()


def test_what_a_people_page_offers_below_itself_are_the_comments_on_it() -> None:
    below = alternate("/about/team/feed/", title="Acme » Team")
    assert feed_links(page(below), reading(ANN, BEN)) == feed_links(page(), reading(ANN, BEN))
    assert [feed.url for feed in feed_links(page(below), None)] == ["https://acme.test/about/team/feed/"]


def test_the_site_may_have_a_podcast_of_its_own() -> None:
    (feed,) = feed_links(page(alternate("/podcast/feed", title="The Acme podcast")), None)
    assert feed.person is None
