"""The story of the little web: who is where, who writes when, and what every address answers."""

from __future__ import annotations

import csv
import re
import tomllib
from collections import Counter
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from watchlist.demo.pages import published
from watchlist.demo.world import Listing, World
from watchlist.settings import config_dir

EXPECTED: dict[str, Any] = tomllib.loads((Path(__file__).parent / "expected.toml").read_text("utf-8"))
DEMO = config_dir() / "demo"
LAST = EXPECTED["counts"]["days"]


def people_of(world: World, host: str, day: int) -> dict[str, Listing]:
    return {one.slug: one for one in world.people(day) if one.host == host}


def page(world: World, host: str, day: int) -> str:
    company = next(company for company in world.content.companies if company.host == host)
    assert company.leadership is not None
    return world.answer(host, company.leadership.path, day).body.decode()


# --- the cast ----------------------------------------------------------------------------------------------------


def test_there_is_as_much_as_was_promised(world: World) -> None:
    content = world.content
    held = {"companies": content.companies, "events": content.events, "feeds": content.feeds}
    assert {name: len(value) for name, value in held.items()} | {"days": world.days} == EXPECTED["counts"]
    states = Counter(company.state for company in content.companies)
    assert states == {"open": 8, "hydrated": 1, "script": 1, "robots": 1, "dead": 1}
    assert {feed.kind for feed in content.feeds} == {"rss", "atom", "json"}
    assert {company.language for company in content.companies} == {"en", "de", "fr", "es"}


def test_every_readable_company_uses_markup_of_its_own(world: World) -> None:
    first = [company.groups[0].markup for company in world.content.companies if company.state == "open"]
    assert len(set(first)) == len(first) == 8
    assert {group.section for company in world.content.companies for group in company.groups} >= {
        "executive",
        "board",
        "advisory",
        "staff",
        "former",
    }


def test_hr_leaders_stand_where_the_expectations_say(world: World) -> None:
    for host, leaders in EXPECTED["hr"].items():
        assert set(leaders) <= set(people_of(world, host, 1)), host
    readable = {company.host for company in world.content.companies if company.readable}
    assert set(EXPECTED["hr"]) == readable
    assert set(EXPECTED["nobody"]) == {company.host for company in world.content.companies} - readable


def test_nobody_can_be_read_where_nobody_should(world: World) -> None:
    assert not {one.host for one in world.people(1)} & set(EXPECTED["nobody"])
    assert world.answer("www.greywillow.test", "/robots.txt", 1).body.startswith(b"User-agent: *\nDisallow: /\n")
    shell = page(world, "www.zephyrnook.test", 1)
    assert "enable JavaScript" in shell
    assert "__NEXT_DATA__" not in shell
    assert "__NEXT_DATA__" in page(world, "www.vellumhive.test", 1)
    assert world.dead_hosts == ("www.cinderpike.test",)
    assert not set(world.dead_hosts) & set(world.hosts)


@pytest.mark.parametrize("day", range(1, LAST + 1))
def test_whoever_is_listed_stands_on_the_page(world: World, day: int) -> None:
    for one in world.people(day):
        assert one.name.casefold() in page(world, one.host, day).casefold(), one


def test_the_lists_name_the_sites(world: World) -> None:
    companies = list(csv.DictReader((DEMO / "companies.csv").open(encoding="utf-8", newline="")))
    events = list(csv.DictReader((DEMO / "events.csv").open(encoding="utf-8", newline="")))
    names = {company.alias or company.host: company.name for company in world.content.companies}
    assert {urlsplit(row["website"]).hostname: row["name"] for row in companies} == names
    assert [int(row["rank"]) for row in companies] == list(range(1, 13))
    assert {row["source"] for row in companies} == {"little web"}
    assert {(row["name"], row["platform"]) for row in events} == {
        (event.name, event.platform) for event in world.content.events
    }
    for row in events:
        address = urlsplit(row["address"])
        reply = world.answer(str(address.hostname), address.path, 1)
        # Sessionize is asked for its JSON at once: a crawler that follows an embed asks the real service.
        kind = "application/json" if row["platform"] == "sessionize" else "text/html"
        assert (reply.status, reply.headers["Content-Type"].partition(";")[0]) == (200, kind)


