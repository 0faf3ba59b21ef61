"""From a company's home page to its leadership, management, team and board pages, then to what those lead to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import islice
from typing import Final
from urllib.parse import urldefrag, urljoin, urlsplit

from crawler.items import PageReading, PersonItem, Section
from crawler.pages import Document, read_page
from crawler.pages.challenges import is_challenge
from crawler.pages.document import text_of
from crawler.pages.marks import is_name
from crawler.pages.navigation import (
    feed_links,
    is_called_people,
    names_company,
    other_homes,
    people_links,
    score_link,
    site_of,
    sitemap_links,
    source_links,
)
from crawler.pages.other_forms import other_forms
from crawler.pages.page_feeds import bears_name
from crawler.pages.profile_page import name_in_address, read_profile
from crawler.pages.words import read_grouping
from crawler.spiders.pagination import further_pages
from crawler.spiders.sites import Lead, Look, SiteSpider, Walk
from crawler.spiders.walk import HOME, PROMISING, Link

KNOWN: Final = 900.0
"""The score of a page that gave people before: right after the home page."""
SITEMAP: Final = 0.0
"""After whatever a page offers."""
ENOUGH: Final = 3
"""People on one page from which links that promise little (about us, company) are not worth a page any more."""
MOST_FORMS: Final = 4
"""Other forms of pages that scripts draw, of one site."""
_MOST_ANCHORS: Final = 1000
_LONGEST_NAME: Final = 60
_FILES: Final = (".pdf", ".vcf", ".jpg", ".jpeg", ".png", ".xml", ".json")
_ORDER: Final[dict[Section, int]] = {"executive": 0, "board": 1, "advisory": 2, "staff": 3, "speaker": 4}
_UNSEEN: Final = frozenset({"challenge", "needs_javascript", "login_wall", "error_page", "empty"})
"""Reasons of pages that do not show what they are: they do not tell whose site it is."""


# --- what a page tells ----------------------------------------------------------------------------------------------


def look_for_leaders(document: Document) -> Look:
    """People of a company's page, feeds, and links to more people. Pure.

    The cards' own profile pages are no links to go on to, but leads: they would eat the budget one person at a time.
    """
    reading = _reading(document)
    if not document.is_html:
        return _look_at_data(document, reading)
    leads = tuple(_leads(document, reading))
    own = {lead.url for lead in leads}
    links = (*people_links(document), *other_homes(document))
    named = names_company(document, document.organisation) if document.organisation else None
    return Look(
        reading=reading,
        links=tuple((link.score, link.url) for link in links if link.url not in own),
        further=further_pages(document) if reading.people else (),
        feeds=feed_links(document, reading),
        leads=leads,
        forms=other_forms(document) if reading.reason == "needs_javascript" else (),
        news=tuple((link.score, link.url) for link in source_links(document)),
        names_organisation=None if not named and reading.reason in _UNSEEN else named,
    )


def look_for_profile(document: Document, *, lead: Lead) -> Look:
    """What the page of one person tells of them. Pure."""
    reading = read_profile(document, lead.card, titled=lead.titled)
    return Look(reading=reading, feeds=feed_links(document, reading) if reading.people else ())


def look_for_news(document: Document) -> Look:
    """The feeds that a newsroom or blog advertises; nobody is looked for. Pure."""
    reading = PageReading(kind="leaders", reader="news", reason=document.asked.reason, notices=document.asked.signals)
    return Look(reading=reading, feeds=() if reading.reason or not document.is_html else feed_links(document, None))


def _reading(document: Document) -> PageReading:
    """The people of a page; of the page of one person, by the name that its address spells, that one."""
    reading = read_page(document, kind="leaders")
    if reading.people or not document.is_html or reading.reason in ("noindex", "opted_out"):
        return reading
    if (lead := _lead_of_address(document.url)) and (found := read_profile(document, lead.card, titled=True)).people:
        return found
    if reading.reason != "login_wall" and is_challenge(document.body, refused=False):
        return replace(reading, reason="challenge")
    return reading


def _look_at_data(document: Document, reading: PageReading) -> Look:
    """A sitemap, or the data of a page."""
    if document.json is not None:
        return Look(reading=reading, links=tuple((link.score, link.url) for link in people_links(document)))
    sitemap = sitemap_links(document.body, document.url)
    leads = [lead for link in sitemap if (lead := _lead_of_address(link.url))]
    people = {lead.url for lead in leads}
    links = [(link.score, link.url) for link in sitemap if link.url not in people]
    return Look(
        reading=reading, links=(*links, *((SITEMAP, link.url) for link in sitemap.sitemaps)), leads=tuple(leads)
    )


def _leads(document: Document, reading: PageReading) -> Iterator[Lead]:
    """The pages of the same site that a card alone links to, and on a page of people those that a name links to."""
    shared = Counter(url for person in reading.people for url in set(person.links))
    for person in reading.people:
        own = [url for url in person.links if shared[url] == 1 and _may_be_profile(document, url)]
        theirs = [url for url in own if bears_name(url, person.name) or not is_called_people(url)]
        yield from (Lead(url=url, card=person, listed_on=document.url) for url in theirs)
    if reading.people or score_link(document.url, "") >= PROMISING:
        yield from _named_links(document, {url for url in shared if shared[url] == 1})


def _named_links(document: Document, known: set[str]) -> Iterator[Lead]:
    """Links whose whole text is a name: of cards without a title, which alone prove nothing."""
    section = _section(document.url)
    for anchor in islice(document.root.iter("a"), _MOST_ANCHORS):
        text = " ".join(text_of(anchor).split())
        if not (0 < len(text) <= _LONGEST_NAME and anchor.get("href") and is_name(text)):
            continue
        try:
            url = urldefrag(document.absolute(anchor.get("href"))).url
        except ValueError:
            continue
        if url not in known and _may_be_profile(document, url) and not is_called_people(url):
            yield Lead(url=url, card=PersonItem(name=text, section=section), titled=True)


def _may_be_profile(document: Document, url: str) -> bool:
    parts = urlsplit(url)
    elsewhere = parts.path.rstrip("/") != urlsplit(document.url).path.rstrip("/")
    is_page = parts.scheme in ("http", "https") and len(parts.path) > 1 and not parts.path.endswith(_FILES)
    return elsewhere and is_page and site_of(url) == site_of(document.url)


def _section(url: str) -> Section:
    """The group that the last part of an address names; staff where it names none."""
    grouping = read_grouping(urlsplit(url).path.rstrip("/").rpartition("/")[2].replace("-", " "))
    group = grouping.group if grouping else "staff"
    return group if group in ("board", "advisory", "staff") else "executive"


def _lead_of_address(url: str) -> Lead | None:
    """The person whose name stands in an address below a people page: /team/ada-quist."""
    name = name_in_address(url)
    above = urlsplit(url)._replace(query="", fragment="").geturl().rstrip("/").rpartition("/")[0]
    if name is None or score_link(above, "") < PROMISING:
        return None
    return Lead(url=url, card=PersonItem(name=name, section=_section(above)), titled=True)


# --- where to go on -------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Finds:
    """What the pages of one site lead to besides lists of people."""

    leads: dict[str, Lead] = field(default_factory=dict)
    forms: list[tuple[float, str]] = field(default_factory=list)
    news: dict[str, float] = field(default_factory=dict)
    has_feed: bool = False
    """Whether a page advertised a feed of the organisation."""
    steps: list[Callable[[Walk, Finds], None]] = field(default_factory=list)
    """What is left to be tried when nothing is queued."""


class LeadersSpider(SiteSpider):
    """Finds the people pages of companies: links by their words, the sitemap, other forms; then profiles and feeds."""

    name = "leaders"
    look = staticmethod(look_for_leaders)

    def look_at(self, walk: Walk) -> Callable[[Document], Look]:
        """A page of one person is read for that person, a newsroom for its feeds."""
        here = walk.here
        if here is not None and here.lead is not None:
            return partial(look_for_profile, lead=here.lead)
        return look_for_news if here is not None and here.aside == "news" else look_for_leaders

    def first_links(self, walk: Walk) -> None:
        """The home page (it confirms the company), then the page that is known to list leaders."""
        walk.finds = Finds(steps=[_ask_sitemap, _ask_forms, _ask_profiles, _ask_news])
        if walk.site.website:
            walk.add([(HOME, walk.site.website)])
            walk.add((KNOWN, url) for url in walk.site.known_pages)

    def further_links(self, walk: Walk, look: Look) -> None:
        """Links to people pages; once enough people were found, only strong ones."""
        walk.add(look.links)
        if walk.best is not None and walk.best[0] >= ENOUGH:
            walk.drop_below(PROMISING)
        _remember(walk, look)

    def when_exhausted(self, walk: Walk) -> None:
        """No more links that promise people: what else may help, one after the other."""
        while not walk.queue and walk.finds.steps:
            walk.finds.steps.pop(0)(walk, walk.finds)

    def nobody(self, walk: Walk) -> str:
        """Pages that were to show people and show nobody, or none that promised any."""
        return "no_people" if walk.promising else "no_leadership_page"


def _remember(walk: Walk, look: Look) -> None:
    finds, here = walk.finds, walk.here
    for lead in look.leads:
        finds.leads.setdefault(lead.url, lead)
    for score, url in look.news:
        finds.news[url] = max(score, finds.news.get(url, 0.0))
    finds.has_feed = finds.has_feed or any(feed.person is None for feed in look.feeds)
    if here is not None and here.aside is None:
        # the home page last: its data seldom holds more than itself
        score = here.score if here.score < HOME else 0.0
        finds.forms.extend((score, url) for url in look.forms)


def _ask_sitemap(walk: Walk, _: Finds) -> None:
    """Nobody found by following links: ask the sitemap."""
    if walk.best is None and walk.site.website and len(walk.failures) < walk.pages:
        walk.add([(SITEMAP, urljoin(walk.site.website, "/sitemap.xml"))])


def _ask_forms(walk: Walk, finds: Finds) -> None:
    """Nobody, for scripts draw the page: ask for its data and its plainer versions, the most promising page first."""
    if walk.best is None:
        forms = [url for _, url in sorted(finds.forms, key=lambda form: -form[0])]
        walk.add_aside("form", list(dict.fromkeys(forms))[:MOST_FORMS])


def _ask_profiles(walk: Walk, finds: Finds) -> None:
    """Pages of single people: of those whose title is unknown first, then of executives; the lists come before them."""
    leads = sorted(finds.leads.values(), key=lambda lead: (bool(lead.card.title), _ORDER[lead.card.section]))
    wanted = [lead for lead in leads if not walk.was_asked(lead.url)]
    most = min(walk.budget.limits.profiles, walk.budget.left)
    walk.add_aside("profile", [lead.url for lead in wanted[:most]], leads=wanted[:most])


def _ask_news(walk: Walk, finds: Finds) -> None:
    """Newsroom and blog, for their feeds; one is enough where the site has named a feed already."""
    if walk.name_seen is False and walk.site.confirm_name:
        return
    best: list[Link] = sorted(((score, url) for url, score in finds.news.items()), key=lambda link: -link[0])
    wanted = [url for _, url in best if not walk.was_asked(url)]
    most = min(max(0, walk.budget.limits.news_pages - finds.has_feed), walk.budget.left)
    walk.add_aside("news", wanted[:most])
