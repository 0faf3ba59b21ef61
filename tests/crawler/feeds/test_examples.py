"""Saved feeds beside what is to be read from them: a new case is a folder in tests/feeds, no code.

Run `python -m tests.crawler.feeds.test_examples` to write the expectation of a folder that has none; then read it.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from crawler.feeds import read_feed

CASES = Path(__file__).parents[2] / "feeds"
URL = "https://www.example.com/feeds/main"


def read_case(folder: Path) -> Any:
    """The reading of a folder's input, in JSON's types."""
    (document,) = folder.glob("input.*")
    reading = asdict(read_feed(document.read_bytes(), URL, None))
    return json.loads(json.dumps(reading, default=datetime.isoformat))


@pytest.mark.parametrize("folder", sorted(CASES.iterdir()), ids=lambda folder: folder.name)
def test_saved_feed_reads_as_written_down(folder: Path) -> None:
    assert read_case(folder) == json.loads((folder / "expected.json").read_text("utf-8"))


def write_missing() -> None:
    """Write expected.json where there is none."""
    for folder in CASES.iterdir():
        if not (expected := folder / "expected.json").exists():
            expected.write_text(json.dumps(read_case(folder), indent=2, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    write_missing()
