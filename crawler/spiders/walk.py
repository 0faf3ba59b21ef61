"""The walk over one site: which page to ask for next, within a budget; each page once, whatever its spelling. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

from crawler.items import FoundFeed, PageReading, PersonItem
from crawler.spiders.addresses import Address, read_address
from crawler.spiders.budget import Budget, Limit
from crawler.spiders.pager import Pager
from watchlist.settings import Settings

Aside = Literal["profile", "form", "news"]
Link = tuple[float, str]
"""(score, address): the best are asked first."""
SURE_LIST_PAGES: Final = 6
"""Pages of a list, its first included, that are read as long as they show people, were they the same ones on each."""
MOST_LINKS, MOST_ALIKE = 1000, 40
"""Links of one document that are looked at, and of those that differ in numbers only: a sitemap may hold 50,000."""
_WITH_DIGIT: Final = re.compile(r"[a-z]*\d[0-9a-z]*", re.IGNORECASE)
HOME: Final = 1000.0
"""The score of the address that a site is known by."""
PROMISING: Final = 3.0
"""Links that score as much are expected to show people."""
_LIMIT_OF_LIST: Final[dict[str | None, Limit]] = {"pages": "list_pages", "nothing_new": "nothing_new", "empty": "empty"}
_MOST_SPARES: Final = 2
_OTHER_SPELLING: Final = frozenset({"http_400", "http_404", "http_410", "tls"})
"""Failures after which another spelling of the same page is worth a try: a server may tell /Team from /team."""
_ENDLESS: Final = frozenset({"too_many_redirects", "redirect_loop"})


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
class Lead:
    """The page of one person, and what is known of them before it is read."""

    url: str
    card: PersonItem
    titled: bool = False
    """Whether nobody is believed there without a title: nothing but an address said that it is a person's."""
    listed_on: str | None = None
    """The page of many that links to it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """All that one document tells a spider: people, feeds, where to go on."""

    reading: PageReading
    links: tuple[Link, ...] = ()
    further: tuple[str, ...] = ()
    """Further pages of the list that the document is a page of, in order."""
    feeds: tuple[FoundFeed, ...] = ()
    leads: tuple[Lead, ...] = ()
    """Pages of single people."""
    forms: tuple[str, ...] = ()
    """Of a page that scripts draw: where its content may stand without them, best first."""
    news: tuple[Link, ...] = ()
    """Pages where the organisation tells its news."""
    exact: bool = False
    """Whether the document is a machine format: it lists everybody."""
    names_organisation: bool | None = None
    """None where the document holds too little text to tell."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """A page in the queue of a walk."""

    score: float
    url: str
    """What is asked for; as it was given where the address guard refuses it."""
    address: Address | None
    refused: str | None = None
    """Why the guard refuses an address that the caller gave: it has to be said of the site."""
    depth: int = 0
    given: bool = False
    """Known before anything was read: not judged by where it leads."""
    of_list: str | None = None
    """The list whose next page it is."""
    spares: tuple[str, ...] = ()
    """Other spellings."""
    lead: Lead | None = None
    """The person whose page it is."""
    aside: Aside | None = None
    """Why it is asked for besides the search for lists of people; where it leads does not matter then."""

    @property
    def page(self) -> str:
        """What it is compared by; another form of a page, as which the address counts, by itself."""
        return self.address.page if self.address and self.aside != "form" else self.url

    @property
    def host(self) -> str:
        """Without www; empty where the guard refuses the address."""
        return self.address.host if self.address else ""

    @property
    def patterns(self) -> tuple[str, ...]:
        """The families of addresses it belongs to."""
        return self.address.patterns if self.address else ()

    @property
    def is_asked_anyway(self) -> bool:
        """Whether numbers alone limit it: the caller gave it, or it is one of a few that were chosen."""
        return self.given or self.of_list is not None or self.aside is not None

    @property
    def turns_page(self) -> bool:
        """Whether it is paid for as a further page of a list."""
        return self.of_list is not None or (self.given and self.address is not None and bool(self.address.list_page))


@dataclass(slots=True)
class Walk:
    """Where the crawl of one site stands."""

    site: Site
    budget: Budget
    settings: Settings | None = None
    queue: dict[str, Step] = field(default_factory=dict)
    """By page, in the order they came in."""
    asked: set[str] = field(default_factory=set)
    """Pages that were asked for, and where their redirects ended."""
    here: Step | None = None
    """The page that was asked for last; None while the caller tells what it knows."""
    asked_at: float = 0.0
    """When, by the spider's timer."""
    lists: dict[str, Pager] = field(default_factory=dict)
    people: set[str] = field(default_factory=set)
    """Names seen on the site so far."""
    _addresses: dict[str, Address | str] = field(default_factory=dict)
    best: tuple[int, str] | None = None
    """(people, address) of the page that gave most."""
    reasons: list[str] = field(default_factory=list)
    """Why pages that were read gave nobody."""
    failures: list[str] = field(default_factory=list)
    """Why pages could not be fetched or read, in the order they were asked for."""
    read_pages: list[str] = field(default_factory=list)
    gone_pages: list[str] = field(default_factory=list)
    finds: Any = None
    """What the spider remembers of the site for later."""
    promising: int = 0
    """Pages read that were expected to show people."""
    looked: bool = False
    """Whether a page was read at all: the first one tells whose site it is."""
    name_seen: bool | None = None

    @property
    def pages(self) -> int:
        """Pages asked for, robots.txt not counted."""
        return self.budget.pages + self.budget.list_pages

    # --- the queue -----------------------------------------------------------------------------------------------

    def add(self, links: Iterable[Link]) -> None:
        """Queue links that were not asked for yet, the best of very many; equal scores keep the order they came in."""
        looked, alike = 0, Counter[str]()
        for score, url in sorted(links, key=lambda link: -link[0]):
            kind = _WITH_DIGIT.sub("#", url)  # at a glance: addresses are dear to read
            alike[kind] += 1
            if looked < MOST_LINKS and alike[kind] <= MOST_ALIKE:
                looked += 1
                self._queue(score, url)
            else:
                self.budget.overlooked += 1

    def add_aside(self, aside: Aside, urls: Iterable[str], *, leads: Iterable[Lead] = ()) -> None:
        """Queue pages besides the search, in this order, each only once."""
        known = {lead.url: lead for lead in leads}
        for place, url in enumerate(urls):
            address = self._read(url)
            if isinstance(address, str) or address.changes_state:
                continue
            step = Step(score=-1.0 - place, url=address.url, address=address, lead=known.get(url), aside=aside)
            if aside == "form":  # nothing is taken out of it: ?print=1 is what makes it one
                step = replace(step, url=address.linked)
            if step.page not in self.asked:
                self.queue.setdefault(step.page, step)

    def was_asked(self, url: str) -> bool:
        """Whether this page, by any spelling, was asked for."""
        address = self._read(url)
        return isinstance(address, Address) and address.page in self.asked

    def drop_below(self, score: float) -> None:
        """Forget queued links that score less; further pages of a list stay."""
        self.queue = {page: step for page, step in self.queue.items() if step.score >= score or step.of_list}

    def take(self) -> Step | None:
        """The next page to ask for, best first, or None when the queue or the budget is empty."""
        for step in sorted(self.queue.values(), key=lambda step: -step.score):
            del self.queue[step.page]
            if self._is_superseded(step):
                continue
            if limit := self._limit(step):
                self.budget.left_out[step.page] = limit
                continue
            self.budget.ask(step.page, step.host, step.patterns, of_list=step.turns_page)
            self.asked.add(step.page)
            self.here = step
            return step
        return None

    def _limit(self, step: Step) -> Limit | None:
        """What the caller gave, and a list that is worth following, is bound by numbers only."""
        limit = self.budget.refuses_page(of_list=step.turns_page)
        if limit or step.is_asked_anyway:
            return limit
        return self.budget.refuses_kind(step.host, step.patterns)

    def _is_superseded(self, step: Step) -> bool:
        """A numbered page of a list that is being followed waits until the list asks for it."""
        if step.address is None or step.is_asked_anyway:
            return step.page in self.asked
        return step.page in self.asked or step.address.list_page in self.lists

    def _queue(self, score: float, url: str, *, of_list: str | None = None) -> None:
        given = self.here is None
        address = self._read(url)
        if isinstance(address, str):
            if given:
                self.queue.setdefault(url, Step(score=score, url=url, address=None, refused=address, given=True))
            return
        if address.page in self.asked or (address.changes_state and not given):
            return
        depth = 0 if self.here is None else self.here.depth + (of_list is None)
        if depth > self.budget.limits.depth:
            self.budget.left_out[address.page] = "depth"
            return
        step = Step(
            score=score,
            url=address.url,
            address=address,
            depth=depth,
            given=given,
            of_list=of_list,
            spares=(address.linked,) if address.linked != address.url else (),
        )
        waiting = self.queue.get(step.page)
        self.queue[step.page] = _both(waiting, step) if waiting else step

    def _read(self, url: str) -> Address | str:
        """The address taken apart, once for all pages of the site that link to it."""
        if url not in self._addresses:
            self._addresses[url] = read_address(url, self.settings)
        return self._addresses[url]

    # --- what came back ------------------------------------------------------------------------------------------

    def arrived(self, url: str) -> None:
        """Where redirects ended is a page that need not be asked for again; a known one they lead away from is gone."""
        address = self._read(url)
        if isinstance(address, Address):
            self.asked.add(address.page)
            if self.here is not None and self.here.given and address.page != self.here.page:
                self._gone(self.here)

    def _gone(self, step: Step) -> None:
        spellings = {step.url, *step.spares, *([step.address.linked] if step.address else [])}
        self.gone_pages.extend(sorted(spellings - set(self.gone_pages)))

    def note(self, url: str, reading: PageReading) -> None:
        """Remember how much a page gave, or why it gave nothing."""
        if self.here is not None and not self.here.aside:
            self.promising += PROMISING <= self.here.score < HOME
        if reading.people:
            self.read_pages.append(url)
            if self.best is None or len(reading.people) > self.best[0]:
                self.best = (len(reading.people), url)
        if reading.reason:
            self.reasons.append(reading.reason)
        names = {person.name.casefold() for person in reading.people}
        if self.here is not None and not names <= self.people:
            self.budget.give_back(self.here.patterns)
        self.people |= names

    def turn_page(self, url: str, look: Look) -> None:
        """Queue the next page of the list that a page which was just read belongs to, if the list is worth it."""
        address, here = self._read(url), self.here
        if isinstance(address, str) or here is None:
            return
        followed = here.of_list or address.list_page
        if not followed and not (look.further and look.reading.people):
            return  # a page that shows nobody begins no list
        key = followed or address.page
        pager = self.lists.setdefault(
            key,
            Pager(most_pages=1 + self.budget.limits.list_pages, sure_pages=SURE_LIST_PAGES, settings=self.settings),
        )
        names = (person.name.casefold() for person in look.reading.people)
        if next_page := pager.turn(address.url, names, *look.further):
            self._queue(here.score, next_page, of_list=key)
        elif look.further and (limit := _LIMIT_OF_LIST.get(pager.ending)):
            self.budget.left_out[look.further[-1]] = limit

    def lost(self, url: str, reason: str) -> None:
        """A page could not be fetched or read; another spelling of it may be asked for."""
        if self.here is not None and self.here.aside is not None:
            return  # it was only tried
        self.failures.append(reason)
        if reason in {"http_404", "http_410"}:
            self.gone_pages.append(url)
        if self.here is None or self.here.address is None:
            return
        if reason in _ENDLESS:
            self.budget.exhaust(self.here.patterns[0])
        if reason in _OTHER_SPELLING and self.here.spares:
            self.asked.discard(self.here.page)
            spare, *others = self.here.spares
            # in front of all that scores the same
            self.queue = {self.here.page: replace(self.here, url=spare, spares=tuple(others)), **self.queue}


def _both(one: Step, other: Step) -> Step:
    """One step for one page: what the caller gave stands as it is, else the plainest spelling is asked for first."""
    spellings = {one.url, *one.spares, other.url, *other.spares}
    url, *spares = sorted(spellings, key=lambda url: (not (one.given and url == one.url), *_plain(url)))
    return replace(
        one,
        url=url,
        spares=tuple(spares[:_MOST_SPARES]),
        score=max(one.score, other.score),
        depth=min(one.depth, other.depth),
        given=one.given or other.given,
        of_list=one.of_list or other.of_list,
    )


def _plain(url: str) -> tuple[int, int, str]:
    """Short spellings first, small letters before capitals."""
    rest = url.partition("://")[2]
    return len(rest), sum(char.isupper() for char in rest), url
