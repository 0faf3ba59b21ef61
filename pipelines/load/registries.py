"""What registers say: people by load_page, and here facts of companies, hints of moves, and roles that are over.

A register never ends nor overrides what an organisation's own page shows (Position.own_page).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
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


def load_items(session: Session, pages: Sequence[PageItem], subject: Subject) -> RegistryLoad:
    """Store all that a register says of a company now: its own page there first, those of its people (Wikidata items).

    A role that they say is over ends; one that none of them shows any more is missed, and ends when missed twice.
    """
    loaded = [load_page(session, page, subject) for page in pages]
    now = _said(session, [person for page in pages for person in page.reading.people])
    then = _said(session, [person for page in pages for person in page.reading.former])
    rows = [row for row in _open(session, subject) if _is_of(row, pages[0].url) and _role(row) not in now]
    over = [row.id for row in rows if _role(row) in then]
    missed = [row for row in rows if _role(row) not in then]
    _miss(session, [row.id for row in missed])
    ended = [*over, *(row.id for row in missed if row.misses + 1 >= END_AFTER_MISSES)]
    _end(session, ended, pages[0].fetched_at)
    facts = sum(_load_facts(session, page, subject) for page in pages)
    return RegistryLoad(loaded, facts=facts, ended=len(ended))


def load_filings(
    session: Session, pages: Iterable[PageItem], subject: Subject, *, days: Mapping[str, str]
) -> RegistryLoad:
    """Store statements of insiders, oldest first: the newest one of somebody says all that they are to the company.

    What an earlier one said of them and this one does not ends, unless it is the same role in other words. `days` are
    the ISO dates that statements report on, by address: an amendment may come after newer ones and changes nothing.
    """
    report = RegistryLoad()
    newest = _newest_statements(session, subject, days)
    for each in pages:
        page = _without_outdated(session, each, newest, days)
        report.pages.append(load_page(session, page, subject))
        now, then = _said(session, page.reading.people), _said(session, page.reading.former)
        people = {role.person_id for role in (*now, *then)}
        kept = {(role.person_id, role.function, role.level) for role in now}
        ended = [
            row.id
            for row in _open(session, subject)
            if row.person_id in people
            and _is_of(row, page.url)
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
    """The roles of people who are stored."""
    found = set()
    for person, owner in zip(people, _owners(session, people), strict=True):
        if owner is not None:
            role = read_role(person)
            found.add(_Said(owner, role.title, role.function, role.level))
    return found


def _owners(session: Session, people: Sequence[PersonItem]) -> list[int | None]:
    """Whose page in the register each of them has; None for who is not stored."""
    pages = [canonical_url(person.links[0]) if person.links else None for person in people]
    urls = sorted({url for url in pages if url})
    owners = {row.url: row.person_id for row in rows_of(session, _OWNER, urls=urls)} if urls else {}
    return [owners.get(url or "") for url in pages]


def _newest_statements(session: Session, subject: Subject, days: Mapping[str, str]) -> dict[int, str]:
    """Of each person with a stored role from one of the addresses the latest day that these report on."""
    held = select(Position.person_id, Position.page_url).where(
        Position.organization_id == subject.organization_id, col(Position.page_url).in_(days)
    )
    found: dict[int, str] = {}
    for person_id, url in session.exec(held):
        found[person_id] = max(days[url], found.get(person_id, ""))
    return found


def _without_outdated(session: Session, page: PageItem, newest: Mapping[int, str], days: Mapping[str, str]) -> PageItem:
    """The page without those of whom a newer statement is stored."""

    def still_new(people: Sequence[PersonItem]) -> tuple[PersonItem, ...]:
        owners = zip(people, _owners(session, people), strict=True)
        return tuple(person for person, owner in owners if newest.get(owner or 0, "") <= days[page.url])

    reading = replace(page.reading, people=still_new(page.reading.people), former=still_new(page.reading.former))
    return replace(page, reading=reading)


def _role(row: Row[Any]) -> _Said:
    return _Said(row.person_id, row.title, row.function, row.level)


def _is_of(row: Row[Any], url: str) -> bool:
    """Whether a role is shown by the register that an address is of."""
    return urlsplit(str(row.page_url)).hostname == urlsplit(url).hostname


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
