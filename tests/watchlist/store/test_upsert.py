from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.exc import IntegrityError, StatementError
from sqlmodel import select

from watchlist.models import CompanyList, Event, FetchCount, Job, ListEntry, Meta, Person, Position, SourceRecord
from watchlist.store import Store, upsert
from watchlist.store.upsert import BATCH, clean_text

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def event(number: int, **values: Any) -> dict[str, Any]:
    return {"key": f"event-{number}", "name": "DevDays", "platform": "pretalx", "url": "https://e.test/", **values}


def test_new_rows_are_inserted_and_known_ones_updated_over_several_batches(store: Store) -> None:
    with store.session() as session:
        assert upsert(session, Event, [event(n) for n in range(BATCH + 7)], key=["key"]) == BATCH + 7
    with store.session() as session:
        later = [event(n, name="New name") for n in range(BATCH, BATCH + 20)]
        assert upsert(session, Event, later, key=["key"]) == 20
    with store.session() as session:
        names = dict(session.exec(select(Event.key, Event.name)).all())
    assert len(names) == BATCH + 20
    assert sum(name == "New name" for name in names.values()) == 20
    assert names[f"event-{BATCH - 1}"] == "DevDays"


def test_update_names_the_columns_that_change(store: Store) -> None:
    with store.session() as session:
        upsert(session, Event, [event(1, field="it")], key=["key"])
        changed = event(1, name="Other", field="finance")
        assert upsert(session, Event, [changed], key=["key"], update=["field"]) == 1
        found = session.exec(select(Event)).one()
    assert (found.name, found.field) == ("DevDays", "finance")


def test_add_adds_to_the_number_that_is_there(store: Store) -> None:
    def tally(count: int) -> dict[str, Any]:
        return {"host": "acme.test", "reason": "ok", "count": count, "first_at": NOON, "last_at": NOON,
                "last_url": f"https://acme.test/{count}", "detail": ""}  # fmt: skip

    with store.session() as session:
        for count in (2, 3):
            upsert(session, FetchCount, [tally(count)], key=["host", "reason"], update=["last_url"], add=["count"])
        found = session.exec(select(FetchCount)).one()
    assert (found.count, found.last_url) == (5, "https://acme.test/3")


def test_update_of_nothing_leaves_known_rows_and_counts_new_ones(store: Store) -> None:
    with store.session() as session:
        upsert(session, Event, [event(1)], key=["key"])
        assert upsert(session, Event, [event(1, name="Other"), event(2)], key=["key"], update=()) == 1
        assert session.exec(select(Event.name).order_by(Event.key)).all() == ["DevDays", "DevDays"]


def test_of_two_rows_with_one_key_in_a_batch_the_later_stands(store: Store) -> None:
    with store.session() as session:
        upsert(session, Event, [event(1), event(1, name="Later")], key=["key"])
        assert session.exec(select(Event.name)).all() == ["Later"]


def test_defaults_of_the_model_fill_what_is_not_given_but_update_nothing(store: Store) -> None:
    record = {"key": "r", "kind": "leader", "url": "u", "reader": "cards", "fetched_at": NOON, "name_key": "n"}
    with store.session() as session:
        upsert(session, SourceRecord, [{**record, "excerpt": "", "payload": {"name": "Vera Nowak"}}], key=["key"])
        upsert(
            session, Person, [{"name": "Vera", "name_key": "n", "created_at": NOON, "source_record_id": 1}], key=["id"]
        )
        position = {
            "person_id": 1, "organisation": "Acme", "organisation_key": "acme", "title": "CEO", "function": "general",
            "level": "c_level", "section": "executive", "page_url": "u", "first_seen_at": NOON, "seen_at": NOON,
            "source_record_id": 1,
        }  # fmt: skip
        unique = ["person_id", "organisation_key", "title", "section", "term"]
        upsert(session, Position, [position], key=unique)
        assert session.exec(select(Position.misses)).one() == 0
        upsert(session, Position, [{**position, "misses": 2}], key=unique)
        upsert(session, Position, [position], key=unique)
        assert session.exec(select(Position.misses)).one() == 2


