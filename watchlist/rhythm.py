"""When to look at a feed again, in what state and at which address it is, after each outcome. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

LEASE = timedelta(minutes=15)
"""How long a claimed feed is left alone; after a crash it is free again by then."""
LONGEST_WAIT = timedelta(hours=24)
BLOCKED = frozenset(
    {"robots", "robots_unreachable", "never_fetched", "opted_out", "noindex", "unclear_wishes", "blocked"}
    | {"http_401", "http_403", "http_451"}
)
"""Reasons that are somebody's decision."""
MOVE_ANSWERS = 3
MOVE_TIME = timedelta(hours=24)
"""A feed has moved for good when so many good answers over so long a time were redirected to the same place."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedPlan:
    """The new values of a feed's columns."""

    state: str
    reason: str | None
    failures: int
    next_at: datetime


@dataclass(frozen=True, slots=True)
class Moving:
    """Where a feed seems to move: since when, and how many good answers said so."""

    to: str
    since: datetime
    seen: int

    def is_done(self, now: datetime) -> bool:
        """Whether the move is to be believed."""
        return self.seen >= MOVE_ANSWERS and now - self.since >= MOVE_TIME

    def wants_body(self, now: datetime) -> bool:
        """Whether the next answer should be a whole one, for one that says "not modified" proves nothing."""
        return self.seen < MOVE_ANSWERS - 1 or now - self.since >= MOVE_TIME


def note_move(moving: Moving | None, moved_to: str | None, now: datetime) -> Moving | None:
    """What is known of a move after an answer with a good body: a different place, or none, begins anew."""
    if moved_to is None:
        return None
    if moving is None or moving.to != moved_to:
        return Moving(moved_to, now, 1)
    return Moving(moved_to, moving.since, moving.seen + 1)


def after_success(now: datetime, interval: timedelta, fresh_until: datetime | None = None) -> FeedPlan:
    """A good answer, changed or not; what the publisher calls fresh is not asked for again, for at most a day."""
    fresh = min(fresh_until, now + LONGEST_WAIT) if fresh_until else now
    return FeedPlan(state="ok", reason=None, failures=0, next_at=max(now + interval, fresh))


def after_failure(
    reason: str, *, failures: int, now: datetime, interval: timedelta, retry_at: datetime | None = None
) -> FeedPlan:
    """Put off: the interval x 4 for each failure in a row, at most a day; a server's own wish wins when longer.

    `blocked` is somebody's decision, `gone` (410) is final, everything else is `failing` and tried for ever:
    sources fail for days and come back (feeds.md section 5).
    """
    state = "gone" if reason == "http_410" else "blocked" if reason in BLOCKED else "failing"
    wait = min(interval * 4 ** min(failures + 1, 8), LONGEST_WAIT)
    return FeedPlan(state=state, reason=reason, failures=failures + 1, next_at=max(now + wait, retry_at or now))
