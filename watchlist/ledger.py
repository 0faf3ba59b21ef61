"""The ledger: a TOP-N list by the goal's function, one line a company, with a person or the reason why nobody."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any, Final

from sqlmodel import Session, col, select

from watchlist.models import CompanyList, Follow, Goal, ListEntry, Organization, Person, Position, SourceRecord, Visit
from watchlist.people.listing import KNOWN, level_height
from watchlist.secrets import mask_url
from watchlist.settings import config_dir, read_toml
from watchlist.tables import write_table
from watchlist.times import iso

COLUMNS: Final = (
    "rank", "company", "website", "country", "people", "person", "title", "level", "state", "evidence_url",
    "fetched_at", "more_people", "reason", "sentence", "next_act", "visited_at",
)  # fmt: skip
"""Of the CSV; `people` is how many were found, `more_people` names those behind the first."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why nobody was found: the code, a plain sentence, and what to do next."""

    code: str
    sentence: str
    next_act: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerPerson:
    """Somebody who holds the function at the company, with the page that says so; times are ISO 8601 UTC."""

    id: int
    name: str
    title: str | None
    function: str
    level: str
    section: str
    evidence_url: str
    fetched_at: str | None
    seen_at: str | None
    """When the page was last seen to say it."""
    state: str
    """known | candidate | followed | unfollowed"""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerLine:
    """One company: people, highest level first, or a reason with its sentence and next act."""

    rank: int
    company: str
    website: str | None
    country: str | None
    people: tuple[LedgerPerson, ...]
    reason: str | None
    sentence: str | None
    next_act: str | None
    visited_at: str | None
    visit_reason: str | None
    """Why the last visit gave nobody; people of an earlier one are kept."""

    def as_json(self) -> dict[str, Any]:
        """The line as a JSON object."""
        return {**asdict(self), "people": [asdict(person) for person in self.people]}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """All companies of the goal's list by rank, each exactly once."""

    goal: str
    list: str
    function: str
    level: str
    lines: tuple[LedgerLine, ...]

    @property
    def totals(self) -> dict[str, Any]:
        """`companies` is `found` plus all `reasons`; `people` counts those found."""
        reasons = Counter(line.reason for line in self.lines if line.reason)
        return {
            "companies": len(self.lines),
            "found": sum(line.reason is None for line in self.lines),
            "people": len({person.id for line in self.lines for person in line.people}),
            "reasons": dict(sorted(reasons.items())),
        }

    def as_json(self) -> dict[str, Any]:
        """The ledger as a JSON object: every key is there, unknown is null."""
        return {
            "goal": self.goal,
            "list": self.list,
            "function": self.function,
            "level": self.level,
            "lines": [line.as_json() for line in self.lines],
            "totals": self.totals,
        }

    def as_csv(self, *, delimiter: str = ",", bom: bool = False) -> bytes:
        """One row a company; no cell is a formula."""
        return write_table(COLUMNS, (_cells(line) for line in self.lines), delimiter=delimiter, bom=bom)


def build_ledger(session: Session, goal: Goal) -> Ledger:
    """Who holds the goal's function on its list, as far as the crawls tell."""
    found = _people(session, goal)
    peopled = set(session.exec(select(Position.organization_id).where(col(Position.ended_at).is_(None)).distinct()))
    lines = []
    for company, entry, visit in _companies(session, goal):
        people = tuple(found.get(company.id or 0, {}).values())
        code = None if people else why_nobody(company, visit, others=company.id in peopled)
        lines.append(_line(company, entry, visit, people, explain_reason(code) if code else None))
    key = session.get_one(CompanyList, goal.list_id).key
    return Ledger(goal=goal.name, list=key, function=goal.function, level=goal.level, lines=tuple(lines))


def why_nobody(company: Organization, visit: Visit | None, *, others: bool) -> str:
    """The reason code of a company without anybody of the function; `others`: people of other functions are known."""
    if visit is None:
        return "not_crawled" if company.website else "no_website"
    if company.site_state == "wrong_site":
        return "wrong_site"
    if others and (visit.reason is None or visit.good_at is not None):
        return "no_such_function"
    return visit.reason or "no_people"


