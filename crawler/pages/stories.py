"""News: pages that are one article, and lines that are the entry of a list of articles. Whom they name is anybody."""

from __future__ import annotations

import re
from functools import cache
from itertools import islice
from typing import Final

from crawler.pages.document import Document
from crawler.pages.lines import PageLines
from crawler.pages.words import page_words, read_grouping
from pipelines.lexicon.folding import fold
from pipelines.lexicon.vocabulary import load_vocabulary

_HEADLINE: Final = 4
"""Words a headline has at least."""
_NEAR: Final = 4
_TOP: Final = 12
"""A page whose first heading stands in a part that is left out shows its date among its first lines."""
_MAX: Final = 40
_WORD: Final = re.compile(r"[^\W\d_]+")
_TYPES: Final = ('"NewsArticle"', '"BlogPosting"', '"ReportageNewsArticle"')


def is_story(document: Document, page: PageLines) -> bool:
    """Whether the page is one article: its first heading is a headline, and it has a date or says what was done."""
    headline = next(iter(document.names), "")
    words = _WORD.findall(fold(headline))
    if len(words) < _HEADLINE:
        return False
    if not page_words().story_verbs.isdisjoint(words[1:]):
        return True
    if read_grouping(headline) is not None:
        return False
    return any(kind in document.text for kind in _TYPES) or _has_dateline(page)


def _has_dateline(page: PageLines) -> bool:
    at = next((line.index for line in islice(page.lines, _TOP * 5) if line.heading == 1), None)
    near = page.lines[:_TOP] if at is None else page.lines[max(0, at - _NEAR) : at + _NEAR + 1]
    return any(is_dateline(line.text) for line in near)


def is_dateline(text: str) -> bool:
    """Whether a line is a date with a day, and says besides at most that something was posted then."""
    if len(text) > _MAX or not any(char.isdigit() for char in text):
        return False
    match = _date().search(fold(text))
    if match is None:
        return False
    rest = _WORD.findall(fold(text)[: match.start()] + fold(text)[match.end() :])
    return all(word in page_words().dated for word in rest)


def starts_with_date(text: str) -> bool:
    """Whether a line opens with a date with a day and goes on: "15.12.2022 Open day"."""
    if not text[:1].isdigit():
        return False
    match = _date().match(fold(text[:_MAX]))
    return match is not None and match.end() + 1 < len(text)


@cache
def _date() -> re.Pattern[str]:
    """A day: 12.03.2024, 2024-03-12, 12 March 2024, March 12, 2024."""
    known = (name for names in load_vocabulary("pages")["since"]["months"] for name in fold(names).split())
    months = "|".join(sorted(known, key=len, reverse=True))
    return re.compile(
        r"(?<!\d)(?:\d\d?[./-]\s?\d\d?[./-]\s?(?:19|20)\d\d|(?:19|20)\d\d[./\u5e74-]\d\d?[./\u6708-]\d\d?\u65e5?"
        rf"|\d\d?(?:\.|st|nd|rd|th|er)?\s+(?:de\s+|of\s+)?(?:{months})\.?,?\s+(?:de\s+)?(?:19|20)\d\d"
        rf"|(?:{months})\.?\s+\d\d?(?:st|nd|rd|th)?,?\s+(?:19|20)\d\d)(?!\d)"
    )
