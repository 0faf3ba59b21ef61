"""What owners of pages and feeds asked for, kept by address: what the program obeys, and what it only noted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete
from sqlmodel import Session, col

from watchlist.models import Wish
from watchlist.store import upsert
from watchlist.store.suppression import is_suppressed


def note_wishes(session: Session, url: str, reason: str | None, signals: Sequence[str], *, now: datetime) -> None:
    """Keep what the last look at an address found: a reason where nothing was taken, and the signals in plain words.

    Without either the address asks for nothing any more; one of somebody who was forgotten is not kept.
    """
    if not (reason or signals):
        session.connection().execute(delete(Wish).where(col(Wish.url) == url))
    elif not is_suppressed(session, "url", [url]):
        row = {"url": url, "reason": reason, "signals": list(signals), "first_at": now, "last_at": now}
        upsert(session, Wish, [row], key=["url"], update=["reason", "signals", "last_at"])
