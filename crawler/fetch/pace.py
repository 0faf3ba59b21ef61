"""Pace: one request at a time per site, with a gap between two; who waits holds nothing that others need."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from crawler.fetch.access import access_rules

if TYPE_CHECKING:
    from tldextract import TLDExtract

LONGEST_GAP = 60.0
"""A Crawl-delay counts up to here (design section 6)."""
REMEMBERED_SECONDS = 3600.0
"""No gap is longer (settings: network.gap_seconds), so a site that was asked before that may be asked."""
_MANY_SITES = 4096


class Line:
    """The line in front of one site: the lock is the turn, FIFO."""

    __slots__ = ("_monotonic", "_sleep", "free_since", "lock", "waiting")

    def __init__(self, monotonic: Callable[[], float], sleep: Callable[[float], Awaitable[None]]) -> None:
        self.lock = asyncio.Lock()
        self.waiting = 0
        self.free_since: float | None = None
        self._monotonic, self._sleep = monotonic, sleep

    async def wait(self, gap: float) -> bool:
        """Sleep until `gap` seconds have gone by since the last request to the site was over; False: they have."""
        left = 0.0 if self.free_since is None else self.free_since + gap - self._monotonic()
        if left <= 0:
            return False
        await self._sleep(left)
        return True

    def leave(self) -> None:
        """A request was made and is over: the gap starts now."""
        self.free_since = self._monotonic()


class Pace:
    """All lines, by site. Time comes from a monotonic clock, for a set clock must not bring a burst."""

    def __init__(
        self,
        monotonic: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._monotonic, self._sleep = monotonic, sleep
        self._lines: dict[str, Line] = {}

    @asynccontextmanager
    async def queue(self, site: str) -> AsyncIterator[Line]:
        """Wait until nobody else asks this site; then the site is ours until the block ends."""
        line = self._lines.get(site) or self._new_line(site)
        line.waiting += 1
        try:
            async with line.lock:
                yield line
        finally:
            line.waiting -= 1

    def restore(self, site: str, seconds: float) -> None:
        """An earlier run asked this site so many seconds ago."""
        line = self._lines.get(site) or self._new_line(site)
        if line.free_since is None:
            line.free_since = self._monotonic() - max(0.0, seconds)

    def _new_line(self, site: str) -> Line:
        if len(self._lines) >= _MANY_SITES:
            self._forget_idle()
        line = self._lines[site] = Line(self._monotonic, self._sleep)
        return line

    def _forget_idle(self) -> None:
        long_ago = self._monotonic() - REMEMBERED_SECONDS
        for site, line in list(self._lines.items()):
            if not line.waiting and (line.free_since is None or line.free_since < long_ago):
                del self._lines[site]


@lru_cache(maxsize=8192)
def site_of(host: str) -> str:
    """What shares one pace: the shared platform, the registrable domain, else the host itself."""
    return access_rules().platform(host) or registrable_domain(host) or host


def registrable_domain(host: str) -> str | None:
    """The public suffix and one label (a.b.example.co.uk -> example.co.uk); None for a suffix or an address."""
    name = host.lower().removesuffix(".")
    if ":" in name or name.startswith("."):
        return None
    found = _suffixes()(name)
    if found.suffix:
        return f"{found.domain}.{found.suffix}" if found.domain else None
    labels = name.split(".")
    # A top level the list does not know is a suffix by itself (the list's default rule "*").
    return ".".join(labels[-2:]) if len(labels) > 1 and not labels[-1].isdigit() else None


@cache
def _suffixes() -> TLDExtract:
    """The public suffix list that ships with tldextract: no download, nothing written to a cache."""
    from tldextract import TLDExtract

    return TLDExtract(suffix_list_urls=(), cache_dir=None, include_psl_private_domains=True)
