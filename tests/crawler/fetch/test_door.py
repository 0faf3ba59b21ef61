from __future__ import annotations

import asyncio
import gzip
import threading
from pathlib import Path

import pytest

from crawler.fetch.answers import FetchError
from crawler.fetch.door import Door
from tests.crawler.fetch.doors import (
    CONTACT,
    PUBLIC,
    FakeClock,
    FakeNames,
    FakeTime,
    got,
    internet_door,
    outcome,
    run,
    settings_of,
)
from tests.servers import LoopbackServer, Request, Response, site
from watchlist.errors import UsageError
from watchlist.settings import version


def moved(to: str, status: int = 301) -> Response:
    return Response("moved", status, {"location": to})


# --- what is sent and what comes back ------------------------------------------------------------------------------


def test_an_answer(tmp_path: Path) -> None:
    page = Response("p\u00e4ge", headers={"X-Two": "2", "set-cookie": "a=1", "content-type": "text/html"})
    clock = FakeClock()
    with LoopbackServer({"a.test": site({"/p": page})}) as server:
        answer = run(
            lambda door: got(door, "http://A.test/p#top"),
            Door(settings_of(tmp_path, hosts=server.hosts()), clock=clock),
        )
        sent = server.log[-1].headers
    assert answer.url == "http://a.test/p"
    assert (answer.status, answer.body) == (200, "p\u00e4ge".encode())
    assert dict(answer.headers) == {"content-type": "text/html", "x-two": "2"}
    assert answer.fetched_at == clock()
    assert answer.moved_to is None
    assert not answer.not_modified
    assert sent["user-agent"] == f"mentorwatch/{version()} ({CONTACT})"
    assert sent["accept-encoding"] == "gzip"
    assert set(sent) == {"host", "user-agent", "accept-encoding", "accept"}


@pytest.mark.parametrize("status", [200, 203, 400, 404, 410, 418, 451, 599])
def test_any_status_is_an_answer(status: int, tmp_path: Path) -> None:
    with LoopbackServer({"a.test": site({"/p": Response("x", status)})}) as server:
        door = Door(settings_of(tmp_path, hosts=server.hosts()))
        assert run(lambda door: outcome(door, "http://a.test/p"), door) == status


def test_conditional_requests(tmp_path: Path) -> None:
    def feed(request: Request) -> Response:
        if request.headers.get("if-none-match") == '"one"':
            return Response(raw=b'HTTP/1.1 304 Not Modified\r\netag: "one"\r\ncontent-encoding: gzip\r\n\r\n')
        return Response("Allow: /", headers={"etag": '"one"'})

    async def work(door: Door) -> list[tuple[bool, bytes, str]]:
        first = await got(door, "http://a.test/feed")
        second = await got(door, "http://a.test/feed", etag=first.headers["etag"], last_modified="yesterday")
        third = await got(door, "http://a.test/feed", etag="two\r\nX: y", last_modified="caf\u00e9")
        return [(answer.not_modified, answer.body, answer.headers["etag"]) for answer in (first, second, third)]

    with LoopbackServer({"a.test": feed}) as server:
        results = run(work, Door(settings_of(tmp_path, hosts=server.hosts())))
        assert server.log[-2].headers["if-modified-since"] == "yesterday"
        assert "if-none-match" not in server.log[-1].headers
        assert "if-modified-since" not in server.log[-1].headers
    assert results == [(False, b"Allow: /", '"one"'), (True, b"", '"one"'), (False, b"Allow: /", '"one"')]


def test_the_address_is_sent_as_a_browser_would(tmp_path: Path) -> None:
    with LoopbackServer({"*": lambda request: Response(request.path)}) as server:
        door = Door(settings_of(tmp_path, hosts={"a.test": server.address}))
        url = "http://a.test\\x|^`{}\"<>' y?a|b'\"{}[]%zz&\u00e9#\u00e9"
        assert run(lambda door: got(door, url), door).body == b"/x|%5E%60%7B%7D%22%3C%3E'%20y?a|b%27%22{}[]%zz&%C3%A9"


