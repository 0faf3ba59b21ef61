"""tdmrep.json and ai.txt, measured at the server."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from crawler.fetch.answers import FetchError
from crawler.fetch.door import Door
from crawler.fetch.memory import Forgetful
from tests.crawler.fetch.doors import FakeClock, run, settings_of
from tests.servers import LoopbackServer, Response, site

URL = "http://a.test/team"
TDMREP, AI_TXT = "/.well-known/tdmrep.json", "/ai.txt"
RESERVED = json.dumps([{"location": "/", "tdm-reservation": 1}])


def wishes(tmp_path: Path, pages: dict[str, str | bytes | Response]) -> tuple[str | None, list[str]]:
    """(the signal that reserves, or the reason of the error), and the paths that were asked for."""

    async def work(door: Door) -> str | None:
        try:
            return (await door.site_wishes(URL, "text/html")).no_profile
        except FetchError as error:
            return error.reason

    with LoopbackServer({"a.test": site(pages)}) as server:
        found = run(work, Door(settings_of(tmp_path, hosts=server.hosts())))
        return found, server.paths()


def test_a_site_without_the_files_asks_for_nothing(tmp_path: Path) -> None:
    assert wishes(tmp_path, {}) == (None, ["/robots.txt", TDMREP, AI_TXT])


@pytest.mark.parametrize(
    "pages",
    [
        {TDMREP: RESERVED},
        {AI_TXT: "User-Agent: *\nDisallow: *.html\n"},
        {TDMREP: RESERVED, AI_TXT: "User-Agent: *\nAllow: /\n"},
    ],
)
def test_either_file_reserves(pages: dict[str, str | bytes | Response], tmp_path: Path) -> None:
    signal, asked = wishes(tmp_path, pages)
    assert signal
    assert asked == ["/robots.txt", TDMREP, AI_TXT]


@pytest.mark.parametrize(
    "answer",
    [
        Response("no", 403),
        Response("no", 404),
        Response("<!doctype html><title>Not here</title>"),
        Response("x" * 5000, headers={"content-type": "image/png"}),
        Response("x" * (3 << 20)),
        Response("{not json"),
    ],
)
def test_what_is_no_such_file_asks_for_nothing(answer: Response, tmp_path: Path) -> None:
    assert wishes(tmp_path, {TDMREP: answer, AI_TXT: "User-Agent: *\nAllow: /\n"})[0] is None


@pytest.mark.parametrize("status", [429, 500, 503])
def test_what_could_not_be_read_means_no(status: int, tmp_path: Path) -> None:
    assert wishes(tmp_path, {TDMREP: Response("", status)})[0] == "unclear_wishes"


def test_of_a_huge_file_little_is_kept(tmp_path: Path) -> None:
    memory = Forgetful(FakeClock())

    async def work(door: Door) -> str | None:
        return (await door.site_wishes(URL)).no_profile

    with LoopbackServer({"a.test": site({TDMREP: "[" * (9 << 20)})}) as server:
        assert run(work, Door(settings_of(tmp_path, hosts=server.hosts()), memory=memory)) is None
    assert max(len(str(row.value)) for row in memory._rows.values()) < 1 << 20


def test_files_that_robots_forbids_are_not_asked_for(tmp_path: Path) -> None:
    robots = "User-agent: *\nDisallow: /.well-known/\n"
    assert wishes(tmp_path, {"/robots.txt": robots, TDMREP: RESERVED}) == (None, ["/robots.txt", AI_TXT])


def test_they_are_asked_for_once_a_week_also_over_a_restart(tmp_path: Path) -> None:
    clock = FakeClock()
    memory = Forgetful(clock)

    async def work(door: Door) -> list[str | None]:
        urls = [URL, "http://a.test/board", "http://a.test/free/page"]
        return [(await door.site_wishes(url)).no_profile for url in urls]

    rules = json.dumps([{"location": "/free/*", "tdm-reservation": 0}, {"location": "/*", "tdm-reservation": 1}])
    with LoopbackServer({"a.test": site({TDMREP: rules})}) as server:
        settings = settings_of(tmp_path, hosts=server.hosts())
        for days in (0, 6, 0.9, 0.2):
            clock.advance(days=days)
            found = run(work, Door(settings, clock=clock, memory=memory))
            assert [bool(signal) for signal in found] == [True, True, False]
        assert server.paths().count(TDMREP) == server.paths().count(AI_TXT) == 2
