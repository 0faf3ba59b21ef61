"""When a role began, as a card says it: "since 2019", "seit März 2021". Joining a company is another matter."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

from pipelines.lexicon.folding import fold
from pipelines.lexicon.vocabulary import load_vocabulary

_MAX: Final = 120
_FEW: Final = 3
"""So many further words make a line say more than since when."""
_YEAR: Final = r"(?P<year>(?:19|20)\d\d)"
_DIGIT: Final = re.compile(r"\d|[^\x00-\x7f]")
"""What may be read as a digit."""
_BRACKETS: Final = re.compile(r"[\s,;(\[\u2013-]+$")


def since_of(text: str) -> str | None:
    """The date in a line that says since when and nothing else, ISO, as exact as it is; None where it says more."""
    found = _match(text)
    return found[0] if found and len((text[: found[1]] + text[found[2] :]).split()) < _FEW else None


def without_since(title: str) -> tuple[str, str | None]:
    """A title without the words at its end that say since when, and that date: "CEO (since 2019)"."""
    found = _match(title)
    if found is None:
        return title, None
    date, start, end = found
    ahead, behind = _BRACKETS.sub("", title[:start]), title[end:].strip(" .)]")
    return (ahead, date) if ahead and not behind else (title, None)


def _match(text: str) -> tuple[str, int, int] | None:
    if len(text) > _MAX or _DIGIT.search(text) is None:
        return None
    folded = fold(text)
    match = _since().search(folded)
    if match is None or len(folded) != len(text):
        return None
    month = match["month"]
    number = int(match["number"]) if match["number"] else _months().get(month.strip(". ")) if month else None
    if month and number is None:
        return None
    date = f"{match['year']}-{number:02d}" if number and 1 <= number <= 12 else match["year"]
    return date, match.start(), match.end()


@cache
def _since() -> re.Pattern[str]:
    words = sorted((fold(word) for word in load_vocabulary("pages")["since"]["words"]), key=len, reverse=True)
    return re.compile(
        rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})\s+(?:in\s+)?"
        rf"(?:(?:\d\d?\.\s?)?(?:(?P<number>\d\d?)[./]|(?P<month>[^\W\d]{{3,12}}\.?)\s+(?:de\s+|of\s+)?))?{_YEAR}(?!\d)"
    )


@cache
def _months() -> dict[str, int]:
    months = load_vocabulary("pages")["since"]["months"]
    return {name: number for number, names in enumerate(months, 1) for name in fold(names).split()}
