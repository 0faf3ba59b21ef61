"""companies import: doubtful rows are asked, never guessed; --resolve asks registers, with evidence."""

from __future__ import annotations

import os
import pty
import subprocess
from pathlib import Path
from typing import Any

import pytest
import trustme

from tests.servers import Response
from tests.terminal import PROGRAM, Outcome, call, environment
from tests.watchlist.companies.registers import Filer, Item, registers

ITEMS = [
    Item("Q9001", "Northwind Systems", site="https://www.northwind.test/", cik="1001",
         employees=(("1200", None, "2024", "normal"),)),
    Item("Q9002", "Acme", site="https://acme.test", country="DE"),
    Item("Q9003", "Acme Inc.", site="https://acme.example", country="US"),
    Item("Q9004", "Globex Corporation", aliases=("GBX",), site="https://globex.test"),
    Item("Q9005", "Old Mill", dissolved="1980"),
    Item("Q9006", "Acme Valley", kind="Q515"),
]  # fmt: skip
FILERS = [
    Filer(1001, "NORTHWIND SYSTEMS INC", "7372", ticker="NWS"),
    Filer(1002, "Umbra Corp /DE/", "7372", ticker="UMB"),
]
NAMED = ("name", "wikidata_id", "cik", "website")


def two_acmes(home: Path) -> None:
    """A home that knows two companies of one name."""
    file = home.parent / "acmes.csv"
    file.write_text("name,website,country\nAcme,acme.test,DE\nAcme Inc.,acme.example,US\n")
    assert call(home, "companies", "import", file, "--key", "acmes").status == 0


def listed(home: Path, key: str) -> list[tuple[Any, ...]]:
    return [tuple(line[name] for name in NAMED) for line in call(home, "companies", "list", key, "--json").json]


def write(folder: Path, *lines: str) -> Path:
    file = folder / "mine.txt"
    file.write_text("\n".join(lines) + "\n")
    return file


# --- without a network -------------------------------------------------------------------------------------------


def test_a_row_that_fits_two_is_named_with_its_candidates_and_the_others_are_taken(tmp_path: Path) -> None:
    home = tmp_path / "home"
    two_acmes(home)
    file = write(tmp_path, "ACME", "Bolt Works")
    done = call(home, "companies", "import", file)
    assert done.status == 3
    assert "list 'mine': 1 are new" in done.out
    for words in (
        "line 1, 'ACME' may be",
        "https://acme.test, DE (your lists)",
        "https://acme.example, US",
        "in a terminal",
    ):
        assert words in done.err
    assert [name for name, *_ in listed(home, "mine")] == ["Bolt Works"]
    told = call(home, "companies", "import", file, "--dry-run", "--json")
    assert told.status == 3
    (row,) = told.json["open"]
    assert (row["line"], row["says"], row["reason"]) == (1, "ACME", "ambiguous")
    assert [each["website"] for each in row["candidates"]] == ["https://acme.test", "https://acme.example"]
    assert told.json["same"] == 1


@pytest.mark.parametrize(
    ("words", "status", "taken"),
    [
        ("2\n", 0, ["Acme Inc.", "Bolt Works"]),
        ("9\n1\n", 0, ["Acme", "Bolt Works"]),
        ("n\n", 0, ["ACME", "Bolt Works"]),
        ("s\n", 3, ["Bolt Works"]),
    ],
)
def test_in_a_terminal_the_row_is_asked_and_the_answer_holds(
    tmp_path: Path, words: str, status: int, taken: list[str]
) -> None:
    home = tmp_path / "home"
    two_acmes(home)
    file = write(tmp_path, "ACME", "Bolt Works")
    done = in_terminal(home, words, "companies", "import", file)
    assert done.status == status, done.out
    assert "'ACME' may be" in done.out
    assert "2  Acme Inc., https://acme.example, US (your lists)" in done.out
    assert [name for name, *_ in listed(home, "mine")] == taken
    if status == 0:
        again = call(home, "companies", "import", file, "--json")
        assert (again.status, again.json["new"], again.json["changed"], again.json["same"]) == (0, 0, 0, 2)


