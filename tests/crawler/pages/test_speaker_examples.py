"""Saved pages and exports of conferences beside what is to be read from them: a new case is a folder, no code.

To write the expectation of a folder that has none, run `python -m tests.crawler.pages.test_speaker_examples`; then
read it.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from crawler.pages import Document, read_page

CASES = Path(__file__).parents[2] / "pages" / "speakers"
URL = "https://conf.example/2026/people"
FIELDS = ("kind", "reader", "people", "reason")
ROLE_FIELDS = ("since", "until", "biography")
"""What speakers' pages do not tell; written down only where one does."""


def read_case(folder: Path) -> Any:
    """The reading of a folder's input, in JSON's types."""
    (saved,) = folder.glob("input.*")
    reading = asdict(read_page(Document(URL, saved.read_bytes()), kind="speakers"))
    people = [
        {key: value for key, value in row.items() if value or key not in ROLE_FIELDS} for row in reading["people"]
    ]
    return json.loads(json.dumps({field: reading[field] for field in FIELDS} | {"people": people}))


@pytest.mark.parametrize("folder", sorted(CASES.iterdir()), ids=lambda folder: folder.name)
def test_saved_speakers_read_as_written_down(folder: Path) -> None:
    assert read_case(folder) == json.loads((folder / "expected.json").read_text("utf-8"))


def write_missing() -> None:
    """Write expected.json where there is none."""
    for folder in CASES.iterdir():
        if not (expected := folder / "expected.json").exists():
            expected.write_text(json.dumps(read_case(folder), indent=2, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    write_missing()
