"""The lines of a page: what is read, what is left out, and what lines know of their place."""

from __future__ import annotations

import pytest

from crawler.pages import Document
from crawler.pages.lines import PageLines, read_lines


def lines(body: str) -> PageLines:
    return read_lines(Document(url="https://acme.test/", body=f"<html><body>{body}</body></html>".encode()))


def texts(body: str) -> list[str]:
    return [line.text for line in lines(body).lines]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("<p>Ann  Lee<br>CEO</p>", ["Ann Lee", "CEO"]),
        ("<div>Ann <b>L</b>ee</div>CEO", ["Ann Lee", "CEO"]),
        ("<h4>Ann Lee</h4><span>CEO</span>", ["Ann Lee", "CEO"]),
        ("Ann<!-- x --> Lee", ["Ann Lee"]),
        ("<table><tr><td>Ann Lee</td><td>CEO</td></tr></table>", ["Ann Lee", "CEO"]),
        ("<button>Ann Lee</button>", ["Ann Lee"]),
        ("a<script>x</script>b<style>c</style>", ["ab"]),
    ],
)
def test_blocks_and_breaks_end_lines(body: str, expected: list[str]) -> None:
    assert texts(body) == expected


@pytest.mark.parametrize(
    "body",
    [
        "<nav>Menu</nav>",
        "<header>Top</header>",
        "<footer>Bottom</footer>",
        '<div class="x navbar y">Menu</div>',
        '<div role="navigation">Menu</div>',
        '<div id="comments">First!</div>',
        "<form><label>Mail</label></form>",
        "<blockquote>Great!</blockquote>",
        '<div class="testimonial">Great!</div>',
        "<noscript>Enable JavaScript</noscript>",
        "<svg><title>Icon</title></svg>",
    ],
)
def test_what_is_no_content_is_left_out(body: str) -> None:
    assert texts(f"{body}<p>Kept</p>") == ["Kept"]


@pytest.mark.parametrize(
    "body",
    [
        "<article><header><h3>Kept</h3></header></article>",
        "<form><h1>Kept</h1></form>",
        '<div class="menu"><h1>Kept</h1></div>',
        '<body class="menu page"><p>Kept</p></body>',
        '<div class="submenu-open">Kept</div>',
    ],
)
def test_content_in_unlikely_places_is_kept(body: str) -> None:
    assert texts(body) == ["Kept"]


def test_quotes_are_counted() -> None:
    assert lines('<blockquote>a</blockquote><div class="testimonials">b</div>').quotes == 2


def test_links_stand_on_their_lines() -> None:
    page = lines('<p>x</p><a href="/icon"></a><h3><a href="/ann">Ann Lee</a></h3><p>CEO</p>')
    assert [(link.href, link.line) for link in page.links] == [("/icon", 1), ("/ann", 1)]
    assert [link.href for link in page.links_between(1, 2)] == ["/icon", "/ann"]
    assert page.links_between(2, 3) == []


def test_headings_emphasis_and_boxes() -> None:
    page = lines('<div class="card"><h3>Ann</h3><p><strong>Lee</strong></p></div><div class="card"><h3>Bo</h3></div>')
    ann, lee, bo = page.lines
    assert (ann.heading, lee.heading) == (3, 0)
    assert (ann.strong, lee.strong) == (False, True)
    assert ann.signature == bo.signature != lee.signature
    assert ann.box.parent is not None
    assert (ann.box.parent.first, ann.box.parent.end) == (0, 2)


def test_deep_nesting_is_read_to_the_bottom() -> None:
    page = lines("<div>" * 230 + "Ann Lee")
    assert [line.text for line in page.lines] == ["Ann Lee"]
    assert page.lines[0].box.depth <= 200


def test_a_page_has_a_limit_of_lines() -> None:
    assert len(texts("<p>x</p>" * 30_000)) == 20_000
