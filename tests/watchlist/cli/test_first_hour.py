"""What a person types in the first hour: wrong words are told in one line with the next act, and nothing is lost."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest

from tests.terminal import Outcome, call

MESSY = """\
Firma;Webseite;Land
Kettlewick Software GmbH;www.kettlewick.test;DE
Brambleforge
Möwe & Söhne, IT;http://möwe.example/über-uns;Deutschland
Fenwright Ltd;ht!tp://nonsense;GB
"""
CONTACTS = """\
First Name,Last Name,URL,Email Address,Company,Position,Connected On
Orla,Finnwick,https://www.linkedin.com/in/orla-finnwick,orla@x.example,Kettlewick,HR Director,12 Mar 2024
,,,,,,
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home with a list called mine and a goal."""
    place = tmp_path / "home"
    (tmp_path / "mine.csv").write_text(MESSY, "utf-8")
    assert call(place, "companies", "import", tmp_path / "mine.csv").status == 0
    goal = ("--from", "HR manager", "--to", "HR director", "--list", "mine", "--follow", "none")
    assert call(place, "goal", "set", *goal).status == 0
    return place


def add(home: Path, *words: str, title: str = "Chief People Officer", company: str = "Brambleforge") -> Outcome:
    return call(home, "people", "add", "Zoë Lindqvist", "--title", title, "--company", company, *words)


# --- lists ---------------------------------------------------------------------------------------------------------


def test_a_row_without_its_last_cells_is_a_company_too(home: Path) -> None:
    names = [each["name"] for each in call(home, "companies", "list", "mine", "--json").json]
    assert names == ["Kettlewick Software GmbH", "Brambleforge", "Möwe & Söhne, IT", "Fenwright Ltd"]


def test_what_leaves_a_list_is_named(home: Path, tmp_path: Path) -> None:
    (tmp_path / "other.csv").write_text("name\nBrambleforge\n", "utf-8")
    done = call(home, "companies", "import", tmp_path / "other.csv", "--key", "mine", "--dry-run")
    assert "no longer on it: Kettlewick Software GmbH, Möwe & Söhne, IT, Fenwright Ltd; " in done.err
    assert "--key" in done.err


def test_the_list_of_the_goal_is_shown_without_naming_it(home: Path) -> None:
    done = call(home, "companies", "list")
    assert done.status == 0
    assert "www.kettlewick.test" in done.out
    assert "source of all: imported from mine.csv" in done.err
    assert not re.search(r"(?m) $", done.out)


@pytest.mark.parametrize(
    ("words", "status", "says"),
    [
        (("--country", "germany"), 0, "Kettlewick"),
        (("--country", "zz9"), 2, "'zz9' is no country (two letters of ISO 3166"),
        (("--size", "huge"), 2, "'huge' is no size band (one of 1-10, "),
        (("--size", "10001+"), 0, "the size of 4 of 4 is unknown, mentorwatch crawl registries asks for it"),
    ],
)
def test_a_filter_knows_countries_and_size_bands(home: Path, words: tuple[str, ...], status: int, says: str) -> None:
    done = call(home, "companies", "list", *words)
    assert (done.status, says in done.out + done.err) == (status, True)


def test_a_short_form_of_a_company_is_proposed(home: Path) -> None:
    done = call(home, "ledger", "skip", "kettlewick")
    assert (done.status, "perhaps Kettlewick Software GmbH (kettlewick.test)" in done.err) == (2, True)
    assert "do you mean Kettlewick Software GmbH?" in add(home, company="Kettlewick").err


# --- people --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("typed", ["zoë lindqvist", "ZOE LINDQVIST", "Zoe  Lindqvist"])
def test_a_name_is_found_however_it_is_typed(home: Path, typed: str) -> None:
    add(home)
    assert call(home, "people", "show", typed, "--json").json["name"] == "Zoë Lindqvist"
    assert call(home, "stop", "--person", typed).status == 0


def test_a_part_of_a_name_finds_nobody_but_proposes(home: Path) -> None:
    add(home)
    done = call(home, "people", "forget", "lindq", "--yes")
    assert (done.status, "nothing is held about 'lindq' (perhaps 1 Zoë Lindqvist (Brambleforge))" in done.err) == (
        2,
        True,
    )
    assert "people list shows everybody" in call(home, "people", "show", "quist").err


def test_what_was_added_is_shown_with_who_says_so(home: Path) -> None:
    add(home, "--url", "https://brambleforge.example/team", "--since", "2024-03")
    shown = call(home, "people", "show", "1")
    assert re.search(
        r"Chief People Officer, Brambleforge, since 2024-03\n      by hand, \d{4}-\d\d-\d\d  https://bramble", shown.out
    )
    [position] = call(home, "people", "show", "1", "--json").json["positions"]
    assert (position["started_on"], position["evidence"]["tier"]) == ("2024-03", "manual")


def test_a_page_that_is_named_later_is_shown_too(home: Path) -> None:
    add(home)
    add(home, "--url", "https://brambleforge.example/team")
    assert "https://brambleforge.example/team" in call(home, "people", "show", "1").out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--link", "nonsense"), "--link takes one that begins with https://"),
        (("--url", "https://[bad/"), "--url takes one that begins with https://"),
        (("--since", "2999"), "2999 is not yet"),
    ],
)
def test_what_cannot_be_is_told_with_its_option(home: Path, words: tuple[str, str], says: str) -> None:
    done = add(home, *words)
    assert (done.status, says in done.err) == (2, True)
    assert call(home, "people", "list", "--json").json == []


def test_a_title_without_a_function_is_told_and_a_dry_run_says_would(home: Path) -> None:
    assert "the title 'blorp' tells no function" in add(home, title="blorp").err
    assert "tells no function" not in add(home).err
    assert "would be noted" in add(home, "--dry-run").err


@pytest.mark.parametrize("words", [("people", "list", "--as-of"), ("people", "moves", "--since"), ("digest", "--day")])
def test_what_is_no_day_is_told_in_our_words(home: Path, words: tuple[str, ...]) -> None:
    done = call(home, *words, "tomorrow")
    assert done.status == 2
    assert "'tomorrow' is no day" in done.err
    assert "%Y" not in done.err


# --- files ---------------------------------------------------------------------------------------------------------


def test_a_page_of_a_company_that_nobody_knows_says_which(home: Path, tmp_path: Path) -> None:
    page = tmp_path / "team.html"
    page.write_text("<!--\n Page saved with SingleFile\n url: https://far.example/team\n--><h1>Team</h1>", "utf-8")
    done = call(home, "import", "page", page, "--company", "Nobody Inc")
    assert (done.status, "is called 'Nobody Inc'" in done.out) == (1, True)
    folder = call(home, "import", "page", tmp_path)
    assert (folder.status, "a folder" in folder.err) == (2, True)


def test_wrong_exports_are_told_apart(home: Path, tmp_path: Path) -> None:
    empty, broken = tmp_path / "empty.csv", tmp_path / "broken.zip"
    empty.write_bytes(b"")
    with zipfile.ZipFile(broken, "w") as archive:
        archive.writestr("Connections.csv", CONTACTS)
    broken.write_bytes(broken.read_bytes()[:120])
    assert "the file is empty" in call(home, "import", "linkedin", empty).err
    assert "the archive is damaged" in call(home, "import", "linkedin", broken).err


def test_contacts_at_a_short_form_of_a_listed_company_are_told(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "Connections.csv"
    file.write_text(CONTACTS, "utf-8")
    done = call(home, "import", "linkedin", file)
    assert "line 2: Orla Finnwick, Kettlewick: Kettlewick Software GmbH?" in done.out
    assert "1 left out (1 empty)" in done.out


def test_a_header_without_contacts_is_told(home: Path, tmp_path: Path) -> None:
    file = tmp_path / "Connections.csv"
    file.write_text(CONTACTS.splitlines()[0] + "\n", "utf-8")
    assert "nobody below them" in call(home, "import", "linkedin", file).err


# --- the rest ------------------------------------------------------------------------------------------------------


def test_a_token_in_an_address_of_a_conference_is_not_shown(home: Path) -> None:
    secret = "s3cr3t-t0ken-of-ours"  # what must not be shown
    added = call(home, "events", "add", "DevDays", f"https://devdays.example/feed?token={secret}")
    listed = call(home, "events", "list", "--json")
    assert added.status == listed.status == 0
    assert secret not in added.out + listed.out
    assert listed.json[0]["url"].startswith("https://devdays.example/feed")


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        ("[digest]\nhour = 30", "'digest.hour': must be 23 or less, not 30"),
        ("[network]\ngap_seconds = 1", "'network.gap_seconds': must be 2 or more, not 1"),
        ("[network]\nconcurrency = 'x'", "must be a whole number, not 'x'"),
        ("[feeds]\nobey_robots = 1", "must be true or false, not 1"),
        ("contact = 5", "must be text in quotes, not 5"),
        ("contact = 'é'", "must be plain characters, for it goes into a header"),
    ],
)
def test_a_wrong_setting_is_told_in_our_words(tmp_path: Path, setting: str, says: str) -> None:
    (tmp_path / "config.toml").write_text(setting, "utf-8")
    done = call(tmp_path, "goal", "list")
    assert (done.status, says in done.err) == (2, True)


def test_times_for_people_are_to_the_minute(home: Path) -> None:
    told = call(home, "goal", "show").out + call(home, "stop", "--all").out + call(home, "doctor").out
    assert len(re.findall(r"\d{4}-\d\d-\d\d \d\d:\d\dZ", told)) >= 3
    assert not re.search(r"\d\dT\d\d:", told)


def test_init_names_the_next_act_that_is_missing(tmp_path: Path) -> None:
    assert "mentorwatch goal set" in call(tmp_path / "home", "init", "--contact", "me@example.test").err
