"""The walk over one site, shared by the spiders: one page after the other within a budget, and how it ended."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from scrapy import Request, Spider
from scrapy.http import Response

from crawler.fetch import Door, FetchError
from crawler.items import FoundFeed, PageItem, PageReading, SiteItem
from crawler.pages import Document
from crawler.reading import ReadingRoom, UnreadableError

OnItem = Callable[[Any], Awaitable[None]]
Link = tuple[float, str]
"""(score, address): the best are asked first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A site to be crawled, as the caller knows it."""

    key: str
    name: str
    website: str | None
    known_pages: tuple[str, ...] = ()
    """Pages that gave people before, or that the list names: asked right after the home page."""
    confirm_name: bool = False
    """Whether the home page must name the organisation before anything on the site is believed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """All that one document tells a spider: people, feeds, where to go on."""

    reading: PageReading
    links: tuple[Link, ...] = ()
    feeds: tuple[FoundFeed, ...] = ()
    exact: bool = False
    """Whether the document is a machine format: it lists everybody."""
    names_organisation: bool | None = None
    """None where the document holds too little text to tell."""


@dataclass(slots=True)
class Walk:
    """Where the crawl of one site stands."""

    site: Site
    budget: int
    queue: list[Link] = field(default_factory=list)
    seen: set[str] = field(default_factory=set)
    pages: int = 0
    best: tuple[int, str] | None = None
    """(people, address) of the page that gave most."""
    reasons: list[str] = field(default_factory=list)
    """Why pages that were read gave nobody."""
    failures: list[str] = field(default_factory=list)
    """Why pages could not be fetched or read, in the order they were asked for."""
    read_pages: list[str] = field(default_factory=list)
    gone_pages: list[str] = field(default_factory=list)
    looked: bool = False
    """Whether a page was read at all: the first one tells whose site it is."""
    name_seen: bool | None = None

    def add(self, links: Iterable[Link]) -> None:
        """Queue links that were not asked for yet; equal scores keep the order they came in."""
        for score, url in links:
            if url not in self.seen:
                self.seen.add(url)
                self.queue.append((score, url))
        self.queue.sort(key=lambda link: -link[0])

    def take(self) -> str | None:
        """The next address, or None when the queue or the budget is empty."""
        if not self.queue or self.pages >= self.budget:
            return None
        self.pages += 1
        return self.queue.pop(0)[1]

    def note(self, url: str, reading: PageReading) -> None:
        """Remember how much a page gave, or why it gave nothing."""
        if reading.people:
            self.read_pages.append(url)
            if self.best is None or len(reading.people) > self.best[0]:
                self.best = (len(reading.people), url)
        if reading.reason:
            self.reasons.append(reading.reason)


