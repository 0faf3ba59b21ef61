"""Pauses after bad answers: 1 minute doubling to 24 hours, or as long as the server asks for."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

FIRST = timedelta(minutes=1)
LONGEST = timedelta(hours=24)
LONGEST_ASKED = timedelta(days=7)
"""Nobody is left alone for longer, whatever Retry-After says."""
JITTER = 0.1
"""A pause of our own is longer by up to this share, so that what failed together does not come back together."""


@dataclass(frozen=True, slots=True)
class Pause:
    """How often in a row it went wrong, and until when nothing is asked."""

    failures: int
    until: datetime
    reason: str = ""
    """What happened: a key of answers.PLAIN_WORDS, or `http_503`."""


class Backoff:
    """Pauses by host."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._pauses: dict[str, Pause] = {}

    def until(self, host: str) -> datetime | None:
        """When the pause of this host ends; None where there is none (any more)."""
        pause = self._pauses.get(host)
        return pause.until if pause and pause.until > self._clock() else None

    def failed(self, host: str, reason: str, *, asked: timedelta | None = None) -> Pause:
        """Note a bad answer: the pause is never shorter than what the server asked for."""
        before = self._pauses.get(host)
        failures = before.failures + 1 if before else 1
        return self._set(host, Pause(failures, self._clock() + max(wait_after(failures), asked or FIRST), reason))

    def asked(self, host: str, wait: timedelta, reason: str) -> Pause:
        """Note a pause that is nobody's failure: the server counts requests and has said when it goes on."""
        return self._set(host, Pause(0, self._clock() + wait, reason))

    def succeeded(self, host: str) -> bool:
        """Note a good answer: the next bad one starts at one minute again. Whether there was anything to forget."""
        return self._pauses.pop(host, None) is not None

    def restore(self, host: str, pause: Pause) -> None:
        """Go on with what an earlier run noted; a clock that was wrong then must not pause a host for years."""
        self._set(host, replace(pause, until=min(pause.until, self._clock() + LONGEST_ASKED)))

    def _set(self, host: str, pause: Pause) -> Pause:
        self._pauses[host] = pause
        return pause


def wait_after(failures: int) -> timedelta:
    """How long to leave something alone that failed so often in a row."""
    wait: timedelta = FIRST * 2 ** min(failures - 1, 11)
    return min(wait * (1 + JITTER * random.random()), LONGEST)  # noqa: S311  # no secret: it only spreads requests


def asked_wait(status: int, headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """The time a server wants to be left alone: Retry-After of a refusal, or the end of a used-up rate limit.

    At most 7 days. `headers` have lower-case names.
    """
    refused = status in {403, 429} or status >= 500
    wishes = [
        read_retry_after(headers.get("retry-after", ""), now) if refused else None,
        read_rate_limit(headers, now),
    ]
    longest = max((wish for wish in wishes if wish), default=None)
    return min(longest, LONGEST_ASKED) if longest else None


def read_retry_after(text: str, now: datetime) -> timedelta | None:
    """Retry-After in either form (RFC 9110 10.2.3); None for what is neither, or lies in the past."""
    value = text.strip()
    if re.fullmatch(r"\d{1,12}", value, re.ASCII):
        return timedelta(seconds=int(value)) or None
    moment = read_moment(value)
    return moment - now if moment and moment > now else None


_REMAINING = ("ratelimit-remaining", "x-ratelimit-remaining", "x-rate-limit-remaining")
_RESET = ("ratelimit-reset", "x-ratelimit-reset", "x-rate-limit-reset")
_NONE_LEFT = re.compile(r"\b(?:r|remaining)\s*=\s*0\b")
_SECONDS = re.compile(r"\b(?:t|reset)\s*=\s*(\d{1,9})\b")
_AN_EPOCH = 1_000_000_000
"""A greater number is a moment (seconds since 1970), a smaller one a span."""


def read_rate_limit(headers: Mapping[str, str], now: datetime) -> timedelta | None:
    """How long until a used-up rate limit begins anew; None while something is left or nothing is said.

    `RateLimit` in both drafts of the IETF, and the X- forms of GitHub and Mastodon (epoch, span or ISO 8601).
    """
    combined = headers.get("ratelimit", "")
    if _NONE_LEFT.search(combined) and (seconds := _SECONDS.search(combined)):
        return timedelta(seconds=int(seconds[1])) or None
    if not any(headers.get(name, "").strip() == "0" for name in _REMAINING):
        return None
    return next((span for name in _RESET if (span := _until_reset(headers.get(name, "").strip(), now))), None)


def _until_reset(value: str, now: datetime) -> timedelta | None:
    if re.fullmatch(r"\d{1,10}", value, re.ASCII):
        number = int(value)
        span = timedelta(seconds=number) if number < _AN_EPOCH else datetime.fromtimestamp(number, UTC) - now
    else:
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            return None
        span = moment - now if moment.tzinfo else timedelta()
    return span if span > timedelta() else None


def read_moment(text: str) -> datetime | None:
    """An HTTP date as aware UTC; None for what is none."""
    try:
        moment = parsedate_to_datetime(text.strip())
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
