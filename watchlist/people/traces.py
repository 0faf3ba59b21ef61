"""What fetching a person's pages and feeds left behind: the door's memory, its counters, wishes and stops."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable
from typing import Any

from sqlmodel import Session, SQLModel, col, select

from crawler.fetch.access import access_rules
from crawler.fetch.pace import site_of
from crawler.fetch.urls import host_of
from crawler.pages.page_feeds import bears_name
from pipelines.lexicon.links import read_link
from watchlist.memory import host_of_key
from watchlist.models import (
    DoorMemory,
    Event,
    Feed,
    FetchCount,
    Organization,
    Person,
    Position,
    Profile,
    SourceRecord,
    Stop,
    Wish,
)
from watchlist.store.suppression import suppress

_OF_SOURCES: tuple[Any, ...] = (
    Organization.website,
    Organization.leadership_url,
    Event.url,
    Feed.url,
    Profile.url,
    Position.page_url,
    SourceRecord.url,
)


def addresses_of(session: Session, person: Person) -> set[str]:
    """Every address at which something of the person was fetched or may be: pages, feeds, where those were and go."""
    urls = set(session.exec(select(Profile.url).where(Profile.person_id == person.id)))
    for feed in session.exec(select(Feed).where(Feed.person_id == person.id)):
        urls |= {feed.url, *(feed.former_urls or ()), *([feed.moving_to] if feed.moving_to else ())}
    return urls


def erase_traces(session: Session, urls: Collection[str], platforms: Collection[str], names: Collection[str]) -> int:
    """Erases what the door keeps of a person whose rows are deleted already; says how many rows it touched.

    Hosts that nobody else's source is on go with all that is known of them, and are never kept again; on others the
    last address and its detail go. `platforms` are hosts of accounts: they belong to the platform, not to the person.
    """
    hosts = {host_of(url) for url in urls} - {""}
    own = _own_hosts(session, hosts, platforms)
    suppress(session, "host", own)
    touched = _erase_memory(session, own, urls) + _erase_counts(session, hosts, own, names)
    gone: list[SQLModel] = [row for row in session.exec(select(Wish)) if _is_theirs(row.url, urls, own, names)]
    gone += session.exec(select(Stop).where(col(Stop.host).in_(own))).all()
    for row in gone:
        session.delete(row)
    session.flush()
    return touched + len(gone)


def _own_hosts(session: Session, hosts: set[str], platforms: Collection[str]) -> set[str]:
    """Hosts that only the person's sources are on, and the sites that only such hosts belong to."""
    others = {host_of(url) for column in _OF_SOURCES for url in session.exec(select(column).distinct()) if url}
    own = {host for host in hosts - others if _is_personal(host, platforms)}
    sites = {site for site in map(site_of, own) if _is_personal(site, platforms)}
    return own | {site for site in sites if not any(f".{host}".endswith(f".{site}") for host in others)}


def _is_personal(host: str, platforms: Collection[str]) -> bool:
    """Neither a hosting service nor a platform of many people; a customer's own name on one is personal."""
    if (shared := access_rules().platform(host)) is not None:
        return host.removeprefix("www.") != shared
    return host not in platforms and read_link(f"https://{host}/") is not None


def _erase_memory(session: Session, own: Collection[str], urls: Collection[str]) -> int:
    rows = [row for row in session.exec(select(DoorMemory)) if _mentions(row, own, urls)]
    for row in rows:
        session.delete(row)
    return len(rows)


def _mentions(row: DoorMemory, own: Collection[str], urls: Collection[str]) -> bool:
    if host_of_key(row.key) in own:
        return True
    value = json.dumps(row.value, ensure_ascii=False)
    return any(address in value for address in (*own, *urls))


def _erase_counts(session: Session, hosts: Collection[str], own: Collection[str], names: Collection[str]) -> int:
    touched = 0
    for row in session.exec(select(FetchCount)):
        if row.host in own:
            session.delete(row)
        elif (row.last_url or row.detail) and (row.host in hosts or _names(f"{row.last_url} {row.detail}", names)):
            row.last_url = row.detail = ""
            session.add(row)
        else:
            continue
        touched += 1
    return touched


def _is_theirs(url: str, urls: Collection[str], own: Collection[str], names: Collection[str]) -> bool:
    return url in urls or host_of(url) in own or _names(url, names)


def _names(text: str, names: Iterable[str]) -> bool:
    return any(bears_name(text, name) for name in names)
