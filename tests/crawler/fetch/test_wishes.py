"""Opt-outs that headers and a site's files express, and every case of the corpus, whoever says it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.fetch.wishes import (
    MAX_BYTES,
    Wishes,
    ai_txt_wishes,
    header_wishes,
    robots_wishes,
    tdmrep_wishes,
)
from crawler.wishes import actor_wishes, label_wishes, meta_wishes, text_wishes
from tests.corpus import needs_corpus
from tests.crawler.fetch.doors import hostile

NOW = datetime(2026, 11, 24, tzinfo=UTC)
CASES = hostile("opt_outs")


def decision(wishes: Wishes) -> str:
    if wishes.no_fetch:
        return "no_fetch"
    return "no_profile" if wishes.no_profile else "fetch"


def tag(value: str) -> Wishes:
    return header_wishes({"X-Robots-Tag": value}, NOW)


# --- the corpus: one reader for each place a signal may stand ---------------------------------------------------------


def in_headers(said: str) -> Wishes:
    """`Name: value`, several joined by ` + `, or `Name twice: "a" and "b"`."""
    if twice := re.match(r"([\w-]+) twice:(.*)", said):
        return header_wishes({twice[1]: ", ".join(re.findall(r'"([^"]*)"', twice[2]))}, NOW)
    return header_wishes(dict(part.split(": ", 1) for part in said.split(" + ")), NOW)


def in_meta(said: str) -> Wishes:
    return meta_wishes(re.findall(r'<meta name="([^"]*)" content="([^"]*)">', said), NOW)


def in_tdmrep(said: str) -> Wishes:
    bodies = {
        "404": b"<!doctype html><title>Not found</title>",
        "5 MiB json": json.dumps([{"location": "/*", "tdm-reservation": 1, "x": "x" * 5 * 1024 * 1024}]).encode(),
    }
    return tdmrep_wishes(bodies[said], "/team")


def in_actor(said: str) -> Wishes:
    """`Mastodon actor: key=value`, with the key's other name in brackets."""
    found = re.search(r"(\w+)=(true|false)(?: \((\w+)\))?", said)
    assert found
    return actor_wishes({found[3] or found[1]: found[2] == "true"})


PLACES: dict[str, Callable[[str], Wishes]] = {
    "header": in_headers,
    "meta": in_meta,
    "/.well-known/tdmrep.json": in_tdmrep,
    "ai.txt": lambda said: ai_txt_wishes(said, "/team", "text/html; charset=utf-8"),
    "robots.txt": robots_wishes,
    "text": text_wishes,
    "ActivityPub": in_actor,
    "atproto": lambda said: label_wishes([said.removeprefix("Bluesky label ")]),
}


@needs_corpus
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_corpus(case: dict[str, Any]) -> None:
    wishes = PLACES[case["where"]](case["signal"])
    expected = case["decision"]
    assert decision(wishes) == re.split(r"[ ,]", expected)[0]
    assert wishes.no_quotes == ("no quoted text" in expected)
    kept = ("recorded", "warning", "policy URL kept")
    assert bool(wishes.noted) == any(word in expected for word in kept)
    if decision(wishes) != "fetch":
        assert wishes.signals[0]
        assert wishes.reason in {"noindex", "opted_out"}


@needs_corpus
def test_no_case_of_the_corpus_is_left_out() -> None:
    assert CASES
    assert {case["where"] for case in CASES} == set(PLACES)
    assert len({case["id"] for case in CASES}) == len(CASES)


