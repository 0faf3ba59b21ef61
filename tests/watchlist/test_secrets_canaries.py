"""Canaries: after a day with made-up secrets wherever a real one may stand, at log level DEBUG, with a crash and a
kill -9, none of them is found anywhere but in the environment and the keyring."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.crawler.fetch.doors import hostile
from tests.watchlist.canaries import (
    ENVIRONMENT,
    KEYRING,
    NO_PATH_YET,
    OWN,
    PLANTED_BUT_UNREAD,
    SHOWS_ALL,
    Evidence,
    live,
    secret_of,
    spellings,
)

pytestmark = pytest.mark.real

CORPUS = {case["name"]: case["value"] for case in hostile("secrets")}
PLANTED = {name: value for name, value in CORPUS.items() if name not in NO_PATH_YET} or OWN
"""Those of the corpus, or our own where it is absent."""
QUERY = "feed_token_in_query"
"""Part of an address that a publisher gave away: the database has to keep it, nothing else may show it."""


DONE = [
    "0: crawl leaders --list it",
    "0: crawl speakers",
    "3: refresh",
    "2: companies import typed.csv",
    "2: events import",
    "0: digest",
    "0: export csv",
    "0: people forget",
    "403: api github",
    "1: api mastodon",
]


@pytest.fixture(scope="module")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> Evidence:
    return live(tmp_path_factory.mktemp("canaries"), PLANTED)


def found_in(canaries: dict[str, str], places: dict[str, bytes], *, but: str = "") -> list[str]:
    """Which canaries stand where, by name."""
    return [
        f"{name} in {place}"
        for name, value in canaries.items()
        if name != but
        for place, data in places.items()
        if any(spelling in data for spelling in spellings(value))
    ]


def test_every_canary_of_the_corpus_is_planted_or_named_as_having_no_way_in() -> None:
    if not CORPUS:
        pytest.skip("the corpus is not beside the project: its 16 canaries are not looked at")
    assert set(CORPUS) == set(OWN) | set(NO_PATH_YET)
    assert not set(OWN) & set(NO_PATH_YET)
    assert set(PLANTED_BUT_UNREAD) <= set(ENVIRONMENT) | set(KEYRING)
    assert all(NO_PATH_YET.values())


def test_the_day_took_place(evidence: Evidence) -> None:
    """Otherwise nothing below says anything."""
    done = "\n".join(evidence.statuses)
    said = b"\n".join(evidence.said.values())
    for expected in DONE:
        assert expected in done, done
    assert -9 in evidence.ended, done
    assert b"DEBUG httpcore" in said
    assert b"DEBUG scrapy" in said
    assert b"ERROR watchlist.scheduler crawl_" in said, "the planted job crashed"
    assert b"debugged.py" in said, "the log says where"
    assert any(name.startswith("digests/") for name in evidence.files(database=False))
    assert secret_of(evidence.canaries[QUERY]).encode() in b"".join(evidence.files(database=True).values())


def test_tokens_reach_their_own_origin_and_no_other(evidence: Evidence) -> None:
    sent = {(host, headers.get("authorization")) for host, _, headers in evidence.asked if "authorization" in headers}
    assert sent == {
        ("api.github.com", f"Bearer {evidence.canaries['github_token']}"),
        ("mastodon.test", f"Bearer {evidence.canaries['mastodon_token']}"),
    }


def test_the_feed_with_a_token_was_asked_with_it_and_told_nobody(evidence: Evidence) -> None:
    token = secret_of(evidence.canaries[QUERY])
    assert [path for host, path, _ in evidence.asked if host == "ok.test" and token in path]
    assert not [headers for _, _, headers in evidence.asked if "referer" in headers or "cookie" in headers]


def test_the_database_holds_none_in_any_page_nor_in_the_wal(evidence: Evidence) -> None:
    assert found_in(evidence.canaries, evidence.files(database=True), but=QUERY) == []
    assert "mentorwatch.db-wal" in evidence.after_kill
    assert found_in(evidence.canaries, evidence.after_kill, but=QUERY) == []


def test_digests_exports_and_settings_hold_none(evidence: Evidence) -> None:
    assert found_in(evidence.canaries, evidence.files(database=False)) == []


def test_nothing_that_was_said_or_logged_holds_one(evidence: Evidence) -> None:
    shown = {label: data for label, data in evidence.said.items() if SHOWS_ALL not in label}
    assert len(shown) == len(evidence.said) - 1
    assert found_in(evidence.canaries, shown) == []
    assert found_in(evidence.canaries, evidence.said, but=QUERY) == []


def test_the_process_list_shows_none(evidence: Evidence) -> None:
    assert len(evidence.command_lines) > 8
    assert found_in(evidence.canaries, {"process list": b"\n".join(evidence.command_lines)}) == []


def test_nothing_was_left_elsewhere(evidence: Evidence) -> None:
    """Only the files of the test itself hold them: the keyring's, and the lists with the typed addresses."""
    elsewhere = {
        path.name: path.read_bytes()
        for path in evidence.folder.rglob("*")
        if path.is_file() and evidence.home not in path.parents
    }
    holding = {line.rpartition(" ")[2] for line in found_in(evidence.canaries, elsewhere)}
    assert holding == {"keyring.json", "typed.csv", "events.csv"}


def test_a_canary_that_leaks_is_found(tmp_path: Path) -> None:
    """The search itself: whatever spelling."""
    for number, spelling in enumerate(spellings(OWN["github_token"])):
        places = {f"file {number}": b"\x00\x01" + spelling + b"\xff"}
        assert found_in(OWN, places) == [f"github_token in file {number}"]
