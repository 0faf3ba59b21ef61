"""people moves and people list --as-of, as a user meets them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from tests.pipelines.test_positions import ADA, MONDAY, TEAM, company, crawl
from tests.terminal import call
from watchlist.settings import load_settings
from watchlist.store import Store


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A home in which one company's page lost one of four people, and another's three of them."""
    home = tmp_path / "home"
    with Store.open(load_settings(home)) as store, store.session() as session:
        acme, globex = company(session, "Acme"), company(session, "Globex")
        for day, (one, other) in enumerate(((TEAM, TEAM), (TEAM[1:], (ADA,)), (TEAM[1:], ()))):
            crawl(session, acme, *one, day=7 * day)
            if other:
                crawl(session, globex, *other, day=7 * day)
    return home


def test_moves_and_what_is_held_are_listed_with_their_pages(home: Path) -> None:
    done = call(home, "people", "moves", "--json").json
    (move,) = done["moves"]
    assert (move["name"], move["kind"], move["after"]["title"]) == ("Ada Quist", "left", None)
    assert move["before"]["url"] == move["after"]["url"] == "https://acme.test/team"
    assert move["before"]["read_at"] < move["after"]["read_at"]
    (site,) = done["held"]
    assert (site["organisation"], site["people"], len(site["lost"])) == ("Globex", 1, 3)
    assert call(home, "people", "moves", "--held", "--json").json["moves"] == []
    assert call(home, "people", "moves", "--since", "2099-01-01", "--json").json["moves"] == []
    text = call(home, "people", "moves").out
    assert "Ada Quist  left" in text
    assert 'people moves --accept "Globex"' in text


def test_the_held_picture_is_accepted_once(home: Path) -> None:
    tried = call(home, "people", "moves", "--accept", "globex", "--dry-run", "--json").json
    assert (tried["moves"], tried["dry_run"]) == (3, True)
    assert len(call(home, "people", "moves", "--json").json["held"]) == 1
    done = call(home, "people", "moves", "--accept", "Globex")
    assert (done.status, "ended 3 roles" in done.err) == (0, True)
    after = call(home, "people", "moves", "--json").json
    assert (len(after["moves"]), after["held"]) == (4, [])
    again = call(home, "people", "moves", "--accept", "Globex")
    assert (again.status, "nothing of 'Globex' is held" in again.err) == (2, True)


def test_a_past_day_is_listed_as_it_was(home: Path) -> None:
    def listed(*words: str) -> dict[str, bool]:
        rows = call(home, "people", "list", *words, "--json").json
        return {row["name"]: row["current"] for row in rows if row["organisation"] == "Acme"}

    day = f"{MONDAY + timedelta(days=1):%Y-%m-%d}"
    assert listed("--as-of", "2026-03-01") == {}
    assert listed("--as-of", day) == dict.fromkeys([person.name for person in TEAM], True)
    assert call(home, "people", "list", "--as-of", "yesterday").status == 2


def test_dry_run_needs_something_to_try(home: Path) -> None:
    assert call(home, "people", "moves", "--dry-run").status == 2