def test_without_a_contact_only_the_network_of_this_machine_is_fetched(tmp_path: Path) -> None:
    with LoopbackServer({"a.test": site({"/": "home"})}) as server:
        settings = settings_of(tmp_path, hosts=server.hosts(), contact="")
        door = Door(settings, resolver=FakeNames({"b.test": [[PUBLIC]]}))

        async def work(door: Door) -> tuple[int | str, str]:
            with pytest.raises(FetchError, match="mentorwatch init") as caught:
                await got(door, "http://b.test/")
            return await outcome(door, "http://a.test/"), caught.value.reason

        assert run(work, door) == (200, "no_contact")


def test_a_wrong_authority_file_is_named_before_anything_is_fetched(tmp_path: Path) -> None:
    door = Door(settings_of(tmp_path, ca_file=str(tmp_path / "missing.pem")))
    with pytest.raises(UsageError, match=r"missing\.pem"):
        run(lambda door: outcome(door, "http://a.test/"), door)


# --- redirects -----------------------------------------------------------------------------------------------------


def test_redirects_are_followed_and_permanent_ones_reported(tmp_path: Path) -> None:
    pages = {
        "/old": moved("/older"),
        "/older": moved("http://b.test/new", 308),
        "/soon": moved("/old", 302),
    }
    with LoopbackServer({"a.test": site(pages), "b.test": site({"/new": "new"})}) as server:

        async def work(door: Door) -> list[tuple[str, int, str | None]]:
            answers = [await got(door, f"http://a.test{path}") for path in ("/old", "/soon")]
            return [(answer.url, answer.status, answer.moved_to) for answer in answers]

        results = run(work, Door(settings_of(tmp_path, hosts=server.hosts())))
        assert server.paths("b.test") == ["/robots.txt", "/new", "/new"]
    assert results == [
        ("http://b.test/new", 200, "http://b.test/new"),
        ("http://b.test/new", 200, None),
    ]


def test_a_redirect_that_leads_nowhere_is_no_page(tmp_path: Path) -> None:
    pages = {"/1": Response("a page?", 301), "/2": Response("", 302, {"location": " "})}
    with LoopbackServer({"a.test": site(pages)}) as server:

        async def work(door: Door) -> list[int | str]:
            return [await outcome(door, f"http://a.test/{path}") for path in (1, 2)]

        assert run(work, Door(settings_of(tmp_path, hosts=server.hosts()))) == ["bad_redirect", "backoff"]


def test_at_most_five_redirects(tmp_path: Path) -> None:
    pages = {f"/{number}": moved(f"/{number + 1}", 302) for number in range(9)}
    pages |= {"/loop": moved("/pool", 302), "/pool": moved("/loop", 302), "/9": Response("end")}
    with LoopbackServer({"a.test": site(pages)}) as server:

        async def work(door: Door) -> list[int | str]:
            return [await outcome(door, f"http://a.test/{path}") for path in ("0", "4", "loop")]

        assert run(work, Door(settings_of(tmp_path, hosts=server.hosts()))) == [
            "too_many_redirects",
            200,
            "redirect_loop",
        ]
        assert server.paths()[1:7] == ["/0", "/1", "/2", "/3", "/4", "/5"]


def test_each_hop_asks_robots_of_its_own_origin(tmp_path: Path) -> None:
    handlers = {
        "a.test": site({"/": moved("http://b.test/private/x")}),
        "b.test": site({"/robots.txt": "User-agent: *\nDisallow: /private\n", "/private/x": "secret"}),
    }
    with LoopbackServer(handlers) as server:
        door = Door(settings_of(tmp_path, hosts=server.hosts()))
        assert run(lambda door: outcome(door, "http://a.test/"), door) == "robots"
        assert server.paths("b.test") == ["/robots.txt"]


def test_a_refresh_in_the_page_is_not_followed(tmp_path: Path) -> None:
    page = '<meta http-equiv="refresh" content="0; url=/next">'
    headers = {"refresh": "0; url=/next"}
    with LoopbackServer({"a.test": site({"/": Response(page, headers=headers), "/next": "next"})}) as server:
        door = Door(settings_of(tmp_path, hosts=server.hosts()))
        assert run(lambda door: got(door, "http://a.test/"), door).body == page.encode()
        assert server.paths() == ["/robots.txt", "/"]


