from __future__ import annotations

import asyncio
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import select

from tests.databases import settings_for
from watchlist.models import Meta, Suppression
from watchlist.store import Store
from watchlist.store.suppression import is_suppressed, person_value, suppress


def test_what_was_suppressed_is_found_by_its_kind_and_nothing_else(store: Store) -> None:
    with store.session() as session:
        assert suppress(session, "url", ["https://a.test/", "https://b.test/", "https://a.test/"]) == 2
        assert suppress(session, "url", ["https://a.test/"]) == 0
    with store.session() as session:
        assert is_suppressed(session, "url", ["https://a.test/", "https://c.test/"]) == {"https://a.test/"}
        assert is_suppressed(session, "person", ["https://a.test/"]) == set()
        assert is_suppressed(session, "url", []) == set()


def test_a_name_is_suppressed_with_its_employer_only() -> None:
    assert person_value("a", "b") != person_value("b", "a")
    assert person_value("ann lee", "x") != person_value("ann", "lee x")


def test_asking_needs_no_right_to_write(store: Store) -> None:
    assert asyncio.run(store.read(lambda session: is_suppressed(session, "url", ["https://a.test/"]))) == set()
    with store.session() as session:
        assert session.exec(select(Meta)).all() == []


def test_more_values_than_one_question_holds(store: Store) -> None:
    many = [f"https://{number}.test/" for number in range(1201)]
    with store.session() as session:
        assert suppress(session, "url", many) == 1201
        assert is_suppressed(session, "url", [*many, "https://other.test/"]) == set(many)


def test_the_hashes_of_two_databases_have_nothing_in_common(tmp_path: Path) -> None:
    hashes: list[str] = []
    for name in ("one", "two"):
        with Store.open(settings_for(tmp_path / name)) as store, store.session() as session:
            suppress(session, "url", ["https://a.test/"])
            hashes += session.exec(select(Suppression.key_hash)).all()
    assert len(set(hashes)) == 2


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.sets(st.text(st.characters(codec=None, categories=None))), st.sets(st.text()))
def test_any_text_is_suppressed_and_no_other(store: Store, gone: set[str], others: set[str]) -> None:
    with store.session() as session:
        for row in session.exec(select(Suppression)).all():
            session.delete(row)
        session.flush()
        suppress(session, "url", gone)
        assert is_suppressed(session, "url", gone | others) == gone
