"""companies check: dead, moved and blocked websites of a list, on loopback and on a pretended internet."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from crawler.fetch import Answer, Ask, Door
from crawler.reading import ReadingRoom
from tests.crawler.fetch.doors import PUBLIC, Dialled, FakeClock, FakeNames, FakeTime, settings_of
from tests.servers import Handler, LoopbackServer, Response, site
from tests.terminal import call
from watchlist.companies import import_companies, read_company_file
from watchlist.companies.checking import accept_moved, checked_sites
from watchlist.errors import MentorwatchError, StoppedError
from watchlist.jobs.site_checks import SiteCheck, check_sites
from watchlist.jobs.workplace import Workplace
from watchlist.models import Organization
from watchlist.store import Store

SITES: dict[str, Handler] = {
    "fine.test": site({"/": "welcome"}),
    "www.fine.test": site({"/": "welcome"}),
    "gone.test": site({"/robots.txt": "", "/": Response("gone", 410)}),
    "empty.test": site({"/robots.txt": ""}),
    "left.test": site({"/": Response("", 301, {"location": "http://new-home.example/welcome?from=left"})}),
    "new-home.example": site({"/welcome?from=left": "welcome", "/welcome": "welcome"}),
    "inside.test": site({"/": Response("", 302, {"location": "http://www.inside.test/en/"})}),
    "www.inside.test": site({"/en/": "welcome"}),
    "shut.test": site({"/robots.txt": "User-agent: *\nDisallow: /\n", "/": "welcome"}),
    "cross.test": site({"/": Response("no", 403)}),
    "ill.test": site({"/": Response("broken", 500)}),
    "sold.test": site({"/": Response("", 301, {"location": "http://buyer.example/"})}),
    "buyer.example": site({"/robots.txt": "User-agent: *\nDisallow: /\n"}),
}
LIST = ("fine.test", "gone.test", "empty.test", "left.test", "inside.test", "shut.test", "cross.test", "ill.test",
        "sold.test", "nowhere.test")  # fmt: skip


class Internet:
    """A pretended internet with a store, a list on it, and a clock that the test moves."""

    def __init__(self, store: Store, home: Path, sites: Mapping[str, Handler] = SITES) -> None:
        self.store, self.clock = store, FakeClock()
        self.settings = settings_of(home)
        self.sites = dict(sites)

    def take(self, *sites: str) -> None:
        """Make the list."""
        lines = "\n".join(f"Company of {each},http://{each}/" for each in sites)
        with self.store.session() as session:
            rows = read_company_file(f"name,website\n{lines}\n".encode(), "sites.csv").rows
            import_companies(session, rows, "sites")

    def check(self, *, again: bool = False, door: type[Door] = Door) -> tuple[SiteCheck, list[str]]:
        """The check, and the hosts whose pages it asked for."""

        async def work(server: LoopbackServer) -> SiteCheck:
            names = FakeNames({name: [[PUBLIC]] for name in self.sites})
            pretended = door(
                self.settings, resolver=names, dial=Dialled(server), pace=FakeTime().pace(), clock=self.clock
            )
            with ReadingRoom() as room:
                async with pretended as opened, asyncio.timeout(60):
                    place = Workplace(
                        settings=self.settings, store=self.store, door=opened, room=room, clock=self.clock
                    )
                    return await check_sites(place, "sites", again=again)

        with LoopbackServer(self.sites) as server:
            done = asyncio.run(work(server))
            return done, [request.host for request in server.log if request.path != "/robots.txt"]

    def states(self) -> dict[str, tuple[str, str | None, str | None]]:
        """State, reason and new address by website."""
        with self.store.session() as session:
            found = checked_sites(session, "sites")
        return {(each.website or "")[7:-1]: (each.state, each.reason, each.moved_to) for each in found}


@pytest.fixture
def internet(store: Store, tmp_path: Path) -> Internet:
    return Internet(store, tmp_path / "home")


def test_each_site_is_told_alive_moved_dead_blocked_or_failing(internet: Internet) -> None:
    internet.take(*LIST)
    done, _ = internet.check()
    assert (done.asked, done.halted) == (10, 0)
    assert internet.states() == {
        "fine.test": ("ok", None, None),
        "gone.test": ("dead", "http_410", None),
        "empty.test": ("dead", "http_404", None),
        "left.test": ("moved", None, "http://new-home.example/welcome"),
        "inside.test": ("ok", None, None),
        "shut.test": ("blocked", "robots", None),
        "cross.test": ("blocked", "http_403", None),
        "ill.test": ("failing", "http_500", None),
        "sold.test": ("moved", "robots", "http://buyer.example/"),
        "nowhere.test": ("dead", "dns", None),
    }
    with internet.store.session() as session:
        websites = session.exec(select(Organization.website).order_by(Organization.id)).all()  # type: ignore[arg-type]
    assert [*websites] == [f"http://{each}/" for each in LIST], "a check changes no website"


def test_what_was_asked_within_a_day_is_not_asked_again(internet: Internet) -> None:
    internet.take("fine.test", "gone.test")
    internet.check()
    internet.take("fine.test", "gone.test", "left.test")
    assert internet.check()[1] == ["left.test", "new-home.example"]
    assert internet.check()[1] == []
    assert sorted(internet.check(again=True)[1]) == ["fine.test", "gone.test", "left.test", "new-home.example"]
    internet.clock.advance(days=2)
    assert internet.check()[0].asked == 3


def test_a_check_that_is_cut_off_goes_on(internet: Internet) -> None:
    class Stopping(Door):
        asked = 0

        async def fetch(self, ask: Ask) -> Answer:
            answer = await super().fetch(ask)
            self.asked += 1
            if self.asked == 2:
                await self.stop()
            return answer

    internet.take("fine.test", "inside.test", "left.test", "cross.test")
    with pytest.raises(StoppedError):
        internet.check(door=Stopping)
    checked = [state for state in internet.states().values() if state[0] != "not_checked"]
    assert 0 < len(checked) < 4
    done, _ = internet.check()
    assert done.asked == 4 - len(checked)
    assert "not_checked" not in {state for state, *_ in internet.states().values()}


def test_a_machine_without_a_network_makes_no_site_dead(internet: Internet) -> None:
    internet.take("nowhere.test", "elsewhere.test", "nobody.test")
    with pytest.raises(MentorwatchError, match="no site could be reached"):
        internet.check()
    assert {state for state, *_ in internet.states().values()} == {"not_checked"}


def test_a_new_address_is_taken_only_when_asked_for_and_the_old_one_is_still_known(internet: Internet) -> None:
    internet.take("left.test", "sold.test", "fine.test")
    internet.check()
    with internet.store.session() as session:
        accepted = accept_moved(session, "sites", now=internet.clock())
    assert [(old, new) for _, old, new in accepted] == [("http://left.test/", "http://new-home.example/welcome")]
    internet.take("left.test", "sold.test", "fine.test")  # the file still names the old site
    with internet.store.session() as session:
        rows = session.exec(select(Organization).order_by(Organization.id)).all()  # type: ignore[arg-type]
        assert rows[0].website == "http://new-home.example/welcome"
        assert (len(rows), rows[0].site_moved_to, rows[0].site_state) == (3, None, "unverified")


def test_a_site_that_came_back_is_alive_again(internet: Internet) -> None:
    internet.take("gone.test", "fine.test")
    internet.check()
    assert internet.states()["gone.test"][0] == "dead"
    internet.sites["gone.test"] = site({"/": "back"})
    internet.clock.advance(days=2)
    internet.check()
    assert internet.states()["gone.test"] == ("ok", None, None)
    with internet.store.session() as session:
        (row, *_) = checked_sites(session, "sites")
    assert row.checked_at is not None
    assert row.checked_at >= internet.clock() - timedelta(minutes=1)


# --- the command -------------------------------------------------------------------------------------------------


def run_check(home: Path, *words: str) -> Any:
    return call(home, "companies", "check", "--list", "sites", *words)


def test_the_command_lists_what_needs_attention_in_words(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    file = tmp_path / "sites.csv"
    file.write_text(
        "name,website\n" + "".join(f"Company of {each},http://{each}/\n" for each in LIST[:9]) + "Siteless,\n"
    )
    with LoopbackServer(SITES) as server:
        hosts = "\n".join(f'"{name}" = "{target}"' for name, target in server.hosts().items())
        (home / "config.toml").write_text(f"[network.hosts]\n{hosts}\n")
        assert call(home, "companies", "import", file).status == 0
        done = run_check(home)
        told = run_check(home, "--json")
        accepted = run_check(home, "--accept-moved", "--json")
    assert done.status == told.status == 3
    assert "2 of 10 websites live (9 asked)" in done.out
    assert "now at http://new-home.example/welcome" in done.out
    assert "--accept-moved" in done.err
    assert "Company of fine.test" not in done.out
    assert told.json["counts"] == {"ok": 2, "dead": 2, "moved": 2, "blocked": 2, "failing": 1, "no_website": 1}
    assert told.json["asked"] == 0
    assert all(row["words"] for row in told.json["sites"])
    assert [row["to"] for row in accepted.json["accepted"]] == ["http://new-home.example/welcome"]


def test_a_list_that_lives_ends_well_and_an_unknown_one_is_refused(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    file = tmp_path / "sites.txt"
    file.write_text("http://fine.test/\n")
    with LoopbackServer(SITES) as server:
        hosts = "\n".join(f'"{name}" = "{target}"' for name, target in server.hosts().items())
        (home / "config.toml").write_text(f"[network.hosts]\n{hosts}\n")
        call(home, "companies", "import", file)
        done = run_check(home)
        unknown = call(home, "companies", "check", "--list", "nope")
    assert (done.status, done.out) == (0, "1 of 1 websites live (1 asked)\n")
    assert (unknown.status, "no company list is called 'nope'" in unknown.err) == (2, True)
