"""The end of a site's crawl: what became of it, and who was not shown any more."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, func, update
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from crawler.items import SiteItem
from pipelines.load.pages import page_key, pages_of, read_since
from pipelines.load.rows import columns, rows_of
from pipelines.moves import MANY
from pipelines.records import Subject
from watchlist.models import LeaderPage, Organization, Position, Talk, Visit

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
    read = read_since(pages_of(session, subject.organization_id), started_at)
    losses = _losses(session, site, subject, started_at, read)
    reason = site.reason
    if reason is None and _must_wait(visit, people, losses):
        reason = "held"
    visit.finished_at, visit.pages, visit.people, visit.reason = now, site.pages, people, reason
    _take_as_baseline(session, subject, started_at, set(read) if reason == "held" else _grown(session, subject, read))
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


def _losses(
    session: Session, site: SiteItem, subject: Subject, since: datetime, read: dict[str, LeaderPage]
) -> list[Loss]:
    """Losses of the pages this crawl read well, and of those the site took away. A page that failed lost nobody."""
    gone = {page_key(url) for url in site.gone_pages} - {page_key(url) for url in site.read_pages}
    by_page: dict[str, list[Row[Any]]] = {}
    for row in _current(session, subject) if read or gone else ():
        if (page := page_key(row.page_url)) in read or page in gone:
            by_page.setdefault(page, []).append(row)
    return [_loss(rows, since, gone=page not in read) for page, rows in by_page.items()]


def _current(session: Session, subject: Subject) -> Sequence[Row[Any]]:
    """What the organisation's own pages are known to show."""
    held = columns(Position)
    if subject.organization_id is None:
        return ()
    current = select_columns(held.id, held.page_url, held.seen_at, held.misses).where(
        held.organization_id == subject.organization_id, held.own_page, held.ended_at.is_(None)
    )
    return rows_of(session, current)


def _grown(session: Session, subject: Subject, read: dict[str, LeaderPage]) -> set[str]:
    """Pages that show so many people for the first time that they show more of the house, rather than who joined it."""
    new: dict[str, int] = {}
    for row in _beginners(session, subject, min((page.read_at for page in read.values()), default=None)):
        key = page_key(row.page_url)
        new[key] = new.get(key, 0) + 1
    return {key for key, count in new.items() if key in read and count >= MANY and 2 * count > read[key].people - count}


def _beginners(session: Session, subject: Subject, since: datetime | None) -> Sequence[Row[Any]]:
    """Whom the organisation's own pages show for the first time since then, one row a person."""
    held = columns(Position)
    if subject.organization_id is None or since is None:
        return ()
    began = func.min(held.first_seen_at)
    people = (
        select_columns(held.person_id, func.max(held.page_url).label("page_url"))
        .where(held.organization_id == subject.organization_id, held.own_page)
        .group_by(held.person_id)
        .having(began >= since)
    )
    return rows_of(session, people)


def _take_as_baseline(session: Session, subject: Subject, since: datetime, pages: Collection[str]) -> None:
    """What these pages showed in this crawl for the first time may have been there before: nobody has joined by it."""
    held = columns(Position)
    if not pages:
        return
    fresh = select_columns(held.id, held.page_url).where(
        held.organization_id == subject.organization_id, held.own_page, held.arrived, held.first_seen_at >= since
    )
    ids = [row.id for row in rows_of(session, fresh) if page_key(row.page_url) in pages]
    if ids:
        session.connection().execute(update(Position).where(held.id.in_(ids)).values(arrived=False))


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
