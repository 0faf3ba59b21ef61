"""The database: engine, sessions, upsert, migrations, suppression."""

from __future__ import annotations

from watchlist.store.store import Store
from watchlist.store.upsert import upsert

__all__ = ["Store", "upsert"]
