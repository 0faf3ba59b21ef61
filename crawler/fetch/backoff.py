"""Pauses after bad answers: 1 minute doubling to 24 hours, or as long as the server asks for."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

FIRST = timedelta(minutes=1)
LONGEST = timedelta(hours=24)
LONGEST_ASKED = timedelta(days=7)
"""Nobody is left alone for longer, whatever Retry-After says."""


@dataclass(frozen=True, slots=True)
class Pause:
    """How often in a row it went wrong, and until when nothing is asked."""

    failures: int
    until: datetime


class Backoff:
    """Pauses by key (a host, or an origin's robots.txt)."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._pauses: dict[str, Pause] = {}

    def until(self, key: str) -> datetime | None:
        """When the pause of this key ends; None where there is none (any more)."""
        pause = self._pauses.get(key)
        return pause.until if pause and pause.until > self._clock() else None

    def failed(self, key: str, retry_after: str | None = None) -> datetime:
        """Note a bad answer; returns when to ask again: never earlier than the server's Retry-After."""
        now = self._clock()
        failures = self._pauses[key].failures + 1 if key in self._pauses else 1
        wait = min(FIRST * 2 ** min(failures - 1, 11), LONGEST)
        asked = read_retry_after(retry_after, now) if retry_after else None
        until: datetime = now + max(wait, min(asked, LONGEST_ASKED) if asked else wait)
        self._pauses[key] = Pause(failures, until)
        return until

    def succeeded(self, key: str) -> None:
        """Note a good answer: the next bad one starts at one minute again."""
        self._pauses.pop(key, None)


def read_retry_after(text: str, now: datetime) -> timedelta | None:
    """Retry-After in either form (RFC 9110 10.2.3); None for what is neither, or lies in the past."""
    value = text.strip()
    if re.fullmatch(r"\d{1,12}", value, re.ASCII):
        return timedelta(seconds=int(value))
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return moment - now if moment > now else None
