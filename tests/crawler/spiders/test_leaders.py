"""From a home page to the leaders and what they lead to: known pages, profiles, newsrooms, scripts, challenges."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.crawler.fetch.doors import settings_of
from tests.crawler.spiders.sites import HOST, Crawled, crawl_site, html, links, names, serve, team
from tests.servers import Response
from watchlist.settings import Settings

Pages = dict[str, str | Response]
SHELL = (
    '<!doctype html><html><head><title>Northwind Robotics</title></head><body><div id="root"></div><script src="/m.js">'
)
PEOPLE = names(4)


def crawl(site: Pages, home: Path, **more: Any) -> Crawled:
    return crawl_site({HOST: serve(site.get)}, home, **more)


def settings_with(home: Path, **limits: Any) -> Settings:
    settings = settings_of(home)
    return settings.model_copy(update={"crawl": settings.crawl.model_copy(update=limits)})


def at(path: str) -> str:
    return f"http://{HOST}{path}"


def linked_card(name: str, path: str, title: str | None = None) -> str:
    job = f"<p class='role'>{title}</p>" if title else ""
    return f"<div class='card'><h3><a href='{path}'>{name}</a></h3>{job}</div>"


def profile(name: str, title: str = "Chief People Officer", more: str = "") -> str:
    told = f"{name} came to Northwind Robotics from a shipyard and has led this part of the company since then."
    return html(f"<h2>{name}</h2><p>{title}</p><p>{told}</p>{more}", title="Our people")


# --- two steps, languages, menus ------------------------------------------------------------------------------------


def test_a_page_two_steps_deep_is_found(tmp_path: Path) -> None:
    pages: Pages = {
        "/": html(links(["/about"], "About us")),
        "/about": html(links(["/about/x9"], "Our leadership")),
        "/about/x9": team(),
    }
    crawled = crawl(pages, tmp_path)
    assert crawled.paths == ["/", "/about", "/about/x9"]
    assert crawled.people == set(PEOPLE)


def test_one_person_on_the_home_page_does_not_end_the_search(tmp_path: Path) -> None:
    founder = "<div class='card'><h3>Miriam Okafor</h3><p>Founder and Chief Executive Officer</p></div>"
    pages: Pages = {
        "/": html(founder + links(["/about"], "About us")),
        "/about": html(links(["/board"], "Board of directors")),
        "/board": team(),
    }
    assert crawl(pages, tmp_path).paths == ["/", "/about", "/board"]


def test_the_home_page_in_another_language_is_a_last_resort(tmp_path: Path) -> None:
    alternate = '<link rel="alternate" hreflang="en" href="/en/"><link rel="alternate" hreflang="qq" href="/qq/">'
    pages: Pages = {
        "/": html(links(["/zz"], "Qxv") + links(["/contact"], "Contact"), head=alternate),
        "/contact": html("<p>Call us.</p>"),
        "/en/": html(links(["/en/team"], "Team")),
        "/en/team": team(),
    }
    assert crawl(pages, tmp_path).paths[:3] == ["/", "/en/", "/en/team"]


# --- what is known --------------------------------------------------------------------------------------------------


def test_the_known_page_is_asked_right_after_the_home_page(tmp_path: Path) -> None:
    pages: Pages = {"/": html(links(["/team"], "Team")), "/x/y": team(), "/team": team(people=names(2, start=50))}
    crawled = crawl(pages, tmp_path, known=[at("/x/y")])
    assert crawled.paths == ["/", "/x/y", "/team"]


@pytest.mark.parametrize(
    "gone",
    [
        Response("gone", 410),
        Response("not here", 404),
        Response("", 301, {"location": "/"}),
        Response("", 302, {"location": "/missing"}),
    ],
)
def test_a_known_page_that_went_away_starts_the_search_anew(gone: Response, tmp_path: Path) -> None:
    pages: Pages = {"/": html(links(["/leaders"], "Leaders")), "/old": gone, "/leaders": team()}
    crawled = crawl(pages, tmp_path, known=[at("/old")])
    assert crawled.paths[:2] == ["/", "/old"]
    assert crawled.site.leadership_url == at("/leaders")
    assert at("/old") in crawled.site.gone_pages


# --- profiles -------------------------------------------------------------------------------------------------------


def with_profiles(count: int, *, titled: int = 0) -> Pages:
    people = names(count)
    paths = [f"/team/{name.lower().replace(' ', '-')}" for name in people]
    cards = "".join(
        linked_card(name, path, "Chief Executive Officer" if place < titled else None)
        for place, (name, path) in enumerate(zip(people, paths, strict=True))
    )
    known = linked_card("Hannah Castellano", "/team/hannah", "Chief Financial Officer")
    listed = html(cards + known, title="Leadership team")
    own = {path: profile(name) for path, name in zip(paths, people, strict=True)}
    return {"/": html(links(["/team"], "Team")), "/team": listed, "/team/hannah": profile("Hannah Castellano"), **own}


def test_a_profile_gives_biography_and_accounts_to_the_person_on_the_card(tmp_path: Path) -> None:
    account = "https://www.linkedin.com/in/miriam-okafor"
    listed = linked_card("Miriam Okafor", "/team/miriam", "Chief Executive Officer") + linked_card(
        "Tobias Lindqvist", "/team", "Chief Financial Officer"
    )
    own = profile("Miriam Okafor", "Chief Executive Officer", f"<a href='{account}'>LinkedIn</a>")
    pages: Pages = {"/": html(links(["/team"], "Team")), "/team": html(listed), "/team/miriam": own}
    crawled = crawl(pages, tmp_path)
    assert crawled.paths == ["/", "/team", "/team/miriam"]
    page = crawled.pages[-1]
    (person,) = page.reading.people
    assert (person.name, person.title, person.links) == ("Miriam Okafor", "Chief Executive Officer", (account,))
    assert "shipyard" in person.biography
    assert page.listed_on == at("/team")
    assert crawled.site.read_pages == (at("/team"),)


def test_profiles_are_few_and_come_last(tmp_path: Path) -> None:
    pages = with_profiles(8)
    pages["/team"] = str(pages["/team"]).replace("</main>", links(["/board"], "Board") + "</main>")
    pages["/board"] = team(people=names(4, start=60))
    crawled = crawl(pages, tmp_path, settings=settings_with(tmp_path, profiles_per_site=3))
    assert crawled.paths[:3] == ["/", "/team", "/board"]
    assert len(crawled.paths) == 6
    assert crawled.stats.get("budget/sites") is None


def test_those_without_a_title_are_looked_at_first(tmp_path: Path) -> None:
    crawled = crawl(with_profiles(4, titled=2), tmp_path, settings=settings_with(tmp_path, profiles_per_site=2))
    shown = [person.name for page in crawled.pages if page.listed_on for person in page.reading.people]
    untitled = [person.name for person in crawled.pages[1].reading.people if not person.title]
    assert set(untitled[:2]) <= set(shown) or not untitled


def test_profiles_leave_the_budget_of_pages_alone(tmp_path: Path) -> None:
    assert len(crawl(with_profiles(8), tmp_path, pages=4).paths) == 4
    assert crawl(with_profiles(8), tmp_path, settings=settings_with(tmp_path, profiles_per_site=0)).paths == [
        "/",
        "/team",
    ]


def test_a_card_that_leads_to_a_product_makes_nobody_of_it(tmp_path: Path) -> None:
    listed = "".join(linked_card(name, f"/p/{place}", "Chief Executive Officer") for place, name in enumerate(names(3)))
    pages: Pages = {"/": html(links(["/team"], "Team")), "/team": html(listed)}
    pages |= {f"/p/{place}": html("<h2>The Weldmaster 3000</h2><p>Product Manager</p>") for place in range(3)}
    crawled = crawl(pages, tmp_path)
    assert crawled.people == set(names(3))
    assert [page.reading.reason for page in crawled.pages if page.listed_on] == ["other_person"] * 3


# --- newsrooms ------------------------------------------------------------------------------------------------------


def feed(href: str, title: str = "News") -> str:
    return f'<link rel="alternate" type="application/rss+xml" title="{title}" href="{href}">'


def test_newsroom_and_blog_are_looked_at_for_their_feeds(tmp_path: Path) -> None:
    menu = links(["/team"], "Team") + links(["/presse"], "Presse") + links(["/blog"], "Blog") + links(["/n"], "News")
    pages: Pages = {
        "/": html(menu),
        "/team": team(),
        "/presse": html("<p><a href='/presse/rss.xml'>RSS</a></p>"),
        "/blog": html("", head=feed("/blog/feed/") + feed("/blog/comments/feed/", "Comments")),
        "/n": html("", head=feed("/n/feed/")),
    }
    crawled = crawl(pages, tmp_path)
    assert crawled.paths == ["/", "/team", "/presse", "/blog"]
    found = {feed.url: feed.person for page in crawled.pages for feed in page.feeds}
    assert found == {at("/presse/rss.xml"): None, at("/blog/feed/"): None}
    assert crawled.site.read_pages == (at("/team"),)


def test_one_look_is_enough_where_the_site_named_a_feed(tmp_path: Path) -> None:
    menu = links(["/team"], "Team") + links(["/press"], "Press releases") + links(["/blog"], "Blog")
    pages: Pages = {"/": html(menu, head=feed("/feed")), "/team": team(), "/press": html(""), "/blog": html("")}
    assert crawl(pages, tmp_path).paths == ["/", "/team", "/press"]
    pages = {"/": html(menu), "/team": team(), "/press": html(""), "/blog": html("")}
    assert crawl(pages, tmp_path, settings=settings_with(tmp_path, news_pages_per_site=0)).paths == ["/", "/team"]


def test_people_on_a_newsroom_are_nobody(tmp_path: Path) -> None:
    pages: Pages = {"/": html(links(["/team"], "Team") + links(["/news"], "News")), "/team": team()}
    pages["/news"] = team(people=names(4, start=40))
    assert crawl(pages, tmp_path).people == set(PEOPLE)


# --- scripts --------------------------------------------------------------------------------------------------------


def data(people: list[str]) -> Response:
    listed = [{"name": name, "jobTitle": "Chief Executive Officer"} for name in people]
    return Response(json.dumps({"people": listed}), headers={"content-type": "application/json"})


@pytest.mark.parametrize(
    ("shell", "other"),
    [
        ('<script>{"buildId":"b1"}</script>', "/_next/data/b1/team.json"),
        ('<div id="___gatsby"></div>', "/page-data/team/page-data.json"),
        ("<script>fetch('/static/team.json')</script>", "/static/team.json"),
    ],
)
def test_the_data_of_a_page_is_asked_for_where_scripts_draw_it(shell: str, other: str, tmp_path: Path) -> None:
    pages: Pages = {"/": html(links(["/team"], "Team")), "/team": SHELL + "</script>" + shell, other: data(PEOPLE)}
    crawled = crawl(pages, tmp_path)
    assert crawled.paths == ["/", "/team", "/sitemap.xml", other]
    assert crawled.people == set(PEOPLE)
    assert crawled.site.reason is None


@pytest.mark.parametrize("other", ["/team?print=1", "/team/print", "/amp/team", "/de/team"])
def test_other_versions_of_a_page_are_asked_for(other: str, tmp_path: Path) -> None:
    head = '<link rel="amphtml" href="/amp/team"><link rel="alternate" hreflang="de" href="/de/team">'
    pages: Pages = {
        "/": html(links(["/team"], "Team")),
        "/team": SHELL.replace("</head>", f"{head}</head>"),
        other: team(),
    }
    crawled = crawl(pages, tmp_path)
    assert crawled.people == set(PEOPLE)
    assert crawled.paths[:3] == ["/", "/team", "/sitemap.xml"]


def test_profiles_of_the_sitemap_are_read_by_the_names_in_their_addresses(tmp_path: Path) -> None:
    paths = ["/products/blue-heron", *(f"/leadership/{name.lower().replace(' ', '-')}" for name in names(3))]
    locations = "".join(f"<url><loc>{at(path)}</loc></url>" for path in paths)
    pages: Pages = {"/": SHELL, "/sitemap.xml": f"<?xml version='1.0'?><urlset>{locations}</urlset>"}
    pages |= {path: profile(name) for path, name in zip(paths, ["Blue Heron", *names(3)], strict=True)}
    crawled = crawl(pages, tmp_path)
    assert crawled.people == set(names(3))
    assert paths[0] not in crawled.paths
    # known from then on, they are read for the same people
    again = crawl(pages, tmp_path, known=[at(path) for path in paths[1:]])
    assert again.people == set(names(3))
    assert set(again.site.read_pages) == {at(path) for path in paths[1:]}


def test_where_nothing_helps_scripts_are_the_reason_and_asks_are_few(tmp_path: Path) -> None:
    crawled = crawl({"/": html(links(["/team"], "Team")), "/team": SHELL}, tmp_path)
    assert crawled.site.reason == "needs_javascript"
    assert crawled.paths == ["/", "/team", "/sitemap.xml", "/team?print=1", "/team/print"]


# --- why nobody -----------------------------------------------------------------------------------------------------

CHALLENGE = "<title>Just a moment...</title><p>Verifying you are human.</p>"


@pytest.mark.parametrize(
    ("pages", "reason"),
    [
        ({"/": Response(CHALLENGE, 403)}, "challenge"),
        ({"/": CHALLENGE}, "challenge"),
        ({"/": html(links(["/team"], "Team")), "/team": Response(CHALLENGE, 403)}, "challenge"),
        ({"/": html(links(["/team"], "Team")), "/team": Response("Forbidden", 403)}, "http_403"),
        ({"/": html("")}, "no_leadership_page"),
        (
            {"/": html(links(["/about"], "About us")), "/about": html("<p>We began in a shed.</p>")},
            "no_leadership_page",
        ),
        ({"/": html(links(["/team"], "Team")), "/team": html("<p>We are many.</p>")}, "no_people"),
        ({"/": html(links(["/team"], "Team"))}, "no_leadership_page"),
        (
            {"/": "<title>Northwind Robotics</title><form><input type='password'></form>"},
            "login_wall",
        ),
    ],
)
def test_the_reason_says_what_was_met(pages: Pages, reason: str, tmp_path: Path) -> None:
    assert crawl(pages, tmp_path).site.reason == reason
