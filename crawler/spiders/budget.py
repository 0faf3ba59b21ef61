"""What one site may cost in one run, and what was left out for it: URL spaces without end are cut off here. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Literal

from watchlist.settings import CrawlSettings

PER_PATTERN: Final = 3
"""Addresses of one pattern that are asked for though they show nobody new; one that does gives its try back."""
OTHER_HOSTS: Final = 3
"""Further hosts of a site, besides the first: about.acme.test, ir.acme.test; an endless wildcard ends here."""

Limit = Literal[
    "pages", "list_pages", "bytes", "seconds", "depth", "pattern", "hosts", "links", "nothing_new", "empty"
]  # fmt: skip
_KNOWN_END: Final = frozenset[Limit]({"nothing_new", "empty"})
"""A list that goes on without anybody new: what is left of it is left without regret."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The settings of `[crawl]` for one site."""

    pages: int
    list_pages: int
    bytes: int
    seconds: float
    profiles: int = 0
    """Pages of single people, of `pages`."""
    news_pages: int = 0
    """Newsrooms and blogs, of `pages`."""
    depth: int
    """Links from an address that was known beforehand; further pages of a list are as deep as its first."""

    @classmethod
    def of(cls, crawl: CrawlSettings, *, pages: int | None = None) -> Limits:
        """From the settings; `pages` instead of theirs."""
        return cls(
            pages=pages or crawl.pages_per_site,
            list_pages=crawl.list_pages_per_site,
            bytes=crawl.mib_per_site << 20,
            seconds=crawl.minutes_per_site * 60.0,
            profiles=crawl.profiles_per_site,
            news_pages=crawl.news_pages_per_site,
            depth=crawl.depth,
        )


@dataclass(slots=True)
class Budget:
    """What a walk over one site has spent, and what it left out by which limit."""

    limits: Limits
    pages: int = 0
    """Asked for, whatever came back; further pages of a list are counted apart."""
    list_pages: int = 0
    bytes: int = 0
    seconds: float = 0.0
    largest: int = 0
    hosts: set[str] = field(default_factory=set)
    tries: Counter[str] = field(default_factory=Counter)
    left_out: dict[str, Limit] = field(default_factory=dict)
    """Pages that were worth a look and not asked for, with the limit that stood against each."""
    overlooked: int = 0
    """Links of documents with very many that were not even read."""

    def used_up(self) -> Limit | None:
        """What ends the whole walk, if it is reached. There must be room for a page as large as the largest."""
        if self.bytes + self.largest > self.limits.bytes:
            return "bytes"
        if self.seconds >= self.limits.seconds:
            return "seconds"
        if self.pages >= self.limits.pages and self.list_pages >= self.limits.list_pages:
            return "pages"
        return None

    def refuses_page(self, *, of_list: bool) -> Limit | None:
        """The limit that stands against one page more, of a list or not."""
        if limit := self.used_up():
            return limit
        if of_list:
            return "list_pages" if self.list_pages >= self.limits.list_pages else None
        return "pages" if self.pages >= self.limits.pages else None

    @property
    def left(self) -> int:
        """How many pages may still be asked for."""
        return max(0, self.limits.pages - self.pages)

    def refuses_kind(self, host: str, patterns: Iterable[str]) -> Limit | None:
        """The limit that stands against one more address of this host and these patterns."""
        if host not in self.hosts and len(self.hosts) > OTHER_HOSTS:
            return "hosts"
        return "pattern" if any(self.tries[pattern] >= PER_PATTERN for pattern in patterns) else None

    def ask(self, page: str, host: str, patterns: Iterable[str], *, of_list: bool) -> None:
        """One page is asked for."""
        self.left_out.pop(page, None)
        if of_list:
            self.list_pages += 1
        else:
            self.pages += 1
        if host:
            self.hosts.add(host)
        self.tries.update(patterns)

    def spend(self, size: int, seconds: float) -> None:
        """What the answer was, in bytes, and how long it took."""
        self.bytes += size
        self.seconds += seconds
        self.largest = max(self.largest, size)

    def give_back(self, patterns: Iterable[str]) -> None:
        """The page showed somebody new: its patterns are worth another try."""
        self.tries.subtract(patterns)

    def exhaust(self, pattern: str) -> None:
        """The pattern leads nowhere: no further try."""
        self.tries[pattern] = PER_PATTERN

    @property
    def stopped_by(self) -> dict[Limit, int]:
        """How many pages each limit left out; empty where the site was seen as far as it was worth it."""
        found = Counter(self.left_out.values())
        if self.overlooked:
            found["links"] = self.overlooked
        return dict(found)

    @property
    def cut_short(self) -> bool:
        """Whether somebody may stand on what was left out."""
        return not self.stopped_by.keys() <= _KNOWN_END
