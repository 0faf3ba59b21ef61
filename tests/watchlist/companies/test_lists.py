from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlmodel import Session, select

from watchlist.companies import (
    COLUMNS,
    CompanyRow,
    ImportReport,
    import_companies,
    list_companies,
    presets,
    read_company_csv,
    read_preset,
    require_list,
)
from watchlist.errors import InputError, NotFoundError, UsageError
from watchlist.models import CompanyList, ListEntry, Organization
from watchlist.settings import load_settings
from watchlist.store import Store

HEADER = ",".join(COLUMNS)
GOOD = "1,Acme,https://acme.test,,,DE,,a list,2024"


def csv_of(*lines: str) -> bytes:
    return "\n".join([HEADER, *lines, ""]).encode()


def read(*lines: str) -> tuple[CompanyRow, ...]:
    return read_company_csv(csv_of(*lines), "mine.csv").rows


def row(rank: int, name: str, website: str = "", **cells: str) -> str:
    values = {"rank": str(rank), "name": name, "website": website, "source": "a list"} | cells
    return ",".join(values.get(column, "") for column in COLUMNS)


# --- the shipped lists -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["edtech", "finance", "healthcare", "it"])
def test_a_shipped_list_is_fifty_companies_each_with_an_honest_source(key: str) -> None:
    rows = read_preset(key).rows
    assert [company.rank for company in rows] == list(range(1, 51))
    for company in rows:
        assert company.website
        assert urlsplit(company.website).scheme == "https", company
        # a website given from knowledge says so; the first crawl confirms it
        assert "recalled, unverified" in company.source, company
        assert company.leadership_url is None, company
        assert company.country, company
        assert company.as_of, company
        assert company.cik is None or "CIK: SEC" in company.source, company
        assert company.wikidata_id is None or "Wikidata" in company.source, company


def test_the_shipped_lists_are_listed_and_an_unknown_one_names_them() -> None:
    assert [(each.key, each.companies) for each in presets()] == [
        ("edtech", 50),
        ("finance", 50),
        ("healthcare", 50),
        ("it", 50),
    ]
    with pytest.raises(NotFoundError, match="edtech, finance, healthcare, it"):
        read_preset("../companies/it")


# --- reading -----------------------------------------------------------------------------------------------------


def test_a_good_row_is_read_with_unknown_as_none() -> None:
    assert read(GOOD) == (
        CompanyRow(
            line=2,
            rank=1,
            name="Acme",
            website="https://acme.test",
            wikidata_id=None,
            cik=None,
            country="DE",
            leadership_url=None,
            source="a list",
            as_of="2024",
        ),
    )


@pytest.mark.parametrize(
    ("line", "column", "words"),
    [
        (row(0, "Acme"), "rank", "a rank is a whole number from 1, not '0'"),
        (row(1, "Acme").replace("1,", "first,", 1), "rank", "not 'first'"),
        (row(1, "Acme").replace("1,", "-1,", 1), "rank", "not '-1'"),
        (row(1, "Acme").replace("1,", "\u0661,", 1), "rank", "a rank is a whole number"),
        (row(1, ""), "name", "the name is empty"),
        (row(1, "  "), "name", "the name is empty"),
        (row(1, "x" * 201), "name", "at most 200"),
        (row(1, "Ac\x00me"), "name", "a control character (U+0000)"),
        (row(1, "Acme", "ftp://acme.test"), "website", "not an http or https address: 'ftp://acme.test'"),
        (row(1, "Acme", "acme.test"), "website", "not an http or https address: 'acme.test'"),
        (row(1, "Acme", "javascript:alert(1)"), "website", "not an http or https address"),
        (row(1, "Acme", "mailto:a@acme.test"), "website", "not an http or https address"),
        (row(1, "Acme", "https://"), "website", "not a web address"),
        (row(1, "Acme", "https://acme"), "website", "not a web address"),
        (row(1, "Acme", "https://ac me.test"), "website", "not a web address"),
        (row(1, "Acme", "https://me:secret@acme.test"), "website", "a user name or password in it"),
        (row(1, "Acme", "https://acme.test:port"), "website", "not a web address"),
        (row(1, "Acme", "https://[acme"), "website", "not a web address"),
        (row(1, "Acme", leadership_url="//acme.test/team"), "leadership_url", "not an http or https address"),
        (row(1, "Acme", wikidata_id="312"), "wikidata_id", "not a Wikidata id such as Q173395: '312'"),
        (row(1, "Acme", cik="CIK12"), "cik", "not a CIK (digits): 'CIK12'"),
        (row(1, "Acme", country="Germany"), "country", "two capital letters"),
        (row(1, "Acme", as_of="last year"), "as_of", "not a date such as 2021"),
        ("1,Acme,https://acme.test", "wikidata_id", "3 cells where the header has 9"),
        (GOOD + ",more", 10, "10 cells where the header has 9"),
        ('"1,Acme', "rank", "never closed"),
    ],
)
def test_a_bad_cell_is_named_with_line_and_column(line: str, column: str | int, words: str) -> None:
    with pytest.raises(InputError) as caught:
        read(row(7, "Bolt", "https://bolt.test"), "", line)
    assert (caught.value.file, caught.value.line, caught.value.column) == ("mine.csv", 4, column)
    assert words in caught.value.message
    assert caught.value.hint == "nothing was taken over"


