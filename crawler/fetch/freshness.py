"""How long an answer stays fresh: before that there is nothing new to fetch (RFC 9111 4.2.1)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime, timedelta

from crawler.fetch.backoff import read_moment

LONGEST = timedelta(hours=24)
"""A publisher who says more is believed for a day."""
_MAX_AGE = re.compile(r"(?:^|,)\s*max-age\s*=\s*\"?(\d{1,12})", re.IGNORECASE)
_NOT_CACHED = re.compile(r"(?:^|,)\s*no-(?:cache|store)\b", re.IGNORECASE)


def fresh_until(headers: Mapping[str, str], now: datetime) -> datetime | None:
    """Until when Cache-Control or Expires call the answer fresh, at most a day; None where they say nothing.

    `headers` have lower-case names; times are aware UTC.
    """
    control = headers.get("cache-control", "")
    if _NOT_CACHED.search(control):
        return None
    if age := _MAX_AGE.search(control):
        span = timedelta(seconds=int(age[1]))
    else:
        moment = read_moment(headers.get("expires", ""))
        sent = read_moment(headers.get("date", "")) or now
        span = moment - sent if moment else timedelta()
    return now + min(span, LONGEST) if span > timedelta() else None
