"""The whole job on the little web, compared with what the little web really holds."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import col, select

from watchlist.demo.run import DemoSummary, run_demo
from watchlist.demo.world import World, load_world
from watchlist.errors import UsageError
from watchlist.export.csv import read_export
from watchlist.models import Entry, Move, Organization, Person, Position, Talk
from watchlist.settings import load_settings
from watchlist.store import Store


@dataclass(frozen=True)
class Lived:
    """A home after 14 days, and the world it lived in."""

    home: Path
    world: World
    summary: DemoSummary

    def digest(self, number: int) -> dict[str, Any]:
        """The JSON of one day's digest."""
        return json.loads((self.home / "digests" / f"{self.world.date(number)}.json").read_text("utf-8"))

    def query(self, statement: Any) -> list[Any]:
        """Rows of the home's database."""
        with Store.open(load_settings(self.home)) as store, store.session() as session:
            return list(session.exec(statement).all())


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Lived:
    home = tmp_path_factory.mktemp("demo") / "home"
    seen: list[int] = []
    summary = run_demo(home, days=None, progress=lambda done, _of, _what: seen.append(done))
    assert seen == sorted(seen)
    return Lived(home, load_world(), summary)


def test_people_of_every_readable_company_are_found_and_nobody_else(lived: Lived) -> None:
    # day 1 and day 8 are crawled: everybody shown on either, but nobody whom the page calls former
    shown = [one for day in (1, 8) for one in lived.world.people(day) if one.section != "former"]
    expected = {(one.company, one.name.casefold()) for one in shown}
    rows = lived.query(
        select(Organization.name, Person.name)
        .join(Position, col(Position.organization_id) == Organization.id)
        .join(Person, col(Person.id) == Position.person_id)
        .where(Position.own_page, Position.section != "past")
    )
    found = {(company, name.casefold()) for company, name in rows}
    assert found - expected == set()
    assert expected - found == set()


def test_the_ledger_has_one_line_a_company_with_people_or_a_reason(lived: Lived) -> None:
    totals = lived.summary.ledger
    assert totals["companies"] == 12
    assert totals["found"] + sum(totals["reasons"].values()) == 12
    assert totals["reasons"]["needs_javascript"] >= 1
    assert totals["reasons"]["disallowed"] == 1
    assert totals["reasons"]["not_listed"] >= 1


def test_speakers_are_found_with_their_talks(lived: Lived) -> None:
    expected = {
        lived.world.content.people[speaker.who].name.casefold()
        for event in lived.world.content.events
        for speaker in event.speakers
    }
    found = {name.casefold() for name in lived.query(select(Person.name).join(Talk, col(Talk.person_id) == Person.id))}
    assert found == expected


def test_the_move_is_reported_once_with_both_pages_and_a_redesign_moves_nobody(lived: Lived) -> None:
    (truth,) = lived.world.moves()
    moved = lived.query(select(Move, Person.name).join(Person).where(Move.kind == "moved"))
    assert [name for _, name in moved] == [truth.name]
    days = [number for number in range(1, 15) if truth.name in json.dumps(lived.digest(number)["moves"])]
    assert days == [truth.day]
    text = json.dumps(lived.digest(truth.day)["moves"])
    assert truth.left in text
    assert truth.joined in text


def test_fourteen_digests_hold_every_new_post_of_followed_people_once(lived: Lived) -> None:
    followed = {row.name for row in read_export(lived.home / "shortlist.csv")}
    names = {slug: person.name for slug, person in lived.world.content.people.items()}
    told = Counter(
        (person["name"], item["title"])
        for number in range(1, 15)
        for person in lived.digest(number)["people"]
        for item in person["items"]
        if item["kind"] == "post"
    )
    assert max(told.values()) == 1
    stored = {(row.feed_id, row.external_id) for row in lived.query(select(Entry))}
    assert len(stored) == len(lived.query(select(Entry)))
    # a post of day N is read by the digest of day N + 1 at the latest
    posted = {
        (names[entry.person], entry.entry.title)
        for day in range(2, 14)
        for entry in lived.world.entries(day)
        if entry.person and names[entry.person] in followed
    }
    fed = {name for name, _ in told}
    missing = {(name, title) for name, title in posted if name in fed and (name, title) not in told}
    assert missing == set()


def test_a_dead_feed_is_named(lived: Lived) -> None:
    gone = [feed for feed in lived.world.content.feeds if feed.gone]
    assert lived.summary.feeds.get("gone", 0) + lived.summary.feeds.get("failing", 0) >= len(gone)
    assert any(lived.digest(number)["sources"] for number in range(1, 15))


def test_files_are_there_and_summary_is_what_was_returned(lived: Lived) -> None:
    for number in range(1, 15):
        for ending in ("html", "txt", "json"):
            assert (lived.home / "digests" / f"{lived.world.date(number)}.{ending}").stat().st_size > 0
    assert json.loads((lived.home / "summary.json").read_text("utf-8")) == lived.summary.as_json()


def test_every_request_stays_on_this_machine(lived: Lived) -> None:
    assert lived.summary.requests > 100
    rows = lived.query(select(Organization.website))
    assert all(website.endswith(".test/") for website in rows)


def test_a_home_in_use_is_refused(tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text('contact = "me@example.test"\n')
    with pytest.raises(UsageError, match="in use"):
        run_demo(tmp_path, days=1, progress=lambda *_: None)
    assert (tmp_path / "config.toml").read_text() == 'contact = "me@example.test"\n'
