"""Other people's lists: columns of many names, one company a line, and what is left out with a word."""

from __future__ import annotations

import pytest

from watchlist.companies import CompanyRow, read_company_file, size_band
from watchlist.companies.facts import band_of
from watchlist.companies.figures import column_kind, country_code, read_amount, read_employees
from watchlist.companies.rows import Fact
from watchlist.errors import InputError


def read(*lines: str) -> tuple[CompanyRow, ...]:
    return read_company_file("\n".join(lines).encode(), "mine.csv").rows


def warnings(*lines: str) -> str:
    return "\n".join(read_company_file("\n".join(lines).encode(), "mine.csv").warnings)


@pytest.mark.parametrize(
    ("header", "line", "told"),
    [
        ("Company Name,Domain", "Acme,acme.test", ("Acme", "https://acme.test", None, None)),
        ("organisation;Homepage", "Acme;http://www.acme.test/de", ("Acme", "http://www.acme.test/de", None, None)),
        ("Organization\tWikidata ID", "Acme\thttp://www.wikidata.org/entity/Q77", ("Acme", None, "Q77", None)),
        ("Firma,Webseite,Land", "Acme,acme.test,Deutschland", ("Acme", "https://acme.test", None, None)),
        ("FIRM,CIK_STR", "Acme,0000042.0", ("Acme", None, None, "42")),
        ("cik", "CIK 0042", (None, None, None, "42")),
        ("url", "acme.test/about", (None, "https://acme.test/about", None, None)),
        ("name,contact,company", "Ann Example,ann@acme.test,Acme", ("Acme", None, None, None)),
        ("Entreprise,Site Web", "Acmé,https://acme.test", ("Acmé", "https://acme.test", None, None)),
        ("компания,сайт", "Акме,acme.test", ("Акме", "https://acme.test", None, None)),
    ],
)
def test_columns_are_known_by_many_names(header: str, line: str, told: tuple[str | None, ...]) -> None:
    (row,) = read(header, line)
    assert (row.name, row.website, row.wikidata_id, row.cik) == told
    assert (row.rank, row.source, row.is_ours) == (1, "imported from mine.csv", False)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("Acme, Inc.", ("Acme, Inc.", None, None, None)),
        ('"Acme ""Blue"" Ltd"', ('Acme "Blue" Ltd', None, None, None)),
        ("12. Acme", ("Acme", None, None, None)),
        ("- Acme", ("Acme", None, None, None)),
        ("3M", ("3M", None, None, None)),
        ("7-Eleven", ("7-Eleven", None, None, None)),
        ("U.S.Steel", ("U.S.Steel", None, None, None)),
        ("acme.com", (None, "https://acme.com", None, None)),
        ("WWW.ACME.CO.UK/en", (None, "https://WWW.ACME.CO.UK/en", None, None)),
        ("https://acme.test", (None, "https://acme.test", None, None)),
        ("Q312", (None, None, "Q312", None)),
        ("https://www.wikidata.org/wiki/Q312", (None, None, "Q312", None)),
        ("CIK: 0000320193", (None, None, None, "320193")),
        ("0000320193", (None, None, None, "320193")),
    ],
)
def test_one_company_a_line_by_name_domain_wikidata_id_or_cik(line: str, told: tuple[str | None, ...]) -> None:
    rows = read("# my list", "", line, "Bolt Works")
    assert (rows[0].name, rows[0].website, rows[0].wikidata_id, rows[0].cik) == told
    assert [(row.line, row.rank) for row in rows] == [(3, 1), (4, 2)]


def test_a_heading_above_one_column_is_no_company() -> None:
    assert [row.name for row in read("Company", "Acme, Inc.", "Bolt")] == ["Acme, Inc.", "Bolt"]


def test_ranks_of_the_file_count_only_where_they_are_whole() -> None:
    assert [row.rank for row in read("rank,company", "3,Acme", "1,Bolt")] == [3, 1]
    assert [row.rank for row in read("rank,company", "3,Acme", "3,Bolt", "n/a,Core")] == [1, 2, 3]


def test_what_cannot_be_read_is_named_and_the_row_is_kept() -> None:
    lines = ("company,website,country,cik", "Acme,not a site,Atlantis,twelve", ",,,", "Bolt,n/a,-,unknown", ",,DE,")
    assert [(row.name, row.website, row.country, row.cik) for row in read(*lines)] == [
        ("Acme", None, None, None),
        ("Bolt", None, None, None),
    ]
    said = warnings(*lines)
    assert "line 2: website: not a web address: 'https://not a site'" in said
    assert "line 2: country: not a country" in said
    assert "line 2: cik" in said
    assert "line 5: nothing in it says which company is meant" in said
    assert "line 4" not in said


def test_pages_of_the_list_itself_and_of_platforms_are_nobodys_websites() -> None:
    rows = read("company,url", *(f"Company {n},https://ranking.test/company/{n}" for n in range(5)))
    assert {row.website for row in rows} == {None}
    (row,) = read("company,url", "Acme,https://www.linkedin.com/company/acme")
    assert row.website is None
    assert "a page on a platform" in warnings("company,url", "Acme,https://www.linkedin.com/company/acme")


