"""Reads the ledger out of the store: who holds the goal's function on its list, as far as all sources tell."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from sqlmodel import Session, col, select

from pipelines.lexicon.titles import TitleReading, read_title
from watchlist.ledger.acts import Tried, act_in_words, plan_acts
from watchlist.ledger.best import Standing, is_seat, match_level, role_in, weigh
from watchlist.ledger.lines import Ledger, LedgerLine, LedgerPerson, Tier
from watchlist.ledger.reasons import SKIPPED, Reason, explain_reason, why_nobody
from watchlist.models import (
    CompanyList,
    Event,
    Follow,
    GapMark,
    Goal,
    ListEntry,
    Organization,
    Person,
    Position,
    SourceRecord,
    Visit,
)
from watchlist.people.listing import KNOWN
from watchlist.times import iso

PAST: Final = "past"
_TIER_OF: Final[dict[str, Tier]] = {"leader": "page"}
"""Where a record's kind has another name."""
_SEVERAL_ROLES: Final = re.compile(r"[&+/,;|]| \w{1,3} ")
"""A title without any of these names one role: "CFO and HR Director", "CEO & CHRO"."""
_read_title = lru_cache(maxsize=65536)(read_title)

Row = tuple[Position, Person, SourceRecord, Follow | None]
Company = tuple[Organization, ListEntry, Visit | None, GapMark | None]


@dataclass(frozen=True, slots=True)
class Found:
    """Somebody in the light of the goal."""

    row: Row
    standing: Standing


def build_ledger(session: Session, goal: Goal, *, inbox: Path | None = None) -> Ledger:
    """Exactly one line for every company of the goal's list; `inbox` is where saved pages are dropped."""
    key = session.get_one(CompanyList, goal.list_id).key
    rows = _rows_by_company(session, goal)
    tried = _tried(session)
    lines = []
    for company, entry, visit, mark in _companies(session, goal):
        own = rows.get(company.id or 0, [])
        people = _people(own, goal)
        line = _line(company, entry, visit, people)
        if not people:
            read = any(position.own_page for position, *_ in own)
            reason = explain_reason(why_nobody(company, visit, read=read))
            line |= _gap(reason, company, key, tried, mark, inbox)
        lines.append(LedgerLine(**line))
    return Ledger(goal=goal.name, list=key, function=goal.function, level=goal.level, lines=tuple(lines))


# --- whom the sources name ---------------------------------------------------------------------------------------


def _rows_by_company(session: Session, goal: Goal) -> dict[int, list[Row]]:
    """Every current role at a company of the list."""
    state = (col(Follow.person_id) == Person.id) & (col(Follow.user_id) == goal.user_id)
    listed = select(ListEntry.organization_id).where(ListEntry.list_id == goal.list_id)
    query = (
        select(Position, Person, SourceRecord, Follow)
        .join(Person, col(Person.id) == Position.person_id)
        .join(SourceRecord, col(SourceRecord.id) == Position.source_record_id)
        .outerjoin(Follow, state)
        .where(col(Position.ended_at).is_(None), Position.section != PAST)
        .where(col(Position.organization_id).in_(listed))
    )
    found = defaultdict[int, list[Row]](list)
    for row in session.exec(query):
        found[row[0].organization_id or 0].append(row)
    return found


def _people(rows: Iterable[Row], goal: Goal) -> tuple[LedgerPerson, ...]:
    """Who holds the function, the best first, each once with the role that counts most."""
    found = [each for row in rows if (each := _find(row, goal)) is not None]
    found.sort(key=lambda each: (*weigh(each.standing, goal.level), each.row[1].name, each.row[0].id or 0))
    best: dict[int, LedgerPerson] = {}
    for each in found:
        best.setdefault(each.row[1].id or 0, _person(each, goal.level))
    return tuple(best.values())