@pytest.mark.parametrize("column", COLUMNS)
def test_a_missing_column_is_named(column: str) -> None:
    kept = [name for name in COLUMNS if name != column]
    with pytest.raises(InputError, match=f"missing column: {column}") as caught:
        read_company_csv(",".join(kept).encode(), "mine.csv")
    assert (caught.value.line, caught.value.column) == (1, column)


@pytest.mark.parametrize(
    ("second", "column", "words"),
    [
        (row(1, "Bolt", "https://bolt.test"), "rank", "1 stands in line 2 already"),
        (row(2, "ACME", "https://bolt.test"), "name", "ACME stands in line 2 already"),
        (row(2, "Bolt", "http://www.acme.test/en"), "website", "http://www.acme.test/en stands in line 2 already"),
        (row(2, "Bolt", wikidata_id="Q1"), "wikidata_id", "Q1 stands in line 2 already"),
        (row(2, "Bolt", cik="0042"), "cik", "42 stands in line 2 already"),
    ],
)
def test_a_row_that_repeats_another_is_named(second: str, column: str, words: str) -> None:
    first = row(1, "Acme", "https://acme.test", wikidata_id="Q1", cik="42")
    with pytest.raises(InputError) as caught:
        read(first, second)
    assert (caught.value.line, caught.value.column) == (3, column)
    assert words in caught.value.message


def test_sites_on_other_ports_and_companies_without_a_website_are_no_doubles() -> None:
    rows = read(row(1, "A", "http://a.test:8081"), row(2, "B", "http://a.test:8082"), row(3, "C"), row(4, "D"))
    assert [company.key for company in rows] == ["a.test:8081", "a.test:8082", "name:c", "name:d"]


def test_latin_1_bytes_are_named_with_line_and_column_and_nothing_is_read() -> None:
    with pytest.raises(InputError, match="byte 0xFC") as caught:
        read_company_csv(
            csv_of(GOOD, row(2, "M\u00fcller", "https://mueller.test")).decode().encode("latin-1"), "l.csv"
        )
    assert (caught.value.line, caught.value.column) == (3, "name")


def test_all_problems_of_a_file_are_named_at_once() -> None:
    with pytest.raises(InputError) as caught:
        read(row(0, "", "ftp://acme.test"), GOOD, row(1, "Bolt"))
    assert [line.partition(": ")[0] for line in str(caught.value).splitlines()] == [
        "mine.csv, line 2, column rank",
        "mine.csv, line 2, column name",
        "mine.csv, line 2, column website",
        "mine.csv, line 4, column rank",
    ]


def test_ten_thousand_rows_are_refused_whole_by_the_default_setting(tmp_path: Path) -> None:
    limit = load_settings(tmp_path).companies.max_rows
    data = csv_of(*(row(rank, f"Company {rank}", f"https://c{rank}.test") for rank in range(1, 10_001)))
    file = tmp_path / "long.csv"
    file.write_bytes(data)
    with pytest.raises(InputError, match=f"10000 rows, more than companies.max_rows = {limit} allows") as caught:
        read_company_csv(file, "long.csv", max_rows=limit)
    assert (caught.value.line, caught.value.column) == (limit + 2, "rank")
    assert len(read_company_csv(file, "long.csv", max_rows=10_000).rows) == 10_000


def test_a_list_without_companies_is_refused() -> None:
    with pytest.raises(InputError, match="no companies below the header"):
        read("")