def explain_reason(code: str) -> Reason:
    """The sentence and next act of config/reasons.toml; a code that is missing there is named as it is."""
    reasons = _reasons()
    classes = re.sub(r"^(http_[45])\d\d$", r"\1xx", code)
    row = reasons.get(code) or reasons.get(classes)
    if row is None:
        return Reason(code, f"The visit ended with the reason {code!r}.", "See mentorwatch doctor.")
    row = reasons[row["same_as"]] if "same_as" in row else row
    return Reason(code, row["sentence"], row["next"])


@cache
def _reasons() -> Mapping[str, Mapping[str, str]]:
    return read_toml(config_dir() / "reasons.toml")


def _companies(session: Session, goal: Goal) -> Iterator[tuple[Organization, ListEntry, Visit | None]]:
    visited = (col(Visit.organization_id) == Organization.id) & (col(Visit.kind) == "leaders")
    query = (
        select(Organization, ListEntry, Visit)
        .join(ListEntry, col(ListEntry.organization_id) == Organization.id)
        .outerjoin(Visit, visited)
        .where(ListEntry.list_id == goal.list_id)
        .order_by(col(ListEntry.rank), col(Organization.name), col(Organization.id))
    )
    yield from session.exec(query)


def _people(session: Session, goal: Goal) -> dict[int, dict[int, LedgerPerson]]:
    """People of the function by organisation and person, highest level first, each with their highest role there."""
    state = (col(Follow.person_id) == Person.id) & (col(Follow.user_id) == goal.user_id)
    listed = select(ListEntry.organization_id).where(ListEntry.list_id == goal.list_id)
    query = (
        select(Position, Person, SourceRecord, Follow)
        .join(Person, col(Person.id) == Position.person_id)
        .join(SourceRecord, col(SourceRecord.id) == Position.source_record_id)
        .outerjoin(Follow, state)
        .where(Position.function == goal.function, col(Position.ended_at).is_(None))
        .where(col(Position.organization_id).in_(listed))
    )
    rows = sorted(session.exec(query), key=_rank_of_row)
    found: dict[int, dict[int, LedgerPerson]] = {}
    for position, person, record, follow in rows:
        at_company = found.setdefault(position.organization_id or 0, {})
        at_company.setdefault(person.id or 0, _person(position, person, record, follow))
    return found


def _rank_of_row(row: tuple[Position, Person, SourceRecord, Follow | None]) -> tuple[int, str, bool, int]:
    """Highest level first; what the company's own page says before what a programme says."""
    position, person = row[0], row[1]
    return -level_height(position.level), person.name, not position.own_page, position.id or 0


def _person(position: Position, person: Person, record: SourceRecord, follow: Follow | None) -> LedgerPerson:
    return LedgerPerson(
        id=person.id or 0,
        name=person.name,
        title=position.title or None,
        function=position.function,
        level=position.level,
        section=position.section,
        evidence_url=record.url,
        fetched_at=iso(record.fetched_at),
        seen_at=iso(position.seen_at),
        state=follow.state if follow else KNOWN,
    )


def _line(
    company: Organization,
    entry: ListEntry,
    visit: Visit | None,
    people: tuple[LedgerPerson, ...],
    reason: Reason | None,
) -> LedgerLine:
    return LedgerLine(
        rank=entry.rank,
        company=company.name,
        website=company.website,
        country=company.country,
        people=people,
        reason=reason.code if reason else None,
        sentence=reason.sentence if reason else None,
        next_act=reason.next_act if reason else None,
        visited_at=iso(visit.finished_at) if visit else None,
        visit_reason=visit.reason if visit else None,
    )


def _cells(line: LedgerLine) -> tuple[str | int | None, ...]:
    first = line.people[0] if line.people else None
    more = "; ".join(f"{each.name} ({each.title})" if each.title else each.name for each in line.people[1:])
    role = (first.name, first.title, first.level, first.state) if first else (None,) * 4
    evidence = (mask_url(first.evidence_url), first.fetched_at) if first else (None,) * 2
    return (
        *(line.rank, line.company, line.website, line.country, len(line.people)),
        *role,
        *evidence,
        *(more or None, line.reason, line.sentence, line.next_act, line.visited_at),
    )
