from __future__ import annotations

import asyncio
import codecs
import threading
from pathlib import Path
from typing import Any

import pytest

from crawler.fetch.answers import Access
from crawler.fetch.door import Door
from crawler.fetch.robots import MAX_BYTES, RobotsText, decode_robots
from tests.corpus import needs_corpus
from tests.crawler.fetch.doors import FakeClock, hostile, outcome, run, settings_of
from tests.servers import Handler, LoopbackServer, Request, Response, site

RULES = hostile("robots_rules")
Page = str | bytes | Response
NO_ROBOTS = Response("", 404)


@needs_corpus
@pytest.mark.parametrize("case", [case for case in RULES if case["level"] == "must"], ids=lambda case: case["id"])
def test_rules_that_must_hold(case: dict[str, Any]) -> None:
    assert RobotsText(case["robots"], case["ua"]).allows(case["url"]) == case["allowed"]


@needs_corpus
def test_agreement_with_one_big_crawler_is_reported(capsys: pytest.CaptureFixture[str]) -> None:
    cases = [case for case in RULES if case["level"] == "google"]
    agree = sum(RobotsText(case["robots"], case["ua"]).allows(case["url"]) == case["allowed"] for case in cases)
    with capsys.disabled():
        print(f"\nrobots, level google: {agree} of {len(cases)} decided alike (reported, not required)")
    assert cases


def test_an_unknown_line_does_not_end_a_group() -> None:
    text = "User-agent: mentorwatch\nNoai: yes\nSitemap: https://a.test/s.xml\nUser-agent: other\nDisallow: /x\n"
    assert not RobotsText(text).allows("https://a.test/x")
    assert RobotsText(text).allows("https://a.test/y")


@pytest.mark.parametrize(
    "body",
    [
        codecs.BOM_UTF8 + b"User-agent: *\nDisallow: /x\n",
        "\ufeffUser-agent: *\nDisallow: /x\n".encode("utf-16-le"),
        "\ufeffUser-agent: *\nDisallow: /x\n".encode("utf-16-be"),
        "\ufeffUser-agent: *\nDisallow: /x\n".encode("utf-32-le"),
        b"# caf\xe9\nUser-agent: *\nDisallow: /x\n",
    ],
)
def test_byte_order_marks_and_odd_bytes_hide_nothing(body: bytes) -> None:
    text = RobotsText(decode_robots(body))
    assert not text.allows("https://a.test/x")
    assert text.allows("https://a.test/y")


def test_named_groups_for_feeds() -> None:
    wildcard = RobotsText("User-agent: *\nDisallow: /\n")
    assert not wildcard.allows("https://a.test/feed")
    assert wildcard.allows("https://a.test/feed", named_only=True)
    named = RobotsText("User-agent: *\nUser-agent: MentorWatch # us\nDisallow: /*.atom$\n")
    assert not named.allows("https://a.test/news.atom", named_only=True)
    assert named.allows("https://a.test/news.rss", named_only=True)


@pytest.mark.parametrize(
    ("lines", "seconds"),
    [
        ("Crawl-delay: 7", 7.0),
        ("Crawl-delay: 0.5", 0.5),
        ("Crawl-delay: 86400", 60.0),
        ("Crawl-delay: -3", 0.0),
        ("Crawl-delay: nan", 0.0),
        ("Crawl-delay: soon", 0.0),
        ("Request-rate: 1/20", 20.0),
        ("Request-rate: 10/600", 60.0),
        ("Request-rate: 100/600", 6.0),
        (f"Request-rate: 1/{'9' * 400}", 60.0),
        ("Crawl-delay: 5\nRequest-rate: 1/20", 20.0),
    ],
)
def test_delay(lines: str, seconds: float) -> None:
    assert RobotsText(f"User-agent: *\n{lines}\n").delay == seconds


# --- what the answer to GET /robots.txt means ----------------------------------------------------------------------

