"""What a digest saw when it was made, so that the same date can be built again with the same content.

Times alone do not say it: entries may arrive with the very time at which a window ended, a feed may recover, a
candidate may be followed an hour later. A note holds row numbers only, so erasing a person needs nothing here.
"""

from __future__ import annotations

from datetime import date

from pydantic import AwareDatetime, BaseModel, ConfigDict
from sqlmodel import Session

from watchlist.models import Meta


class SourceNote(BaseModel):
    """A feed that gave nothing at that moment."""

    model_config = ConfigDict(frozen=True)

    feed_id: int
    state: str
    since: AwareDatetime
    reason: str | None


class Note(BaseModel):
    """The highest row of each kind that was there, the candidates that were proposed, the sources that failed."""

    model_config = ConfigDict(frozen=True)

    entry: int
    talk: int
    move: int
    follow: int
    """The highest `Follow` row whose candidate has had its turn."""
    candidates: tuple[int, ...]
    waiting: int
    sources: int
    bad_sources: tuple[SourceNote, ...]


def remember(session: Session, user_id: int, day: date, note: Note) -> None:
    """Keep the note of one digest."""
    session.add(Meta(key=_key(user_id, day), value=note.model_dump_json()))


def recall(session: Session, user_id: int, day: date) -> Note | None:
    """The note of one digest; None where it has none."""
    row = session.get(Meta, _key(user_id, day))
    return Note.model_validate_json(row.value) if row else None


def _key(user_id: int, day: date) -> str:
    return f"digest:{user_id}:{day.isoformat()}"
