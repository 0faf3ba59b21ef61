"""From an event's address to its speakers: the address itself, machine formats it points to, speaker pages."""

from __future__ import annotations

from crawler.pages import Document, read_page
from crawler.pages.speaker_leads import speaker_leads
from crawler.spiders.pagination import further_pages
from crawler.spiders.sites import Look, SiteSpider, Walk


def look_for_speakers(document: Document) -> Look:
    """Speakers of an event's page or export, and where it leads. Pure."""
    leads = speaker_leads(document) if document.is_html else ()
    return Look(
        reading=read_page(document, kind="speakers"),
        links=tuple((float(len(leads) - place), url) for place, url in enumerate(leads)),
        further=further_pages(document) if document.is_html else (),
        exact=not document.is_html,
    )


class SpeakersSpider(SiteSpider):
    """Finds the speakers of events; a machine format is followed before pages are guessed at."""

    name = "speakers"
    look = staticmethod(look_for_speakers)

    def further_links(self, walk: Walk, look: Look) -> None:
        """Where the page leads, until a machine format gave everybody: a home page shows the keynotes only."""
        if look.exact and look.reading.people:
            walk.queue.clear()
        else:
            walk.add(look.links)

    def nobody(self, walk: Walk) -> str:  # noqa: ARG002  # the same for every site
        """An edition without speakers yet, or pages that show them in no known form."""
        return "no_speakers"
