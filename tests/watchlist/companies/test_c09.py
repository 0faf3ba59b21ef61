"""C09: 200 rows made of real lists, each naming its company another way, are recognised; doubtful ones are asked."""

from __future__ import annotations

import csv
import random
from pathlib import Path

import pytest
from sqlmodel import Session

from tests.corpus import CORPUS, needs_corpus
from watchlist.companies import import_companies, known_companies, read_company_csv, read_company_file
from watchlist.companies.rows import COLUMNS
from watchlist.store import Store

pytestmark = [needs_corpus, pytest.mark.corpus]
FORMS = ("", " Inc.", ", Inc.", " Corp", " Corporation", " PLC", " Ltd", " GmbH", " Company", " AG", " S.A.", " & Co.")


def known_rows() -> list[dict[str, str]]:
    """300 companies as a store may know them: names and CIKs of a real list, invented sites and Wikidata ids."""
    with (CORPUS / "companies" / "sp500_constituents.csv").open(encoding="utf-8") as file:
        real = list(csv.DictReader(file))
    seen: set[str] = set()
    rows = [row for row in real if not (row["CIK"] in seen or seen.add(row["CIK"]))][:300]  # type: ignore[func-returns-value]
    return [
        {
            "rank": str(number),
            "name": row["Security"],
            "website": f"https://www.company-{number}.test",
            "wikidata_id": f"Q{900_000_000 + number}",
            "cik": row["CIK"],
            "country": "US",
            "source": "fixture",
        }
        for number, row in enumerate(rows, 1)
    ]


def take(session: Session, lines: list[str], key: str) -> None:
    """Make a list of lines in our own format."""
    file = "\n".join([",".join(COLUMNS), *lines]).encode()
    import_companies(session, read_company_csv(file, "known.csv").rows, key)


def spelled(row: dict[str, str], turn: int, draw: random.Random) -> str:
    """One line that names the company, in one of the ways that people have."""
    name = row["name"].partition(" (")[0]
    number = row["rank"]
    ways = (
        lambda: name + draw.choice(FORMS),
        name.upper,
        lambda: f"{name.lower()}{draw.choice(FORMS)}",
        lambda: (
            draw.choice(("http://", "https://", ""))
            + f"company-{number}.test"
            + draw.choice(("", "/", "/en/about?x=1"))
        ),
        lambda: f"www.company-{number}.test",
        lambda: f"https://careers.company-{number}.test/jobs",
        lambda: f"CIK {row['cik'].lstrip('0')}",
        lambda: row["cik"].zfill(10),
        lambda: row["wikidata_id"],
        lambda: f"https://www.wikidata.org/wiki/{row['wikidata_id']}",
    )
    return ways[turn % len(ways)]()


def test_c09_of_200_rows_nearly_all_are_recognised_and_the_doubtful_ones_asked(
    store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    known = known_rows()
    draw = random.Random(9)
    wanted = draw.sample(known, 190)
    lines = [spelled(row, turn, draw) for turn, row in enumerate(wanted)]
    twins = [f"Twin Works {number}" for number in range(10)]
    body = [",".join(f'"{row.get(column, "")}"' for column in COLUMNS) for row in known]
    with store.session() as session:
        take(session, body, "it")
        for site in ("test", "example"):
            take(session, [f"{n},{name},https://twin-{n}.{site},,,,,fixture," for n, name in enumerate(twins, 1)], site)
        rows = read_company_file("\n".join([*lines, *twins]).encode(), "mine.txt").rows
        assert len(rows) == 200
        directory = known_companies(session)
        ids = {row["wikidata_id"]: row for row in known}
        found = [directory.find(row) for row in rows]
        right = [
            match.company is not None and ids.get(match.company.wikidata_id or "") == row
            for row, match in zip(wanted, found, strict=False)
        ]
        wrong = [line for line, match, ok in zip(lines, found, right, strict=False) if match.company and not ok]
        asked = sum(match.is_open for match in found[190:])
        report = import_companies(session, rows, "mine", dry_run=True)
    with capsys.disabled():
        missed = [line for line, ok in zip(lines, right, strict=True) if not ok]
        print(f"\nC09: {sum(right)} of 190 recognised, {len(wrong)} wrongly, {asked} of 10 asked; missed: {missed}")
    assert sum(right) / 190 >= 0.95
    assert wrong == []
    assert asked == len(report.open) == 10
    assert {row.reason for row in report.open} == {"ambiguous"}


@pytest.mark.parametrize("name", ["sp500_constituents", "fortune500_2019", "fortune_2021_sectors", "edtech_europe"])
def test_real_lists_of_other_people_are_read_and_importing_them_twice_adds_nothing(store: Store, name: str) -> None:
    file: Path = CORPUS / "companies" / f"{name}.csv"
    rows = read_company_file(file, file.name).rows
    assert len(rows) == len(list(csv.DictReader(file.open(encoding="utf-8"))))
    assert all(row.name for row in rows)
    with store.session() as session:
        first = import_companies(session, rows, name)
        again = import_companies(session, rows, name)
    assert (first.new + len(first.doubled), first.open) == (len(rows), ())
    assert (again.new, again.changed, again.same, again.removed) == (0, 0, first.new, 0)