def test_a_doubtful_row_takes_no_company_off_the_list(tmp_path: Path) -> None:
    home = tmp_path / "home"
    two_acmes(home)
    done = call(home, "companies", "import", write(tmp_path, "Acme"), "--key", "acmes")
    assert done.status == 3
    assert len(listed(home, "acmes")) == 2


def test_ids_that_name_two_companies_are_asked(tmp_path: Path) -> None:
    home = tmp_path / "home"
    first = tmp_path / "known.csv"
    first.write_text("name,wikidata_id,cik\nAcme,Q1,\nBolt,,77\n")
    call(home, "companies", "import", first)
    torn = tmp_path / "torn.csv"
    torn.write_text("name,wikidata_id,cik\nAcme Bolt,Q1,77\n")
    done = call(home, "companies", "import", torn, "--json")
    assert done.status == 3
    assert [each["name"] for each in done.json["open"][0]["candidates"]] == ["Acme", "Bolt"]


def test_shipped_lists_complete_a_row_that_gives_a_name_alone(tmp_path: Path) -> None:
    file = write(tmp_path, "MICROSOFT CORPORATION", "http://www.apple.com/careers", "CIK 0001652044")
    assert call(tmp_path / "home", "companies", "import", file).status == 0
    found = listed(tmp_path / "home", "mine")
    assert [(name, cik) for name, _, cik, _ in found] == [
        ("Microsoft", "789019"), ("Apple", "320193"), ("Alphabet", "1652044")
    ]  # fmt: skip


# --- registers ---------------------------------------------------------------------------------------------------


def test_registers_complete_names_sites_ids_and_tickers_and_say_where_it_stands(tmp_path: Path, ca: trustme.CA) -> None:
    home = tmp_path / "home"
    file = tmp_path / "mine.csv"
    file.write_text("company,domain,wikidata,cik,ticker\n,northwind.test,,,\n,,Q9004,,\n,,,1002,\nOld Mill,,,,\n")
    with registers(home, ca, ITEMS, FILERS):
        done = call(home, "companies", "import", file, "--resolve", "--json")
        again = call(home, "companies", "import", file, "--resolve", "--json")
    assert done.status == 0, done.err
    assert listed(home, "mine") == [
        ("Northwind Systems", "Q9001", "1001", "https://www.northwind.test/"),
        ("Globex Corporation", "Q9004", None, "https://globex.test"),
        ("Umbra Corp /DE/", None, "1002", None),
        ("Old Mill", None, None, None),
    ]
    evidence = {row["line"]: row["evidence"] for row in done.json["evidence"]}
    assert "https://www.wikidata.org/wiki/Q9001" in evidence[2]
    assert evidence[4] == ["https://www.sec.gov/files/company_tickers.json"]
    assert 5 not in evidence, "a company that no longer exists is no candidate"
    assert (again.json["new"], again.json["changed"], again.json["same"]) == (0, 0, 4)
    plain = call(home, "companies", "import", file, "--json").json
    assert (plain["new"], plain["changed"], plain["same"]) == (0, 0, 4)
    lines = call(home, "companies", "list", "mine", "--json").json
    assert (lines[0]["size"], lines[0]["facts"]["employees"]["source"]) == (
        "1001-5000", "https://www.wikidata.org/wiki/Q9001"
    )  # fmt: skip
    assert (lines[3]["size"], lines[3]["facts"]["employees"]) == (None, None)


def test_a_name_that_two_items_bear_is_asked_and_one_country_decides(tmp_path: Path, ca: trustme.CA) -> None:
    home = tmp_path / "home"
    file = tmp_path / "mine.csv"
    with registers(home, ca, ITEMS, FILERS):
        file.write_text("company\nAcme\n")
        both = call(home, "companies", "import", file, "--resolve", "--json")
        file.write_text("company,country\nAcme,DE\n")
        german = call(home, "companies", "import", file, "--resolve", "--json")
    assert both.status == 3
    assert [each["wikidata_id"] for each in both.json["open"][0]["candidates"]] == ["Q9002", "Q9003"]
    assert (german.status, [row["wikidata_id"] for row in german.json["evidence"]]) == (0, ["Q9002"])


