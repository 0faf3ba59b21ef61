"""Text in comparable form: case, accents, spaces and punctuation folded away. Pure."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

_LETTERS: Final = str.maketrans(
    {
        "ł": "l",
        "ø": "o",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "æ": "ae",
        "œ": "oe",
        "\u0131": "i",
        "ħ": "h",
        "ŧ": "t",
        "ŀ": "l",
    }
)
"""Latin letters that Unicode does not decompose."""
_WORD: Final = 40
"""Characters of what comes again and again and is kept: words, names, short titles; a page's text comes once."""
_INVISIBLE: Final = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff]"
)


def tidy(text: str) -> str:
    """`text` in NFC without invisible and direction characters, white space folded to single blanks."""
    if not text.isascii():
        text = _INVISIBLE.sub("", unicodedata.normalize("NFC", text))
    return " ".join(text.split())


def fold(text: str) -> str:
    """`text` in lower case without accents; ß is ss, ł is l; Cyrillic keeps its letters (й is no и).

    Compatibility forms (ligatures, mathematical letters, full width) become plain letters.
    """
    if text.isascii():
        return text.lower()
    return _kept_folded(text) if len(text) <= _WORD else _folded(text)


def _folded(text: str) -> str:
    plain = unicodedata.normalize("NFKC", text).casefold().translate(_LETTERS)
    if plain.isascii():
        return plain
    kept: list[str] = []
    for char in unicodedata.normalize("NFD", plain):
        if not unicodedata.combining(char):
            kept.append(char)
        elif kept and "\u0400" <= kept[-1][0] <= "\u04ff":
            kept[-1] = unicodedata.normalize("NFC", kept[-1] + char)
    return "".join(kept)


_kept_folded = lru_cache(maxsize=16384)(_folded)
