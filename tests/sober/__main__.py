"""Prints the ledger of the sober web for a human, before and after the contacts were imported."""

from __future__ import annotations

import tempfile
from collections import Counter
from pathlib import Path

from tests.sober.crawl import Sober, crawled
from tests.sober.world import HOSTS
from watchlist.ledger import Ledger


def main() -> None:
    """One line a company: whom the ledger names or why nobody, the next act, and what the site was asked."""
    with tempfile.TemporaryDirectory() as folder, crawled(Path(folder) / "home") as sober:
        ledger = sober.ledger()
        _print(ledger, sober)
        report = sober.import_connections(Path(folder))
        print(f"\nConnections.csv: {report.rows} rows, {report.at_listed} at companies of the list")
        print(f"totals after it: {sober.ledger().totals}")


def _print(ledger: Ledger, sober: Sober) -> None:
    kinds = {site.name: site for site in HOSTS}
    print(f"{'':2} {'company':17} {'what it is':12} {'asked':>5}  person, or reason and next act")
    for line in ledger.lines:
        site = kinds[line.company]
        first = line.people[0] if line.people else None
        said = f"{first.name}, {first.title}" if first else f"{line.reason} ({line.cause}): {line.next_act}"
        mark = " " if (first.name if first else line.reason) == site.outcome else "!"
        print(f"{mark:1}{line.rank:2} {line.company:17} {site.kind:12} {sober.pages[site.host]:5}  {said}")
    asked = sorted(sober.pages[site.host] for site in HOSTS)
    spread = f"median {asked[len(asked) // 2]}, most {asked[-1]}, in all {sum(asked)}"
    print(f"\npages asked of a site: {spread}; requests in all {sum(sober.asked.values())}")
    print(f"outcomes: {dict(Counter(line.reason or 'person' for line in ledger.lines))}")
    print(f"totals: {ledger.totals}")


if __name__ == "__main__":
    main()
