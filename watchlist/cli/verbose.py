"""--verbose: every decision of the door as one line on stderr."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from watchlist.cli.output import say

if TYPE_CHECKING:
    from crawler.fetch.decisions import Decision, Watch

Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Show every decision about an address, and why.")]


def watch_if(verbose: bool) -> Watch | None:
    """What shows the door's decisions, where that is wanted."""
    return (lambda decision: say(decision_line(decision))) if verbose else None


def decision_line(decision: Decision) -> str:
    """`08:00:01Z https://acme.test/team: fetched, 200, 12.3 kB in 0.42 s`, or why not in plain words."""
    return f"{decision.at:%H:%M:%S}Z {decision.url}: {_outcome(decision)}"


def _outcome(decision: Decision) -> str:
    from crawler.fetch.answers import PLAIN_WORDS
    from crawler.fetch.decisions import OK
    from watchlist.digest.wording import plain
    from watchlist.secrets import mask_text

    detail = f" ({plain(mask_text(decision.detail), 200)})" if decision.detail else ""
    if decision.reason != OK:
        return f"not fetched, {PLAIN_WORDS.get(decision.reason, decision.reason)}{detail}"
    return f"fetched, {decision.status}, {_size(decision.bytes)} in {decision.seconds:.2f} s{detail}"


def _size(number: int) -> str:
    """`812 B`, `12.3 kB`, `4.0 MB`."""
    if number < 1000:
        return f"{number} B"
    return f"{number / 1000:.1f} kB" if number < 1_000_000 else f"{number / 1_000_000:.1f} MB"
