"""Which local date it is, when its digest is due, and which span of time it covers. Pure."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from watchlist.errors import UsageError
from watchlist.models import Digest
from watchlist.settings import Settings

BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
"""Where the first digest's window starts: everything seen so far is new to its reader."""


def user_zone(settings: Settings) -> ZoneInfo:
    """`digest.timezone`, else the zone of this machine. Raises UsageError where that one has no known name."""
    if settings.digest.timezone:
        return ZoneInfo(settings.digest.timezone)
    from tzlocal import get_localzone_name

    try:
        return ZoneInfo(get_localzone_name() or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        hint = 'set timezone = "Europe/Berlin" or the like under [digest] in config.toml'
        raise UsageError("the time zone of this machine has no known name", hint=hint) from None


def local_day(now: datetime, settings: Settings) -> date:
    """The user's calendar date at `now` (aware)."""
    return now.astimezone(user_zone(settings)).date()


def day_end(day: date, settings: Settings) -> datetime:
    """The last instant (UTC) of the user's calendar date."""
    after = datetime.combine(day + timedelta(days=1), time(), user_zone(settings))
    return after.astimezone(UTC) - timedelta(microseconds=1)


def digest_at(day: date, settings: Settings) -> datetime | None:
    """The one instant (UTC) at which the digest of a local date is due; None for a date its zone left out.

    An hour that the clocks skip is due when they have jumped, an hour they repeat at its first turn.
    """
    zone = user_zone(settings)
    # fold=0 reads a repeated hour as the first one, and a skipped hour with the offset before the jump: just after it
    instant = datetime.combine(day, time(settings.digest.hour), zone).astimezone(UTC)
    return instant if instant.astimezone(zone).date() == day else None


def next_digest_at(now: datetime, settings: Settings) -> datetime:
    """The first due instant after `now`."""
    day = local_day(now, settings)
    while True:
        instant = digest_at(day, settings)
        if instant is not None and instant > now:
            return instant
        day += timedelta(days=1)


def due_day(now: datetime, settings: Settings) -> date:
    """The local date whose digest was due last: a run that comes late, after midnight too, still makes that one."""
    day = local_day(now, settings)
    while True:
        instant = digest_at(day, settings)
        if instant is not None and instant <= now:
            return day
        day -= timedelta(days=1)


def digest_window(previous: Digest | None, now: datetime) -> tuple[datetime, datetime]:
    """The span (since, until] of a digest made at `now`; `previous` is the one that reaches furthest so far.

    Windows join without gap or overlap in the order in which digests are made, whatever their dates are, so each
    entry belongs to exactly one. A clock that was set back gives an empty window, never an overlapping one.
    """
    since = previous.until if previous is not None else BEGINNING
    return since, max(now, since)
