"""Spiders on whole sites, through the real door: what a site may cost, and that the people are found all the same."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from crawler.reading import ReadingRoom, UnreadableError
from crawler.spiders import sites as spiders
from tests.crawler.fetch.doors import settings_of
from tests.crawler.spiders import traps
from tests.crawler.spiders.sites import HOST, Crawled, crawl_site, html, links, names, serve, speakers, team
from tests.crawler.spiders.traps import SpeakersSpider, Trap
from tests.servers import Response
from watchlist.settings import Settings

OWN: list[tuple[Callable[[], Trap], int, set[str], str | None]] = [
    (traps.calendar, 5, {"/leadership"}, "pattern"),
    (traps.facets, 5, {"/our-team"}, "pattern"),
    (traps.word_hosts, 5, {"/team"}, "hosts"),
    (traps.numbered_pages, 5, {"/?page_id=4711"}, "pattern"),
    (traps.office_pages, 5, {"/leadership"}, "pattern"),
    (traps.random_text, 12, {"/team"}, "pattern"),
    (traps.session_path, 2, {"/team"}, None),
    (traps.print_view, 5, {"/team"}, "pattern"),
    (traps.redirect_grow, 8, {"/team"}, "pattern"),
    (traps.deep, 5, {"/team"}, "pattern"),
    (traps.sitemap_nest, 3, {"/team"}, None),
    (traps.logout_links, 2, {"/team"}, None),
    (traps.search_box, 2, {"/team"}, None),
    (traps.pagination, 7, {f"/speakers?page={number}" for number in range(1, 7)}, "nothing_new"),
    (traps.pagination_of_strangers, 20, {"/speakers?page=1", "/speakers?page=19"}, "list_pages"),
    (traps.pagination_empty, 3, {"/speakers"}, "empty"),
    (traps.list_in_the_path, 7, {f"/speakers/page/{number}" for number in range(1, 6)}, None),
]
"""Trap, most requests for pages, what must be among them, and the limit that the run names."""


def settings_with(home: Path, **crawl: Any) -> Settings:
    settings = settings_of(home)
    return settings.model_copy(update={"crawl": settings.crawl.model_copy(update=crawl)})


def crawl_paths(answer: Callable[[str], str | Response | None], home: Path, **more: Any) -> Crawled:
    return crawl_site({HOST: serve(answer)}, home, **more)


@pytest.mark.parametrize(("make", "most", "reach", "limit"), OWN, ids=[make.__name__ for make, *_ in OWN])
def test_a_trap_ends_and_the_real_page_is_read(
    make: Callable[[], Trap], most: int, reach: set[str], limit: str | None, tmp_path: Path
) -> None:
    trap = make()
    crawled = crawl_site(trap.handlers, tmp_path, start=trap.start, spider=trap.spider)
    assert len(crawled.paths) <= most
    assert reach <= set(crawled.paths)
    assert crawled.stats.get("budget/sites", 0) == (limit is not None)
    assert limit is None or crawled.cut_by(limit) > 0


def test_everybody_on_a_list_of_several_pages_is_found(tmp_path: Path) -> None:
    trap = traps.list_in_the_path()
    crawled = crawl_site(trap.handlers, tmp_path, spider=trap.spider)
    assert crawled.people == {name for page in range(1, 6) for name in names(6, start=6 * page)}
    assert len(crawled.site.read_pages) == 6


def test_pages_of_a_list_cost_nothing_of_what_other_pages_may(tmp_path: Path) -> None:
    def answer(path: str) -> str:
        pages = [f"/team?page={number}" for number in range(1, 9)]
        if path == "/":
            return html(links(["/team?page=1"], "Leadership") + links(["/board"], "Board of directors"))
        return team(links(pages, "Next"), people=names(4, start=int(path[-1]) * 4 if "=" in path else 90))

    crawled = crawl_paths(answer, tmp_path, pages=3)
    assert crawled.paths == ["/", *(f"/team?page={number}" for number in range(1, 9)), "/board"]
    assert len(crawled.people) == 36


def test_a_site_without_anybody_says_that_it_was_not_seen_whole(tmp_path: Path) -> None:
    def answer(path: str) -> str:
        return html(links((f"/{word}/leadership" for word in "abcdefghijklmnopqrstuvw"), "Leadership"))

    crawled = crawl_paths(answer, tmp_path, settings=settings_with(tmp_path, depth=1), pages=4)
    assert (crawled.site.reason, crawled.site.pages) == ("budget", 4)


def test_the_run_says_by_which_limit_it_was_stopped(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    trap = traps.calendar()
    with caplog.at_level(logging.INFO):
        crawled = crawl_site(trap.handlers, tmp_path)
    told = [record.getMessage() for record in caplog.records if "stopped by budget" in record.getMessage()]
    assert told == [f"site: stopped by budget, pages left out: {crawled.cut_by('pattern')} by pattern"]


def test_heavy_pages_end_the_walk(tmp_path: Path) -> None:
    def answer(path: str) -> str:
        return html(links(f"/{word}/team" for word in "abcdef") + f"<!--{'x' * 240_000}-->")

    crawled = crawl_paths(answer, tmp_path, settings=settings_with(tmp_path, mib_per_site=1))
    assert (len(crawled.paths), crawled.cut_by("bytes"), crawled.site.reason) == (4, 3, "budget")


def test_slow_pages_end_the_walk(tmp_path: Path) -> None:
    seconds: Iterator[float] = count(0.0, 50.0)  # asked at 0, answered at 50, ...

    def answer(path: str) -> str:
        return html(links(f"/{word}/leadership" for word in "abcdefghij"))

    settings = settings_with(tmp_path, minutes_per_site=2)
    crawled = crawl_paths(answer, tmp_path, settings=settings, timer=lambda: next(seconds))
    assert (len(crawled.paths), crawled.cut_by("seconds")) == (3, 8)


def test_waiting_counts_no_more_than_a_fetch_may_take(tmp_path: Path) -> None:
    hours: Iterator[float] = count(0.0, 3600.0)
    pages = (html(links(["/team"])), team(links(["/board"], "Board")), team(people=names(2, start=50)))

    def answer(path: str) -> str:
        return pages[("/", "/team", "/board").index(path)]

    crawled = crawl_paths(answer, tmp_path, timer=lambda: next(hours))
    assert crawled.paths == ["/", "/team", "/board"]


class WeakRoom(ReadingRoom):
    """A room whose worker dies of every document above half a MiB, as it does of a page that makes a parser spin."""

    async def read(self, reader: Any, *args: Any, size: int) -> Any:
        if size > spiders.FIRST_PART:
            raise UnreadableError("too long")
        return await super().read(reader, *args, size=size)


def test_a_page_too_heavy_to_read_still_leads_on_and_loses_nobody(tmp_path: Path) -> None:
    weight = f"<!--{'x' * 700_000}-->"
    pages = {"/": html(links(["/team", "/board"], "Our team") + weight), "/team": team(weight), "/board": team()}
    crawled = crawl_paths(pages.get, tmp_path, room=WeakRoom())
    assert crawled.paths == ["/", "/board", "/team"]
    assert crawled.site.read_pages == (f"http://{HOST}/board",)
    assert [page.reading.reason for page in crawled.pages] == ["unreadable", None, "unreadable"]


def test_a_site_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    crawled = crawl_paths({"/": html(f"<!--{'x' * 700_000}-->")}.get, tmp_path, room=WeakRoom())
    assert crawled.site.reason == "unreadable"


@pytest.mark.parametrize(
    ("linked", "asked"),
    [
        ("/team|a^b?x=[1]", "/team|a%5Eb?x=[1]"),
        ("/te am/ü", "/te%20am/%C3%BC"),
        ("/team?q=%20+'", "/team?q=%20+%27"),
        ("/team/%7Eanna", "/team/~anna"),
    ],
)
def test_addresses_are_asked_for_as_the_guard_writes_them(linked: str, asked: str, tmp_path: Path) -> None:
    crawled = crawl_paths(lambda path: html(links([linked])) if path == "/" else team(), tmp_path)
    assert crawled.paths == ["/", asked]


@pytest.mark.parametrize(
    ("website", "reason"),
    [
        (None, "no_website"),
        ("https://www.linkedin.com/company/northwind", "never_fetched"),
        ("http://10.0.0.1/", "blocked_address"),
        ("http://[::1", "bad_url"),
        ("mailto:team@site.test", "scheme"),
        ("site.test", "bad_url"),
        (f"http://{HOST}/{'x' * 3000}", "too_long"),
        ("ftp://site.test/", "scheme"),
        ("http://intranet/", "special_name"),
    ],
)
def test_a_website_that_is_not_asked_for_says_why(website: str | None, reason: str, tmp_path: Path) -> None:
    crawled = crawl_paths(lambda _: team(), tmp_path, start=website)
    assert (crawled.site.reason, crawled.paths) == (reason, [])


def test_a_known_page_that_is_refused_does_not_end_the_walk(tmp_path: Path) -> None:
    known = ["ftp://site.test/team", f"http://{HOST}/team"]
    crawled = crawl_paths(lambda path: team() if path == "/team" else html(""), tmp_path, known=known)
    assert (crawled.site.reason, crawled.site.pages, crawled.paths) == (None, 3, ["/", "/team"])


def test_a_page_that_only_answers_to_its_written_form_is_found(tmp_path: Path) -> None:
    pages = {"/": html(links(["/s/8f1c02d9e7/team", "/Board"])), "/s/8f1c02d9e7/team": team(), "/Board": team()}
    crawled = crawl_paths(pages.get, tmp_path)
    assert crawled.paths == ["/", "/Board", "/team", "/s/8f1c02d9e7/team"]
    assert (crawled.site.reason, crawled.people) == (None, set(names(4)))


def test_speakers_of_an_event_are_found_on_every_page(tmp_path: Path) -> None:
    def answer(path: str) -> str:
        if path == "/":
            return html(links(["/speakers"], "Speakers"))
        number = int(path.partition("page=")[2] or 1)
        pager = links([f"?page={number + 1}"], "Next") if number < 5 else ""
        return speakers(names(8, start=8 * number), pager)

    crawled = crawl_paths(answer, tmp_path, spider=SpeakersSpider)
    assert crawled.paths == ["/", "/speakers", *(f"/speakers?page={number}" for number in range(2, 6))]
    assert len(crawled.people) == 40


def test_the_sitemap_is_asked_however_deep_the_walk_was(tmp_path: Path) -> None:
    pages: dict[str, str | Response] = {
        "/": html(links(["/about"], "About us")),
        "/about": html(links(["/about/company"], "Company")),
        "/sitemap.xml": f"<?xml version='1.0'?><urlset><url><loc>http://{HOST}/our-leadership</loc></url></urlset>",
        "/our-leadership": team(),
    }
    crawled = crawl_paths(pages.get, tmp_path, settings=settings_with(tmp_path, depth=1))
    assert crawled.paths == ["/", "/about", "/sitemap.xml", "/our-leadership"]
    assert (crawled.site.reason, crawled.cut_by("depth")) == (None, 1)


def test_a_page_that_a_redirect_led_to_is_not_asked_again(tmp_path: Path) -> None:
    def answer(path: str) -> str | Response:
        if path == "/leadership":
            return Response("", 302, {"location": "/team"})
        return html(links(["/leadership", "/team"])) if path == "/" else team()

    crawled = crawl_paths(answer, tmp_path)
    assert crawled.paths == ["/", "/leadership", "/team"]
    assert len(crawled.pages) == 2
