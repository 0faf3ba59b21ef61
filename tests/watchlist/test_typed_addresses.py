"""An address with a password in it, typed by the user: refused in one line that does not repeat it, and not stored."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.databases import files_holding
from tests.terminal import Outcome, call

SECRET = "planted-typed-value"
ADDRESSES = [
    f"https://me:{SECRET}@acme.test/",
    f"https://{SECRET}@acme.test/team",
    f"ftp://me:{SECRET}@acme.test/",
    f"//me:{SECRET}@acme.test/",
    f"https:me:{SECRET}@acme.test",
    f"feed:https://me:{SECRET}@acme.test/rss",
    f"https://me:half/{SECRET}@acme.test/",
    f"https://me:{SECRET}@acme.test:port/",
]
COMPANIES = "rank,name,website,wikidata_id,cik,country,leadership_url,source,as_of"
EVENTS = "name,platform,address,field,source,as_of"


def assert_refused(done: Outcome, home: Path) -> None:
    assert done.status == 2
    assert SECRET not in done.out + done.err
    assert "user name or password" in done.err
    assert "MENTORWATCH_<NAME>_TOKEN" in done.err
    assert done.err.count("\n") == 1
    assert files_holding(home, SECRET.encode()) == []


def imported(home: Path, what: str, header: str, line: str) -> Outcome:
    file = home.parent / "list.csv"
    file.write_text(f"{header}\n{line}\n", "utf-8")
    return call(home, what, "import", file)


@pytest.mark.parametrize("address", ADDRESSES)
@pytest.mark.parametrize("line", ["1,Acme,{},,,,,own,2026", "1,Acme,,,,,{},own,2026", "1,Acme,,,,,,see {},2026"])
def test_no_column_of_a_company_list_takes_one(address: str, line: str, tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert_refused(imported(home, "companies", COMPANIES, line.format(address)), home)
    assert call(home, "companies", "list", "list").status != 0


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_conference_has_one(address: str, tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert_refused(imported(home, "events", EVENTS, f"A,,{address},it,me,2026"), home)
    assert_refused(call(home, "events", "add", "A", address), home)
    assert call(home, "events", "list", "--json").json == []


@pytest.mark.parametrize("text", [f"me:{SECRET}@acme.test", f"Q1 https://acme.test/?token={SECRET}"])
def test_what_is_refused_for_another_reason_is_not_repeated_with_its_secret(text: str, tmp_path: Path) -> None:
    for line in (f"1,Acme,{text},,,,,own,2026", f"1,Acme,,{text},,,,own,2026"):
        done = imported(tmp_path / "home", "companies", COMPANIES, line)
        assert done.status == 2
        assert SECRET not in done.out + done.err


def test_a_plain_address_is_taken(tmp_path: Path) -> None:
    line = (
        "1,Acme,https://acme.test/@people?id=5,,,,https://medium.test/@acme/team,see https://a.test and me@a.test,2026"
    )
    assert imported(tmp_path / "home", "companies", COMPANIES, line).status == 0
    assert call(tmp_path / "home", "events", "add", "A", "https://acme.test/2026?lang=de").status == 0
