"""Whom a title serves and does not name as its bearer: "Assistente do CEO", "Office of the CFO, Analyst". Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from pipelines.lexicon.title_words import Entry, Item

_AHEAD: Final = frozenset({"aide", "aide_around", "secretary"})
"""Marks of those whose superior is named after them; a secretary to a board is an office of that board."""
_BEHIND: Final = frozenset({"aide_behind", "aide_around", "assistant"})
"""Marks of those whose superior may stand right before them: "CEO Assistant", "CEO-Assistenz"."""
_SUPERIOR: Final = frozenset({"head", "director", "vp", "c_level"})
_SERVING: Final = _AHEAD | _BEHIND | {"office"}
_KNOWN: Final = Entry("known")


def without_superiors(items: Sequence[Item]) -> list[Item]:
    """The items with everybody whom an assistant, secretary or office serves as words that change nothing."""
    if _SERVING.isdisjoint([item.entry.mark for item in items]):
        return list(items)
    done = list(items)
    for start, end in _statements(items):
        done[start:end] = _without_served_office(_without_served_person(done[start:end]))
    return done if any(item.entry.level or item.entry.mark == "assistant" for item in done) else list(items)


def _statements(items: Sequence[Item]) -> Iterator[tuple[int, int]]:
    """Start and end of the items between two breaks."""
    start = 0
    for n, item in enumerate(items):
        if item.entry.kind == "break":
            yield start, n
            start = n + 1
    yield start, len(items)


def _without_served_person(items: list[Item]) -> list[Item]:
    for n, item in enumerate(items):
        mark, before, after = item.entry.mark, items[:n], items[n + 1 :]
        if mark in _AHEAD and _serves(item.entry, after):
            return [*before, _serving(item, None), *map(_faded, after)]
        superior = _last_said(before)
        if mark in _BEHIND and superior and _leads(superior.entry) and not any(other.entry.level for other in after):
            return [*map(_faded, before), _serving(item, superior), *after]
    return items


def _serves(aide: Entry, after: Sequence[Item]) -> bool:
    """Whether somebody above the aide follows; a manager only behind "of", for an assistant manager is one himself."""
    of = any(item.entry.mark == "of" for item in after)
    return any(_is_served(item.entry, aide, of=of) for item in after)


def _is_served(superior: Entry, aide: Entry, *, of: bool) -> bool:
    """A bare rank ("Referent") serves only who runs the whole business."""
    if superior.level == "board":
        return aide.mark != "secretary"
    if aide.kind == "level":
        return superior.level == "c_level"
    return superior.level in _SUPERIOR or (of and superior.level == "manager")


def _leads(entry: Entry) -> bool:
    return entry.level in _SUPERIOR or entry.level in ("manager", "board")


def _serving(aide: Item, superior: Item | None) -> Item:
    """The aide as a role of its own; who helps a project manager works in projects."""
    entry = aide.entry
    if entry.kind == "role" and not entry.yields:
        return aide
    project = superior.entry.function if superior and superior.entry.level == "manager" else None
    return Item(Entry("role", project or "admin", "ic"), aide.tokens)


def _faded(item: Item) -> Item:
    return Item(_KNOWN, item.tokens)


def _last_said(items: Sequence[Item]) -> Item | None:
    return next((item for item in reversed(items) if item.entry.kind != "known"), None)


def _without_served_office(items: list[Item]) -> list[Item]:
    """`Office of the CFO` and `CEO Office` tell the field, not the rank."""
    for n, item in enumerate(items):
        if item.entry.mark != "office":
            continue
        served = _served_by_office(items, n)
        if served is not None:
            function = items[served].entry.function
            field = Entry("weak_field", function) if function not in (None, "general") else _KNOWN
            return [*items[:served], Item(field, items[served].tokens), *items[served + 1 :]]
    return items


def _served_by_office(items: Sequence[Item], at: int) -> int | None:
    of = at + 1 < len(items) and items[at + 1].entry.mark == "of"
    after = next((n for n in range(at + 1, len(items)) if items[n].entry.kind not in ("known", "mark")), None)
    if of and after is not None and items[after].entry.level in _SUPERIOR:
        return after
    return at - 1 if after is None and at and items[at - 1].entry.level == "c_level" else None
