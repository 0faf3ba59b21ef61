"""The corpus of real feeds against the figures written down for each: counts, titles, links and times of entries."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any
from urllib.parse import urljoin

from bs4 import BeautifulSoup

from crawler.feeds import read_feed
from crawler.items import EntryItem
from tests.corpus import CORPUS

BASE = "https://feeds.test/a/feed.xml"
"""Where every feed is said to come from: what relative links resolve against."""
FIELDS = ("title", "link", "published", "updated", "id")

COUNTED_BY_EYE = {"malformed_rss_namespaced.xml": 2, "ScriptingNews.json": 50}
"""Files whose reference figure is not feedparser's: the corpus README says so."""


@dataclass(frozen=True)
class FeedScore:
    """One file: how many entries there are and were found; which fields differ from the reference."""

    name: str
    expected: int
    found: int
    differing: dict[str, int] = field(default_factory=dict)

    @property
    def is_exact(self) -> bool:
        return self.expected == self.found and not any(self.differing.values())


@cache
def scores() -> tuple[FeedScore, ...]:
    """One score a file of kind feed."""
    return tuple(_score(name, body, expected) for name, body, expected in corpus_feeds())


def corpus_feeds() -> Iterator[tuple[str, bytes, dict[str, Any]]]:
    """Name, bytes and expected figures of every feed in the corpus."""
    for listing in sorted((CORPUS / "feeds").glob("*/expected.json")):
        for name, expected in json.loads(listing.read_text("utf-8")).items():
            if expected["kind"] == "feed":
                yield f"{listing.parent.name}/{name}", (listing.parent / name).read_bytes(), expected


def agreement(which: str) -> tuple[int, int]:
    """Entries whose field `which` equals the reference, of all entries of files with the right count."""
    counted = [score for score in scores() if score.expected == score.found]
    entries = sum(score.found for score in counted)
    return entries - sum(score.differing[which] for score in counted), entries


def report() -> None:
    """Print what differs, file by file, and the sums."""
    for score in scores():
        if not score.is_exact:
            differing = "".join(f"; {count} {name} differ" for name, count in score.differing.items() if count)
            print(f"  {score.name}: {score.found} of {score.expected} entries{differing}")
    print(
        f"{len(scores())} feeds, {sum(score.expected == score.found for score in scores())} with the exact entry count"
    )
    for which in FIELDS:
        same, entries = agreement(which)
        print(f"  {which:<10} {same} of {entries} equal")


def _score(name: str, body: bytes, expected: dict[str, Any]) -> FeedScore:
    entries = read_feed(body, BASE, None).entries
    count = COUNTED_BY_EYE.get(name.rpartition("/")[2], expected["entry_count"])
    pairs = list(zip(expected["entries"], entries, strict=False))
    differing = {
        which: sum(_expected(which, one) not in (None, _found(which, entry)) for one, entry in pairs)
        for which in FIELDS
    }
    return FeedScore(name, count, len(entries), differing)


def _expected(which: str, entry: dict[str, Any]) -> str | None:
    """A field of the reference in our form; None where the reference gives none that we could have."""
    value = entry.get(which)
    if not value:
        return None
    if which == "title":
        return " ".join(BeautifulSoup(value.replace("\ufeff", ""), "lxml").get_text().split())[:299]
    if which == "link":
        # feedparser takes an id (urn:, tag:) for a permalink where there is no link: that is no address.
        address = urljoin(BASE, value)
        return address if address.startswith("http") else None
    return re.sub(r"\.\d+Z$", "Z", value) if which in ("published", "updated") else str(value)


def _found(which: str, entry: EntryItem) -> str | None:
    value = {"title": entry.title[:299], "link": entry.url, "id": entry.id}.get(which, getattr(entry, which, None))
    return f"{value:%Y-%m-%dT%H:%M:%SZ}" if isinstance(value, datetime) else value
