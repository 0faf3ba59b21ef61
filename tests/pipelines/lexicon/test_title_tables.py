"""Invented titles of each language: function words by level words by forms, as the rules of the corpus have them."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.lexicon import languages, title_words, titles, vocabulary
from pipelines.lexicon.titles import FUNCTIONS, LEVELS, read_title
from watchlist.settings import config_dir

TABLES = Path(__file__).with_name("title_tables")
LANGUAGES = ("de", "en", "es", "fr", "it", "nl", "pl", "pt", "ru", "sv", "tr", "uk")


def _rows(language: str) -> list[dict[str, str]]:
    with (TABLES / f"{language}.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", restval=""))


@pytest.mark.parametrize(
    "row", [pytest.param(row, id=row["title"]) for language in LANGUAGES for row in _rows(language)]
)
def test_title_is_read_by_the_rules(row: dict[str, str]) -> None:
    reading = read_title(row["title"])
    flags = [flag for flag in ("former", "acting", "deputy") if getattr(reading, flag)]
    assert (reading.function, reading.level, ",".join(flags)) == (row["function"], row["level"], row["flags"])


@pytest.mark.parametrize("language", LANGUAGES)
def test_tables_are_large_and_use_the_words_of_the_design(language: str) -> None:
    rows = _rows(language)
    assert len({row["title"] for row in rows}) >= 40
    assert {row["function"] for row in rows} <= set(FUNCTIONS)
    assert {row["level"] for row in rows} <= set(LEVELS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_case_and_space_make_no_difference(language: str) -> None:
    for row in _rows(language)[::7]:
        plain = read_title(row["title"])
        other = read_title(f"  {row['title'].replace(' ', chr(0xA0))} ")
        assert (other.function, other.level) == (plain.function, plain.level)


@pytest.fixture
def copied_vocabulary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A copy of config/ that the lexicon reads, with nothing remembered before or after."""
    copied = tmp_path / "config"
    shutil.copytree(config_dir(), copied)
    monkeypatch.setattr(vocabulary, "config_dir", lambda: copied)
    _forget_vocabulary()
    yield copied
    monkeypatch.undo()
    _forget_vocabulary()


def _forget_vocabulary() -> None:
    for module in (vocabulary, title_words, languages, titles):
        for made in vars(module).values():
            if hasattr(made, "cache_clear"):
                made.cache_clear()


def test_a_new_language_is_one_file(copied_vocabulary: Path) -> None:
    assert read_title("Zorbkapo pri homaj rimedoj").level == "none"
    (copied_vocabulary / "vocab/titles.eo.toml").write_text(
        """
language = "eo"
[marks]
of = ["pri", "de"]
former = ["iama"]
[levels]
head = ["zorbkapo"]
[roles.c_level]
general = ["cxefdirektoro"]
[fields]
hr = ["homaj rimedoj"]
""",
        encoding="utf-8",
    )
    _forget_vocabulary()
    reading = read_title("Iama zorbkapo pri homaj rimedoj")
    assert (reading.function, reading.level, reading.former, reading.language) == ("hr", "head", True, "eo")
    assert read_title("Cxefdirektoro").level == "c_level"
    assert read_title("Leiterin Personal").language == "de"
