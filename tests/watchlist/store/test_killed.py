from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, inspect, text
from sqlmodel import SQLModel

from tests.databases import files_holding, settings_for
from tests.watchlist.store.killed import kills
from tests.watchlist.store.revisions import NEXT, shipped_head, with_next_step
from tests.watchlist.test_forget import NAME, NEEDLES, dump, fill
from tests.watchlist.world import World
from watchlist.people import forget_person
from watchlist.settings import Settings
from watchlist.store import Store
from watchlist.store.engine import make_engine
from watchlist.store.migrate import migrate

pytestmark = pytest.mark.real


def open_store(settings: Settings) -> None:
    Store.open(settings).close()


def migrate_to(settings: Settings, versions: tuple[Path, Path]) -> None:
    migrate(make_engine(settings.database_url), settings.home, versions=versions)


def forget(settings: Settings) -> None:
    with Store.open(settings) as store, store.session() as session:
        forget_person(session, NAME)


def state(settings: Settings) -> tuple[frozenset[str], str | None]:
    """The tables but Alembic's own, and the revision."""
    engine: Engine = create_engine(settings.database_url)
    try:
        with engine.connect() as connection:
            tables = frozenset(inspect(connection).get_table_names())
            known = "alembic_version" in tables
            revision = connection.execute(text("SELECT version_num FROM alembic_version")).scalar() if known else None
            return tables - {"alembic_version"}, revision
    finally:
        engine.dispose()


def test_a_first_start_killed_at_any_statement_leaves_no_half_schema(database: Settings) -> None:
    empty, whole = (frozenset[str](), None), (frozenset(SQLModel.metadata.tables), shipped_head())
    seen = [state(database) for _ in kills(open_store, database, every=2)]
    assert set(seen) <= {empty, whole}
    assert len(seen) > 20
    assert state(database) == whole


def test_a_migration_killed_at_any_statement_leaves_the_old_schema_or_the_new(
    database: Settings, tmp_path: Path
) -> None:
    with Store.open(database) as store, store.session() as session:
        fill(World(session))
    versions = with_next_step(tmp_path / "versions")
    tables = frozenset(SQLModel.metadata.tables)
    seen = [state(database) for _ in kills(migrate_to, database, versions)]
    assert set(seen) <= {(tables, shipped_head()), (tables | {"badge"}, NEXT)}
    assert len(seen) > 10
    assert state(database) == (tables | {"badge"}, NEXT)
    for copy in (database.home / "backups").glob("*.db"):
        with closing(sqlite3.connect(copy)) as old:
            assert old.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            assert old.execute("SELECT count(*) FROM person").fetchone() == (2,)


def test_a_forgetting_killed_at_any_statement_forgets_all_or_nothing(tmp_path: Path) -> None:
    settings = settings_for(tmp_path / "home")
    with Store.open(settings) as store:
        with store.session() as session:
            fill(World(session))
        before = dump(store)
    outcomes = set()
    for _ in kills(forget, settings, every=2):
        with Store.open(settings) as store:
            now = dump(store)
        assert now == before or "Quillfeather" not in now
        outcomes.add(now == before)
        if now != before:
            assert files_holding(settings.home, *NEEDLES) == []
            break
    assert outcomes == {True, False}, "killed before the commit and behind it"
    with closing(sqlite3.connect(settings.home / "mentorwatch.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