# --- headers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("noindex", "no_profile"),
        ("NoIndex, follow", "no_profile"),
        ("none", "no_profile"),
        ("noai, noimageai", "no_profile"),
        ("noimageai", "fetch"),
        ("noarchive", "fetch"),
        ("all", "fetch"),
        ("", "fetch"),
        ("index, nofollow, max-image-preview:none", "fetch"),
        ("max-image-preview: large, noindex", "no_profile"),
        ("mentorwatch: noai", "no_profile"),
        ("MentorWatch/2.0: noindex", "no_profile"),
        ("*: noindex", "no_profile"),
        ("otherbot: noindex, nofollow", "fetch"),
        ("otherbot: noindex, mentorwatch: noai", "no_profile"),
        ("noai, otherbot: all", "no_profile"),
        ("mentorwatch: all, otherbot: noindex", "fetch"),
        ("noindex: true", "no_profile"),
        ("unavailable_after: 25 Jun 2099 15:00:00 PST", "fetch"),
        ("unavailable_after: 25 Jun 2019 15:00:00 PST", "no_profile"),
        ("unavailable_after: Wednesday, 25-Jun-2098 15:00:00 UTC, nofollow", "fetch"),
        ("unavailable_after: Tue, 25 Jun 2019 15:00:00 GMT", "no_profile"),
        ("unavailable_after: 2099-06-25", "fetch"),
        ("unavailable_after: 2019-06-25T15:00:00+02:00", "no_profile"),
        ("unavailable_after: 25 Jun 2099, noai", "no_profile"),
        ("otherbot: unavailable_after: 25 Jun 2019 15:00:00 PST", "fetch"),
        ("unavailable_after: soon", "no_profile"),
    ],
)
def test_robots_tag(value: str, expected: str) -> None:
    assert decision(tag(value)) == expected


@pytest.mark.parametrize(
    ("value", "quotes"),
    [
        ("nosnippet", False),
        ("max-snippet:0", False),
        ("max-snippet: 160, follow", False),
        ("max-snippet:few", False),
        ("max-snippet:-5", False),
        ("max-snippet:000000", False),
        ("max-snippet:-1", True),
        ("max-snippet:300", True),
        ("max-snippet:99999999999999999999", True),
        ("otherbot: nosnippet", True),
    ],
)
def test_who_limits_quoting_is_not_quoted(value: str, quotes: bool) -> None:
    wishes = tag(value)
    assert wishes.no_quotes is not quotes
    assert wishes.reason is None


def test_reasons_tell_search_engines_from_data_mining() -> None:
    assert tag("noindex").reason == "noindex"
    assert tag("noai").reason == "opted_out"
    assert tag("noindex, noai").reason == "opted_out"
    assert tag("noindex, noai").no_profile == "X-Robots-Tag: noai"
    assert tag("index").reason is None


def test_what_is_not_known_is_named_and_what_forbids_nothing_is_not() -> None:
    assert tag("nothumbs").noted == ("X-Robots-Tag: nothumbs (not known)",)
    assert not tag("index, follow, revisit-after 7 days")


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({"tdm-reservation": "1"}, "no_profile"),
        ({"TDM-Reservation": "0"}, "fetch"),
        ({"tdm-reservation": "0, 1"}, "no_profile"),
        ({"tdm-reservation": "yes"}, "no_profile"),
        ({"tdm-reservation": " "}, "fetch"),
        ({"content-usage": "train-ai=n"}, "no_profile"),
        ({"content-usage": "train-ai=y, search=y"}, "fetch"),
    ],
)
def test_reservations_in_headers(headers: dict[str, str], expected: str) -> None:
    assert decision(header_wishes(headers, NOW)) == expected


def test_a_policy_is_kept_and_shown() -> None:
    wishes = header_wishes({"tdm-reservation": "1", "tdm-policy": "https://acme.test/policy.json"}, NOW)
    assert wishes.signals == (
        "tdm-reservation: 1 (HTTP header)",
        "tdm-policy: https://acme.test/policy.json (HTTP header)",
    )


def test_signals_are_one_printable_line() -> None:
    wishes = header_wishes({"tdm-reservation": "1", "tdm-policy": "a\x1b[31m\r\n\u202eb" + "x" * 5000}, NOW)
    assert all(text.isprintable() and len(text) <= 200 for text in wishes.signals)


# --- tdmrep.json ------------------------------------------------------------------------------------------------------


def tdmrep(*rules: dict[str, Any], path: str = "/people/ada.html?page=2") -> Wishes:
    return tdmrep_wishes(json.dumps(rules).encode(), path)


