"""Roles of people: which stored one a record speaks of, what of it may change, and when a new term begins."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, delete, select
from sqlmodel import Session

from pipelines.lexicon.title_wording import same_wording
from pipelines.load.rows import any_of, columns, mappings_of
from pipelines.normalise import PAST
from pipelines.records import PersonRecord, PositionRecord
from watchlist.models import Position
from watchlist.store.upsert import upsert

Evidence = tuple[int, int, PersonRecord]
"""Whom a record is about (Person.id), its statement (SourceRecord.id), and the record."""

KEY: Final = ("person_id", "organisation_key", "title", "section", "term")
_CHANGING: Final = (
    "page_url", "seen_at", "misses", "ended_at", "own_page", "function", "level", "started_on", "ended_on",
)  # fmt: skip
_COLUMNS: Final = [column for column in columns(Position) if column.name != "id"]
_HELD: Final = (
    select(*_COLUMNS).where(columns(Position).person_id.in_(any_of("people"))).order_by(columns(Position).term)
)
_OWN_DATES: Final = ("started_on", "ended_on")
_REPLACED: Final = delete(Position).where(*(columns(Position)[name] == bindparam(f"old_{name}") for name in KEY))

Row = dict[str, Any]


def load_positions(session: Session, evidence: Sequence[Evidence], *, known_page: bool, whole: bool) -> None:
    """Store what records say of roles.

    `known_page`: what is new on the page has arrived since it was read before. Of a page that is not `whole` no other
    title is taken of those whose role is known.
    """
    held = _Held(_stored(session, {person_id for person_id, _, _ in evidence}), known_page=known_page, whole=whole)
    for person_id, source_id, record in evidence:
        for position in record.positions:
            held.take_in(person_id, source_id, record, position)
    if held.replaced:
        session.connection().execute(_REPLACED, held.replaced)
    upsert(session, Position, list(held.changed.values()), key=KEY, update=_CHANGING)


def _stored(session: Session, people: Iterable[int]) -> list[Row]:
    return mappings_of(session, _HELD, people=sorted(people))


class _Held:
    """The roles of some people as they are stored, and those of them that change."""

    def __init__(self, rows: Iterable[Row], *, known_page: bool, whole: bool) -> None:
        self.known_page, self.whole = known_page, whole
        self.changed: dict[tuple[Any, ...], Row] = {}
        self.replaced: list[Row] = []
        """The keys of what other sources said, whose place the own page takes."""
        self._of: defaultdict[tuple[int, str], list[Row]] = defaultdict(list)
        for row in rows:
            self._of[row["person_id"], row["organisation_key"]].append(row)

    def take_in(self, person_id: int, source_id: int, record: PersonRecord, position: PositionRecord) -> None:
        """One role of one record: the organisation's own page decides, every other source only adds."""
        here, at = self._of[person_id, position.organisation_key], record.statement.fetched_at
        last = _last(here, {"title": position.title, "section": position.section})
        if position.section == PAST:
            row = last or _began(person_id, source_id, record, position)
            shown = _shown(record, row, position)
            self._change(row, _dates(row, position), shown, ended_at=row["ended_at"] or at)
        elif not self._own_decides(here, record, position):
            if last is None or last["ended_at"] is not None or (position.own_page and not last["own_page"]):
                if not self.whole and any(row["own_page"] and row["ended_at"] is None for row in here):
                    return
                last = self._begin(here, last, _began(person_id, source_id, record, position))
            shown = _shown(record, last, position)
            self._change(last, _dates(last, position), shown, misses=0, ended_at=None)

    def _own_decides(self, here: Sequence[Row], record: PersonRecord, position: PositionRecord) -> bool:
        """Whether the role is one of the organisation's own page, which another source may only confirm and date.

        A role that the own page shows no more is over, whoever else still names it; but for the user's own word, and
        a source that dates it later.
        """
        own = None if position.own_page else _own_role(here, position)
        if own is None:
            return False
        if own["ended_at"] is not None:
            return record.statement.kind != "manual" and not _is_later(position, own["ended_at"])
        seen = {} if own["misses"] else {"seen_at": max(own["seen_at"], record.statement.fetched_at)}
        self._change(own, _dates(own, position), seen)
        return True

    def _begin(self, here: list[Row], last: Row | None, new: Row) -> Row:
        """A new role, or a new term of one that was over.

        What others said of it before gives way to the organisation's own page: by the first reading of a page it is
        replaced, so that the order in which sources were read changes nothing; later the page has a day of its own
        from which it shows the role, and the word of the others ends there.
        """
        theirs = [row for row in here if new["own_page"] and _gives_way(row, new)]
        if theirs and not self.known_page:
            new |= _dates_of(new, *theirs) | {"first_seen_at": min(row["first_seen_at"] for row in (new, *theirs))}
            self._replace(here, theirs)
            last = _last(here, new)
        else:
            for row in theirs:
                self._change(row, {}, {}, ended_at=max(new["seen_at"], row["first_seen_at"]))
        new |= {"term": last["term"] + 1 if last else 1, "arrived": new["own_page"] and self.known_page}
        here.append(new)
        return new

    def _replace(self, here: list[Row], theirs: Sequence[Row]) -> None:
        for row in theirs:
            here.remove(row)
            self.changed.pop(tuple(row[name] for name in KEY), None)
            self.replaced.append({f"old_{name}": row[name] for name in KEY})

    def _change(self, row: Row, dates: Row, shown: Row, **values: Any) -> None:
        row |= dates | shown | values
        self.changed[tuple(row[name] for name in KEY)] = row


