"""Whose job a title names: the page's own organisation's, or another's."""

from __future__ import annotations

import re
from typing import Final

from crawler.pages.document import Document
from crawler.pages.marks import is_title
from crawler.pages.words import page_words, says_seat
from pipelines.lexicon.organisations import looks_like_organisation, organisation_key, same_organisation
from pipelines.lexicon.titles import TitleReading, may_be_title, read_title

OF: Final = re.compile(r"\b(?:at|of|for|de|von|bei|chez|w|в)\b|\bd['\u2019]", re.IGNORECASE)
"""Stands between a job and its employer: a text with it is not an employer alone."""

_SEAT_WORDS: Final = 2
"""Seats are short: "Member", "Vice Chair"; a longer title that is one says so itself."""
_BRAND: Final = 4
_SURE: Final = 0.9
"""A text that is a title in every word is no employer."""


def other_organisation(document: Document, organisation: str | None) -> str | None:
    """An organisation that is not the page's own."""
    if organisation is None or not any(char.isalpha() for char in organisation):
        return None
    own = document.organisation
    if own and (same_organisation(own, organisation) or _is_part(own, organisation)):
        return None
    label = document.host.removeprefix("www.").split(".")[0]
    key = organisation_key(organisation).replace(" ", "")
    return None if key == label or (own is None and (key.startswith(label) or label.startswith(key))) else organisation


def _is_part(own: str, other: str) -> bool:
    """Whether one name holds the other or both begin with one brand: "Acme" and "Acme Europe", "Acme Nordics"."""
    own_words, other_words = organisation_key(own).split(), organisation_key(other).split()
    if not own_words or not other_words:
        return False
    a, b = set(own_words), set(other_words)
    brand = own_words[0]
    shared = brand == other_words[0] and len(brand) >= _BRAND and brand not in page_words().generic
    return a <= b or b <= a or shared


def employer_by_place(title: str | None) -> str | None:
    """What stands after the last comma of a director's job, unless it is the job's field: "CEO, Plexus Systems"."""
    ahead, comma, tail = (title or "").rpartition(", ")
    if not comma or not is_title(ahead) or is_title(tail) or not tail[:1].isupper():
        return None
    field = read_title(f"VP {tail}").function not in ("general", "other")
    return tail if not field or (" " in tail and looks_like_organisation(tail)) else None


def employer_behind_of(title: str | None) -> str | None:
    """The organisation behind "of" or its like: "Directrice générale de Banque Océane"; a field is none."""
    match = OF.search(title or "")
    tail = (title or "")[match.end() :].strip() if match else ""
    return tail if " " in tail and tail[:1].isupper() and looks_like_organisation(tail) else None


def employer_ahead(title: str | None) -> str | None:
    """What stands before the first comma where the job stands behind it: "Oakridge Partners, Managing Partner"."""
    head, comma, tail = (title or "").partition(", ")
    if not comma or not is_title(tail) or not head[:1].isupper():
        return None
    if looks_like_organisation(head) and read_title(head).confidence < _SURE:
        return head
    field = read_title(f"VP {head}").function not in ("general", "other")
    return None if field or may_be_title(head) else head


def is_outside_job(title: str | None, reading: TitleReading) -> bool:
    """A board member whose title is no seat and no post of this organisation: "Experienced technology executive"."""
    return (
        title is not None and reading.level not in ("board", "c_level") and reading.title != "" and not is_seat(title)
    )


def is_seat(title: str) -> bool:
    """Whether a title is a seat on a board and nothing else."""
    if title.casefold() in ("director", "directors") or says_seat(title):
        return True
    return title.count(" ") < _SEAT_WORDS and read_title(f"board {title}").level == "board"