def test_it_stays_small() -> None:
    assert sum(file.stat().st_size for file in DEMO.rglob("*") if file.is_file()) < 150_000


# --- the story ---------------------------------------------------------------------------------------------------


def test_one_person_changes_company_and_keeps_the_linkedin_address(world: World) -> None:
    assert [
        {"who": move.slug, "left": move.left, "joined": move.joined, "day": move.day} for move in world.moves()
    ] == [{key: move[key] for key in ("who", "left", "joined", "day")} for move in EXPECTED["moved"]]
    move = world.moves()[0]
    address = world.content.people[move.slug].profile
    assert address is not None
    assert (address in page(world, move.left, 7), address in page(world, move.joined, 7)) == (True, False)
    assert (address in page(world, move.left, 8), address in page(world, move.joined, 8)) == (False, True)


def test_a_redesign_changes_markup_and_order_but_nobody(world: World) -> None:
    for redesign in EXPECTED["redesigned"]:
        host, day = redesign["company"], redesign["day"]
        before, after = people_of(world, host, day - 1), people_of(world, host, day)
        assert before == after
        assert list(before) != list(after)
        assert ("css-a81mn" in page(world, host, day - 1), "css-a81mn" in page(world, host, day)) == (True, False)
        assert "<table" in page(world, host, day)


def test_one_joins_one_is_promoted_one_retires(world: World) -> None:
    for joined in EXPECTED["joined"]:
        assert joined["who"] not in people_of(world, joined["company"], joined["day"] - 1)
        assert joined["who"] in people_of(world, joined["company"], joined["day"])
    for promoted in EXPECTED["promoted"]:
        titles = [people_of(world, promoted["company"], promoted["day"] - n)[promoted["who"]].title for n in (1, 0)]
        assert titles == ["Head of Recruitment", "Director of Talent"]
    for left in EXPECTED["left"]:
        sections = [people_of(world, left["company"], left["day"] - n)[left["who"]].section for n in (1, 0)]
        assert sections == ["executive", "former"]


def test_nobody_else_comes_or_goes(world: World) -> None:
    told = {one["who"] for kind in ("joined", "moved", "promoted", "left") for one in EXPECTED[kind]}
    held = [{(one.host, one.slug, one.title, one.section) for one in world.people(day)} for day in (1, LAST)]
    assert {slug for _, slug, _, _ in held[0] ^ held[1]} == told


def test_some_speakers_are_leaders_of_the_list_and_others_are_not(world: World) -> None:
    speakers = {speaker.who for event in world.content.events for speaker in event.speakers}
    leaders = {role.who for company in world.content.companies for group in company.groups for role in group.people}
    assert len(speakers & leaders) >= 10
    assert len(speakers - leaders) >= 10


# --- feeds -------------------------------------------------------------------------------------------------------


def posts_by_day(world: World, slug: str) -> list[int]:
    return [len([new for new in world.entries(day) if new.person == slug]) for day in range(2, LAST + 1)]


def test_somebody_posts_daily_and_somebody_once(world: World) -> None:
    assert posts_by_day(world, EXPECTED["feeds"]["daily"]) == [1] * 13
    assert sum(posts_by_day(world, EXPECTED["feeds"]["once"])) == 1


def test_no_post_is_lost_or_told_twice(world: World) -> None:
    later = [new for day in range(2, LAST + 1) for new in world.entries(day)]
    assert len({new.entry.id for new in later}) == len(later)
    assert sum(1 for new in later if new.person) == EXPECTED["posts"]["people"]


def test_posts_are_older_than_the_morning_on_which_they_are_seen(world: World) -> None:
    for feed in world.content.feeds:
        for post in feed.posts:
            morning = datetime.combine(world.date(post.day), time(), UTC)
            age = morning - published(world.first_day, post)
            assert 0 < age.total_seconds() < 24 * 3600


