"""What of an address stays the same from one link to the next: numbers, random parts and repeats are folded. Pure."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Final

NUMBER, RANDOM = "#", "*"
MOST_SEGMENTS: Final = 16
"""Path segments that are told apart: no page about people lies deeper."""
_UUID: Final = re.compile(r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}", re.IGNORECASE)
_HEX: Final = re.compile(r"[0-9a-f]+", re.IGNORECASE)
_DIGITS: Final = re.compile(r"\d+")
_BETWEEN: Final = re.compile(r"([-_.~])")
_CHANGES: Final = re.compile(r"(?<=[a-z])(?=\d)|(?<=\d)(?=[a-z])", re.IGNORECASE)
_CASES: Final = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z]{2})(?=[a-z])")


def is_random(text: str) -> bool:
    """Whether a text looks drawn by lot rather than written: 8f1c02d9e7, a UUID, QmFzZTY0IQ==; never a mere number.

    Of a text with hyphens one part that does is enough.
    """
    return _UUID.fullmatch(text) is not None or any(_is_token(part) for part in _BETWEEN.split(text))


def _is_token(text: str) -> bool:
    if len(text) < 6 or not text.isascii() or text.isdigit():
        return False
    changes = len(_CHANGES.findall(text))
    if changes and len(text) >= 8 and (_HEX.fullmatch(text) or len(_CASES.findall(text)) >= 2):
        return True
    return changes >= 3


def fold_part(text: str) -> str:
    """A path segment, a value or a label: random parts as `*`, numbers as `#`, small letters."""
    if _UUID.fullmatch(text):
        return RANDOM
    parts = _BETWEEN.split(text)
    return "".join(RANDOM if _is_token(part) else _DIGITS.sub(NUMBER, part.casefold()) for part in parts)


def fold_host(host: str) -> str:
    """A host without www, its labels folded; an IP address whole."""
    try:
        return str(ip_address(host))
    except ValueError:
        return ".".join(fold_part(label) for label in host.removeprefix("www.").split("."))


def fold_repeats(parts: list[str]) -> list[str]:
    """Parts without what repeats the parts right before it: c a b a b as c a b; of very many parts only the first."""
    kept: list[str] = []
    for part in parts[:MOST_SEGMENTS]:
        kept.append(part)
        for size in range(1, len(kept) // 2 + 1):
            if kept[-size:] == kept[-2 * size : -size]:
                del kept[-size:]
                break
    return kept
