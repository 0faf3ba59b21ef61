"""Other forms of a page that scripts draw: its data files, its print, AMP and language versions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final
from urllib.parse import quote, urldefrag, urlsplit, urlunsplit

from crawler.pages.document import Document
from crawler.pages.registrable import site_of

_MOST: Final = 8
_MOST_VERSIONS: Final = 2
_BUILD: Final = re.compile(r'"buildId"\s*:\s*"([\w.-]{1,80})"|/_next/static/([\w.-]{8,80})/_(?:build|ssg)Manifest\.js')
_NAMED: Final = re.compile(r"""["'(]((?:https?:/)?/?[\w./~%-]{1,200}\.json)(?:\?[^"')]{0,100})?["')]""")
_NO_DATA: Final = re.compile(
    r"manifest|package|lottie|locale|i18n|translations|oembed|schema|config|swagger|/v2/|wp-json"
)
_GATSBY: Final = ("___gatsby", "/page-data/")


def other_forms(document: Document) -> tuple[str, ...]:
    """Addresses, best first, at which the content of a page may stand without scripts; same site only.

    Only what the page names or what its own framework's rule makes of it: Next.js keeps the data of a page under its
    build, Gatsby beside the page.
    """
    own, site = urldefrag(document.url).url, site_of(document.url)
    found: dict[str, None] = {}
    for href in _hrefs(document):
        try:
            url = urldefrag(document.absolute(href)).url
        except ValueError:
            continue
        if url.startswith(("http://", "https://")) and url != own and site_of(url) == site:
            found.setdefault(url)
    return tuple(islice(found, _MOST))


def _hrefs(document: Document) -> Iterator[str]:
    yield from _framework_data(document)
    yield from _named_data(document)
    yield from _versions(document)
    parts = urlsplit(document.url)
    yield urlunsplit((*parts[:3], f"{parts.query}&print=1" if parts.query else "print=1", ""))
    if parts.path.rstrip("/"):
        yield urlunsplit((*parts[:2], f"{parts.path.rstrip('/')}/print", "", ""))


def _framework_data(document: Document) -> Iterator[str]:
    path = urlsplit(document.url).path.rstrip("/")
    if build := _BUILD.search(document.text):
        yield f"/_next/data/{quote(build[1] or build[2])}{path or '/index'}.json"
    if any(sign in document.text for sign in _GATSBY):
        yield f"/page-data{path or '/index'}/page-data.json"


def _named_data(document: Document) -> Iterator[str]:
    """Files of data in the page's head, attributes and scripts; settings and translations are none."""
    links = (link for link in document.root.iter("link") if (link.get("as") or "") == "fetch")
    hrefs = [link.get("href") or "" for link in islice(links, 20)]
    hrefs += [match[1] for match in islice(_NAMED.finditer(document.text), 50)]
    yield from (href for href in hrefs if href and not _NO_DATA.search(href.lower()))


def _versions(document: Document) -> Iterator[str]:
    """AMP and print versions, then those in other languages."""
    links = [link for link in document.root.iter("link", "a") if link.get("href") and link.get("rel")]
    plain = (link for link in links if "amphtml" in link.get("rel").lower() or (link.get("media") or "") == "print")
    yield from (
        link.get("href") for link in islice(plain, _MOST_VERSIONS) if "stylesheet" not in link.get("rel").lower()
    )
    others = (link.get("href") for link in links if link.get("hreflang") and "alternate" in link.get("rel").lower())
    yield from islice(others, _MOST_VERSIONS)
