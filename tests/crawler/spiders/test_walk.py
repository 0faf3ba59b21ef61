from __future__ import annotations

from collections.abc import Sequence

import pytest

from crawler.items import PageReading, PersonItem
from crawler.spiders.budget import OTHER_HOSTS, PER_PATTERN, Budget, Limits
from crawler.spiders.walk import MOST_ALIKE, MOST_LINKS, SURE_LIST_PAGES, Look, Site, Walk

HOST = "https://acme.test"
LIMITS = Limits(pages=12, list_pages=5, bytes=1000, seconds=60, depth=2)


def started(limits: Limits = LIMITS, *known: str) -> Walk:
    """A walk whose home page was asked for."""
    walk = Walk(Site(key="acme", name="Acme", website=HOST), Budget(limits))
    walk.add([(1000.0, HOST), *((900.0, HOST + path) for path in known)])
    assert take(walk) == "/"
    return walk


def take(walk: Walk) -> str | None:
    step = walk.take()
    return step.url.removeprefix(HOST) if step else None


def take_all(walk: Walk) -> list[str]:
    taken = []
    while url := take(walk):
        taken.append(url)
    return taken


def offer(walk: Walk, *paths: str, score: float = 5.0) -> None:
    walk.add((score, path if "://" in path else HOST + path) for path in paths)


def look(names: Sequence[str] = (), further: Sequence[str] = ()) -> Look:
    people = tuple(PersonItem(name=name) for name in names)
    reading = PageReading(kind="leaders", reader="cards", people=people, reason=None if people else "no_people")
    return Look(reading=reading, further=tuple(HOST + path for path in further))


def read(walk: Walk, path: str, found: Look) -> None:
    walk.note(HOST + path, found.reading)
    walk.turn_page(HOST + path, found)


def test_the_best_are_asked_first_and_each_page_once() -> None:
    walk = started()
    offer(walk, "/about", "/contact", score=1)
    offer(walk, "/team", score=6)
    offer(walk, "/team/", "/index.html", score=9)
    assert take_all(walk) == ["/team", "/about", "/contact"]


def test_a_link_that_is_better_elsewhere_is_asked_sooner() -> None:
    walk = started()
    offer(walk, "/a", "/b", score=2)
    offer(walk, "/b", score=7)
    assert take_all(walk) == ["/b", "/a"]


@pytest.mark.parametrize("order", [1, -1])
def test_the_plainest_spelling_is_asked_for(order: int) -> None:
    walk = started()
    offer(walk, *["/TEAM", "/Team", "/team", "/tEam", "/team/", "/team?print=1", "/team/index.html"][::order])
    assert take_all(walk) == ["/team"]


def test_a_spelling_that_is_known_to_work_stays() -> None:
    walk = started(LIMITS, "/Our-Team/")
    offer(walk, "/our-team")
    assert take_all(walk) == ["/Our-Team/"]


def test_another_spelling_is_tried_where_the_first_is_not_there() -> None:
    walk = started()
    offer(walk, "/Team", "/team", "/TEAM")
    assert take(walk) == "/team"
    walk.lost(f"{HOST}/team", "http_404")
    assert take(walk) == "/Team"
    walk.lost(f"{HOST}/Team", "timeout")
    assert take(walk) is None
    assert (walk.failures, walk.gone_pages) == (["http_404", "timeout"], [f"{HOST}/team"])


def test_what_was_cut_out_of_an_address_is_put_back_where_it_was_needed() -> None:
    walk = started()
    offer(walk, "/s/8f1c02d9e7/team")
    assert take(walk) == "/team"
    walk.lost(f"{HOST}/team", "http_404")
    assert take(walk) == "/s/8f1c02d9e7/team"


def test_where_a_redirect_ended_is_not_asked_again() -> None:
    walk = started()
    offer(walk, "/en/team", "/board")
    walk.arrived(f"{HOST}/en/team/")
    assert take_all(walk) == ["/board"]


def test_links_that_do_something_are_only_followed_where_the_caller_gave_them() -> None:
    walk = started(LIMITS, "/about/edit")
    offer(walk, "/logout", "/cart/add?x", "/team?action=delete")
    assert take_all(walk) == ["/about/edit"]


