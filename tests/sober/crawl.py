"""The ordinary crawl over the sober web, and the ledger that comes of it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlmodel import Session, select

from crawler.fetch import Door
from crawler.reading import ReadingRoom
from tests.crawler.fetch.doors import FakeNames
from tests.sober.connections import connections_csv
from tests.sober.world import HOSTS, sober_web
from watchlist.follow import ensure_user
from watchlist.goal import set_goal
from watchlist.imports.connections import read_connections
from watchlist.imports.linkedin import LinkedInReport, import_connections
from watchlist.jobs.crawling import CrawlReport, crawl_leaders
from watchlist.jobs.workplace import Workplace
from watchlist.ledger import Ledger, build_ledger
from watchlist.models import CompanyList, Goal, ListEntry, Organization
from watchlist.settings import Settings, load_settings
from watchlist.store import Store

LIST = "sober"
NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Sober:
    """A home in which the list was crawled once, while its store is open."""

    settings: Settings
    store: Store
    report: CrawlReport
    asked: Mapping[str, int]
    """Requests by host, robots.txt and the like too."""
    pages: Mapping[str, int]
    """Requests for pages by host."""

    def ledger(self) -> Ledger:
        """What the ledger says now."""
        with self.store.session() as session:
            return build_ledger(session, _goal(session))

    def import_connections(self, folder: Path) -> LinkedInReport:
        """Import the contacts as the command does."""
        file = folder / "Connections.csv"
        file.write_bytes(connections_csv())
        connections = read_connections(file, self.settings.imports)
        with self.store.session() as session:
            return import_connections(session, connections, now=NOW)


@contextmanager
def crawled(home: Path) -> Iterator[Sober]:
    """Serve the web, crawl its list into a new home, and leave the store open."""
    home.mkdir(parents=True, exist_ok=True)
    with sober_web() as (web, hosts):
        web.ca_file(home / "ca.pem")
        settings = _settings(home, hosts)
        store = Store.open(settings)
        try:
            with store.session() as session:
                _list_companies(session)
            report = asyncio.run(_crawl(settings, store))
            seen = list(web.log)
            pages = [one for one in seen if one.path not in _NO_PAGES and "/.well-known/" not in one.path]
            yield Sober(settings, store, report, Counter(one.host for one in seen), Counter(one.host for one in pages))
        finally:
            store.close()


_NO_PAGES = {"/robots.txt", "/ai.txt"}


def _settings(home: Path, hosts: Mapping[str, str]) -> Settings:
    mapped = "\n".join(f'"{name}" = "{target}"' for name, target in hosts.items())
    network = f'[network]\nca_file = "{home / "ca.pem"}"\ndeadline_seconds = 1.0\n[network.hosts]\n{mapped}\n'
    (home / "config.toml").write_text(f'contact = "test@example.test"\n{network}')
    return load_settings(home)


async def _crawl(settings: Settings, store: Store) -> CrawlReport:
    with ReadingRoom() as room:
        async with Door(settings, resolver=FakeNames({})) as door:
            return await crawl_leaders(Workplace(settings=settings, store=store, door=door, room=room), LIST)


def _list_companies(session: Session) -> None:
    company_list = CompanyList(key=LIST, field=LIST)
    session.add(company_list)
    for rank, site in enumerate(HOSTS, 1):
        row = Organization(key=site.host, name=site.name, website=site.website)
        session.add(row)
        session.flush()
        session.add(ListEntry(list_id=company_list.id or 0, organization_id=row.id or 0, rank=rank, source="test"))
    session.flush()
    _goal(session)


def _goal(session: Session) -> Goal:
    found = session.exec(select(Goal)).first()
    if found is not None:
        return found
    user = ensure_user(session)
    return set_goal(
        session, user, current_title="HR manager", target_title="Chief People Officer", list_key=LIST, now=NOW
    )
