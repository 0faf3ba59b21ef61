"""Reads saved pages: one that is named, or all that lie in the home's inbox. What was read moves to inbox/read."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple
from urllib.parse import urldefrag, urlsplit

from sqlmodel import Session, select

from crawler.fetch.access import access_rules
from crawler.items import PageItem, PageKind, PageReading
from crawler.pages import Document, read_page
from crawler.reading import ReadingRoom, UnreadableError
from pipelines.load import PageLoad, load_page
from pipelines.records import Subject
from watchlist.imports.saved_pages import SUFFIXES, SavedPage, SavedPageError, open_saved_page
from watchlist.models import Event, Organization
from watchlist.organisations import Organisations, describe, host_of_address
from watchlist.settings import ImportSettings, Settings, config_dir, read_toml
from watchlist.store import Store

READ: Final = "read"
"""Folder of the inbox to which files go that were read."""
_MIB: Final = 1024**2


@dataclass(slots=True, kw_only=True)
class FileReport:
    """What became of one file; `reason` is a code of config/saved_pages.toml or of a page reader, None where read."""

    file: str
    url: str | None = None
    company: str | None = None
    """The company or the conference whose page it is."""
    saved_at: str | None = None
    people: int = 0
    new_people: int = 0
    names: list[str] = field(default_factory=list)
    rejected: dict[str, int] = field(default_factory=dict)
    suppressed: int = 0
    reason: str | None = None
    sentence: str | None = None
    moved_to: str | None = None


@dataclass(slots=True, kw_only=True)
class InboxReport:
    """All files, by name."""

    files: list[FileReport] = field(default_factory=list)
    dry_run: bool = False

    @property
    def failed(self) -> dict[str, str]:
        """Sentences by file, of those that stay."""
        return {each.file: each.sentence or each.reason or "" for each in self.files if each.reason}

    def as_json(self) -> dict[str, Any]:
        """As a JSON object."""
        files, read = [asdict(each) for each in self.files], len(self.files) - len(self.failed)
        people, new = sum(each.people for each in self.files), sum(each.new_people for each in self.files)
        return {
            "files": files,
            "read": read,
            "failed": len(self.failed),
            "people": people,
            "new_people": new,
            "dry_run": self.dry_run,
        }


class _Whose(NamedTuple):
    """Whose page it is, and what is looked for on it."""

    subject: Subject
    kind: PageKind


def inbox_of(home: Path) -> Path:
    """Where saved pages are dropped."""
    return home / "inbox"


def make_inbox(home: Path) -> Path:
    """The inbox, made where it is missing, for its user alone."""
    folder = inbox_of(home)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


@dataclass(frozen=True)
class PageImport:
    """Reads saved pages into a store; `clock` says what is the future."""

    store: Store
    settings: Settings
    room: ReadingRoom
    clock: Callable[[], datetime]
    dry_run: bool = False

    async def read_inbox(self) -> InboxReport:
        """All files of the inbox by name; those that were read are moved, the others stay and say why."""
        folder = make_inbox(self.settings.home)
        report = InboxReport(dry_run=self.dry_run)
        for file in _waiting(folder):
            told = await self.read_file(file)
            if told.reason is None and not self.dry_run:
                told.moved_to = str(_move(file, folder / READ).relative_to(folder))
            report.files.append(told)
        return report

    async def read_file(self, file: Path, *, url: str | None = None, company: str | None = None) -> FileReport:
        """One file; `url` and `company` (name, host or id) go before what the file tells."""
        told = FileReport(file=file.name, url=url)
        try:
            page = await self.room.read(_open, file, self.settings.imports, size=_size(file))
            await self._take(page, file, told, company)
        except SavedPageError as error:
            told.reason = error.reason
        except UnreadableError:
            told.reason = "unreadable"
        if told.reason is not None:
            told.sentence = told.sentence or _sentence(told, file)
        return told

    async def _take(self, page: SavedPage, file: Path, told: FileReport, company: str | None) -> None:
        told.url = urldefrag(told.url or page.url or "").url or None
        if told.url is None:
            raise SavedPageError("no_address")
        if access_rules().is_never_fetched(urlsplit(told.url).hostname or ""):
            raise SavedPageError("never_fetched")
        whose = await self.store.read(lambda session: _whose(session, told, page, company))
        told.company = whose.subject.name
        saved_at = min(page.saved_at or datetime.fromtimestamp(file.stat().st_mtime, UTC), self.clock())
        told.saved_at = saved_at.strftime("%Y-%m-%dT%H:%M:%SZ")
        document = Document(
            url=told.url, body=page.html, content_type=page.content_type, organisation=whose.subject.name
        )
        reading = await self.room.read(_read, document, whose.kind, size=len(page.html))
        if not reading.people:
            raise SavedPageError(reading.reason or "no_people")
        item = PageItem(subject=whose.subject.key, url=told.url, fetched_at=saved_at, reading=reading, source="saved")
        _count(told, reading, await self.store.write(lambda session: self._load(session, item, whose.subject)))

    def _load(self, session: Session, item: PageItem, subject: Subject) -> PageLoad:
        loaded = load_page(session, item, subject)
        if self.dry_run:
            session.rollback()
        return loaded


def _count(told: FileReport, reading: PageReading, loaded: PageLoad) -> None:
    told.people, told.new_people = loaded.people, loaded.new_people
    told.rejected, told.suppressed = loaded.rejected, loaded.suppressed
    if not loaded.people:
        raise SavedPageError("suppressed" if loaded.suppressed else "no_people")
    if not loaded.suppressed:  # a name that was forgotten is not said again
        told.names = [person.name for person in reading.people]


# --- whose page it is ----------------------------------------------------------------------------------------------


def _whose(session: Session, told: FileReport, page: SavedPage, company: str | None) -> _Whose:
    """The company that is named, else the one of the address, else a conference of the address, else by site name."""
    known = Organisations.of(session)
    if company is not None:
        found = known.meant(company)
        if not found:
            told.sentence = _sentences()["unknown_company"].format(company=repr(company))
            raise SavedPageError("no_company")
        return _of_company(found, told, company)
    url = told.url or ""
    if at_host := known.at_host(url):
        return _of_company(at_host, told, url)
    host = host_of_address(url)
    events = [event for event in session.exec(select(Event)) if host_of_address(event.url) == host]
    if len(events) == 1:
        event = events[0]
        return _Whose(Subject(key=event.key, name=event.name, event_id=event.id), "speakers")
    return _of_company(known.named(page.site_name) if page.site_name else [], told, url)


def _of_company(found: Sequence[Organization], told: FileReport, asked: str) -> _Whose:
    if not found:
        told.company = None
        raise SavedPageError("no_company")
    if len(found) > 1:
        words = _sentences()["several_companies"]
        told.sentence = words.format(companies=describe(found), file=shlex.quote(told.file), host=asked)
        raise SavedPageError("several_companies")
    one = found[0]
    return _Whose(Subject(key=one.key, name=one.name, organization_id=one.id), "leaders")


# --- files -------------------------------------------------------------------------------------------------------


def _waiting(folder: Path) -> Iterator[Path]:
    """What lies in the inbox, but hidden files and folders; a page's own folder of pictures is no page."""
    for file in sorted(folder.iterdir()):
        if not file.name.startswith(".") and (file.is_symlink() or not file.is_dir()):
            yield file