def test_a_pattern_has_three_tries() -> None:
    walk = started()
    offer(walk, *(f"/board/{year}" for year in range(2010, 2030)), "/leadership")
    assert len([path for path in take_all(walk) if "board" in path]) == PER_PATTERN
    assert walk.budget.stopped_by == {"pattern": 17}


def test_a_page_that_shows_somebody_new_gives_its_try_back() -> None:
    walk = started()
    offer(walk, *(f"/people/{number}" for number in range(9)))
    for number in range(5):
        assert take(walk) == f"/people/{number}"
        read(walk, f"/people/{number}", look([f"Anna Quist {number}"]))
    for number in range(5, 5 + PER_PATTERN):
        assert take(walk) == f"/people/{number}"
        read(walk, f"/people/{number}", look(["Anna Quist 1"]))
    assert take(walk) is None


def test_known_pages_are_asked_whatever_they_look_like() -> None:
    known = [f"/people/{number}" for number in range(8)]
    assert take_all(started(LIMITS, *known)) == known


def test_pages_have_an_end() -> None:
    walk = started()
    offer(walk, *(f"/{letter}" for letter in "abcdefghijklmnopqrst"))
    assert len(take_all(walk)) == LIMITS.pages - 1
    assert (walk.pages, walk.budget.stopped_by, walk.budget.cut_short) == (12, {"pages": 9}, True)


def test_hosts_have_an_end() -> None:
    walk = started()
    offer(walk, *(f"https://{name}.acme.test/" for name in ("amber", "birch", "cedar", "dune", "elm")))
    offer(walk, "https://www.acme.test/team", score=1)
    taken = take_all(walk)
    assert len([url for url in taken if "www" not in url]) == OTHER_HOSTS
    assert "https://www.acme.test/team" in taken  # no other host
    assert walk.budget.stopped_by == {"hosts": 2}


def test_links_lead_only_so_deep() -> None:
    walk = started()
    for letter in "abc":
        offer(walk, f"/{letter}", score=2)
        if letter != "c":
            assert take(walk) == f"/{letter}"
    assert take(walk) is None
    assert walk.budget.stopped_by == {"depth": 1}


def test_what_the_caller_adds_at_the_end_is_not_deep() -> None:
    walk = started()
    offer(walk, "/a")
    take(walk)
    offer(walk, "/b")
    take(walk)
    walk.here = None
    offer(walk, "/sitemap.xml")
    assert take_all(walk) == ["/sitemap.xml"]


def test_bytes_have_an_end_before_the_page_that_would_pass_it() -> None:
    walk = started()
    offer(walk, *(f"/{letter}" for letter in "abcdef"))
    taken = []
    walk.budget.spend(240, 0)
    while path := take(walk):
        taken.append(path)
        walk.budget.spend(240, 0)
    assert (taken, walk.budget.bytes) == (["/a", "/b", "/c"], 960)
    assert walk.budget.stopped_by == {"bytes": 3}


def test_time_has_an_end() -> None:
    walk = started()
    offer(walk, "/a", "/b")
    walk.budget.spend(1, 59)
    assert take(walk) == "/a"
    walk.budget.spend(1, 1)
    assert take(walk) is None
    assert walk.budget.stopped_by == {"seconds": 1}


def test_a_pattern_that_redirects_without_end_is_given_up() -> None:
    walk = started()
    offer(walk, "/x?n=1", "/x?n=40", "/team?n=1")
    assert take(walk) == "/x?n=1"
    walk.lost(f"{HOST}/x?n=1", "too_many_redirects")
    assert take_all(walk) == ["/team?n=1"]


def test_what_the_guard_refuses_is_said_of_the_site_and_left_out_of_a_page() -> None:
    walk = Walk(Site(key="x", name="X", website=None), Budget(LIMITS))
    walk.add([(2.0, "https://www.linkedin.com/company/acme"), (1.0, "not an address")])
    steps = [walk.take(), walk.take()]
    assert [(step.url, step.refused) for step in steps if step] == [
        ("https://www.linkedin.com/company/acme", "never_fetched"),
        ("not an address", "bad_url"),
    ]
    walk.add([(1.0, "http://10.0.0.1/team"), (1.0, "mailto:team@acme.test")])
    assert walk.take() is None


