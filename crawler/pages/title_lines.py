"""Where a title goes on in the next line, and how its lines read as one."""

from __future__ import annotations

from collections.abc import Sequence

from crawler.pages.marks import is_title
from crawler.pages.words import page_words
from pipelines.lexicon.titles import read_title


def is_unfinished(text: str, after: str) -> bool:
    """Whether a title breaks off within a phrase: "Chief Financial" + "Officer", "EVP, Worldwide", "Head of"."""
    text = text.rstrip()
    if text.endswith((",", "&", "/", "-", "\u2013")) or after[:1].islower():
        return True
    ahead, comma, part = text.rpartition(", ")
    if comma and " " not in part and is_title(ahead) and read_title(part).level in ("none", "ic"):
        return True
    words = part.casefold().split() or [""]
    chief = words[0] == "chief" and "officer" not in words and after.casefold().startswith("officer")
    return chief or words[-1] in page_words().connectors


def adds_field(title: str, after: str) -> bool:
    """Whether a line is the field of the rank before it: "Senior Vice President" + "Enterprise Risk"."""
    rank = read_title(title)
    if rank.level not in ("vp", "director", "head", "manager") or rank.function not in ("general", "other"):
        return False
    whole = read_title(f"{title}, {after}")
    return whole.level == rank.level and whole.function not in (rank.function, "general", "other")


def join_title(parts: Sequence[str]) -> str:
    """Title lines as one title: ", " between them, a blank where the break falls within a phrase."""
    title = parts[0]
    for part in parts[1:]:
        within = is_unfinished(title, part) or part.startswith(("&", "/", ","))
        title = f"{title} {part}" if within else f"{title}, {part}"
    return title
