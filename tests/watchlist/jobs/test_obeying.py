"""A process that fetches obeys what the database says, and nothing leaves while that cannot be asked."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from crawler.fetch import Ask, Door, FetchError
from crawler.fetch.stops import Stops
from tests.databases import settings_for
from tests.servers import LoopbackServer, site
from watchlist.jobs.obeying import obeying
from watchlist.stops import add_stops, lift_stops
from watchlist.store import Store
from watchlist.times import utc_now

EVERYTHING = Stops(everything=True)


def with_door(store: Store, folder: Path, work: Callable[[Door], Awaitable[None]]) -> LoopbackServer:
    """Run `work` with a door that obeys the store; acme.test and globex.test are served."""

    async def live(hosts: dict[str, str]) -> None:
        settings = settings_for(folder)
        network = settings.network.model_copy(update={"hosts": hosts})
        async with (
            Door(settings.model_copy(update={"network": network, "contact": "me@example.test"})) as door,
            obeying(store, door),
        ):
            await work(door)

    with LoopbackServer({"acme.test": site({"/": "hello"}), "globex.test": site({"/": "hello"})}) as server:
        asyncio.run(live(server.hosts()))
    return server


async def eventually(what: Callable[[], bool]) -> None:
    """Until it is so; fails when it never is."""
    for _ in range(100):
        if what():
            return
        await asyncio.sleep(0.1)
    raise AssertionError("it never happened")


async def reason(door: Door, url: str, person: int | None = None) -> str | None:
    try:
        await door.fetch(Ask(url, person=person))
    except FetchError as error:
        return error.reason
    return None


def test_stops_are_read_before_the_first_request(store: Store, tmp_path: Path) -> None:
    with store.session() as session:
        add_stops(session, EVERYTHING, now=utc_now())

    async def work(door: Door) -> None:
        assert await reason(door, "http://acme.test/") == "stopped"

    assert with_door(store, tmp_path, work).paths() == []


def test_a_stop_and_its_end_are_noticed_while_at_work(store: Store, tmp_path: Path) -> None:
    host = Stops(hosts=frozenset({"acme.test"}))

    async def work(door: Door) -> None:
        assert await reason(door, "http://acme.test/") is None
        await store.write(lambda session: add_stops(session, EVERYTHING, now=utc_now()))
        await eventually(lambda: door.is_stopped)
        await store.write(lambda session: add_stops(session, host, now=utc_now()))
        await store.write(lambda session: lift_stops(session, EVERYTHING))
        await eventually(lambda: not door.is_stopped)
        assert await reason(door, "http://acme.test/") == "halted"
        assert await reason(door, "http://globex.test/") is None

    server = with_door(store, tmp_path, work)
    assert server.paths("acme.test").count("/") == 1


def test_a_database_that_cannot_be_asked_stops_everything_until_it_can(store: Store, tmp_path: Path) -> None:
    async def rename(before: str, after: str) -> None:
        await store.write(lambda session: session.connection().execute(text(f"ALTER TABLE {before} RENAME TO {after}")))

    async def work(door: Door) -> None:
        await rename("stop", "away")
        await eventually(lambda: door.is_stopped)
        assert await reason(door, "http://acme.test/") == "stopped"
        await rename("away", "stop")
        await eventually(lambda: not door.is_stopped)
        assert await reason(door, "http://acme.test/") is None

    with_door(store, tmp_path, work)


def test_a_database_that_does_not_answer_stops_everything(store: Store, tmp_path: Path) -> None:
    if store.engine.dialect.name != "postgresql":
        pytest.skip("readers of SQLite wait for nobody")

    async def work(door: Door) -> None:
        with store.engine.connect() as other, other.begin():
            other.execute(text("LOCK TABLE stop IN ACCESS EXCLUSIVE MODE"))
            await eventually(lambda: door.is_stopped)
        await eventually(lambda: not door.is_stopped)

    with_door(store, tmp_path, work)


def test_without_a_watcher_nothing_leaves(store: Store, tmp_path: Path) -> None:
    async def live() -> None:
        async with Door(settings_for(tmp_path)) as door:
            async with obeying(store, door):
                during = door.is_stopped
            assert (during, door.is_stopped, door.is_closed) == (False, True, False)

    asyncio.run(live())
