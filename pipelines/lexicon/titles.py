"""What a job title says: function, level, further roles, employer, and whether it is past. Pure.

The rules are those of the title corpus (design section 4): the highest rank named wins; a title that names another
employer keeps the function and level of that job; committees and boards are governance.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

from pipelines.lexicon.employers import RANK_MARKS, split_employer
from pipelines.lexicon.folding import tidy
from pipelines.lexicon.languages import language_of_words, may_name_rank, rank_languages
from pipelines.lexicon.title_phrases import Group, read_groups
from pipelines.lexicon.title_words import Item, Token, corrected, names_deputy, spoken, title_words, tokenize

LADDER: Final = ("ic", "senior_ic", "manager", "head", "director", "vp", "c_level")
"""The career ladder from its foot; `board` and `none` stand beside it. Distance = steps on it."""

LEVELS: Final = (*LADDER, "board", "none")

FUNCTIONS: Final = (
    "general", "hr", "engineering", "it", "security", "data", "product", "design", "marketing", "communications",
    "sales", "customer", "finance", "legal", "risk", "operations", "strategy", "research", "medical", "education",
    "governance", "admin", "other",
)  # fmt: skip

_RANK: Final = {
    level: rank
    for rank, level in enumerate(("none", "ic", "senior_ic", "manager", "board", "head", "director", "vp", "c_level"))
}
_MAX_LENGTH: Final = 300
_MAX_WORDS: Final = 30
_SHORT_TITLE: Final = 8
_FEW_WORDS: Final = 2
"""So many words of an unknown language may be an abbreviation of a further one: "AD", "GF Personal"."""
_PRESIDENTS: Final = ("presid", "prezes", "президент", "vp")
_TRADES: Final = ("ic", "senior_ic")
_LEADING: Final = frozenset({"c_level", "vp", "director", "head", "manager"})


@dataclass(frozen=True, slots=True)
class Role:
    """One role of a title: what for, and how high."""

    function: str
    level: str


@dataclass(frozen=True, slots=True)
class TitleReading:
    """What a title says.

    `function` and `level` are of the highest-ranked role, `also` the further ones by rank. `organisation` is the
    employer the title names, verbatim. `confidence` is the share of its words the vocabulary knows, less where the
    function had to be supposed; 0.0 where it is no title.
    """

    title: str
    function: str = "other"
    level: str = "none"
    also: tuple[Role, ...] = ()
    organisation: str | None = None
    former: bool = False
    acting: bool = False
    deputy: bool = False
    language: str | None = None
    confidence: float = 0.0


@lru_cache(maxsize=16384)
def read_title(text: str) -> TitleReading:
    """What a job title says; level "none" and function "other" when it is not the title of one person."""
    title = tidy(text[: _MAX_LENGTH * 2])
    tokens = tokenize(title) if len(title) <= _MAX_LENGTH else ()
    words = spoken(tokens)
    if not words or len(words) > _MAX_WORDS:
        return TitleReading(title)
    language = language_of_words(_before_employer(words), title)
    reading = _read_in(language, title, tokens)
    if reading.level == "none" and len(words) <= _FEW_WORDS and language in (None, "en"):
        others = (_read_in(code, title, tokens) for code in rank_languages(words))
        reading = next((other for other in others if other.level != "none"), reading)
    if reading.level == "none" and len(words) <= _SHORT_TITLE and (mended := corrected(tokens)):
        again = _read_in(language, title, mended)
        return again if again.confidence == 1.0 else reading
    return reading


def _read_in(language: str | None, title: str, tokens: Sequence[Token]) -> TitleReading:
    """What the words say in a language laid over English."""
    items = title_words(language or "en").read(tokens)
    if "not_title" in {item.entry.kind for item in items}:
        return TitleReading(title, language=language)
    items, organisation = split_employer(title, items)
    return _reading(_Parsed(title, items, read_groups(items), organisation, language))


def _before_employer(words: list[str]) -> list[str]:
    """The words before "@": an employer's name is in any language."""
    at = words.index("@") if "@" in words else 0
    return words[:at] if at else words


def may_be_title(text: str) -> bool:
    """Whether a word of a text may name a rank or a role in any language. Cheap; else `read_title` finds no level."""
    return any(may_name_rank(token.text) for token in tokenize(tidy(text[: _MAX_LENGTH * 2])))


