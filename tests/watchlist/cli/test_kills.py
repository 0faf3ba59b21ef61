"""kill -9, Ctrl-C and SIGTERM at any moment: the next start is not blocked, goes on, and nothing is there twice."""

from __future__ import annotations

import random
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.terminal import PROGRAM, Outcome, environment, run
from watchlist.demo.server import LittleWeb
from watchlist.demo.world import World, load_world
from watchlist.settings import config_dir

pytestmark = pytest.mark.real
TABLES = ("source_record", "person", "position", "profile", "feed", "entry", "talk", "move", "visit", "follow")
KILLS = 12


@pytest.fixture(scope="module")
def world() -> World:
    return load_world()


@pytest.fixture(scope="module")
def web(world: World) -> Iterator[LittleWeb]:
    with LittleWeb(world, day=lambda: 1) as served:
        yield served


def furnish(home: Path, web: LittleWeb) -> Path:
    """A home that knows the little web, its companies, its conferences and a goal."""
    home.mkdir()
    web.ca_file(home / "ca.pem")
    hosts = "\n".join(f'"{name}" = "{target}"' for name, target in web.hosts.items())
    (home / "config.toml").write_text(
        f'contact = "me@example.test"\n[network]\nca_file = "{home / "ca.pem"}"\n[network.hosts]\n{hosts}\n'
    )
    demo = config_dir() / "demo"
    assert run(home, "companies", "import", demo / "companies.csv", "--key", "little-web", "--field", "it").status == 0
    assert run(home, "events", "import", demo / "events.csv").status == 0
    goal = ("--from", "HR manager", "--to", "HR director", "--list", "little-web", "--follow", "goal")
    assert run(home, "goal", "set", *goal).status == 0
    return home


def counts(home: Path) -> dict[str, int]:
    """Rows per table, after the database was checked."""
    with closing(sqlite3.connect(home / "mentorwatch.db")) as db:
        assert db.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert db.execute("PRAGMA foreign_key_check").fetchall() == []
        return {name: db.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in TABLES}  # noqa: S608


def live(home: Path) -> list[Outcome]:
    """The whole work of a day, by hand."""
    return [run(home, *words) for words in (("crawl", "leaders"), ("crawl", "speakers"), ("refresh",), ("digest",))]


@pytest.fixture(scope="module")
def undisturbed(web: LittleWeb, tmp_path_factory: pytest.TempPathFactory) -> dict[str, int]:
    home = furnish(tmp_path_factory.mktemp("undisturbed") / "home", web)
    assert [done.status for done in live(home)] == [3, 0, 0, 0]
    return counts(home)


def kill_after(home: Path, words: tuple[str, ...], seconds: float, number: signal.Signals) -> int:
    """Start a command, send it a signal after a while, return its exit status."""
    with subprocess.Popen(
        [PROGRAM, *words], env=environment(home), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.send_signal(number)
        return process.wait(30)


def test_killed_again_and_again_it_ends_like_an_undisturbed_run(
    web: LittleWeb, undisturbed: dict[str, int], tmp_path: Path
) -> None:
    home = furnish(tmp_path / "home", web)
    moments = random.Random(20260302)
    commands = (("crawl", "leaders"), ("crawl", "speakers"), ("refresh",), ("schedule",))
    for number in range(KILLS):
        kill_after(home, commands[number % len(commands)], moments.uniform(0.8, 4.0), signal.SIGKILL)
        counts(home)
    live(home)
    assert counts(home) == undisturbed


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_scheduler_stops_when_asked_and_starts_again(
    web: LittleWeb, tmp_path: Path, number: signal.Signals
) -> None:
    home = furnish(tmp_path / "home", web)
    assert kill_after(home, ("schedule",), 8.0, number) == 0
    assert kill_after(home, ("schedule",), 8.0, number) == 0
    counts(home)


@pytest.mark.parametrize("seconds", [1.3, 1.7, 2.1])
def test_a_crawl_that_is_interrupted_goes_on(
    web: LittleWeb, undisturbed: dict[str, int], tmp_path: Path, seconds: float
) -> None:
    home = furnish(tmp_path / "home", web)
    # 3: it was done already; -2: the signal met Python on its way out. What counts is what is stored.
    assert kill_after(home, ("crawl", "leaders"), seconds, signal.SIGINT) in {130, 3, -signal.SIGINT}
    live(home)
    assert counts(home) == undisturbed
