"""SEC Form 8-K, item 5.02: which of its uses a report is: somebody leaves, is appointed or elected, or pay only. Pure.

Nobody's name is taken from it: a report is a dated sign that something moved, and where to read about it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from lxml import etree, html

from crawler.charsets import decode
from crawler.registries.answers import AnswerError
from pipelines.lexicon.vocabulary import load_vocabulary

MOVES: Final = ("departure", "appointment", "election")
PAY_ONLY: Final = "pay only"
_DOCUMENT: Final = re.compile(rb"<TYPE>8-K.*?<TEXT>(.*?)</TEXT>", re.DOTALL | re.IGNORECASE)
_ITEM: Final = re.compile(r"\bitem\s*5\s*\.\s*02\b", re.IGNORECASE)
_NEXT: Final = re.compile(
    r"\b(?i:item)\s*(?!5\s*\.\s*02)\d\s*\.\s*\d\d\b[\W_]*(?=[A-Z])|\bSIGNATURES?\b|\bSignatures?\s+Pursuant\b"
)
"""The next item's heading; "Item 9.01 of this report" is none, for a small letter follows."""
_BLOCKS: Final = frozenset({"p", "div", "td", "th", "tr", "table", "br", "li", "h1", "h2", "h3", "h4", "h5", "h6"})
_SENTENCE: Final = re.compile(
    r"(?<=[.;:])(?<!\b[A-Z]\.)(?<!\b(?:Mr|Ms|Dr|Jr|Sr|No|Co)\.)(?<!\b(?:Mrs|Inc|Ltd)\.)(?<!\bCorp\.)\s+(?=[A-Z“\"(])|\n+"
)
_LONGEST: Final = 2_000_000
"""Bytes of a report that are read: exhibits come behind it."""


@dataclass(frozen=True, slots=True)
class Departures:
    """What item 5.02 of a report is about; nothing known where the text says nothing clearly."""

    uses: tuple[str, ...]
    """departure, appointment, election: those that the text says; or `pay only`."""

    @property
    def detail(self) -> str:
        """The uses in one line, empty where they are not known."""
        return ", ".join(self.uses)


def read_departures(body: bytes) -> Departures | None:
    """What item 5.02 of a report says; None where the report has no such item. Raises AnswerError.

    `body` is the report's HTML, or the full submission around it.
    """
    text = _text(body)
    sections = _sections(text)
    if not sections:
        return None
    uses = tuple(use for use in MOVES if any(_says(use, sentence) for sentence in _sentences(sections)))
    if uses:
        return Departures(uses)
    pays = any(_pattern("pay").search(section) for section in sections)
    return Departures((PAY_ONLY,) if pays else ())


def _text(body: bytes) -> str:
    submission = _DOCUMENT.search(body[: 4 * _LONGEST])
    page = submission[1] if submission else body
    # As bytes: a text that declares an encoding of its own is refused.
    parser = html.HTMLParser(encoding="utf-8", remove_comments=True)
    try:
        root = html.document_fromstring(decode(page[:_LONGEST]).encode("utf-8", "replace"), parser)
    except (etree.ParserError, ValueError):
        raise AnswerError("unreadable", "not the HTML of an 8-K") from None
    return "".join(_pieces(root))


def _pieces(root: html.HtmlElement) -> Iterator[str]:
    """The text with a line break at the edges of blocks alone: in the source a sentence goes over lines."""
    for event, element in etree.iterwalk(root, events=("start", "end")):
        if element.tag in _BLOCKS:
            yield "\n"
        text = element.text if event == "start" else element.tail
        if text and not (event == "start" and element.tag in {"script", "style"}):
            yield " ".join(f"|{text}|".split())[1:-1]


def _sections(text: str) -> list[str]:
    """What stands under each heading of the item, without the heading itself."""
    found = []
    for start in _ITEM.finditer(text):
        end = _NEXT.search(text, start.end())
        section = text[start.end() : end.start() if end else len(text)]
        if _pattern("heading").match(re.sub(r"^[\W_]+", "", section)):
            found.append(_pattern("heading").sub("\n", section))
    return found


def _sentences(sections: list[str]) -> list[str]:
    return [" ".join(part.split()) for section in sections for part in _SENTENCE.split(section)]


def _says(use: str, sentence: str) -> bool:
    if use == "appointment":  # to the board it is an election
        sentence = _pattern("election").sub(" board ", sentence)
    if not _pattern(use).search(sentence) or not _pattern("office").search(sentence):
        return False
    return _pattern("supposed").search(sentence) is None


@cache
def _pattern(name: str) -> re.Pattern[str]:
    words = load_vocabulary("edgar")
    return re.compile(words["uses"].get(name) or words[name], re.IGNORECASE | re.VERBOSE)