@lru_cache(maxsize=8192)
def has_title_word(text: str) -> bool:
    """Whether a text holds a word of the title vocabulary that names a rank or a role ("Head", "accountant")."""
    tokens = tokenize(text[:_MAX_LENGTH])
    words = spoken(tokens)
    if not any(map(may_name_rank, words)):
        return False
    language = language_of_words(words, text)
    items = title_words(language or "en").read(tokens)
    return any(item.entry.kind in ("role", "level") or item.entry.mark in RANK_MARKS for item in items)


class _Parsed(NamedTuple):
    """A title taken apart: the words of the job, the roles they name, the employer."""

    title: str
    items: Sequence[Item]
    groups: Sequence[Group]
    organisation: str | None
    language: str | None


def _reading(parsed: _Parsed) -> TitleReading:
    current = [group for group in parsed.groups if not group.former] or list(parsed.groups)
    roles = _roles(current)
    if not roles:
        return TitleReading(parsed.title, organisation=parsed.organisation, language=parsed.language)
    best = roles[0]
    return TitleReading(
        title=parsed.title,
        function=best.function,
        level=best.level,
        also=tuple(dict.fromkeys(role for role in roles[1:] if role != best)),
        organisation=parsed.organisation,
        former=all(group.former for group in parsed.groups),
        acting=any(group.acting for group in current),
        deputy=_is_deputy(parsed.items, parsed.language or "en"),
        language=parsed.language,
        confidence=_confidence(parsed.items, current),
    )


def _is_deputy(items: Sequence[Item], language: str) -> bool:
    """Whether an entry makes its bearer somebody's deputy; a vice president is none."""
    return any(
        names_deputy(language, token.text) and not _is_vice_president(item) for item in items for token in item.tokens
    )


def _is_vice_president(item: Item) -> bool:
    return item.entry.level == "vp" and any(part in token.text for token in item.tokens for part in _PRESIDENTS)


def _roles(groups: list[Group]) -> list[Role]:
    """The roles of a title, highest rank first; the first one's function is the title's."""
    if len(groups) == 1:
        return [Role(groups[0].function or _supposed(groups[0].level), groups[0].level)]
    ranked = sorted(_without_bare_seats(groups), key=lambda group: -_rank_of(group))
    if not ranked:
        return []
    top = [group for group in ranked if _rank_of(group) == _rank_of(ranked[0])]
    leader = _leader(top)
    function = leader.function or _function_of_others(leader, ranked) or _supposed(leader.level)
    rest = [group for group in ranked if group is not leader]
    return [
        Role(function, leader.level),
        *(Role(group.function or _supposed(group.level), group.level) for group in rest),
    ]


def _rank_of(group: Group) -> float:
    """A partner of a firm stands behind who heads something there."""
    return _RANK["head"] - 0.5 if group.of_firm else _RANK[group.level]


def _leader(top: list[Group]) -> Group:
    """Of equal ranks: who runs the whole business, else the first with a function of its own."""
    whole = next((group for group in top if group.function == "general"), None)
    return whole or next((group for group in top if group.function), top[0])


def _function_of_others(leader: Group, groups: list[Group]) -> str | None:
    """A bare rank takes the function of what stands beside it: "Co-Founder, Technical Lead" is engineering.

    But not of a trade: "Founder & Designer" runs the whole.
    """
    trades = _TRADES if leader.level == "c_level" else ()
    others = (group for group in groups if group is not leader and group.level not in trades)
    named = [group for group in others if group.function not in (None, "governance")]
    return named[0].function if named else None


def _supposed(level: str) -> str:
    return "general" if level in _LEADING else "governance" if level == "board" else "other"


def _without_bare_seats(groups: list[Group]) -> list[Group]:
    """The groups without what is only part of a seat: "Director, Board of Directors" is no director."""
    if any(group.level == "board" for group in groups):
        kept = [group for group in groups if group.level in ("board", "c_level", "vp") or group.function]
        return kept or groups
    return groups


def _confidence(items: Sequence[Item], groups: list[Group]) -> float:
    kinds = [item.entry.kind for item in items]
    unknown = kinds.count("unknown")
    share = 1 - unknown / max(1, len(kinds) - kinds.count("break"))
    supposed = unknown and not any(group.function for group in groups)
    return round(max(0.1, share * (0.7 if supposed else 1.0)), 2)