def _last(here: Sequence[Row], role: Row) -> Row | None:
    """The latest term of exactly this role."""
    same = [row for row in here if (row["title"], row["section"]) == (role["title"], role["section"])]
    return max(same, key=lambda row: row["term"], default=None)


def _gives_way(row: Row, new: Row) -> bool:
    """Whether a row is what another source says of a role that the own page begins to show."""
    theirs = row["own_page"] or row["ended_at"] is not None or row["section"] == PAST
    return not theirs and (row["title"] == new["title"] or same_wording(row["title"], new["title"]))


def _own_role(here: Sequence[Row], position: PositionRecord) -> Row | None:
    """The role as the organisation's own page shows it, in whatever words, or showed it last."""
    own = [
        row
        for row in here
        if row["own_page"]
        and row["section"] != PAST
        and (row["title"] == position.title or same_wording(row["title"], position.title))
    ]
    return max(own, key=lambda row: (row["ended_at"] is None, row["seen_at"]), default=None)


def _is_later(position: PositionRecord, ended_at: datetime) -> bool:
    """Whether a source dates the role after the organisation's page ceased to show it."""
    return position.started_on is not None and position.started_on > ended_at.date().isoformat()


def _began(person_id: int, source_id: int, record: PersonRecord, position: PositionRecord) -> Row:
    at = record.statement.fetched_at
    return {name: getattr(position, name) for name in PositionRecord.__slots__} | {
        "person_id": person_id,
        "term": 1,
        "arrived": False,
        "page_url": record.statement.url,
        "first_seen_at": at,
        "seen_at": at,
        "misses": 0,
        "ended_at": None,
        "source_record_id": source_id,
    }


def _shown(record: PersonRecord, row: Row, position: PositionRecord) -> Row:
    """What a record that may speak for the role changes."""
    return {
        "page_url": record.listed_on or record.statement.url,
        "seen_at": max(row["seen_at"], record.statement.fetched_at),
        "own_page": position.own_page,
        "function": position.function,
        "level": position.level,
    }


def _dates(row: Row, position: PositionRecord) -> Row:
    """The sources' own dates: what is known is never lost, and gives way only to what is as exact."""
    return {name: _more_exact(row[name], getattr(position, name)) for name in _OWN_DATES}


def _dates_of(new: Row, *others: Row) -> Row:
    """The dates of a role that takes the place of others."""
    dates = {name: new[name] for name in _OWN_DATES}
    for row in others:
        dates = {name: _more_exact(row[name], dates[name]) for name in _OWN_DATES}
    return dates


def _more_exact(known: str | None, told: str | None) -> str | None:
    """2015-03 rather than 2015; of two dates as exact the later told."""
    if known is None or told is None:
        return told or known
    return told if len(told) >= len(known) else known
