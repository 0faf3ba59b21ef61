"""The spiders' common way over a site: one page after the other, read off the loop, and how it ended."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import replace
from time import monotonic
from typing import Any, Final

from scrapy import Request, Spider
from scrapy.http import Response

from crawler.fetch import Door, FetchError
from crawler.items import PageItem, SiteItem
from crawler.pages import Document
from crawler.pages.challenges import is_challenge
from crawler.reading import ReadingRoom, UnreadableError
from crawler.spiders.budget import Budget, Limits
from crawler.spiders.walk import Lead, Link, Look, Site, Walk

__all__ = ["Lead", "Link", "Look", "OnItem", "Site", "SiteSpider", "Walk"]

OnItem = Callable[[Any], Awaitable[None]]
FIRST_PART: Final = 512 * 1024
"""Bytes of a document that cannot be read whole in which links are looked for."""
_TELLING: Final = ("challenge", "login_wall", "needs_javascript", "opted_out", "noindex", "unreadable")
"""Reasons that say most of why nobody was found, the surest first."""
UNSENDABLE: Final = frozenset({"bad_url", "control_characters", "too_long", "scheme", "bad_name"})
"""Refusals of addresses that Scrapy cannot hold; any other is the door's to make, which counts it."""


class SiteSpider(Spider):
    """Walks sites one page at a time each; subclasses say what to look for. Yields PageItem and SiteItem."""

    def __init__(  # noqa: PLR0913  # everything a spider needs from outside, by name
        self,
        *,
        sites: list[Site],
        door: Door,
        room: ReadingRoom,
        pages_per_site: int,
        on_item: OnItem,
        timer: Callable[[], float] = monotonic,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.sites, self.door, self.room, self.on_item, self.timer = sites, door, room, on_item, timer
        self.limits = Limits.of(door.settings.crawl, pages=pages_per_site)

    async def start(self) -> AsyncIterator[Any]:
        """The first request of every site; Scrapy holds them all at once, the door gives each its turn."""
        for site in self.sites:
            walk = Walk(site, Budget(self.limits), self.door.settings)
            self.first_links(walk)
            for output in self._advance(walk):
                yield output

    # --- what subclasses say ---------------------------------------------------------------------------------------

    @staticmethod
    def look(document: Document) -> Look:
        """Pure reading of one document; a module-level function, for it may run in a worker process."""
        raise NotImplementedError

    def look_at(self, walk: Walk) -> Callable[[Document], Look]:  # noqa: ARG002  # for those to whom the page matters
        """How the page that was asked for last is read."""
        return type(self).look

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
        telling = next((reason for reason in _TELLING if reason in (*walk.reasons, *walk.failures)), None)
        if telling:
            return telling
        # A page that is not there says nothing, and a pause after a failure says less than the failure.
        failures = [reason for reason in walk.failures if reason not in {"http_404", "http_410", "backoff"}]
        if failures:
            return failures[0]
        return "budget" if walk.budget.cut_short else self.nobody(walk)

    def nobody(self, walk: Walk) -> str:
        """The reason code of a site whose pages were read and simply show nobody."""
        raise NotImplementedError

    # --- one page ------------------------------------------------------------------------------------------------

    async def read(self, response: Response, walk: Walk) -> AsyncIterator[Any]:
        """Read one page, hand on what it gave, go to the next."""
        self._spend(walk, len(response.body))
        walk.arrived(response.url)
        if response.status >= 400:
            outputs = self._lost(walk, response.url, _refusal(response))
        else:
            document = _document(response, walk.site.name)
            try:
                look = await self._look_as_wished(document, self.look_at(walk))
            except UnreadableError:
                outputs = self._lost(walk, response.url, "unreadable")
            except FetchError as error:
                outputs = self._lost(walk, response.url, error.reason)
            else:
                outputs = self._found(walk, document.url, look)
        for output in outputs:
            yield output

    async def _look_as_wished(self, document: Document, reader: Callable[[Document], Look]) -> Look:
        """What the document tells, as far as its owner lets it be used.

        The site's own files are asked only when there are people to keep. Raises FetchError where they cannot be.
        """
        look = await self._look(document, reader)
        if not look.reading.people:
            return look
        wishes = document.wishes | await self.door.site_wishes(document.url, document.content_type)
        return look if wishes == document.wishes else await self._look(replace(document, wishes=wishes), reader)

    async def _look(self, document: Document, look: Callable[[Document], Look]) -> Look:
        """What the document tells; of one that cannot be read whole, where its first part leads."""
        try:
            return await self.room.read(look, document, size=len(document.body))
        except UnreadableError:
            if len(document.body) <= FIRST_PART:
                raise
        beginning = replace(document, body=document.body[:FIRST_PART])
        found = await self.room.read(look, beginning, size=FIRST_PART)
        # Half a page must not look as if its people had left.
        return replace(found, reading=replace(found.reading, people=(), reason="unreadable"), further=())

    def failed(self, failure: Any) -> Iterator[Any]:
        """A page that could not be fetched: its reason is remembered, the walk goes on."""
        error, request = failure.value, failure.request
        reason = error.reason if isinstance(error, FetchError) else type(error).__name__
        walk = request.cb_kwargs["walk"]
        self._spend(walk, 0)
        yield from self._lost(walk, request.url, reason)

    def _spend(self, walk: Walk, size: int) -> None:
        """Waiting for a turn cannot be told from a slow answer here, so no page counts more than a fetch may take."""
        walk.budget.spend(size, min(self.timer() - walk.asked_at, self.door.settings.network.deadline_seconds))

    def _found(self, walk: Walk, url: str, look: Look) -> Iterator[Any]:
        if not walk.looked:
            walk.looked, walk.name_seen = True, look.names_organisation
        if walk.name_seen is False and walk.site.confirm_name:
            walk.queue.clear()
            yield self._site_item(walk)
            return
        listed_on = walk.here.lead.listed_on if walk.here and walk.here.lead else None
        if listed_on is None and (walk.here is None or walk.here.aside != "news"):
            walk.note(url, look.reading)
        if walk.here is None or walk.here.aside in (None, "form"):
            walk.turn_page(url, look)
            self.further_links(walk, look)
        yield PageItem(
            subject=walk.site.key,
            url=url,
            fetched_at=self.door.clock(),
            reading=look.reading,
            feeds=look.feeds,
            listed_on=listed_on,
        )
        yield from self._advance(walk)

    def _lost(self, walk: Walk, url: str, reason: str) -> Iterator[Any]:
        if reason == "stopped":  # the crawl was cut off: the site is not finished, and nobody is missed on it
            yield SiteItem(subject=walk.site.key, reason="stopped", pages=walk.pages)
            return
        walk.lost(url, reason)
        self.logger.info("%s: %s", url, reason)
        yield from self._advance(walk)

    def _advance(self, walk: Walk) -> Iterator[Any]:
        step = walk.take()
        if step is None and walk.budget.refuses_page(of_list=False) is None:
            walk.here = None  # what is added now was found on no page
            self.when_exhausted(walk)
            step = walk.take()
        if step is None:
            yield self._site_item(walk)
        elif step.refused in UNSENDABLE:
            yield from self._lost(walk, step.url, step.refused)
        else:
            walk.asked_at = self.timer()
            # As it is: Scrapy's own normal form is not the guard's.
            meta = {"verbatim_url": True}
            yield Request(
                step.url, self.read, errback=self.failed, meta=meta, cb_kwargs={"walk": walk}, dont_filter=True
            )

    def _site_item(self, walk: Walk) -> SiteItem:
        self._tell_limits(walk)
        if "halted" in walk.failures:  # the user stopped this host: what was seen of it says nothing about the rest
            return SiteItem(subject=walk.site.key, reason="halted", pages=walk.pages)
        return SiteItem(
            subject=walk.site.key,
            reason=None if walk.best else self.why_nobody(walk),
            pages=walk.pages,
            leadership_url=walk.best[1] if walk.best else None,
            read_pages=tuple(walk.read_pages),
            gone_pages=tuple(walk.gone_pages),
            site_name_seen=walk.name_seen,
        )

    def _tell_limits(self, walk: Walk) -> None:
        """Say by which limits a site was not seen further, and count them in Scrapy's statistics."""
        limits = walk.budget.stopped_by
        if not limits:
            return
        told = ", ".join(f"{count} by {limit}" for limit, count in sorted(limits.items()))
        self.logger.info("%s: stopped by budget, pages left out: %s", walk.site.key, told)
        self.crawler.stats.inc_value("budget/sites")
        for limit, count in limits.items():
            self.crawler.stats.inc_value(f"budget/{limit}", count)


def _refusal(response: Response) -> str:
    """The reason code of an answer that is no page: its status, or that it wants proof of a human being."""
    headers = {
        bytes(name).decode("latin-1").lower(): b", ".join(values).decode("latin-1")
        for name, values in response.headers.items()
    }
    return "challenge" if is_challenge(response.body, refused=True, headers=headers) else f"http_{response.status}"


def _document(response: Response, organisation: str) -> Document:
    content_type = response.headers.get("Content-Type")
    return Document(
        url=response.url,
        body=response.body,
        content_type=content_type.decode("latin-1") if content_type else None,
        organisation=organisation,
        wishes=response.meta["wishes"],
        fetched_at=response.meta["fetched_at"],
    )