def test_a_password_in_an_address_is_not_taken_over_nor_said_again() -> None:
    lines = ("company,website", "Acme,https://me:hunter2@acme.test", "Bolt,bolt.test")
    assert [row.name for row in read(*lines)] == ["Bolt"]
    assert "hunter2" not in warnings(*lines)


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        (("a,b,c", "1,2,3", "4,5,6"), "has columns, but none with a name that is known"),
        (("",), "no companies in it"),
        (("company,website", ",,"), "no companies in it"),
    ],
)
def test_a_file_without_a_company_is_refused_with_what_to_do(lines: tuple[str, ...], says: str) -> None:
    with pytest.raises(InputError, match=says) as caught:
        read(*lines)
    assert caught.value.hint


def test_a_list_of_names_has_the_same_limits_as_a_table() -> None:
    with pytest.raises(InputError, match=r"3 rows, more than companies\.max_rows = 2"):
        read_company_file(b"Acme\nBolt\nCore\n", "mine.txt", max_rows=2)
    with pytest.raises(InputError, match="UTF-8"):
        read_company_file("Acme\nMüller\n".encode("latin-1"), "mine.txt")


# --- figures -----------------------------------------------------------------------------------------------------


def test_size_and_revenue_of_a_list_become_facts_with_their_source() -> None:
    (row,) = read("company,headcount,Revenues ($ millions)", 'Acme,"1,500",12.5')
    assert row.facts == (
        Fact(kind="employees", value="1500", source="imported from mine.csv"),
        Fact(kind="revenue", value="12500000", unit="USD", source="imported from mine.csv"),
    )
    (unknown,) = read("company,employees", "Acme,n/a")
    assert unknown.facts == ()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("51-200", "51-200"),
        ("51 – 200 employees", "51-200"),
        ("1,001-5,000", "1001-5000"),
        ("10,001+", "10001+"),
        (">1000", "1000+"),
        ("1500.0", "1500"),
        ("1.500", "1500"),
        ("10K", "10000"),
        ("1K-5K", "1000-5000"),
        ("about 300 people", "300"),
        ("many", None),
        ("<10", None),
        ("200-51", None),
        ("", None),
    ],
)
def test_numbers_of_people(text: str, value: str | None) -> None:
    assert read_employees(text) == value


@pytest.mark.parametrize(
    ("text", "heading", "amount"),
    [
        ("514405.0", "revenue ($ millions)", ("514405000000", "USD")),
        ("274515", "revenues_musd", ("274515000000", "USD")),
        ("$1.2bn", "revenue", ("1200000000", "USD")),
        ("1.234.567,50 €", "Umsatz", ("1234567.5", "EUR")),
        ("12,500", "revenue", ("12500", None)),
        ("3 Mrd. EUR", "Umsatz", ("3000000000", "EUR")),
        ("undisclosed", "revenue", None),
    ],
)
def test_amounts_keep_their_currency_and_unknown_stays_unknown(
    text: str, heading: str, amount: tuple[str, str | None] | None
) -> None:
    assert read_amount(text, heading) == amount


@pytest.mark.parametrize(
    ("employees", "band"),
    [
        (None, None), (0, None), (1, "1-10"), (10, "1-10"), (11, "11-50"), (50, "11-50"),
        (51, "51-200"), (200, "51-200"),
        (201, "201-500"), (500, "201-500"), (501, "501-1000"), (1000, "501-1000"),
        (1001, "1001-5000"), (5000, "1001-5000"),
        (5001, "5001-10000"), (10000, "5001-10000"), (10001, "10001+"), (2_300_000, "10001+"),
    ],
)  # fmt: skip
def test_every_edge_of_the_size_bands(employees: int | None, band: str | None) -> None:
    assert size_band(employees) == band


@pytest.mark.parametrize(
    ("value", "band"),
    [("1500", "1001-5000"), ("51-200", "51-200"), ("60-100", "51-200"), ("100-300", "100-300"), ("10001+", "10001+"),
     ("10000+", "10001+"), ("500+", "500+"), ("", None), (None, None), ("lots", None)],
)  # fmt: skip
def test_a_band_of_another_scale_is_not_forced_into_ours(value: str | None, band: str | None) -> None:
    assert band_of(value) == band


@pytest.mark.parametrize(
    ("text", "code"),
    [("Germany", "DE"), ("de", "DE"), ("UK", "GB"), ("U.S.A.", "US"), ("Österreich", "AT"), ("The Netherlands", "NL"),
     ("GB", "GB"), ("Atlantis", None), ("", None), ("X", None)],
)  # fmt: skip
def test_countries_by_code_and_name(text: str, code: str | None) -> None:
    assert country_code(text) == code


@pytest.mark.parametrize(
    ("heading", "kind"),
    [("Company_Name", "name"), ("Employee count", "employees"), ("Total funding (€)", None),
     ("Revenue (USD m)", "revenue"),
     ("Founded year", None), ("WEBSITE URL", "website"), ("#", "rank"), ("Market Cap", "market_cap"),
     ("Société", "name")],
)  # fmt: skip
def test_headings(heading: str, kind: str | None) -> None:
    assert column_kind(heading) == kind
