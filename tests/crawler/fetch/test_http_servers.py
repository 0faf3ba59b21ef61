"""corpus/hostile/http_servers.json: servers that lie, through the whole door."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import cycle, islice
from pathlib import Path
from typing import Any

import pytest

from crawler.feeds import read_feed
from crawler.fetch.answers import Answer, Ask, FetchError
from crawler.fetch.door import Door
from crawler.pages import Document, read_page
from tests.corpus import needs_corpus
from tests.crawler.fetch.doors import FakeClock, hostile, outcome, settings_of
from tests.crawler.fetch.liars import Liars, Played, Wires, host_of
from tests.servers import LoopbackServer, site

CASES = hostile("http_servers")
SCRIPTS = {case["id"]: case["script"] for case in CASES}
HANGING = ("hang-accept", "slowloris-headers", "slow-body", "hang-mid-body", "websocket-push")
BROKEN = frozenset({"protocol", "connection"})
LATE = frozenset({"timeout"})
EXPECTED: dict[str, frozenset[int | str]] = {
    # reason or status of the page; robots.txt was answered honestly
    "slowloris-headers": LATE | BROKEN | {"too_large"},
    "slow-body": LATE,
    "hang-accept": LATE,
    "hang-mid-body": LATE,
    "websocket-push": LATE | {"not_text"},
    "close-at-once": BROKEN,
    "reset": BROKEN,
    "reset-mid-body": BROKEN,
    "short-body": BROKEN,
    "long-body": frozenset({200}),
    "negative-length": BROKEN,
    "two-lengths": BROKEN,
    "length-and-chunked": BROKEN | {200},
    "length-text": BROKEN,
    "chunk-huge-size": BROKEN | {"too_large"},
    "chunk-no-end": BROKEN,
    "trailers": frozenset({200}),
    "not-http": BROKEN,
    "bad-status": BROKEN,
    "status-999": frozenset({999, "blocked"}),
    "status-000": BROKEN,
    "103-then-200": frozenset({200}),
    "204-with-body": frozenset({204}),
    "206-unasked": frozenset({"partial"}),
    "etag-changes-each-time": frozenset({200}),
    "etag-weak-injection": BROKEN | {200},
    "last-modified-garbage": frozenset({200}),
    "header-1MiB": BROKEN | {"too_large"},
    "header-latin1": frozenset({200}),
    "header-nul": BROKEN,
    "obs-fold": BROKEN | {200},
    "location-missing": frozenset({"bad_redirect"}),
    "location-two": BROKEN | {"bad_redirect", "redirect_loop"},
    "redirect-counter": frozenset({"too_many_redirects"}),
    "redirect-301-permanent": frozenset({200}),
    "redirect-302-temp": frozenset({200}),
    "redirect-with-body": frozenset({"redirect_loop"}),
    "keepalive-desync": frozenset({200}),
    "answer-before-request": BROKEN | {200},
    "200-error-page": frozenset({200}),
    "team-page-login": frozenset({200}),
    "ua-cloaking": frozenset({200}),
    "mime-zip": frozenset({"not_text"}),
    "tls-garbage": frozenset({"tls"}),
}
BODIES = {
    "long-body": b"abc",
    "length-and-chunked": b"abcde",
    "trailers": b"abc",
    "103-then-200": b"ok",
    "204-with-body": b"",
    "redirect-301-permanent": b"moved here",
    "redirect-302-temp": b"moved here",
}
REDIRECTS = frozenset({"bad_redirect", "redirect_loop", "too_many_redirects"})
REFUSED = frozenset({"partial", "not_text"})
"""What came is of no use, but the host is well."""
FAILURES = sorted(name for name, results in EXPECTED.items() if not any(isinstance(result, int) for result in results))
MOST_HEADER_SECONDS, MOST_SECONDS = 20, 65
"""The limits of the family."""


@dataclass
class Visit:
    """What came of two requests to one server, one after the other, the second with the validators of the first."""

    results: list[int | str]
    answers: list[Answer]
    errors: list[FetchError]
    played: Played
    connections: int
    """At once, at the most."""
    received: int
    """Bytes."""
    over: int
    """The place in the order in which the first requests were over."""


@pytest.fixture(scope="module")
def lies(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Visit]:
    """Every server asked at once for a page, then for another, with a deadline of two seconds."""
    home = tmp_path_factory.mktemp("lies")
    return _visit_all(home, speed=4, honest_robots=True, deadline_seconds=2.0)


@pytest.fixture(scope="module")
def lies_about_robots(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Visit]:
    """The same, where robots.txt is lied about too."""
    home = tmp_path_factory.mktemp("robots")
    return _visit_all(home, speed=4, honest_robots=False, deadline_seconds=2.0)


@needs_corpus
def test_every_case_is_expected() -> None:
    assert sorted(EXPECTED) == sorted(SCRIPTS)


@needs_corpus
@pytest.mark.parametrize("name", EXPECTED)
def test_a_server_that_lies(name: str, lies: Mapping[str, Visit]) -> None:
    visit = lies[name]
    assert visit.results[0] in EXPECTED[name]
    assert len(visit.results) == 2
    assert visit.connections <= 1
    for answer in visit.answers:
        assert answer.body == BODIES.get(name, answer.body)
        assert b"EVIL" not in answer.body
        assert not {"set-cookie", "transfer-encoding", "content-length"} & answer.headers.keys()


@needs_corpus
@pytest.mark.parametrize("name", [name for name in FAILURES if not EXPECTED[name] & (REDIRECTS | REFUSED)])
def test_a_transfer_that_fails_pauses_the_host(name: str, lies: Mapping[str, Visit]) -> None:
    visit = lies[name]
    assert visit.results[1] == "backoff"
    assert visit.errors[0].retry_at is not None
    assert visit.errors[0].retry_at - FakeClock()() >= timedelta(minutes=1)
    assert visit.answers == []


@needs_corpus
def test_a_site_that_refuses_in_its_own_way_is_left_alone_for_a_day(lies: Mapping[str, Visit]) -> None:
    visit = lies["status-999"]
    assert visit.results[1] in {"backoff", "blocked"}
    assert visit.errors[-1].retry_at is not None
    assert visit.errors[-1].retry_at - FakeClock()() >= timedelta(hours=24)
    assert len(visit.played.paths) == 2


@needs_corpus
def test_what_is_left_over_of_one_answer_is_never_the_next(lies: Mapping[str, Visit]) -> None:
    for name in ("keepalive-desync", "long-body", "204-with-body"):
        first, second = lies[name].answers
        assert (first.status, first.body) == (second.status, second.body), name


@needs_corpus
def test_at_most_five_redirects_leave_and_none_to_another_place(lies: Mapping[str, Visit]) -> None:
    paths = lies["redirect-counter"].played.paths[1:]
    assert paths[:6] == ["/page", *(f"/{number}" for number in range(3, 8))]
    assert set(paths[6:7]) <= {"/page2"}
    assert {path.split("?")[0].strip("/").split(",")[0] for path in lies["location-two"].played.paths} <= {
        "robots.txt", "page", "page2", "a",
    }  # fmt: skip


@needs_corpus
def test_a_permanent_redirect_is_reported_and_a_temporary_one_is_not(lies: Mapping[str, Visit]) -> None:
    assert [answer.moved_to for answer in lies["redirect-301-permanent"].answers] == ["http://new.test/feed"] * 2
    assert [answer.moved_to for answer in lies["redirect-302-temp"].answers] == [None] * 2


@needs_corpus
def test_the_body_of_a_redirect_is_not_read(lies: Mapping[str, Visit]) -> None:
    assert lies["redirect-with-body"].received < 4 << 20


@needs_corpus
def test_validators_come_back_as_they_are_or_not_at_all(lies: Mapping[str, Visit]) -> None:
    for name in ("etag-weak-injection", "last-modified-garbage", "etag-changes-each-time"):
        head = lies[name].played.heads[-1]
        names = [line.partition(":")[0].lower() for line in head.split("\r\n")[1:]]
        usual = {"host", "user-agent", "accept", "accept-encoding", "if-none-match", "if-modified-since"}
        assert set(names) <= usual, head
        assert len(names) == len(set(names))
        assert head.replace("\r\n", "").isprintable()
    first, second = lies["etag-changes-each-time"].answers
    assert first.headers["etag"] != second.headers["etag"]
    assert f"if-none-match: {first.headers['etag']}" in lies["etag-changes-each-time"].played.heads[-1]
    assert first.body == second.body


@needs_corpus
def test_nobody_is_asked_again_under_another_name(lies: Mapping[str, Visit]) -> None:
    visit = lies["ua-cloaking"]
    assert visit.played.paths == ["/robots.txt", "/page", "/page2"]
    for head in visit.played.heads:
        assert "\r\nuser-agent: mentorwatch/" in head.lower()


@needs_corpus
@pytest.mark.parametrize(("name", "says"), [("200-error-page", "error"), ("team-page-login", "login")])
def test_pages_that_are_none(name: str, says: str, lies: Mapping[str, Visit]) -> None:
    answer = lies[name].answers[0]
    reading = read_page(Document(answer.url, answer.body, answer.headers.get("content-type")))
    assert reading.people == ()
    assert says in (reading.reason or "")
    assert read_feed(answer.body, answer.url, answer.headers.get("content-type")).problems == ("not_a_feed",)


@needs_corpus
def test_a_failure_is_told_in_plain_words_without_the_banner(lies: Mapping[str, Visit]) -> None:
    assert "certificate or the encryption" in str(lies["tls-garbage"].errors[0])
    assert "not HTTP" in str(lies["not-http"].errors[0])


@needs_corpus
@pytest.mark.parametrize("name", [*FAILURES, "200-error-page", "team-page-login", "status-999"])
def test_a_robots_file_that_lies_means_no(name: str, lies_about_robots: Mapping[str, Visit]) -> None:
    visit = lies_about_robots[name]
    assert all(isinstance(result, str) for result in visit.results)
    assert not {"/page", "/page2"} & set(visit.played.paths)


@needs_corpus
@pytest.mark.parametrize("names", [tuple(SCRIPTS), HANGING], ids=["all", "hanging"])
def test_fifty_at_once_hold_up_no_healthy_host(
    names: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    fifty = {f"{name}-{number}": SCRIPTS[name] for number, name in enumerate(_fifty(names))}
    sockets = _sockets()
    with Liars(fifty) as liars, LoopbackServer({"healthy.test": site({"/": "a page"})}) as server:
        wires = Wires()
        settings = settings_of(tmp_path, hosts={**liars.hosts(), **server.hosts()}, deadline_seconds=20.0)
        alone = asyncio.run(_healthy_alone(Door(settings)))
        beside, hanging, tasks = asyncio.run(_healthy_beside(Door(settings, dial=wires), list(fifty)))
        played = liars.played()
    with capsys.disabled():
        print(f"\n5 pages of a healthy host: {alone:.3f} s alone, {beside:.3f} s beside 50 servers that lie")
    # Not one of those that hang was given up yet when the healthy host's pages had come.
    assert {name for name in fifty if name.rpartition("-")[0] in HANGING} <= hanging
    assert all(play.heads or name.startswith(("close-at-once", "tls-garbage")) for name, play in played.items())
    assert (tasks, wires.open_now()) == (1, 0)
    assert _sockets() <= sockets


@needs_corpus
@pytest.mark.real
def test_all_at_their_own_speed_within_the_ordinary_limits(tmp_path: Path) -> None:
    visits = _visit_all(tmp_path, speed=1, honest_robots=True)
    assert {name: visit.results[0] for name, visit in visits.items() if visit.results[0] not in EXPECTED[name]} == {}
    # What never sends a head is given up long before what never ends its body.
    for headless in ("slowloris-headers", "hang-accept"):
        assert visits[headless].over < visits["slow-body"].over
        assert visits[headless].over < visits["hang-mid-body"].over


def _visit_all(home: Path, *, speed: float, honest_robots: bool, **network: Any) -> Mapping[str, Visit]:
    scripts = {name: SCRIPTS[name] for name in EXPECTED}
    wires = Wires()
    order: list[str] = []
    with (
        Liars(scripts, speed=speed, honest_robots=honest_robots) as liars,
        LoopbackServer({"new.test": site({"/feed": "moved here"})}) as server,
    ):
        settings = settings_of(home, hosts={**liars.hosts(), **server.hosts()}, concurrency=64, **network)

        async def work() -> list[Visit]:
            async with Door(settings, dial=wires, clock=FakeClock()) as door, asyncio.timeout(2 * MOST_SECONDS):
                visits = await asyncio.gather(*(_visit(door, name, order) for name in scripts))
                still_open = {name: wires.open_now(port) for name, port in liars.ports.items()}
                assert sum(still_open.values()) == 0, still_open
                return visits

        visits = asyncio.run(work())
        played = liars.played()
    for name, visit in zip(scripts, visits, strict=True):
        port = liars.ports[name]
        visit.played, visit.connections, visit.received = played[name], wires.most_at_once[port], wires.received(port)
    return dict(zip(scripts, visits, strict=True))


async def _visit(door: Door, name: str, order: list[str]) -> Visit:
    visit = Visit([], [], [], Played(), 0, 0, 0)
    for number in ("", "2"):
        held = visit.answers[-1].headers if visit.answers else {}
        url = f"{_origin(name)}/page{number}"
        try:
            async with asyncio.timeout(MOST_SECONDS):
                answer = await door.fetch(Ask(url, etag=held.get("etag"), last_modified=held.get("last-modified")))
            visit.answers.append(answer)
            visit.results.append(answer.status)
        except FetchError as error:
            visit.errors.append(error)
            visit.results.append(error.reason)
        if not number:
            visit.over = len(order)
            order.append(name)
    return visit


def _origin(name: str) -> str:
    return f"{'https' if name.startswith('tls') else 'http'}://{host_of(name)}"


def _fifty(names: tuple[str, ...]) -> Iterator[str]:
    """Each of them, then those that hang, up to fifty."""
    return islice((*names, *islice(cycle(HANGING), 50)), 50)


async def _healthy_alone(door: Door) -> float:
    async with door:
        return await _five_pages(door)


async def _healthy_beside(door: Door, names: list[str]) -> tuple[float, set[str], int]:
    """Seconds for the healthy pages, which lying servers were still waited for then, and tasks left at the end."""
    async with door:
        visits = {name: asyncio.create_task(outcome(door, f"{_origin(name)}/")) for name in names}
        await asyncio.sleep(0)
        seconds = await _five_pages(door)
        hanging = {name for name, visit in visits.items() if not visit.done()}
        await door.stop()
        await asyncio.gather(*visits.values())
    await asyncio.sleep(0)
    return seconds, hanging, len(asyncio.all_tasks())


async def _five_pages(door: Door) -> float:
    start = time.perf_counter()
    for _ in range(5):
        assert await outcome(door, "http://healthy.test/") == 200
    return time.perf_counter() - start


def _sockets() -> int:
    """Open sockets of this process, where the system says so."""
    folder = Path("/proc/self/fd")
    if not folder.is_dir():
        return 0
    links = []
    for file in folder.iterdir():
        try:
            links.append(file.readlink())
        except OSError:
            continue
    return sum(str(link).startswith("socket:") for link in links)
