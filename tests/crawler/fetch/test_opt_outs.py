"""What owners ask for, as it comes through the door: headers, robots.txt, and the site's files asked once a week."""

from __future__ import annotations

import asyncio
import json
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from crawler.fetch.answers import FetchError
from crawler.fetch.door import Door
from crawler.fetch.memory import Forgetful, Memory
from crawler.fetch.wishes import Wishes
from tests.corpus import needs_corpus
from tests.crawler.fetch.doors import FakeClock, got, hostile, run, settings_of
from tests.servers import LoopbackServer, Response, site

CASES = [
    case
    for case in hostile("opt_outs")
    if case["where"] in {"header", "robots.txt", "ai.txt"} or "tdmrep" in case["where"]
]
TDMREP, AI_TXT = "/.well-known/tdmrep.json", "/ai.txt"
FILES = {TDMREP, AI_TXT}
PAGE = "http://a.test/team/page.html"
Page = str | bytes | Response


@needs_corpus
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_an_owners_wish(case: dict[str, Any], tmp_path: Path) -> None:
    wishes = _wishes_of(_site_of(case), tmp_path)
    assert bool(wishes.no_profile) == case["decision"].startswith("no_profile")
    if "recorded" in case["decision"] or "warning" in case["decision"] or "policy" in case["decision"]:
        assert wishes.signals


def _site_of(case: dict[str, Any]) -> Mapping[str, Page]:
    """A site on which the signal stands where the case says."""
    signal = case["signal"]
    if case["where"] == "header":
        return {"/team/page.html": Response(raw=_with_fields(signal))}
    if case["where"] == "robots.txt":
        return {"/robots.txt": signal}
    if case["where"] == "ai.txt":
        return {AI_TXT: Response(signal, headers={"content-type": "text/plain"})}
    if "MiB" in signal:
        return {TDMREP: json.dumps([{"location": "/", "tdm-reservation": 1, "padding": "x" * (5 << 20)}])}
    return {TDMREP: Response("", int(signal))}


def _with_fields(signal: str) -> bytes:
    """`Name: value`, several joined by ` + `, or `Name twice: "a" and "b"`."""
    lines = signal.split(" + ")
    if twice := re.match(r"([\w-]+) twice:(.*)", signal):
        lines = [f"{twice[1]}: {value}" for value in re.findall(r'"([^"]*)"', twice[2])]
    fields = "".join(f"{line}\r\n" for line in lines)
    return f"HTTP/1.1 200 OK\r\ncontent-type: text/html\r\n{fields}content-length: 2\r\n\r\nok".encode("ascii")


OWN: dict[str, tuple[dict[str, Page], bool]] = {
    # what stands on the site, and whether nobody may be profiled from its page
    "nothing": ({}, False),
    "tag": ({"/team/page.html": Response("x", headers={"x-robots-tag": "googlebot: noindex, noai"})}, False),
    "tag-for-all": ({"/team/page.html": Response("x", headers={"X-Robots-Tag": "noarchive, NOAI"})}, True),
    "robots": ({"/robots.txt": "User-agent: *\nDisallow: /x\nContent-Usage: ai=n\n"}, True),
    "robots-other": ({"/robots.txt": "User-agent: OtherBot\nContent-Usage: ai=n\n"}, False),
    "tdmrep": ({TDMREP: '[{"location": "/team/*", "tdm-reservation": 1}]'}, True),
    "tdmrep-elsewhere": ({TDMREP: '[{"location": "/blog/*", "tdm-reservation": 1}]'}, False),
    "ai-txt": ({AI_TXT: Response("User-agent: *\nDisallow: /team/\n", headers={"content-type": "text/plain"})}, True),
    "pages-in-their-place": ({TDMREP: "<html>not found", AI_TXT: Response("<html>not found")}, False),
    "rubbish": ({TDMREP: b"\x00\xff[", AI_TXT: Response(b"\xff\xfe\x00" * 90)}, False),
}


@pytest.mark.parametrize("name", OWN)
def test_a_wish_of_our_own(name: str, tmp_path: Path) -> None:
    pages, reserved = OWN[name]
    assert bool(_wishes_of(pages, tmp_path).no_profile) == reserved


