"""The floor under `crawl leaders` on real pages: what `make eval` prints may rise, not fall."""

from __future__ import annotations

from pathlib import Path

from tests.corpus import needs_corpus
from tests.eval.crawl import corpus_pages, crawl_corpus, totals


@needs_corpus
def test_the_crawl_finds_the_leaders_of_real_pages(tmp_path: Path) -> None:
    scores, report = crawl_corpus(corpus_pages(), tmp_path / "home")
    found = totals(scores)
    assert (found.pages, found.pages_with_people) == (23, 23)
    assert found.recall >= 0.95
    assert found.precision >= 0.98
    assert found.titles >= 0.97
    assert set(report.failed.values()) == {"no_people"}
