from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crawler.spiders.addresses import LONGEST, Address, read_address

SITE = "https://acme.test"


def read(path: str) -> Address:
    address = read_address(path if "://" in path else SITE + path)
    assert isinstance(address, Address), address
    return address


@pytest.mark.parametrize(
    "spellings",
    [
        ["/team", "/t%65am", "/%74eam", "/%54EAM", "/TEAM", "/Team/", "//team", "/team//", "/team/.", "/x/../team",
         "/team/index.html", "/team/index.php", "/team/Default.aspx", "/team#board", "http://acme.test/team",
         "https://ACME.test:443/team", "/team?", "/team?utm_source=mail&amp", "/team?fbclid=x", "/team?print=1",
         "/team?amp=1", "/team?view=print", "/team/print", "/team/amp", "/team;jsessionid=1A530637289A03B07",
         "/team?PHPSESSID=r2t5uvjq435r4q7ib3vtdjq120", "/team?sid=8f1c02d9e7", "/team?sid=281474976710655",
         "/s/qzvkwhpm/team", "/team?sid=qzvkwhpm",
         "/s/8f1c02d9e7/team", "/s/281474976710655/team", "/(S(lit3py55t21z5v55vlm25s55))/team"],
        ["/", "/index.html", "", "/?utm_campaign=spring", "/#top"],
        ["/p?a=1&b=2", "/p?b=2&a=1", "/p?b=2&&a=1&"],
        ["/über", "/%C3%BCber", "/%c3%bcber"],
    ],
)  # fmt: skip
def test_one_page_has_many_spellings(spellings: list[str]) -> None:
    assert len({read(spelling).page for spelling in spellings}) == 1


def test_different_pages_stay_apart() -> None:
    pages = ["/team", "/teams", "/team/board", "/team?id=1", "/team?id=2", "/?p=team", "/team?sid=12", "/s/team",
             "/team?session=keynotes",
             "/session/keynote/team", "/index.html/team", "/a%2Fb", "/a/b", "/team?q=a%26b", "/team?q=a&b", "/print",
             "https://de.acme.test/team", "https://acme.test:8443/team"]  # fmt: skip
    assert len({read(page).page for page in pages}) == len(pages)


@pytest.mark.parametrize(
    ("linked", "asked"),
    [
        ("/t%65am/%7Eanna?q=%61%26b#x", "/team/~anna?q=a%26b"),
        ("/team?utm_source=mail&id=4&fbclid=y", "/team?id=4"),
        ("/team;jsessionid=1A530637289A03B07?x=1", "/team?x=1"),
        ("/s/8f1c02d9e7/team/", "/team/"),
        ("/s/8f1c02d9e7", "/s/8f1c02d9e7"),  # nothing follows: it may be the page itself
        ("/Team//x/index.html?print=1", "/Team//x/index.html?print=1"),  # a spelling that a server may insist on
    ],
)
def test_what_is_asked_for_is_free_of_sessions_and_else_as_linked(linked: str, asked: str) -> None:
    assert read(linked).url == SITE + asked


@pytest.mark.parametrize(
    "family",
    [
        [f"/board/{year}/11" for year in range(2026, 2036)],
        [f"/x/{token}/team" for token in ("8f1c02d9e7", "0c5c7fd0a6a3a450", "k2j4h6g8")],
        [f"/{town}/team" for town in ("oslo", "rome", "lyon")],
        ["/a/b/", "/a/b/a/b/", "/a/b/a/b/a/b/"],
        ["/team", "/team//team", "/team/team/team"],
        ["/team?lang=de", "/team?lang=fr", "/team?hl=en"],
        ["/de/team", "/fr/team", "/pt-br/team"],
        ["/staff?town=oslo", "/staff?town=rome&level=2", "/staff?level=3"],
        ["https://k2j4h6g8.acme.test/", "https://8f1c02d9e7.acme.test/"],
        ["/?page_id=4", "/?page_id=17"],
        ["/1/2/3", "/1/2/3/4", "/1/2/3/4/5"],
        ["/" + "/".join("abcdefghijklmnopqrstuvwxyz"), "/" + "/".join("abcdefghijklmnopqrstuvwxyz!?")],
    ],
)
def test_addresses_without_end_are_one_family(family: list[str]) -> None:
    common = set.intersection(*(set(read(path).patterns) for path in family))
    assert common


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("/leadership", "/board"),
        ("/about/leadership", "/about/board"),
        ("/index.php?page=team", "/index.php?page=board"),
        ("/?p=team", "/?p=board"),
        ("/view.php?name=team", "/view.php?name=board"),
        ("/", "/team"),
    ],
)
def test_pages_with_names_of_their_own_are_no_family(one: str, other: str) -> None:
    assert set(read(one).patterns).isdisjoint(read(other).patterns)


