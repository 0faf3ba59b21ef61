from __future__ import annotations

import asyncio
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import text
from sqlmodel import SQLModel, select

from crawler.fetch.decisions import Decision
from crawler.fetch.memory import Remembered
from tests.databases import files_holding, settings_for
from tests.watchlist.world import START, World, key_of
from watchlist.errors import NotFoundError
from watchlist.follow import ensure_user, follow_people
from watchlist.memory import StoredMemory
from watchlist.models import (
    DoorMemory,
    Entry,
    Feed,
    FetchCount,
    Follow,
    Person,
    Position,
    SourceRecord,
    Stop,
    Suppression,
    Wish,
)
from watchlist.people import Forgotten, forget_person
from watchlist.store import Store
from watchlist.store.erasure import ERASED
from watchlist.store.suppression import is_suppressed, person_value

NAME = "Zoë Quillfeather"
NEEDLES = [NAME.encode(), b"Quillfeather", json.dumps(NAME)[1:-1].encode(), NAME.upper().encode()]


def fill(world: World) -> int:
    """Somebody in every table, beside others who must stay whole; gives the id."""
    acme = world.company("Acme", 1)
    zoe = world.person(NAME)
    now = world.position(zoe, "Acme", "CEO", "general", "c_level", organization_id=acme)
    old = world.position(zoe, "Bolt", "CTO", "engineering", "c_level", ended_at=START)
    world.move(zoe, old, now)
    world.profile(zoe, "https://zoe.test/")
    world.profile(zoe, "https://mastodon.test/@quill", platform="mastodon")
    world.talk(zoe, "DevDays", "On growth")
    own = world.feed("https://zoe.test/feed", title=f"{NAME}'s notes", person_id=zoe)
    row = world.session.get_one(Feed, own)
    row.former_urls, row.moving_to, row.detail = ["https://old.zoe-q.test/rss"], "https://quill.substack.com/feed", "x"
    fetch(world)
    world.entry(own, "My week", author=NAME)
    company_feed = world.feed("https://acme.test/feed", organization_id=acme, title=f"Acme, founded by {NAME}")
    world.entry(company_feed, "Guest post", author=f"by {NAME} and Omar Haddad")
    world.entry(company_feed, "Results", summary=f"Said {NAME} today.", author="Omar Haddad")
    # a record that the position no longer hangs on, with the name as that page wrote it
    world.record(NAME.upper(), excerpt="CEO (interim)")
    omar = world.person("Omar Haddad")
    world.position(omar, "Acme", "CFO", "finance", "c_level", organization_id=acme)
    world.record("Omar Haddad", excerpt=f"Omar Haddad reports to {NAME}", talks=[f"Fireside with {NAME}"])
    follow_people(world.session, ensure_user(world.session), [zoe, omar], now=START)
    return zoe


OWN_HOSTS = ("zoe.test", "old.zoe-q.test", "quill.substack.com")
SHARED_HOSTS = ("acme.test", "mastodon.test", "substack.com")


def fetch(world: World) -> None:
    """What the door and its counters keep after fetching hers, her employer's page about her, and others'."""
    for host in (*OWN_HOSTS, *SHARED_HOSTS, "news.test"):
        url = f"https://{host}/team/{'zoe-quillfeather' if host == 'acme.test' else ''}"
        world.add(FetchCount(host=host, reason="ok", count=3, first_at=START, last_at=START, last_url=url, detail="d"))
        pause = {"failures": 1, "until": START.isoformat(), "reason": "timeout"}
        world.add(DoorMemory(kind="pause", key=host, value=pause, expires_at=START))
        world.add(DoorMemory(kind="robots", key=f"https://{host}", value={"rules": None}, expires_at=START))
        world.add(Wish(url=f"{url}x", signals=["noai"], first_at=START, last_at=START))
    world.add(DoorMemory(kind="pace", key="zoe-q.test", value={"asked_at": START.isoformat()}, expires_at=START))
    world.add(Stop(kind="host", host="zoe.test", since=START))
    world.add(Stop(kind="host", host="acme.test", since=START))
    world.add(Stop(kind="person", person_id=1, since=START))


def dump(store: Store) -> str:
    """Every value of every table."""
    with store.session(mode="read") as session:
        tables = SQLModel.metadata.sorted_tables
        return "\n".join(str(row) for table in tables for row in session.connection().execute(table.select()))


