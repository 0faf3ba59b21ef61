"""What a secret looks like: the names and shapes of config/secrets.toml, and long strings that no one typed."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Final
from urllib.parse import unquote

_LONG: Final = 10
"""Characters from which a value behind a doubtful name is a secret."""
_UUID: Final = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_RANDOM: Final = re.compile(r"[A-Za-z0-9+/_=.~-]{20,}")
_HEX: Final = re.compile(r"[0-9a-f]{32,}|[0-9A-F]{32,}")


@dataclass(frozen=True, slots=True)
class Shapes:
    """config/secrets.toml, ready to be asked. Names are given as `folded` makes them."""

    names: frozenset[str]
    name_endings: tuple[str, ...]
    names_in_addresses: frozenset[str]
    names_of_long_values: frozenset[str]
    open_names: frozenset[str]
    path_words: frozenset[str]
    headers: frozenset[str]
    web_schemes: frozenset[str]
    token: re.Pattern[str]
    """A value that tells by itself what it is."""

    def is_secret(self, name: str) -> bool:
        """Whether what stands behind the name is secret wherever it stands."""
        return name in self.names or name.endswith(self.name_endings)

    def is_secret_parameter(self, name: str, value: str) -> bool:
        """Whether a parameter of an address is secret, by its name or the look of its value."""
        if self.is_secret(name) or name in self.names_in_addresses:
            return True
        if name in self.names_of_long_values and len(value) >= _LONG:
            return True
        return name not in self.open_names and looks_random(value)


@cache
def shapes() -> Shapes:
    """The whole file, read once."""
    from watchlist.settings import config_dir  # pydantic takes 0.1 s, and `--help` needs none of this

    data = tomllib.loads((config_dir() / "secrets.toml").read_text("utf-8"))
    token = re.compile(rf"(?<![A-Za-z0-9])(?:{'|'.join(data.pop('shapes'))})")
    endings = tuple(data.pop("name_endings"))
    return Shapes(name_endings=endings, token=token, **{key: frozenset(words) for key, words in data.items()})


def folded(name: str) -> str:
    """A name as the lists have it: lower case, without - _ . [ ] and spaces."""
    return re.sub(r"[-_.\[\]\s]", "", unquote(name)).lower()


def looks_random(value: str) -> bool:
    """Whether a value is a long string that no one typed: letters and digits mixed as in keys, at least 20 of them.

    Words with dates between them, plain numbers and UUIDs (which are ids) are not.
    """
    if not _RANDOM.fullmatch(value) or _UUID.fullmatch(value):
        return False
    if _HEX.fullmatch(value):
        return len(set(value)) >= 8
    kinds = [_kind(char) for char in value if char.isalnum()]
    changes = sum(one != other for one, other in pairwise(kinds)) / max(len(kinds), 1)
    count = Counter(kinds)
    if len(count) == 3:
        return len(kinds) >= 20 and changes >= 0.4
    return len(kinds) >= 24 and changes >= 0.3 and 0.15 <= count["digit"] / len(kinds) <= 0.75


def is_key(word: str) -> bool:
    """`looks_random` for a word of a message: it must have capitals, small letters and digits (a hash is no secret)."""
    return len({_kind(char) for char in word if char.isalnum()}) == 3 and looks_random(word)


def _kind(char: str) -> str:
    return "digit" if char.isdigit() else "upper" if char.isupper() else "lower"
