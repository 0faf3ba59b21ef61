"""Moves as they are told: who, what kind, and the page behind each side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from watchlist.models import Move, Person, Position
from watchlist.times import iso


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveSide:
    """What a page showed of somebody at a time; no title and no organisation: it did not show them."""

    title: str | None
    organisation: str | None
    function: str | None
    level: str | None
    url: str
    read_at: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveLine:
    """One move; times are ISO 8601 UTC."""

    id: int
    person_id: int
    name: str
    kind: str
    """moved | joined | left | promoted | new_role | retitled"""
    before: MoveSide
    after: MoveSide
    seen_at: str | None


def list_moves(session: Session, *, since: datetime | None = None, person_id: int | None = None) -> list[MoveLine]:
    """The moves that were found, newest first; of one person also those whose other side is somebody of the name."""
    old, new = aliased(Position), aliased(Position)
    query = (
        select(Move, Person.name, old, new)
        .join(Person, col(Person.id) == Move.person_id)
        .outerjoin(old, col(old.id) == Move.from_position_id)
        .outerjoin(new, col(new.id) == Move.to_position_id)
        .order_by(col(Move.seen_at).desc(), col(Move.id).desc())
    )
    if since is not None:
        query = query.where(Move.seen_at >= since)
    if person_id is not None:
        theirs = (col(Move.person_id) == person_id, col(old.person_id) == person_id, col(new.person_id) == person_id)
        query = query.where(or_(*theirs))
    return [_line(*row) for row in session.exec(query)]


def _line(move: Move, name: str, old: Position | None, new: Position | None) -> MoveLine:
    return MoveLine(
        id=move.id or 0,
        person_id=move.person_id,
        name=name,
        kind=move.kind,
        before=_side(old, move.before_url, move.before_at),
        after=_side(new, move.after_url, move.after_at),
        seen_at=iso(move.seen_at),
    )


def _side(position: Position | None, url: str, read_at: datetime) -> MoveSide:
    return MoveSide(
        title=(position.title or None) if position else None,
        organisation=position.organisation if position else None,
        function=position.function if position else None,
        level=position.level if position else None,
        url=url,
        read_at=iso(read_at),
    )
