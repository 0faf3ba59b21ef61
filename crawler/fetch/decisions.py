"""What the door decided, request by request: for `--verbose`, for the counters and for the tests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

OK = "ok"
PAGE, ROBOTS = "page", "robots"
"""What was asked for: something a caller wants, or the site's robots.txt."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One request that was sent, or was refused before it could leave."""

    at: datetime
    """Aware UTC, when it was over."""
    kind: str
    """page | robots"""
    host: str
    """Empty where the address names none."""
    url: str
    """Without secrets (watchlist.secrets.mask_url)."""
    reason: str
    """`ok` for an answer that came, whatever its status; else a key of answers.PLAIN_WORDS."""
    detail: str = ""
    status: int | None = None
    bytes: int = 0
    """Of the decoded body."""
    seconds: float = 0.0
    """From connecting to the last byte; 0 where nothing was sent."""


Watch = Callable[[Decision], None]
