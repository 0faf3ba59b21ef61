"""The end of a site's crawl: what became of it, who was not shown any more, who went where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, func, update
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from crawler.items import SiteItem
from pipelines.load.rows import columns, rows_of, saved_id
from pipelines.moves import HeldPosition, find_moves
from pipelines.records import Subject
from watchlist.models import Move, Organization, Position, Talk, Visit
from watchlist.store.upsert import upsert

END_AFTER_MISSES = 2
"""Good crawls in a row that do not show a position before it counts as ended: nothing is unlisted on one fetch."""
HOLD_BELOW = 0.5
"""A crawl that shows less than this share of the people of the last good one is held for review (R10)."""
SAME_PICTURE = 0.8
"""A held crawl is confirmed by the next one when that shows this share of people at least, and not many more."""


def finish_site(  # noqa: PLR0913  # what is known when a site ends
    session: Session, site: SiteItem, subject: Subject, *, kind: str, started_at: datetime, now: datetime
) -> str | None:
    """Close one site's crawl: the visit with its reason, and what was missed. Returns the reason.

    A crawl that shows far fewer people than the last good one, on the site or on one of its pages, is `held`: nobody
    is missed and the ledger says so, until the next crawl shows the same.
    """
    visit = _visit(session, subject, kind, now)
    people = _people_seen(session, subject, started_at)
    losses = _losses(session, site, subject, started_at)
    reason = site.reason
    if reason is None and _must_wait(visit, people, losses):
        reason = "held"
    visit.finished_at, visit.pages, visit.people, visit.reason = now, site.pages, people, reason
    if reason is None:
        visit.good_at, visit.good_people = now, people
        _miss(session, losses, now)
    session.add(visit)
    _load_site_facts(session, site, subject)
    return reason


def _visit(session: Session, subject: Subject, kind: str, now: datetime) -> Visit:
    found = session.exec(
        select(Visit).where(
            Visit.kind == kind,
            Visit.organization_id == subject.organization_id,
            Visit.event_id == subject.event_id,
        )
    ).first()
    return found or Visit(
        kind=kind, organization_id=subject.organization_id, event_id=subject.event_id, finished_at=now
    )


def _people_seen(session: Session, subject: Subject, since: datetime) -> int:
    """People whom this crawl saw at the organisation or the event."""
    if subject.event_id is not None:
        return session.exec(
            select(func.count(func.distinct(Talk.person_id))).where(Talk.event_id == subject.event_id)
        ).one()
    return session.exec(
        select(func.count(func.distinct(Position.person_id))).where(
            Position.organization_id == subject.organization_id, col(Position.own_page), Position.seen_at >= since
        )
    ).one()


class Unseen(NamedTuple):
    """A position that its page does not show any more."""

    position_id: int
    misses: int


@dataclass(frozen=True, slots=True)
class Loss:
    """What one page lost since it was read last: positions it does not show any more, and how many it still shows."""

    unseen: tuple[Unseen, ...]
    shown: int

    @property
    def fresh(self) -> int:
        """How many of them were still shown last time."""
        return sum(position.misses == 0 for position in self.unseen)


def _losses(session: Session, site: SiteItem, subject: Subject, since: datetime) -> list[Loss]:
    """Losses of the pages this crawl read well, and of those the site took away. A page that failed lost nobody."""
    pages = {*site.read_pages, *site.gone_pages}
    held = columns(Position)
    current = select_columns(held.id, held.page_url, held.seen_at, held.misses).where(
        held.organization_id == subject.organization_id,
        held.own_page,
        held.page_url.in_(pages),
        held.ended_at.is_(None),
    )
    by_page: dict[str, list[Row[Any]]] = {}
    for row in rows_of(session, current) if pages else ():
        by_page.setdefault(row.page_url, []).append(row)
    return [_loss(rows, since, gone=url not in site.read_pages) for url, rows in by_page.items()]


def _loss(positions: Sequence[Row[Any]], since: datetime, *, gone: bool) -> Loss:
    """A page that is gone is judged by the site as a whole: its people may stand elsewhere now."""
    unseen = tuple(Unseen(row.id, row.misses) for row in positions if row.seen_at < since)
    return Loss(unseen, shown=len(unseen) if gone else len(positions) - len(unseen))


def _must_wait(visit: Visit, people: int, losses: list[Loss]) -> bool:
    """Whether a crawl lost too much to be believed at once; the same picture a second time is believed."""
    lost_much = people < HOLD_BELOW * visit.good_people or any(loss.fresh > loss.shown for loss in losses)
    confirmed = visit.reason == "held" and abs(people - visit.people) <= (1 - SAME_PICTURE) * visit.people
    return lost_much and not confirmed


def _miss(session: Session, losses: list[Loss], now: datetime) -> None:
    unseen = [position for loss in losses for position in loss.unseen]
    ended = [position.position_id for position in unseen if position.misses + 1 >= END_AFTER_MISSES]
    missed = [position.position_id for position in unseen]
    held, connection = columns(Position), session.connection()
    if missed:
        connection.execute(update(Position).where(held.id.in_(missed)).values(misses=held.misses + 1))
    if ended:
        connection.execute(update(Position).where(held.id.in_(ended)).values(ended_at=now))


def _load_site_facts(session: Session, site: SiteItem, subject: Subject) -> None:
    """What the crawl learned about the organisation itself: its leadership page and whether the site is its own."""
    facts = {}
    if site.leadership_url:
        facts["leadership_url"] = site.leadership_url
    if site.site_name_seen is not None:
        facts["site_state"] = "confirmed" if site.site_name_seen else "wrong_site"
    if facts and subject.organization_id is not None:
        own = columns(Organization).id == subject.organization_id
        session.connection().execute(update(Organization).where(own).values(facts))


def load_moves(session: Session, *, now: datetime) -> int:
    """Find and store role changes over everybody with a position that was missed; returns how many are new."""
    leavers = select(Position.person_id).where((col(Position.misses) > 0) | col(Position.ended_at).is_not(None))
    positions = {
        saved_id(position.id): position
        for position in session.exec(select(Position).where(col(Position.person_id).in_(leavers)))
    }
    held = [
        HeldPosition(
            id=saved_id(position.id),
            person_id=position.person_id,
            organisation_key=position.organisation_key,
            function=position.function,
            level=position.level,
            section=position.section,
            first_seen_at=position.first_seen_at,
            seen_at=position.seen_at,
            missed=position.misses > 0 or position.ended_at is not None,
        )
        for position in positions.values()
    ]
    before = session.exec(select(func.count()).select_from(Move)).one()
    changes = find_moves(held)
    rows = [
        {
            "key": f"{change.person_id}:{change.kind}:{change.from_position_id}:{change.to_position_id}",
            "person_id": change.person_id,
            "kind": change.kind,
            "from_position_id": change.from_position_id,
            "to_position_id": change.to_position_id,
            "before_url": positions[change.from_position_id].page_url,
            "before_at": positions[change.from_position_id].seen_at,
            "after_url": positions[change.to_position_id].page_url,
            "after_at": positions[change.to_position_id].first_seen_at,
            "seen_at": now,
        }
        for change in changes
    ]
    upsert(session, Move, rows, key=["key"], update=[])
    # Where somebody went is known, so the role they left need not be missed a second time to count as ended.
    for change in changes:
        left = session.get_one(Position, change.from_position_id)
        left.ended_at = left.ended_at or now
        session.add(left)
    return session.exec(select(func.count()).select_from(Move)).one() - before
