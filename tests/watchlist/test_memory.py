"""The door's memory in a database: durable, in few transactions, counted, purged."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event
from sqlmodel import Session, select

from crawler.fetch.decisions import Decision
from crawler.fetch.memory import Memory, Remembered
from watchlist.errors import MentorwatchError
from watchlist.memory import KEEP_COUNTS, PURGE_EVERY, StoredMemory, host_of_key
from watchlist.models import DoorMemory, FetchCount
from watchlist.store import Store
from watchlist.store.suppression import suppress

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
DAY = timedelta(days=1)


@dataclass
class Clock:
    """A clock that is set by hand."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now


def run(store: Store, work: Callable[[StoredMemory], Awaitable[Any]], clock: Clock | None = None) -> Any:
    """Run `work` with a memory of its own, as one process after the other would."""

    async def live() -> Any:
        memory = StoredMemory(store, clock=clock or Clock())
        try:
            return await work(memory)
        finally:
            await memory.aclose()

    return asyncio.run(live())


def pause(host: str, failures: int = 1, *, until: datetime = NOW + DAY) -> Remembered:
    return Remembered("pause", host, {"failures": failures, "until": until.isoformat()}, until)


def decision(host: str, reason: str = "ok", *, at: datetime = NOW, path: str = "/", detail: str = "") -> Decision:
    return Decision(at=at, kind="page", host=host, url=f"https://{host}{path}", reason=reason, detail=detail)


def counters(store: Store) -> dict[tuple[str, str], FetchCount]:
    with store.session() as session:
        found = {(row.host, row.reason): row for row in session.exec(select(FetchCount))}
        session.expunge_all()
    return found


def test_it_is_a_memory_of_the_door(store: Store) -> None:
    memory: Memory = StoredMemory(store)  # mypy holds the two together
    assert asyncio.run(memory.load([])) == {}


def test_what_was_saved_is_there_after_a_restart_and_the_last_of_a_key_wins(store: Store) -> None:
    async def save(memory: StoredMemory) -> None:
        await memory.save([pause("a.test", 1), pause("b.test", 1)])
        await memory.save([pause("a.test", 2)])

    run(store, save)
    wanted = [("pause", "a.test"), ("pause", "b.test"), ("pause", "c.test"), ("pace", "a.test")]
    found = run(store, lambda memory: memory.load(wanted))
    assert {key: value["failures"] for key, value in found.items()} == {wanted[0]: 2, wanted[1]: 1}


def test_many_keys_at_once(store: Store) -> None:
    rows = [pause(f"h{number}.test", number) for number in range(1500)]
    run(store, lambda memory: memory.save(rows))
    found = run(store, lambda memory: memory.load([("pause", row.key) for row in rows]))
    assert [value["failures"] for value in found.values()] == list(range(1500))


def test_an_expired_value_is_not_loaded_and_purged_in_time(store: Store) -> None:
    clock = Clock()

    async def live(memory: StoredMemory) -> list[int]:
        await memory.save([pause("a.test", until=NOW + timedelta(minutes=1)), pause("b.test")])
        clock.now = NOW + timedelta(minutes=1)
        assert await memory.load([("pause", "a.test")]) == {}
        held = [len(await store.read(_keys))]
        clock.now = NOW + PURGE_EVERY
        await memory.save([pause("c.test")])
        return [*held, len(await store.read(_keys))]

    assert run(store, live, clock) == [2, 2]
    with store.session() as session:
        assert _keys(session) == ["b.test", "c.test"]


def _keys(session: Session) -> list[str]:
    return sorted(session.exec(select(DoorMemory.key)))


def test_whoever_saves_at_the_same_time_shares_a_transaction(store: Store) -> None:
    begun: list[object] = []

    def note(connection: object) -> None:
        begun.append(connection)

    event.listen(store.engine, "begin", note)
    run(store, lambda memory: asyncio.gather(*(memory.save([pause(f"h{n}.test")]) for n in range(200))))
    event.remove(store.engine, "begin", note)
    with store.session() as session:
        assert len(_keys(session)) == 200
    assert len(begun) <= 3