@pytest.mark.parametrize(
    ("location", "covers"),
    [
        ("/", True),
        ("/*", True),
        ("/people/", True),
        ("people/", True),
        ("https://acme.test/people/", True),
        ("/people/*.html", True),
        ("/people/*.html$", False),
        ("/people/*page=2$", True),
        ("*.html", True),
        ("/*/ada*2$", True),
        ("/people/%61da", True),
        ("/people/ada.html?page=2$", True),
        ("/people/ada.html?page=2*$", True),
        ("/people/ada.html?page=2*2$", False),
        ("/*ada.html*ada", False),
        ("/blog/", False),
        ("/People/", False),
        ("/people$", False),
    ],
)
def test_locations_are_patterns(location: str, covers: bool) -> None:
    assert bool(tdmrep({"location": location, "tdm-reservation": 1}).no_profile) is covers


def test_paths_are_compared_unescaped() -> None:
    for location in ("/Führung", "/F%C3%BChrung", "/F%c3%bchrung"):
        assert tdmrep({"location": location, "tdm-reservation": 1}, path="/F%C3%BChrung")


def test_the_longest_location_decides() -> None:
    site = {"location": "/*", "tdm-reservation": 1}
    press = {"location": "/people/*", "tdm-reservation": 0}
    assert not tdmrep(site, press)
    assert not tdmrep(press, site)
    assert decision(tdmrep(site, press, path="/team")) == "no_profile"
    reserved = {**press, "tdm-reservation": 1}
    assert decision(tdmrep(reserved, press)) == decision(tdmrep(press, reserved)) == "no_profile"


def test_a_location_s_policy_is_kept() -> None:
    wishes = tdmrep({"location": "/", "tdm-reservation": 1, "tdm-policy": "https://acme.test/p.json"})
    assert wishes.signals == (
        "tdm-reservation: 1 (/.well-known/tdmrep.json, location /)",
        "tdm-policy: https://acme.test/p.json (/.well-known/tdmrep.json, location /)",
    )


@pytest.mark.parametrize("value", [1, "1", True, 2, "yes", [1]])
def test_anything_but_nought_reserves(value: object) -> None:
    assert decision(tdmrep({"location": "/", "tdm-reservation": value})) == "no_profile"


@pytest.mark.parametrize("value", [0, "0", False, None, ""])
def test_nought_and_nothing_reserve_nothing(value: object) -> None:
    assert not tdmrep({"location": "/", "tdm-reservation": value})


def test_a_rule_without_a_place_holds_everywhere() -> None:
    assert decision(tdmrep({"tdm-reservation": 1})) == "no_profile"
    assert decision(tdmrep_wishes(b'{"location": "/", "tdm-reservation": 1}', "/")) == "no_profile"
    assert decision(tdmrep_wishes(b'\xef\xbb\xbf[{"tdm-reservation": 1}]', "/")) == "no_profile"


@pytest.mark.parametrize(
    "body",
    [b"{", b'"1"', b"[1]", b"\xff\xfe\xfd", b"[" * 100_000, b"[" + b"9" * 10_000 + b"]", b" " * MAX_BYTES + b"[]"],
    ids=lambda body: repr(body[:8]),
)
def test_a_file_that_cannot_be_read_allows_and_is_noted(body: bytes) -> None:
    wishes = tdmrep_wishes(body, "/")
    assert decision(wishes) == "fetch"
    assert [text for text in wishes.noted if text.startswith("/.well-known/tdmrep.json: ")]


@pytest.mark.parametrize("body", [b"", b" \n", b"[]", b"\n<!DOCTYPE html><p>Not found"])
def test_no_file_is_no_wish(body: bytes) -> None:
    assert not tdmrep_wishes(body, "/")


