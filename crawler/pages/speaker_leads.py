"""Where an event's page leads: machine formats first, then pages about speakers and the programme. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final
from urllib.parse import unquote, urlsplit, urlunsplit

from crawler.pages.document import Document
from crawler.pages.navigation import site_of
from crawler.pages.speaker_words import event_words

MOST_LEADS: Final = 10
_SESSIONIZE: Final = re.compile(r"sessionize\.com/api/v2/([0-9a-z]{4,20})(?:/|[\"'&?])", re.IGNORECASE)
_EXPORT: Final = re.compile(
    r"""["'(=\s]([^"'()=\s<>]*\b(?:schedule|speakers)\.(?:json|xml))(?=["')?#&\s])""", re.IGNORECASE
)
_PRETALX_PAGES: Final = frozenset({"cfp", "featured", "me", "schedule", "sneak", "speaker", "talk"})
_PRETALX_LINK: Final = re.compile(
    r"https?://(?:[\w-]+\.)*pretalx\.com/([\w-]+)/(?:talk|speaker|schedule|featured)\b", re.IGNORECASE
)
_PRETALX_EXPORT: Final = "schedule/export/schedule.json"


def speaker_leads(document: Document) -> tuple[str, ...]:
    """Absolute addresses worth a look, best first, at most ten, the document's own left out.

    Machine formats may be on other hosts (Sessionize, pretalx); pages are of the same registrable domain.
    """
    found = dict.fromkeys(_without_fragment(url) for url in (*_machine_formats(document), *_pages(document)))
    own = _without_fragment(document.url)
    return tuple(url for url in found if url != own and url.startswith(("http://", "https://")))[:MOST_LEADS]


def _machine_formats(document: Document) -> Iterator[str]:
    text = document.text
    for match in _SESSIONIZE.finditer(text):
        yield f"https://sessionize.com/api/v2/{match[1]}/view/All"
    yield from _pretalx(document)
    for match in _EXPORT.finditer(text):
        yield _absolute(document, match[1].replace("\\/", "/"))


def _pretalx(document: Document) -> Iterator[str]:
    """The export of an event on pretalx: of this page where pretalx made it, of events it links or embeds."""
    if "pretalx" in (document.selector.xpath("string(//meta[@name='generator']/@content)").get() or "").lower():
        parts = urlsplit(document.url)
        first = parts.path.strip("/").split("/")[0]
        # On an own domain the event has no segment of its own.
        event = "" if first in _PRETALX_PAGES else f"{first}/" if first else ""
        yield f"{parts.scheme}://{parts.netloc}/{event}{_PRETALX_EXPORT}"
    for url in document.selector.xpath("//pretalx-schedule/@event-url").getall():
        yield _absolute(document, url).rstrip("/") + "/" + _PRETALX_EXPORT
    for match in _PRETALX_LINK.finditer(document.text):
        yield f"https://pretalx.com/{match[1]}/{_PRETALX_EXPORT}"


def _pages(document: Document) -> Iterator[str]:
    """Links to pages about speakers, then to the programme; the shorter address first among equals."""
    ranked = []
    for link in document.selector.xpath("//a[@href]"):
        url = _absolute(document, link.root.get("href"))
        rank = _rank(url, " ".join(link.xpath("string()").get("").split()))
        if rank is not None and site_of(url) == site_of(document.url):
            ranked.append((rank, len(url), url))
    yield from (url for _, _, url in sorted(ranked))


def _rank(url: str, text: str) -> int | None:
    """0 for a link all about speakers, up to 3; None for a link about something else."""
    words = event_words()
    path = unquote(urlsplit(url).path).casefold()
    segments = [re.sub(r"\.\w{2,5}$", "", segment) for segment in path.strip("/").split("/")]
    label = text.casefold().strip(" .:\u2192\u00bb\u203a")
    if not url.startswith("http") or any(word in f"{label} {path}" for word in words.never_links):
        return None
    for rank, listed in ((0, words.speaker_links), (2, words.programme_links)):
        if label in listed or segments[-1] in listed:
            return rank
        if len(label) < 60 and _has_word(label, listed):
            return rank + 1
    return None


def _has_word(label: str, listed: Iterable[str]) -> bool:
    return not set(re.findall(r"[\w'\u2019-]+", label)).isdisjoint(listed)


def _absolute(document: Document, href: str) -> str:
    try:
        return document.absolute(href)
    except ValueError:
        return ""


def _without_fragment(url: str) -> str:
    try:
        return urlunsplit(urlsplit(url)._replace(fragment=""))
    except ValueError:
        return ""
