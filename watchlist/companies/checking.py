"""Do the websites of a list still live? What one look at a home page means, and what is kept of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

from sqlmodel import Session, col, select

from watchlist.companies.facts import FORMER_SITE, store_facts
from watchlist.companies.listing import require_list
from watchlist.companies.matching import site_of
from watchlist.companies.rows import Fact, host_of
from watchlist.models import ListEntry, Organization
from watchlist.times import iso

FRESH: Final = timedelta(days=1)
"""A site that was asked so lately is not asked again: a check that was cut off goes on."""
_DEAD: Final = frozenset({"dns", "connection", "tls", "timeout", "protocol", "http_404", "http_410", "bad_redirect"})
_OTHER_SIDE: Final = frozenset({"too_many_redirects", "redirect_loop", "partial", "bad_encoding"})
UNREACHABLE: Final = frozenset({"dns", "connection", "timeout"})
"""What a machine without a network sees of every site."""


@dataclass(frozen=True, slots=True)
class SiteLook:
    """What came of one look: the address where it ended, or why it ended in nothing (a reason code)."""

    organization_id: int
    reason: str | None
    ended_at: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedSite:
    """One company of a list and the state of its website."""

    rank: int
    name: str
    website: str | None
    state: str
    """ok | moved | dead | blocked | failing | no_website | not_checked"""
    reason: str | None
    moved_to: str | None
    checked_at: datetime | None

    def as_json(self, words: str | None) -> dict[str, Any]:
        """The site as a JSON object, with what its reason means."""
        names = ("rank", "name", "website", "state", "reason", "moved_to")
        return {name: getattr(self, name) for name in names} | {"words": words, "checked_at": iso(self.checked_at)}


def sites_to_check(session: Session, key: str, *, now: datetime, again: bool = False) -> list[Organization]:
    """The companies of a list whose websites are asked: those not asked within a day, or all of them `again`."""
    rows = _companies(session, key)
    due = [row for row, _ in rows if row.website]
    return [row for row in due if again or row.site_checked_at is None or row.site_checked_at <= now - FRESH]


def checked_sites(session: Session, key: str) -> list[CheckedSite]:
    """The state of every company's website, by rank."""
    return [
        CheckedSite(
            rank=entry.rank,
            name=row.name,
            website=row.website,
            state=_state(row),
            reason=row.site_reason,
            moved_to=row.site_moved_to,
            checked_at=row.site_checked_at,
        )
        for row, entry in _companies(session, key)
    ]


def keep_looks(session: Session, looks: Sequence[SiteLook], *, now: datetime) -> None:
    """Write what was seen. The website itself stays what the list says."""
    for look in looks:
        row = session.get(Organization, look.organization_id)
        if row is None or row.website is None:
            continue  # it was removed meanwhile
        row.site_checked_at, row.site_reason = now, look.reason
        moved = look.ended_at and site_of(look.ended_at) != site_of(row.website)
        row.site_moved_to = _without_query(look.ended_at) if moved and look.ended_at else None
        session.add(row)


def accept_moved(session: Session, key: str, *, now: datetime) -> list[tuple[str, str, str]]:
    """Make the addresses to which sites moved the websites: (name, old, new). The old host is remembered."""
    accepted = []
    for row, _ in _companies(session, key):
        if row.website and row.site_moved_to and row.site_reason is None and row.id:
            accepted.append((row.name, row.website, row.site_moved_to))
            left = Fact(kind=FORMER_SITE, value=host_of(row.website) or row.website, source=row.website)
            store_facts(session, [(row.id, left)], now=now)
            row.website, row.site_moved_to, row.site_state = row.site_moved_to, None, "unverified"
            session.add(row)
    return accepted


def _companies(session: Session, key: str) -> Sequence[tuple[Organization, ListEntry]]:
    found = require_list(session, key)
    query = (
        select(Organization, ListEntry)
        .join(ListEntry, col(ListEntry.organization_id) == Organization.id)
        .where(ListEntry.list_id == found.id)
        .order_by(col(ListEntry.rank), col(Organization.id))
    )
    return session.exec(query).all()


def _state(row: Organization) -> str:
    if row.website is None:
        return "no_website"
    if row.site_checked_at is None:
        return "not_checked"
    state = state_of(row.site_reason)
    return "moved" if row.site_moved_to and state in {"ok", "blocked"} else state


def state_of(reason: str | None) -> str:
    """What a reason code says of a site: ok | dead | failing | blocked."""
    if reason is None:
        return "ok"
    if reason in _DEAD:
        return "dead"
    return "failing" if reason in _OTHER_SIDE or reason.startswith("http_5") else "blocked"


def _without_query(url: str) -> str:
    """The address without what may hold marks of the visit."""
    parts = urlsplit(url)
    return urlunsplit((parts.scheme, parts.netloc, parts.path, "", ""))
