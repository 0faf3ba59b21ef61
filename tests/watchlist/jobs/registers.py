"""Wikidata and EDGAR on loopback with the saved answers of tests/crawler/registries; a list that asks them."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import trustme
from sqlmodel import Session

from crawler.fetch import Door
from crawler.fetch.stops import Stops
from crawler.reading import ReadingRoom
from tests.crawler.fetch.doors import settings_of
from tests.crawler.registries.saved_answers import items, saved
from tests.servers import LoopbackServer, Request, Response, write_ca
from watchlist.jobs.registries import SOURCES, crawl_registries
from watchlist.jobs.registry_report import RegistryReport
from watchlist.jobs.workplace import Workplace
from watchlist.models import CompanyList, ListEntry, Organization
from watchlist.store import Store

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
KEY = "robots"
ARCHIVE = "/Archives/edgar/data/1999001/{}/{}"
FORMS = {
    "officer-in-words.xml": ARCHIVE.format("000199900126000009", "form4.xml"),
    "departure.htm": ARCHIVE.format("000199900126000008", "nwr-20261001.htm"),
    "title-in-remarks.xml": ARCHIVE.format("000199900126000007", "primary_doc.xml"),
    "new-director.xml": ARCHIVE.format("000199900126000006", "doc3.xml"),
    "several-owners.xml": ARCHIVE.format("000199900126000004", "doc4a.xml"),
    "election.htm": ARCHIVE.format("000199900126000003", "nwr-20260508.htm"),
    "exit.xml": ARCHIVE.format("000199900126000002", "other.xml"),
    "own-shares-elsewhere.xml": ARCHIVE.format("000199900126000001", "doc5.xml"),
}
"""Where EDGAR has each saved form; the statement of 2020 is too old to be asked for."""
SUBMISSIONS = "/submissions/CIK0001999001.json"


@dataclass
class Registers:
    """A store with a list of companies, both registers on loopback, and a clock that waiting moves on."""

    store: Store
    folder: Path
    now: datetime = NOW
    wikidata: list[Response] = field(default_factory=list)
    """Answers that come first."""
    files: dict[str, Response] = field(default_factory=dict)
    slept: list[float] = field(default_factory=list)
    server: LoopbackServer = field(init=False)

    def __post_init__(self) -> None:
        self.ca = trustme.CA()
        self.folder.mkdir(exist_ok=True)
        self.files |= {path: Response(saved(name)) for name, path in FORMS.items()}
        self.files[SUBMISSIONS] = Response(saved("submissions.json"), headers={"etag": '"one"'})
        self.items = items("northwind.json", "people.json", "roles.json")
        handlers = {"www.wikidata.org": self._item, "data.sec.gov": self._file, "www.sec.gov": self._file}
        self.server = LoopbackServer(handlers, ca=self.ca)

    def add(self, name: str, wikidata_id: str | None = None, cik: str | None = None) -> int:
        """Put a company on the list."""
        with self.store.session() as session:
            return self._add(session, name, wikidata_id, cik)

    def _add(self, session: Session, name: str, wikidata_id: str | None, cik: str | None) -> int:
        company = Organization(key=wikidata_id or f"cik:{cik}", name=name, wikidata_id=wikidata_id, cik=cik)
        listed = session.get(CompanyList, 1) or CompanyList(key=KEY, field="it")
        session.add_all([company, listed])
        session.flush()
        entry = ListEntry(list_id=listed.id or 0, organization_id=company.id or 0, rank=company.id or 0, source="test")
        session.add(entry)
        return company.id or 0

    def crawl(
        self,
        *,
        since: datetime | None = None,
        contact: str = "me@example.test",
        stops: Stops | None = None,
        **limits: int,
    ) -> RegistryReport:
        """One run with a door of its own."""
        settings = settings_of(
            self.folder, hosts=self.server.hosts(), contact=contact, ca_file=str(write_ca(self.ca, self.folder))
        )
        settings = settings.model_copy(update={"registries": settings.registries.model_copy(update=limits)})

        async def work() -> RegistryReport:
            with ReadingRoom() as room:
                async with Door(settings, clock=lambda: self.now) as door, asyncio.timeout(60):
                    door.obey(stops or Stops())
                    place = Workplace(settings=settings, store=self.store, door=door, room=room, clock=lambda: self.now)
                    return await crawl_registries(place, KEY, sources=SOURCES, since=since, sleep=self._sleep)

        return asyncio.run(work())

    def asked(self, host: str) -> list[str]:
        """The paths one host was asked for."""
        return self.server.paths(host)

    async def _sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += timedelta(seconds=seconds)

    def _item(self, request: Request) -> Response:
        if self.wikidata:
            return self.wikidata.pop(0)
        ids = parse_qs(urlsplit(request.path).query)["ids"][0].split("|")
        assert len(ids) <= 50
        found = {each: self.items.get(each, {"id": each, "missing": ""}) for each in ids}
        return Response(json.dumps({"entities": found}), headers={"content-type": "application/json"})

    def _file(self, request: Request) -> Response:
        if "@" not in request.headers["user-agent"]:
            return Response("Your Request Originates from an Undeclared Automated Tool", 403)
        answer = self.files.get(request.path)
        if answer is None:
            return Response("<Error><Code>NoSuchKey</Code></Error>", 404)
        if answer.headers.get("etag") and request.headers.get("if-none-match") == answer.headers["etag"]:
            return Response(b"", 304)
        return answer
