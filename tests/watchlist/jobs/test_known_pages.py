"""What a crawl remembers of a site: the page of its leaders, and the roles that profiles told."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, col, select

from crawler.fetch import Door
from crawler.fetch.door import utc_now
from crawler.reading import ReadingRoom
from watchlist.demo.reply import Reply
from watchlist.demo.server import LoopbackWeb
from watchlist.jobs.crawling import CrawlReport, crawl_leaders
from watchlist.jobs.workplace import Workplace
from watchlist.models import CompanyList, ListEntry, Organization, Person, Position, Profile, SourceRecord
from watchlist.settings import load_settings
from watchlist.store import Store

HOST = "cedarwick.test"
PEOPLE = ("Miriam Okafor", "Tobias Lindqvist", "Priya Raman")
LIFE = "has led this part of Cedarwick since it had a dozen people in one hall, and builds boats in what time is left."


def page(title: str, body: str) -> str:
    shown = f"<main><h1>{title}</h1>{body}</main>"
    return f"<!doctype html><html><head><title>{title}</title></head><body>{shown}</body></html>"


def home(*links: tuple[str, str]) -> str:
    menu = "".join(f'<li><a href="{href}">{text}</a></li>' for href, text in links)
    return page(
        "Cedarwick", f"<ul>{menu}</ul><p>We make boats of cedar and of other wood, and have done so for long.</p>"
    )


def card(name: str, title: str | None, href: str | None = None) -> str:
    shown = f'<a href="{href}">{name}</a>' if href else name
    return f"<div class='card'><h3>{shown}</h3>{f'<p>{title}</p>' if title else ''}</div>"


def cards(titles: Mapping[str, str | None], *, linked: bool = False) -> str:
    found = (card(name, title, slug(name) if linked else None) for name, title in titles.items())
    return page("Leadership", "".join(found))


def slug(name: str) -> str:
    return f"/people/{name.lower().replace(' ', '-')}"


def own_page(name: str, title: str) -> str:
    account = f"https://www.linkedin.com/in/{name.lower().replace(' ', '-')}"
    return page(name, f"<p>{title}</p><p>{name} {LIFE}</p><p><a href='{account}'>LinkedIn</a></p>")


@dataclass
class Cedarwick:
    """One company whose site changes between crawls."""

    home: Path
    web: LoopbackWeb
    store: Store
    pages: dict[str, str | Reply] = field(default_factory=dict)
    days: int = 0

    def crawl(self) -> CrawlReport:
        """Crawl on the next day."""
        self.days += 1
        self.web.log.clear()
        return asyncio.run(self._crawl())

    async def _crawl(self) -> CrawlReport:
        settings = load_settings(self.home)
        with ReadingRoom() as room:
            async with Door(settings, clock=self._clock) as door:
                place = Workplace(settings=settings, store=self.store, door=door, room=room, clock=self._clock)
                return await crawl_leaders(place, "boats")

    def _clock(self) -> datetime:
        return utc_now() + timedelta(days=self.days)

    @property
    def asked(self) -> list[str]:
        """The pages asked for by the last crawl, in order."""
        return [seen.path for seen in self.web.log if not seen.path.startswith(("/robots", "/ai.txt", "/.well-known"))]

    def current(self) -> dict[str, str]:
        """Name and title of every current role."""
        with self.store.session() as session:
            query = select(Person.name, Position.title).join(Position, col(Position.person_id) == Person.id)
            roles = session.exec(query.where(col(Position.ended_at).is_(None))).all()
        assert len(dict(roles)) == len(roles), "somebody has two roles"
        return dict(roles)

    def organization(self) -> Organization:
        """The company as it is stored."""
        with self.store.session() as session:
            return session.exec(select(Organization)).one()


@contextmanager
def cedarwick(folder: Path) -> Iterator[Cedarwick]:
    world: list[Cedarwick] = []

    def answer(_host: str, path: str, _headers: Mapping[str, str]) -> Reply:
        found = world[0].pages.get(path)
        if isinstance(found, Reply):
            return found
        return Reply(
            200 if found else 404, {"Content-Type": "text/html; charset=utf-8"}, (found or "not here").encode()
        )

    with LoopbackWeb([HOST], answer) as web:
        web.ca_file(folder / "ca.pem")
        hosts = f'[network.hosts]\n"{HOST}" = "{web.hosts[HOST]}"\n'
        text = f'contact = "test@example.test"\n[network]\nca_file = "{folder / "ca.pem"}"\n{hosts}'
        (folder / "config.toml").write_text(text)
        store = Store.open(load_settings(folder))
        with store.session() as session:
            _list_company(session)
        world.append(Cedarwick(folder, web, store))
        try:
            yield world[0]
        finally:
            store.close()


def _list_company(session: Session) -> None:
    listed = CompanyList(key="boats", field="boats")
    company = Organization(key=HOST, name="Cedarwick", website=f"https://{HOST}/")
    session.add_all([listed, company])
    session.flush()
    session.add(ListEntry(list_id=listed.id or 0, organization_id=company.id or 0, rank=1, source="test"))


TITLES: dict[str, str | None] = {
    PEOPLE[0]: "Chief Executive Officer",
    PEOPLE[1]: "Chief Financial Officer",
    PEOPLE[2]: "Chief People Officer",
}


def test_the_next_crawl_asks_for_the_page_it_found_right_after_the_home_page(tmp_path: Path) -> None:
    with cedarwick(tmp_path) as site:
        site.pages = {
            "/": home(("/about", "About us")),
            "/about": home(("/about/x", "Leadership")),
            "/about/x": cards(TITLES),
        }
        site.crawl()
        assert site.asked == ["/", "/about", "/about/x"]
        assert site.organization().leadership_url == f"https://{HOST}/about/x"
        site.crawl()
        assert site.asked[:2] == ["/", "/about/x"]
        assert site.current() == TITLES


@pytest.mark.parametrize(
    "gone",
    [
        Reply(404, {"Content-Type": "text/html"}, b"not here"),
        Reply(410, {"Content-Type": "text/html"}, b"gone"),
        Reply(301, {"Location": f"https://{HOST}/"}, b""),
    ],
)
def test_when_the_page_went_away_the_search_starts_anew(gone: Reply, tmp_path: Path) -> None:
    with cedarwick(tmp_path) as site:
        site.pages = {"/": home(("/leadership", "Leadership")), "/leadership": cards(TITLES)}
        site.crawl()
        fewer = {name: title for name, title in TITLES.items() if name != PEOPLE[1]}
        site.pages = {"/": home(("/team", "Our team")), "/leadership": gone, "/team": cards(fewer)}
        for _ in range(2):
            site.crawl()
            assert site.asked[:2] in (["/", "/leadership"], ["/", "/team"])
        assert site.organization().leadership_url == f"https://{HOST}/team"
        assert site.current() == fewer


def test_a_profile_adds_to_the_person_on_the_card(tmp_path: Path) -> None:
    with cedarwick(tmp_path) as site:
        own = {slug(name): own_page(name, title or "") for name, title in TITLES.items()}
        site.pages = {"/": home(("/leadership", "Leadership")), "/leadership": cards(TITLES, linked=True), **own}
        site.crawl()
        site.crawl()
        assert site.asked[:2] == ["/", "/leadership"]
        assert site.current() == TITLES
        with site.store.session() as session:
            assert len(session.exec(select(Person)).all()) == len(session.exec(select(Position)).all()) == 3
            told = session.exec(select(SourceRecord).where(SourceRecord.reader == "profile_page")).all()
            accounts = session.exec(select(Profile).where(Profile.platform == "linkedin")).all()
            shown_on = set(session.exec(select(Position.page_url)).all())
        assert len(accounts) == 3
        assert shown_on == {f"https://{HOST}/leadership"}
        assert all(LIFE in record.payload["biography"] for record in told)


def test_who_leaves_the_list_leaves_though_their_own_page_stays(tmp_path: Path) -> None:
    with cedarwick(tmp_path) as site:
        own = {slug(name): own_page(name, title or "") for name, title in TITLES.items()}
        site.pages = {"/": home(("/leadership", "Leadership")), "/leadership": cards(TITLES, linked=True), **own}
        site.crawl()
        fewer = {name: title for name, title in TITLES.items() if name != PEOPLE[2]}
        site.pages["/leadership"] = cards(fewer, linked=True)
        site.crawl()
        site.crawl()
        assert site.current() == fewer


def test_a_title_that_only_the_own_page_tells_stays_while_the_name_is_listed(tmp_path: Path) -> None:
    """One card shows no title; its page does, once, and then cannot be had for a while."""
    others = dict.fromkeys(("Oscar Ferrante", "Lucia Haddad", "Gerald Novak"), "Vice President Sales")
    with cedarwick(tmp_path) as site:
        shown = {**TITLES, **others, PEOPLE[2]: None}
        own = {slug(PEOPLE[2]): own_page(PEOPLE[2], "Chief People Officer")}
        site.pages = {"/": home(("/leadership", "Leadership")), "/leadership": cards(shown, linked=True), **own}
        site.crawl()
        assert site.current() == {**TITLES, **others}
        del site.pages[slug(PEOPLE[2])]
        site.pages[slug(PEOPLE[2])] = Reply(500, {"Content-Type": "text/html"}, b"broken")
        for _ in range(3):
            assert site.crawl().people == 6
        assert site.current() == {**TITLES, **others}
