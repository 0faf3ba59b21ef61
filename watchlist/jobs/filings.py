"""One company's filings with the SEC: its insiders, and hints that somebody came or went."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlmodel import Session

from crawler.fetch import Answer
from crawler.items import MoveHint, PageItem, PageReading, PersonItem
from crawler.registries.edgar import (
    Filing,
    departure_reports,
    filing_url,
    move_hint,
    older_url,
    ownership_filings,
    read_older,
    read_submissions,
    submissions_url,
)
from crawler.registries.edgar_ownership import read_insiders
from crawler.registries.edgar_reports import read_departures
from pipelines.load.registries import RegistryLoad, load_filings, load_hints, note_read, read_before
from pipelines.records import Subject
from watchlist.jobs.inquiry import CLOSED, Inquiry, RegisterError

OLDER_FILES: Final = 3
"""Files of older filings that are asked for at most: banks file thousands of other things."""
_DAYS_A_MONTH: Final = 30.5
_FOR_EVER: Final = frozenset({"unreadable", "http_404", "http_410", "too_large", "too_dense"})
"""Reasons that will not be others the next time: a filing never changes."""


@dataclass(slots=True)
class Filed:
    """What the filings of one company came to, before anything is written."""

    subject: Subject
    answers: int = 0
    """How many were asked for and came."""
    pages: list[PageItem] = field(default_factory=list)
    """Statements of insiders, newest first; each person only in their newest one."""
    days: dict[str, str] = field(default_factory=dict)
    """By address the day that each statement reports on, also of those read in an earlier run."""
    hints: list[MoveHint] = field(default_factory=list)
    read: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Addresses that need not be read again."""
    dropped: Counter[str] = field(default_factory=Counter)
    seen: set[str] = field(default_factory=set)
    """People's pages in the register."""
    unchanged: bool = False
    again: bool = False
    """Whether something could not be had that may be there the next time."""

    def write(self, session: Session, now: datetime) -> tuple[RegistryLoad, int]:
        """Store it; gives what changed, and how many hints are new."""
        loaded = load_filings(session, reversed(self.pages), self.subject, days=self.days)
        hints = load_hints(session, self.hints, self.subject, now=now)
        note_read(session, self.read, now=now)
        return loaded, hints


async def ask_edgar(inquiry: Inquiry, subject: Subject, cik: str) -> Filed:
    """The newest statements of insiders and reports of departures that were not read yet. Raises RegisterError."""
    place = inquiry.place
    filed, limits = Filed(subject), place.settings.registries
    url = submissions_url(cik)
    known = await place.store.read(lambda session: read_before(session, [url], now=place.clock()))
    answer = await inquiry.ask(url, **_validators(known.get(url, {})))
    filed.answers += 1
    if answer.not_modified:
        filed.unchanged = True
        return filed
    since = f"{place.clock() - timedelta(days=_DAYS_A_MONTH * limits.ownership_months):%Y-%m-%d}"
    filings = await _filings(inquiry, filed, answer, since)
    wanted = ownership_filings(filings, most=limits.ownership_filings, since=since)
    reports = departure_reports(filings, most=len(filings), since=since)
    filed.days = {filing_url(cik, filing): filing.happened_on for filing in wanted}
    urls = [*filed.days, *(filing_url(cik, filing) for filing in reports)]
    done = await place.store.read(lambda session: read_before(session, urls, now=place.clock()))
    await _insiders(inquiry, filed, cik, [each for each in wanted if filing_url(cik, each) not in done])
    await _departures(inquiry, filed, cik, [each for each in reports if filing_url(cik, each) not in done])
    if not filed.again:  # else the list is read whole the next time
        filed.read[url] = {name: answer.headers.get(name) for name in ("etag", "last-modified")}
    return filed


async def _filings(inquiry: Inquiry, filed: Filed, answer: Answer, since: str) -> tuple[Filing, ...]:
    """The company's list, with files of older filings where the newest thousand do not reach back far enough."""
    most = inquiry.place.settings.registries.ownership_filings
    listed = await inquiry.read(read_submissions, answer)
    filings = listed.filings
    for name in listed.older[:OLDER_FILES]:
        enough = len(ownership_filings(filings, most=most, since=since)) >= most
        if enough or (filings and filings[-1].filed_on < since):
            break
        try:
            filings += await inquiry.read(read_older, await inquiry.ask(older_url(name)))
        except RegisterError as error:
            _count(filed, error, older_url(name))
            break
    return filings


async def _insiders(inquiry: Inquiry, filed: Filed, cik: str, filings: Sequence[Filing]) -> None:
    for filing in filings:
        url = filing_url(cik, filing)
        try:
            answer = await inquiry.ask(url)
            filed.answers += 1
            reading = await inquiry.read(read_insiders, answer, cik)
        except RegisterError as error:
            _count(filed, error, url)
            continue
        filed.read[url] = {}
        filed.dropped.update(reading.dropped)
        if page := _of_new_people(filed, reading.page):
            item = PageItem(
                subject=filed.subject.key, url=url, fetched_at=answer.fetched_at, reading=page, source="registry"
            )
            filed.pages.append(item)


async def _departures(inquiry: Inquiry, filed: Filed, cik: str, filings: Sequence[Filing]) -> None:
    """Every report is a hint; the newest ones are read for what they say."""
    for number, filing in enumerate(filings):
        url = filing_url(cik, filing)
        detail = ""
        if number < inquiry.place.settings.registries.reports:
            try:
                answer = await inquiry.ask(url)
                filed.answers += 1
                said = await inquiry.read(read_departures, answer)
            except RegisterError as error:
                _count(filed, error, url)
            else:
                detail = said.detail if said else ""
                filed.read[url] = {}
        filed.hints.append(move_hint(cik, filing, detail))


def _count(filed: Filed, error: RegisterError, url: str) -> None:
    """One filing that cannot be had is counted; a register that closes its door ends the company."""
    if error.reason in CLOSED:
        raise error
    filed.dropped[error.reason] += 1
    if error.reason in _FOR_EVER:
        filed.read[url] = {}
    else:
        filed.again = True


def _of_new_people(filed: Filed, page: PageReading) -> PageReading | None:
    """The page with those who are in no newer statement; None where nobody is left."""
    people, former = (tuple(each for each in group if _is_new(filed, each)) for group in (page.people, page.former))
    filed.seen.update(person.links[0] for person in (*people, *former) if person.links)
    return replace(page, people=people, former=former) if people or former else None


def _is_new(filed: Filed, person: PersonItem) -> bool:
    return not person.links or person.links[0] not in filed.seen


def _validators(known: Mapping[str, Any]) -> dict[str, str | None]:
    return {"etag": known.get("etag"), "last_modified": known.get("last-modified")}
