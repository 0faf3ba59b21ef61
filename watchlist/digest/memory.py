"""What a digest saw when it was made, so that the same date can be built again with the same content.

Times alone do not say it: entries may arrive with the very time at which a window ended, a feed may recover, a
candidate may be followed an hour later. A note holds row numbers only, so erasing a person needs nothing here.
"""

from __future__ import annotations

from pydantic import AwareDatetime, BaseModel, ConfigDict

from watchlist.models import Digest


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


def remember(digest: Digest, note: Note) -> None:
    """Keep the note with its digest."""
    digest.note = note.model_dump(mode="json")


def recall(digest: Digest | None) -> Note | None:
    """The note of a digest; None where there is none."""
    return Note.model_validate(digest.note) if digest is not None and digest.note is not None else None
