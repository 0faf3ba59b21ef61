"""Times as they leave the program: ISO 8601 in UTC with a Z for programs, to the minute for people."""

from __future__ import annotations

from datetime import UTC, datetime


def utc_now() -> datetime:
    """The clock of a real run."""
    return datetime.now(UTC)


def iso(moment: datetime | None) -> str | None:
    """`2026-11-23T08:00:00Z`; None stays None (unknown is null in every JSON output)."""
    return None if moment is None else moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def shown(moment: datetime | str | None) -> str:
    """The time that a person reads at the terminal: `2026-11-23 08:00Z`; `never` for None. Takes `iso` text too."""
    if moment is None:
        return "never"
    if isinstance(moment, str):
        moment = datetime.fromisoformat(moment)
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M}Z"