def _size(file: Path) -> int:
    try:
        return file.lstat().st_size
    except OSError:
        raise SavedPageError("no_access") from None


def _open(file: Path, limits: ImportSettings) -> SavedPage:
    """The page in a file. May run in a process of its own."""
    if file.is_symlink():
        raise SavedPageError("link")
    if file.suffix.lower() not in SUFFIXES and file.suffix.lower() != ".pdf":
        raise SavedPageError("not_a_saved_page")
    try:
        with file.open("rb") as stream:
            data = stream.read(limits.max_file_mib * _MIB + 1)
    except OSError:
        raise SavedPageError("no_access") from None
    if len(data) > limits.max_file_mib * _MIB:
        raise SavedPageError("file_too_large")
    return open_saved_page(data, most_bytes=limits.max_page_mib * _MIB)


def _read(document: Document, kind: PageKind) -> PageReading:
    return read_page(document, kind=kind)


def _move(file: Path, folder: Path) -> Path:
    """Move a file, with the folder of pictures that a browser saved beside it, under a name that is free there."""
    folder.mkdir(mode=0o700, exist_ok=True)
    target = folder / file.name
    number = 2
    while target.exists():
        target = folder / f"{file.stem}-{number}{file.suffix}"
        number += 1
    file.rename(target)
    for ending in ("_files", ".files", "_file"):
        pictures = file.with_name(f"{file.stem}{ending}")
        if pictures.is_dir() and not pictures.is_symlink():
            pictures.rename(folder / f"{target.stem}{ending}")
    return target


def _sentence(told: FileReport, file: Path) -> str:
    """Why the file stays, and what to do."""
    words = _sentences().get(told.reason or "", "nobody was found: {reason}")
    host = host_of_address(told.url) if told.url else None
    return words.format(file=shlex.quote(str(file)), host=host or "that address", reason=told.reason)


@cache
def _sentences() -> dict[str, str]:
    return read_toml(config_dir() / "saved_pages.toml")
