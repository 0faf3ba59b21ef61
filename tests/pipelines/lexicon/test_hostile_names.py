"""Names as hostile sources write them: every case of the corpus is read or refused, and look-alikes stay apart."""

from __future__ import annotations

import json
import unicodedata
from typing import Any

import pytest

from pipelines.lexicon.names import PersonName, read_name, read_registry_name
from pipelines.lexicon.titles import LEVELS, read_title
from tests.corpus import CORPUS, corpus_dir, needs_corpus

SPELLED_OTHERWISE = {
    "M\u00fcller",
    "\u0412\u043b\u0430\u0434\u0438\u043c\u0438\u0440 \u0418\u0432\u0430\u043d\u043e\u0432",
}
"""Umlauts written out and transliteration: the resolver's business, not the key's."""
TRAPS = ("\u202a", "\u202b", "\u202c", "\u202d", "\u202e", "\u2066", "\u2067", "\u2068", "\u2069", "\u200b", "\ufeff")


def _cases() -> list[dict[str, Any]]:
    if corpus_dir() is None:
        return []
    cases: list[dict[str, Any]] = json.loads((CORPUS / "hostile/names_titles.json").read_text("utf-8"))["cases"]
    return cases


def _params(field: str | None = None) -> list[Any]:
    return [pytest.param(case, id=case["id"]) for case in _cases() if field is None or case.get(field)]


@needs_corpus
@pytest.mark.parametrize("case", _params())
def test_any_hostile_text_is_read_or_refused(case: dict[str, Any]) -> None:
    text = case["text"]
    for name in (read_name(text), read_name(text, trusted=True), read_registry_name(text)):
        assert name is None or _is_clean(name, text)
    assert read_title(text).level in LEVELS


def _is_clean(name: PersonName, text: str) -> bool:
    """Whether a name keeps its source, and shows nothing that breaks a line, turns the text round or is invisible."""
    shown = name.full
    controls = [char for char in shown if unicodedata.category(char) in ("Cc", "Cs") or char in TRAPS]
    return name.original == text and bool(shown.strip()) and len(shown) <= 300 and not controls


@needs_corpus
@pytest.mark.parametrize("case", _params("same_as"))
def test_what_may_merge_has_one_key(case: dict[str, Any]) -> None:
    one, other = read_name(case["text"], trusted=True), read_name(case["same_as"], trusted=True)
    assert one is not None
    assert other is not None
    assert one.key == other.key or case["text"] in SPELLED_OTHERWISE


@needs_corpus
@pytest.mark.parametrize("case", _params("not_same_as"))
def test_what_must_not_merge_differs(case: dict[str, Any]) -> None:
    one, other = read_name(case["text"], trusted=True), read_name(case["not_same_as"], trusted=True)
    assert other is not None
    assert one is None or _identity(one) != _identity(other)


def _identity(name: PersonName) -> tuple[str, str, tuple[str, ...]]:
    """What tells two names apart: the key, and where both have them, middle initials and generations."""
    return name.key, name.middle, tuple(suffix.casefold().strip(".") for suffix in name.suffixes)


@needs_corpus
def test_no_naughty_string_is_taken_for_a_name_on_a_page() -> None:
    naughty = [case["text"] for case in _cases() if case.get("origin") == "blns"]
    accepted = [text for text in naughty if read_name(text) is not None]
    assert len(naughty) > 300
    # Three of the list are names of people.
    assert len(accepted) <= 4, accepted


@pytest.mark.parametrize(
    ("text", "given", "family"),
    [
        ("Freifrau Jane von und zu Testen-Muster", "Jane", "von und zu Testen-Muster"),
        ("Willem van 't Testen", "Willem", "van 't Testen"),
        ("Omar bin Testan", "Omar", "bin Testan"),
        ("Mary-Ann O\u2019Test III", "Mary-Ann", "O\u2019Test"),
        ("Ludwig van Testhoven Jr.", "Ludwig", "van Testhoven"),
        ("MARTIN Claire", "Claire", "Martin"),
        ("Иванов Иван Иванович", "Иван Иванович", "Иванов"),
        ("Тестов Олег Петрович", "Олег Петрович", "Тестов"),
    ],
)  # fmt: skip
def test_particles_and_orders(text: str, given: str, family: str) -> None:
    name = read_name(text)
    assert name is not None
    assert (name.given, name.family) == (given, family)
