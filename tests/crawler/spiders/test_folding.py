from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.spiders.folding import MOST_SEGMENTS, fold_host, fold_part, fold_repeats, is_random

DRAWN = ["8f1c02d9e7", "QmFzZTY0IQ==", "lit3py55t21z5v55vlm25s55", "9b1deb4d-3b7d-4bad-9bdd-2b0d7b3dcb6d", "k2j4h6g8",
         "0c5c7fd0a6a3a450-2-18b8ffa14d4748", "aG93ZHkx7"]  # fmt: skip
WRITTEN = ["team", "leadership-2026", "covid19", "iso9001", "3dprinting", "board-of-directors", "2026", "2026-11-23",
           "q1-2026-h2", "about_us", "o365admin", "john-smith-4", "führung", ""]  # fmt: skip


@pytest.mark.parametrize("text", DRAWN)
def test_what_looks_drawn_by_lot(text: str) -> None:
    assert is_random(text)
    assert "*" in fold_part(text)


@pytest.mark.parametrize("text", WRITTEN)
def test_what_looks_written(text: str) -> None:
    assert not is_random(text)
    assert "*" not in fold_part(text)


@pytest.mark.parametrize(
    ("text", "folded"),
    [("page-12", "page-#"), ("Covid19", "covid#"), ("2026-11-23", "#-#-#"), ("team-8f1c02d9e7", "team-*"), ("x", "x")],
)
def test_numbers_and_random_parts_are_folded(text: str, folded: str) -> None:
    assert fold_part(text) == folded


@pytest.mark.parametrize(
    ("host", "folded"),
    [("www.acme.test", "acme.test"), ("8f1c02d9e7.acme.test", "*.acme.test"), ("shop12.acme.test", "shop#.acme.test"),
     ("93.184.216.34", "93.184.216.34"), ("2606:2800::1", "2606:2800::1")],
)  # fmt: skip
def test_hosts_are_folded_but_for_ip_addresses(host: str, folded: str) -> None:
    assert fold_host(host) == folded


@pytest.mark.parametrize(
    ("parts", "folded"),
    [("a b a b a b", "a b"), ("a a a", "a"), ("c a b a b", "c a b"), ("a b c", "a b c"), ("a b a", "a b a"),
     ("x a a y a a y", "x a y"), ("", "")],
)  # fmt: skip
def test_what_repeats_is_folded(parts: str, folded: str) -> None:
    assert fold_repeats(parts.split()) == folded.split()


@given(st.lists(st.sampled_from("ab"), max_size=60))
def test_no_repeat_is_left(parts: list[str]) -> None:
    folded = fold_repeats(parts)
    assert fold_repeats(folded) == folded
    assert len(folded) <= min(3, MOST_SEGMENTS)  # of two letters no longer text is without a repeat