# --- ai.txt -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "path", "content_type", "expected"),
    [
        ("Disallow: *.html", "/team", "text/html", "no_profile"),
        ("Disallow: *.html", "/", None, "no_profile"),
        ("Disallow: *.htm", "/team?a=1", "Text/HTML; charset=utf-8", "no_profile"),
        ("Disallow: *.html", "/team.html", None, "no_profile"),
        ("Disallow: *.html", "/export", "application/json", "fetch"),
        ("Disallow: *.json", "/export", "application/json", "no_profile"),
        ("Disallow: *.jpg\nDisallow: *.mp4", "/team", "text/html", "fetch"),
        ("Disallow: /", "/team", "text/html", "no_profile"),
        ("Disallow: /\nAllow: *.html", "/team", "text/html", "no_profile"),
        ("Disallow: /\nAllow: *.html\nAllow: /team", "/team", "text/html", "fetch"),
        ("Disallow: /blog/", "/team", "text/html", "fetch"),
        ("Disallow: /team$", "/team", "text/html", "no_profile"),
        ("Disallow:", "/team", "text/html", "fetch"),
        ("Allow: /", "/team", "text/html", "fetch"),
        ("Disallow: *.html # nothing of ours", "/team", "text/html", "no_profile"),
    ],
)
def test_ai_txt(lines: str, path: str, content_type: str | None, expected: str) -> None:
    assert decision(ai_txt_wishes(f"User-Agent: *\n{lines}", path, content_type)) == expected
    assert decision(ai_txt_wishes(lines, path, content_type)) == expected
    assert not ai_txt_wishes(f"User-Agent: otherbot\n{lines}", path, content_type)


def test_ai_txt_that_is_something_else() -> None:
    assert ai_txt_wishes("We like robots.", "/", None).noted == ("/ai.txt: not understood",)
    assert ai_txt_wishes("Disallow: /\n" * MAX_BYTES, "/", None).noted == ("/ai.txt: larger than 512 KiB, not read",)
    assert not ai_txt_wishes("\ufeff <!doctype html>\nUser-Agent: *\nDisallow: /", "/", None)
    assert not ai_txt_wishes(" \n", "/", None)


# --- robots.txt -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("User-agent: *\nContent-Usage: train-ai=n", "no_profile"),
        ("User-agent: *\ncontent-usage: ai=n, search=y", "no_profile"),
        ("User-agent: *\nContent-Usage: ai=y;search=no", "no_profile"),
        ("User-agent: *\nContent-Usage: train-ai=y", "fetch"),
        ("\ufeffUser-Agent : *\r\nContent-Usage : train-ai=n # draft", "no_profile"),
        ("Content-Usage: train-ai=n\nUser-agent: otherbot\nDisallow: /", "no_profile"),
        ("User-agent: otherbot\nContent-Usage: train-ai=n", "fetch"),
        ("User-agent: otherbot\nUser-agent: mentorwatch\nContent-Usage: train-ai=n", "no_profile"),
        ("User-agent: mentorwatch\nUser-agent: otherbot\nContent-Usage: train-ai=n", "no_profile"),
        ("User-agent: otherbot\nNoai: yes\nUser-agent: *\nContent-Usage: train-ai=n", "no_profile"),
        ("User-agent: *\nContent-Usage: train-ai=n\nUser-agent: otherbot\nDisallow: /", "no_profile"),
        ("User-agent: *\nAllow: /\nUser-agent: otherbot\nContent-Usage: train-ai=n", "fetch"),
        ("User-agent: MentorWatch/1.0\nContent-Usage: bots=n", "no_profile"),
        ("User-agent: *\nContent-Usage: ai=n\nUser-agent: mentorwatch\nAllow: /", "fetch"),
        ("User-agent: GPTBot\nDisallow: /", "fetch"),
        ("User-agent: *\nDisallow: /", "fetch"),
    ],
)
def test_robots_usage(text: str, expected: str) -> None:
    assert decision(robots_wishes(text)) == expected


def test_usage_may_name_a_path() -> None:
    text = "User-agent: *\nContent-Usage: train-ai=n\nContent-Usage: /press/ train-ai=y\n"
    assert decision(robots_wishes(text, "/team")) == "no_profile"
    assert decision(robots_wishes(text, "/press/2026")) == "fetch"
    assert decision(robots_wishes(text)) == "no_profile"
    assert decision(robots_wishes("User-agent: *\nContent-Usage: /blog train-ai=n", "/team")) == "fetch"
    assert not robots_wishes("User-agent: *\nContent-Usage: /find?a=no train-ai=y")


