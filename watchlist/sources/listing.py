"""Company sites, events, people's pages and feeds as sources: how each may be used, and how it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from crawler.fetch.stops import Stops
from crawler.fetch.urls import host_of, judge_url
from watchlist.models import (
    CompanyList,
    Event,
    Feed,
    Follow,
    Goal,
    Job,
    ListEntry,
    Organization,
    Person,
    Profile,
    Visit,
)
from watchlist.rhythm import BLOCKED
from watchlist.settings import Settings
from watchlist.sources.words import words_of

STATES = ("halted", "blocked", "gone", "failing", "new", "ok", "unused")
NOT_WELL = frozenset(STATES[:4])
_ACCESS_OF_PROFILE = {"feed": "crawl"}
_CRAWLED: dict[str, Any] = {"access": "crawl", "state": "unused"}


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLine:
    """One source. `state` is one of STATES; `unused`: nothing that the user asked for needs it."""

    kind: str
    """company | event | page | feed"""
    owner: str
    address: str
    access: str
    """crawl | subscription | documented_api | link_only | never_fetched"""
    state: str
    reason: str | None = None
    words: str | None = None
    detail: str | None = None
    last_answer_at: datetime | None = None
    """The last answer that was of use."""
    next_at: datetime | None = None
    """Before that nobody looks again; None: not planned."""
    person_id: int | None = None


def list_sources(session: Session, settings: Settings, stops: Stops, *, everything: bool) -> list[SourceLine]:
    """The sources that are used, and with `everything` the others too; by kind, owner and address.

    What the user stopped by name is `halted`, whatever it was before.
    """
    found = [*_companies(session), *_events(session), *_pages(session, everything), *_feeds(session, everything)]
    by_name = replace(stops, everything=False)
    lines = (_judged(line, settings, by_name) for line in found)
    return sorted(lines, key=lambda line: (STATES.index(line.state), line.kind, line.owner.casefold(), line.address))


def _judged(line: SourceLine, settings: Settings, stops: Stops) -> SourceLine:
    """The line with what holds for its address whatever was learned there, and with words for its reason."""
    if judge_url(line.address, settings).reason == "never_fetched":
        state = "unused" if line.state == "unused" else "blocked"
        line = replace(line, access="never_fetched", state=state, reason="never_fetched", next_at=None)
    elif line.state != "unused" and stops.forbids(host_of(line.address), line.person_id) == "halted":
        line = replace(line, state="halted", reason="halted", detail=None, next_at=None)
    elif line.state == "unused":
        line = replace(line, reason=None, detail=None, next_at=None)
    return replace(line, words=words_of(line.reason, line.kind)) if line.reason else line


# --- sites -------------------------------------------------------------------------------------------------------


def _companies(session: Session) -> Iterator[SourceLine]:
    """The sites of all companies that stand on a list; used are those of a goal's list and those that were visited."""
    rows: Iterable[tuple[Organization, Visit | None, str]] = session.exec(
        select(Organization, Visit, CompanyList.key)
        .join(ListEntry, col(ListEntry.organization_id) == Organization.id)
        .join(CompanyList, col(CompanyList.id) == ListEntry.list_id)
        .outerjoin(Visit, (col(Visit.organization_id) == Organization.id) & (col(Visit.kind) == "leaders"))
        .order_by(col(Organization.id))
    )
    wanted = set(session.exec(select(CompanyList.key).join(Goal)))
    due = _due(session, "crawl_leaders")
    seen: dict[int | None, SourceLine] = {}
    for company, visit, key in rows:
        if not company.website:
            continue
        used = visit is not None or key in wanted
        site = SourceLine(kind="company", owner=company.name, address=company.website, next_at=due.get(key), **_CRAWLED)
        line = _visited(site, visit) if used else site
        before = seen.get(company.id)
        seen[company.id] = line if before is None or before.state == "unused" else before
    yield from seen.values()


def _events(session: Session) -> Iterator[SourceLine]:
    visited = (col(Visit.event_id) == Event.id) & (col(Visit.kind) == "speakers")
    due = _due(session, "crawl_speakers").get("all")
    rows: Iterable[tuple[Event, Visit | None]] = session.exec(select(Event, Visit).outerjoin(Visit, visited))
    for event, visit in rows:
        yield _visited(SourceLine(kind="event", owner=event.name, address=event.url, next_at=due, **_CRAWLED), visit)


def _due(session: Session, name: str) -> dict[str, datetime]:
    return dict(session.exec(select(Job.key, Job.next_at).where(Job.name == name)).all())


def _visited(site: SourceLine, visit: Visit | None) -> SourceLine:
    if visit is None:
        return replace(site, state="new")
    return replace(site, state=state_of(visit.reason), reason=visit.reason, last_answer_at=visit.good_at)


def state_of(reason: str | None) -> str:
    """ok, or what a reason means for a source."""
    if reason is None:
        return "ok"
    if reason in {"halted", "stopped"}:
        return "new"  # it was lifted since: the next look will tell
    return "gone" if reason == "http_410" else "blocked" if reason in BLOCKED else "failing"


# --- people's pages and feeds ------------------------------------------------------------------------------------


def _followed(session: Session) -> frozenset[int]:
    return frozenset(session.exec(select(Follow.person_id).where(Follow.state == "followed")))


def _only_followed(query: Any, person_id: Any, everything: bool) -> Any:
    followed = select(Follow.person_id).where(Follow.state == "followed")
    return query if everything else query.where(col(person_id).in_(followed))


def _pages(session: Session, everything: bool) -> Iterator[SourceLine]:
    """Accounts and pages of people. Only pages that may hold a feed are asked for, those of followed people."""
    followed = _followed(session)
    refresh = _due(session, "refresh").get("all")
    query = _only_followed(select(Profile, Person.name).join(Person), Profile.person_id, everything)
    rows: Iterable[tuple[Profile, str]] = session.exec(query)
    for page, name in rows:
        used = page.access == "feed" and page.person_id in followed
        if not (used or everything):
            continue
        new = page.looked_at is None and page.reason is None
        yield SourceLine(
            kind="page",
            owner=name,
            address=page.url,
            access=_ACCESS_OF_PROFILE.get(page.access, page.access),
            state=("new" if new else state_of(page.reason)) if used else "unused",
            reason=page.reason,
            last_answer_at=page.looked_at,
            next_at=(page.next_at or refresh) if page.looked_at is None else None,
            person_id=page.person_id,
        )


def _feeds(session: Session, everything: bool) -> Iterator[SourceLine]:
    followed = _followed(session)
    query = (
        select(Feed, Person.name, Organization.name)
        .outerjoin(Person, col(Person.id) == Feed.person_id)
        .outerjoin(Organization, col(Organization.id) == Feed.organization_id)
    )
    rows: Iterable[tuple[Feed, str | None, str | None]] = session.exec(
        _only_followed(query, Feed.person_id, everything)
    )
    for feed, person, organisation in rows:
        used = feed.person_id in followed
        yield SourceLine(
            kind="feed",
            owner=person or organisation or "nobody",
            address=feed.url,
            access="subscription",
            state=feed.state if used else "unused",
            reason=feed.reason,
            detail=feed.detail,
            last_answer_at=feed.fetched_at,
            next_at=None if feed.state == "gone" else feed.next_at,
            person_id=feed.person_id,
        )
