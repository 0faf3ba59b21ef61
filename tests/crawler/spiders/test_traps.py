"""URL spaces without end: each ends within its budget, and the page that matters is read all the same."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.corpus import needs_corpus
from tests.crawler.fetch.doors import hostile
from tests.crawler.spiders import api_traps, traps
from tests.crawler.spiders.api_traps import read_api
from tests.crawler.spiders.sites import HOST, Crawled, crawl_site
from tests.crawler.spiders.traps import Trap

SITES: dict[str, Callable[[], Trap]] = {
    "pagination": traps.pagination,
    "pagination-empty": traps.pagination_empty,
    "pagination-loop": traps.pagination_loop,
    "session-path": traps.session_path,
    "session-query": traps.session_query,
    "relative-growth": traps.relative_growth,
    "double-slash": traps.double_slash,
    "case": traps.case,
    "trailing": traps.trailing,
    "encode": traps.encode,
    "params-order": traps.params_order,
    "print-view": traps.print_view,
    "random-text": traps.random_text,
    "deep": traps.deep,
    "sitemap-nest": traps.sitemap_nest,
    "subdomain": traps.subdomain,
    "redirect-grow": traps.redirect_grow,
    "canonical-away": traps.canonical_away,
    "search-box": traps.search_box,
    "logout-links": traps.logout_links,
    "mailto-flood": traps.mailto_flood,
    "iframe-nest": traps.iframe_nest,
    "lying-last-modified": traps.lying_last_modified,
    "big-pages": traps.big_pages,
}
"""The case of the corpus -> a site of that kind, as we imagine it."""
APIS = {"mastodon-next": api_traps.outbox, "pretalx-next": api_traps.next_is_itself}
CASES = {case["id"]: case for case in hostile("traps")}


def crawl(trap: Trap, home: Path) -> Crawled:
    return crawl_site(trap.handlers, home, start=trap.start, spider=trap.spider)


def spent(trap: Trap, crawled: Crawled) -> int:
    """Requests that count against a trap: its own where those are told apart, else all for pages."""
    return len([path for path in crawled.paths if trap.springs is None or trap.springs(path)])


def wanted(must_reach: str) -> list[str]:
    """`/speakers?page=1..3` as three paths; a host in front only where it is not the site's."""
    path = must_reach.removeprefix(HOST)
    if match := re.fullmatch(r"(.*?)(\d+)\.\.(\d+)", path):
        return [f"{match[1]}{number}" for number in range(int(match[2]), int(match[3]) + 1)]
    return [path]


def reached(path: str, crawled: Crawled) -> bool:
    return any(asked == path or asked.startswith(f"{path}?") for asked in crawled.paths)


@needs_corpus
def test_every_case_of_the_corpus_has_its_trap() -> None:
    assert CASES
    assert set(CASES) == set(SITES) | set(APIS)


CUT_OFF = {
    "pagination", "pagination-empty", "double-slash", "print-view", "random-text", "deep", "subdomain", "redirect-grow",
    "lying-last-modified", "big-pages",
}  # fmt: skip
"""Cases of which the run says that the budget stopped it; the others have an end of their own once they are folded."""
HEAVY = {"big-pages": pytest.mark.real}
"""Cases that take seconds of parsing: for make test-real; their limit has a light test beside them."""


@needs_corpus
@pytest.mark.parametrize("name", [pytest.param(name, marks=HEAVY.get(name, ())) for name in sorted(SITES)])
def test_a_trap_ends_within_its_budget_and_the_real_page_is_read(name: str, tmp_path: Path) -> None:
    case, trap = CASES[name], SITES[name]()
    crawled = crawl(trap, tmp_path)
    assert spent(trap, crawled) <= case["max_requests"], crawled.paths
    missing = [path for path in wanted(case["must_reach"]) if not reached(path, crawled)]
    assert missing == [], crawled.paths
    found = name != "pagination-empty"
    assert (crawled.site.reason, crawled.people != set()) == (None if found else "no_speakers", found)
    assert (crawled.stats.get("budget/sites") == 1) == (name in CUT_OFF), crawled.stats


@needs_corpus
def test_an_outbox_without_end_gives_its_newest_posts(tmp_path: Path) -> None:
    case, found = CASES["mastodon-next"], read_api(api_traps.outbox(), tmp_path)
    count = int(re.findall(r"\d+", case["must_reach"])[0])
    assert len(found.asked) <= case["max_requests"]
    assert found.items == [str(number) for number in range(10_000, 10_000 - count, -1)]


@needs_corpus
def test_a_next_page_that_is_this_page_is_not_asked_for(tmp_path: Path) -> None:
    case, found = CASES["pretalx-next"], read_api(api_traps.next_is_itself(), tmp_path)
    assert len(found.asked) <= case["max_requests"]
    assert found.items == ["A7", "B9"]
