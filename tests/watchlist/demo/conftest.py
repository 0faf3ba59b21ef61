"""The little web, read once for all its tests."""

from __future__ import annotations

import pytest

from watchlist.demo.world import World, load_world


@pytest.fixture(scope="session")
def world() -> World:
    return load_world()
