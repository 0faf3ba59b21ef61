"""Where the people pages of a site are: its links and its sitemap by their words, best first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice
from typing import Final, NamedTuple
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

from lxml import etree

from crawler.pages.company_name import names_company, site_names
from crawler.pages.document import Document
from crawler.pages.link_places import placed_links
from crawler.pages.page_feeds import feed_links
from crawler.pages.registrable import site_of
from pipelines.lexicon.folding import fold
from pipelines.lexicon.vocabulary import load_vocabulary

__all__ = [
    "ScoredLink",
    "SitemapLinks",
    "feed_links",
    "is_called_people",
    "names_company",
    "other_homes",
    "people_links",
    "site_names",
    "site_of",
    "sitemap_links",
    "source_links",
]

_WORD: Final = re.compile(r"[^\W_]+")
_FILE_NAME: Final = re.compile(r"\.(?:html?|aspx?|php|jsp|cfm|shtml)$")
_GAP: Final = re.compile(r"[\s\-_/+.,:;|()»\u203a>]+")
_MAX_LINKS: Final = 3000
_MAX_SITEMAP: Final = 50_000
"""Addresses in one sitemap, by its protocol."""
_MAX_TEXT: Final = 80
_DEEP: Final = 3
"""Path segments from which a page is probably one of many: a profile, an article."""
_CJK: Final = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
"""Scripts that part no words."""
_HOME_WEIGHTS: Final = {"refresh": 2.5, "en": 1.7, "x-": 1.65}
_OTHER_LANGUAGE: Final = 1.6
"""Below links that tell of the company, above its contacts: a home page in another language is nearly a last resort."""
_MOST_HOMES: Final = 3
_REFRESH: Final = re.compile(r"url\s*=\s*['\"]?\s*([^'\"\s>]{1,500})", re.IGNORECASE)
_HOME_PATH: Final = re.compile(r"^/?(?:[a-z]{2}(?:[-_][a-z]{2})?/?)?(?:(?:index|default|home)\.?\w*/?)?$")
_LANGUAGE_HOME: Final = re.compile(r"^/([a-z]{2})(?:[-_][a-z]{2})?/?(?:index\.\w+|home/?)?$")


@dataclass(frozen=True, slots=True)
class ScoredLink:
    """A link with how likely it leads to people: from 3 on it should show some."""

    url: str
    score: float
    text: str = ""


@dataclass(frozen=True, slots=True)
class SitemapLinks:
    """The promising pages of a sitemap and, of an index, the sitemaps it names; both best first."""

    links: tuple[ScoredLink, ...] = ()
    sitemaps: tuple[ScoredLink, ...] = ()

    def __iter__(self) -> Iterator[ScoredLink]:
        return iter(self.links)

    def __len__(self) -> int:
        return len(self.links)


def people_links(document: Document) -> tuple[ScoredLink, ...]:
    """Links of a page that lead to leadership, board, team and about pages of the same site, best first."""
    best: dict[str, ScoredLink] = {}
    own_site, own = site_of(document.url), _without_fragment(document.url)
    for link in islice(placed_links(document), _MAX_LINKS):
        target = _target(document.base_of(link.href), link.href)
        if target is None or target.url == own:
            continue
        texts = [text for text in link.texts if target.is_weighty or _is_weighty(text)]
        score, text = max(((score_link(target.url, text), text) for text in texts), default=(0.0, ""))
        if score > best.get(target.url, _NOTHING).score and site_of(target.url) == own_site:
            best[target.url] = ScoredLink(target.url, score, text)
    return _ranked(best.values())


def source_links(document: Document) -> tuple[ScoredLink, ...]:
    """Links to where an organisation tells its news: newsroom, press, blog; best first, same site only.

    The whole text of the link, or the last part of its address, must say so: articles have longer ones.
    """
    best: dict[str, ScoredLink] = {}
    own_site = site_of(document.url)
    for link in islice(placed_links(document), _MAX_LINKS):
        target = _target(document.base_of(link.href), link.href)
        if target is None or site_of(target.url) != own_site:
            continue
        score = max(_source_weight(target.url), *(_weight_of_source().get(_words(text), 0.0) for text in link.texts))
        if score > best.get(target.url, _NOTHING).score:
            best[target.url] = ScoredLink(target.url, score)
    return _ranked(best.values())


def _source_weight(url: str) -> float:
    """What the address alone says: /newsroom, /en/blog, blog.acme.test."""
    parts = urlsplit(url)
    segments = [_words(unquote(segment)) for segment in parts.path.split("/") if segment]
    if not segments:
        return _weight_of_source().get((parts.hostname or "").partition(".")[0], 0.0)
    return _weight_of_source().get(segments[-1], 0.0) if len(segments) <= _DEEP else 0.0


def other_homes(document: Document) -> tuple[ScoredLink, ...]:
    """Where a home page sends its visitors on, and its versions in other languages, English first; same site only.

    Nothing of a page that by its address is no home page.
    """
    if not _HOME_PATH.search(urlsplit(document.url).path.lower()):
        return ()
    found: dict[str, ScoredLink] = {}
    own_site, own = site_of(document.url), _without_fragment(document.url)
    for href, language in (*_refreshes(document), *_versions(document)):
        url = _joined(document.base_url, href)
        if url.startswith(("http://", "https://")) and url != own and site_of(url) == own_site and not _is_file(url):
            found.setdefault(url, ScoredLink(url, _HOME_WEIGHTS.get(language, _OTHER_LANGUAGE)))
    return _ranked(found.values())[:_MOST_HOMES]


def _refreshes(document: Document) -> Iterator[tuple[str, str]]:
    for meta in document.elements("meta", 100):
        if (meta.get("http-equiv") or "").lower() == "refresh" and (
            found := _REFRESH.search(meta.get("content") or "")
        ):
            yield found[1], "refresh"


def _versions(document: Document) -> Iterator[tuple[str, str]]:
    """(address, language) of the versions that the page names, and of links that are a language and nothing else."""
    for element in islice(document.root.iter("link", "a"), _MAX_LINKS):
        href, named = (element.get("href") or "").strip(), (element.get("hreflang") or "").lower()
        if not href or href.lower().startswith("#"):
            continue
        path = _LANGUAGE_HOME.search(urlsplit(href).path.lower()) if len(href) <= 200 and "[" not in href else None
        if named and (element.tag == "a" or "alternate" in (element.get("rel") or "").lower()):
            yield href, named[:2]
        elif path and element.tag == "a":
            yield href, path[1]


def sitemap_links(body: bytes, url: str) -> SitemapLinks:
    """The promising pages of a sitemap and the sitemaps of an index, same site only; never raises.

    No entities, no network, no huge trees: a sitemap that needs them is read as far as it goes.
    """
    pages: dict[str, ScoredLink] = {}
    sitemaps: dict[str, ScoredLink] = {}
    own_site = site_of(url)
    for kind, address in islice(_locations(body), _MAX_SITEMAP):
        target = _joined(url, address)
        if not target.startswith(("http://", "https://")) or site_of(target) != own_site:
            continue
        score = score_link(target, "")
        if kind == "sitemap":
            sitemaps[target] = ScoredLink(target, max(score, 0.0))
        elif score > 0 and not _is_file(target):
            pages[target] = ScoredLink(target, score)
    return SitemapLinks(_ranked(pages.values()), _ranked(sitemaps.values()))


def _joined(base: str, address: str) -> str:
    """The absolute address without its fragment; empty where it is none or endless."""
    try:
        return _without_fragment(urljoin(base, address)) if len(address) < 2000 else ""
    except ValueError:
        return ""


def _locations(body: bytes) -> Iterator[tuple[str, str]]:
    """("url" | "sitemap", address) of every loc; plain-text sitemaps are one address a line."""
    if b"<" not in body[:200]:
        lines = body.decode("utf-8", "replace").splitlines()
        yield from (("url", line.strip()) for line in lines if line.startswith("http"))
        return
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, recover=True, load_dtd=False)
    try:
        root = etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError):
        return
    for element in root.iter("{*}loc") if root is not None else ():
        above = element.getparent()
        kind = "sitemap" if above is not None and etree.QName(above).localname == "sitemap" else "url"
        if element.text:
            yield kind, element.text.strip()


# --- scores ---------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=8192)
def score_link(url: str, text: str) -> float:
    """How likely a link leads to people: by its text and the words of its address. 0 or less: not at all."""
    parts = urlsplit(url)
    segments = [_words(unquote(segment)) for segment in parts.path.split("/") if segment]
    address = segments[-1] if segments else ""
    said = _words(text) if len(text) <= _MAX_TEXT else ""
    weights = sorted((*_weights(said), *_weights(address)), reverse=True)
    if not weights:
        weights = [weight / 2 for segment in segments[:-1] for weight in _weights(segment)][:1]
    if not weights:
        return 0.0
    against = _against_weight() * any(_against().search(words) for words in (said, *segments))
    deep = max(0, len(segments) - _DEEP)
    long = max(0, len(said.split()) - 4) * 0.5
    return weights[0] + sum(weights[1:2]) / 2 - against - deep - long - (0.5 if parts.query else 0.0)


def is_called_people(url: str) -> bool:
    """Whether the last part of an address is a word for people, their groups or the company: a page of many."""
    segments = [segment for segment in urlsplit(url).path.split("/") if segment]
    return bool(segments and _weights(_words(unquote(segments[-1]))))


def _is_weighty(text: str) -> bool:
    """Whether a word of a text or an address is in a phrase that has a weight. Cheap; else the score is 0."""
    return not _weighty_words().isdisjoint(_WORD.findall(fold(text.lower()))) or _CJK.search(text) is not None


def _weights(words: str) -> list[float]:
    """The weights of the phrases in a text, best first, less what further words say besides."""
    if _weighty_words().isdisjoint(_WORD.findall(words)) and not _CJK.search(words):
        return []
    words = _other_meanings().sub(" ", words)
    found = {match[0] for match in _phrases().finditer(words)}
    rest = len(words.split()) - sum(phrase.count(" ") + 1 for phrase in found)
    return sorted((_weight_of()[phrase] - min(3.0, 0.4 * max(rest - 1, 0)) for phrase in found), reverse=True)


def _words(text: str) -> str:
    return _GAP.sub(" ", fold(_FILE_NAME.sub("", text.strip().lower()))).strip()


@cache
def _weight_of() -> dict[str, float]:
    data = load_vocabulary("navigation")
    found: dict[str, float] = {}
    for group, weight in data["weights"].items():
        for phrase in data[group]["words"]:
            found.setdefault(_words(phrase), float(weight))
    return found


@cache
def _weight_of_source() -> dict[str, float]:
    data = load_vocabulary("navigation")["sources"]
    return {_words(phrase): float(row["weight"]) for row in data.values() for phrase in row["words"]}


@cache
def _weighty_words() -> frozenset[str]:
    """Every word of every phrase that has a weight."""
    return frozenset(word for phrase in _weight_of() for word in _WORD.findall(phrase))


@cache
def _phrases() -> re.Pattern[str]:
    return _any_of(_weight_of())


@cache
def _against() -> re.Pattern[str]:
    return _any_of(map(_words, load_vocabulary("navigation")["against"]["words"]))


@cache
def _other_meanings() -> re.Pattern[str]:
    return _any_of(map(_words, load_vocabulary("navigation")["against"]["other_meanings"]))


@cache
def _against_weight() -> float:
    return float(load_vocabulary("navigation")["against"]["weight"])


def _any_of(phrases: Iterable[str]) -> re.Pattern[str]:
    longest_first = sorted(set(phrases), key=len, reverse=True)
    parted = "|".join(re.escape(phrase) for phrase in longest_first if not _CJK.search(phrase))
    unparted = "".join(f"|{re.escape(phrase)}" for phrase in longest_first if _CJK.search(phrase))
    return re.compile(rf"(?<!\w)(?:{parted})(?!\w){unparted}")


def _ranked(links: Iterable[ScoredLink]) -> tuple[ScoredLink, ...]:
    return tuple(sorted(links, key=lambda link: (-link.score, len(link.url), link.url)))


# --- addresses ------------------------------------------------------------------------------------------------------


class _Target(NamedTuple):
    """Where a link leads, and whether a word of that address has a weight."""

    url: str
    is_weighty: bool


@lru_cache(maxsize=16384)
def _target(base: str, href: str) -> _Target | None:
    """The page a link leads to; None for a file and what is not on the web. Most stand on every page of a site."""
    if len(href) > 1000:
        return None
    try:
        url = _without_fragment(urljoin(base, href))
    except ValueError:
        return None
    if not url.startswith(("http://", "https://")) or _is_file(url):
        return None
    return _Target(url, _is_weighty(unquote(urlsplit(url).path)))


def _without_fragment(url: str) -> str:
    return urldefrag(url).url


def _is_file(url: str) -> bool:
    return urlsplit(url).path.lower().endswith(_file_endings())


@cache
def _file_endings() -> tuple[str, ...]:
    return tuple(load_vocabulary("navigation")["files"]["endings"])


_NOTHING: Final = ScoredLink("", 0.0)
