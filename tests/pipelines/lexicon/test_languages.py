"""The language of a title."""

from __future__ import annotations

import pytest

from pipelines.lexicon.languages import title_language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Head of Sales", "en"),
        ("Director", "en"),
        ("Leiterin Personal", "de"),
        ("Marketingleiterin", "de"),
        ("Directrice de la communication", "fr"),
        ("Gerente AI", "es"),
        ("Начальник отдела", "ru"),
        ("Responsabile Risorse Umane", "it"),
        ("Diretora de Vendas", "pt"),
        ("Dyrektor HR", "pl"),
        ("Hoofd Inkoop", "nl"),
        ("Genel Müdür", "tr"),
        ("Zorb", None),
        ("", None),
    ],
)
def test_title_language(text: str, language: str | None) -> None:
    assert title_language(text) == language
