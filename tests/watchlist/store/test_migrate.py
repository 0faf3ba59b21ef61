from __future__ import annotations

import sqlite3
import stat
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Column, Engine, inspect
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, SQLModel, select
from sqlmodel.sql.sqltypes import AutoString, UTCDateTime

from tests.watchlist.store.draft import draft
from tests.watchlist.store.revisions import NEXT, STEP, shipped_head, with_next_step
from watchlist.errors import MentorwatchError
from watchlist.models import Event, Feed, Move, Organization, Person, Position, Profile, SourceRecord, Talk
from watchlist.settings import Settings
from watchlist.store import Store
from watchlist.store.engine import make_engine, make_home
from watchlist.store.migrate import alembic_config, migrate

ORPHAN = """    op.execute("UPDATE talk SET person_id = 77")
"""
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def fill(settings: Settings) -> None:
    """A database of this version with a talk, which hangs on an event, a person and a record."""
    with Store.open(settings) as store, store.session() as session:
        record = SourceRecord(
            key="r", kind="speaker", url="u", reader="r", fetched_at=NOW, name_key="k", excerpt="", payload={}
        )
        session.add_all([record, Event(key="e", name="DevDays", platform="pretalx", url="u", field="it")])
        session.flush()
        session.add(Person(name="Vera Nowak", name_key="k", created_at=NOW, source_record_id=1))
        session.flush()
        session.add(Talk(event_id=1, person_id=1, title="On hiring", first_seen_at=NOW, source_record_id=1))


def rows(engine: Engine, sql: str) -> list[tuple[object, ...]]:
    with engine.connect().execution_options(mode="read") as connection:
        return [tuple(row) for row in connection.exec_driver_sql(sql)]


def test_the_migrations_make_exactly_the_schema_of_the_models(store: Store) -> None:
    with store.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, SQLModel.metadata) == []
        assert set(inspect(connection).get_table_names()) == {*SQLModel.metadata.tables, "alembic_version"}


def test_every_constraint_has_a_name_that_a_later_step_can_drop() -> None:
    constraints = [each for table in SQLModel.metadata.tables.values() for each in table.constraints]
    assert constraints
    assert [each for each in constraints if each.name is None] == []


