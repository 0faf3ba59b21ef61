"""The registries job: who leads the companies of a list by Wikidata and by the filings of the SEC's EDGAR."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Final

from sqlmodel import Session, col, select

from crawler.items import PageItem
from crawler.registries.answers import RegistryReading
from crawler.registries.wikidata import NAMES, item_page, people_of, read_company, roles_of
from pipelines.load import load_moves
from pipelines.load.registries import load_items, note_visit
from pipelines.records import Subject
from watchlist.follow import note_new_people
from watchlist.jobs.filings import ask_edgar
from watchlist.jobs.inquiry import CLOSED, Inquiry, RegisterError, Sleep
from watchlist.jobs.registry_report import RegistryReport
from watchlist.jobs.workplace import Progress, Workplace, no_progress
from watchlist.models import CompanyList, Goal, ListEntry, Organization, Visit

WIKIDATA, EDGAR = "wikidata", "edgar"
SOURCES: Final = (WIKIDATA, EDGAR)
COMPANIES_AT_ONCE: Final = 10
"""Items of large companies hold hundreds of kilobytes each; an answer may hold 10 MiB."""


@dataclass(frozen=True, slots=True)
class Target:
    """A company by its number in one register."""

    subject: Subject
    number: str
    source: str

    @property
    def name(self) -> str:
        """How it is named where it gives nothing."""
        return f"{self.subject.name} ({self.source})"


@dataclass(slots=True)
class _Round:
    """One run: what it works on, what it found, whom to tell."""

    inquiry: Inquiry
    report: RegistryReport
    progress: Progress
    done: int = 0

    @property
    def place(self) -> Workplace:
        """Where it is written."""
        return self.inquiry.place

    async def finish(self, target: Target, reason: str | None, answers: int, people: int) -> None:
        """Note that a company was asked about; what was written of it stays whatever comes after."""
        now = self.place.clock()

        def note(session: Session) -> None:
            note_visit(session, target.subject, target.source, reason=reason, answers=answers, people=people, now=now)

        await self.place.store.write(note)
        self.tell(target, reason)

    def tell(self, target: Target, reason: str | None) -> None:
        """Count a company that is done; one that gave nobody is named."""
        if reason is not None:
            self.report.failed[target.name] = reason
        self.done += 1
        self.progress(self.done, self.report.sites, target.name)


async def crawl_registries(  # noqa: PLR0913  # everything a run needs, by name
    place: Workplace,
    list_key: str,
    *,
    sources: Collection[str] = SOURCES,
    since: datetime | None = None,
    progress: Progress = no_progress,
    sleep: Sleep | None = None,
) -> RegistryReport:
    """Ask the registers about every company of a list that has a number there; those asked after `since` are left out.

    Raises StoppedError where it was cut off; what it did not ask about is still due then.
    """
    targets = await place.store.read(lambda session: _targets(session, list_key, sources, since))
    run = _Round(Inquiry(place, sleep), RegistryReport(sites=len(targets)), progress)
    items = [target for target in targets if target.source == WIKIDATA]
    batches = [items[start : start + COMPANIES_AT_ONCE] for start in range(0, len(items), COMPANIES_AT_ONCE)]
    await _each(run, batches, _ask_wikidata)
    await _each(run, [[target] for target in targets if target.source == EDGAR], _ask_edgar)
    await place.store.write(partial(_conclude, report=run.report, list_key=list_key, now=place.clock()))
    return run.report


async def _each(
    run: _Round, groups: Sequence[Sequence[Target]], work: Callable[[_Round, Sequence[Target]], Awaitable[None]]
) -> str | None:
    """Work on one group after the other: a register is asked one thing at a time.

    Of a group that gives nothing each company is asked about alone. A register that refuses is left alone; the reason
    is returned.
    """
    closed: str | None = None
    for group in groups:
        if closed is not None:
            for target in group:
                run.tell(target, closed)
            continue
        try:
            await work(run, group)
        except RegisterError as error:
            if error.reason in CLOSED:  # nothing was learned of the company: it stays due
                closed = error.reason
                for target in group:
                    run.tell(target, closed)
            elif len(group) > 1:
                closed = await _each(run, [[target] for target in group], work)
            else:
                await run.finish(group[0], error.reason, 0, 0)
    return closed


async def _ask_wikidata(run: _Round, group: Sequence[Target]) -> None:
    place = run.inquiry.place
    companies = await run.inquiry.items(target.number for target in group)
    now = place.clock()
    people = await run.inquiry.items(person for company in companies.values() for person in people_of(company))
    named = (role for company in companies.values() for role in roles_of(company, people))
    items = people | await run.inquiry.items(named, props=NAMES)
    for target in group:
        company = companies.get(target.number)
        if company is None:
            await run.finish(target, "missing", 1, 0)
            continue
        reading = read_company(company, items, on=f"{now:%Y-%m-%d}")
        pages = _pages(target.subject, str(company["id"]), reading, now)
        loaded = await place.store.write(partial(load_items, pages=pages, subject=target.subject))
        run.report.take(loaded, reading.dropped)
        stored = sum(page.people for page in loaded.pages)
        current = any(page.reading.people for page in pages)
        await run.finish(target, None if current else reading.page.reason, len(pages), stored)


def _pages(subject: Subject, company: str, reading: RegistryReading, now: datetime) -> list[PageItem]:
    """The company's item, then those of its people that say more, each as the page where it can be looked up."""
    said = {company: reading.page, **reading.beside}
    return [
        PageItem(subject=subject.key, url=item_page(item), fetched_at=now, reading=page, source="registry")
        for item, page in said.items()
    ]


