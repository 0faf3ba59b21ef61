from __future__ import annotations

from urllib.parse import urlsplit

import pytest
from sqlmodel import select

from watchlist.errors import InputError, UsageError
from watchlist.events import (
    COLUMNS,
    add_event,
    event_json,
    event_key,
    import_events,
    list_events,
    read_event_csv,
    shipped_events,
)
from watchlist.models import Event
from watchlist.store import Store


def csv_of(*lines: str) -> bytes:
    return "\n".join([",".join(COLUMNS), *lines, ""]).encode()


def test_the_shipped_conferences_have_addresses_of_their_own_and_a_field() -> None:
    rows = shipped_events().rows
    assert len(rows) >= 12
    for event in rows:
        assert urlsplit(event.url).scheme == "https", event
        assert event.field in {"it", "hr", "finance", "healthcare", "edtech"}, event


def test_a_row_is_read_with_its_address_in_canonical_form() -> None:
    (event,) = read_event_csv(
        csv_of("Dev  Days,pretalx,HTTPS://Talks.test:443/dd?utm_source=x,it,me,2026"), "e.csv"
    ).rows
    assert (event.name, event.platform, event.url, event.field) == (
        "Dev Days",
        "pretalx",
        "https://talks.test/dd",
        "it",
    )


@pytest.mark.parametrize(
    ("line", "column", "words"),
    [
        (",web,https://a.test,it,me,2026", "name", "the name is empty"),
        ("A,web,ftp://a.test,it,me,2026", "address", "not an http or https address: 'ftp://a.test'"),
        ("A,web,,it,me,2026", "address", "not an http or https address: ''"),
        ("A,web,https://me:pw@a.test,it,me,2026", "address", "a user name or password in it"),
        ("A,web,https://a.test:x,it,me,2026", "address", "not a web address"),
        ("A,web,http://www.first.test/#speakers,it,me,2026", "address", "stands in line 2 already"),
        ("A,web,https://a.test,it", "source", "4 cells where the header has 6"),
    ],
)
def test_a_bad_row_is_named_with_line_and_column(line: str, column: str, words: str) -> None:
    with pytest.raises(InputError) as caught:
        read_event_csv(csv_of("First,web,https://first.test,it,me,2026", line), "e.csv")
    assert (caught.value.line, caught.value.column) == (3, column)
    assert words in caught.value.message


def test_a_missing_column_and_too_many_rows_are_refused() -> None:
    with pytest.raises(InputError, match="missing column: address"):
        read_event_csv(b"name,platform,field,source,as_of\n", "e.csv")
    with pytest.raises(InputError, match=r"2 rows, more than companies\.max_rows = 1 allows"):
        read_event_csv(csv_of("A,,https://a.test,,,", "B,,https://b.test,,,"), "e.csv", max_rows=1)


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://www.devdays.test/2026/", "devdays.test/2026"),
        ("http://DevDays.test/2026#speakers", "devdays.test/2026"),
        ("devdays.test/2026?utm_source=mail", "devdays.test/2026"),
        ("https://devdays.test", "devdays.test"),
        ("https://devdays.test:8443/2026", "devdays.test:8443/2026"),
        ("https://devdays.test/2027", "devdays.test/2027"),
    ],
)
def test_two_spellings_of_an_address_have_one_key(url: str, key: str) -> None:
    assert event_key(url) == key


@pytest.mark.parametrize(
    ("url", "platform"),
    [
        ("https://pretalx.com/devdays-2026/", "pretalx"),
        ("https://talks.devdays.test/2026/schedule/export/schedule.json", "pretalx"),
        ("https://sessionize.com/api/v2/abc123/view/All", "sessionize"),
        ("https://devdays.test/2026/schedule.xml", "frab"),
        ("https://devdays.test/schedule/xml", "frab"),
        ("https://notsessionize.test/speakers", "web"),
    ],
)
def test_the_platform_is_told_from_the_address_unless_given(store: Store, url: str, platform: str) -> None:
    with store.session() as session:
        assert add_event(session, "DevDays", url).platform == platform
        assert add_event(session, "DevDays", url, platform="frab").platform == "frab"


def test_adding_the_same_address_again_is_the_same_event(store: Store) -> None:
    with store.session() as session:
        first = event_json(add_event(session, "DevDays", "https://devdays.test/2026", field="it"))
        again = event_json(add_event(session, "DevDays 2026", "http://www.devdays.test/2026/", field="it"))
        alpha = event_json(add_event(session, "Alpha", "https://alpha.test"))
    assert again["id"] == first["id"]
    assert alpha == {
        "id": alpha["id"],
        "key": "alpha.test",
        "name": "Alpha",
        "platform": "web",
        "url": "https://alpha.test/",
        "field": None,
    }
    with store.session() as session:
        assert [event_json(each) for each in list_events(session)] == [alpha, again]


@pytest.mark.parametrize(("name", "url"), [("", "https://a.test"), ("A", "ftp://a.test"), ("A", "a b"), ("A", "")])
def test_what_is_no_event_is_refused_with_advice(store: Store, name: str, url: str) -> None:
    with store.session() as session, pytest.raises(UsageError, match="mentorwatch events add"):
        add_event(session, name, url)


def test_importing_twice_adds_nothing_and_removes_nothing(store: Store) -> None:
    rows = read_event_csv(csv_of("A,,https://a.test,it,,", "B,frab,https://b.test/x,it,,"), "e.csv").rows
    changed = read_event_csv(csv_of("A new,,https://www.a.test/,it,,"), "e.csv").rows
    with store.session() as session:
        add_event(session, "Mine", "https://mine.test")
        dry = import_events(session, rows, dry_run=True)
        assert len(session.exec(select(Event)).all()) == 1
        first = import_events(session, rows)
        assert dry.as_json() == {"new": 2, "changed": 0, "same": 0, "dry_run": True}
        assert first.as_json() == {"new": 2, "changed": 0, "same": 0, "dry_run": False}
        assert import_events(session, rows).as_json() == {"new": 0, "changed": 0, "same": 2, "dry_run": False}
        assert import_events(session, changed).changed == 1
        assert [event.name for event in list_events(session)] == ["A new", "B", "Mine"]
