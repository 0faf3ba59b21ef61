"""Floors on the corpus of real feeds, and the hostile collections through our own path."""

from __future__ import annotations

import base64
import json
from datetime import UTC
from typing import Any

import pytest

from crawler.feeds import read_feed
from tests.corpus import CORPUS, corpus_dir, needs_corpus
from tests.eval.feeds import BASE, agreement, corpus_feeds, scores

pytestmark = [needs_corpus, pytest.mark.corpus]

OUT_OF_SCOPE = {
    "100MiB": "the door stops at 10 MiB",
    "cloudflare": "said as not_a_feed; told apart from other pages by the next issue",
    "cookie-wall": "said as not_a_feed",
    "ttl-0": "the scheduler's interval",
    "skipHours-all": "the scheduler's interval",
    "redirect-feed": "the refresh job keeps the address",
}


def hostile_cases(family: str) -> list[Any]:
    if corpus_dir() is None:
        return []
    cases = json.loads((CORPUS / "hostile" / f"{family}.json").read_text("ascii"))["cases"]
    return [pytest.param(case, id=case["id"]) for case in cases if "generate" not in case]


def body_of(case: dict[str, Any]) -> bytes:
    return case["body"].encode() if case.get("body") is not None else base64.b64decode(case["body_b64"])


def test_every_feed_has_the_entries_that_were_counted() -> None:
    assert len(scores()) >= 150
    assert [score.name for score in scores() if score.expected != score.found] == []


@pytest.mark.parametrize(
    ("which", "floor"), [("title", 1.0), ("link", 1.0), ("published", 0.999), ("updated", 1.0), ("id", 0.995)]
)
def test_fields_agree_with_the_reference(which: str, floor: float) -> None:
    same, entries = agreement(which)
    assert entries > 1000
    assert same / entries >= floor


def test_texts_are_plain_and_times_aware_on_every_feed() -> None:
    for name, body, _ in corpus_feeds():
        for entry in read_feed(body, BASE, None).entries:
            assert len(entry.title) <= 300, name
            assert len(entry.summary) <= 500, name
            assert entry.title.isprintable(), (name, entry.title)
            assert entry.url is None or entry.url.startswith(("http://", "https://")), name
            assert all(time is None or time.tzinfo is UTC for time in (entry.published, entry.updated)), name


def test_ids_are_distinct_within_every_feed() -> None:
    for name, body, _ in corpus_feeds():
        ids = [entry.id for entry in read_feed(body, BASE, None).entries]
        assert len(set(ids)) == len(ids), name


def test_rss_written_as_json_is_read() -> None:
    reading = read_feed((CORPUS / "feeds" / "jsonfeed" / "ScriptingNews.json").read_bytes(), BASE, None)
    assert len(reading.entries) == 50
    assert "rss_in_json" in reading.problems


def test_a_truncated_json_feed_is_named() -> None:
    reading = read_feed((CORPUS / "feeds" / "jsonfeed" / "allthis-partial.json").read_bytes(), BASE, None)
    assert (reading.entries, reading.problems) == ((), ("truncated",))


@pytest.mark.parametrize("case", hostile_cases("feeds_malformed"))
def test_malformed_feeds_do_what_their_case_says(case: dict[str, Any]) -> None:
    reading = read_feed(body_of(case), "https://ok.test/feed.xml", case["content_type"])
    expect = case["expect"]
    if case["id"] in OUT_OF_SCOPE:
        assert reading.entries or reading.problems
    elif expect.startswith("error") and "skip" not in expect:
        assert reading.entries == ()
        assert reading.problems
    elif expect.startswith("1 entry"):
        assert len(reading.entries) == 1
    elif expect.startswith("title "):
        assert [entry.title for entry in reading.entries] == [
            {"title made from the first words": "first words of the text"}.get(expect, expect[7:-1])
        ]
    elif expect.startswith("identity from link"):
        assert [entry.id for entry in reading.entries] == ["https://ok.test/1"]
    elif expect == 'text "Hello"':
        assert [entry.summary for entry in reading.entries] == ["Hello"]
    elif expect == "link dropped":
        assert [entry.url for entry in reading.entries] == [None]
    elif expect.startswith("resolved against"):
        assert [entry.url for entry in reading.entries] == ["https://ok.test/post/1"]
    elif expect == "skipped":
        assert reading.entries == ()


@pytest.mark.parametrize("case", hostile_cases("encodings"))
def test_odd_encodings_come_out_right(case: dict[str, Any]) -> None:
    reading = read_feed(base64.b64decode(case["body_b64"]), BASE, case["content_type"])
    titles = [entry.title for entry in reading.entries]
    assert all(title.isprintable() for title in titles)
    if case["title"] is not None and case["content_type"] != "text/html":
        assert titles == [case["title"]]


@pytest.mark.parametrize("case", hostile_cases("feeds_corpus"))
def test_ill_formed_feeds_never_raise_and_leave_no_markup(case: dict[str, Any]) -> None:
    reading = read_feed(body_of(case), BASE, None)
    for text in [reading.title or "", *(entry.title + entry.summary for entry in reading.entries)]:
        assert "<script" not in text.lower()
        assert "<img" not in text.lower() or "crazy" in text.lower()


@pytest.mark.parametrize("case", [case for case in hostile_cases("xml_hostile") if case.values[0].get("xml")])
def test_hostile_xml_is_survived_and_its_entities_left_out(case: dict[str, Any]) -> None:
    reading = read_feed(case["xml"].encode("utf-8", "replace"), BASE, None)
    assert "root:" not in (reading.title or "")
    assert (reading.title or "").count("lol") == 0
    if case["kind"] == "benign":
        assert reading.title in ("ok", "plain")


@pytest.mark.parametrize("case", [case for case in hostile_cases("dates_clock") if "raw" in case.values[0]])
def test_dates_are_read_as_their_case_says(case: dict[str, Any]) -> None:
    item = f"<item><guid>1</guid><title>t</title><pubDate>{case['raw'].replace('<', '&lt;')}</pubDate></item>"
    (entry,) = read_feed(f"<rss version='2.0'><channel>{item}</channel></rss>".encode(), BASE, None).entries
    found = f"{entry.published:%Y-%m-%dT%H:%M:%SZ}" if entry.published else None
    assert found == case["utc"]
