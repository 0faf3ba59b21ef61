"""Why a page shows nobody: an error page, a page drawn by scripts, quotes of customers, nothing at all."""

from __future__ import annotations

import re
from typing import Final

from crawler.pages.document import Document
from crawler.pages.lines import PageLines
from crawler.pages.words import page_words
from pipelines.lexicon.folding import fold

_FEW_WORDS: Final = 30
_FEW_WORDS_IN_A_SHELL: Final = 120


def why_nobody(document: Document, page: PageLines, quotes: int) -> str:
    """The reason code of a page without people."""
    if is_error_page(document, page):
        return "error_page"
    if needs_javascript(document, page):
        return "needs_javascript"
    if not page.lines:
        return "empty"
    return "testimonials" if quotes or page.quotes else "no_people"


def is_error_page(document: Document, page: PageLines) -> bool:
    """Whether a page that came with status 200 says that it is an error ("soft 404")."""
    title = " ".join(document.selector.xpath("(//title)[1]//text()").getall())
    heads = [line.text for line in page.lines[:40] if line.heading in (1, 2)][:2]
    return any(_says_error(text) for text in (title, *heads))


def _says_error(text: str) -> bool:
    match = page_words().error.search(fold(text).replace("\u2019", "'"))
    return match is not None and len(text) <= 80 and (match.start() == 0 or len(match[0]) > 8)


def needs_javascript(document: Document, page: PageLines) -> bool:
    """Whether scripts draw the page: hardly a word to read, and a script, an empty root or a request for JavaScript."""
    words = page.words()
    selector = document.selector
    if words >= _FEW_WORDS_IN_A_SHELL or not selector.xpath("//script"):
        return False
    if words < _FEW_WORDS:
        return bool(selector.xpath("//script[@src or string-length(.) > 200]"))
    return _asks_for_javascript(document) or _has_empty_root(document)


def _asks_for_javascript(document: Document) -> bool:
    notice = " ".join(document.selector.xpath("//noscript//text()").getall())[:2000]
    return re.search(r"java ?script", notice, re.IGNORECASE) is not None


def _has_empty_root(document: Document) -> bool:
    roots = document.selector.xpath("//body//*[@id or @data-reactroot or @ng-app]")[:200]
    known = page_words().script_roots
    return any(
        (root.attrib.get("id") in known or "ng-app" in root.attrib) and not root.xpath("normalize-space(.)").get()
        for root in roots
    )