def test_semicolons_bom_and_further_columns_are_read_and_the_latter_named() -> None:
    text = (HEADER + ",notes").replace(",", ";") + "\r\n" + (GOOD + ",call them").replace(",", ";") + "\r\n"
    file = read_company_csv(b"\xef\xbb\xbf" + text.encode(), "mine.csv")
    assert [company.name for company in file.rows] == ["Acme"]
    assert file.warnings == ("mine.csv: columns not used: notes",)


def test_a_row_without_a_source_says_where_it_came_from() -> None:
    assert read(row(1, "Acme", source=""))[0].source == "imported from mine.csv"


# --- the database ------------------------------------------------------------------------------------------------


def take_over(store: Store, *lines: str, field: str = "it", dry_run: bool = False) -> ImportReport:
    with store.session() as session:
        return import_companies(session, read(*lines), field, dry_run=dry_run)


def counts(report: ImportReport) -> tuple[int, int, int, int]:
    return report.new, report.changed, report.same, report.removed


def all_rows(session: Session) -> list[object]:
    tables: tuple[Any, ...] = (Organization, CompanyList, ListEntry)
    return [each.model_dump() for table in tables for each in session.exec(select(table).order_by(table.id))]


def test_importing_twice_adds_nothing(store: Store) -> None:
    lines = [GOOD, row(2, "Bolt", "https://bolt.test", cik="42")]
    assert counts(take_over(store, *lines)) == (2, 0, 0, 0)
    with store.session() as session:
        before = all_rows(session)
    assert counts(take_over(store, *lines)) == (0, 0, 2, 0)
    with store.session() as session:
        assert all_rows(session) == before


def test_every_shipped_list_is_taken_over_and_a_company_on_two_lists_is_one(store: Store) -> None:
    with store.session() as session:
        for preset in presets():
            report = import_companies(session, read_preset(preset.key).rows, preset.key)
            assert report.new == 50
        assert len(session.exec(select(Organization)).all()) <= 200
        assert len(session.exec(select(ListEntry)).all()) == 200
    lines = [row(1, "Apple Inc.", "https://apple.com/", cik="320193"), row(2, "Acme", "https://acme.test")]
    take_over(store, *lines, field="mine")
    with store.session() as session:
        apples = session.exec(select(Organization).where(Organization.cik == "320193")).all()
        assert [(each.key, each.name) for each in apples] == [("cik:320193", "Apple Inc.")]
        assert len(session.exec(select(ListEntry).where(ListEntry.organization_id == apples[0].id)).all()) == 2


@pytest.mark.parametrize(
    ("first", "second", "organisations"),
    [
        (row(1, "A", "https://a.test", wikidata_id="Q1"), row(5, "B", "https://b.test", wikidata_id="Q1"), 1),
        (row(1, "A", "https://a.test", cik="1"), row(5, "B", "https://b.test", cik="0001"), 1),
        (row(1, "A", "https://a.test", wikidata_id="Q1", cik="1"), row(5, "B", cik="1"), 1),
        (row(1, "A", "https://www.a.test/en"), row(5, "B", "http://a.test"), 1),
        (row(1, "A", "https://a.test", wikidata_id="Q1"), row(5, "B", "https://a.test"), 1),
        (row(1, "Acme GmbH"), row(5, "ACME gmbh"), 1),
        (row(1, "Acme", "https://acme.test"), row(5, "Acme"), 1),
        (row(1, "Acme"), row(5, "Acme", "https://acme.test"), 1),
        (row(1, "Acme", "https://acme.test"), row(5, "Acme", "https://acme.example"), 2),
        (row(1, "A", "https://a.test", wikidata_id="Q1"), row(5, "A", "https://a.test", wikidata_id="Q2"), 2),
        (row(1, "A", "https://a.test", cik="1"), row(5, "A", "https://a.test", cik="2"), 2),
    ],
)
def test_what_makes_two_rows_one_organisation(store: Store, first: str, second: str, organisations: int) -> None:
    take_over(store, first, field="it")
    assert counts(take_over(store, second, field="edtech")) == (1, 0, 0, 0)
    with store.session() as session:
        assert len(session.exec(select(Organization)).all()) == organisations
        assert len(session.exec(select(ListEntry)).all()) == 2


