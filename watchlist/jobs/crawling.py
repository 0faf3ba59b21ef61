"""The crawl jobs: every site of a list, or every event, through the spiders and into the store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlmodel import Session, col, select

from crawler.items import PageItem, SiteItem
from crawler.run import run_spider
from crawler.spiders.leaders import LeadersSpider
from crawler.spiders.sites import Site, SiteSpider
from crawler.spiders.speakers import SpeakersSpider
from pipelines.load import PageLoad, finish_site, load_moves, load_page
from pipelines.records import Subject
from watchlist.errors import StoppedError
from watchlist.follow import note_new_people
from watchlist.jobs.workplace import Progress, Workplace, no_progress
from watchlist.models import CompanyList, Event, Goal, ListEntry, Organization, Position, Visit, Wish
from watchlist.wishes import note_wishes

REFUSED_BY_OWNER = frozenset({"noindex", "opted_out"})
_UNREACHABLE = frozenset({"dns", "connection", "timeout", "tls", "backoff"})


@dataclass(slots=True)
class CrawlReport:
    """What a crawl found; `failed` names each site that gave nobody, with its reason."""

    sites: int = 0
    people: int = 0
    new_people: int = 0
    moves: int = 0
    followed: int = 0
    candidates: int = 0
    suppressed: int = 0
    rejected: dict[str, int] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)

    def add(self, page: PageLoad) -> None:
        """Count in what one page gave."""
        self.people += page.people
        self.new_people += page.new_people
        self.suppressed += page.suppressed
        for reason, count in page.rejected.items():
            self.rejected[reason] = self.rejected.get(reason, 0) + count

    @property
    def offline(self) -> bool:
        """Whether not one site could be reached: that is this machine's network, not 50 dead companies."""
        return self.sites > 0 and len(self.failed) == self.sites and set(self.failed.values()) <= _UNREACHABLE

    @property
    def line(self) -> str:
        """What came of it, in one line."""
        found = self.sites - len(self.failed)
        return f"{self.people} people on {found} of {self.sites} sites, {self.new_people} new, {self.moves} moves"


async def crawl_leaders(
    place: Workplace, list_key: str, *, since: datetime | None = None, progress: Progress = no_progress
) -> CrawlReport:
    """Crawl every company of a list; sites already visited after `since` are left out (a crawl that goes on)."""
    targets = await place.store.read(lambda session: _company_targets(session, list_key, since))
    report = await _crawl(place, LeadersSpider, targets, "leaders", progress)

    def conclude(session: Session) -> int:
        now = place.clock()
        for goal in session.exec(select(Goal).join(CompanyList).where(CompanyList.key == list_key)):
            noted = note_new_people(session, goal, first_crawl=goal.first_crawl_at is None, now=now)
            report.followed += noted.followed
            report.candidates += noted.candidates
            if report.people:
                goal.first_crawl_at = goal.first_crawl_at or now
            session.add(goal)
        return load_moves(session, now=now)

    report.moves = await place.store.write(conclude)
    return report


async def crawl_speakers(
    place: Workplace, *, since: datetime | None = None, progress: Progress = no_progress
) -> CrawlReport:
    """Crawl every event that was added."""
    targets = await place.store.read(lambda session: _event_targets(session, since))
    return await _crawl(place, SpeakersSpider, targets, "speakers", progress)


def _company_targets(session: Session, list_key: str, since: datetime | None) -> list[tuple[Site, Subject]]:
    rows = session.exec(
        select(Organization)
        .join(ListEntry)
        .join(CompanyList)
        .where(CompanyList.key == list_key)
        .order_by(col(ListEntry.rank))
    )
    done = _visited(session, "leaders", since)
    return [_company_target(session, row) for row in rows if row.id not in done]


def _company_target(session: Session, row: Organization) -> tuple[Site, Subject]:
    showing = select(Position.page_url).where(
        Position.organization_id == row.id, col(Position.own_page), col(Position.ended_at).is_(None)
    )
    known = [row.leadership_url, *sorted(session.exec(showing.distinct()))]
    site = Site(
        key=row.key,
        name=row.name,
        website=row.website,
        known_pages=tuple(dict.fromkeys(url for url in known if url)),
        confirm_name=row.site_state != "confirmed",
    )
    return site, Subject(key=row.key, name=row.name, organization_id=row.id)