def test_no_cookie_goes_back(tmp_path: Path) -> None:
    with LoopbackServer({"a.test": site({"/": Response("x", 302, {"set-cookie": "a=1", "location": "/2"})})}) as server:
        door = Door(settings_of(tmp_path, hosts=server.hosts()))
        run(lambda door: outcome(door, "http://a.test/"), door)
        assert len(server.log) == 3
        assert not any("cookie" in request.headers for request in server.log)


# --- bodies and time -----------------------------------------------------------------------------------------------


def test_bodies_are_bounded(tmp_path: Path) -> None:
    packed = {"content-encoding": "gzip"}
    pages = {
        "a": Response(b"x" * ((1 << 20) + 1)),
        "b": Response(gzip.compress(bytes(2 << 20)), headers=packed),
        "c": Response("x", headers={"content-encoding": "br"}),
        "d": Response(gzip.compress(b"fine"), headers=packed),
    }
    with LoopbackServer({f"{name}.test": site({"/": page}) for name, page in pages.items()}) as server:

        async def work(door: Door) -> list[int | str]:
            return [await outcome(door, f"http://{name}.test/") for name in "abcda"]

        results = run(work, Door(settings_of(tmp_path, hosts=server.hosts(), max_body_mib=1)))
    assert results == ["too_large", "too_dense", "bad_encoding", 200, "backoff"]


def test_the_deadline_covers_the_whole_transfer_but_not_the_waiting(tmp_path: Path) -> None:
    time = FakeTime()

    async def drip(request: Request) -> Response:
        if request.path == "/drip":
            await asyncio.sleep(30)
        return Response("", 404)

    with LoopbackServer({"*": drip}) as server:
        settings = settings_of(tmp_path, deadline_seconds=2.0)
        door, _ = internet_door(settings, server, {"a.test": [[PUBLIC]], "b.test": [[PUBLIC]]})
        door._pace = time.pace()

        async def work(door: Door) -> list[int | str]:
            return [await outcome(door, url) for url in ("http://a.test/", "http://a.test/drip", "http://b.test/")]

        assert run(work, door) == [404, "timeout", 404]
    assert time.slept == [5.0, 5.0, 5.0]


def test_a_connection_the_server_closed_in_the_meantime_is_no_failure(tmp_path: Path) -> None:
    half = b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 2\r\n\r\nok"
    with LoopbackServer({"a.test": lambda _: Response(raw=half)}) as server:

        async def work(door: Door) -> list[int | str]:
            return [await outcome(door, "http://a.test/") for _ in range(20)]

        assert run(work, Door(settings_of(tmp_path, hosts=server.hosts()))) == [200] * 20
        assert server.connections >= 21


def test_a_request_lost_on_a_kept_connection_is_sent_once_more(tmp_path: Path) -> None:
    answers = iter([Response("", 404), Response(raw=b""), Response("a page"), Response(raw=b""), Response(raw=b"")])
    with LoopbackServer({"a.test": lambda _: next(answers)}) as server:

        async def work(door: Door) -> list[int | str]:
            return [await outcome(door, "http://a.test/") for _ in range(2)]

        assert run(work, Door(settings_of(tmp_path, hosts=server.hosts()))) == [200, "protocol"]
        assert len(server.log) == 5


def test_large_bodies_arrive_whole(tmp_path: Path) -> None:
    body = bytes(range(256)) * 20_000
    with LoopbackServer({"a.test": site({"/": Response(body)})}) as server:
        door = Door(settings_of(tmp_path, hosts=server.hosts()))
        assert run(lambda door: got(door, "http://a.test/"), door).body == body


def test_a_cancelled_fetch_leaves_the_door_usable(tmp_path: Path) -> None:
    asked = threading.Event()

    async def hang(request: Request) -> Response:
        if request.path == "/hang":
            asked.set()
            await asyncio.sleep(30)
        return Response("a page") if request.path == "/" else Response("", 404)

    async def work(door: Door) -> int | str:
        task = asyncio.create_task(outcome(door, "http://a.test/hang"))
        await asyncio.to_thread(asked.wait, 10)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return await outcome(door, "http://a.test/")

    with LoopbackServer({"a.test": hang}) as server:
        assert run(work, Door(settings_of(tmp_path, hosts=server.hosts(), concurrency=1))) == 200
