"""Foreign text made fit to be shown, and the few phrases a digest needs. Pure."""

from __future__ import annotations

import html
import re
import tomllib
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import cache
from urllib.parse import urlsplit

from watchlist.settings import config_dir

_LONGEST_LINK = 1000
"""Bytes as HTML; a longer address is shown without its link."""
_JOINERS = "\u200c\u200d"
"""Invisible, but Persian words and family emoji are wrong without them."""


def plain(text: str, limit: int) -> str:
    """One line of at most `limit` characters: no control, direction or other invisible characters, spaces folded."""
    # NFC of a long run of combining marks is slow, so what is cut off anyway goes first
    shown = "".join(map(_shown, text[: limit * 8]))
    folded = re.sub(r"\s+", " ", unicodedata.normalize("NFC", shown)).strip()
    if len(folded) <= limit:
        return folded
    cut = folded[: limit - 1]
    word_end = cut.rfind(" ")
    return (cut[:word_end] if word_end > limit // 2 else cut).rstrip(" .,;:-\u2013") + "…"


def _shown(char: str) -> str:
    """The character; a space for a control character; nothing for one that is invisible or no character."""
    category = unicodedata.category(char)
    if category == "Cc":
        return " "
    return char if char in _JOINERS or category not in {"Cf", "Cs", "Co", "Cn"} else ""


def web_link(url: str | None) -> str | None:
    """The address if it is a plain http(s) one that may be a link; None for every other scheme, shape or length."""
    if not url or any(char.isspace() or not char.isprintable() for char in url):
        return None
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return None
    if parts.scheme not in {"http", "https"} or not host or "@" in parts.netloc or "\\" in url:
        return None
    return url if weight(url) <= _LONGEST_LINK else None


def weight(text: str | None) -> int:
    """Bytes the text takes in an HTML page."""
    return len(html.escape(text or "").encode())


def host_of(url: str | None) -> str:
    """The host without `www.`, to name a source that has no title; empty where there is none."""
    return (urlsplit(url).hostname or "").removeprefix("www.") if web_link(url) and url else ""


def age(since: datetime, until: datetime) -> str:
    """`just now`, `40 min ago`, `5 h ago`, `3 days ago`, `5 weeks ago`, `4 months ago` or `2 years ago` at `until`."""
    gap = until - since
    if gap < timedelta(hours=1):
        minutes = max(gap // timedelta(minutes=1), 0)
        return f"{minutes} min ago" if minutes else "just now"
    if gap < timedelta(days=1):
        return f"{gap // timedelta(hours=1)} h ago"
    for word, days, below in (("day", 1, 14), ("week", 7, 70), ("month", 30, 730)):
        if gap.days < below:
            return count(gap.days // days, word) + " ago"
    return count(gap.days // 365, "year") + " ago"


def count(number: int, noun: str, plural: str | None = None) -> str:
    """`1 move`, `12 posts`, `3 people`."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def listed(words: Sequence[str]) -> str:
    """`a, b and c`."""
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def long_date(day: date) -> str:
    """`Thursday, 5 March 2026`."""
    return f"{day:%A}, {day.day} {day:%B %Y}"


def short_date(day: date) -> str:
    """`5 Mar 2026`."""
    return f"{day.day} {day:%b %Y}"


def moved(kind: str) -> str:
    """What somebody does in a move, before the name of the organisation; an unknown kind is shown as it is."""
    words: dict[str, str] = _words("moves.toml")
    return words.get(kind, f"{kind.replace('_', ' ')} at")


def why(state: str, reason: str | None) -> str:
    """Why a source gives nothing, for people; an unknown code is shown as it is."""
    words = _words("reasons.toml")
    if reason is None:
        return words.get(state, state)
    if reason in words:
        return words[reason]
    if status := re.fullmatch(r"http_(\d{3})", reason):
        return f"the site answers with status {status[1]}"
    return reason.replace("_", " ")


@cache
def _words(file: str) -> dict[str, str]:
    """The words of a file of config/digest/."""
    words: dict[str, str] = tomllib.loads((config_dir() / "digest" / file).read_text("utf-8"))
    return words