def test_an_old_database_is_copied_and_brought_up_to_date_with_its_data(database: Settings, tmp_path: Path) -> None:
    fill(database)
    versions = with_next_step(tmp_path / "versions")
    with Store.open(database) as store:
        migrate(store.engine, database.home, versions=versions)
        assert rows(store.engine, "SELECT version_num FROM alembic_version") == [(NEXT,)]
        assert rows(store.engine, "SELECT name, city FROM event") == [("DEVDAYS", "unknown")]
        assert rows(store.engine, "SELECT title FROM talk") == [("On hiring",)], "rebuilding event took its talks along"
        migrate(store.engine, database.home, versions=versions)
    copies = list((database.home / "backups").glob("*")) if (database.home / "backups").exists() else []
    assert len(copies) == (0 if database.database.url else 1)
    for copy in copies:
        assert copy.name.startswith(f"mentorwatch-{shipped_head()}-")
        assert stat.S_IMODE(copy.stat().st_mode) == 0o600
        assert stat.S_IMODE(copy.parent.stat().st_mode) == 0o700
        with closing(sqlite3.connect(copy)) as old:
            assert old.execute("SELECT name, field FROM event").fetchall() == [("DevDays", "it")]
            assert old.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_a_server_keeps_its_own_backups_and_the_log_says_so(
    database: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with Store.open(database) as store:
        migrate(store.engine, database.home, versions=with_next_step(tmp_path / "versions"))
    assert ("backup is the server's job" in caplog.text) == bool(database.database.url)


def test_a_newer_database_is_politely_refused_and_left_alone(database: Settings, tmp_path: Path) -> None:
    with Store.open(database) as store:
        migrate(store.engine, database.home, versions=with_next_step(tmp_path / "versions"))
    with pytest.raises(MentorwatchError, match=f"newer mentorwatch .schema {NEXT}.*up to {shipped_head()}") as caught:
        Store.open(database)
    assert "update mentorwatch" in (caught.value.hint or "")


def test_a_step_that_fails_leaves_the_old_schema(database: Settings, tmp_path: Path) -> None:
    fill(database)
    broken = with_next_step(tmp_path / "versions", STEP + "    op.drop_table('nowhere')\n")
    with Store.open(database) as store:
        with pytest.raises(Exception, match="nowhere"):
            migrate(store.engine, database.home, versions=broken)
        assert rows(store.engine, "SELECT name, field FROM event") == [("DevDays", "it")]
        assert not inspect(store.engine).has_table("badge")
    Store.open(database).close()


def test_a_step_that_breaks_a_reference_is_not_committed(tmp_path: Path, database: Settings) -> None:
    fill(database)
    broken = with_next_step(tmp_path / "versions", STEP + ORPHAN)
    with Store.open(database) as store:
        with pytest.raises(Exception, match=r"missing|foreign key"):
            migrate(store.engine, database.home, versions=broken)
        assert rows(store.engine, "SELECT person_id FROM talk") == [(1,)]


def test_rows_go_with_what_they_hang_on(database: Settings) -> None:
    fill(database)
    with Store.open(database) as store:
        with store.session() as session:
            session.delete(session.get(SourceRecord, 1))
            session.add(Organization(key="o", name="Acme"))
        assert rows(store.engine, "SELECT count(*) FROM person") == [(0,)]
        assert rows(store.engine, "SELECT count(*) FROM talk") == [(0,)]
        assert rows(store.engine, "SELECT count(*) FROM event") == [(1,)]


def test_the_draft_of_a_step_holds_what_changed_in_plain_types(tmp_path: Path) -> None:
    table = SQLModel.metadata.tables["event"]
    added: list[Column[Any]] = [
        Column("starts_at", UTCDateTime(), nullable=True),
        Column("city", AutoString(), nullable=True),
    ]
    for column in added:
        table.append_column(column)
    try:
        step = draft("Events have a day", tmp_path).read_text()
    finally:
        for column in added:
            table._columns.remove(column)
    assert "sa.Column('starts_at', sa.DateTime(timezone=True), nullable=True)" in step
    assert "sa.Column('city', sa.String(), nullable=True)" in step
    assert step.startswith('"""Events have a day.')
    assert step.count("add_column") == 2
    assert not {"create_table", "drop_column", "sqlmodel"} & set(step.replace("(", ".").split("."))


BEFORE = """
INSERT INTO source_record VALUES (1, 'k', 'leader', 'u', 'r', '{at}', 'n', '', '{{}}');
INSERT INTO person VALUES (1, 'Vera Nowak', 'n', '{at}', 1);
INSERT INTO profile (id, person_id, platform, url, access, verified, first_seen_at, source_record_id)
    VALUES (1, 1, 'web', 'https://vera.test/', 'feed', 'own_card', '{at}', 1);
INSERT INTO feed (id, url, kind, person_id, found_on, found_at, state, state_since, failures, next_at)
    VALUES (1, 'https://vera.test/feed', 'rss', 1, 'u', '{at}', 'ok', '{at}', 0, '{at}')
"""


def test_a_database_of_the_first_schema_keeps_its_rows_and_gains_the_new_columns(database: Settings) -> None:
    make_home(database.home)
    engine = make_engine(database.database_url)
    config = alembic_config()
    with engine.connect().execution_options(mode="migrate") as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for statement in BEFORE.format(at="2026-03-01 00:00:00.000000+00:00").split(";"):
            connection.exec_driver_sql(statement)
    engine.dispose()
    with Store.open(database) as store, store.session() as session:
        feed, page = session.get_one(Feed, 1), session.get_one(Profile, 1)
        assert (feed.url, feed.former_urls, feed.moving_to, feed.moving_seen) == (
            "https://vera.test/feed",
            None,
            None,
            0,
        )
        assert (page.url, page.reason, page.failures, page.next_at) == ("https://vera.test/", None, 0, None)
        feed.former_urls = ["https://old.test/feed"]
        session.add(feed)


MOVED = """
INSERT INTO source_record VALUES (1, 'k', 'leader', 'u', 'r', '{at}', 'n', '', '{{}}');
INSERT INTO person VALUES (1, 'Vera Nowak', 'n', '{at}', 1);
INSERT INTO position (id, person_id, organisation, organisation_key, title, function, level, section, page_url,
    own_page, first_seen_at, seen_at, misses, source_record_id) VALUES
    (1, 1, 'Acme', 'acme', 'HR Manager', 'hr', 'manager', 'executive', 'https://acme.test/team', {true},
     '{at}', '{at}', 2, 1),
    (2, 1, 'Bolt', 'bolt', 'CHRO', 'hr', 'c_level', 'executive', 'https://bolt.test/team', {true},
     '{later}', '{later}', 0, 1);
INSERT INTO move (id, person_id, kind, from_position_id, to_position_id, seen_at)
    VALUES (7, 1, 'moved', 1, 2, '{later}')
"""


def is_refused(session: Session, row: SQLModel) -> bool:
    """Whether there is such a row already."""
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return True
    return False


def test_a_move_of_the_second_schema_gains_its_key_and_the_page_behind_each_side(database: Settings) -> None:
    make_home(database.home)
    engine = make_engine(database.database_url)
    config = alembic_config()
    at, later = NOW, NOW + timedelta(days=7)
    times = {name: f"{moment:%Y-%m-%d %H:%M:%S.%f}+00:00" for name, moment in (("at", at), ("later", later))}
    with engine.connect().execution_options(mode="migrate") as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, "0002")
        true = "1" if engine.dialect.name == "sqlite" else "true"
        for statement in MOVED.format(true=true, **times).split(";"):
            connection.exec_driver_sql(statement)
        if engine.dialect.name != "sqlite":
            for table in ("person", "position", "move"):
                connection.exec_driver_sql(f"SELECT setval('{table}_id_seq', 7)")
    engine.dispose()
    with Store.open(database) as store, store.session() as session:
        move = session.get_one(Move, 7)
        assert (move.key, move.from_position_id, move.to_position_id) == ("1:moved:1:2", 1, 2)
        assert (move.before_url, move.before_at) == ("https://acme.test/team", at)
        assert (move.after_url, move.after_at) == ("https://bolt.test/team", later)
        old = session.get_one(Position, 1)
        assert (old.term, old.arrived, old.started_on) == (1, False, None)
        session.delete(move)
        session.flush()
        values = move.model_dump(exclude={"id"})
        session.add(Move(**values | {"kind": "left", "to_position_id": None}))
        session.flush()
        assert session.exec(select(Move.id)).all() == [8], "a number is not given twice: digests remember it"
        assert is_refused(session, Move(**values | {"kind": "left", "to_position_id": None}))
        assert is_refused(session, Position(**old.model_dump(exclude={"id"})))
        session.add(Position(**old.model_dump(exclude={"id"}) | {"term": 2}))
