"""The keys of the commands' JSON are a promise to scripts: they stand in ARCHITECTURE.md."""

from __future__ import annotations

from pathlib import Path

from tests.json_keys import documented, listing


def test_every_command_prints_the_keys_that_the_page_promises(tmp_path: Path) -> None:
    assert listing(tmp_path).splitlines() == documented().splitlines()
