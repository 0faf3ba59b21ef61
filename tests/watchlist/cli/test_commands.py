"""The command line as a user meets it: exit statuses, one clear line for an error, JSON alone on stdout."""

from __future__ import annotations

import json
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from tests.terminal import PROGRAM, call, run

HEADER = "rank,name,website,wikidata_id,cik,country,leadership_url,source,as_of\n"


def test_help_and_version_answer() -> None:
    done = run(Path("/nonexistent"), "--help")
    assert done.status == 0
    assert "crawl" in done.out
    assert re.fullmatch(r"mentorwatch \d+\.\d+\.\d+\n", run(Path("/nonexistent"), "--version").out)


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys; from watchlist.cli import app; "
        "print([m for m in ('scrapy','twisted','sqlalchemy','sqlmodel','lxml','httpx','feedparser','jinja2',"
        "'apscheduler','trustme','pydantic') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("goal", "show"), "there is no goal yet"),
        (("companies", "import", "nowhere"), "no list 'nowhere' is shipped"),
        (("companies", "list", "it"), "no company list is called 'it'"),
        (("people", "show", "Nobody At All"), "nothing is held about"),
        (("crawl", "leaders"), "no contact address is set"),
        (("--home", "", "doctor"), "--home is empty"),
        (("inspect", "page", __file__, "--url", "nonsense"), "is not a web address"),
        (("people", "list", "--function", "nope"), "--function is one of"),
        (("init", "--contact", "me@example.test", "--from", "a"), "a goal needs a company list"),
        (("inspect", "page", "missing.html", "--url", "https://acme.test/"), "missing.html"),
        (("export", "csv", "--state", "admired"), "no state is called 'admired'"),
        (("init",), "no contact address"),
        (("init", "--contact", "two words"), "is not a mail address or a web page"),
        (("nonsense",), "No such command"),
    ],
)
def test_wrong_usage_is_one_clear_line_and_status_2(tmp_path: Path, words: tuple[str, ...], says: str) -> None:
    done = call(tmp_path / "home", *words)
    assert done.status == 2, done.err
    assert says in done.err
    assert "Traceback" not in done.err


def test_a_wrong_setting_names_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('contact = "me@example.test"\n[network]\ngap_seconds = 0.1\n')
    done = call(tmp_path, "doctor")
    assert (done.status, "config.toml, line 3" in done.err, "gap_seconds" in done.err) == (2, True, True)