def _wishes_of(pages: Mapping[str, Page], home: Path) -> Wishes:
    """All that the door learns of one page and its site."""

    async def work(door: Door) -> Wishes:
        answer = await got(door, PAGE)
        return answer.wishes | await door.site_wishes(answer.url, answer.headers.get("content-type"))

    with LoopbackServer({"a.test": site({"/team/page.html": "a page", **pages})}) as server:
        return run(work, Door(settings_of(home, hosts=server.hosts())))


def test_the_files_are_asked_for_once_a_week_and_origin_by_all_together(tmp_path: Path) -> None:
    clock = FakeClock()
    memory = Forgetful(clock)

    async def eight(door: Door) -> list[Wishes]:
        return await asyncio.gather(*(door.site_wishes(f"http://a.test/{number}") for number in range(8)))

    with LoopbackServer({"a.test": site({TDMREP: '[{"location": "/", "tdm-reservation": 1}]'})}) as server:
        for days, asked in ((0, 1), (6, 1), (2, 2)):
            clock.advance(days=days)
            wishes = run(eight, _door(server, tmp_path, clock, memory))
            assert all(each.no_profile for each in wishes)
            assert _files_asked(server) == dict.fromkeys(FILES, asked)


@pytest.mark.parametrize("file", sorted(FILES))
@pytest.mark.parametrize("status", [429, 500, 503])
def test_files_that_cannot_be_read_mean_no(file: str, status: int, tmp_path: Path) -> None:
    """P5: unclear is reserved; and the next one who asks does not ask again at once."""
    clock = FakeClock()

    async def work(door: Door) -> list[str]:
        reasons = []
        for _ in range(2):
            with pytest.raises(FetchError) as caught:
                await door.site_wishes(PAGE)
            reasons.append(caught.value.reason)
        return reasons

    with LoopbackServer({"a.test": site({file: Response("", status)})}) as server:
        reasons = run(work, _door(server, tmp_path, clock, Forgetful(clock)))
        assert _files_asked(server)[file] == 1
    assert reasons[0] in {"unclear_wishes", "backoff"}
    assert reasons[1] in {"unclear_wishes", "backoff"}


def test_robots_decides_about_the_files_too(tmp_path: Path) -> None:
    rules = "User-agent: *\nDisallow: /.well-known/\nDisallow: /ai.txt\n"
    with LoopbackServer({"a.test": site({"/robots.txt": rules})}) as server:
        clock = FakeClock()
        assert not run(lambda door: door.site_wishes(PAGE), _door(server, tmp_path, clock, Forgetful(clock)))
        assert server.paths() == ["/robots.txt"]


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/", "https://www.linkedin.com/in/ada", "ftp://a.test/", "http://a@a.test/"]
)
def test_the_files_of_what_may_not_be_fetched_are_not_asked_for(url: str, tmp_path: Path) -> None:
    async def work(door: Door) -> str:
        with pytest.raises(FetchError) as caught:
            await door.site_wishes(url)
        return caught.value.reason

    with LoopbackServer({"*": site({})}) as server:
        settings = settings_of(tmp_path, hosts={"www.linkedin.com": server.address, "a.test": server.address})
        assert run(work, Door(settings)) in {"blocked_address", "never_fetched", "scheme", "userinfo"}
        assert server.connections == 0


def test_a_redirect_hands_over_the_wishes_of_its_end(tmp_path: Path) -> None:
    pages: dict[str, Page] = {
        "/old": Response("", 301, {"location": "/new", "x-robots-tag": "all"}),
        "/new": Response("new", headers={"x-robots-tag": "noai"}),
    }
    with LoopbackServer({"a.test": site(pages)}) as server:
        answer = run(lambda door: got(door, "http://a.test/old"), Door(settings_of(tmp_path, hosts=server.hosts())))
    assert answer.wishes.no_profile


def _door(server: LoopbackServer, home: Path, clock: FakeClock, memory: Memory) -> Door:
    return Door(settings_of(home, hosts=server.hosts()), clock=clock, memory=memory)


def _files_asked(server: LoopbackServer) -> Counter[str]:
    return Counter(request.path for request in server.log if request.path in FILES)
