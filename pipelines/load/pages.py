"""Pages of organisations that show people: when each was read well, and which page an address names."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Final
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from sqlmodel import Session, select

from crawler.items import PageItem
from pipelines.records import Subject
from watchlist.models import LeaderPage

_INDEX: Final = ("index.html", "index.htm", "index.php", "default.aspx", "default.htm")
_TRACKING: Final = ("utm_", "gclid", "fbclid", "mc_")


@lru_cache(maxsize=8192)
def page_key(url: str) -> str:
    """What all spellings of a page's address share: no scheme, www, closing slash, index file, tracking or fragment."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").removeprefix("www.")
    except ValueError:
        return url
    segments = [unquote(part) for part in parts.path.split("/") if part]
    if segments and segments[-1].lower() in _INDEX:
        segments.pop()
    query = [
        pair for pair in parse_qsl(parts.query, keep_blank_values=True) if not pair[0].lower().startswith(_TRACKING)
    ]
    return "/".join([host, *segments]) + (f"?{urlencode(sorted(query))}" if query else "")


def pages_of(session: Session, organization_id: int | None) -> dict[str, LeaderPage]:
    """The pages of an organisation that were read well, by key."""
    rows = session.exec(select(LeaderPage).where(LeaderPage.organization_id == organization_id))
    return {page_key(row.url): row for row in rows}


def note_reading(session: Session, page: PageItem, subject: Subject, *, people: int) -> None:
    """Keep when a page of many was read well; one that breaks off says nothing about whom it does not show."""
    if subject.organization_id is None or not _is_good(page, people):
        return
    known = pages_of(session, subject.organization_id).get(page_key(page.url))
    if known is None:
        at = page.fetched_at
        row = LeaderPage(
            organization_id=subject.organization_id, url=page.url, first_read_at=at, read_at=at, people=people
        )
        session.add(row)
    elif known.read_at < page.fetched_at:
        known.before_at, known.read_at = known.read_at, page.fetched_at
        known.url, known.people = page.url, people
        session.add(known)
    session.flush()


def _is_good(page: PageItem, people: int) -> bool:
    own = page.source in {"page", "saved"} and page.listed_on is None
    return own and people > 0 and page.reading.kind == "leaders" and page.reading.whole


def was_read_before(session: Session, page: PageItem, subject: Subject) -> bool:
    """Whether the page, or the one that lists it, was read well at an earlier time."""
    if subject.organization_id is None:
        return False
    known = pages_of(session, subject.organization_id).get(page_key(page.listed_on or page.url))
    return known is not None and known.first_read_at < page.fetched_at


def read_since(pages: dict[str, LeaderPage], since: datetime) -> dict[str, LeaderPage]:
    """The pages that were read well since then."""
    return {key: page for key, page in pages.items() if page.read_at >= since}
