from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

import pytest
from sqlmodel import select

from crawler.reading import ReadingRoom
from tests.databases import settings_for
from tests.watchlist.imports.saved import TEAM, URL, html, mhtml, saved_from, single_file
from tests.watchlist.ledger.test_ledger import company, goal_of, visit
from tests.watchlist.world import START, World
from watchlist.imports.inbox import FileReport, InboxReport, PageImport, make_inbox
from watchlist.ledger import build_ledger
from watchlist.models import Event, Person, Position, SourceRecord, Talk
from watchlist.people import find_person, forget_person
from watchlist.store import Store

T = TypeVar("T")
NOW = datetime(2026, 3, 20, tzinfo=UTC)


@pytest.fixture
def home(store: Store, tmp_path: Path) -> Path:
    """A home with a list; the first company's page needs a browser."""
    with store.session() as session:
        world = World(session)
        acme = company(world, "Acme, Inc.", 1, website="https://acme.test/")
        visit(world, acme, "needs_javascript")
        for rank, host in enumerate(("one", "two"), 2):
            company(world, f"Twin {host}", rank, website=f"https://{host}.twins.test/")
        world.add(Event(key="days", name="HR Days", platform="html", url="https://hr-days.test/2026"))
    make_inbox(tmp_path / "home")
    return tmp_path / "home"


def work(
    store: Store, home: Path, doing: Callable[[PageImport], Awaitable[T]], *, dry_run: bool = False, **limits: Any
) -> T:
    settings = settings_for(home)
    settings = settings.model_copy(update={"imports": settings.imports.model_copy(update=limits)})

    async def run() -> T:
        with ReadingRoom() as room:
            return await doing(PageImport(store, settings, room, lambda: NOW, dry_run))

    return asyncio.run(run())


def read(store: Store, home: Path, **values: Any) -> InboxReport:
    return work(store, home, lambda pages: pages.read_inbox(), **values)


def read_one(store: Store, home: Path, name: str, data: bytes, **values: Any) -> FileReport:
    file = home / name
    file.write_bytes(data)
    return work(store, home, lambda pages: pages.read_file(file, **values))


def drop(home: Path, name: str, data: bytes) -> Path:
    file = home / "inbox" / name
    file.write_bytes(data)
    os.utime(file, (START.timestamp(), START.timestamp()))
    return file


@pytest.mark.parametrize(
    ("name", "data"), [("Acme.html", single_file()), ("a b.HTM", saved_from()), ("Leadership – Acme.mhtml", mhtml())]
)
def test_a_saved_page_fills_the_line_of_the_ledger_and_is_put_away(
    store: Store, home: Path, name: str, data: bytes
) -> None:
    file = drop(home, name, data)
    (told,) = read(store, home).files
    assert (told.company, told.url, told.people, told.reason) == ("Acme, Inc.", URL, 3, None)
    assert told.names == ["Ada Quist", "Bo Ferrari", "Zoë Lindqvist"]
    assert (file.exists(), (home / "inbox" / "read" / name).read_bytes()) == (False, data)
    with store.session() as session:
        line = build_ledger(session, goal_of(World(session))).lines[0]
        record = session.exec(select(SourceRecord).where(SourceRecord.kind == "saved")).first()
    assert record is not None
    (person,) = line.people
    assert (person.name, person.tier, person.own_page, person.evidence_url) == ("Ada Quist", "saved", True, URL)
    saved_at = START if name == "a b.HTM" else datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert person.fetched_at == saved_at.strftime("%Y-%m-%dT%H:%M:%SZ"), "as the file says, else as old as the file"


def test_the_same_page_again_changes_nothing_and_keeps_both_files(store: Store, home: Path) -> None:
    for new in (3, 0):
        drop(home, "Acme.html", single_file())
        (told,) = read(store, home).files
        assert (told.people, told.new_people) == (3, new)
    assert sorted(file.name for file in (home / "inbox" / "read").iterdir()) == ["Acme-2.html", "Acme.html"]
    with store.session() as session:
        assert len(session.exec(select(Position)).all()) == 3
    assert read(store, home).files == []


