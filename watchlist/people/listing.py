"""One line a person: the role that counts most, the rank of its organisation, and whether the user follows them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, true
from sqlmodel import Session, col, select

from pipelines.lexicon.titles import LADDER
from watchlist.models import CompanyList, Entry, Follow, ListEntry, Person, Position, User
from watchlist.times import iso

KNOWN = "known"
"""The state of everybody for whom the user did nothing yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLine:
    """A person in a list; what is not known is None, times are ISO 8601 UTC."""

    id: int
    name: str
    title: str | None
    organisation: str | None
    organization_id: int | None
    """None where the organisation stands on no list."""
    rank: int | None
    """Of the organisation, on the list asked for, else its best on any list."""
    function: str | None
    level: str | None
    section: str | None
    current: bool
    """Whether the role still stands on its page; a person whose roles all ended is listed with the last one."""
    state: str | None
    """known | candidate | followed | unfollowed; None for a past time since which the user changed it."""
    since: str | None
    """Since when in that state; None for known."""
    last_entry_at: str | None
    evidence_url: str | None


def list_people(  # noqa: PLR0913 - what `people list` can be asked
    session: Session,
    *,
    user: User,
    function: str | None = None,
    level: str | None = None,
    state: str | None = None,
    list_key: str | None = None,
    ids: Iterable[int] | None = None,
    as_of: datetime | None = None,
) -> list[PersonLine]:
    """Everybody who matches all that is given, best rank first, then by level from the top, then by name.

    `function`, `level` and `list_key` ask about one and the same current position, which is then the one shown.
    `as_of`: who held what as it was known then. Lists, the evidence's address and what a title means are those of
    today; what the user did since is left out.
    """
    query = _query(user, list_key, as_of)
    about_position = [(Position.function, function), (Position.level, level)]
    wanted = [col(column) == value for column, value in about_position if value is not None]
    if list_key is not None:
        wanted.append(col(Position.organization_id).in_(_on_list(list_key)))
    if wanted:
        query = query.where(*wanted, _held(as_of))
    if state is not None:
        query = query.where(func.coalesce(Follow.state, KNOWN) == state)
        if as_of is not None:
            query = query.where(or_(col(Follow.since).is_(None), col(Follow.since) <= as_of))
    if ids is not None:
        query = query.where(col(Person.id).in_(list(ids)))
    best: dict[int | None, Any] = {}
    for row in session.exec(query):
        known = best.get(row[0].id)
        if known is None or _weight(row[1], as_of) > _weight(known[1], as_of):
            best[row[0].id] = row
    return sorted((_line(row, as_of) for row in best.values()), key=_order)


def _query(user: User, list_key: str | None, as_of: datetime | None) -> Any:
    """Rows of Person, Position or None, rank, Follow or None, time of the last entry."""
    ranks = select(col(ListEntry.organization_id), func.min(ListEntry.rank).label("rank"))
    if list_key is not None:
        ranks = ranks.join(CompanyList).where(CompanyList.key == list_key)
    rank = ranks.group_by(col(ListEntry.organization_id)).subquery()
    last = select(func.max(Entry.published)).where(Entry.person_id == Person.id)
    position: ColumnElement[bool] = col(Position.person_id) == Person.id
    people: ColumnElement[bool] = true()
    if as_of is not None:
        last = last.where(Entry.first_seen_at <= as_of)
        position, people = and_(position, col(Position.first_seen_at) <= as_of), col(Person.created_at) <= as_of
    return (
        select(Person, Position, rank.c.rank, Follow, last.scalar_subquery())  # type: ignore[call-overload]
        .where(people)
        .outerjoin(Position, position)
        .outerjoin(rank, rank.c.organization_id == Position.organization_id)
        .outerjoin(Follow, (col(Follow.person_id) == Person.id) & (col(Follow.user_id) == user.id))
    )


def _on_list(list_key: str) -> Any:
    return select(ListEntry.organization_id).join(CompanyList).where(CompanyList.key == list_key)


def level_height(level: str | None) -> int:
    """The step of a level on the career ladder; -1 for board, none and unknown."""
    return LADDER.index(level) if level in LADDER else -1


def _held(as_of: datetime | None) -> ColumnElement[bool]:
    """Whether a position is held, or was then."""
    if as_of is None:
        return col(Position.ended_at).is_(None)
    return or_(col(Position.ended_at).is_(None), col(Position.ended_at) > as_of)


def _is_held(position: Position, as_of: datetime | None) -> bool:
    return position.ended_at is None or (as_of is not None and position.ended_at > as_of)


def _weight(position: Position | None, as_of: datetime | None) -> tuple[Any, ...]:
    """Which of a person's positions counts: current before ended, then the higher, then the one on the own site.

    Of equal ones the newer: by what never changes, so that a past day chooses as it did.
    """
    if position is None:
        return (False, -2, False, 0.0, 0)
    height, began = level_height(position.level), position.first_seen_at.timestamp()
    return (_is_held(position, as_of), height, position.own_page, began, position.id)


def _order(line: PersonLine) -> tuple[Any, ...]:
    return (line.rank is None, line.rank or 0, -level_height(line.level), line.name.casefold(), line.id)


def _line(row: Any, as_of: datetime | None) -> PersonLine:
    person, position, rank, follow, last = row
    decided = follow is not None and as_of is not None and follow.since > as_of
    return PersonLine(
        id=person.id,
        name=person.name,
        title=(position.title or None) if position else None,
        organisation=position.organisation if position else None,
        organization_id=position.organization_id if position else None,
        rank=rank,
        function=position.function if position else None,
        level=position.level if position else None,
        section=position.section if position else None,
        current=bool(position) and _is_held(position, as_of),
        state=None if decided else follow.state if follow else KNOWN,
        since=iso(follow.since) if follow and not decided else None,
        last_entry_at=iso(last),
        evidence_url=(position.page_url or None) if position else None,
    )
