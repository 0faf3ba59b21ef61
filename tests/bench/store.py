"""Rows a second into the database: the batch upsert beside the ORM, new rows and known ones, on both databases."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlmodel import Session, select

from tests.databases import fresh_database, postgresql_cluster, settings_for
from watchlist.models import Entry, Feed
from watchlist.store import Store, upsert

ROWS = 20_000
ORM_ROWS = 4_000
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def run() -> None:
    """Prints rows a second and the ratio to the ORM, each table from one run."""
    print(f"{'database':12}{'what':10}{'upsert rows/s':>15}{'ORM rows/s':>12}{'ratio':>8}")
    with tempfile.TemporaryDirectory() as folder:
        _compare("SQLite", folder, "")
        with postgresql_cluster() as cluster, fresh_database(cluster) as url:
            _compare("PostgreSQL", str(Path(folder) / "pg"), url)


def _compare(label: str, home: str, url: str) -> None:
    with Store.open(settings_for(Path(home), url)) as store:
        with store.session() as session:
            feed = Feed(url="f", kind="rss", found_on="f", found_at=NOW, state_since=NOW, next_at=NOW)
            session.add(feed)
        for what in ("new", "known"):
            batch = _rate(store, _upsert, _entries("batch", ROWS))
            orm = _rate(store, _select_and_add, _entries("orm", ORM_ROWS))
            print(f"{label:12}{what:10}{batch:15,.0f}{orm:12,.0f}{batch / orm:8.1f}")


def _entries(prefix: str, count: int) -> list[dict[str, Any]]:
    return [
        {
            "feed_id": 1,
            "external_id": f"{prefix}-{number}",
            "title": f"Entry {number}",
            "url": f"https://blog.test/{prefix}/{number}",
            "summary": "A sentence about the entry. " * 6,
            "published": NOW,
            "first_seen_at": NOW,
        }
        for number in range(count)
    ]


def _rate(store: Store, load: Callable[[Session, list[dict[str, Any]]], object], rows: list[dict[str, Any]]) -> float:
    start = time.perf_counter()
    for first in range(0, len(rows), 1000):
        with store.session() as session:
            load(session, rows[first : first + 1000])
    return len(rows) / (time.perf_counter() - start)


def _upsert(session: Session, rows: list[dict[str, Any]]) -> int:
    return upsert(session, Entry, rows, key=["feed_id", "external_id"])


def _select_and_add(session: Session, rows: list[dict[str, Any]]) -> None:
    """What one would write without the batch: look for the row, change it or add it."""
    for row in rows:
        query = select(Entry).where(Entry.feed_id == row["feed_id"], Entry.external_id == row["external_id"])
        found = session.exec(query).first() or Entry(**row)
        for name, value in row.items():
            setattr(found, name, value)
        session.add(found)
