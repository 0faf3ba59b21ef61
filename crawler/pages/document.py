"""A fetched or saved document, ready to be read: bytes to text to tree, each done once and only when asked for."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, fields
from datetime import datetime
from functools import cached_property, lru_cache
from itertools import islice
from typing import Any, Final
from urllib.parse import unquote, urljoin, urlsplit

from lxml import etree
from parsel import Selector
from parsel.selector import create_root_node
from w3lib.html import get_base_url

from crawler.charsets import decode
from crawler.wishes import NO_WISHES, Wishes, meta_wishes

_YEAR = re.compile(r"(?:19|20)(?<![\d.#-]..)\d\d(?![\d.%-])")
_TOO_FAR = 2040
"""Numbers above it are widths and colours rather than years."""
_DATA_URI = re.compile(r"""data:[\w/+.-]+;base64,[A-Za-z0-9+/=\s]{200,}""")
_MAX_METAS = 200
_END = re.compile(r"</(?:html|body)\b", re.IGNORECASE)
_FOOT = 100_000
"""Characters at the end of a page in which it closes."""
_OPENS = re.compile(r"<(?:div|section|article|main|ul|ol|dl|table)\b", re.IGNORECASE)
_CLOSES = re.compile(r"</(?:div|section|article|main|ul|ol|dl|table)\b", re.IGNORECASE)
_ORIGIN = re.compile(r"https?://[^/?#]+", re.IGNORECASE)
_TITLE_END = re.compile(r"\s[|\u2013—-]\s")
_ADDRESS_SIGNS = re.compile(r"[-_+.]|\b(?:html?|aspx?|php)\b")
_CRUMBS = etree.XPath("(//*[contains(@class, 'breadcrumb')])[1]//text()[normalize-space()]", smart_strings=False)
text_of: Final = etree.XPath("string()", smart_strings=False)
"""The text of an element with all below it, as it stands."""
texts_of: Final = etree.XPath(".//text()", smart_strings=False)
"""The pieces of text below an element, in order."""


@dataclass(frozen=True)
class Document:
    """One document at one address.

    `organisation` is the name of the company or event whose page it is, where the caller knows it.
    """

    url: str
    body: bytes
    content_type: str | None = None
    organisation: str | None = None
    wishes: Wishes = NO_WISHES
    """What the answer's headers and the site's files asked."""
    fetched_at: datetime | None = None
    """Aware UTC; None for a saved page. It judges a page's date of expiry."""

    def __getstate__(self) -> dict[str, Any]:
        # What was made of the body stays here: a tree cannot travel to another process.
        return {field.name: getattr(self, field.name) for field in fields(self)}

    @cached_property
    def text(self) -> str:
        """The decoded body; inline base64 images are cut out (one page in the corpus is 95 % of them)."""
        return _DATA_URI.sub("data:,", decode(self.body, self.content_type))

    @cached_property
    def root(self) -> Any:
        """The html element of the parsed page, the one tree that all readers share."""
        # not lxml.html's parser, which asks Python for the class of every element
        return create_root_node(self.text, etree.HTMLParser, base_url=self.url)

    @cached_property
    def selector(self) -> Selector:
        """The tree for those who ask by XPath."""
        return Selector(root=self.root, type="html")

    def elements(self, tag: str, most: int) -> list[Any]:
        """The first elements of a tag, in order."""
        return list(islice(self.root.iter(tag), most))

    @cached_property
    def title(self) -> str:
        """What stands in the first title element."""
        return "".join(" ".join(texts_of(title)) for title in self.elements("title", 1))

    @cached_property
    def names(self) -> tuple[str, ...]:
        """What the page is by its first headings, its breadcrumb, its title and its address, where it has them."""
        heads = [" ".join(texts_of(head)) for head in self.elements("h1", 2)]
        if "breadcrumb" in self.text:
            heads += _CRUMBS(self.root)[-1:]
        segments = [unquote(part) for part in urlsplit(self.url).path.split("/") if part]
        address = _ADDRESS_SIGNS.sub(" ", segments[-1]) if segments else ""
        return tuple(text.strip() for text in (*heads, _TITLE_END.split(self.title)[0], address) if text.strip())

    @cached_property
    def shown(self) -> str:
        """All text of the page in small letters, as it stands, that of scripts too; no markup, no comments."""
        return str(etree.tostring(self.root, method="text", encoding="unicode")).lower()

    @cached_property
    def base_url(self) -> str:
        """What relative links resolve against."""
        return str(get_base_url(self.text, self.url))

    @cached_property
    def host(self) -> str:
        """Lower-case host of the document's address."""
        return (urlsplit(self.url).hostname or "").lower()

    @cached_property
    def language(self) -> str | None:
        """Two-letter code of the html element's lang, where it says so."""
        lang = str(self.selector.xpath("string(/html/@lang)").get() or "").strip().lower()
        return lang[:2] if re.match(r"[a-z]{2}\b", lang) else None

    @cached_property
    def asked(self) -> Wishes:
        """What the owner asks of those who use the page: what came with it and its meta tags."""
        if not self.is_html:
            return self.wishes
        metas = ((meta.get("name") or meta.get("http-equiv"), meta.get("content")) for meta in self.root.iter("meta"))
        pairs = islice(((name, content) for name, content in metas if name and content is not None), _MAX_METAS)
        return self.wishes | meta_wishes(pairs, self.fetched_at)

    @cached_property
    def latest_year(self) -> int:
        """The latest year the page names, its copyright line for one; 0 where it names none."""
        years = (int(year) for year in _YEAR.findall(self.shown))
        return max((year for year in years if year < _TOO_FAR), default=0)

    @cached_property
    def json(self) -> Any | None:
        """The document as JSON; None where it is not JSON."""
        if not self.text.lstrip("\ufeff \t\r\n").startswith(("{", "[")):
            return None
        try:
            return json.loads(self.text.lstrip("\ufeff"), strict=False)
        except ValueError:
            return None

    @cached_property
    def is_html(self) -> bool:
        """Whether the body looks like an HTML page rather than JSON, XML or YAML."""
        start = self.text.lstrip("\ufeff \t\r\n")[:2000].lower()
        return self.json is None and not start.startswith("<?xml") and ("<" in start)

    @cached_property
    def is_whole(self) -> bool:
        """Whether an HTML page was sent to its end: it closes, or leaves no container open and no tag unfinished.

        The ends of html and body may be left out (HTML 13.1.2.4), those of containers may not.
        """
        if not self.is_html or _END.search(self.text, max(0, len(self.text) - _FOOT)):
            return True
        opened, closed = len(_OPENS.findall(self.text)), len(_CLOSES.findall(self.text))
        return opened <= closed and self.text.rfind("<") <= self.text.rfind(">")

    def absolute(self, href: str) -> str:
        """A link of the page as an absolute address. Raises ValueError for what is no address."""
        href = href.strip()
        return _joined(self.base_of(href), href)

    def base_of(self, href: str) -> str:
        """What a link is joined to: scheme and host for a path from the root, which is the same on a whole site."""
        return self._origin if href[:1] == "/" and href[:2] != "//" else self.base_url

    @cached_property
    def _origin(self) -> str:
        found = _ORIGIN.match(self.base_url)
        return found[0] if found else self.base_url


@lru_cache(maxsize=16384)
def _joined(base: str, href: str) -> str:
    return urljoin(base, href)
