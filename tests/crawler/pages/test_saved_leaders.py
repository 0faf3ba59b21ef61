"""Every folder of tests/pages/leaders: the page read gives what expected.json says. A new case needs no code here."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from crawler.items import PersonItem
from crawler.pages import Document, read_page

CASES = Path(__file__).parents[2] / "pages" / "leaders"
FIELDS = ("name", "title", "section", "title_scope", "organisation", "links")
HOW_TO = """{case}/expected.json is missing. Write it by hand from the page, not from this reading:
{{"why": ..., "url": ..., "organisation": ..., "reader": ..., "reason": null,
 "people": [{{"name", "title", "section", "title_scope", "organisation", "links"; "since", "until" if said}}, ...],
 "former": the same of people who left, where there are any}}"""


def as_rows(people: tuple[PersonItem, ...]) -> list[dict[str, Any]]:
    rows = [{field: getattr(person, field) for field in FIELDS} for person in people]
    dated = ({key: value for key in ("since", "until") if (value := getattr(person, key))} for person in people)
    return [{**row, "links": list(row["links"]), **since} for row, since in zip(rows, dated, strict=True)]


@pytest.mark.parametrize("case", sorted(folder.name for folder in CASES.iterdir() if folder.is_dir()))
def test_saved_page_reads_as_expected(case: str) -> None:
    folder = CASES / case
    file = folder / "expected.json"
    assert file.is_file(), HOW_TO.format(case=case)
    expected = json.loads(file.read_text("utf-8"))
    document = Document(
        url=expected["url"],
        body=(folder / "page.html").read_bytes(),
        content_type="text/html; charset=utf-8",
        organisation=expected["organisation"],
    )
    reading = read_page(document, kind="leaders")
    assert as_rows(reading.people) == expected["people"], expected["why"]
    assert as_rows(reading.former) == expected.get("former", []), expected["why"]
    assert (reading.reason, reading.reader) == (expected["reason"], expected["reader"]), expected["why"]
    assert all(len(person.excerpt) <= 300 and person.excerpt for person in reading.people)
