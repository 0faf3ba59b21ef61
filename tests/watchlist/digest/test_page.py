from __future__ import annotations

import json
from pathlib import Path

import lxml.html
import pytest

from tests.browser import needs_chromium, open_page, screenshot
from tests.corpus import CORPUS, needs_corpus
from tests.servers import LoopbackServer, site
from tests.watchlist.digest.sample import settings
from tests.watchlist.digest.test_render import assert_inert, full_facts, hostile_days, view_of
from watchlist.digest.compose import build_digest
from watchlist.digest.render import render_html, write_digest

pytestmark = [pytest.mark.real, needs_chromium]


def open_served(pages: dict[str, str]) -> tuple[list[str], list[str], list[str]]:
    """Open pages in a browser whose every name is our server: their DOMs, the console, what was asked beyond them."""
    doms, console = [], []
    with LoopbackServer({"*": site(dict(pages))}) as server:
        for path in pages:
            opened = open_page(f"http://digest.test{path}", f"--host-resolver-rules=MAP * {server.address}")
            doms.append(opened.dom)
            console += opened.console
        asked = [f"{host}{path}" for host, path, _ in server.log]
    assert {f"digest.test{path}" for path in pages} <= set(asked)
    return doms, console, [each for each in asked if each.removeprefix("digest.test") not in {*pages, "/favicon.ico"}]


def test_the_watch_sees_what_it_watches_for() -> None:
    noisy = "<script>console.error('oh')</script><img src='http://elsewhere.test/pixel.png'>"
    _, console, asked = open_served({"/noisy": noisy})
    assert any("oh" in line for line in console)
    assert "elsewhere.test/pixel.png" in asked


def test_the_page_opens_in_a_browser_and_asks_for_nothing_else() -> None:
    (dom,), console, asked = open_served({"/today": render_html(view_of(full_facts()))})
    assert console == []
    assert asked == []
    text = " ".join(lxml.html.document_fromstring(dom).text_content().split())
    for words in (
        "Thursday, 5 March 2026",
        "Ada Lee joins Bolt",
        "On hiring",
        "New candidates",
        "Sources that need a look",
    ):
        assert words in text


@needs_corpus
@pytest.mark.corpus
def test_no_hostile_text_does_anything_in_a_browser() -> None:
    cases = json.loads((CORPUS / "hostile" / "html_xss.json").read_text("utf-8"))["cases"]
    days = list(hostile_days([case["payload"] for case in cases]))
    step = max(len(days) // 6, 1)
    pages = {f"/{number}": render_html(build_digest(day, settings())) for number, day in enumerate(days[::step])}
    doms, console, asked = open_served(pages)
    assert console == []
    assert asked == []
    for dom in doms:
        assert_inert(dom)


@pytest.mark.parametrize("dark", [False, True])
def test_the_file_opens_from_the_disk_in_both_colours(tmp_path: Path, dark: bool) -> None:
    page, _, _ = write_digest(view_of(full_facts()), tmp_path / "digests")
    picture = screenshot(page.as_uri(), tmp_path / "page.png", width=500, dark=dark)
    assert picture.read_bytes().startswith(b"\x89PNG")
    other = screenshot(page.as_uri(), tmp_path / "other.png", width=500, dark=not dark)
    assert picture.read_bytes() != other.read_bytes()


def test_nothing_is_wider_than_a_phone(tmp_path: Path) -> None:
    """Measured in a frame of 390 pixels: a headless window is never narrower than 500."""
    page, _, _ = write_digest(view_of(next(hostile_days(["x" * 500, "Omar " * 40, "<b>" * 90]))), tmp_path)
    frame = tmp_path / "frame.html"
    frame.write_text(
        f'<iframe src="{page.as_uri()}" width="390" height="900"></iframe><p id="wide"></p><script>'
        "onload = () => { const root = frames[0].document.documentElement;"
        ' document.getElementById("wide").textContent = `${root.scrollWidth} of ${root.clientWidth}`; };</script>'
    )
    dom = open_page(frame.as_uri(), "--allow-file-access-from-files").dom
    width, _, room = lxml.html.document_fromstring(dom).get_element_by_id("wide").text_content().partition(" of ")
    assert 0 < int(width) <= int(room) <= 390
