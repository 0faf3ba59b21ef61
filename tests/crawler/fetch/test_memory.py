"""What the door keeps over a restart: two doors one after the other, with one memory and one server."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from crawler.fetch.answers import Access
from crawler.fetch.decisions import Decision
from crawler.fetch.door import Door
from crawler.fetch.memory import Forgetful, Remembered
from tests.crawler.fetch.doors import (
    PUBLIC,
    Dialled,
    FakeClock,
    FakeNames,
    FakeTime,
    outcome,
    run,
    settings_of,
)
from tests.servers import LoopbackServer, Request, Response, site
from watchlist.errors import MentorwatchError

Start = Callable[[], tuple[Door, FakeTime]]


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


def restarts(tmp_path: Path, server: LoopbackServer, clock: FakeClock, memory: Forgetful) -> Start:
    """Each call is a start of the program: a new door to the pretended internet, with what the last one kept."""

    def start() -> tuple[Door, FakeTime]:
        time = FakeTime()
        names = FakeNames({"a.test": [[PUBLIC]], "www.a.test": [[PUBLIC]]})
        settings = settings_of(tmp_path)
        door = Door(settings, resolver=names, dial=Dialled(server), pace=time.pace(), clock=clock, memory=memory)
        return door, time

    return start


def test_the_pace_of_a_site_goes_on(tmp_path: Path, clock: FakeClock) -> None:
    pages = {"/robots.txt": "User-agent: *\nCrawl-delay: 30\n", "/": "home"}
    with LoopbackServer({"*": site(pages)}) as server:
        start = restarts(tmp_path, server, clock, Forgetful(clock))
        door, time = start()
        assert run(lambda door: outcome(door, "http://a.test/"), door) == 200
        assert [round(slept) for slept in time.slept] == [30]
        clock.advance(seconds=12)
        door, time = start()
        assert run(lambda door: outcome(door, "http://www.a.test/"), door) == 200
    # its robots.txt, 5 s after the last request but 12 have gone by; then its page
    assert [round(slept) for slept in time.slept] == [30]
    clock.advance(seconds=12)
    with LoopbackServer({"*": site(pages)}) as server:
        start = restarts(tmp_path, server, clock, start()[0]._memory)  # type: ignore[arg-type]
        door, time = start()
        assert run(lambda door: outcome(door, "http://a.test/"), door) == 200
        assert server.paths() == ["/"]  # robots.txt is remembered
    assert [round(slept) for slept in time.slept] == [18]


def test_a_set_clock_brings_no_burst(tmp_path: Path, clock: FakeClock) -> None:
    with LoopbackServer({"*": site({"/": "home"})}) as server:
        start = restarts(tmp_path, server, clock, Forgetful(clock))
        assert run(lambda door: outcome(door, "http://a.test/"), start()[0]) == 200
        clock.advance(days=-1)
        door, time = start()
        assert run(lambda door: outcome(door, "http://a.test/"), door) == 200
    assert time.slept[0] == 5


def test_a_turn_is_on_record_before_the_request_leaves(tmp_path: Path, clock: FakeClock) -> None:
    """Killed in the middle of a request, the next start still knows of it."""
    kept: list[dict[tuple[str, str], Remembered]] = []
    memory = Forgetful(clock)

    def answer(_request: Request) -> Response:
        kept.append(dict(memory._rows))
        return Response("", 404)

    with LoopbackServer({"*": answer}) as server:
        run(lambda door: outcome(door, "http://a.test/"), restarts(tmp_path, server, clock, memory)()[0])
    assert [rows["pace", "a.test"].value for rows in kept] == [{"asked_at": clock().isoformat()}] * 2


def test_a_pause_and_its_length_go_on(tmp_path: Path, clock: FakeClock) -> None:
    with LoopbackServer(
        {"*": site({"/": Response("", 503), "/asked": Response("", 429, {"retry-after": "7200"})})}
    ) as server:
        start = restarts(tmp_path, server, clock, Forgetful(clock))

        def ask(path: str = "/") -> int | str:
            return run(lambda door: outcome(door, f"http://a.test{path}"), start()[0])

        results = []
        for minutes in (0, 0.9, 0.1, 1.9, 0.1):
            clock.advance(minutes=minutes)
            results.append(ask())
        assert results == [503, "backoff", 503, "backoff", 503]
        clock.advance(minutes=4)
        assert ask("/asked") == 429
        clock.advance(minutes=119)
        assert ask("/asked") == "backoff"
        clock.advance(minutes=1)
        assert ask("/asked") == 429


def test_a_good_answer_ends_it_for_the_next_start_too(tmp_path: Path, clock: FakeClock) -> None:
    answers = iter([503, 200, 503, 200])

    def moody(request: Request) -> Response:
        return Response("", 404 if request.path == "/robots.txt" else next(answers))

    with LoopbackServer({"*": moody}) as server:
        start = restarts(tmp_path, server, clock, Forgetful(clock))
        results = []
        for minutes in (0, 1, 0, 1):
            clock.advance(minutes=minutes)
            results.append(run(lambda door: outcome(door, "http://a.test/"), start()[0]))
    assert results == [503, 200, 503, 200]


@pytest.mark.parametrize(
    ("days", "result"), [(0.5, "robots"), (2, "robots_unreachable"), (29, "robots_unreachable"), (32, "robots")]
)
def test_an_unreadable_robots_file_means_no_until_the_old_rules_hold_again(
    days: float, result: str, tmp_path: Path, clock: FakeClock
) -> None:
    """Read well once, then 503 for `days` days; restarted for every request."""
    robots = [Response("User-agent: *\nDisallow: /private\n", headers={"content-type": "text/plain"})]

    def answer(request: Request) -> Response:
        return robots[-1] if request.path == "/robots.txt" else Response("a page")

    with LoopbackServer({"*": answer}) as server:
        start = restarts(tmp_path, server, clock, Forgetful(clock))

        def ask(path: str) -> int | str:
            return run(lambda door: outcome(door, f"http://a.test{path}"), start()[0])

        assert ask("/private") == "robots"
        robots.append(Response("", 503))
        if days > 1:
            clock.advance(days=1)
            assert ask("/") == "robots_unreachable"
        clock.advance(days=days - 1 if days > 1 else days)
        assert ask("/private") == result
        assert ask("/") == (200 if result == "robots" else "robots_unreachable")


def test_who_named_us_yesterday_and_fails_today_still_does(tmp_path: Path, clock: FakeClock) -> None:
    robots = [Response("User-agent: mentorwatch\nDisallow: /\n", headers={"content-type": "text/plain"})]

    def answer(request: Request) -> Response:
        return robots[-1] if request.path == "/robots.txt" else Response("a feed")

    with LoopbackServer({"*": answer}) as server:
        start = restarts(tmp_path, server, clock, Forgetful(clock))

        def ask() -> int | str:
            return run(lambda door: outcome(door, "http://a.test/feed", Access.SUBSCRIPTION), start()[0])

        results = [ask()]
        for answered in (Response("", 503), Response("", 404)):
            robots.append(answered)
            clock.advance(hours=25)
            results.append(ask())
    assert results == ["robots", "robots", 200]


def test_a_robots_file_that_fails_ends_no_pause(tmp_path: Path, clock: FakeClock) -> None:
    """Pages fail three times, then robots.txt, asked for anew after a day: the host has not recovered."""
    answers = {"/robots.txt": Response("", 404), "/": Response("", 503)}
    with LoopbackServer({"*": site(answers)}) as server:
        start = restarts(tmp_path, server, clock, Forgetful(clock))
        for minutes in (0, 1, 2):
            clock.advance(minutes=minutes)
            assert run(lambda door: outcome(door, "http://a.test/"), start()[0]) == 503
        answers["/robots.txt"] = Response("", 503)
        clock.advance(hours=24)
        door = start()[0]
        assert run(lambda door: outcome(door, "http://a.test/"), door) == "robots_unreachable"
    assert door._pauses._pauses["a.test"].failures == 3


def test_a_long_gap_goes_on_too(tmp_path: Path, clock: FakeClock) -> None:
    with LoopbackServer({"*": site({"/": "home"})}) as server:
        memory = Forgetful(clock)
        slept = []
        for _ in range(2):
            time = FakeTime()
            names = FakeNames({"a.test": [[PUBLIC]]})
            settings = settings_of(tmp_path, gap_seconds=600.0)
            door = Door(settings, resolver=names, dial=Dialled(server), pace=time.pace(), clock=clock, memory=memory)
            assert run(lambda door: outcome(door, "http://a.test/"), door) == 200
            slept.append([round(each) for each in time.slept])
            clock.advance(seconds=130)
    assert slept == [[600], [470]]


def test_a_clock_that_was_wrong_pauses_nobody_for_years(tmp_path: Path, clock: FakeClock) -> None:
    pages = {"/robots.txt": Response("", 503), "/": "home"}
    with LoopbackServer({"*": site(pages)}) as server:
        start = restarts(tmp_path, server, clock, Forgetful(clock))
        clock.advance(days=3650)
        assert run(lambda door: outcome(door, "http://a.test/"), start()[0]) == "robots_unreachable"
        clock.advance(days=-3650)
        pages["/robots.txt"] = ""
        assert run(lambda door: outcome(door, "http://a.test/"), start()[0]) == 200


class Locked(Forgetful):
    """A database that another program holds: nothing can be saved."""

    async def save(self, rows: Sequence[Remembered]) -> None:
        raise MentorwatchError("the database is locked")


def test_a_turn_that_cannot_be_recorded_is_not_taken(tmp_path: Path, clock: FakeClock) -> None:
    with LoopbackServer({"*": site({"/": "home"})}) as server:
        start = restarts(tmp_path, server, clock, Locked(clock))
        assert run(lambda door: outcome(door, "http://a.test/"), start()[0]) == "stopped"
        assert server.paths() == []


def test_what_the_process_knows_as_well_may_go_unrecorded(tmp_path: Path, clock: FakeClock) -> None:
    """Hosts without a gap (the little web): nothing needs to be on record before a request."""
    with LoopbackServer({"a.test": site({"/": Response("", 503)})}) as server:
        door = Door(settings_of(tmp_path, hosts=server.hosts()), clock=clock, memory=Locked(clock))

        async def work(door: Door) -> list[int | str]:
            return [await outcome(door, "http://a.test/") for _ in range(2)]

        assert run(work, door) == [503, "backoff"]


def test_every_decision_is_counted_and_told(tmp_path: Path, clock: FakeClock) -> None:
    told: list[Decision] = []
    memory = Forgetful(clock)
    pages = {
        "/robots.txt": "User-agent: *\nDisallow: /private\n",
        "/": "home",
        "/away": Response("", 302, {"location": "https://www.linkedin.com/in/somebody?token=abcdefgh12345678"}),
    }
    urls = ["http://a.test/", "http://a.test/private", "http://a.test/away", "ftp://a.test/", "http://no.test/"]
    with LoopbackServer({"a.test": site(pages)}) as server:

        async def work(door: Door) -> list[int | str]:
            return [await outcome(door, url) for url in urls]

        door = Door(
            settings_of(tmp_path, hosts=server.hosts()),
            resolver=FakeNames({}),
            clock=clock,
            memory=memory,
            watch=told.append,
            pace=FakeTime().pace(),
        )
        results = run(work, door)
    assert results == [200, "robots", "never_fetched", "scheme", "dns"]
    assert [(each.kind, each.host, each.reason, each.status) for each in told] == [
        ("robots", "a.test", "ok", 200),
        ("page", "a.test", "ok", 200),
        ("page", "a.test", "robots", None),
        ("page", "a.test", "ok", 302),
        ("page", "www.linkedin.com", "never_fetched", None),
        ("page", "a.test", "scheme", None),
        ("robots", "no.test", "dns", None),
        ("page", "no.test", "dns", None),
    ]
    assert memory.counted["a.test", "ok"] == 3
    assert memory.counted["www.linkedin.com", "never_fetched"] == 1
    assert told[1].bytes == 4
    assert told[1].seconds > 0
    assert "abcdefgh" not in told[4].url
