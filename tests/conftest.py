"""Fixtures for all tests: databases and stores on SQLite and on PostgreSQL."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from tests.databases import BACKENDS, empty, fresh_database, postgresql_cluster, settings_for
from watchlist.settings import Settings
from watchlist.store import Store

# No test asks the keyring of whoever runs it; and keyring takes any backend class that is imported, also one of a test
# that never answers.
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"

# The same examples in every run: a check that fails must fail for a change, not for luck. Look for new ones with
# HYPOTHESIS_PROFILE=search.
hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None)
hypothesis.settings.register_profile("search", deadline=None, max_examples=2000)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))


@pytest.fixture(scope="session")
def cluster() -> Iterator[str]:
    """The URL of a PostgreSQL cluster; started by the first test that asks."""
    with postgresql_cluster() as url:
        yield url


@pytest.fixture(scope="session")
def migrated(cluster: str) -> Iterator[str]:
    """The URL of one PostgreSQL database with the schema; every test leaves it empty."""
    with fresh_database(cluster) as url:
        yield url


@pytest.fixture(params=BACKENDS)
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    """Settings of a home that does not exist yet, over a database without any table, of each kind."""
    home = tmp_path / "home"
    if request.param == "sqlite":
        yield settings_for(home)
        return
    with fresh_database(request.getfixturevalue("cluster")) as url:
        yield settings_for(home, url)


@pytest.fixture(params=BACKENDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An open store without a row, of each kind; the home is `tmp_path / "home"`."""
    url = "" if request.param == "sqlite" else request.getfixturevalue("migrated")
    with Store.open(settings_for(tmp_path / "home", url)) as opened:
        yield opened
        if url:
            empty(opened.engine)