def forget(store: Store) -> Forgotten:
    with store.session() as session:
        zoe = fill(World(session))
    with store.session() as session:
        return forget_person(session, zoe)


def test_everything_about_the_person_goes_and_is_counted(store: Store) -> None:
    assert forget(store) == Forgotten(
        person_id=1,
        positions=2,
        profiles=2,
        talks=1,
        moves=1,
        follows=1,
        feeds=1,
        entries=2,
        source_records=7,
        mentions=4,
        traces=17,
        suppressed=11,
    )
    held = dump(store)
    assert not [needle for needle in ("Quillfeather", "QUILLFEATHER", "quillfeather", *OWN_HOSTS) if needle in held]


def test_of_what_the_door_keeps_only_what_is_about_others_stays(store: Store) -> None:
    forget(store)
    with store.session() as session:
        counts = {row.host: (row.count, row.last_url, row.detail) for row in session.exec(select(FetchCount))}
        assert counts == dict.fromkeys(("acme.test", "mastodon.test"), (3, "", "")) | {
            host: (3, f"https://{host}/team/", "d") for host in ("substack.com", "news.test")
        }
        keys = set(session.exec(select(DoorMemory.key)))
        assert keys == {form for host in (*SHARED_HOSTS, "news.test") for form in (host, f"https://{host}")}
        assert len(session.exec(select(Wish)).all()) == 3
        assert [stop.host for stop in session.exec(select(Stop))] == ["acme.test"]
        assert is_suppressed(session, "host", [*OWN_HOSTS, *SHARED_HOSTS, "zoe-q.test"]) == {*OWN_HOSTS, "zoe-q.test"}


def test_a_fetch_that_was_under_way_leaves_nothing_either(store: Store) -> None:
    forget(store)

    async def late() -> None:
        memory = StoredMemory(store)
        await memory.save([Remembered("pause", "zoe.test", {}, START), Remembered("pace", "zoe-q.test", {}, START)])
        decision = {"at": START, "kind": "page", "reason": "ok"}
        await memory.count([Decision(host="zoe.test", url="https://zoe.test/feed", **decision)])  # type: ignore[arg-type]
        await memory.aclose()

    asyncio.run(late())
    assert not [host for host in OWN_HOSTS if host in dump(store)]


def test_others_keep_all_but_the_name_in_their_texts(store: Store) -> None:
    forget(store)
    with store.session() as session:
        assert session.exec(select(Person.name)).all() == ["Omar Haddad"]
        assert session.exec(select(Position.title)).all() == ["CFO"]
        assert session.exec(select(Follow.person_id)).all() == [2]
        assert session.exec(select(Entry.title, Entry.summary)).all() == [("Results", "Said [erased] today.")]
        assert session.exec(select(Feed.title)).all() == ["Acme, founded by [erased]"]
        assert len(session.exec(select(SourceRecord)).all()) == 3
        last = session.exec(select(SourceRecord).order_by(SourceRecord.id.desc())).first()  # type: ignore[union-attr]
        assert last is not None
        assert last.excerpt == "Omar Haddad reports to [erased]"
        assert last.payload == {"name": "Omar Haddad", "talks": ["Fireside with [erased]"]}


def test_the_next_load_finds_the_person_suppressed_by_name_with_employer_and_by_address(store: Store) -> None:
    forget(store)
    key = key_of(NAME)
    places = {person_value(key, place) for place in ("acme", "bolt", "acme.test", "DevDays", "elsewhere")}
    urls = ["https://zoe.test/", "https://zoe.test/feed", "https://acme.test/feed", "https://news.test/2-guest-post"]
    with store.session(mode="read") as session:
        assert is_suppressed(session, "person", places) == places - {person_value(key, "elsewhere")}
        assert is_suppressed(session, "url", urls) == {urls[0], urls[1], urls[3]}
        assert is_suppressed(session, "person", [person_value(key_of("Omar Haddad"), "acme")]) == set()


def test_the_suppression_names_nobody(store: Store) -> None:
    forget(store)
    with store.session() as session:
        hashes = session.exec(select(Suppression.key_hash)).all()
    assert {len(each) for each in hashes} == {64}