def test_feeds_die_on_their_day(world: World) -> None:
    dying = {feed.url: feed.gone for feed in world.content.feeds if feed.gone}
    assert {url: gone.day for url, gone in dying.items()} == EXPECTED["feeds"]["gone"]
    for url, gone in dying.items():
        host, path = urlsplit(url).netloc, urlsplit(url).path
        assert [world.answer(host, path, gone.day - n).status for n in (1, 0)] == [200, gone.status]
        assert not [new for new in world.entries(gone.day) if new.feed_url == url]
    assert {gone.status for gone in dying.values()} == {404, 410}


def test_a_feed_moves_for_good_and_keeps_its_ids(world: World) -> None:
    moving = [feed for feed in world.content.feeds if feed.moved]
    assert {feed.url: feed.moved.day for feed in moving if feed.moved} == EXPECTED["feeds"]["moved"]
    old, new = (urlsplit(url) for url in (moving[0].url, moving[0].moved.to if moving[0].moved else ""))
    before, after = (world.answer(old.netloc, old.path, day) for day in (5, 6))
    assert (before.status, after.status, after.headers["Location"]) == (200, 301, new.geturl())
    assert world.answer(new.netloc, new.path, 5).status == 404
    there = world.answer(new.netloc, new.path, 6).body
    ids = [set(re.findall(rb"<id>(tag:[^<]+)</id>", body)) for body in (before.body, there)]
    assert ids[0] < ids[1]
    assert len(ids[0]) + 1 == len(ids[1])


def test_a_comments_feed_stands_beside_its_feed(world: World) -> None:
    home = world.answer("denise.abernethy-cole.test", "/", 3).body.decode()
    assert "Written reasons » Comments Feed" in home
    comments = world.answer("denise.abernethy-cole.test", "/comments/feed/", 3)
    assert (comments.status, comments.body.count(b"<item>")) == (200, 2)


# --- answers -----------------------------------------------------------------------------------------------------


def test_a_known_version_is_not_sent_again(world: World) -> None:
    host, path = "blog.quindro.test", "/feed.xml"
    first = world.answer(host, path, 3)
    etag, modified = first.headers["ETag"], first.headers["Last-Modified"]
    for asked in ({"if-none-match": etag}, {"if-none-match": f'"x", W/{etag}'}, {"if-modified-since": modified}):
        again = world.answer(host, path, 3, asked)
        assert (again.status, again.body, again.headers["ETag"]) == (304, b"", etag)
        assert world.answer(host, path, 4, asked).status == 200
    stale = {"if-none-match": '"other"', "if-modified-since": modified}
    assert world.answer(host, path, 3, stale).status == 200
    assert world.answer(host, path, 3, {"if-modified-since": "some day"}).status == 200


def test_a_quiet_feed_does_not_change(world: World) -> None:
    bodies = {world.answer("meiling-horvat.test", "/atom.xml", day).body for day in range(1, LAST + 1)}
    assert len(bodies) == 2


def test_unknown_addresses_and_hosts(world: World) -> None:
    assert world.answer("www.tidewren.test", "/nowhere", 1).status == 404
    assert world.answer("www.tidewren.test", "/?utm_source=x", 1).status == 200
    assert world.answer("www.elsewhere.test", "/", 1).status == 421
    moved = world.answer("kettleloom.test", "/about/team", 1)
    assert (moved.status, moved.headers["Location"]) == (301, "https://www.kettleloom.test/about/team")


def test_leaders_are_linked_in_navigation_footer_or_sitemap_only(world: World) -> None:
    found = {}
    for company in world.content.companies:
        if company.leadership and company.state == "open":
            home = world.answer(company.host, "/", 1).body.decode()
            sitemap = world.answer(company.host, "/sitemap.xml", 1).body.decode()
            found[company.leadership.place] = f'href="{company.leadership.path}"' in home
            assert f"https://{company.host}{company.leadership.path}</loc>" in sitemap
    assert found == {"navigation": True, "footer": True, "sitemap": False}
