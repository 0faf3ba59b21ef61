"""import, people add and ledger as a user runs them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.terminal import Outcome, call
from tests.watchlist.imports.exports import contact, export
from tests.watchlist.imports.saved import html, single_file

LIST = """rank,name,website,wikidata_id,cik,country,leadership_url,source,as_of
1,"Acme, Inc.",https://acme.test/,,,US,,own,2026
2,Bolt GmbH,https://bolt.test/,,,DE,,own,2026
3,Core,,,,FR,,own,2026
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with a goal on a list of three companies, none of which was visited."""
    home = tmp_path / "home"
    (tmp_path / "it.csv").write_text(LIST)
    assert call(home, "companies", "import", tmp_path / "it.csv", "--field", "it").status == 0
    goal = ("--from", "HR manager", "--to", "HR director", "--list", "it", "--follow", "none")
    assert call(home, "goal", "set", *goal).status == 0
    return home


def said(done: Outcome) -> str:
    return done.out + done.err


def test_from_gaps_to_a_full_ledger_by_hand(home: Path, tmp_path: Path) -> None:
    gaps = call(home, "ledger", "--gaps")
    assert "Not visited yet: one command visits them all (2 companies)" in gaps.out
    assert "    3  Core: no_website" in gaps.out
    (home / "inbox").mkdir()
    (home / "inbox" / "Acme.html").write_bytes(single_file())
    assert "read 3 people, 3 new, Acme, Inc." in said(call(home, "import", "inbox"))
    file = tmp_path / "Connections.csv"
    file.write_bytes(export(contact("Di Marsh", "Bolt", "Chief People Officer")))
    assert "1 work at companies of your lists" in said(call(home, "import", "linkedin", file))
    added = call(home, "people", "add", "Ed Stone", "--title", "Head of HR", "--company", "core")
    assert "added Ed Stone, Head of HR, Core: hr, head" in said(added)
    shown = call(home, "ledger")
    assert "3 companies = 3 with somebody (1 at director, 1 above it, 1 below it) + 0 without" in shown.err
    lines = call(home, "ledger", "--json").json["lines"]
    assert [(line["match"], line["people"][0]["tier"]) for line in lines] == [
        ("at", "saved"), ("above", "import"), ("below", "manual"),
    ]  # fmt: skip
    assert call(home, "ledger", "--gaps").out == "no gaps\n"


def test_a_company_is_left_out_and_taken_up_again(home: Path) -> None:
    assert "left out: Bolt GmbH" in said(call(home, "ledger", "skip", "bolt.test", "--note", "too far"))
    line = call(home, "ledger", "--json").json["lines"][1]
    assert (line["reason"], line["note"], line["cause"]) == ("skipped", "too far", "not_crawled")
    assert "taken up again: Bolt GmbH" in said(call(home, "ledger", "unskip", "Bolt"))
    assert "Bolt GmbH was not left out" in said(call(home, "ledger", "unskip", "Bolt"))
    wrong = call(home, "ledger", "skip", "Nobody")
    assert (wrong.status, wrong.out) == (2, "")
    assert "no company of the list 'it' is called 'Nobody'" in wrong.err


def test_several_goals_stand_below_each_other(home: Path, tmp_path: Path) -> None:
    goal = ("--from", "Accountant", "--to", "CFO", "--list", "it", "--follow", "none", "--name", "money")
    assert call(home, "goal", "set", *goal).status == 0
    both = ("--goal", "main", "--goal", "money")
    assert [each["goal"] for each in call(home, "ledger", *both, "--json").json] == ["main", "money"]
    shown = call(home, "ledger", *both).out
    assert shown.index("main: hr, director") < shown.index("money: finance, c_level")
    done = call(home, "ledger", *both, "--csv", tmp_path / "out.csv")
    assert done.status == 0
    assert len((tmp_path / "out.csv").read_text().splitlines()) == 7


def test_files_that_stay_in_the_inbox_end_in_part(home: Path) -> None:
    inbox = home / "inbox"
    inbox.mkdir()
    (inbox / "good.html").write_bytes(single_file())
    (inbox / "bad.html").write_bytes(html())
    done = call(home, "import", "inbox")
    assert done.status == 3
    assert "bad.html: left where it is: the file does not say which address it shows" in done.out
    assert call(home, "import", "inbox", "--json").json["files"][0]["reason"] == "no_address"
    (inbox / "bad.html").unlink()
    empty = call(home, "import", "inbox")
    assert (empty.status, empty.out) == (0, "")
    assert f"nothing waits in {inbox}" in empty.err


def test_one_page_is_read_with_what_the_user_says_of_it(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "page.html"
    file.write_bytes(html())
    options = ("--url", "https://elsewhere.test/acme", "--company", "Acme")
    tried = call(home, "import", "page", file, *options, "--dry-run")
    assert (tried.status, "would read 3 people" in tried.out) == (0, True)
    assert call(home, "people", "list", "--json").json == []
    assert call(home, "import", "page", file, *options, "--json").json["names"][0] == "Ada Quist"
    assert call(home, "import", "page", file).status == 1
    assert call(home, "import", "page", file, "--url", "acme.test").status == 2
    missing = call(home, "import", "page", tmp_path / "none.html")
    assert (missing.status, "no such file" in missing.err) == (2, True)


def test_an_export_that_is_none_is_one_line(home: Path, tmp_path: Path) -> None:
    done = call(home, "import", "linkedin", tmp_path / "it.csv")
    assert (done.status, done.out, done.err.count("\n")) == (2, "", 1)
    assert "Get a copy of your data" in done.err


def test_init_makes_the_inbox(tmp_path: Path) -> None:
    home = tmp_path / "new"
    assert call(home, "init", "--contact", "me@example.test").status == 0
    assert (home / "inbox").is_dir()
