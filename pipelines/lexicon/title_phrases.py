"""The grammar of titles: entries of the vocabulary put together to ranks with their functions. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from pipelines.lexicon.title_superiors import without_superiors
from pipelines.lexicon.title_words import Entry, Item

_RANK: Final = {
    level: rank
    for rank, level in enumerate(("ic", "senior_ic", "manager", "board", "head", "director", "vp", "c_level"))
}
_CHIEF_SPAN: Final = 10
_NOUNS: Final = ("ic", "senior_ic")
_STAFF: Final = frozenset(
    {"hr", "finance", "legal", "risk", "it", "marketing", "communications", "sales", "operations", "strategy"}
)
"""Functions that a general manager may run; beside other fields he runs the business they name."""
_BUSINESSES: Final = frozenset({"unit", "division", "bu", "business", "subsidiary", "company", "group"})
_PARTS_OF_OFFICES: Final = frozenset({"branch", "section", "division", "unit", "department", "bureau", "station"})


@dataclass(slots=True)
class Group:
    """One role of a title: its level, and its function where the words say one."""

    level: str
    function: str | None = None
    former: bool = False
    acting: bool = False
    of_firm: bool = False
    """A partner of a firm: a seat in it, so that a head beside it says more."""


@dataclass(slots=True)
class _Phrase:
    """The items between two breaks, with contextual marks decided."""

    items: list[Item]
    marks: frozenset[str | None] = field(init=False)

    def __post_init__(self) -> None:
        """What stands anywhere in it is asked for again and again."""
        self.marks = frozenset(item.entry.mark for item in self.items)

    @property
    def rank_at(self) -> int | None:
        """Where the highest rank stands; of equal ones the first that has a function."""
        found = [n for n, item in enumerate(self.items) if item.entry.level]
        return max(found, key=lambda n: (_RANK[self.items[n].entry.level or "ic"], -n), default=None)

    def has(self, mark: str, before: int | None = None) -> bool:
        """Whether a mark stands in the phrase (before a position)."""
        if mark not in self.marks or before is None:
            return mark in self.marks
        return any(item.entry.mark == mark for item in self.items[:before])


def read_groups(items: Sequence[Item]) -> list[Group]:
    """The roles a title names, in its order; phrases without a rank tell the function of their neighbour."""
    marks = {item.entry.mark for item in items}
    if marks.isdisjoint(_DECISIONS) and not any(item.entry.level for item in items):
        return []
    said = _in_context(_without_owners(_without_addressee(items) if "to" in marks else list(items)))
    phrases = _phrases(without_superiors(_join_chiefs(said) if "chief" in marks else said))
    firsts = [n for n, phrase in enumerate(phrases) if phrase.rank_at is not None]
    groups: list[Group] = []
    past = False
    for turn, n in enumerate(firsts):
        end = firsts[turn + 1] if turn + 1 < len(firsts) else len(phrases)
        before = phrases[:n] if turn == 0 else []
        group = _group(phrases[n], phrases[n + 1 : end], before)
        parts = [*before, phrases[n], *phrases[n + 1 : end]]
        past = (past or any(part.has("former") for part in parts)) and not phrases[n].has("current")
        group.former = past
        groups.append(group)
    return groups


def _without_addressee(items: Sequence[Item]) -> list[Item]:
    """What stands before "to": the executive assistant to the CEO is no CEO."""
    for n, item in enumerate(items):
        if item.entry.mark == "to" and n and any(other.entry.kind in ("role", "level", "mark") for other in items[:n]):
            return list(items[:n])
    return list(items)


def _without_owners(items: list[Item]) -> list[Item]:
    """The professor of "Professor's assistant" is not the person."""
    if "s" not in [item.tokens[0].text for item in items]:
        return items
    return [
        Item(Entry("known"), item.tokens) if after and after.tokens[0].text == "s" and item.entry.level else item
        for item, after in zip(items, [*items[1:], None], strict=True)
    ]


def _in_context(items: list[Item]) -> list[Item]:
    """Ambiguous abbreviations with the function that the words beside them tell."""
    if not any(item.entry.alternatives for item in items):
        return items
    named = [item.entry.function for item in items if item.entry.function and not item.entry.alternatives]
    return [Item(_in_field(item.entry, named), item.tokens) if item.entry.alternatives else item for item in items]


def _in_field(entry: Entry, named: list[str]) -> Entry:
    return replace(entry, function=next((other for other in entry.alternatives if other in named), entry.function))


def _join_chiefs(items: list[Item]) -> list[Item]:
    """Every "Chief ... Officer" as one role with the function of the words between."""
    joined: list[Item] = []
    at = 0
    while at < len(items):
        end = _chief_end(items, at) if items[at].entry.mark == "chief" else None
        if end is None:
            joined.append(items[at])
            at += 1
        else:
            between = [_Phrase(part) for part in _parts(items[at + 1 : end])]
            entry = Entry("role", _field_of(between), "c_level")
            joined.append(Item(entry, tuple(token for item in items[at : end + 1] for token in item.tokens)))
            at = end + 1
    return joined


def _chief_end(items: list[Item], at: int) -> int | None:
    for n in range(at + 1, min(len(items), at + _CHIEF_SPAN)):
        entry = items[n].entry
        if entry.mark == "officer" or entry.level == "director":
            return n
        if entry.level or entry.mark in ("chief", "of", "to", "at") or items[n].tokens[0].text == "|":
            return None
    return None


def _parts(items: Sequence[Item]) -> list[list[Item]]:
    """The items between breaks; words like "for" begin a new part too."""
    parts: list[list[Item]] = [[]]
    for item in items:
        if item.entry.kind == "break" or item.entry.mark in ("for", "and", "at"):
            parts.append([])
        else:
            parts[-1].append(item)
    return [part for part in parts if part]


def _phrases(items: list[Item]) -> list[_Phrase]:
    return [_Phrase(_decided(part)) for part in _parts(items)]


def _decided(items: list[Item]) -> list[Item]:
    """The phrase with its contextual marks as ranks, fields or nothing, from right to left."""
    done: list[Item] = []
    for n in range(len(items) - 1, -1, -1):
        item = items[n]
        decide = _DECISIONS.get(item.entry.mark or "")
        done.insert(0, Item(decide(item.entry, items[:n], done), item.tokens) if decide else item)
    return done


def _officer(entry: Entry, before: list[Item], after: list[Item]) -> Entry:  # noqa: ARG001 - one signature for all marks
    return replace(entry, level=None if _ranked(after) else "ic")


def _assistant(entry: Entry, before: list[Item], after: list[Item]) -> Entry:  # noqa: ARG001
    """Before a rank it lowers that ("assistant manager"), else it is a role of its own."""
    return entry if _first_said(after) is not None else Entry("role", "admin", "ic", entry.mark, yields=True)


def _associate(entry: Entry, before: list[Item], after: list[Item]) -> Entry:  # noqa: ARG001
    return entry if _ranked(after) else replace(entry, level="ic")


def _head(entry: Entry, before: list[Item], after: list[Item]) -> Entry:  # noqa: ARG001
    """The head projectionist is no head."""
    return _SENIOR if _has_noun(after) and not _begins_with_of(after) else replace(entry, level="head")


def _lead(entry: Entry, before: list[Item], after: list[Item]) -> Entry:
    """A lead developer is a senior one, a test lead leads a team."""
    if _has_noun(after):
        return _SENIOR
    return replace(entry, level="senior_ic" if after and not before else "manager")


def _senior_noun(entry: Entry, before: list[Item], after: list[Item]) -> Entry:  # noqa: ARG001
    return _SENIOR if _ranked(after) else replace(entry, level="senior_ic")


def _tail(entry: Entry, before: list[Item], after: list[Item]) -> Entry:  # noqa: ARG001
    return entry if after else replace(entry, level="ic")


def _member(entry: Entry, before: list[Item], after: list[Item]) -> Entry:
    """Of a committee, else of anything, which is no role."""
    committee = any(item.entry.mark == "committee" for item in [*before, *after])
    return replace(entry, level="ic") if committee else entry


def _ranked(items: list[Item]) -> bool:
    return any(item.entry.level for item in items)


def _has_noun(items: list[Item]) -> bool:
    return any(item.entry.level in _NOUNS and item.entry.mark not in _DECISIONS for item in items)


def _first_said(items: list[Item]) -> Item | None:
    """The first item that is no filler, if it is a rank."""
    said = next((item for item in items if item.entry.kind != "known"), None)
    return said if said and said.entry.level else None


def _begins_with_of(items: list[Item]) -> bool:
    return bool(items) and items[0].entry.mark == "of"


def _partner(entry: Entry, before: list[Item], after: list[Item]) -> Entry:
    if _ranked(after):
        return Entry("field", "sales")
    business = bool(before) and before[-1].tokens[-1].text == "business"
    return replace(entry, level="ic" if business else "director")


def _chief(entry: Entry, before: list[Item], after: list[Item]) -> Entry:
    """Without "officer": a chief engineer is senior, a fire chief or section chief a head, others c_level."""
    if _has_noun(after):
        return _SENIOR
    part = any(token.text in _PARTS_OF_OFFICES for item in after for token in item.tokens)
    outside = not after or part or any(item.entry.kind in ("field", "weak_field") for item in before)
    return replace(entry, level="head" if outside else "c_level")


_SENIOR: Final = Entry("mark", mark="senior")
_DECISIONS: Final = {
    "officer": _officer,
    "assistant": _assistant,
    "associate": _associate,
    "head": _head,
    "lead": _lead,
    "senior_noun": _senior_noun,
    "tail": _tail,
    "member": _member,
    "partner": _partner,
    "chief": _chief,
}


def _group(phrase: _Phrase, after: list[_Phrase], before: list[_Phrase]) -> Group:
    at = phrase.rank_at
    if at is None:
        raise ValueError("a group needs a rank")
    top = phrase.items[at].entry
    acting = any(part.has("acting") for part in [phrase, *after, *before])
    if any(part.has("committee") for part in [phrase, *before]) and top.level in (*_NOUNS, "board", "head", "c_level"):
        return Group("board", "governance", acting=acting)
    function = _function(phrase, at, after, before)
    return Group(_level(phrase, at, top, function), function, acting=acting, of_firm=top.mark == "partner")


def _level(phrase: _Phrase, at: int, top: Entry, function: str | None) -> str:
    level = top.level or "ic"
    if level == "board" and top.yields and function != "governance":
        level = "ic"
    if level == "c_level" and top.mark == "unit" and function not in (None, "general"):
        return "director"
    if level == "manager" and phrase.has("freelance"):
        return "ic"
    if level == "ic" and phrase.has("senior"):
        return "senior_ic"
    if level == "c_level" and (phrase.has("deputy", at) or phrase.has("assistant", at)):
        return "vp"
    return level


def _function(phrase: _Phrase, at: int, after: list[_Phrase], before: list[_Phrase]) -> str | None:
    """The function of a rank: its own, else that of the fields nearest to it, else of a noun beside it."""
    top = phrase.items[at].entry
    if top.mark == "whole":
        return None
    if top.function and not top.yields:
        return top.function
    pre, post = _Phrase(phrase.items[:at]), _Phrase(phrase.items[at + 1 :])
    if any(item.entry.mark == "business" for item in phrase.items):
        return _of_business([pre, post, *after])
    own = _field_of([pre, post])
    if own or top.function:
        return own or (_field_of(after, weak=False) if top.yields else None) or top.function
    noun = next((item.entry.function for item in phrase.items if item.entry.level and item.entry.function), None)
    return noun or _field_of(after) or _field_of(before)


def _of_business(phrases: Sequence[_Phrase]) -> str | None:
    """The function a general manager runs, None for a business: "GM Facilities", "General Manager, Home Appliances"."""
    words = {token.text for phrase in phrases for item in phrase.items for token in item.tokens}
    function = _field_of(phrases)
    return function if function in _STAFF and words.isdisjoint(_BUSINESSES) else None


def _field_of(phrases: Sequence[_Phrase], *, weak: bool = True) -> str | None:
    """The last field of the first phrase that has one; weak fields count where there is no other."""
    for kind in ("field", "weak_field") if weak else ("field",):
        for phrase in phrases:
            named = [item.entry.function for item in phrase.items if item.entry.kind == kind]
            if named:
                return named[-1]
    return None