def test_times_come_back_aware_in_utc_and_naive_ones_are_refused(store: Store) -> None:
    moscow = timezone(timedelta(hours=3))
    with store.session() as session:
        row = {"name": "refresh", "key": "", "next_at": NOON.astimezone(moscow)}
        upsert(session, Job, [row], key=["name", "key"])
    with store.session() as session:
        found = session.exec(select(Job)).one()
        assert session.exec(select(Job.key).where(Job.next_at <= NOON.astimezone(moscow))).all() == [""]
        assert session.exec(select(Job.key).where(Job.next_at < NOON)).all() == []
    assert found.next_at == NOON
    assert found.next_at.utcoffset() == timedelta(0)
    with store.session() as session, pytest.raises(StatementError, match="timezone"):
        upsert(session, Job, [{**row, "next_at": NOON.replace(tzinfo=None)}], key=["name", "key"])


def test_rows_of_different_columns_and_unknown_columns_are_refused(store: Store) -> None:
    with store.session() as session:
        with pytest.raises(ValueError, match="row 1 for event has other columns than the first: field"):
            upsert(session, Event, [event(1), event(2, field="it")], key=["key"])
        with pytest.raises(ValueError, match="event has no column colour"):
            upsert(session, Event, [event(1, colour="red")], key=["key"])
        assert upsert(session, Event, [], key=["key"]) == 0


def test_a_reference_to_nothing_is_refused(store: Store) -> None:
    entry = {"list_id": 7, "organization_id": 8, "rank": 1, "source": "test"}
    with pytest.raises(IntegrityError), store.session() as session:
        upsert(session, ListEntry, [entry], key=["list_id", "organization_id"])


def test_text_that_no_database_can_hold_is_cleaned(store: Store) -> None:
    payload = {"name": "Ann\x00a", "links": ["a\ud800b"]}
    row = {"key": "k\x00", "kind": "leader", "url": "u", "reader": "r", "fetched_at": NOON, "name_key": "\ud83d"}
    with store.session() as session:
        upsert(session, SourceRecord, [{**row, "excerpt": "é\x00è", "payload": payload}], key=["key"])
    with store.session() as session:
        found = session.exec(select(SourceRecord)).one()
    assert (found.key, found.excerpt, found.payload["name"]) == ("k", "éè", "Anna")
    assert "\ud800" not in found.payload["links"][0]


@given(st.text(st.characters(codec=None, categories=None)))
def test_cleaned_text_is_utf8_without_nul_and_whole_text_is_untouched(text: str) -> None:
    cleaned = clean_text(text)
    assert "\x00" not in cleaned
    assert cleaned.encode("utf-8").decode() == cleaned
    if "\x00" not in text and not any("\ud800" <= letter <= "\udfff" for letter in text):
        assert cleaned == text


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(st.tuples(st.integers(0, 9), st.text(max_size=5)), max_size=30), st.integers(0, 30))
def test_any_cut_into_calls_gives_the_last_value_of_each_key(
    store: Store, pairs: list[tuple[int, str]], cut: int
) -> None:
    rows = [{"key": str(number), "field": clean_text(text)} for number, text in pairs]
    with store.session() as session:
        for old in session.exec(select(CompanyList)).all():
            session.delete(old)
        session.flush()
        upsert(session, CompanyList, rows[:cut], key=["key"])
        upsert(session, CompanyList, rows[cut:], key=["key"])
        found = dict(session.exec(select(CompanyList.key, CompanyList.field)).all())
    assert found == {row["key"]: row["field"] for row in rows}


def test_more_values_than_a_statement_may_bind(store: Store) -> None:
    with store.session() as session:
        rows = [{"key": str(number), "value": "v"} for number in range(40_000)]
        assert upsert(session, Meta, rows, key=["key"]) == 40_000
