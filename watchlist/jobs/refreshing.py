"""The refresh job: feeds of followed people, found on their own pages and read when they are due."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from crawler.feeds import read_feed
from crawler.fetch import Access, Answer, Ask, FetchError
from crawler.items import FeedReading
from crawler.pages import Document
from crawler.pages.navigation import feed_links, site_of
from crawler.pages.page_feeds import bears_name
from crawler.reading import UnreadableError
from pipelines.lexicon.folding import fold
from pipelines.lexicon.links import canonical_url
from pipelines.load import load_feed, load_found_feeds
from pipelines.records import FeedRecord
from watchlist.errors import StoppedError
from watchlist.jobs.workplace import Progress, Workplace, no_progress
from watchlist.models import Feed, Follow, Organization, Person, Profile
from watchlist.rhythm import LEASE, FeedPlan, after_failure, after_success

log = logging.getLogger(__name__)

OWNER = "owner"
"""Stands for the person whose page it is; their name need not be on it."""
_FINAL = frozenset({200, 404, 410})
"""Answers after which a page is not searched again."""


@dataclass(slots=True)
class RefreshReport:
    """What a refresh found; `failed` names each feed that gave nothing worth reading, with its reason."""

    feeds: int = 0
    unchanged: int = 0
    new_entries: int = 0
    found_feeds: int = 0
    failed: dict[str, str] = field(default_factory=dict)
    failed_pages: dict[str, str] = field(default_factory=dict)
    """People's own pages that could not be searched for feeds."""

    @property
    def line(self) -> str:
        """What came of it, in one line."""
        return (
            f"{self.new_entries} new entries from {self.feeds} feeds ({self.unchanged} unchanged, "
            f"{len(self.failed)} failed), {self.found_feeds} feeds found"
        )


async def refresh(place: Workplace, *, everything: bool = False, progress: Progress = no_progress) -> RefreshReport:
    """Look for feeds on followed people's pages not looked at yet, then at each of their feeds that is due."""
    report = RefreshReport()
    pages = await place.store.read(_unseen_profiles)
    await asyncio.gather(*(_look_for_feeds(place, page, report) for page in pages))
    feeds = await place.store.write(lambda session: _claim(session, place.clock(), everything=everything))
    report.feeds = len(feeds)
    done = 0

    async def one(feed: Feed) -> None:
        nonlocal done
        try:
            await _refresh_feed(place, feed, report)
        except Exception:  # the job loop over feeds: one that breaks the reader must not stop the others
            log.exception("%s", feed.url)
            report.failed[feed.url] = "crashed"
        done += 1
        progress(done, len(feeds), feed.title or feed.url)

    await asyncio.gather(*(one(feed) for feed in feeds))
    if place.door.is_stopped:
        raise StoppedError("stopped", hint="feeds that were not looked at are still due")
    return report


def _followed() -> Any:
    return select(Follow.person_id).where(Follow.state == "followed")


# --- finding feeds -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class OwnPage:
    """A page of a followed person; `must_bear` is their name where the page stands on an employer's site."""

    profile_id: int
    person_id: int
    url: str
    must_bear: str | None


def _unseen_profiles(session: Session) -> list[OwnPage]:
    """Own pages and blogs of followed people that nobody searched for feeds yet.

    What a page on the site of a listed company advertises is the company's, unless the address says otherwise.
    """
    rows = session.exec(
        select(Profile, Person.name)
        .join(Person)
        .where(col(Profile.person_id).in_(_followed()), Profile.access == "feed", col(Profile.looked_at).is_(None))
    ).all()
    employers = {site_of(website) for website in session.exec(select(Organization.website)) if website}
    return [
        OwnPage(profile.id or 0, profile.person_id, profile.url, name if site_of(profile.url) in employers else None)
        for profile, name in rows
    ]


async def _look_for_feeds(place: Workplace, page: OwnPage, report: RefreshReport) -> None:
    """Store the feeds that a person's own page advertises; a page that fails is looked at again next time."""
    try:
        answer = await place.door.fetch(Ask(page.url))
        found = await place.room.read(_feeds_of, answer, size=len(answer.body))
    except FetchError as error:
        report.failed_pages[page.url] = error.reason
        return
    except UnreadableError:
        found = ()
    if answer.status not in _FINAL:
        report.failed_pages[page.url] = f"http_{answer.status}"
        return
    theirs = [feed for feed in found if _is_theirs(feed.url, page)]
    now = place.clock()

    def save(session: Session) -> int:
        row = session.get(Profile, page.profile_id)
        if row is None:
            return 0  # forgotten meanwhile
        row.looked_at = now
        session.add(row)
        return load_found_feeds(session, theirs, {OWNER: page.person_id}, None, found_on=answer.url, found_at=now)

    report.found_feeds += await place.store.write(save)


