"""Lines that are what somebody said, or sign it: their names are those of customers and guests."""

from __future__ import annotations

import re
from typing import Final

_QUOTE_START: Final = re.compile(r"^\s*[\"“”„«\u2018❝‟]")
_QUOTE_END: Final = re.compile(r"[\"”“»\u2019❞]\s*$")
_LEADING_DASH: Final = re.compile(r"^\s*[-\u2013—~―]+\s*\S")
_SAID: Final = 4
"""Words behind the first that a quote has at least; a nickname in front of a name has fewer."""


def opens_with_quote(text: str) -> bool:
    """Whether a line is what somebody said, with who said it behind: "“The right choice,” says Ann Lee, mayor"."""
    return _QUOTE_START.search(text) is not None and text.count(" ") >= _SAID


def is_quoted(text: str) -> bool:
    """Whether a line begins or ends with a quotation mark and is no nickname in a name."""
    return bool(_QUOTE_START.search(text) or (_QUOTE_END.search(text) and text.count(" ") > 3))


def starts_with_dash(text: str) -> bool:
    """Whether a line is signed the way quotes are: "- Name, Company"."""
    return bool(_LEADING_DASH.match(text))