@pytest.mark.parametrize(
    ("path", "list_page", "number"),
    [
        ("/speakers?page=2", "/speakers", 2),
        ("/speakers?year=2026&page=03", "/speakers?year=2026", 3),
        ("/speakers/page/4/", "/speakers", 4),
        ("/redner/seite-5.html", "/redner", 5),
        ("/speakers/page6", "/speakers", 6),
        ("/speakers?page=about", None, None),
        ("/speakers?page=20261123", None, None),
        ("/speakers/7", None, None),  # told by the link's text only
        ("/?page_id=8", None, None),
        ("/homepage2", None, None),
        ("/page/9", "/", 9),
    ],
)
def test_a_numbered_page_knows_its_list(path: str, list_page: str | None, number: int | None) -> None:
    address = read(path)
    assert (address.list_page, address.number) == (f"acme.test{list_page}" if list_page else None, number)


@pytest.mark.parametrize(
    "path",
    ["/logout", "/user/Logout.php", "/delete?id=1", "/cart/add?x", "/team?action=delete&id=3", "/?add-to-cart=12",
     "/wp-login.php?action=logout", "/team?logout", "/posts/4/edit", "/team?do=LOGOUT", "/sign-out"],
)  # fmt: skip
def test_links_that_do_something(path: str) -> None:
    assert read(path).changes_state


@pytest.mark.parametrize("path", ["/team", "/about/undeleted", "/team?action=view", "/editors", "/team?id=delete"])
def test_links_that_show_something(path: str) -> None:
    assert not read(path).changes_state


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("mailto:team@acme.test", "scheme"),
        ("javascript:team()", "scheme"),
        ("tel:+4930123456", "scheme"),
        ("https://www.linkedin.com/company/acme", "never_fetched"),
        ("http://10.0.0.1/team", "blocked_address"),
        ("//acme.test/team", "bad_url"),
        ("", "bad_url"),
        (f"{SITE}/{'x' * LONGEST}", "too_long"),
        (f"{SITE}/{'é' * (LONGEST // 3)}", "too_long"),  # its escapes are
    ],
)
def test_what_is_refused_says_why(url: str, reason: str) -> None:
    assert read_address(url) == reason


PARTS = st.lists(
    st.sampled_from(["a", "b", "team", "%65", "%2F", "..", ".", "//", "/", "?", "&", "=", "#", ";sid=", "s/", "0",
                     "8f1c02d9e7", "page=2", "page/3", "(S(x))", "é", "\u202e", "%", "%zz", " ", "\\", "index.html",
                     "123456789012"]),
    max_size=12,
).map("".join)  # fmt: skip


@given(st.one_of(PARTS, st.text(max_size=80)))
@example("/s/8f1c02d9e7/s/8f1c02d9e7/team")
@example(";jsessionid=1;jsessionid=2")
def test_any_address_is_read_or_refused_and_read_again_the_same(path: str) -> None:
    address = read_address(f"{SITE}/{path}")
    assert isinstance(address, Address | str)
    if isinstance(address, Address):
        again = read_address(address.url)
        assert isinstance(again, Address)
        assert (again.page, again.host) == (address.page, address.host)
        assert again.url == address.url
