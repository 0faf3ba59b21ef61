"""What registers say: people by load_page, and here facts of companies, hints of moves, and roles that are over.

A register never ends nor overrides what an organisation's own page shows (Position.own_page).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

from sqlalchemy import Row, bindparam, update
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from crawler.items import CompanyFact, MoveHint, PageItem, PersonItem
from pipelines.lexicon.links import canonical_url
from pipelines.load.people import PageLoad, load_page
from pipelines.load.rows import any_of, columns, rows_of
from pipelines.load.sites import END_AFTER_MISSES
from pipelines.normalise import PAST, read_role
from pipelines.records import Subject
from watchlist.models import DoorMemory, OrganizationFact, Position, Profile, Visit
from watchlist.models import MoveHint as HintRow
from watchlist.store.upsert import upsert

KEEP_READ: Final = timedelta(days=180)
"""A filing never changes; so long it is not read again."""
_READ: Final = "register"
_HELD: Final = columns(Position)
_OPEN: Final = select_columns(
    _HELD.id, _HELD.person_id, _HELD.title, _HELD.function, _HELD.level, _HELD.page_url, _HELD.misses
).where(
    _HELD.organization_id == bindparam("organization"),
    _HELD.own_page.is_(False),
    _HELD.ended_at.is_(None),
    _HELD.section != PAST,
)
_OWNER: Final = select_columns(columns(Profile).url, columns(Profile).person_id).where(
    columns(Profile).url.in_(any_of("urls"))
)


@dataclass(slots=True)
class RegistryLoad:
    """What one register's answers about one company changed."""

    pages: list[PageLoad] = field(default_factory=list)
    facts: int = 0
    ended: int = 0


def load_item(session: Session, page: PageItem, subject: Subject) -> RegistryLoad:
    """Store all that one address of a register says of a company now (a Wikidata item).

    A role that it says is over ends; one that it does not show any more is missed, and ends when missed twice.
    """
    loaded = load_page(session, page, subject)
    now, then = _said(session, page.reading.people), _said(session, page.reading.former)
    rows = [row for row in _open(session, subject) if row.page_url == page.url and _role(row) not in now]
    over = [row.id for row in rows if _role(row) in then]
    missed = [row for row in rows if _role(row) not in then]
    _miss(session, [row.id for row in missed])
    ended = [*over, *(row.id for row in missed if row.misses + 1 >= END_AFTER_MISSES)]
    _end(session, ended, page.fetched_at)
    return RegistryLoad([loaded], facts=_load_facts(session, page, subject), ended=len(ended))


def load_filings(session: Session, pages: Iterable[PageItem], subject: Subject) -> RegistryLoad:
    """Store statements of insiders, oldest first: the newest one of somebody says all that they are to the company.

    What an earlier one said of them and this one does not ends, unless it is the same role in other words.
    """
    report = RegistryLoad()
    for page in pages:
        report.pages.append(load_page(session, page, subject))
        now, then = _said(session, page.reading.people), _said(session, page.reading.former)
        people = {role.person_id for role in (*now, *then)}
        kept = {(role.person_id, role.function, role.level) for role in now}
        ended = [
            row.id
            for row in _open(session, subject)
            if row.person_id in people
            and urlsplit(row.page_url).hostname == urlsplit(page.url).hostname
            and (row.person_id, row.function, row.level) not in kept
        ]
        _end(session, ended, page.fetched_at)
        report.ended += len(ended)
    return report


class _Said(NamedTuple):
    """A role as a register has it: whose it is, and what the lexicon makes of it."""

    person_id: int
    title: str
    function: str
    level: str


def _said(session: Session, people: Sequence[PersonItem]) -> set[_Said]:
    """The roles of people who are stored; each is known by the first of their links, their page in the register."""
    urls = list({canonical_url(person.links[0]) for person in people if person.links})
    owners = {row.url: row.person_id for row in rows_of(session, _OWNER, urls=urls)} if urls else {}
    found = set()
    for person in people:
        owner = owners.get(canonical_url(person.links[0])) if person.links else None
        if owner is not None:
            role = read_role(person)
            found.add(_Said(owner, role.title, role.function, role.level))
    return found


