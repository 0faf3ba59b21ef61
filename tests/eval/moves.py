"""Moves told over a thousand versions of the corpus' pages: false ones, and planted ones that were found."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.databases import settings_for
from tests.pipelines.moves.score import Outcome, corpus_sites, live
from watchlist.store import Store

SEED = 6


def score_versions(seed: int = SEED) -> Outcome:
    """A year of weekly readings: 12 weeks of the pages as they are, cut, failing, translated ..., then redesigned."""
    with tempfile.TemporaryDirectory() as folder:
        home = settings_for(Path(folder) / "home")
        with Store.open(home) as store, store.session() as session:
            return live(session, corpus_sites(), as_found=12, redesigned=38, seed=seed)[1]


def report() -> None:
    """Print how many versions of each kind there were, and what was told of them."""
    outcome = score_versions()
    print(", ".join(f"{count} {kind}" for kind, count in sorted(outcome.kinds.items())))
    print(f"{outcome.versions} versions: {len(outcome.false)} false moves")
    print(f"{outcome.planted} planted moves: {outcome.found} found, once, of the right kind, with both pages")
    for word, moves in (("missed", outcome.missed), ("false", outcome.false)):
        for move in moves:
            print(f"  {word}: {move}")