def test_a_company_that_was_imported_by_name_learns_its_ids_and_stays_one(tmp_path: Path, ca: trustme.CA) -> None:
    home = tmp_path / "home"
    file = write(tmp_path, "Northwind Systems", "GBX")
    with registers(home, ca, ITEMS, FILERS):
        assert call(home, "companies", "import", file, "--json").json["new"] == 2
        resolved = call(home, "companies", "import", file, "--resolve", "--json").json
        after = call(home, "companies", "import", file, "--json").json
    assert (resolved["new"], resolved["changed"]) == (0, 2)
    assert (after["new"], after["changed"], after["same"]) == (0, 0, 2)
    assert [row[1] for row in listed(home, "mine")] == ["Q9001", "Q9004"]


def test_a_ticker_alone_waits_for_the_register(tmp_path: Path, ca: trustme.CA) -> None:
    home = tmp_path / "home"
    file = tmp_path / "mine.csv"
    file.write_text("symbol\nUMB\n")
    with registers(home, ca, ITEMS, FILERS):
        offline = call(home, "companies", "import", file)
        online = call(home, "companies", "import", file, "--resolve")
    assert (offline.status, "--resolve" in offline.err) == (3, True)
    assert online.status == 0, online.err
    assert listed(home, "mine") == [("Umbra Corp /DE/", None, "1002", None)]


def test_a_register_that_does_not_answer_is_named_and_the_rows_are_taken(tmp_path: Path, ca: trustme.CA) -> None:
    home = tmp_path / "home"
    file = write(tmp_path, "Northwind Systems")
    with registers(home, ca, ITEMS, FILERS, www_wikidata_org=lambda _: Response("no", 403)):
        done = call(home, "companies", "import", file, "--resolve")
    assert done.status == 3
    assert "www.wikidata.org" in done.err
    assert listed(home, "mine") == [("NORTHWIND SYSTEMS INC", None, "1001", None)]


# --- a terminal --------------------------------------------------------------------------------------------------


def in_terminal(home: Path, typed: str, *words: object) -> Outcome:
    """The program with a terminal for stdin and everything it prints; `typed` is what the user types."""
    ours, theirs = pty.openpty()
    try:
        process = subprocess.Popen(
            [PROGRAM, *map(str, words)],
            env=environment(home),
            stdin=theirs,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        os.write(ours, typed.encode())
        out, _ = process.communicate(timeout=60)
        return Outcome(process.returncode, out, "")
    finally:
        os.close(ours)
        os.close(theirs)


# --- what a list shows -------------------------------------------------------------------------------------------


def test_a_list_shows_size_and_country_and_can_be_narrowed_to_one(tmp_path: Path) -> None:
    home, file = tmp_path / "home", tmp_path / "mine.csv"
    file.write_text("company,employees,country\nAcme,51-200,Germany\nBolt,1500,US\nCore,,\n")
    assert call(home, "companies", "import", file).status == 0
    table = call(home, "companies", "list", "mine").out.splitlines()
    assert [line.split()[1:4] for line in table[1:]] == [
        ["Acme", "DE", "51-200"], ["Bolt", "US", "1001-5000"], ["Core", "unknown", "unknown"]
    ]  # fmt: skip
    narrowed = {
        words: [line["name"] for line in call(home, "companies", "list", "mine", *words, "--json").json]
        for words in (("--size", "51-200"), ("--country", "us"), ("--size", "unknown"), ("--country", "FR"))
    }
    assert [*narrowed.values()] == [["Acme"], ["Bolt"], ["Core"], []]
    core = call(home, "companies", "list", "mine", "--json").json[2]
    assert (core["size"], core["country"], core["facts"]["employees"]) == (None, None, None)
