"""Sites of fictional companies and conferences for the spiders' tests, and a crawl of one through the real door."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

from crawler.fetch import Door
from crawler.items import PageItem, SiteItem
from crawler.reading import ReadingRoom
from crawler.run import run_spider
from crawler.spiders.leaders import LeadersSpider
from crawler.spiders.sites import Site, SiteSpider
from tests.crawler.fetch.doors import PUBLIC, Dialled, FakeTime, settings_of
from tests.servers import Handler, LoopbackServer, Request, Response
from watchlist.settings import Settings

HOST = "site.test"
_NOT_PAGES = re.compile(r"/robots\.txt|/ai\.txt|/\.well-known/.*")
"""What the door asks of every origin for itself."""
_FIRST = ("Miriam", "Tobias", "Priya", "Oskar", "Lucia", "Gerald", "Noor", "Mara", "Hannah", "Anselm")
_LAST = ("Okafor", "Lindqvist", "Raman", "Ferrante", "Whitcombe", "Haddad", "Quist", "Weber", "Castellano", "Novak")
_TITLES = ("Chief Executive Officer", "Chief Financial Officer", "Chief People Officer", "VP Engineering")


def names(count: int, *, start: int = 0) -> list[str]:
    """So many names, no two alike, from the `start`-th on; there are a hundred."""
    return [f"{_FIRST[number % 10]} {_LAST[(number // 10 + number) % 10]}" for number in range(start, start + count)]


def cards(people: Sequence[str]) -> str:
    """A card a person."""
    found = (
        f'<div class="card"><h3>{name}</h3><p class="role">{_TITLES[place % 4]}</p></div>'
        for place, name in enumerate(people)
    )
    return f'<div class="grid">{"".join(found)}</div>'


def links(addresses: Iterable[str], text: str = "Our team") -> str:
    """A list of links."""
    return "<ul>" + "".join(f'<li><a href="{address}">{text}</a></li>' for address in addresses) + "</ul>"


def html(body: str, *, title: str = "Northwind Robotics", head: str = "") -> str:
    """A page of the company or conference."""
    return (
        f'<!doctype html><html lang="en"><head><title>{title}</title>{head}</head><body><main><h1>{title}</h1>'
        f"<p>Welcome. We are glad that you found us and hope that you find what you look for on these pages.</p>"
        f"{body}</main></body></html>"
    )


def team(extra: str = "", *, people: Sequence[str] = ()) -> str:
    """The page that a crawl is to find."""
    return html(cards(people or names(4)) + extra, title="Leadership team")


def speakers(people: Sequence[str], extra: str = "") -> str:
    """A page of a list of speakers."""
    return html(f"<h2>Speakers</h2>{cards(people)}{extra}", title="Speakers")


def serve(answer: Callable[[str], str | Response | None]) -> Handler:
    """A handler from a function of the path with its query; None is a 404, as is robots.txt."""

    def handle(request: Request) -> Response:
        page = None if _NOT_PAGES.fullmatch(request.path) else answer(request.path)
        if page is None:
            return Response("not here", 404, {"content-type": "text/plain"})
        return page if isinstance(page, Response) else Response(page)

    return handle


class EveryName:
    """A resolver for which every name exists."""

    async def __call__(self, name: str, port: int) -> Sequence[str]:
        return [PUBLIC]


@dataclass
class Crawled:
    """What a crawl of one site asked for and found."""

    site: SiteItem
    pages: list[PageItem]
    asked: list[Request]
    """Requests for pages, in order, redirects too; without robots.txt and its like."""
    stats: dict[str, Any] = field(repr=False)

    @property
    def paths(self) -> list[str]:
        """The paths of the requests, of the site's own host without it."""
        return [request.path if request.host == HOST else request.host + request.path for request in self.asked]

    @property
    def people(self) -> set[str]:
        """The names that were found."""
        return {person.name for page in self.pages for person in page.reading.people}

    def cut_by(self, limit: str) -> int:
        """How many pages the limit left out."""
        return int(self.stats.get(f"budget/{limit}", 0))


def crawl_site(
    handlers: dict[str, Handler],
    home: Path,
    *,
    start: str | None = f"http://{HOST}/",
    spider: type[SiteSpider] = LeadersSpider,
    known: Sequence[str] = (),
    pages: int | None = None,
    settings: Settings | None = None,
    room: ReadingRoom | None = None,
    timer: Callable[[], float] = monotonic,
) -> Crawled:
    """Crawl one site through the real door to a loopback server; nobody waits, and it may not take a minute."""
    settings = settings or settings_of(home)
    items: list[Any] = []

    async def keep(item: Any) -> None:
        items.append(item)

    async def crawl(server: LoopbackServer) -> dict[str, Any]:
        door = Door(settings, resolver=EveryName(), dial=Dialled(server), pace=FakeTime().pace())
        site = Site(key="site", name="Northwind Robotics", website=start, known_pages=tuple(known))
        with room or ReadingRoom() as reading:
            async with door, asyncio.timeout(60):
                most = pages or settings.crawl.pages_per_site
                return await run_spider(
                    spider, [site], door=door, room=reading, on_item=keep, pages_per_site=most, timer=timer
                )

    with LoopbackServer(handlers) as server:
        stats = asyncio.run(crawl(server))
        asked = [request for request in server.log if not _NOT_PAGES.fullmatch(request.path)]
    (ending,) = [item for item in items if isinstance(item, SiteItem)]
    return Crawled(ending, [item for item in items if isinstance(item, PageItem)], asked, stats)
