"""Sites whose last crawl lost too much to be believed: what they lost, and the user's word that it is so."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, bindparam, select, update
from sqlmodel import Session, col
from sqlmodel import select as select_rows

from pipelines.load.pages import page_key, pages_of
from pipelines.load.role_changes import load_moves
from pipelines.load.rows import columns, rows_of
from pipelines.load.sites import END_AFTER_MISSES
from watchlist.errors import NotFoundError
from watchlist.models import Organization, Person, Position, Visit

_HELD, _PERSON = columns(Position), columns(Person)
_CURRENT: Final = (
    select(_HELD.id, _HELD.person_id, _PERSON.name, _HELD.title, _HELD.page_url, _HELD.seen_at)
    .join_from(_HELD.id.table, _PERSON.id.table)
    .where(_HELD.organization_id == bindparam("organization"), _HELD.own_page, _HELD.ended_at.is_(None))
    .order_by(_PERSON.name, _HELD.id)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class LostRole:
    """A role that a page read well does not show any more."""

    position_id: int
    person_id: int
    name: str
    title: str | None
    page_url: str
    seen_at: datetime
    """When a page showed it last."""
    read_at: datetime
    """When the page was read without it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldSite:
    """An organisation whose last crawl is held for review."""

    organization_id: int
    organisation: str
    held_at: datetime
    people: int
    """Whom the last crawl saw."""
    people_before: int
    """Whom the last good one saw."""
    lost: tuple[LostRole, ...]


def held_sites(session: Session) -> list[HeldSite]:
    """All that is held, by name; where a page was taken away nothing is listed as lost before the next crawl."""
    rows = session.exec(
        select_rows(Visit, Organization)
        .join(Organization, col(Organization.id) == Visit.organization_id)
        .where(Visit.reason == "held", Visit.kind == "leaders")
        .order_by(Organization.name, col(Organization.id))
    )
    return [_site(session, visit, organization) for visit, organization in rows]


def accept_held(session: Session, name: str, *, now: datetime) -> tuple[HeldSite, int]:
    """Take the held picture of an organisation (its name or key) as true: what it lost has ended.

    Returns the site as it was held, and how many moves came of it. Raises NotFoundError where nothing of it is held.
    """
    fitting = [site for site in held_sites(session) if name.casefold() in _names(session, site)]
    if len(fitting) != 1:
        raise NotFoundError(f"nothing of {name!r} is held", hint="people moves --held lists what is")
    site = fitting[0]
    lost = [role.position_id for role in site.lost]
    ended = update(Position).where(_HELD.id.in_(lost)).values(misses=END_AFTER_MISSES, ended_at=now)
    if lost:
        session.connection().execute(ended)
    visit = session.exec(
        select_rows(Visit).where(Visit.organization_id == site.organization_id, Visit.kind == "leaders")
    ).one()
    visit.reason, visit.good_at, visit.good_people = None, visit.finished_at, visit.people
    session.add(visit)
    session.flush()
    return site, load_moves(session, now=now)


def _names(session: Session, site: HeldSite) -> set[str]:
    return {site.organisation.casefold(), session.get_one(Organization, site.organization_id).key.casefold()}


def _site(session: Session, visit: Visit, organization: Organization) -> HeldSite:
    organization_id = organization.id or 0
    pages = pages_of(session, organization_id)
    read = {key: page.read_at for key, page in pages.items() if visit.good_at is None or page.read_at > visit.good_at}
    rows = rows_of(session, _CURRENT, organization=organization_id)
    lost = [(row, read.get(page_key(row.page_url))) for row in rows]
    return HeldSite(
        organization_id=organization_id,
        organisation=organization.name,
        held_at=visit.finished_at,
        people=visit.people,
        people_before=visit.good_people,
        lost=tuple(_role(row, at) for row, at in lost if at is not None and row.seen_at < at),
    )


def _role(row: Row[Any], read_at: datetime) -> LostRole:
    return LostRole(
        position_id=row.id,
        person_id=row.person_id,
        name=row.name,
        title=row.title or None,
        page_url=row.page_url,
        seen_at=row.seen_at,
        read_at=read_at,
    )
