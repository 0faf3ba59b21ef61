"""From a company's home page to its leadership, management, team and board pages."""

from __future__ import annotations

from urllib.parse import urljoin

from crawler.pages import Document, read_page
from crawler.pages.navigation import feed_links, names_company, people_links, sitemap_links
from crawler.spiders.pagination import further_pages
from crawler.spiders.sites import Look, SiteSpider, Walk

HOME, KNOWN, SITEMAP = 1000.0, 900.0, 0.0
"""Scores of addresses that are no links of a page: before, or after, whatever a page offers."""
ONLY_ABOUT = 3.0
"""Links that score less (about us, company) are worth a page only while nobody was found."""


def look_for_leaders(document: Document) -> Look:
    """People of a company's page, feeds, and links to more people. Pure.

    The cards' own profile pages are no links to go on to: they would eat the budget one person at a time.
    """
    reading = read_page(document, kind="leaders")
    if not document.is_html:
        sitemap = sitemap_links(document.body, document.url)
        links = [(link.score, link.url) for link in sitemap]
        return Look(reading=reading, links=(*links, *((SITEMAP, link.url) for link in sitemap.sitemaps)))
    own = {url for person in reading.people for url in person.links}
    links = [(link.score, link.url) for link in people_links(document) if link.url not in own]
    return Look(
        reading=reading,
        links=tuple(links),
        further=further_pages(document) if reading.people else (),
        feeds=feed_links(document, reading),
        names_organisation=names_company(document, document.organisation) if document.organisation else None,
    )


class LeadersSpider(SiteSpider):
    """Finds the people pages of companies: navigation and footer words first, then the sitemap."""

    name = "leaders"
    look = staticmethod(look_for_leaders)

    def first_links(self, walk: Walk) -> None:
        """The home page (it confirms the company), then the page that is known to list leaders."""
        if walk.site.website:
            walk.add([(HOME, walk.site.website)])
            walk.add((KNOWN, url) for url in walk.site.known_pages)

    def further_links(self, walk: Walk, look: Look) -> None:
        """Links to people pages; once people were found, only strong ones."""
        walk.add(look.links)
        if walk.best is not None:
            walk.drop_below(ONLY_ABOUT)

    def when_exhausted(self, walk: Walk) -> None:
        """Nobody found by following links: ask the sitemap."""
        if walk.best is None and walk.site.website and len(walk.failures) < walk.pages:
            walk.add([(SITEMAP, urljoin(walk.site.website, "/sitemap.xml"))])

    def nobody(self, walk: Walk) -> str:
        """Nothing but the home page and its sitemap to look at, or pages that show nobody."""
        return "no_people" if walk.pages > 2 else "no_leadership_page"
