from __future__ import annotations

import pytest

from crawler.pages import Document
from crawler.spiders.pagination import further_pages

HOST = "https://conf.test"


def further(body: str, at: str = "/speakers") -> list[str]:
    document = Document(HOST + at, f"<html><body>{body}</body></html>".encode(), "text/html; charset=utf-8")
    return [url.removeprefix(HOST) for url in further_pages(document)]


def anchors(*pairs: tuple[str, str]) -> str:
    return "".join(f'<a href="{href}">{text}</a>' for href, text in pairs)


@pytest.mark.parametrize(
    ("at", "links", "found"),
    [
        ("/speakers", [("?page=2", "2"), ("?page=10", "10"), ("?page=3", "3")], ["?page=2", "?page=3", "?page=10"]),
        ("/speakers?page=2", [("/speakers?page=1", "1"), ("?page=2", "2"), ("?page=3", "3")], ["?page=1", "?page=3"]),
        ("/speakers", [("/speakers/page/2/", "Older")], ["/page/2/"]),
        ("/speakers/page/2", [("/speakers/page/3", "»")], ["/page/3"]),
        ("/speakers", [("?start=20", "2"), ("?start=40", "3")], ["?start=20", "?start=40"]),
        ("/speakers", [("?after=QW5uYQ", "Nächste Seite")], ["?after=QW5uYQ"]),
        ("/speakers", [("/speakers/2", "2"), ("/speakers/3", "3")], ["/2", "/3"]),
        ("/speakers/2", [("/speakers/3", "3"), ("/speakers/1", "1")], ["/1", "/3"]),
        (
            "/speakers?year=2026",
            [("?year=2026&amp;page=2", "2"), ("?year=2025&amp;page=2", "2")],
            ["?year=2026&page=2"],
        ),
    ],
)
def test_further_pages_of_a_list(at: str, links: list[tuple[str, str]], found: list[str]) -> None:
    assert further(anchors(*links), at) == [f"/speakers{path}" for path in found]


def test_a_link_of_the_head_that_says_next_counts_too() -> None:
    assert further('<link rel="next" href="/speakers?cursor=abc">') == ["/speakers?cursor=abc"]


@pytest.mark.parametrize(
    ("href", "text"),
    [
        ("/venue?page=2", "2"),  # of another list
        ("/news/2", "2"),
        ("/speakers/2026", "2026"),  # a year
        ("/speakers/anna-quist", "Next"),  # the next one of the people, not of the pages
        ("/speakers", "1"),  # this page
        ("#page=2", "2"),
        ("mailto:page2@conf.test", "2"),
        ("javascript:page(2)", "2"),
        ("https://elsewhere.test/speakers?page=2", "2"),
        ("?page=2&amp;action=delete", "2"),
        ("http://[::1", "2"),
        ("", "Next"),
    ],
)
def test_links_that_are_no_further_page(href: str, text: str) -> None:
    assert further(anchors((href, text))) == []


def test_very_many_links_of_other_kinds_do_not_hide_the_pager() -> None:
    mail = anchors(*((f"mailto:team{number}@conf.test", "Mail 2") for number in range(10_000)))
    assert further(mail + anchors(("?page=2", "2"))) == ["/speakers?page=2"]