def test_every_file_that_stays_says_why_and_what_to_do(store: Store, home: Path) -> None:
    files = {
        "1 unknown.html": single_file("https://nobody.test/team"),
        "2 several.html": single_file("https://www.twins.test/team"),
        "3 nowhere.html": html(),
        "4 linkedin.html": single_file("https://www.linkedin.com/in/ada-quist"),
        "5 notes.txt": b"call Ada",
        "6 profile.pdf": b"%PDF-1.7",
        "7 shell.html": single_file().split(b"<body>")[0]
        + b"<body><div id=root></div><script src=a.js></script></body>",
        "8 empty.mht": b"",
    }
    for name, data in files.items():
        drop(home, name, data)
    (home / "inbox" / "9 link.html").symlink_to(home / "config.toml")
    drop(home, ".hidden", b"")
    (home / "inbox" / "pictures_files").mkdir()
    report = read(store, home)
    assert {each.file: each.reason for each in report.files} == {
        "1 unknown.html": "no_company",
        "2 several.html": "several_companies",
        "3 nowhere.html": "no_address",
        "4 linkedin.html": "never_fetched",
        "5 notes.txt": "not_a_saved_page",
        "6 profile.pdf": "pdf",
        "7 shell.html": "needs_javascript",
        "8 empty.mht": "empty_file",
        "9 link.html": "link",
    }
    assert all(each.sentence for each in report.files)
    said = report.failed
    assert "site nobody.test" in said["1 unknown.html"]
    assert said["1 unknown.html"].endswith("--company COMPANY")
    assert "Twin one (one.twins.test); Twin two (two.twins.test)" in said["2 several.html"]
    assert "import page '" in said["3 nowhere.html"]
    assert "linkedin.com" in said["4 linkedin.html"]
    assert {file.name for file in (home / "inbox").iterdir()} >= {*files, "9 link.html"}
    shown = report.as_json()
    assert (shown["read"], shown["failed"], shown["people"]) == (0, 9, 0)


def test_what_the_user_says_goes_before_what_the_file_says(store: Store, home: Path) -> None:
    told = read_one(store, home, "page.html", html(), url=f"{URL}#team", company="acme")
    assert (told.company, told.url, told.people) == ("Acme, Inc.", URL, 3)
    assert (home / "page.html").exists(), "a file outside the inbox stays where it is"
    unknown = read_one(store, home, "page.html", single_file(), company="Nobody Ltd")
    assert (unknown.reason, unknown.company) == ("no_company", None)


def test_a_company_is_found_by_the_site_name_where_the_address_tells_none(store: Store, home: Path) -> None:
    page = html(
        '<meta property="og:site_name" content="ACME Inc"><link rel=canonical href="https://acme-careers.test/x">'
    )
    assert read_one(store, home, "page.html", page).company == "Acme, Inc."


def test_a_page_of_a_conference_gives_speakers(store: Store, home: Path) -> None:
    page = TEAM.format(head="<title>Speakers</title>").replace("Our leadership", "Speakers")
    told = read_one(store, home, "page.html", page.encode(), url="https://hr-days.test/2026/speakers")
    assert (told.company, told.reason) == ("HR Days", None)
    with store.session() as session:
        assert len(session.exec(select(Talk)).all()) == told.people > 0


def test_the_future_is_not_believed(store: Store, home: Path) -> None:
    told = read_one(store, home, "page.html", single_file(date="Mon Mar 02 2126 10:00:00 GMT+0100"))
    assert told.saved_at == "2026-03-20T00:00:00Z"


def test_a_dry_run_moves_and_stores_nothing(store: Store, home: Path) -> None:
    file = drop(home, "Acme.html", single_file())
    report = read(store, home, dry_run=True)
    assert (report.files[0].people, report.files[0].moved_to, report.dry_run) == (3, None, True)
    assert file.exists()
    with store.session() as session:
        assert session.exec(select(Person)).all() == []


def test_files_beyond_the_limits_stay(store: Store, home: Path) -> None:
    drop(home, "big.html", single_file() + b" " * (1 << 20))
    drop(home, "wide.html", single_file() + b"<p>x</p>" * (1 << 18))
    report = read(store, home, max_file_mib=2, max_page_mib=1)
    assert {each.file: each.reason for each in report.files} == {
        "big.html": "page_too_large",
        "wide.html": "file_too_large",
    }


def test_the_folder_of_pictures_goes_with_its_page(store: Store, home: Path) -> None:
    drop(home, "Acme.html", saved_from())
    pictures = home / "inbox" / "Acme_files"
    pictures.mkdir()
    (pictures / "a.png").write_bytes(b"x")
    read(store, home)
    assert (home / "inbox" / "read" / "Acme_files" / "a.png").exists()


def test_people_who_were_forgotten_are_not_brought_back_nor_named(store: Store, home: Path) -> None:
    read_one(store, home, "page.html", single_file())
    with store.session() as session:
        forget_person(session, find_person(session, "Ada Quist").id or 0)
    told = read_one(store, home, "page.html", single_file())
    assert (told.people, told.suppressed, told.names) == (2, 1, [])


def test_a_page_that_asks_not_to_be_used_is_not(store: Store, home: Path) -> None:
    told = read_one(
        store, home, "page.html", single_file().replace(b"</head>", b'<meta name="robots" content="noindex"></head>')
    )
    assert (told.reason, told.people) == ("noindex", 0)


def test_an_inbox_that_is_not_there_is_made(store: Store, home: Path) -> None:
    other = home.parent / "other"
    assert read(store, other).files == []
    assert (other / "inbox").stat().st_mode & 0o777 == 0o700
    assert START + timedelta(days=1) < NOW