def _role(row: Row[Any]) -> _Said:
    return _Said(row.person_id, row.title, row.function, row.level)


def _open(session: Session, subject: Subject) -> Sequence[Row[Any]]:
    """Positions at a company that only registers, imports or people's own words show, and that did not end."""
    return rows_of(session, _OPEN, organization=subject.organization_id)


def _miss(session: Session, positions: Sequence[int]) -> None:
    if positions:
        again = update(Position).where(col(Position.id).in_(positions))
        session.connection().execute(again.values(misses=_HELD.misses + 1))


def _end(session: Session, positions: Sequence[int], now: datetime) -> None:
    if positions:
        session.connection().execute(update(Position).where(col(Position.id).in_(positions)).values(ended_at=now))


def load_hints(session: Session, hints: Iterable[MoveHint], subject: Subject, *, now: datetime) -> int:
    """Store dated signs that somebody moved; returns how many are new. A later look may know more of one."""
    before = set(session.exec(select(HintRow.url).where(HintRow.organization_id == subject.organization_id)))
    rows = [
        {
            "organization_id": subject.organization_id,
            "kind": hint.kind,
            "happened_on": date.fromisoformat(hint.happened_on),
            "url": hint.url,
            "detail": hint.detail,
            "first_seen_at": now,
        }
        for hint in hints
    ]
    told = [row for row in rows if row["detail"]]
    untold = [row for row in rows if not row["detail"]]
    key = ["organization_id", "url", "kind"]
    upsert(session, HintRow, told, key=key, update=["detail", "happened_on"])
    upsert(session, HintRow, untold, key=key, update=[])
    return len({row["url"] for row in rows} - before)


def note_visit(  # noqa: PLR0913  # what is known when one company is done
    session: Session, subject: Subject, kind: str, *, reason: str | None, answers: int, people: int, now: datetime
) -> None:
    """Note when a register was asked about a company and what came of it."""
    found = select(Visit).where(Visit.kind == kind, Visit.organization_id == subject.organization_id)
    visit = session.exec(found).first() or Visit(kind=kind, organization_id=subject.organization_id, finished_at=now)
    visit.finished_at, visit.reason, visit.pages, visit.people = now, reason, answers, people
    if reason is None:
        visit.good_at, visit.good_people = now, people or visit.good_people  # none where nothing was new
    session.add(visit)


def note_read(session: Session, urls: Mapping[str, dict[str, Any]], *, now: datetime) -> None:
    """Remember addresses that were read and need not be read again; the values are their validators, or empty."""
    rows = [{"kind": _READ, "key": url, "value": value, "expires_at": now + KEEP_READ} for url, value in urls.items()]
    upsert(session, DoorMemory, rows, key=["kind", "key"])


def read_before(session: Session, urls: Sequence[str], *, now: datetime) -> dict[str, dict[str, Any]]:
    """Those of the addresses that were read lately, with their validators."""
    known = select(DoorMemory).where(
        DoorMemory.kind == _READ, col(DoorMemory.key).in_(urls), DoorMemory.expires_at > now
    )
    return {row.key: row.value for row in session.exec(known)}


def _load_facts(session: Session, page: PageItem, subject: Subject) -> int:
    rows = [_fact(fact, page, subject) for fact in page.reading.facts]
    return upsert(session, OrganizationFact, rows, key=["organization_id", "kind", "source"])


def _fact(fact: CompanyFact, page: PageItem, subject: Subject) -> dict[str, Any]:
    return {
        "organization_id": subject.organization_id,
        "kind": fact.kind,
        "value": fact.value,
        "unit": fact.unit,
        "as_of": fact.as_of,
        "source": page.url,
        "seen_at": page.fetched_at,
    }
