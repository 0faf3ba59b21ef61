"""A fetched or saved document, ready to be read: bytes to text to tree, each done once and only when asked for."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urljoin, urlsplit

from parsel import Selector
from w3lib.encoding import html_to_unicode
from w3lib.html import get_base_url

_YEAR = re.compile(r"(?<![\d.#-])(?:19|20)\d\d(?![\d.%-])")
_TOO_FAR = 2040
"""Numbers above it are widths and colours rather than years."""
_DATA_URI = re.compile(r"""data:[\w/+.-]+;base64,[A-Za-z0-9+/=\s]{200,}""")


@dataclass(frozen=True)
class Document:
    """One document at one address.

    `organisation` is the name of the company or event whose page it is, where the caller knows it.
    """

    url: str
    body: bytes
    content_type: str | None = None
    organisation: str | None = None

    @cached_property
    def text(self) -> str:
        """The decoded body; inline base64 images are cut out (one page in the corpus is 95 % of them)."""
        _, text = html_to_unicode(self.content_type, self.body, default_encoding="utf-8")
        return _DATA_URI.sub("data:,", text)

    @cached_property
    def selector(self) -> Selector:
        """The parsed HTML tree."""
        return Selector(text=self.text or "<html></html>", type="html", base_url=self.url)

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
    def noindex(self) -> bool:
        """Whether the page asks robots, or ours by name, not to index it."""
        rules = self.selector.xpath("//meta[@content and @name]")[:200]
        return any(
            rule.attrib["name"].strip().lower() in ("robots", "mentorwatch")
            and re.search(r"\b(?:noindex|none)\b", rule.attrib["content"].lower()) is not None
            for rule in rules
        )

    @cached_property
    def latest_year(self) -> int:
        """The latest year the page names, its copyright line for one; 0 where it names none."""
        years = (int(year) for year in _YEAR.findall(self.text))
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

    @property
    def is_html(self) -> bool:
        """Whether the body looks like an HTML page rather than JSON, XML or YAML."""
        start = self.text.lstrip("\ufeff \t\r\n")[:2000].lower()
        return self.json is None and not start.startswith("<?xml") and ("<" in start)

    def absolute(self, href: str) -> str:
        """A link of the page as an absolute address."""
        return urljoin(self.base_url, href.strip())