def test_content_signals_are_recorded() -> None:
    wishes = robots_wishes("User-agent: *\nContent-Signal: search=yes, ai-train=no\n")
    assert wishes == Wishes(noted=("Content-Signal: search=yes, ai-train=no (robots.txt)",))
    assert robots_wishes("User-agent: *\nContent-Signal: search=no\n").reason == "noindex"
    assert not robots_wishes("User-agent: otherbot\nContent-Signal: search=no\n")


# --- whatever comes ---------------------------------------------------------------------------------------------------

pieces = st.sampled_from(
    ["noindex", "noai", "max-snippet:", "unavailable_after:", "25 Jun 2099", "mentorwatch:", "otherbot:", ", ", "1",
     "\n", "User-agent: *", "Disallow: ", "Content-Usage: ", "train-ai=n", "*", "$", "/", '"', "{", "[", "]", ":"]
)  # fmt: skip
anything = st.lists(pieces | st.text(max_size=8), max_size=20).map("".join)


@given(anything, anything)
def test_any_text(text: str, path: str) -> None:
    headers = dict.fromkeys(("x-robots-tag", "tdm-reservation", "tdm-policy", "content-usage", "content-signal"), text)
    readers: list[Callable[[], Wishes]] = [
        lambda: header_wishes(headers, NOW),
        lambda: tdmrep_wishes(text.encode("utf-8", "surrogatepass"), path),
        lambda: tdmrep({"location": text, "tdm-reservation": text, "tdm-policy": text}, path=path),
        lambda: ai_txt_wishes(text, path, text),
        lambda: ai_txt_wishes(text, path, None),
        lambda: robots_wishes(text),
        lambda: robots_wishes(text, path),
    ]
    for read in readers:
        wishes = read()
        assert wishes == read()
        assert all(signal.isprintable() for signal in wishes.signals)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | anything,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["location", "tdm-reservation", "tdm-policy", "x"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(json_values, st.binary(max_size=60))
def test_any_file(value: object, body: bytes) -> None:
    for content in (json.dumps(value).encode(), body):
        assert tdmrep_wishes(content, "/") == tdmrep_wishes(content, "/")


@given(
    st.text("ab/.", max_size=8).map(lambda path: f"/{path}"),
    st.text("ab/*$.", max_size=6).map(lambda pattern: f"/{pattern}"),
)
def test_patterns_mean_what_robots_patterns_mean(path: str, pattern: str) -> None:
    body, end = pattern.removesuffix("$"), r"\Z" if pattern.endswith("$") else ""
    meant = re.match("".join(".*" if char == "*" else re.escape(char) for char in body) + end, path)
    wishes = tdmrep({"location": pattern, "tdm-reservation": 1}, path=path)
    assert bool(wishes.no_profile) is (meant is not None)


HOSTILE: dict[str, Callable[[], Wishes]] = {
    "stars": lambda: tdmrep({"location": "/" + "*a" * 20_000 + "$", "tdm-reservation": 1}, path="/" + "a" * 8_000),
    "rules": lambda: tag("a: " * 300_000),
    "spaces": lambda: tag("a" + " " * 300_000 + "b"),
    "commas": lambda: tag("," * 1_000_000),
    "agents": lambda: ai_txt_wishes("User-agent: *\n" * 15_000 + "Disallow: /a\n" * 20_000, "/b", None),
    "others": lambda: robots_wishes("User-agent: *\n" + "User-agent: b\n" * 15_000 + "Allow: /a\n" * 20_000),
    "locations": lambda: tdmrep(*({"location": "/*a", "tdm-reservation": [[]]} for _ in range(10_000)), path="/b" * 99),
    "groups": lambda: robots_wishes("User-agent: *\nContent-Usage: a=n\n" * 10_000),
    "signals": lambda: robots_wishes("".join(f"Content-Signal: a{each}=no\n" for each in range(20_000))),
    "blank": lambda: robots_wishes("user-agent" + " " * 300_000),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_files_end(kind: str) -> None:
    assert len(HOSTILE[kind]().signals) <= 21
