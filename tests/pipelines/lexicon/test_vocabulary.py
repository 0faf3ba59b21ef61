"""The vocabulary files: well formed, folded, and within the words of the design."""

from __future__ import annotations

import re

import pytest

from pipelines.lexicon.folding import fold, tidy
from pipelines.lexicon.titles import FUNCTIONS, LEVELS
from pipelines.lexicon.vocabulary import load_vocabulary, title_languages


def test_languages_begin_with_english() -> None:
    assert title_languages()[0] == "en"
    assert {"de", "fr", "es", "ru"} <= set(title_languages())


@pytest.mark.parametrize("language", title_languages())
def test_title_words_use_the_functions_and_levels_of_the_design(language: str) -> None:
    data = load_vocabulary(f"titles.{language}")
    assert data["language"] == language
    assert set(data["levels"]) | set(data["roles"]) <= set(LEVELS)
    functions = {function for roles in data["roles"].values() for function in roles}
    assert functions | set(data["fields"]) | set(data.get("weak_fields", {})) <= set(FUNCTIONS)


@pytest.mark.parametrize("name", ["given_names", "name_stops"])
def test_names_are_folded(name: str) -> None:
    words = [word for listed in load_vocabulary(name).values() for word in listed]
    assert [word for word in words if word != fold(word)] == []


def test_stop_words_are_no_given_names() -> None:
    given_names = {name for listed in load_vocabulary("given_names").values() for name in listed}
    assert not given_names & set(load_vocabulary("name_stops")["never"])


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("Łódź", "lodz"),
        ("Groß", "gross"),
        ("Ångström", "angstrom"),
        ("Пётр Йод", "пётр йод"),
        ("ﬁnn", "finn"),
        ("ABC", "abc"),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_tidy_takes_off_what_cannot_be_seen() -> None:
    assert tidy(" Jane\u200b \u202eDoe\u00a0\n Zoe\u0308 ") == "Jane Doe Zo\u00eb"


@pytest.mark.parametrize("language", title_languages())
def test_those_who_serve_are_ranks_and_choices_are_not_nested(language: str) -> None:
    data = load_vocabulary(f"titles.{language}")
    ranks = [*data["levels"].values(), *(listed for roles in data["roles"].values() for listed in roles.values())]
    words = {word for listed in ranks for word in listed}
    serving = {word for key in ("aides", "aides_behind", "aides_around", "secretaries") for word in data.get(key, [])}
    assert serving <= words
    assert [word for word in words if re.search(r"\([^)]*\(", word)] == []
