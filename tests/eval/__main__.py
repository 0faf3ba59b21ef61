"""Scores on the corpus: `make eval`."""

from __future__ import annotations

import sys

from tests.corpus import corpus_dir


def main() -> int:
    """Print every report, one after the other."""
    if corpus_dir() is None:
        print("the corpus is not beside the project: nothing to score")
        return 0
    from tests.eval import crawl, feeds, leaders, moves, registries, speakers, titles

    for report in (titles, leaders, registries, crawl, moves, speakers, feeds):
        print(f"\n=== {report.__name__.rpartition('.')[2]} ===")
        report.report()
    return 0


if __name__ == "__main__":
    sys.exit(main())