def _event_targets(session: Session, since: datetime | None) -> list[tuple[Site, Subject]]:
    done = _visited(session, "speakers", since)
    return [
        (Site(key=row.key, name=row.name, website=row.url), Subject(key=row.key, name=row.name, event_id=row.id))
        for row in session.exec(select(Event).order_by(col(Event.id)))
        if row.id not in done
    ]


def _visited(session: Session, kind: str, since: datetime | None) -> set[int | None]:
    if since is None:
        return set()
    visits = session.exec(select(Visit).where(Visit.kind == kind, Visit.finished_at >= since))
    return {visit.organization_id or visit.event_id for visit in visits}


def _load_page(session: Session, item: PageItem, subject: Subject) -> PageLoad:
    """Store what a page gave, and what its owner asked for."""
    reading = item.reading
    reason = reading.reason if reading.reason in REFUSED_BY_OWNER else None
    note_wishes(session, item.url, reason, reading.notices, now=item.fetched_at)
    return load_page(session, item, subject)


def _asking_pages(session: Session) -> set[str]:
    return set(session.exec(select(Wish.url)))


@dataclass
class AlreadySaid:
    """What a crawl need not write: most pages show nobody, and all pages of a site advertise the same feed."""

    asking: set[str]
    """Addresses whose owners asked for something at an earlier look: whether they still do is noted."""
    feeds: set[tuple[str, str]] = field(default_factory=set)
    """(subject, address) of those stored by this crawl."""

    def left_of(self, item: PageItem) -> PageItem:
        """The page without the organisation's feeds that this crawl has stored already."""
        new = tuple(feed for feed in item.feeds if feed.person or (item.subject, feed.url) not in self.feeds)
        self.feeds.update((item.subject, feed.url) for feed in new if not feed.person)
        return replace(item, feeds=new)

    def nothing_new(self, item: PageItem) -> bool:
        """Whether the page leaves nothing to be written."""
        reading = item.reading
        asks = reading.notices or reading.no_quotes or reading.reason in REFUSED_BY_OWNER or item.url in self.asking
        return not (reading.people or item.feeds or asks)


async def _crawl(
    place: Workplace,
    spider: type[SiteSpider],
    targets: Sequence[tuple[Site, Subject]],
    kind: str,
    progress: Progress,
) -> CrawlReport:
    left = {subject.key: subject for _, subject in targets}
    subjects = dict(left)
    started_at = place.clock()
    report = CrawlReport(sites=len(targets))
    cut_off = set[str]()
    said = AlreadySaid(await place.store.read(_asking_pages))

    async def on_item(item: PageItem | SiteItem) -> None:
        subject = subjects[item.subject]
        if isinstance(item, PageItem):
            if said.nothing_new(page := said.left_of(item)):
                return
            report.add(await place.store.write(lambda session: _load_page(session, page, subject)))
            return
        if item.reason == "stopped":
            cut_off.add(subject.key)
            return

        def finish(session: Session) -> str | None:
            return finish_site(session, item, subject, kind=kind, started_at=started_at, now=place.clock())

        reason = await place.store.write(finish)
        if reason is not None:
            report.failed[subject.name] = reason
        del left[subject.key]
        progress(len(targets) - len(left), len(targets), subject.name)

    if targets:
        sites = [site for site, _ in targets]
        pages = place.settings.crawl.pages_per_site
        await run_spider(spider, sites, door=place.door, room=place.room, on_item=on_item, pages_per_site=pages)
    if cut_off or (left and place.door.is_stopped):
        raise StoppedError(f"stopped with {len(left)} of {len(targets)} sites to go", hint=place.how_to_go_on)
    for key in list(left):
        # A bug of ours on one page ends that site's walk (Scrapy logs it); the site is named, the others are whole.
        await on_item(SiteItem(subject=key, reason="crashed", pages=0))
    return report