def test_of_very_many_links_few_are_read_and_the_rest_is_counted() -> None:
    walk = started()
    offer(walk, *(f"/people-{number}/board" for number in range(5000)))
    offer(walk, *(f"/{a}{b}{c}x" for a in "abcdefghijkl" for b in "abcdefghijkl" for c in "abcdefghijkl"))
    assert walk.budget.overlooked == 5000 - MOST_ALIKE + 12**3 - MOST_LINKS
    assert walk.budget.stopped_by["links"] == walk.budget.overlooked


# --- lists ----------------------------------------------------------------------------------------------------------


def follow(walk: Walk, first: str, page: dict[str, Look]) -> list[str]:
    """Read pages as long as the walk asks for some."""
    offer(walk, first)
    asked = []
    while path := take(walk):
        asked.append(path)
        read(walk, path, page[path])
    return asked


def test_a_list_is_read_page_by_page_beside_the_pages_of_the_site() -> None:
    pages = {
        f"/speakers?page={number}": look([f"Anna {number}"], [f"/speakers?page={number + 1}"]) for number in range(1, 4)
    }
    pages["/speakers?page=4"] = look(["Anna 4"])
    walk = started()
    assert follow(walk, "/speakers?page=1", pages) == list(pages)
    assert (walk.budget.pages, walk.budget.list_pages, walk.budget.stopped_by) == (2, 3, {})


def test_a_list_with_the_same_people_ends_after_some_pages() -> None:
    pages = {f"/speakers?page={n}": look(["Anna", "Bo"], [f"/speakers?page={n + 1}"]) for n in range(1, 20)}
    walk = started(Limits(pages=12, list_pages=18, bytes=1000, seconds=60, depth=2))
    assert len(follow(walk, "/speakers?page=1", pages)) == SURE_LIST_PAGES
    assert (walk.budget.stopped_by, walk.budget.cut_short) == ({"nothing_new": 1}, False)


def test_a_list_of_ever_new_people_ends_with_its_pages() -> None:
    pages = {f"/speakers?page={n}": look([f"Anna {n}"], [f"/speakers?page={n + 1}"]) for n in range(1, 20)}
    walk = started()
    assert len(follow(walk, "/speakers?page=1", pages)) == 1 + LIMITS.list_pages
    assert walk.budget.stopped_by == {"list_pages": 1}


def test_an_empty_page_ends_a_list_and_an_empty_first_page_begins_none() -> None:
    pages = {
        "/speakers": look([], ["/speakers?page=2"]),
        "/team": look(["Anna"], ["/team?page=2"]),
        "/team?page=2": look([], ["/team?page=3"]),
    }
    walk = started()
    assert follow(walk, "/speakers", pages) == ["/speakers"]
    assert follow(walk, "/team", pages) == ["/team", "/team?page=2"]
    assert walk.budget.stopped_by == {"empty": 1}


def test_pages_of_a_list_that_is_followed_are_no_links_besides() -> None:
    pages = {"/team?page=1": look(["Anna"], ["/team?page=2"]), "/team?page=2": look([])}
    walk = started()
    offer(walk, *(f"/team?page={number}" for number in range(2, 9)), score=4)
    assert follow(walk, "/team?page=1", pages) == ["/team?page=1", "/team?page=2"]


def test_known_pages_of_a_list_are_all_read_again() -> None:
    known = [f"/speakers?page={number}" for number in range(1, 6)]
    walk = started(LIMITS, *known)
    for path in known:
        assert take(walk) == path
        read(walk, path, look(["Anna"]))
    assert (walk.budget.pages, walk.budget.list_pages) == (1, 5)


def test_weak_links_can_be_dropped_but_the_list_goes_on() -> None:
    walk = started()
    offer(walk, "/team", score=2)
    take(walk)
    read(walk, "/team", look(["Anna"], ["/team?page=2"]))
    offer(walk, "/about", score=1)
    walk.drop_below(3)
    assert take_all(walk) == ["/team?page=2"]


def test_all_lists_of_a_site_share_their_pages() -> None:
    pages = {
        f"/{kind}?page={n}": look([f"{kind} {n}"], [f"/{kind}?page={n + 1}"]) for kind in "ab" for n in range(1, 20)
    }
    walk = started()
    first, second = follow(walk, "/a?page=1", pages), follow(walk, "/b?page=1", pages)
    assert (len(first), second) == (1 + LIMITS.list_pages, ["/b?page=1"])
    assert (walk.budget.pages, walk.budget.list_pages) == (3, LIMITS.list_pages)
