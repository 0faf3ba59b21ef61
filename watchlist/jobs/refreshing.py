"""The refresh job: feeds of followed people, found on their own pages and read when they are due."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from crawler.feeds import read_feed
from crawler.fetch import Access, Answer, Ask, FetchError
from crawler.fetch.freshness import fresh_until
from crawler.items import FeedReading
from crawler.reading import UnreadableError
from crawler.wishes import Wishes
from pipelines.load import load_feed
from watchlist.errors import StoppedError
from watchlist.jobs.opt_outs import refusal, wishes_for
from watchlist.jobs.own_pages import find_feeds, followed
from watchlist.jobs.refresh_report import RefreshReport
from watchlist.jobs.workplace import Progress, Workplace, no_progress
from watchlist.models import Feed
from watchlist.rhythm import LEASE, FeedPlan, Moving, after_failure, after_success, note_move
from watchlist.secrets import mask_url
from watchlist.store.suppression import is_suppressed
from watchlist.wishes import note_wishes

log = logging.getLogger(__name__)


async def refresh(place: Workplace, *, everything: bool = False, progress: Progress = no_progress) -> RefreshReport:
    """Look for feeds on followed people's pages not looked at yet, then at each of their feeds that is due.

    Raises StoppedError where it was cut off; what it did not look at is still due then.
    """
    report = RefreshReport()
    cut_off = await find_feeds(place, report, everything=everything)
    feeds = await place.store.write(lambda session: _claim(session, place.clock(), everything=everything))
    report.feeds = len(feeds)
    done = 0

    async def one(feed: Feed) -> bool:
        nonlocal done
        try:
            stopped = await _refresh_feed(place, feed, report)
        except Exception:  # the job loop over feeds: one that breaks the reader must not stop the others
            log.exception("%s", mask_url(feed.url))
            report.failed[mask_url(feed.url)], stopped = "crashed", False
        done += 1
        progress(done, len(feeds), feed.title or mask_url(feed.url))
        return stopped

    cut_off = any(await asyncio.gather(*(one(feed) for feed in feeds))) or cut_off
    if cut_off or place.door.is_stopped:
        raise StoppedError("stopped; feeds that were not looked at are still due", hint=place.how_to_go_on)
    return report


def _claim(session: Session, now: datetime, *, everything: bool) -> list[Feed]:
    """Due feeds of followed people, leased so that nobody else takes them."""
    due = select(Feed).where(
        col(Feed.person_id).in_(followed()),
        Feed.state != "gone",
        col(Feed.lease_until).is_(None) | (col(Feed.lease_until) < now),
    )
    if not everything:
        due = due.where(Feed.next_at <= now)
    feeds = list(session.exec(due.order_by(col(Feed.next_at), col(Feed.id))))
    for feed in feeds:
        feed.lease_until = now + LEASE
    session.flush()
    session.expunge_all()
    return feeds


# --- one feed ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FeedLook:
    """What came of one look: an answer that is of use, or why not."""

    answer: Answer | None = None
    reading: FeedReading | None = None
    """None where nothing changed."""
    reason: str | None = None
    detail: str | None = None
    signals: tuple[str, ...] = ()
    """What the owner asked for and does not keep us away."""
    retry_at: datetime | None = None


async def _refresh_feed(place: Workplace, feed: Feed, report: RefreshReport) -> bool:
    """Look at a feed and write what came of it; whether the kill switch of everything cut it off."""
    look = await _look(place, feed)
    if look.reason in {"stopped", "halted"}:  # nothing was learned: it stays due
        report.halted += look.reason == "halted"
        await place.store.write(lambda session: _give_back(session, feed))
        return look.reason == "stopped"
    now, interval = place.clock(), timedelta(minutes=place.settings.feeds.every_minutes)
    if look.reason is None and look.answer:
        plan = after_success(now, interval, fresh_until(look.answer.headers, now))
        report.unchanged += look.reading is None
    else:
        reason = look.reason or "unreadable"
        plan = after_failure(reason, failures=feed.failures, now=now, interval=interval, retry_at=look.retry_at)
        report.failed[mask_url(feed.url)] = reason
    days = place.settings.feeds.baseline_days
    new = await place.store.write(lambda session: _store(session, feed, plan, look, now=now, baseline_days=days))
    report.new_entries += new  # added after the await: others add meanwhile
    return False


async def _look(place: Workplace, feed: Feed) -> FeedLook:
    try:
        answer = await place.door.fetch(_ask(feed, place.clock()))
        # what would be kept needs leave; an answer without anything new keeps nothing
        wishes = await wishes_for(place.door, answer, feed.person_id) if answer.status == 200 else answer.wishes
        if signal := refusal(wishes):
            return FeedLook(reason="opted_out", detail=signal)
        reading, reason = await place.room.read(_read, answer, wishes, size=len(answer.body))
    except FetchError as error:
        return FeedLook(reason=error.reason, detail=error.detail or None, retry_at=error.retry_at)
    except UnreadableError:
        return FeedLook(reason="unreadable")
    return FeedLook(answer, reading, reason, signals=wishes.signals)


def _ask(feed: Feed, now: datetime) -> Ask:
    """A whole answer where one is wanted as a witness of a move, else only what changed."""
    moving = _moving(feed)
    if moving and moving.wants_body(now):
        return Ask(feed.url, Access.SUBSCRIPTION, person=feed.person_id)
    return Ask(feed.url, Access.SUBSCRIPTION, feed.etag, feed.last_modified, person=feed.person_id)


def _read(answer: Answer, wishes: Wishes) -> tuple[FeedReading | None, str | None]:
    """The reading (None when nothing changed), and why the answer is of no use (None when it is)."""
    if answer.not_modified:
        return None, None
    if answer.status != 200:
        return None, f"http_{answer.status}"
    reading = read_feed(answer.body, answer.url, answer.headers.get("content-type"))
    if wishes.no_quotes:
        reading = replace(reading, entries=tuple(replace(entry, summary="") for entry in reading.entries))
    return reading, "not_a_feed" if "not_a_feed" in reading.problems else None


# --- writing -----------------------------------------------------------------------------------------------------


def _give_back(session: Session, feed: Feed) -> None:
    row = session.get(Feed, feed.id)
    if row is not None:
        row.lease_until = None
        session.add(row)


def _store(  # noqa: PLR0913  # what came of one look, written in one transaction
    session: Session, feed: Feed, plan: FeedPlan, look: FeedLook, *, now: datetime, baseline_days: int
) -> int:
    """Write one look at a feed; returns how many entries are new."""
    row = session.get(Feed, feed.id)
    if row is None:
        return 0  # its person was forgotten meanwhile
    new = 0
    if look.reason == "opted_out" or (look.reading and look.reason is None):
        note_wishes(session, row.url, look.reason, [look.detail] if look.detail else look.signals, now=now)
    if plan.reason is None and look.answer is not None:
        if look.reading is not None:
            new = load_feed(session, row, look.reading, now=now, baseline_days=baseline_days)
            _keep_reading(session, row, look.answer, look.reading, now)
        row.fetched_at, row.baseline_at = now, row.baseline_at or now
    if row.state != plan.state:
        row.state, row.state_since = plan.state, now
    row.reason, row.detail, row.failures = plan.reason, look.detail, plan.failures
    row.next_at, row.lease_until = plan.next_at, None
    session.add(row)
    return new


def _keep_reading(session: Session, row: Feed, answer: Answer, reading: FeedReading, now: datetime) -> None:
    row.title = reading.title or row.title
    # Validators are kept only after a good reading: a broken page must not stay "not modified" for ever.
    row.etag, row.last_modified = answer.headers.get("etag"), answer.headers.get("last-modified")
    moving = note_move(_moving(row), answer.moved_to, now)
    if moving and moving.is_done(now) and _may_be_at(session, moving.to):
        row.former_urls = [*(row.former_urls or []), row.url]
        row.url, moving = moving.to, None
    row.moving_to, row.moving_since = (moving.to, moving.since) if moving else (None, None)
    row.moving_seen = moving.seen if moving else 0


def _moving(row: Feed) -> Moving | None:
    if row.moving_to is None or row.moving_since is None:
        return None
    return Moving(row.moving_to, row.moving_since, row.moving_seen)


def _may_be_at(session: Session, url: str) -> bool:
    """Neither a feed that is known already nor an address of somebody who was forgotten."""
    known = session.exec(select(Feed.id).where(Feed.url == url)).first()
    return known is None and not is_suppressed(session, "url", [url])
