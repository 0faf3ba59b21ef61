"""Where the people pages of a site are: its links and its sitemap by their words, best first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import islice
from typing import Any, Final, NamedTuple
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import tldextract
from lxml import etree

from crawler.pages.document import Document, text_of
from crawler.pages.page_feeds import feed_links
from pipelines.lexicon.folding import fold
from pipelines.lexicon.organisations import organisation_key
from pipelines.lexicon.vocabulary import load_vocabulary

__all__ = ["ScoredLink", "SitemapLinks", "feed_links", "names_company", "people_links", "site_names", "sitemap_links"]

_WORD: Final = re.compile(r"[^\W_]+")
_FILE_NAME: Final = re.compile(r"\.(?:html?|aspx?|php|jsp|cfm|shtml)$")
_GAP: Final = re.compile(r"[\s\-_/+.,:;|()»\u203a>]+")
_NO_PAGES: Final = ("#", "mailto:", "tel:", "sms:", "javascript:", "data:")
_MAX_LINKS: Final = 3000
_MAX_SITEMAP: Final = 50_000
"""Addresses in one sitemap, by its protocol."""
_MAX_TEXT: Final = 80
_DEEP: Final = 3
"""Path segments from which a page is probably one of many: a profile, an article."""


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
    for anchor, href in islice(_linked(document), _MAX_LINKS):
        target = _target(document.base_of(href), href)
        text = _text_of(anchor) if target else ""
        if target is None or target.url == own or not (target.is_weighty or _is_weighty(text)):
            continue
        score = score_link(target.url, text)
        if score > best.get(target.url, _NOTHING).score and site_of(target.url) == own_site:
            best[target.url] = ScoredLink(target.url, score, text)
    return _ranked(best.values())


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


def _is_weighty(text: str) -> bool:
    """Whether a word of a text or an address is in a phrase that has a weight. Cheap; else the score is 0."""
    return not _weighty_words().isdisjoint(_WORD.findall(fold(text.lower())))


def _weights(words: str) -> list[float]:
    """The weights of the phrases in a text, best first, less what further words say besides."""
    if _weighty_words().isdisjoint(_WORD.findall(words)):
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
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")


def _ranked(links: Iterable[ScoredLink]) -> tuple[ScoredLink, ...]:
    return tuple(sorted(links, key=lambda link: (-link.score, len(link.url), link.url)))


# --- addresses ------------------------------------------------------------------------------------------------------

_EXTRACT: Final = tldextract.TLDExtract(
    suffix_list_urls=(), cache_dir=None, fallback_to_snapshot=True, include_psl_private_domains=True
)


@lru_cache(maxsize=4096)
def site_of(url: str) -> str:
    """The registrable domain of an address, from the list shipped with tldextract; the host where it has none."""
    try:
        host = (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""
    return _site_of_host(host)


@lru_cache(maxsize=4096)
def _site_of_host(host: str) -> str:
    return _EXTRACT(host).top_domain_under_public_suffix or _last_labels(host)


def _last_labels(host: str) -> str:
    """The last two labels of a name without a public suffix; an IP address whole."""
    return host if ":" in host or host.replace(".", "").isdigit() else ".".join(host.split(".")[-2:])


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


def _text_of(anchor: Any) -> str:
    text = " ".join(text_of(anchor).split())
    if not text:
        text = " ".join((anchor.get("aria-label") or anchor.get("title") or _alternative(anchor)).split())
    return text[:200]


def _alternative(anchor: Any) -> str:
    image = anchor.find(".//img")
    return (image.get("alt") or "") if image is not None else ""


# --- whose site it is -----------------------------------------------------------------------------------------------


_NAMES: Final = tuple(
    etree.XPath(path, smart_strings=False)
    for path in (
        "//meta[@property='og:site_name' or @name='application-name' or @property='og:title']/@content",
        "//title//text()",
        "//h1//text()",
        "//*[contains(@class,'logo') or contains(@id,'logo')]/descendant-or-self::*/@*[name()='alt' or name()='title']",
        "//header//img/@alt",
        "//text()[contains(., '©') or contains(., 'Copyright')][not(parent::script)]",
    )
)
"""Where a page names its site."""


def site_names(document: Document) -> tuple[str, ...]:
    """What a page calls its site: og:site_name, title and its parts, first heading, logo, copyright line."""
    return tuple(dict.fromkeys(_site_names(document)))


def _site_names(document: Document) -> Iterator[str]:
    """The names as they are looked for, the surest first."""
    for path in _NAMES:
        texts = (" ".join(text.split()) for text in path(document.root)[:20])
        yield from (text for text in texts if text and len(text) <= 300)


def names_company(document: Document, name: str) -> bool:
    """Whether a home page names the company: its key words in what the page calls itself, or in its domain."""
    wanted = organisation_key(name).split()
    if not wanted:
        return False
    joined = "".join(wanted)
    if joined in re.sub(r"[^a-z0-9]", "", site_of(document.url).rpartition(".")[0]) and len(joined) >= 3:
        return True
    return any(_holds(organisation_key(text[:200]).split(), wanted) for text in _site_names(document))


def _holds(words: list[str], wanted: list[str]) -> bool:
    """Whether the wanted words stand in a row, or written as one word."""
    if "".join(wanted) in words:
        return True
    return any(words[start : start + len(wanted)] == wanted for start in range(len(words) - len(wanted) + 1))


_NOTHING: Final = ScoredLink("", 0.0)


def _linked(document: Document) -> Iterator[tuple[Any, str]]:
    """Links with their addresses, but not mail, telephone and script: ten thousand of those must hide no other one."""
    for anchor in document.root.iter("a", "area"):
        href = (anchor.get("href") or "").strip()
        if href and not href[:11].lower().startswith(_NO_PAGES):
            yield anchor, href
