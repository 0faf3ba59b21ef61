"""Conferences: strict reading of CSV files, one event per address, import without doubles."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from sqlmodel import Session, col, select

from pipelines.lexicon.links import canonical_url
from watchlist.errors import UsageError
from watchlist.models import Event
from watchlist.secrets import has_user_info, mask_text, mask_url
from watchlist.settings import config_dir
from watchlist.store import upsert
from watchlist.tables import NO_USER_INFO, Problem, Row, read_table, refuse_problems

COLUMNS: Final = ("name", "platform", "address", "field", "source", "as_of")
PLATFORMS: Final = {
    "sessionize": re.compile(r"^(\w+\.)?sessionize\.com/"),
    "pretalx": re.compile(r"pretalx|/schedule/export/|/schedule/v/"),
    "frab": re.compile(r"schedule\.(json|xml)$|/schedule/xml$"),
}
"""How the address of a conference tells its software; anything else is a plain web page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """One conference as its file has it; `line` is where it stands there."""

    line: int
    name: str
    platform: str
    url: str
    field: str | None


@dataclass(frozen=True, slots=True)
class EventFile:
    """The rows of one file and what was left out of it."""

    rows: tuple[EventRow, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EventReport:
    """What an import changed."""

    new: int
    changed: int
    same: int
    dry_run: bool

    def as_json(self) -> dict[str, Any]:
        """The report as a JSON object."""
        return asdict(self)


def shipped_events() -> EventFile:
    """The conference series that come with the program."""
    file = config_dir() / "events.csv"
    return read_event_csv(file, file.name)


def read_event_csv(source: Path | bytes, filename: str, *, max_rows: int | None = None) -> EventFile:
    """Reads conferences with the columns `COLUMNS`; an empty platform is told from the address.

    Raises InputError that names every problem (up to 20) with line and column; a file is taken whole or not at all.
    `max_rows` is the setting companies.max_rows, which bounds every imported list.
    """
    limit = ("companies.max_rows", max_rows) if max_rows is not None else None
    table = read_table(source, filename, columns=COLUMNS, limit=limit)
    problems = list(table.problems)
    rows = [event for row in table.rows if (event := _event(row, problems))]
    seen: dict[str, int] = {}
    problems += [
        Problem(event.line, "address", f"{mask_url(event.url)} stands in line {line} already")
        for event in rows
        if (line := seen.setdefault(event_key(event.url), event.line)) != event.line
    ]
    refuse_problems(filename, problems, hint="nothing was taken over")
    return EventFile(tuple(rows), table.warnings)


def add_event(session: Session, name: str, url: str, platform: str | None = None, field: str | None = None) -> Event:
    """Stores one conference or edition; the same address again is the same event with its new name.

    Raises UsageError for a name or an address that is none.
    """
    try:
        row = EventRow(line=0, name=_name(name), platform="", url=_address(url), field=field or None)
    except ValueError as error:
        raise UsageError(str(error), hint="mentorwatch events add NAME https://ADDRESS") from None
    upsert(session, Event, [_values(row, platform)], key=["key"])
    # the row was written past the objects of this session
    fresh = select(Event).where(Event.key == event_key(row.url)).execution_options(populate_existing=True)
    return session.exec(fresh).one()


def import_events(session: Session, rows: Sequence[EventRow], *, dry_run: bool = False) -> EventReport:
    """Stores conferences; those that are known by their address are brought up to date, none is removed."""
    values = [_values(row, row.platform) for row in rows]
    known = {event.key: event for event in session.exec(select(Event))}
    kinds = [_kind(each, known.get(each["key"])) for each in values]
    if not dry_run:
        upsert(session, Event, values, key=["key"])
        for event in known.values():
            session.expire(event)
    counts = {kind: kinds.count(kind) for kind in ("new", "changed", "same")}
    return EventReport(**counts, dry_run=dry_run)


def list_events(session: Session) -> tuple[Event, ...]:
    """All conferences, by name."""
    return tuple(session.exec(select(Event).order_by(col(Event.name), col(Event.id))))


def event_json(event: Event) -> dict[str, Any]:
    """An event as a JSON object; unknown is null, a token in its address is masked."""
    told = {name: getattr(event, name) for name in ("id", "key", "name", "platform", "url", "field")}
    return told | {"url": mask_url(event.url)}


def event_key(url: str) -> str:
    """Host (without www) and path of the address: two spellings of one address are one event."""
    parts = urlsplit(canonical_url(url))
    port = f":{parts.port}" if parts.port else ""
    return f"{(parts.hostname or '').removeprefix('www.')}{port}{parts.path.rstrip('/')}"


def _event(row: Row, problems: list[Problem]) -> EventRow | None:
    cells = {name: " ".join(cell.split()) for name, cell in row.cells.items()}
    values: dict[str, str] = {}
    for column, read in (("name", _name), ("address", _address)):
        try:
            values[column] = read(cells[column])
        except ValueError as error:
            problems.append(Problem(row.line, column, str(error)))
    if len(values) < 2:
        return None
    field = cells["field"] or None
    return EventRow(line=row.line, name=values["name"], platform=cells["platform"], url=values["address"], field=field)


def _name(text: str) -> str:
    if not text.strip():
        raise ValueError("the name is empty")
    return text.strip()


def _address(text: str) -> str:
    if has_user_info(text):  # asked first: the canonical form has lost it already, and no message may say it again
        raise ValueError(NO_USER_INFO)
    url = canonical_url(text)
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise ValueError(f"not a web address: {mask_text(text)!r}") from None
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError(f"not an http or https address: {mask_text(text)!r}")
    return url


def _platform_of(url: str) -> str:
    address = url.partition("://")[2].casefold()
    return next((name for name, pattern in PLATFORMS.items() if pattern.search(address)), "web")


def _values(row: EventRow, platform: str | None) -> dict[str, Any]:
    chosen = platform or _platform_of(row.url)
    return {"key": event_key(row.url), "name": row.name, "platform": chosen, "url": row.url, "field": row.field}


def _kind(values: dict[str, Any], known: Event | None) -> str:
    if known is None:
        return "new"
    return "same" if all(getattr(known, name) == value for name, value in values.items()) else "changed"
