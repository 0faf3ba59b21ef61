"""EDGAR's lists and addresses: tickers, filings, older files, daily indexes."""

from __future__ import annotations

import json
from datetime import date
from urllib.parse import urlsplit

import pytest

from crawler.fetch.access import access_rules
from crawler.registries.answers import AnswerError
from crawler.registries.edgar import (
    TICKERS_URL,
    Filing,
    daily_index_url,
    departure_reports,
    filing_url,
    move_hint,
    older_url,
    ownership_filings,
    person_page,
    plain_cik,
    read_index,
    read_older,
    read_submissions,
    read_tickers,
    submissions_url,
)
from tests.crawler.registries.saved_answers import saved

CIK = "1999001"


def test_the_newest_statements_of_insiders_within_the_time() -> None:
    filings = read_submissions(saved("submissions.json")).filings
    found = ownership_filings(filings, most=3, since="2024-11-23")
    assert [filing.accession[-6:] for filing in found] == ["000009", "000007", "000006"]
    everything = ownership_filings(filings, most=100, since="2024-11-23")
    assert [filing.form for filing in everything] == ["4", "4", "3", "4/A", "4", "5"]
    assert everything[4].reported_on is None
    assert everything[4].happened_on == "2026-03-02"


def test_a_report_with_item_502_is_a_dated_hint() -> None:
    listed = read_submissions(saved("submissions.json"))
    reports = departure_reports(listed.filings, most=5, since="2024-11-23")
    hint = move_hint(listed.cik, reports[0], "departure")
    assert (hint.kind, hint.happened_on, hint.detail) == ("8-K_5.02", "2026-10-01", "departure")
    assert hint.url == "https://www.sec.gov/Archives/edgar/data/1999001/000199900126000008/nwr-20261001.htm"
    assert len(reports) == 2


def test_the_raw_form_is_behind_the_folder_of_the_rendered_one() -> None:
    filings = read_submissions(saved("submissions.json")).filings
    assert filing_url("0001999001", filings[0]) == (
        "https://www.sec.gov/Archives/edgar/data/1999001/000199900126000009/form4.xml"
    )
    unnamed = ownership_filings(filings, most=1, since="")[0].__class__("0001999001-04-000001", "4", "2004-01-02", None)
    assert filing_url(CIK, unnamed).endswith("/000199900104000001/0001999001-04-000001.txt")


def test_every_address_is_one_that_edgar_documents() -> None:
    filing = read_submissions(saved("submissions.json")).filings[0]
    addresses = [
        TICKERS_URL,
        submissions_url(CIK),
        older_url("CIK0001999001-submissions-001.json"),
        filing_url(CIK, filing),
        daily_index_url(date(2020, 3, 18)),
    ]
    for address in addresses:
        parts = urlsplit(address)
        assert access_rules().api(f"{parts.scheme}://{parts.netloc}", parts.path), address
    assert addresses[1] == "https://data.sec.gov/submissions/CIK0001999001.json"
    assert addresses[4] == "https://www.sec.gov/Archives/edgar/daily-index/2020/QTR1/form.20200318.idx"
    assert person_page("1234567") == person_page("0001234567")
    assert person_page(1234567).endswith("CIK=0001234567")


def test_older_filings_have_the_same_columns() -> None:
    listed = read_submissions(saved("submissions.json"))
    assert listed.older == ("CIK0001999001-submissions-001.json",)
    assert read_older(saved("submissions-001.json")) == listed.filings[-1:]


def test_tickers_and_their_companies() -> None:
    tickers = read_tickers(saved("company_tickers.json"))
    assert tickers[0] == ("1999001", "NWR", "NORTHWIND ROBOTICS INC")
    assert [ticker.cik for ticker in tickers] == ["1999001", "1999002"]


@pytest.mark.parametrize("name", ["form.idx", "company.idx"])
def test_a_daily_index_in_either_order(name: str) -> None:
    entries = read_index(saved(name))
    assert {entry.form for entry in entries} <= {"4", "8-K", "10-12G/A"}
    assert entries[0].name == "NORTHWIND ROBOTICS INC"
    assert (entries[0].cik, entries[0].filed_on[:7]) == ("1999001", "2026-10")
    assert all(entry.path.startswith("edgar/data/") for entry in entries)


def test_a_name_that_looks_like_columns_stays_whole() -> None:
    assert read_index(saved("form.idx"))[2].name == "1 800 Invented, L.P."


@pytest.mark.parametrize(
    "body",
    [
        b"<html>Your Request Originates from an Undeclared Automated Tool</html>",
        b"{}",
        b'{"cik":"x","filings":{}}',
        b"[]",
    ],
)
def test_what_is_no_list_is_an_error(body: bytes) -> None:
    for reader in (read_submissions, read_tickers, read_older):
        with pytest.raises(AnswerError):
            reader(body)
    with pytest.raises(AnswerError):
        read_index(body)


def test_rows_that_do_not_fit_are_left_out() -> None:
    answer = json.loads(saved("submissions.json"))
    answer["filings"]["recent"]["filingDate"][0] = None
    answer["filings"]["recent"]["accessionNumber"][1] = "../../etc"
    answer["filings"]["files"] = [{"name": "../CIK1.json"}, None]
    listed = read_submissions(json.dumps(answer).encode())
    assert len(listed.filings) == 8
    assert listed.older == ()


def test_a_day_that_no_calendar_has_is_none() -> None:
    answer = json.loads(saved("submissions.json"))
    answer["filings"]["recent"]["filingDate"][0] = "2026-02-30"
    answer["filings"]["recent"]["reportDate"][1] = "2026-13-01"
    listed = read_submissions(json.dumps(answer).encode())
    assert len(listed.filings) == 9
    assert listed.filings[0].reported_on is None


def test_columns_that_do_not_belong_together_are_no_list() -> None:
    answer = json.loads(saved("submissions.json"))
    answer["filings"]["recent"]["form"].pop()
    with pytest.raises(AnswerError, match="different lengths"):
        read_submissions(json.dumps(answer).encode())


def test_an_amendment_counts_by_what_it_reports_on() -> None:
    late = Filing("0001999001-26-000099", "4/A", "2026-11-20", "2025-12-01")
    newer = Filing("0001999001-26-000050", "4", "2026-06-02", "2026-06-01")
    other = Filing("0001999001-26-000051", "8-K", "2026-06-02", "2026-06-01")
    assert ownership_filings([late, newer, other], most=9, since="2026-01-01") == (newer, late)
    assert ownership_filings([late, newer], most=1, since="2026-01-01") == (newer,)
    assert ownership_filings([late, newer], most=9, since="2026-07-01") == (late,)


def test_what_is_no_cik_is_refused() -> None:
    for text in ("", "x", "0", "12345678901", "-5"):
        with pytest.raises(ValueError, match="CIK"):
            plain_cik(text)
