"""The kill switch at the door: nothing forbidden leaves, who waits is told, what is allowed goes on."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from crawler.fetch.answers import Access, FetchError
from crawler.fetch.door import Door
from crawler.fetch.stops import Stops
from crawler.fetch.wire import Wire, dial
from tests.crawler.fetch.doors import PUBLIC, FakeNames, FakeTime, outcome, run, settings_of
from tests.servers import LoopbackServer, site

PAGES = {"/robots.txt": "User-agent: *\nCrawl-delay: 60\n", "/": "home"}


@pytest.mark.parametrize(
    ("stops", "host", "person", "reason"),
    [
        (Stops(), "a.test", 1, None),
        (Stops(everything=True), "a.test", None, "stopped"),
        (Stops(hosts=frozenset({"a.test"})), "a.test", None, "halted"),
        (Stops(hosts=frozenset({"a.test"})), "blog.a.test", None, "halted"),
        (Stops(hosts=frozenset({"a.test"})), "A.Test.", None, "halted"),
        (Stops(hosts=frozenset({"a.test"})), "nota.test", None, None),
        (Stops(hosts=frozenset({"blog.a.test"})), "a.test", None, None),
        (Stops(people=frozenset({7})), "a.test", 7, "halted"),
        (Stops(people=frozenset({7})), "a.test", 8, None),
        (Stops(people=frozenset({7})), "a.test", None, None),
    ],
)
def test_what_is_forbidden(stops: Stops, host: str, person: int | None, reason: str | None) -> None:
    assert stops.forbids(host, person) == reason


@pytest.mark.parametrize(
    ("stops", "results"),
    [
        (Stops(everything=True), ["stopped", "stopped", "stopped"]),
        (Stops(hosts=frozenset({"a.test"})), ["halted", "halted", 200]),
        (Stops(people=frozenset({7})), ["halted", 200, 200]),
    ],
)
def test_nothing_forbidden_leaves_until_it_is_lifted(stops: Stops, results: list[int | str], tmp_path: Path) -> None:
    with LoopbackServer({"a.test": site({"/": "home"}), "b.test": site({"/": "home"})}) as server:

        async def work(door: Door) -> tuple[list[int | str], list[int | str]]:
            door.obey(stops)
            before = [await outcome(door, f"http://{host}/", person=who) for host, who in SOURCES]
            assert len([path for path in server.paths() if path == "/"]) == before.count(200)
            door.obey(Stops())
            return before, [await outcome(door, f"http://{host}/", person=who) for host, who in SOURCES]

        before, after = run(work, Door(settings_of(tmp_path, hosts=server.hosts())))
    assert before == results
    assert after == [200, 200, 200]


SOURCES = [("a.test", 7), ("a.test", 8), ("b.test", None)]


@pytest.mark.parametrize("stops", [Stops(everything=True), Stops(hosts=frozenset({"a.test"}))])
def test_who_waits_for_a_turn_is_told_at_once(stops: Stops, tmp_path: Path) -> None:
    """All three wait for the gap of 60 seconds after robots.txt; the test ends at once."""
    with LoopbackServer({"a.test": site(PAGES)}) as server:

        async def work(door: Door) -> set[int | str]:
            tasks = [asyncio.create_task(outcome(door, "http://a.test/")) for _ in range(3)]
            while not server.paths() or not door._pace._lines["a.test"].free_since:  # noqa: ASYNC110  # a thread's log
                await asyncio.sleep(0.005)
            door.obey(stops)
            return set(await asyncio.gather(*tasks))

        expected: set[int | str] = {stops.forbids("a.test") or ""}
        assert run(work, Door(settings_of(tmp_path, hosts=server.hosts()))) == expected
        assert server.paths() == ["/robots.txt"]


def test_another_host_goes_on_waiting_and_a_lifted_stop_forgets_nothing(tmp_path: Path) -> None:
    with LoopbackServer({"a.test": site(PAGES), "b.test": site({"/": "home"})}) as server:

        async def work(door: Door) -> list[int | str]:
            task = asyncio.create_task(outcome(door, "http://a.test/"))
            while not server.paths():  # noqa: ASYNC110  # a thread's log
                await asyncio.sleep(0.005)
            for _ in range(3):
                door.obey(Stops(hosts=frozenset({"b.test"})))
                await asyncio.sleep(0.005)
                door.obey(Stops())
                await asyncio.sleep(0.005)
            assert not task.done()
            other = await outcome(door, "http://b.test/")
            await door.stop()
            return [other, await task]

        assert run(work, Door(settings_of(tmp_path, hosts=server.hosts()))) == [200, "stopped"]
        assert server.paths("a.test") == ["/robots.txt"]


def test_a_robots_file_that_was_not_asked_because_of_a_stop_is_asked_afterwards(tmp_path: Path) -> None:
    with LoopbackServer({"a.test": site({"/": "home"})}) as server:

        async def work(door: Door) -> list[int | str]:
            door.obey(Stops(everything=True))
            with pytest.raises(FetchError, match="resume --all"):
                await door._robots.decision(door._admit("http://a.test/", None, Access.CRAWL))
            door.obey(Stops())
            return [await outcome(door, "http://a.test/")]

        assert run(work, Door(settings_of(tmp_path, hosts=server.hosts()))) == [200]
        assert server.paths() == ["/robots.txt", "/"]


@pytest.mark.parametrize("closes", [False, True])
def test_a_stop_while_the_connection_is_made_keeps_the_request_back(closes: bool, tmp_path: Path) -> None:
    """Looking up, connecting and the handshake may take many seconds: the stop is asked again when they are over."""
    with LoopbackServer({"*": site({"/": "home"})}) as server:

        async def work(door: Door) -> list[int | str]:
            task = asyncio.create_task(outcome(door, "http://a.test/"))
            await dialling.wait()
            if closes:
                await door.stop()
            else:
                door.obey(Stops(everything=True))
            connected.set()
            before = await task
            door.obey(Stops())
            return [before, await outcome(door, "http://a.test/")]

        async def slow_dial(_address: str, _port: int) -> Wire:
            dialling.set()
            await connected.wait()
            return await dial("127.0.0.1", server.port)

        dialling, connected = asyncio.Event(), asyncio.Event()
        names = FakeNames({"a.test": [[PUBLIC]]})
        door = Door(settings_of(tmp_path), resolver=names, dial=slow_dial, pace=FakeTime().pace())
        assert run(work, door) == ["stopped", "stopped" if closes else 200]
        assert server.paths() == ([] if closes else ["/robots.txt", "/"])


def test_a_robots_file_wanted_only_for_a_stopped_person_does_not_leave(tmp_path: Path) -> None:
    with LoopbackServer({"*": site({"/": "home"})}) as server:

        async def work(door: Door) -> list[int | str]:
            asked = [asyncio.create_task(outcome(door, f"http://{host}.test/", person=7)) for host in ("a", "b")]
            asked.append(asyncio.create_task(outcome(door, "http://b.test/", person=8)))
            await dialling.wait()
            door.obey(Stops(people=frozenset({7})))
            connected.set()
            return list(await asyncio.gather(*asked))

        async def slow_dial(_address: str, _port: int) -> Wire:
            dialling.set()
            await connected.wait()
            return await dial("127.0.0.1", server.port)

        dialling, connected = asyncio.Event(), asyncio.Event()
        names = FakeNames({"a.test": [[PUBLIC]], "b.test": [[PUBLIC]]})
        door = Door(settings_of(tmp_path), resolver=names, dial=slow_dial, pace=FakeTime().pace())
        assert run(work, door) == ["halted", "halted", 200]
        assert {request.host for request in server.log} == {"b.test"}


def test_stopped_means_closed_or_everything(tmp_path: Path) -> None:
    async def work(door: Door) -> list[tuple[bool, bool]]:
        states = [(door.is_stopped, door.is_closed)]
        for stops in (Stops(hosts=frozenset({"a.test"})), Stops(everything=True), Stops()):
            door.obey(stops)
            states.append((door.is_stopped, door.is_closed))
        await door.stop()
        return [*states, (door.is_stopped, door.is_closed)]

    states = run(work, Door(settings_of(tmp_path)))
    assert states == [(False, False), (False, False), (True, False), (False, False), (True, True)]
