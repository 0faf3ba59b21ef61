"""The jobs: async functions with JSON arguments that do one piece of work and can be run again without harm."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from watchlist.errors import MentorwatchError
from watchlist.jobs.crawling import CrawlReport, crawl_leaders, crawl_speakers
from watchlist.jobs.digesting import build_digest
from watchlist.jobs.refreshing import refresh
from watchlist.jobs.registries import crawl_registries
from watchlist.jobs.workplace import Workplace

Job = Callable[[Workplace, str, datetime | None], Awaitable[str]]
"""(place, key, since) -> one line that says what came of it; `since` is set when a cut-off run goes on."""


async def _crawl_leaders(place: Workplace, key: str, since: datetime | None) -> str:
    return _line(await crawl_leaders(place, key, since=since))


async def _crawl_speakers(place: Workplace, _key: str, since: datetime | None) -> str:
    return _line(await crawl_speakers(place, since=since))


async def _crawl_registries(place: Workplace, key: str, since: datetime | None) -> str:
    return _line(await crawl_registries(place, key, since=since))


def _line(report: CrawlReport) -> str:
    if report.offline:
        raise MentorwatchError("no site could be reached", hint="is this machine online?")
    return report.line


async def _refresh(place: Workplace, _key: str, _since: datetime | None) -> str:
    return (await refresh(place)).line


async def _digest(place: Workplace, key: str, _since: datetime | None) -> str:
    return (await build_digest(place, key)).subject


JOBS: dict[str, Job] = {
    "crawl_leaders": _crawl_leaders,
    "crawl_speakers": _crawl_speakers,
    "crawl_registries": _crawl_registries,
    "refresh": _refresh,
    "digest": _digest,
}
"""By name, ignorant of what runs them."""

FETCHING = frozenset({"crawl_leaders", "crawl_speakers", "crawl_registries", "refresh"})
"""Those that are not started while everything is stopped."""