class SiteSpider(Spider):
    """Walks sites one page at a time each; subclasses say what to look for. Yields PageItem and SiteItem."""

    def __init__(  # everything a spider needs from outside, by name
        self,
        *,
        sites: list[Site],
        door: Door,
        room: ReadingRoom,
        pages_per_site: int,
        on_item: OnItem,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.sites, self.door, self.room = sites, door, room
        self.pages_per_site, self.on_item = pages_per_site, on_item

    async def start(self) -> AsyncIterator[Any]:
        """The first request of every site; Scrapy holds them all at once, the door gives each its turn."""
        for site in self.sites:
            walk = Walk(site=site, budget=self.pages_per_site)
            self.first_links(walk)
            for output in self._advance(walk):
                yield output

    # --- what subclasses say ---------------------------------------------------------------------------------------

    @staticmethod
    def look(document: Document) -> Look:
        """Pure reading of one document; a module-level function, for it may run in a worker process."""
        raise NotImplementedError

    def first_links(self, walk: Walk) -> None:
        """Queue the addresses that are known before anything was fetched."""
        if walk.site.website:
            walk.add([(1.0, walk.site.website)])

    def further_links(self, walk: Walk, look: Look) -> None:
        """Queue what a page that was just read leads to."""
        raise NotImplementedError

    def when_exhausted(self, walk: Walk) -> None:
        """The queue is empty: a last chance to queue more."""

    def why_nobody(self, walk: Walk) -> str:
        """The reason code of a site on which nobody was found: the most telling of what happened."""
        if walk.site.website is None:
            return "no_website"
        if walk.name_seen is False and walk.site.confirm_name:
            return "wrong_site"
        if walk.pages == len(walk.failures):
            return walk.failures[0]
        for telling in ("needs_javascript", "noindex"):
            if telling in walk.reasons:
                return telling
        # A page that is not there says nothing, and a pause after a failure says less than the failure.
        failures = [reason for reason in walk.failures if reason not in {"http_404", "http_410", "backoff"}]
        return failures[0] if failures else self.nobody(walk)

    def nobody(self, walk: Walk) -> str:
        """The reason code of a site whose pages were read and simply show nobody."""
        raise NotImplementedError

    # --- one page ------------------------------------------------------------------------------------------------

    async def read(self, response: Response, walk: Walk) -> AsyncIterator[Any]:
        """Read one page, hand on what it gave, go to the next."""
        if response.status >= 400:
            outputs = self._lost(walk, response.url, f"http_{response.status}")
        else:
            document = _document(response, walk.site.name)
            try:
                look = await self.room.read(type(self).look, document, size=len(document.body))
            except UnreadableError:
                outputs = self._lost(walk, response.url, "unreadable")
            else:
                outputs = self._found(walk, document.url, look)
        for output in outputs:
            yield output

    def failed(self, failure: Any) -> Iterator[Any]:
        """A page that could not be fetched: its reason is remembered, the walk goes on."""
        error, request = failure.value, failure.request
        reason = error.reason if isinstance(error, FetchError) else type(error).__name__
        yield from self._lost(request.cb_kwargs["walk"], request.url, reason)

    def _found(self, walk: Walk, url: str, look: Look) -> Iterator[Any]:
        if not walk.looked:
            walk.looked, walk.name_seen = True, look.names_organisation
        if walk.name_seen is False and walk.site.confirm_name:
            walk.queue.clear()
            yield self._site_item(walk)
            return
        walk.note(url, look.reading)
        self.further_links(walk, look)
        yield PageItem(
            subject=walk.site.key, url=url, fetched_at=self.door.clock(), reading=look.reading, feeds=look.feeds
        )
        yield from self._advance(walk)

    def _lost(self, walk: Walk, url: str, reason: str) -> Iterator[Any]:
        if reason == "stopped":
            return  # the crawl was cut off: the site is not finished, and nobody is missed on it
        walk.failures.append(reason)
        if reason in {"http_404", "http_410"}:
            walk.gone_pages.append(url)
        self.logger.info("%s: %s", url, reason)
        yield from self._advance(walk)

    def _advance(self, walk: Walk) -> Iterator[Any]:
        url = walk.take()
        if url is None and walk.pages < walk.budget:
            self.when_exhausted(walk)
            url = walk.take()
        if url is None:
            yield self._site_item(walk)
        else:
            yield Request(url, self.read, errback=self.failed, cb_kwargs={"walk": walk}, dont_filter=True)

    def _site_item(self, walk: Walk) -> SiteItem:
        return SiteItem(
            subject=walk.site.key,
            reason=None if walk.best else self.why_nobody(walk),
            pages=walk.pages,
            leadership_url=walk.best[1] if walk.best else None,
            read_pages=tuple(walk.read_pages),
            gone_pages=tuple(walk.gone_pages),
            site_name_seen=walk.name_seen,
        )


def _document(response: Response, organisation: str) -> Document:
    content_type = response.headers.get("Content-Type")
    return Document(
        url=response.url,
        body=response.body,
        content_type=content_type.decode("latin-1") if content_type else None,
        organisation=organisation,
    )
