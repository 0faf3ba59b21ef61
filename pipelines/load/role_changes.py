"""Moves: what changed between the readings of organisations' own pages, stored once, with the page behind each side."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import Row, bindparam, func, or_, select, update
from sqlmodel import Session

from pipelines.load.pages import page_key
from pipelines.load.rows import columns, mappings_of, rows_of
from pipelines.moves import FRESH, JOBS, SEATS, HeldPosition, RoleChange, find_moves
from watchlist.models import LeaderPage, Move, Person, Position
from watchlist.store.upsert import upsert

_HELD, _MOVE, _PAGE, _PERSON = columns(Position), columns(Move), columns(LeaderPage), columns(Person)
_OWN: Final = (_HELD.own_page, _HELD.section.in_(JOBS | SEATS))
_CHANGED: Final = (
    select(_PERSON.name_key)
    .join_from(_HELD.id.table, _PERSON.id.table)
    .where(
        *_OWN,
        or_(
            _HELD.misses > 0,
            _HELD.ended_at >= bindparam("since"),
            _HELD.first_seen_at >= bindparam("since"),
        ),
    )
    .distinct()
)
"""Names of people of whom something began, was missed or ended lately."""
_POSITIONS: Final = (
    select(*_HELD, _PERSON.name, _PERSON.name_key)
    .join_from(_HELD.id.table, _PERSON.id.table)
    .where(*_OWN, _PERSON.name_key.in_(_CHANGED))
    .order_by(_HELD.id)
)
_TOLD: Final = select(_MOVE.person_id, _MOVE.kind, _MOVE.from_position_id, _MOVE.to_position_id)
_PAGES: Final = select(_PAGE.organization_id, _PAGE.url, _PAGE.first_read_at, _PAGE.read_at, _PAGE.before_at)
_COUNT: Final = select(func.count()).select_from(_MOVE.id.table)


class _Page(NamedTuple):
    """When a page was read well."""

    url: str
    first_read_at: datetime
    read_at: datetime
    before_at: datetime | None


_Pages = dict[tuple[int | None, str], _Page]


def load_moves(session: Session, *, now: datetime) -> int:
    """Find and store the role changes of everybody of whom a page shows or misses something lately.

    Returns how many are new. What was left for something else has ended, though it was missed only once.
    """
    rows = {row.id: row for row in rows_of(session, _POSITIONS, since=now - FRESH)}
    pages = {
        (row.organization_id, page_key(row.url)): _Page(row.url, row.first_read_at, row.read_at, row.before_at)
        for row in rows_of(session, _PAGES)
    }
    told = [RoleChange(**row) for row in mappings_of(session, _TOLD)]
    changes = find_moves([_held(row, pages) for row in rows.values()], told, now=now)
    before = session.connection().execute(_COUNT).scalar_one()
    upsert(session, Move, [_row(change, rows, pages, now) for change in changes], key=["key"], update=[])
    _end(session, [change.from_position_id for change in changes], now)
    return session.connection().execute(_COUNT).scalar_one() - before


def _end(session: Session, positions: Iterable[int | None], now: datetime) -> None:
    left = [position for position in positions if position is not None]
    ended = update(Position).where(_HELD.id.in_(left), _HELD.ended_at.is_(None)).values(ended_at=now)
    if left:
        session.connection().execute(ended)


def _held(row: Row[Any], pages: _Pages) -> HeldPosition:
    page = pages.get((row.organization_id, page_key(row.page_url)))
    return HeldPosition(
        id=row.id,
        person_id=row.person_id,
        name=row.name,
        name_key=row.name_key,
        organisation_key=row.organisation_key,
        title=row.title,
        function=row.function,
        level=row.level,
        section=row.section,
        language=row.language,
        first_seen_at=row.first_seen_at,
        seen_at=row.seen_at,
        missed=row.misses > 0 or row.ended_at is not None,
        ended_at=row.ended_at,
        arrived=row.arrived and page is not None,
        dropped=page is not None and page.read_at > row.seen_at,
    )


def _row(change: RoleChange, rows: dict[int, Row[Any]], pages: _Pages, now: datetime) -> dict[str, Any]:
    """A move as it is stored: each side cites the page as it was read then."""
    old, new = rows.get(change.from_position_id or 0), rows.get(change.to_position_id or 0)
    before = _shown_until(old) if old is not None else _read_before(new, pages)
    after = _shown_from(new, old) if new is not None else _read_after(old, pages)
    return {
        "key": change.key,
        "person_id": change.person_id,
        "kind": change.kind,
        "from_position_id": change.from_position_id,
        "to_position_id": change.to_position_id,
        "before_url": before[0],
        "before_at": before[1],
        "after_url": after[0],
        "after_at": after[1],
        "seen_at": now,
    }


_Reading = tuple[str, datetime]


def _shown_until(old: Row[Any]) -> _Reading:
    return old.page_url, old.seen_at


def _shown_from(new: Row[Any], old: Row[Any] | None) -> _Reading:
    """The first reading that shows it; where the old one was shown for a while beside it, the last."""
    at = new.first_seen_at if old is None or old.seen_at < new.first_seen_at else new.seen_at
    return new.page_url, at


def _read_before(new: Row[Any] | None, pages: _Pages) -> _Reading:
    """The last good reading of the page that is known to be without them."""
    page = _page_of(new, pages)
    known = [at for at in (page.before_at, page.first_read_at) if at is not None and new and at < new.first_seen_at]
    return page.url, max(known)


def _read_after(old: Row[Any] | None, pages: _Pages) -> _Reading:
    """The last good reading of the page, which is without them."""
    page = _page_of(old, pages)
    return page.url, page.read_at


def _page_of(row: Row[Any] | None, pages: _Pages) -> _Page:
    if row is None:
        raise ValueError("a move has a side")
    return pages[row.organization_id, page_key(row.page_url)]
