"""Drafts the next schema step from what changed in the models: `python -m tests.watchlist.store.draft WHAT CHANGED`."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from alembic import command

from tests.databases import settings_for
from tests.watchlist.store.revisions import shipped_head
from watchlist.store import Store
from watchlist.store.migrate import VERSIONS, alembic_config


def draft(message: str, versions: Path = VERSIONS) -> Path:
    """Writes the step that leads from the newest revision to the models; it is to be read, mended and tested."""
    config = alembic_config((VERSIONS,) if versions == VERSIONS else (VERSIONS, versions))
    number = f"{int(shipped_head()) + 1:04}"
    with (
        tempfile.TemporaryDirectory() as home,
        Store.open(settings_for(Path(home))) as store,
        store.engine.connect().execution_options(mode="migrate") as connection,
        connection.begin(),
    ):
        config.attributes["connection"] = connection
        command.revision(config, message, autogenerate=True, rev_id=number, version_path=str(versions))
    return next(versions.glob(f"{number}_*.py"))


if __name__ == "__main__":
    print(draft(" ".join(sys.argv[1:])))
