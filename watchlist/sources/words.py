"""Reason codes in plain words. Pure."""

from __future__ import annotations

from crawler.fetch.answers import PLAIN_WORDS
from watchlist.digest.wording import why
from watchlist.ledger import explain_reason

OF_SITES = frozenset({"company", "event"})


def words_of(reason: str, kind: str | None = None) -> str:
    """A reason in words: for the site of a company or event what the ledger says, else the door's words."""
    if kind in OF_SITES:
        return explain_reason(reason).sentence.rstrip(".")
    return PLAIN_WORDS.get(reason) or why("", reason)