def _find(row: Row, goal: Goal) -> Found | None:
    position, record = row[0], row[2]
    tier = _tier(position, record)
    if is_seat(position.section, tier, own_page=position.own_page) and goal.function != "governance":
        return None
    if position.function != goal.function and not _SEVERAL_ROLES.search(position.title):
        return None
    reading: TitleReading = _read_title(position.title)
    level = role_in(position.function, position.level, reading, goal.function)
    if level is None or reading.former:
        return None
    standing = Standing(
        function=goal.function,
        level=level,
        tier=tier,
        own_page=position.own_page,
        acting=reading.acting,
        deputy=reading.deputy,
        seen_at=position.seen_at,
    )
    return Found(row, standing)


def _tier(position: Position, record: SourceRecord) -> Tier:
    """Of what shows the role now: a page of the company's own, also where another source named it first."""
    tier: Tier = _TIER_OF.get(record.kind, record.kind)  # type: ignore[arg-type]  # kinds are tiers but for one
    return "page" if position.own_page and tier != "saved" else tier


def _person(found: Found, goal_level: str) -> LedgerPerson:
    position, person, record, follow = found.row
    standing = found.standing
    first = record.url == position.page_url or not position.own_page
    return LedgerPerson(
        id=person.id or 0,
        name=person.name,
        title=position.title or None,
        function=standing.function,
        level=standing.level,
        section=position.section,
        evidence_url=(record.url if first else position.page_url) or None,
        fetched_at=iso(record.fetched_at if first else position.seen_at),
        seen_at=iso(position.seen_at),
        state=follow.state if follow else KNOWN,
        tier=standing.tier,
        own_page=standing.own_page,
        match=match_level(standing, goal_level),
        acting=standing.acting,
        deputy=standing.deputy,
    )


# --- the companies -----------------------------------------------------------------------------------------------


def _companies(session: Session, goal: Goal) -> Iterator[Company]:
    visited = (col(Visit.organization_id) == Organization.id) & (col(Visit.kind) == "leaders")
    marked = (col(GapMark.organization_id) == Organization.id) & (col(GapMark.goal_id) == goal.id)
    query = (
        select(Organization, ListEntry, Visit, GapMark)
        .join(ListEntry, col(ListEntry.organization_id) == Organization.id)
        .outerjoin(Visit, visited)
        .outerjoin(GapMark, marked)
        .where(ListEntry.list_id == goal.list_id)
        .order_by(col(ListEntry.rank), col(Organization.name), col(Organization.id))
    )
    yield from session.exec(query)


def _line(
    company: Organization, entry: ListEntry, visit: Visit | None, people: tuple[LedgerPerson, ...]
) -> dict[str, Any]:
    return {
        "rank": entry.rank,
        "company": company.name,
        "website": company.website,
        "country": company.country,
        "people": people,
        "match": people[0].match if people else None,
        "visited_at": iso(visit.finished_at) if visit else None,
        "visit_reason": visit.reason if visit else None,
        **dict.fromkeys(("reason", "cause", "sentence", "next_act", "note")),
        "acts": (),
    }


def _gap(  # noqa: PLR0913, PLR0917  # what a gap is told from
    reason: Reason, company: Organization, list_key: str, tried: Tried, mark: GapMark | None, inbox: Path | None
) -> dict[str, Any]:
    """The reason and what can be done; a company that was left out counts as such and keeps its cause."""
    told = explain_reason(SKIPPED) if mark else reason
    acts = plan_acts(told, company, list_key, tried)
    return {
        "reason": told.code,
        "cause": reason.cause,
        "sentence": f"{told.sentence} {reason.sentence}" if mark else told.sentence,
        "next_act": act_in_words(acts[0], inbox),
        "acts": acts,
        "note": (mark.note or None) if mark else None,
    }


def _tried(session: Session) -> Tried:
    """Sources that need not be proposed: asked already, or nothing there to be asked."""
    asked = set(session.exec(select(Visit.organization_id).where(Visit.kind == "registries")))
    named = select(Position.organization_id).join(SourceRecord).where(SourceRecord.kind == "registry")
    events = set(session.exec(select(Event.id)))
    visited = set(session.exec(select(Visit.event_id).where(Visit.kind == "speakers")))
    imported = session.exec(select(SourceRecord.id).where(SourceRecord.kind == "import").limit(1)).first()
    return Tried(
        registries=frozenset(each for each in asked | set(session.exec(named)) if each),
        speakers=events <= visited,
        linkedin=imported is not None,
    )
