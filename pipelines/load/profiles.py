"""Roles that a person's own page tells, where the list that leads to it shows only the name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlmodel import Session

from pipelines.load.rows import columns, rows_of
from pipelines.records import PersonRecord, PositionRecord
from watchlist.models import Position, SourceRecord

_HELD, _SOURCE = columns(Position), columns(SourceRecord)
Evidence = tuple[int, int, PersonRecord]
"""Person.id, SourceRecord.id, record."""


def settle_untitled(session: Session, evidence: Sequence[Evidence]) -> list[Evidence]:
    """The evidence, so that a name without a title and the title on the person's own page are one position.

    What the own page tells takes the place of the untitled position of its list. A list that goes on showing the name
    alone confirms the role that was told: it says nothing else of it.
    """
    settled = []
    for person_id, source_id, record in evidence:
        if record.listed_on is not None:
            for position in record.positions:
                _give_title(session, person_id, source_id, position, record.listed_on)
            settled.append((person_id, source_id, record))
            continue
        kept = tuple(position for position in record.positions if not _is_told(session, person_id, record, position))
        settled.append((person_id, source_id, replace(record, positions=kept)))
    return settled


def _give_title(session: Session, person_id: int, source_id: int, told: PositionRecord, page_url: str) -> None:
    """The untitled position on the list bears the told title from now on, if there is none with that title yet."""
    here = (_HELD.person_id == person_id, _HELD.organisation_key == told.organisation_key)
    same = select(_HELD.id).where(*here, _HELD.title == told.title, _HELD.section == told.section)
    untitled = select(_HELD.id).where(*here, _HELD.title == "", _HELD.page_url == page_url, _HELD.ended_at.is_(None))
    found = rows_of(session, untitled)
    if not told.title or not found or rows_of(session, same):
        return
    values: dict[str, Any] = {
        "title": told.title,
        "section": told.section,
        "function": told.function,
        "level": told.level,
        "language": told.language,
        "source_record_id": source_id,
    }
    session.connection().execute(update(Position).where(_HELD.id == found[0].id).values(values))


def _is_told(session: Session, person_id: int, record: PersonRecord, shown: PositionRecord) -> bool:
    """Whether the role behind an untitled name is known from the person's own page; it is confirmed then."""
    if shown.title or not shown.own_page:
        return False
    told = (
        select(_HELD.id)
        .join(SourceRecord, _SOURCE.id == _HELD.source_record_id)
        .where(_HELD.person_id == person_id, _HELD.organisation_key == shown.organisation_key, _HELD.title != "")
        .where(_HELD.page_url == record.statement.url, _SOURCE.url != _HELD.page_url, _HELD.ended_at.is_(None))
    )
    ids = [row.id for row in rows_of(session, told)]
    if ids:
        _confirm(session, ids, record.statement.fetched_at)
    return bool(ids)


def _confirm(session: Session, ids: Sequence[int], seen_at: datetime) -> None:
    session.connection().execute(update(Position).where(_HELD.id.in_(ids)).values(seen_at=seen_at, misses=0))
