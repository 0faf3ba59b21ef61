"""Where the corpus of real pages, feeds and titles is; tests that need it skip, saying so, where it is absent."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def corpus_dir() -> Path | None:
    """The corpus: $MENTORWATCH_CORPUS, else ../shared/corpus beside the project; None where there is none."""
    chosen = os.environ.get("MENTORWATCH_CORPUS")
    folder = Path(chosen) if chosen else Path(__file__).parents[2] / "shared" / "corpus"
    return folder if folder.is_dir() else None


CORPUS = corpus_dir() or Path("corpus-is-absent")
needs_corpus = pytest.mark.skipif(corpus_dir() is None, reason="the corpus is not beside the project")