async def _ask_edgar(run: _Round, group: Sequence[Target]) -> None:
    for target in group:
        filed = await ask_edgar(run.inquiry, target.subject, target.number)
        now = run.place.clock()
        loaded, hints = await run.place.store.write(partial(filed.write, now=now))
        run.report.take(loaded, filed.dropped)
        run.report.hints += hints
        nothing_new = filed.unchanged or not (filed.pages or filed.hints)
        run.report.unchanged += nothing_new
        known = nothing_new and await run.place.store.read(partial(_gave_people, target=target))
        people = sum(page.people for page in loaded.pages)
        await run.finish(target, None if people or known else "no_people", filed.answers, people)


def _gave_people(session: Session, target: Target) -> bool:
    """Whether an earlier look found somebody: nothing new is no reason to call it empty."""
    found = select(Visit.good_people).where(
        Visit.kind == target.source, Visit.organization_id == target.subject.organization_id
    )
    return bool(session.exec(found).first())


def _conclude(session: Session, *, report: RegistryReport, list_key: str, now: datetime) -> None:
    """Later finds wait as candidates; who is followed at first is decided by the first crawl of the own pages."""
    for goal in session.exec(select(Goal).join(CompanyList).where(CompanyList.key == list_key)):
        if goal.first_crawl_at is not None:
            noted = note_new_people(session, goal, first_crawl=False, now=now)
            report.candidates += noted.candidates
    report.moves = load_moves(session, now=now)


def _targets(session: Session, list_key: str, sources: Collection[str], since: datetime | None) -> list[Target]:
    rows = session.exec(
        select(Organization)
        .join(ListEntry)
        .join(CompanyList)
        .where(CompanyList.key == list_key)
        .order_by(col(ListEntry.rank))
    ).all()
    found = []
    for source in sources:
        done = _visited(session, source, since)
        for row in rows:
            number = row.wikidata_id if source == WIKIDATA else row.cik
            if number and row.id not in done:
                found.append(Target(Subject(key=row.key, name=row.name, organization_id=row.id), number, source))
    return found


def _visited(session: Session, source: str, since: datetime | None) -> set[int | None]:
    if since is None:
        return set()
    return set(session.exec(select(Visit.organization_id).where(Visit.kind == source, Visit.finished_at >= since)))
