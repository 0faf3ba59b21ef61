"""Folded text: what is compared, word by word as in one piece; a page's whole text is not kept."""

from __future__ import annotations

import pytest

from pipelines.lexicon import folding
from pipelines.lexicon.folding import fold, tidy


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("HEAD of IT", "head of it"),
        ("Leiterin für Qualität", "leiterin fur qualitat"),
        ("Straße Łódź Søren Þór", "strasse lodz soren thor"),
        ("Заместитель, Ё и Й", "заместитель, ё и й"),
        ("\N{MATHEMATICAL BOLD CAPITAL A}\N{LATIN SMALL LIGATURE FI}", "afi"),
    ],
)
def test_case_accents_and_compatibility_forms_are_folded_away(text: str, folded: str) -> None:
    assert fold(text) == folded
    assert fold(" ".join([text] * 20)) == " ".join([folded] * 20)


def test_a_page_s_text_is_folded_and_not_kept() -> None:
    kept = folding._kept_folded.cache_info()
    assert fold("é" * 1000) == "e" * 1000
    assert folding._kept_folded.cache_info() == kept
    fold("éclair invented here")
    assert folding._kept_folded.cache_info().misses == kept.misses + 1


def test_white_space_of_every_kind_is_one_blank() -> None:
    assert tidy("\u00a0 Head\u2009of\x1c\t IT\u200b \n") == "Head of IT"
