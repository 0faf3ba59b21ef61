"""Names of people: whether a text is one, its parts, and a comparable key. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PersonName:
    full: str
    original: str
    given: str
    family: str
    key: str
    honorifics: tuple[str, ...] = ()
    suffixes: tuple[str, ...] = ()


def read_name(text: str, *, trusted: bool = False) -> PersonName | None:
    words = text.split(",")[0].split()
    if not 2 <= len(words) <= 5 or not all(re.match(r"[^\W\d_][\w.'’\ufffd-]*$", w) and w[0].isupper() for w in words):
        return None
    full = " ".join(words)
    return PersonName(full, text, words[0], words[-1], full.casefold())
