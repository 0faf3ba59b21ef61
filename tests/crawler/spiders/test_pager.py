"""The pager: on its own, and over paged APIs without end, through the real door."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.spiders.pager import Pager
from tests.crawler.spiders.api_traps import next_is_itself, outbox, read_api

API = "https://pages.test/api/talks"


def test_pages_are_followed_until_none_is_named() -> None:
    pager = Pager(most_pages=9)
    assert pager.turn(API, ["a", "b"], "?page=2") == f"{API}?page=2"
    assert pager.turn(f"{API}?page=2", ["c"], None) is None
    assert (pager.ending, pager.items) == ("last_page", {"a", "b", "c"})


def test_of_several_ways_on_the_first_that_is_new_is_taken() -> None:
    pager = Pager(most_pages=9)
    pager.turn(f"{API}?page=1", ["a"], "?page=2")
    assert pager.turn(f"{API}?page=2", ["b"], "?page=1", "?page=2", "?page=3", "?page=4") == f"{API}?page=3"
    assert pager.ending is None


@pytest.mark.parametrize(
    ("link", "ending"),
    [
        ("?page=1&limit=2", "seen"),
        ("?limit=2&page=1#top", "seen"),
        ("HTTPS://PAGES.test:443/api/talks?page=1&limit=2", "seen"),
        ("https://other.test/api/talks?page=2", "elsewhere"),
        ("http://pages.test/api/talks?page=2", "elsewhere"),
        ("javascript:next()", "elsewhere"),
        ("http://127.0.0.1/api", "elsewhere"),
        ("", "last_page"),
    ],
)
def test_where_a_list_does_not_go_on(link: str, ending: str) -> None:
    pager = Pager(most_pages=9)
    assert pager.turn(f"{API}?limit=2&page=1", ["a"], link) is None
    assert pager.ending == ending


def test_an_empty_page_ends_the_list_however_many_are_sure() -> None:
    pager = Pager(most_pages=9, sure_pages=5)
    assert pager.turn(API, [], "?page=2") is None
    assert pager.ending == "empty"


def test_pages_that_repeat_are_read_as_far_as_they_are_sure() -> None:
    pager = Pager(most_pages=9, sure_pages=3)
    turned = [pager.turn(f"{API}?page={page}", ["a", "b"], f"?page={page + 1}") for page in (1, 2, 3)]
    assert turned == [f"{API}?page=2", f"{API}?page=3", None]
    assert pager.ending == "nothing_new"


def test_enough_items_or_enough_pages_end_the_list() -> None:
    items = Pager(most_pages=9, most_items=3)
    assert items.turn(API, ["a", "b"], "?page=2")
    assert items.turn(f"{API}?page=2", ["c", "d"], "?page=3") is None
    pages = Pager(most_pages=2)
    assert pages.turn(API, ["a"], "?page=2")
    assert pages.turn(f"{API}?page=2", ["b"], "?page=3") is None
    assert (items.ending, pages.ending) == ("items", "pages")


@pytest.mark.parametrize("size", [4, 7, 20, 100])
def test_an_outbox_without_end_gives_the_newest_posts_in_few_requests(size: int, tmp_path: Path) -> None:
    found = read_api(outbox(size), tmp_path)
    assert len(found.asked) == -(-40 // size)
    assert found.items[:40] == [str(number) for number in range(10_000, 9_960, -1)]
    assert found.pager.ending == "items"


def test_posts_that_trickle_one_by_one_end_with_the_pages(tmp_path: Path) -> None:
    found = read_api(outbox(1), tmp_path)
    assert (len(found.asked), len(found.items), found.pager.ending) == (10, 10, "pages")


@pytest.mark.parametrize(
    ("next_page", "asked", "ending"),
    [
        ("/api/talks?limit=2&page=1", 1, "seen"),
        ("?page=1&limit=2#again", 1, "seen"),
        ("/api/talks?page=2", 2, "nothing_new"),  # the same talks again
        ("http://169.254.169.254/api/talks?page=2", 1, "elsewhere"),
    ],
)
def test_a_next_page_that_leads_nowhere(next_page: str, asked: int, ending: str, tmp_path: Path) -> None:
    found = read_api(next_is_itself(next_page), tmp_path)
    assert (len(found.asked), found.items[:2], found.pager.ending) == (asked, ["A7", "B9"], ending)