def test_a_namesake_elsewhere_stays(store: Store) -> None:
    with store.session() as session:
        world = World(session)
        zoe = fill(world)
        other = world.person(NAME)
        world.position(other, "Third", "CEO", "general", "c_level")
        forgotten = forget_person(session, zoe)
        assert forgotten.source_records == 7
        assert session.exec(select(Position.organisation).where(Position.person_id == other)).all() == ["Third"]
        assert is_suppressed(session, "person", [person_value(key_of(NAME), "third")]) == set()


def test_an_organisation_of_the_same_name_keeps_its_news(store: Store) -> None:
    with store.session() as session:
        world = World(session)
        founder = world.person("Carla Schwarz")
        bank = world.company("Carla Schwarz AG", 1)
        world.position(founder, "Carla Schwarz AG", "Founder", "general", "c_level", organization_id=bank)
        world.entry(world.feed("https://bank.test/feed", organization_id=bank), "Carla Schwarz reports", author="Press")
        assert forget_person(session, founder).mentions == 0
        assert session.exec(select(Entry.title)).all() == ["Carla Schwarz reports"]


def test_the_second_time_nothing_is_held(store: Store) -> None:
    forget(store)
    with store.session() as session, pytest.raises(NotFoundError, match="nothing is held"):
        forget_person(session, NAME)


def test_a_forgetting_that_fails_forgets_nothing(store: Store) -> None:
    def forget_and_fail() -> None:
        with store.session() as session:
            forget_person(session, fill(World(session)))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        forget_and_fail()
    assert dump(store) == ""


def test_no_byte_of_the_name_stays_in_the_files(tmp_path: Path) -> None:
    settings = settings_for(tmp_path / "home")
    with Store.open(settings) as store:
        with store.session() as session:
            zoe = fill(World(session))
        assert files_holding(settings.home, *NEEDLES), "the test looks in the right place"
        with store.session() as session:
            forget_person(session, zoe)
        assert files_holding(settings.home, *NEEDLES) == []
        with store.session() as session:
            assert (
                session.connection().execute(text("SELECT value FROM meta WHERE key = :k"), {"k": ERASED}).all() == []
            )
    assert files_holding(settings.home, *NEEDLES) == []
    with closing(sqlite3.connect(settings.home / "mentorwatch.db")) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []


def test_files_that_a_killed_program_left_are_cleaned_at_the_next_start(tmp_path: Path) -> None:
    settings = settings_for(tmp_path / "home")
    store = Store.open(settings)
    with store.session() as session:
        zoe = fill(World(session))
    with store.session() as session:
        forget_person(session, zoe)
        del session.info[ERASED]
    assert files_holding(settings.home, *NEEDLES), "not cleaned yet, as after a kill right behind the commit"
    Store.open(settings).close()
    assert files_holding(settings.home, *NEEDLES) == []
    store.close()


def test_a_reader_that_holds_up_the_cleaning_delays_it_to_the_next_start(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = settings_for(tmp_path / "home")
    with Store.open(settings, wait_seconds=0.1) as store:
        with store.session() as session:
            zoe = fill(World(session))
        with Store.open(settings) as other, other.session(mode="read") as reading:
            assert reading.exec(select(Person.name)).first() == NAME
            with store.session() as session:
                forget_person(session, zoe)
        assert "may stay in its files until the next start" in caplog.text
        assert files_holding(settings.home, *NEEDLES)
        with Store.open(settings):
            assert files_holding(settings.home, *NEEDLES) == []


def test_among_many_people_whose_rows_lie_in_any_order_no_byte_stays(tmp_path: Path) -> None:
    settings, order = settings_for(tmp_path / "home"), Random(5)
    syllables = ["ba", "ke", "lo", "mi", "nu", "ra", "so", "ti", "ve", "za"]
    names = [
        f"{''.join(order.choices(syllables, k=3)).title()} {''.join(order.choices(syllables, k=4)).title()}"
        for _ in range(1500)
    ]
    with Store.open(settings) as store:
        with store.session() as session:
            world = World(session)
            for name in names:
                world.position(world.person(name), "Acme", "CEO", "general", "c_level")
        with store.session() as session:
            gone = [session.get_one(Person, number).name for number in range(1, 1500, 15)]
            for name in gone:
                forget_person(session, name)
    kept = {word for name in set(names) - set(gone) for word in name.split()}
    needles = [name.encode() for name in gone] + [key_of(name).encode() for name in gone]
    assert kept
    assert files_holding(settings.home, *needles) == []
