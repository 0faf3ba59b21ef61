"""The whole report of `sources`.

JSON keys, always all of them: `at`; `counts` (sources by state); `stops[]`: `kind host person_id person since`;
`pauses[]`: `host until failures reason words`; `sources[]`: `kind owner address access state reason words detail
last_answer_at next_at`; `opt_outs[]`: `url reason signals first_at last_at`; `hosts[]`: `host since answers in_vain
refused reasons[]`, of which each `reason words count last_at last_url detail`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from sqlmodel import Session, col, select

from watchlist.models import Wish
from watchlist.secrets import mask_text, mask_url
from watchlist.settings import Settings
from watchlist.sources.hosts import HostLine, PauseLine, list_hosts, list_pauses
from watchlist.sources.listing import NOT_WELL, STATES, SourceLine, list_sources
from watchlist.stops import StopLine, list_stops, read_stops
from watchlist.times import iso


@dataclass(frozen=True, slots=True, kw_only=True)
class OptOut:
    """What an owner asked for; `reason` None: it was noted, and keeps nobody away."""

    url: str
    reason: str | None
    signals: tuple[str, ...]
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcesReport:
    """All that `sources` knows; without `everything` only what is not well."""

    at: datetime
    everything: bool
    counts: dict[str, int]
    stops: tuple[StopLine, ...]
    pauses: tuple[PauseLine, ...]
    sources: tuple[SourceLine, ...]
    opt_outs: tuple[OptOut, ...]
    hosts: tuple[HostLine, ...]

    def as_json(self) -> dict[str, Any]:
        """The report as a JSON object (keys: see above)."""
        data = plain_values(asdict(self))
        del data["everything"]
        for source in data["sources"]:
            del source["person_id"]
        return dict(data)


def report_sources(session: Session, settings: Settings, now: datetime, *, everything: bool) -> SourcesReport:
    """Look all sources over; changes nothing."""
    found = list_sources(session, settings, read_stops(session), everything=everything)
    counts = Counter(line.state for line in found)
    return SourcesReport(
        at=now,
        everything=everything,
        counts={state: counts[state] for state in STATES},
        stops=list_stops(session),
        pauses=list_pauses(session, now),
        sources=tuple(line for line in found if everything or line.state in NOT_WELL),
        opt_outs=_opt_outs(session, everything=everything),
        hosts=tuple(line for line in list_hosts(session) if everything or line.refused or line.in_vain),
    )


def _opt_outs(session: Session, *, everything: bool) -> tuple[OptOut, ...]:
    rows = session.exec(select(Wish).order_by(col(Wish.url)))
    return tuple(
        OptOut(url=row.url, reason=row.reason, signals=tuple(row.signals), first_at=row.first_at, last_at=row.last_at)
        for row in rows
        if everything or row.reason
    )


def plain_values(value: Any, name: str = "") -> Any:
    """Data for JSON: times as text, and no secret in an address or in what a stranger wrote."""
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: plain_values(each, key) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain_values(each, name) for each in value]
    if isinstance(value, str) and name in {"address", "url", "last_url"}:
        return mask_url(value)
    return mask_text(value) if isinstance(value, str) and name in {"detail", "signals"} else value
