"""When to look at a feed again, and what state it is in, after each outcome. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

LEASE = timedelta(minutes=15)
"""How long a claimed feed is left alone; after a crash it is free again by then."""
LONGEST_WAIT = timedelta(hours=24)
_BLOCKED = frozenset({"robots", "robots_unreachable", "never_fetched", "http_401", "http_403"})


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPlan:
    """The new values of a feed's columns."""

    state: str
    reason: str | None
    failures: int
    next_at: datetime


def after_success(now: datetime, interval: timedelta) -> FeedPlan:
    """A good answer, changed or not."""
    return FeedPlan(state="ok", reason=None, failures=0, next_at=now + interval)


def after_failure(
    reason: str, *, failures: int, now: datetime, interval: timedelta, retry_at: datetime | None = None
) -> FeedPlan:
    """Put off: the interval x 4 for each failure in a row, at most a day; a server's own wish wins when longer.

    `blocked` is somebody's decision, `gone` (410) is final, everything else is `failing` and tried for ever:
    sources fail for days and come back (feeds.md section 5).
    """
    state = "gone" if reason == "http_410" else "blocked" if reason in _BLOCKED else "failing"
    wait = min(interval * 4 ** min(failures + 1, 8), LONGEST_WAIT)
    return FeedPlan(state=state, reason=reason, failures=failures + 1, next_at=max(now + wait, retry_at or now))