def test_an_empty_cell_erases_nothing_and_a_filled_one_changes(store: Store) -> None:
    take_over(store, row(1, "Acme", "https://acme.test", country="DE", wikidata_id="Q1"))
    assert counts(take_over(store, row(3, "Acme Group", wikidata_id="Q1", cik="42"))) == (0, 1, 0, 0)
    with store.session() as session:
        (line,) = list_companies(session, "it")
    assert line.as_json() == {
        "rank": 3,
        "name": "Acme Group",
        "website": "https://acme.test",
        "wikidata_id": "Q1",
        "cik": "42",
        "country": "DE",
        "leadership_url": None,
        "site_state": "unverified",
        "source": "a list",
        "as_of": None,
        "measure": None,
        "value": None,
        "unit": None,
        "size": None,
        "site_checked_at": None,
        "site_reason": None,
        "site_moved_to": None,
        "facts": {
            "employees": None,
            "revenue": None,
            "market_cap": None,
            "country": {"value": "DE", "unit": None, "as_of": None, "source": "a list"},
        },
    }


def test_another_website_has_to_be_confirmed_anew_and_what_the_crawl_learned_stays(store: Store) -> None:
    line = row(1, "Acme", "https://acme.test", wikidata_id="Q1")
    take_over(store, line)
    with store.session() as session:
        acme = session.exec(select(Organization)).one()
        acme.site_state, acme.leadership_url = "confirmed", "https://acme.test/team"
    assert counts(take_over(store, line)) == (0, 0, 1, 0)
    with store.session() as session:
        acme = session.exec(select(Organization)).one()
        assert (acme.site_state, acme.leadership_url) == ("confirmed", "https://acme.test/team")
    take_over(store, row(1, "Acme", "https://acme.example", wikidata_id="Q1"))
    with store.session() as session:
        assert session.exec(select(Organization)).one().site_state == "unverified"


def test_a_company_that_left_the_list_leaves_it_here_but_stays_known(store: Store) -> None:
    take_over(store, GOOD, row(2, "Bolt", "https://bolt.test"))
    assert counts(take_over(store, row(1, "Bolt", "https://bolt.test"), row(2, "Core"))) == (1, 1, 0, 1)
    with store.session() as session:
        assert [(each.rank, each.name) for each in list_companies(session, "it")] == [(1, "Bolt"), (2, "Core")]
        assert len(session.exec(select(Organization)).all()) == 3


def test_a_dry_run_reports_the_same_and_writes_nothing(store: Store) -> None:
    take_over(store, GOOD, row(2, "Bolt", "https://bolt.test"))
    with store.session() as session:
        before = all_rows(session)
    changed = (row(1, "Acme", "https://acme.test", country="AT"), row(3, "Core"))
    dry = take_over(store, *changed, dry_run=True)
    assert dry.dry_run
    with store.session() as session:
        assert all_rows(session) == before
    assert counts(take_over(store, *changed)) == counts(dry) == (1, 1, 0, 1)


def test_two_rows_that_turn_out_to_be_one_known_company_change_nothing(store: Store) -> None:
    take_over(store, row(1, "Acme", "https://acme.test", cik="42"))
    with pytest.raises(UsageError, match="lines 3 and 4 mean one organisation: Acme and Acme Holding"):
        take_over(store, row(9, "Core"), row(1, "Acme", "https://acme.test"), row(2, "Acme Holding", cik="42"))
    with store.session() as session:
        assert [each.name for each in list_companies(session, "it")] == ["Acme"]


def test_an_unknown_list_names_what_there_is_and_what_is_shipped(store: Store) -> None:
    with store.session() as session:
        with pytest.raises(NotFoundError, match=r"none is imported yet.*edtech, finance, healthcare, it"):
            require_list(session, "law")
        import_companies(session, read(GOOD), "it", key="my-it")
        with pytest.raises(NotFoundError, match="imported are my-it"):
            list_companies(session, "law")
        assert require_list(session, "my-it").field == "it"


def test_a_list_of_thousands_is_taken_over_at_once(store: Store) -> None:
    lines = [row(rank, f"Company {rank}", f"https://c{rank}.test") for rank in range(1, 5001)]
    assert counts(take_over(store, *lines)) == (5000, 0, 0, 0)
    assert counts(take_over(store, *lines)) == (0, 0, 5000, 0)
    assert counts(take_over(store, lines[0])) == (0, 0, 1, 4999)