def _is_theirs(url: str, page: OwnPage) -> bool:
    """On an employer's site: an address with the name, or another site that is called after the family."""
    if page.must_bear is None or bears_name(url, page.must_bear):
        return True
    family = fold(page.must_bear).split()[-1]
    return site_of(url) != site_of(page.url) and family in site_of(url)


def _feeds_of(answer: Answer) -> tuple[FeedRecord, ...]:
    """What a person's own page advertises."""
    document = Document(url=answer.url, body=answer.body, content_type=answer.headers.get("content-type"))
    found = feed_links(document, None) if answer.status == 200 and document.is_html else ()
    return tuple(
        FeedRecord(url=canonical_url(feed.url), kind=feed.kind, title=feed.title, person=OWNER) for feed in found
    )


# --- reading feeds -----------------------------------------------------------------------------------------------


def _claim(session: Session, now: datetime, *, everything: bool) -> list[Feed]:
    """Due feeds of followed people, leased so that nobody else takes them."""
    due = select(Feed).where(
        col(Feed.person_id).in_(_followed()),
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


async def _refresh_feed(place: Workplace, feed: Feed, report: RefreshReport) -> None:
    ask = Ask(feed.url, access=Access.SUBSCRIPTION, etag=feed.etag, last_modified=feed.last_modified)
    interval = timedelta(minutes=place.settings.feeds.every_minutes)
    reading: FeedReading | None = None
    answer: Answer | None = None
    retry_at = None
    try:
        answer = await place.door.fetch(ask)
        reading, reason = await place.room.read(_read, answer, size=len(answer.body))
    except FetchError as error:
        reason, retry_at = error.reason, error.retry_at
        if reason == "stopped":
            return
    except UnreadableError:
        reason = "unreadable"
    now = place.clock()
    if reason is None:
        plan = after_success(now, interval)
    else:
        report.failed[feed.url] = reason
        plan = after_failure(reason, failures=feed.failures, now=now, interval=interval, retry_at=retry_at)
    report.unchanged += reason is None and reading is None
    days = place.settings.feeds.baseline_days
    report.new_entries += await place.store.write(
        lambda session: _store(session, feed, plan, answer, reading, now=now, baseline_days=days)
    )


def _read(answer: Answer) -> tuple[FeedReading | None, str | None]:
    """The reading (None when nothing changed), and why the answer is of no use (None when it is)."""
    if answer.not_modified:
        return None, None
    if answer.status != 200:
        return None, f"http_{answer.status}"
    reading = read_feed(answer.body, answer.url, answer.headers.get("content-type"))
    return reading, "not_a_feed" if "not_a_feed" in reading.problems else None


def _store(  # noqa: PLR0913  # what came of one look, written in one transaction
    session: Session,
    feed: Feed,
    plan: FeedPlan,
    answer: Answer | None,
    reading: FeedReading | None,
    *,
    now: datetime,
    baseline_days: int,
) -> int:
    """Write one look at a feed; returns how many entries are new."""
    row = session.get(Feed, feed.id)
    if row is None:
        return 0  # its person was forgotten meanwhile
    new = 0
    if plan.reason is None and answer is not None:
        if reading is not None:
            new = load_feed(session, row, reading, now=now, baseline_days=baseline_days)
            row.title = reading.title or row.title
            # Validators are kept only after a good reading: a broken page must not stay "not modified" for ever.
            row.etag, row.last_modified = answer.headers.get("etag"), answer.headers.get("last-modified")
        _follow_move(session, row, answer.moved_to)
        row.fetched_at, row.baseline_at = now, row.baseline_at or now
    if row.state != plan.state:
        row.state, row.state_since = plan.state, now
    row.reason, row.failures, row.next_at, row.lease_until = plan.reason, plan.failures, plan.next_at, None
    session.add(row)
    return new


def _follow_move(session: Session, row: Feed, moved_to: str | None) -> None:
    """A feed that moved for good is asked at its new address from now on, unless that is known already."""
    if moved_to and session.exec(select(Feed).where(Feed.url == moved_to)).first() is None:
        row.url = moved_to
