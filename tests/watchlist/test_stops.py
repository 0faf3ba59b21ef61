"""The kill switch in the database: stopped once, in the guard's form, until it is resumed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, select

from crawler.fetch.stops import Stops
from tests.databases import settings_for
from tests.watchlist.world import World
from watchlist.errors import UsageError
from watchlist.models import Person, Stop
from watchlist.stops import add_stops, lift_stops, list_stops, read_host, read_stops, require_running, unknown_hosts
from watchlist.store import Store

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


def stopped(*hosts: str, everything: bool = False, people: tuple[int, ...] = ()) -> Stops:
    return Stops(everything=everything, hosts=frozenset(hosts), people=frozenset(people))


def test_what_is_stopped_is_read_again_and_stopping_twice_keeps_the_first_time(store: Store) -> None:
    with store.session() as session:
        zoe = World(session).person("Zoe Quillfeather")
        wanted = stopped("acme.test", "globex.test", everything=True, people=(zoe,))
        assert add_stops(session, wanted, now=NOW) == 4
    with store.session() as session:
        assert add_stops(session, wanted, now=LATER) == 0
        assert add_stops(session, stopped("initech.test"), now=LATER) == 1
    with store.session() as session:
        assert read_stops(session) == stopped(
            "acme.test", "globex.test", "initech.test", everything=True, people=(zoe,)
        )
        lines = list_stops(session)
    assert [(line.kind, line.host, line.person, line.since) for line in lines] == [
        ("all", None, None, NOW),
        ("host", "acme.test", None, NOW),
        ("host", "globex.test", None, NOW),
        ("host", "initech.test", None, LATER),
        ("person", None, "Zoe Quillfeather", NOW),
    ]


def test_resuming_lifts_what_is_named_and_nothing_else(store: Store) -> None:
    with store.session() as session:
        zoe = World(session).person("Zoe Quillfeather")
        add_stops(session, stopped("acme.test", "globex.test", everything=True, people=(zoe,)), now=NOW)
        assert lift_stops(session, stopped(everything=True)) == 1
        assert read_stops(session) == stopped("acme.test", "globex.test", people=(zoe,))
        assert lift_stops(session, stopped("globex.test", "unknown.test", people=(zoe,))) == 2
        assert lift_stops(session, stopped("globex.test")) == 0
        assert read_stops(session) == stopped("acme.test")


def test_a_person_who_is_erased_takes_the_stop_along(store: Store) -> None:
    with store.session() as session:
        zoe = World(session).person("Zoe Quillfeather")
        add_stops(session, stopped(people=(zoe,)), now=NOW)
        session.delete(session.get_one(Person, zoe))
    with store.session() as session:
        assert session.exec(select(Stop)).all() == []


def test_while_everything_is_stopped_commands_say_how_to_go_on(store: Store) -> None:
    with store.session() as session:
        require_running(session)
        add_stops(session, stopped("acme.test"), now=NOW)
        require_running(session)
        add_stops(session, stopped(everything=True), now=NOW)
        with pytest.raises(UsageError, match=r"stopped since 2026-03-02 08:00Z .mentorwatch resume --all"):
            require_running(session)


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("acme.test", "acme.test"),
        ("WWW.Acme.TEST.", "www.acme.test"),
        ("https://acme.test/team?x=1", "acme.test"),
        ("http://acme.test:8080/", "acme.test"),
        ("acme.test/team", "acme.test"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("93.184.215.14", "93.184.215.14"),
    ],
)
def test_a_host_is_taken_as_the_guard_reads_it(text: str, host: str) -> None:
    assert read_host(text) == host


@pytest.mark.parametrize(
    "text", ["", "localhost", "127.0.0.1", "ftp://acme.test/", "acme test", "me@acme.test", "a..b"]
)
def test_what_names_no_host_is_refused_in_words(text: str) -> None:
    with pytest.raises(UsageError, match="names no host that could be fetched"):
        read_host(text)


def test_a_host_of_a_test_network_is_taken_and_linkedin_needs_no_stop(tmp_path: Path) -> None:
    settings = settings_for(tmp_path)
    network = settings.network.model_copy(update={"hosts": {"intranet": "127.0.0.1:8443"}})
    assert read_host("intranet", settings.model_copy(update={"network": network})) == "intranet"
    with pytest.raises(UsageError, match="never fetched anyway"):
        read_host("https://www.linkedin.com/in/zoe")


def test_hosts_that_no_source_is_on_are_named(session: Session) -> None:
    world = World(session)
    zoe = world.person("Zoe Quillfeather")
    world.feed("https://blog.zoe.test/feed", person_id=zoe)
    hosts = frozenset({"blog.zoe.test", "zoe.test", "deep.blog.zoe.test", "acme.test", "oe.test"})
    assert unknown_hosts(session, hosts) == ["acme.test", "oe.test"]


@pytest.fixture
def session(store: Store) -> Session:  # type: ignore[misc]
    with store.session() as opened:
        yield opened
