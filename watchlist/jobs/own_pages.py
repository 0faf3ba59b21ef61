"""Finding feeds: what the own pages of followed people advertise."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, select

from crawler.fetch import Answer, Ask, FetchError
from crawler.pages import Document
from crawler.pages.navigation import feed_links, site_of
from crawler.pages.page_feeds import bears_name
from crawler.reading import UnreadableError
from crawler.wishes import Wishes
from pipelines.lexicon.folding import fold
from pipelines.lexicon.links import canonical_url
from pipelines.load import load_found_feeds
from pipelines.records import FeedRecord
from watchlist.jobs.opt_outs import refusal, wishes_for
from watchlist.jobs.refresh_report import RefreshReport
from watchlist.jobs.workplace import Workplace
from watchlist.models import Follow, Organization, Person, Profile
from watchlist.rhythm import after_failure
from watchlist.secrets import mask_url
from watchlist.wishes import note_wishes

OWNER = "owner"
"""Stands for the person whose page it is; their name need not be on it."""
_FINAL = frozenset({200, 404, 410})
"""Answers after which a page is not searched again."""


@dataclass(frozen=True, slots=True)
class OwnPage:
    """A page of a followed person; `must_bear` is their name where the page stands on an employer's site."""

    profile_id: int
    person_id: int
    url: str
    must_bear: str | None


@dataclass(frozen=True, slots=True)
class PageLook:
    """What came of one look: feeds, or why not; `again` where that may change."""

    url: str
    feeds: tuple[FeedRecord, ...] = ()
    reason: str | None = None
    signal: str | None = None
    """The words by which the owner asked to be left alone."""
    again: bool = False
    retry_at: datetime | None = None


def followed() -> Any:
    """A query for the ids of everybody whom some user follows."""
    return select(Follow.person_id).where(Follow.state == "followed")


async def find_feeds(place: Workplace, report: RefreshReport, *, everything: bool) -> bool:
    """Search pages that were not searched yet and are due; whether everything was stopped meanwhile."""
    now = place.clock()
    pages = await place.store.read(lambda session: _unsearched(session, now, everything=everything))
    return any(await asyncio.gather(*(_search(place, page, report) for page in pages)))


def _unsearched(session: Session, now: datetime, *, everything: bool) -> list[OwnPage]:
    """Own pages and blogs of followed people that nobody searched for feeds yet.

    What a page on the site of a listed company advertises is the company's, unless the address says otherwise.
    """
    wanted = (
        select(Profile, Person.name)
        .join(Person)
        .where(col(Profile.person_id).in_(followed()), Profile.access == "feed", col(Profile.looked_at).is_(None))
    )
    if not everything:
        wanted = wanted.where(col(Profile.next_at).is_(None) | (col(Profile.next_at) <= now))
    employers = {site_of(website) for website in session.exec(select(Organization.website)) if website}
    return [
        OwnPage(profile.id or 0, profile.person_id, profile.url, name if site_of(profile.url) in employers else None)
        for profile, name in session.exec(wanted)
    ]


async def _search(place: Workplace, page: OwnPage, report: RefreshReport) -> bool:
    """Store the feeds that a person's own page advertises; whether the kill switch of everything cut it off."""
    look = await _look(place, page)
    if look.reason in {"stopped", "halted"}:
        report.halted += look.reason == "halted"
        return look.reason == "stopped"
    if look.again and look.reason:
        report.failed_pages[mask_url(page.url)] = look.reason
    theirs = [feed for feed in look.feeds if _is_theirs(feed.url, page)]
    found = await place.store.write(lambda session: _save(place, session, page, look, theirs))
    report.found_feeds += found  # added after the await: others add meanwhile
    return False


async def _look(place: Workplace, page: OwnPage) -> PageLook:
    try:
        answer = await place.door.fetch(Ask(page.url, person=page.person_id))
        if answer.status not in _FINAL:
            return PageLook(answer.url, reason=f"http_{answer.status}", again=True)
        if answer.status != 200:
            return PageLook(answer.url, reason=f"http_{answer.status}")
        wishes = await wishes_for(place.door, answer, page.person_id)
        return await place.room.read(_read, answer, wishes, size=len(answer.body))
    except FetchError as error:
        return PageLook(page.url, reason=error.reason, again=True, retry_at=error.retry_at)
    except UnreadableError:
        return PageLook(page.url, reason="unreadable")


def _save(place: Workplace, session: Session, page: OwnPage, look: PageLook, feeds: Iterable[FeedRecord]) -> int:
    """Write what came of a look; returns how many feeds are new."""
    row = session.get(Profile, page.profile_id)
    if row is None:
        return 0  # forgotten meanwhile
    now = place.clock()
    if look.signal:
        note_wishes(session, page.url, look.reason, [look.signal], now=now)
    row.reason = look.reason
    if look.again and look.reason:
        interval = timedelta(minutes=place.settings.feeds.every_minutes)
        plan = after_failure(look.reason, failures=row.failures, now=now, interval=interval, retry_at=look.retry_at)
        row.failures, row.next_at = plan.failures, plan.next_at
    else:
        row.looked_at, row.failures, row.next_at = now, 0, None
    session.add(row)
    return load_found_feeds(session, feeds, {OWNER: page.person_id}, None, found_on=look.url, found_at=now)


def _is_theirs(url: str, page: OwnPage) -> bool:
    """On an employer's site: an address with the name, or another site that is called after the family."""
    if page.must_bear is None or bears_name(url, page.must_bear):
        return True
    family = fold(page.must_bear).split()[-1]
    return site_of(url) != site_of(page.url) and family in site_of(url)


def _read(answer: Answer, wishes: Wishes) -> PageLook:
    """What a person's own page advertises, unless its owner asks to be left alone."""
    kind = answer.headers.get("content-type")
    document = Document(
        url=answer.url, body=answer.body, content_type=kind, wishes=wishes, fetched_at=answer.fetched_at
    )
    if signal := refusal(document.asked):
        return PageLook(answer.url, reason="opted_out", signal=signal)
    found = feed_links(document, None) if document.is_html else ()
    feeds = (FeedRecord(url=canonical_url(feed.url), kind=feed.kind, title=feed.title, person=OWNER) for feed in found)
    return PageLook(answer.url, tuple(feeds))
