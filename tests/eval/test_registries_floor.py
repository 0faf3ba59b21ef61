"""Registers: every answer of the corpus is read right."""

from __future__ import annotations

from tests.corpus import needs_corpus
from tests.eval.registries import checks


@needs_corpus
def test_every_answer_is_read_right() -> None:
    found = list(checks())
    assert len(found) > 100
    assert [check for check in found if not check.right] == []
