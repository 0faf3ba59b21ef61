from __future__ import annotations

import asyncio
import logging
import sqlite3
import stat
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, select

from tests.databases import settings_for
from watchlist.errors import MentorwatchError, UsageError
from watchlist.models import Meta, User
from watchlist.settings import Settings
from watchlist.store import Store, upsert

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def rights(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def put(session: Session, key: str, value: str) -> None:
    upsert(session, Meta, [{"key": key, "value": value}], key=["key"])


def test_home_and_files_are_the_users_alone(tmp_path: Path) -> None:
    home = tmp_path / "new" / "home"
    with Store.open(settings_for(home)) as store:
        with store.session() as session:
            put(session, "a", "b")
        files = sorted(path.name for path in home.iterdir())
        assert files == ["mentorwatch.db", "mentorwatch.db-shm", "mentorwatch.db-wal"]
        assert {rights(home / name) for name in files} == {0o600}
        assert rights(home) == 0o700


def test_an_empty_folder_becomes_private_but_a_used_one_keeps_its_rights(tmp_path: Path) -> None:
    empty, used = tmp_path / "empty", tmp_path / "used"
    for folder in (empty, used):
        folder.mkdir()
        folder.chmod(0o755)
    (used / "letter.txt").write_text("not ours")
    for folder in (empty, used):
        Store.open(settings_for(folder)).close()
    assert (rights(empty), rights(used)) == (0o700, 0o755)


def test_another_process_that_ends_leaves_the_write_ahead_log_to_this_one(tmp_path: Path) -> None:
    settings = settings_for(tmp_path / "home")
    code = (
        "import sys, sqlite3; d = sqlite3.connect(sys.argv[1]); d.execute('SELECT * FROM meta').fetchall(); d.close()"
    )
    with Store.open(settings) as store:
        with store.session() as session, ThreadPoolExecutor(1) as pool:
            put(session, "a", "b")
            pool.submit(store._within, "read", lambda reading: reading.exec(select(Meta)).all()).result()  # one more
        log = settings.home / "mentorwatch.db-wal"
        before = log.stat().st_ino
        subprocess.run([sys.executable, "-c", code, str(settings.home / "mentorwatch.db")], check=True)
        assert log.exists(), "it took this process for gone"
        assert log.stat().st_ino == before
        with store.session() as session:
            put(session, "a", "c")


def test_a_database_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    settings = settings_for(tmp_path / "home")
    Store.open(settings).close()
    file = settings.home / "mentorwatch.db"
    file.chmod(0o644)
    Store.open(settings).close()
    assert rights(file) == 0o600


def test_sqlite_is_set_to_keep_what_it_acknowledged(tmp_path: Path) -> None:
    expected = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1, "busy_timeout": 30_000}
    with Store.open(settings_for(tmp_path / "home")) as store, store.session() as session:
        driver = session.connection()
        assert {name: driver.exec_driver_sql(f"PRAGMA {name}").scalar() for name in expected} == expected


def test_a_session_is_one_transaction(store: Store) -> None:
    def put_and_fail(session: Session) -> None:
        put(session, "lost", "")
        _ = 1 // 0

    with pytest.raises(ZeroDivisionError), store.session() as session:
        put_and_fail(session)
    with store.session() as session:
        put(session, "kept", "")
    with store.session() as session:
        assert session.exec(select(Meta.key)).all() == ["kept"]


def test_objects_stay_readable_after_their_session(store: Store) -> None:
    with store.session() as session:
        user = User(name="me", created_at=NOW)
        session.add(user)
    assert (user.id, user.name, user.created_at) == (1, "me", NOW)


def test_writing_happens_in_one_thread_and_nothing_is_lost(store: Store) -> None:
    threads: set[str] = set()

    def add_one(session: Session) -> int:
        threads.add(threading.current_thread().name)
        row = session.get(Meta, "counter") or Meta(key="counter", value="0")
        row.value = str(int(row.value) + 1)
        session.add(row)
        return int(row.value)

    async def many() -> list[int]:
        return await asyncio.gather(*(store.write(add_one) for _ in range(50)))

    assert sorted(asyncio.run(many())) == list(range(1, 51))
    assert len(threads) == 1
    assert threading.current_thread().name not in threads


def test_two_programs_writing_lose_no_update(database: Settings) -> None:
    def count(_: int) -> None:
        with Store.open(database) as store:
            for _ in range(20):
                with store.session() as session:
                    row = session.get(Meta, "n", with_for_update=True)
                    assert row is not None
                    row.value = str(int(row.value) + 1)

    with Store.open(database) as store, store.session() as session:
        put(session, "n", "0")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(count, range(4)))
    with Store.open(database) as store, store.session() as session:
        assert session.exec(select(Meta.value)).one() == "80"


