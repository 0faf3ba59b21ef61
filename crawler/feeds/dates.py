"""The dates of feeds: RFC 822, ISO 8601 and what publishers make of them, to aware UTC times."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone
from functools import cache

from pipelines.lexicon.vocabulary import load_vocabulary

EARLIEST_YEAR = 1970
_LONGEST = 80
_TIME = r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?"
_ZONE = r"(?P<zone>[+-]\d{2}:?\d{2}|[+-]\d{2}|[A-Za-z]{1,5}(?:[+-]\d{2}:?\d{2})?|\([A-Za-z]{1,5}\))"
_CLOCK = rf"(?:[\s,T]+{_TIME}(?:\s*(?P<half>[AaPp])\.?[Mm]\.?)?(?:\s*{_ZONE}(?:\s*\([^)]*\))?)?)?"
_WEEKDAY = r"(?:[^\W\d]+\.?(?:\s*,\s*|\s+))?"
_ISO = rf"(?P<year>\d{{4}})[-/](?P<month>\d{{1,2}})[-/](?P<day>\d{{1,2}}){_CLOCK}"
_ISO_BASIC = (
    r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})"
    r"(?:T?(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})(?:\.\d+)?(?P<zone>Z|[+-]\d{2}:?\d{2})?)?"
)
_ISO_WEEK = rf"(?P<year>\d{{4}})-?W(?P<week>\d{{2}})(?:-?(?P<weekday>[1-7]))?{_CLOCK}"
_RFC_822 = (  # Wed, 21 Oct 2026 06:28:00 GMT; mer., 21 oct. 26 06:28
    rf"{_WEEKDAY}(?P<day>\d{{1,2}})(?:st|nd|rd|th|\.)?[\s-]+(?:de\s+)?(?P<name>[^\W\d]+)\.?,?[\s-]+"
    rf"(?:de\s+)?(?P<year>\d{{4}}|\d{{2}}){_CLOCK}"
)
_MONTH_FIRST = rf"{_WEEKDAY}(?P<name>[^\W\d]+)\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}}){_CLOCK}"
_ASCTIME = rf"{_WEEKDAY}(?P<name>[^\W\d]+)\s+(?P<day>\d{{1,2}})\s+{_TIME}(?:\s+{_ZONE})?\s+(?P<year>\d{{4}})"
_EAST_ASIAN = rf"(?P<year>\d{{4}})\s*[年년]\s*(?P<month>\d{{1,2}})\s*[月월]\s*(?P<day>\d{{1,2}})\s*[日일]{_CLOCK}"
_MONTH = r"(?P<year>\d{4})-(?P<month>\d{2})"
_FORMS = tuple(
    re.compile(form) for form in (_ISO, _ISO_BASIC, _ISO_WEEK, _RFC_822, _MONTH_FIRST, _ASCTIME, _EAST_ASIAN, _MONTH)
)


def read_date(text: str | None) -> datetime | None:
    """An aware UTC time to the second; None where the text is no date, or one before 1970.

    A date alone is midnight UTC; a time without a zone is UTC. Numbers without a form (seconds since the epoch,
    10/11/2026) stay unread: what they mean can only be guessed.
    """
    text = re.sub(r"[\x00-\x1f\x7f\s]+", " ", text or "").strip()
    if not text or len(text) > _LONGEST:
        return None
    for form in _FORMS:
        if match := form.fullmatch(text):
            try:
                return _moment(match)
            except (ValueError, OverflowError):
                return None
    return None


def _moment(match: re.Match[str]) -> datetime | None:
    parts = match.groupdict()
    offset = _offset(parts.get("zone"))
    hour, minute, second = (int(parts.get(part) or 0) for part in ("hour", "minute", "second"))
    if half := parts.get("half"):
        hour = hour % 12 + (12 if half in "pP" else 0)
    midnight_after = timedelta(days=1) if (hour, minute, second) == (24, 0, 0) else timedelta()
    clock = time(0 if midnight_after else hour, minute, min(second, 59))
    moment = datetime.combine(_day(parts), clock, tzinfo=timezone(offset)) + midnight_after
    moment = moment.astimezone(UTC)
    return moment if moment.year >= EARLIEST_YEAR else None


def _day(parts: dict[str, str]) -> date:
    year = int(parts["year"])
    if len(parts["year"]) == 2:
        year += 2000 if year < 70 else 1900
    if parts.get("week"):
        return date.fromisocalendar(year, int(parts["week"]), int(parts["weekday"] or 1))
    name = parts.get("name")
    month = _vocabulary()[0].get(name.casefold(), 0) if name else int(parts["month"])
    return date(year, month, int(parts.get("day") or 1))


def _offset(zone: str | None) -> timedelta:
    """Minutes east of Greenwich; an unknown name is taken for UTC (RFC 2822, section 4.3)."""
    if not zone:
        return timedelta()
    numbers = re.search(r"([+-])(\d{2}):?(\d{2})?$", zone)
    if not numbers:
        return timedelta(minutes=_vocabulary()[1].get(zone.strip("()").casefold(), 0))
    hours, minutes = int(numbers[2]), int(numbers[3] or 0)
    if hours > 14 or minutes > 59:
        raise ValueError(f"no zone is {zone}")
    return (-1 if numbers[1] == "-" else 1) * timedelta(hours=hours, minutes=minutes)


@cache
def _vocabulary() -> tuple[dict[str, int], dict[str, int]]:
    words = load_vocabulary("dates")
    months = {name: number for number, names in enumerate(words["months"], 1) for name in names}
    return months, words["zones"]