DENIED = "User-agent: *\nDisallow: /private\n"
HTTP_CASES: dict[str, tuple[Response, str]] = {
    "200": (Response(DENIED), "rules"),
    "200-empty": (Response(""), "allow"),
    "200-html": (Response("\n<!doctype html><title>Login</title>"), "robots_unreachable"),
    "200-rules-called-html": (Response(DENIED, headers={"content-type": "text/html"}), "rules"),
    "204": (Response("", 204), "allow"),
    "301-same-host": (Response("", 301, {"location": "/robots2.txt"}), "rules"),
    "302-other-host": (Response("", 302, {"location": "http://b.test/robots.txt"}), "rules"),
    "302-nowhere": (Response("", 302), "robots_unreachable"),
    "redirect-loop": (Response("", 302, {"location": "/robots.txt"}), "robots_unreachable"),
    "redirect-to-private": (Response("", 302, {"location": "http://127.0.0.1/robots.txt"}), "robots_unreachable"),
    "400": (Response("bad", 400), "allow"),
    "401": (Response("auth", 401), "robots_unreachable"),
    "403": (Response("User-agent: *\nAllow: /\n", 403), "robots_unreachable"),
    "404-with-rules-body": (Response("User-agent: *\nDisallow: /\n", 404), "allow"),
    "410": (Response("", 410), "allow"),
    "429": (Response("", 429), "robots_unreachable"),
    "500": (Response("<h1>oops</h1>", 500), "robots_unreachable"),
    "503-with-rules-body": (Response("User-agent: *\nAllow: /\n", 503), "robots_unreachable"),
    "truncated": (Response(raw=b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\nUser-agent: *\n"), "protocol"),
    "no-http": (Response(raw=b"SSH-2.0-OpenSSH\r\n\r\n"), "protocol"),
    "bad-gzip": (Response("not packed", headers={"content-encoding": "gzip"}), "bad_encoding"),
    "brotli": (Response("not packed", headers={"content-encoding": "br"}), "bad_encoding"),
}


@pytest.mark.parametrize("name", HTTP_CASES)
def test_answers_to_robots(name: str, tmp_path: Path) -> None:
    answer, means = HTTP_CASES[name]
    pages: dict[str, Page] = {"/robots.txt": answer, "/robots2.txt": DENIED, "/": "home", "/private": "private"}
    handlers = {"a.test": site(pages), "b.test": site({"/robots.txt": DENIED})}
    with LoopbackServer(handlers) as server:
        door = Door(settings_of(tmp_path, hosts=server.hosts()), clock=FakeClock())
        home, private = run(lambda door: _both(door, "http://a.test/", "http://a.test/private"), door)
        asked = [path for path in server.paths("a.test") if not path.startswith("/robots")]
    if means == "rules":
        assert (home, private, asked) == (200, "robots", ["/"])
    elif means == "allow":
        assert (home, private, asked) == (200, 200, ["/", "/private"])
    else:
        assert isinstance(home, str)
        assert home in {means, "robots_unreachable"}
        assert isinstance(private, str)
        assert asked == []


def test_a_long_file_is_read_up_to_the_limit(tmp_path: Path) -> None:
    pad = "# pad\n" * (500 * 1024 // 6)
    late = "# pad\n" * (MAX_BYTES // 6 + 1)
    handlers = {
        "a.test": site({"/robots.txt": f"{pad}User-agent: *\nDisallow: /\n"}),
        "b.test": site({"/robots.txt": f"User-agent: *\nDisallow: /x\n{late}\nDisallow: /y\n", "/y": "y"}),
    }
    with LoopbackServer(handlers) as server:
        door = Door(settings_of(tmp_path, hosts=server.hosts()))
        urls = ["http://a.test/", "http://b.test/x", "http://b.test/y"]
        assert run(lambda door: _both(door, *urls), door) == ["robots", "robots", 200]


def test_eight_requests_waiting_together_share_one_decision(tmp_path: Path) -> None:
    async def slow_robots(request: Request) -> Response:
        if request.path == "/robots.txt":
            await asyncio.sleep(0.05)
            return Response("User-agent: *\nDisallow: /private\n", headers={"content-type": "text/plain"})
        return Response("a page")

    with LoopbackServer({"a.test": slow_robots}) as server:
        door = Door(settings_of(tmp_path, hosts=server.hosts()))
        urls = [f"http://a.test/private/{number}" for number in range(8)]
        results = run(lambda door: asyncio.gather(*(outcome(door, url) for url in urls)), door)
        assert server.paths() == ["/robots.txt"]
    assert results == ["robots"] * 8


def test_one_who_gives_up_waiting_does_not_take_the_decision_from_the_others(tmp_path: Path) -> None:
    release = threading.Event()

    async def held(request: Request) -> Response:
        if request.path == "/robots.txt":
            await asyncio.to_thread(release.wait, 10)
        return NO_ROBOTS if request.path == "/robots.txt" else Response("a page")

    async def work(door: Door) -> int | str:
        impatient = asyncio.create_task(outcome(door, "http://a.test/1"))
        patient = asyncio.create_task(outcome(door, "http://a.test/2"))
        await asyncio.sleep(0.02)
        impatient.cancel()
        await asyncio.gather(impatient, return_exceptions=True)
        release.set()
        return await patient

    with LoopbackServer({"a.test": held}) as server:
        assert run(work, Door(settings_of(tmp_path, hosts=server.hosts()))) == 200
        assert server.paths() == ["/robots.txt", "/2"]


def test_decisions_hold_for_a_day_and_per_origin(tmp_path: Path) -> None:
    files = iter(["User-agent: *\nDisallow:\n", "User-agent: *\nDisallow: /\n"])
    clock = FakeClock()
    with LoopbackServer({"a.test": _changing_robots(files)}) as server:
        door = Door(settings_of(tmp_path, hosts=server.hosts()), clock=clock)

        async def work(door: Door) -> list[int | str]:
            first = await outcome(door, "http://a.test/")
            clock.advance(hours=23.9)
            second = await outcome(door, "http://a.test/")
            clock.advance(hours=0.6)
            return [first, second, await outcome(door, "http://a.test/")]

        assert run(work, door) == [200, 200, "robots"]
        assert server.paths() == ["/robots.txt", "/", "/", "/robots.txt"]


def test_scheme_and_port_are_part_of_the_origin(tmp_path: Path) -> None:
    files = iter(["User-agent: *\nDisallow:\n", "User-agent: *\nDisallow: /\n"])
    with LoopbackServer({"a.test": _changing_robots(files)}) as server:
        door = Door(settings_of(tmp_path, hosts=server.hosts()))
        urls = ["http://a.test/", "http://a.test:8080/", "http://a.test/"]
        assert run(lambda door: _both(door, *urls), door) == [200, "robots", 200]


def test_an_unreadable_file_is_asked_for_again_after_a_pause(tmp_path: Path) -> None:
    answers = iter([Response("", 503), Response("", 503), NO_ROBOTS])
    clock = FakeClock()

    def handler(request: Request) -> Response:
        return next(answers) if request.path == "/robots.txt" else Response("a page")

    async def work(door: Door) -> list[int | str]:
        results = []
        for minutes in (0, 0.5, 0.6, 1.5, 1):
            clock.advance(minutes=minutes)
            results.append(await outcome(door, "http://a.test/"))
        return results

    with LoopbackServer({"a.test": handler}) as server:
        results = run(work, Door(settings_of(tmp_path, hosts=server.hosts()), clock=clock))
        assert results == [*["robots_unreachable"] * 4, 200]
        assert server.paths() == ["/robots.txt"] * 3 + ["/"]


# --- subscriptions -------------------------------------------------------------------------------------------------

FEED_FILES: dict[str, tuple[Page, int | str, int | str]] = {
    "wildcard": ("User-agent: *\nDisallow: /\nDisallow: /*.atom$\n", 200, "robots"),
    "names-us": ("User-agent: mentorwatch\nDisallow: /feed\n", "robots", "robots"),
    "names-others": ("User-agent: otherbot\nDisallow: /feed\n", 200, 200),
    "unreadable": (Response("", 500), 200, "robots_unreachable"),
    "login-page": (Response("<html>login"), 200, "robots_unreachable"),
    "forbidden": (Response("", 403), 200, "robots_unreachable"),
}


@pytest.mark.parametrize("name", FEED_FILES)
def test_subscriptions(name: str, tmp_path: Path) -> None:
    robots, usual, strict = FEED_FILES[name]
    with LoopbackServer({"a.test": site({"/robots.txt": robots, "/feed.atom": "<feed/>"})}) as server:
        for obey, expected in ((False, usual), (True, strict)):
            door = Door(settings_of(tmp_path, hosts=server.hosts(), obey=obey))
            result = run(lambda door: outcome(door, "http://a.test/feed.atom", Access.SUBSCRIPTION), door)
            assert result == expected


async def _both(door: Door, *urls: str) -> list[int | str]:
    return [await outcome(door, url) for url in urls]


def _changing_robots(files: Any) -> Handler:
    def answer(request: Request) -> Response:
        return Response(next(files)) if request.path == "/robots.txt" else Response("a page")

    return answer
