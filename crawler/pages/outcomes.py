"""Why a page shows nobody: an error page, a page drawn by scripts, quotes of customers, nothing at all."""

from __future__ import annotations

import re
from typing import Final

from lxml import etree

from crawler.pages.document import Document, text_of, texts_of
from crawler.pages.lines import PageLines
from crawler.pages.words import page_words
from pipelines.lexicon.folding import fold

_ROOTS: Final = etree.XPath("//body//*[@id or @data-reactroot or @ng-app]")
_FEW_WORDS: Final = 30
_FEW_WORDS_IN_A_SHELL: Final = 120


def why_nobody(document: Document, page: PageLines, quotes: int) -> str:
    """The reason code of a page without people."""
    if is_error_page(document, page):
        return "error_page"
    if is_login(document, page):
        return "login_wall"
    if needs_javascript(document, page):
        return "needs_javascript"
    if not page.lines:
        return "empty"
    return "testimonials" if quotes or page.quotes else "no_people"


def is_error_page(document: Document, page: PageLines) -> bool:
    """Whether a page that came with status 200 says that it is an error ("soft 404")."""
    heads = [line.text for line in page.lines[:40] if line.heading in (1, 2)][:2]
    return any(_says_error(text) for text in (document.title, *heads))


def _says_error(text: str) -> bool:
    match = page_words().error.search(fold(text).replace("\u2019", "'")) if len(text) <= 80 else None
    return match is not None and (match.start() == 0 or len(match[0]) > 8)


def is_login(document: Document, page: PageLines) -> bool:
    """Whether a page asks for a password and says little else: what lies behind it is not public."""
    asks = any((field.get("type") or "").strip().lower() == "password" for field in document.elements("input", 200))
    return asks and page.words() < _FEW_WORDS_IN_A_SHELL


def needs_javascript(document: Document, page: PageLines) -> bool:
    """Whether scripts draw the page: hardly a word to read, and a script, an empty root or a request for JavaScript."""
    words = page.words()
    if words >= _FEW_WORDS_IN_A_SHELL or not document.elements("script", 1):
        return False
    if words < _FEW_WORDS:
        return any(
            script.get("src") is not None or len(text_of(script)) > 200 for script in document.root.iter("script")
        )
    return _asks_for_javascript(document) or _has_empty_root(document)


def _asks_for_javascript(document: Document) -> bool:
    notice = " ".join(text for element in document.root.iter("noscript") for text in texts_of(element))[:2000]
    return re.search(r"java ?script", notice, re.IGNORECASE) is not None


def _has_empty_root(document: Document) -> bool:
    known = page_words().script_roots
    return any(
        (root.get("id") in known or "ng-app" in root.attrib) and not text_of(root).strip()
        for root in _ROOTS(document.root)[:200]
    )