def test_a_bad_company_list_is_refused_whole(tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_text(HEADER + "1,Acme,ftp://acme.test/,,,SE,,own,2026\n2,,,,,SE,,own,2026\n")
    done = call(tmp_path / "home", "companies", "import", file)
    assert done.status == 2
    assert "line 2" in done.err
    assert "line 3" in done.err
    assert call(tmp_path / "home", "companies", "list", "mine").status == 2


def test_import_goal_and_an_empty_ledger(tmp_path: Path) -> None:
    assert call(tmp_path, "init", "--contact", "me@example.test", "--list", "it", "--from", "HR manager", "--to",
               "HR director of an IT company").status == 0  # fmt: skip
    goal = call(tmp_path, "goal", "show", "--json").json
    assert (goal["function"], goal["level"], goal["list"]) == ("hr", "director", "it")
    again = call(tmp_path, "companies", "import", "it", "--json").json
    assert (again["new"], again["changed"], again["same"]) == (0, 0, 50)
    ledger = call(tmp_path, "ledger", "--json").json
    assert len(ledger["lines"]) == 50
    assert ledger["totals"]["reasons"] == {"not_crawled": 50}
    assert "me@example.test" in call(tmp_path, "doctor").out


def test_inspect_title_gives_one_object_a_line() -> None:
    done = call(Path("/nonexistent"), "inspect", "title", "--json", stdin="Chief People Officer\nVP Sales\n")
    first, second = (json.loads(line) for line in done.out.splitlines())
    assert (first["function"], first["level"], second["function"], second["level"]) == ("hr", "c_level", "sales", "vp")
    assert list(first) == ["title", "function", "level", "also", "organisation", "former", "acting", "deputy",
                           "language", "confidence"]  # fmt: skip


def test_inspect_url_judges_without_looking_up() -> None:
    done = call(Path("/nonexistent"), "inspect", "url", "--json", stdin='"https://acme.test/"\n"http://127.1/"\n')
    assert [json.loads(line) for line in done.out.splitlines()] == [
        {"url": "https://acme.test/", "allowed": True, "reason": "resolve-later"},
        {"url": "http://127.1/", "allowed": False, "reason": json.loads(done.out.splitlines()[1])["reason"]},
    ]


def test_inspect_page_and_feed_print_the_promised_keys(tmp_path: Path) -> None:
    page = tmp_path / "team.html"
    page.write_text(
        "<html><body><h1>Leadership</h1><div><h3>Ada Quist</h3><p>Chief People Officer</p></div>"
        "<div><h3>Bo Ferrari</h3><p>Chief Financial Officer</p></div>"
        "<div><h3>Cyrus Lindqvist</h3><p>VP Engineering</p></div></body></html>"
    )
    found = call(tmp_path, "inspect", "page", page, "--url", "https://acme.test/team", "--json").json
    assert list(found) == ["kind", "reader", "people", "reason"]
    assert [person["name"] for person in found["people"]] == ["Ada Quist", "Bo Ferrari", "Cyrus Lindqvist"]
    assert list(found["people"][0]) == ["name", "title", "organisation", "function", "level", "also", "section",
                                        "title_scope", "links", "talks"]  # fmt: skip
    feed = tmp_path / "feed.xml"
    feed.write_text("<rss version='2.0'><channel><title>T</title><item><title>One</title></item></channel></rss>")
    read = call(tmp_path, "inspect", "feed", feed, "--url", "https://ada.test/feed", "--json").json
    assert list(read) == ["kind", "title", "link", "entries", "problems"]
    assert list(read["entries"][0]) == ["id", "title", "url", "published", "updated", "author"]


def test_a_crawl_without_a_list_says_how_to_name_one(tmp_path: Path) -> None:
    call(tmp_path, "init", "--contact", "me@example.test")
    done = call(tmp_path, "crawl", "leaders")
    assert (done.status, "no list is named and no goal is set" in done.err) == (2, True)


def test_setting_a_goal_again_keeps_whom_to_follow(tmp_path: Path) -> None:
    call(tmp_path, "companies", "import", "it")
    goal = ("goal", "set", "--from", "HR manager", "--to", "HR director", "--list", "it")
    call(tmp_path, *goal, "--follow", "goal")
    call(tmp_path, *goal)
    assert call(tmp_path, "goal", "show", "--json").json["follow"] == "goal"


def test_init_keeps_a_list_of_ones_own(tmp_path: Path) -> None:
    file = tmp_path / "mine.csv"
    file.write_text(HEADER + "1,Acme,https://acme.test/,,,SE,,own,2026\n")
    call(tmp_path, "companies", "import", file, "--key", "it")
    init = ("init", "--contact", "me@example.test", "--list", "it", "--from", "HR manager", "--to", "HR director")
    assert call(tmp_path, *init).status == 0
    assert len(call(tmp_path, "companies", "list", "it", "--json").json) == 1


def test_a_full_disk_is_one_clear_line(tmp_path: Path) -> None:
    with Path("/dev/full").open("w") as full:
        command = [PROGRAM, "--home", tmp_path, "companies", "presets"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert (done.returncode, "Traceback" in done.stderr) == (1, False)


def test_the_home_is_private(tmp_path: Path) -> None:
    home = tmp_path / "home"
    call(home, "init", "--contact", "me@example.test")
    call(home, "companies", "import", "it")
    call(home, "export", "csv", "--output", home / "people.csv")
    modes = {path.name: oct(path.stat().st_mode & 0o777) for path in home.iterdir() if path.is_file()}
    assert oct(home.stat().st_mode & 0o777) == "0o700"
    assert set(modes.values()) == {"0o600"}, modes
    assert sqlite3.connect(home / "mentorwatch.db").execute("pragma integrity_check").fetchone() == ("ok",)
