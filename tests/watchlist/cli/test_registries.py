"""crawl registries at a terminal: what it prints, what it ends with, what the schedule makes of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlmodel import select

from tests.crawler.registries.saved_answers import COMPANY
from tests.databases import settings_for
from tests.servers import write_ca
from tests.terminal import call
from tests.watchlist.jobs.registers import KEY, NOW, Registers
from watchlist.follow import ensure_user
from watchlist.goal import set_goal
from watchlist.models import Job
from watchlist.scheduler import plan_jobs
from watchlist.store import Store


@pytest.fixture
def registers(tmp_path: Path) -> Iterator[Registers]:
    home = tmp_path / "home"
    home.mkdir()
    with Store.open(settings_for(home)) as store:
        world = Registers(store, home)
        with world.server:
            hosts = "\n".join(f'"{name}" = "{target}"' for name, target in world.server.hosts().items())
            (home / "config.toml").write_text(
                f'contact = "me@example.test"\n[network]\nca_file = "{write_ca(world.ca, home)}"\n'
                f"[network.hosts]\n{hosts}\n[registries]\nownership_months = 600\n"
            )
            yield world


def test_both_registers_and_the_report_as_json(registers: Registers) -> None:
    registers.add("Northwind Robotics", COMPANY, "1999001")
    done = call(registers.folder, "crawl", "registries", "--list", KEY, "--json")
    assert done.status == 0
    report = done.json
    assert (report["sites"], report["new_people"], report["hints"], report["failed"]) == (2, 10, 2, {})


def test_one_register_and_a_company_that_it_does_not_know(registers: Registers) -> None:
    registers.add("Northwind Robotics", COMPANY, "1999001")
    registers.add("Gone", "Q990000044")
    done = call(registers.folder, "crawl", "registries", "--list", KEY, "--from", "wikidata")
    assert done.status == 3
    assert done.out.startswith("10 roles from 1 of 2 register entries")
    assert "Gone (wikidata): missing" in done.err
    assert registers.asked("data.sec.gov") == []


def test_a_list_without_numbers_says_what_to_do(registers: Registers) -> None:
    registers.add("Plain")
    done = call(registers.folder, "crawl", "registries", "--list", KEY)
    assert done.status == 0
    assert "companies import" in done.err


def test_the_schedule_asks_registers_where_a_list_has_numbers(registers: Registers) -> None:
    def planned() -> set[str]:
        with registers.store.session() as session:
            plan_jobs(session, NOW, settings_for(registers.folder))
            return set(session.exec(select(Job.name)))

    registers.add("Plain")
    with registers.store.session() as session:
        titles = {"current_title": "HR manager", "target_title": "HR director"}
        set_goal(session, ensure_user(session), **titles, list_key=KEY, now=NOW)
    assert "crawl_registries" not in planned()
    registers.add("Northwind Robotics", COMPANY)
    assert {"crawl_leaders", "crawl_registries"} <= planned()
