"""The jobs on the little web: stopped and gone on, a person forgotten meanwhile, a network that is away."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
from sqlmodel import Session, func, select

from crawler.fetch import Answer, Ask, Door
from crawler.fetch.stops import Stops
from crawler.reading import ReadingRoom
from watchlist.companies import import_companies, read_company_csv
from watchlist.demo.server import LittleWeb
from watchlist.demo.world import load_world
from watchlist.errors import StoppedError
from watchlist.follow import count_states, ensure_user
from watchlist.goal import require_goal, set_goal
from watchlist.jobs.crawling import CrawlReport, crawl_leaders
from watchlist.jobs.refreshing import refresh
from watchlist.jobs.workplace import Workplace
from watchlist.models import Feed, Organization, Person, Position, Profile, Visit
from watchlist.people import forget_person
from watchlist.settings import Settings, config_dir, load_settings
from watchlist.store import Store

MORNING = datetime.combine(date(2026, 3, 2), time(6), UTC)


@dataclass
class Office:
    """A home on the little web, with a list, a goal that follows its people, and a clock that stands still."""

    settings: Settings
    store: Store

    def work(self, job: Callable[[Workplace], Awaitable[CrawlReport]], *, door: type[Door] = Door) -> CrawlReport:
        """Run one job with a door of its own."""

        async def run() -> CrawlReport:
            with ReadingRoom() as room:
                async with door(self.settings, clock=lambda: MORNING) as opened:
                    place = Workplace(
                        settings=self.settings, store=self.store, door=opened, room=room, clock=lambda: MORNING
                    )
                    return await job(place)

        return asyncio.run(run())

    def count(self, model: type) -> int:
        """Rows of a table."""
        with self.store.session() as session:
            return session.exec(select(func.count()).select_from(model)).one()


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    home = tmp_path / "home"
    home.mkdir()
    with LittleWeb(load_world(), day=lambda: 1) as web:
        web.ca_file(home / "ca.pem")
        hosts = "\n".join(f'"{name}" = "{target}"' for name, target in web.hosts.items())
        (home / "config.toml").write_text(
            f'contact = "me@example.test"\n[network]\nca_file = "{home / "ca.pem"}"\n[network.hosts]\n{hosts}\n'
        )
        settings = load_settings(home)
        with Store.open(settings) as store:
            with store.session() as session:
                _prepare(session)
            yield Office(settings, store)


def _prepare(session: Session) -> None:
    rows = read_company_csv(config_dir() / "demo" / "companies.csv", "companies.csv").rows
    import_companies(session, rows, "it", key="web")
    titles = {"current_title": "HR manager", "target_title": "HR director"}
    set_goal(session, ensure_user(session), **titles, list_key="web", now=MORNING, follow="goal")


def test_a_stopped_crawl_leaves_sites_unfinished_and_the_next_goes_on(office: Office) -> None:
    class Stopping(Door):
        asked = 0

        async def fetch(self, ask: Ask) -> Answer:
            self.asked += 1
            if self.asked == 15:  # after the home pages of the 12 companies
                await self.stop()
            return await super().fetch(ask)

    with pytest.raises(StoppedError):
        office.work(lambda place: crawl_leaders(place, "web"), door=Stopping)
    with office.store.session() as session:
        visits = session.exec(select(Visit)).all()
        assert require_goal(session, ensure_user(session)).first_crawl_at is None
    assert len(visits) < 12
    assert {visit.reason for visit in visits} <= {None, "robots", "connection", "needs_javascript"}

    report = office.work(lambda place: crawl_leaders(place, "web", since=MORNING))
    assert report.sites == 12 - len(visits)
    assert office.count(Visit) == 12
    with office.store.session() as session:
        states = count_states(session, ensure_user(session))
    assert (states["followed"] > 10, states["candidate"]) == (True, 0)


def test_a_crawl_that_is_stopped_and_resumed_at_once_is_cut_off_not_broken(office: Office) -> None:
    class Blinking(Door):
        asked = 0

        async def fetch(self, ask: Ask) -> Answer:
            self.asked += 1
            if self.asked not in (15, 18):
                return await super().fetch(ask)
            self.obey(Stops(everything=True))
            try:
                return await super().fetch(ask)
            finally:
                self.obey(Stops())

    with pytest.raises(StoppedError, match=r"with 2 of 12 sites to go .the next start goes on"):
        office.work(lambda place: crawl_leaders(place, "web"), door=Blinking)
    with office.store.session() as session:
        visits = session.exec(select(Visit)).all()
    assert len(visits) == 10
    assert "crashed" not in {visit.reason for visit in visits}
    assert office.work(lambda place: crawl_leaders(place, "web", since=MORNING)).sites == 2


def test_a_site_that_is_halted_on_the_way_misses_nobody(office: Office) -> None:
    office.work(lambda place: crawl_leaders(place, "web"))

    class Halting(Door):
        async def fetch(self, ask: Ask) -> Answer:
            answer = await super().fetch(ask)
            if "harrowmint" in ask.url:  # after its home page
                self.obey(Stops(hosts=frozenset({"harrowmint.test"})))
            return answer

    for _ in range(3):
        report = office.work(lambda place: crawl_leaders(place, "web"), door=Halting)
        assert report.failed["Harrowmint Cloud"] == "halted"
    with office.store.session() as session:
        harrowmint = session.exec(select(Organization).where(Organization.name == "Harrowmint Cloud")).one()
        positions = session.exec(select(Position).where(Position.organization_id == harrowmint.id)).all()
        others = session.exec(select(Visit.reason).where(Visit.organization_id != harrowmint.id)).all()
    assert positions
    assert {(position.misses, position.ended_at) for position in positions} == {(0, None)}
    assert "halted" not in others


def test_after_the_first_crawl_new_people_wait_as_candidates(office: Office) -> None:
    office.work(lambda place: crawl_leaders(place, "web"))
    with office.store.session() as session:
        before = count_states(session, ensure_user(session))
        forgotten = session.exec(select(Person).where(Person.name == "Katharina Ziesemann")).one()
        session.delete(forgotten)
    office.work(lambda place: crawl_leaders(place, "web"))
    with office.store.session() as session:
        after = count_states(session, ensure_user(session))
    assert (after["followed"], after["candidate"]) == (before["followed"] - 1, 1)


def test_a_person_forgotten_while_their_feed_is_read_is_not_stored_again(office: Office) -> None:
    office.work(lambda place: crawl_leaders(place, "web"))

    class Forgetting(Door):
        forgotten = False

        async def fetch(self, ask: Ask) -> Answer:
            answer = await super().fetch(ask)
            if "quindro" in ask.url and not self.forgotten:
                self.forgotten = True
                with office.store.session() as session:
                    forget_person(session, "Marisela Quindro")
            return answer

    office.work(refresh, door=Forgetting)  # type: ignore[arg-type]
    with office.store.session() as session:
        assert session.exec(select(Person).where(Person.name == "Marisela Quindro")).all() == []
        assert [url for url in session.exec(select(Feed.url)) if "quindro" in url] == []
    assert office.count(Feed) > 10


def test_a_page_on_an_employers_site_is_not_a_persons_own(office: Office) -> None:
    office.work(lambda place: crawl_leaders(place, "web"))
    with office.store.session() as session:
        person = session.exec(select(Person).where(Person.name == "Marisela Quindro")).one()
        own = session.exec(select(Profile).where(Profile.person_id == person.id)).first()
        assert own is not None
        session.add(
            Profile(person_id=person.id, platform="web", url="https://www.harrowmint.test/", access="feed",
                    verified="own_card", first_seen_at=MORNING, source_record_id=own.source_record_id)
        )  # fmt: skip
    office.work(refresh)  # type: ignore[arg-type]
    with office.store.session() as session:
        owners = session.exec(select(Feed.person_id).where(Feed.url.contains("harrowmint"))).all()  # type: ignore[attr-defined]
    assert owners == [None]


def test_a_crawl_that_reaches_nobody_says_so_and_loses_nothing(office: Office) -> None:
    office.work(lambda place: crawl_leaders(place, "web"))
    people = office.count(Person)
    away = dict.fromkeys(office.settings.network.hosts, "127.0.0.1:9")
    network = office.settings.network.model_copy(update={"hosts": away})
    offline = Office(office.settings.model_copy(update={"network": network}), office.store)
    report = offline.work(lambda place: crawl_leaders(place, "web"))
    assert (report.offline, set(report.failed.values())) == (True, {"connection"})
    assert (office.count(Person), office.count(Organization)) == (people, 12)