def test_a_saver_who_gives_up_takes_nobodys_row_along(store: Store) -> None:
    async def live(memory: StoredMemory) -> None:
        first = asyncio.create_task(memory.save([pause("a.test")]))
        second = asyncio.create_task(memory.save([pause("b.test")]))
        await asyncio.sleep(0)
        first.cancel()
        await second

    run(store, live)
    with store.session() as session:
        assert _keys(session) == ["a.test", "b.test"]


def test_decisions_are_counted_by_host_and_reason_with_the_last_one_named(store: Store) -> None:
    async def first(memory: StoredMemory) -> None:
        await memory.count([decision("a.test"), decision("a.test", path="/team", at=NOW + DAY)])
        await memory.count([decision("a.test", "robots", path="/x", detail="group *")])

    run(store, first)
    run(store, lambda memory: memory.count([decision("a.test", path="/last", at=NOW + 2 * DAY)]))
    found = counters(store)
    assert {key: row.count for key, row in found.items()} == {("a.test", "ok"): 3, ("a.test", "robots"): 1}
    good, refused = found["a.test", "ok"], found["a.test", "robots"]
    assert (good.first_at, good.last_at, good.last_url) == (NOW, NOW + 2 * DAY, "https://a.test/last")
    assert (refused.last_url, refused.detail) == ("https://a.test/x", "group *")


def test_counting_waits_for_nobody_and_is_written_within_a_moment(store: Store) -> None:
    async def live(memory: StoredMemory) -> None:
        for _ in range(300):
            await memory.count([decision("a.test")])
        assert await store.read(lambda session: session.exec(select(FetchCount)).all()) == []
        for _ in range(100):  # until the buffer's second is over: bounded, not timed
            if await store.read(lambda session: session.exec(select(FetchCount.count)).all()) == [300]:
                return
            await asyncio.sleep(0.1)
        raise AssertionError

    run(store, live)


def test_counters_of_sources_long_gone_are_purged(store: Store) -> None:
    clock = Clock()
    run(store, lambda memory: memory.count([decision("old.test"), decision("new.test", at=NOW + KEEP_COUNTS)]), clock)
    clock.now = NOW + KEEP_COUNTS + DAY
    run(store, lambda memory: memory.save([pause("a.test")]), clock)
    assert [host for host, _ in counters(store)] == ["new.test"]


def test_a_database_that_fails_is_told_to_who_saves_and_loses_no_count(store: Store) -> None:
    async def live(memory: StoredMemory) -> None:
        await memory.count([decision("a.test")])
        broken, memory._store = store, _Locked()  # type: ignore[assignment]
        with pytest.raises(MentorwatchError, match="locked"):
            await memory.save([pause("a.test")])
        memory._store = broken
        await memory.count([decision("a.test")])

    run(store, live)
    assert counters(store)["a.test", "ok"].count == 2


class _Locked:
    """A database at the edge of the world: it says no."""

    async def write(self, _change: object) -> None:
        raise MentorwatchError("the database is locked")


def test_nothing_is_kept_of_a_host_or_an_address_that_was_erased(store: Store) -> None:
    with store.session() as session:
        suppress(session, "host", ["zoe.test"])
        suppress(session, "url", ["https://blogs.test/zoe"])

    async def live(memory: StoredMemory) -> None:
        origin = Remembered("robots", "https://zoe.test:8443", {"rules": ""}, NOW + DAY)
        await memory.save([pause("zoe.test"), origin, pause("blogs.test")])
        await memory.count([decision("zoe.test"), decision("blogs.test", "robots", path="/zoe", detail="zoe")])

    run(store, live)
    with store.session() as session:
        assert _keys(session) == ["blogs.test"]
    (row,) = counters(store).values()
    assert (row.host, row.count, row.last_url, row.detail) == ("blogs.test", 1, "", "")


@pytest.mark.parametrize(
    ("key", "host"),
    [("a.test", "a.test"), ("https://a.test:8443", "a.test"), ("http://[2001:db8::1]:8080", "2001:db8::1"), ("", "")],
)
def test_the_host_of_a_key(key: str, host: str) -> None:
    assert host_of_key(key) == host