def test_many_programs_may_start_on_an_empty_database_at_once(database: Settings) -> None:
    with ThreadPoolExecutor(4) as pool:
        stores = list(pool.map(lambda _: Store.open(database), range(4)))
    for store in stores:
        with store.session() as session:
            put(session, "n", "0")
        store.close()


def test_reading_sees_one_state_waits_for_no_writer_and_cannot_write(store: Store) -> None:
    with store.session() as session:
        put(session, "a", "old")
    with store.session() as writing:
        put(writing, "a", "new")
        writing.flush()
        seen = asyncio.run(store.read(lambda session: session.exec(select(Meta.value)).all()))
        assert seen == ["old"]
    with pytest.raises(DBAPIError):
        asyncio.run(store.read(lambda session: put(session, "a", "by a reader")))
    with store.session() as session:
        assert session.exec(select(Meta.value)).all() == ["new"]


def test_a_lock_that_lasts_is_told_in_one_line(database: Settings) -> None:
    with (
        Store.open(database) as holder,
        Store.open(database, wait_seconds=0.2) as waiting,
        holder.session() as session,
    ):
        put(session, "a", "held")
        with pytest.raises(MentorwatchError, match="is locked by another program"), waiting.session() as other:
            put(other, "a", "too late")


def test_a_lock_that_is_given_up_is_waited_for(database: Settings) -> None:
    with Store.open(database) as holder, Store.open(database) as waiting, ThreadPoolExecutor(1) as pool:
        with holder.session() as session:
            put(session, "a", "first")

            def second() -> None:
                with waiting.session() as other:
                    put(other, "a", "second")

            late = pool.submit(second)
        late.result(timeout=20)
        with holder.session() as session:
            assert session.exec(select(Meta.value)).all() == ["second"]


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "mentorwatch.db").write_bytes(b"%PDF-1.7 not a database at all" * 50)
    with pytest.raises(MentorwatchError, match="is no SQLite database") as caught:
        Store.open(settings_for(tmp_path))
    assert caught.value.hint
    assert str(tmp_path / "mentorwatch.db") in caught.value.message


def test_a_database_that_is_damaged(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    Store.open(settings).close()
    file = tmp_path / "mentorwatch.db"
    whole = file.read_bytes()
    file.write_bytes(whole[:4096] + b"\xff" * (len(whole) - 4096))
    with pytest.raises(MentorwatchError, match="is damaged"):
        Store.open(settings)


def test_a_home_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("")
    with pytest.raises(MentorwatchError, match=r"the home .* cannot be used"):
        Store.open(settings_for(tmp_path / "home"))


def test_tables_of_another_program_are_left_alone(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "mentorwatch.db")) as other:
        other.execute("CREATE TABLE person (shoe_size INTEGER)")
    with pytest.raises(MentorwatchError, match=r"tables of another program \(person\)"):
        Store.open(settings_for(tmp_path))


@pytest.mark.parametrize("url", ["nonsense", "mysql://h/d", "sqlite://", "sqlite:///:memory:", "oracle+none://h/d"])
def test_an_address_that_names_no_database(tmp_path: Path, url: str) -> None:
    with pytest.raises(UsageError, match=r"database\.url"):
        Store.open(settings_for(tmp_path, url))


def test_a_server_out_of_reach_is_named_without_its_password(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    url = f"postgresql+psycopg://me:planted-secret@/nothing?host={tmp_path}"
    with pytest.raises(MentorwatchError, match="cannot be reached") as caught:
        Store.open(settings_for(tmp_path / "home", url))
    assert "planted-secret" not in str(caught.value) + caplog.text


def test_a_full_disk_is_told_in_one_line_loses_nothing_and_needs_no_restart(tmp_path: Path) -> None:
    def write_much(session: Session, pages: str) -> None:
        session.connection().exec_driver_sql(f"PRAGMA max_page_count={pages}")
        upsert(session, Meta, [{"key": str(number), "value": "x" * 4000} for number in range(500)], key=["key"])

    with Store.open(settings_for(tmp_path)) as store:
        with store.session() as session:
            put(session, "a", "kept")
        with pytest.raises(MentorwatchError, match="the disk is full"), store.session() as session:
            write_much(session, "100")
        with store.session() as session:
            assert session.exec(select(Meta.key)).all() == ["a"]
            write_much(session, "1000000")
        with store.session() as session:
            assert len(session.exec(select(Meta.key)).all()) == 501
