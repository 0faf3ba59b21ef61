"""Names and titles of a page put together: which way round they stand and where a title ends."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from crawler.pages.card import Card, Marked, Signature, belongs, neighbour, shared_box
from crawler.pages.lines import Box, Line
from crawler.pages.marks import Mark, tidy_line
from crawler.pages.repeats import confirm
from crawler.pages.title_lines import adds_field, is_unfinished
from pipelines.lexicon.organisations import looks_like_organisation

_MAX_TITLE_LINES: Final = 3
_DEEP: Final = 4


def pair(marked: Marked) -> list[Card]:
    """Everybody the page shows, in page order; people may occur twice."""
    cards = [card for index, mark in enumerate(marked.marks) for card in _one_line_cards(index, mark)]
    cards += _pair_by_direction(marked)
    return sorted([*cards, *confirm(marked, cards)], key=lambda card: card.line)


# --- one-line patterns ----------------------------------------------------------------------------------------------


def _one_line_cards(index: int, mark: Mark) -> Iterator[Card]:
    if mark.pairs:
        yield from (Card(index, name, [title], [index]) for name, title in mark.pairs)
    elif mark.kind == "both" and mark.sure:
        for name in mark.names:
            yield Card(index, name, [mark.title or ""], [index], mark.employer)


# --- names and titles on lines of their own -------------------------------------------------------------------------


def _pair_by_direction(marked: Marked) -> list[Card]:
    groups: dict[Signature, list[int]] = defaultdict(list)
    for index, mark in enumerate(marked.marks):
        if mark.kind == "name":
            groups[marked.signature(index)].append(index)
    balance = {signature: _balance(marked, indexes) for signature, indexes in groups.items()}
    page_goes_back = sum(balance.values()) < 0
    cards: list[Card] = []
    for signature, indexes in groups.items():
        backward = balance[signature] < 0 or (balance[signature] == 0 and page_goes_back)
        for index in indexes:
            cards += _cards_at(marked, index, backward=backward)
    return cards


def _balance(marked: Marked, names: Sequence[int]) -> int:
    """How many more of these names have their title after than before them; a shared box counts double."""
    total = 0
    for index in names:
        after, before = neighbour(marked, index, 1), neighbour(marked, index, -1)
        follows = after is not None and marked.mark(after).kind == "title"
        precedes = before is not None and marked.mark(before).kind == "title"
        if follows and precedes and after is not None and before is not None:
            closer = _closeness(marked, index, after) - _closeness(marked, index, before)
            total += 2 * (closer > 0) - 2 * (closer < 0)
        total += follows - precedes
    return total


def _closeness(marked: Marked, index: int, other: int) -> int:
    """Depth of the smallest box that holds both lines."""
    return shared_box(marked.page.lines[index], marked.page.lines[other]).depth


def _cards_at(marked: Marked, index: int, *, backward: bool) -> list[Card]:
    step = -1 if backward else 1
    first = neighbour(marked, index, step)
    if first is None or marked.mark(first).kind != "title" or not belongs(marked, index, first):
        return []
    if _is_menu(marked.page.lines[index], marked.page.lines[first]):
        return []
    lines = list(_title_lines(marked, index, first, step))
    if backward:
        lines.reverse()
    titles = [marked.mark(i).title or tidy_line(marked.page.lines[i].text) for i in lines]
    return [Card(index, name, list(titles), list(lines)) for name in marked.marks[index].names]


def _is_menu(one: Line, other: Line) -> bool:
    """Whether two lines are entries of a list of links: the same look, each leading elsewhere."""
    if one.signature != other.signature:
        return False
    if one.heading and one.box is not other.box:  # headings of two entries of one list: products, stories
        return _entry(one) is not None and _entry(one) is not _entry(other)
    return bool(one.hrefs and other.hrefs) and one.hrefs != other.hrefs


def _entry(line: Line) -> Box | None:
    return next((box for box in islice(line.box.outward(), _DEEP) if box.tag in ("li", "article")), None)


def _title_lines(marked: Marked, index: int, first: int, step: int) -> Iterator[int]:
    """The line of the title and those that go on with it."""
    yield first
    taken, position = 1, first + step
    while 0 <= position < len(marked.marks) and taken < _MAX_TITLE_LINES:
        if not _goes_on(marked, index, position - step, position):
            return
        yield position
        taken, position = taken + 1, position + step


def _goes_on(marked: Marked, index: int, previous: int, position: int) -> bool:
    """Whether a line continues the title on the line before it."""
    mark, line, before = marked.mark(position), marked.page.lines[position], marked.page.lines[previous]
    if mark.kind not in ("title", "other") or line.heading not in (0, before.heading) or line.text.count(" ") > 9:
        return False
    together = line.box is before.box
    inside = shared_box(line, before).depth >= shared_box(marked.page.lines[index], before).depth
    if not inside or not (together or line.signature == before.signature):
        return False
    follower = marked.mark(position + 1).kind if position + 1 < len(marked.marks) else "label"
    if mark.kind == "title":
        return line.signature != marked.signature(index) or follower != "title"
    if is_unfinished(before.text, line.text) or adds_field(before.text, line.text):
        return True
    return together and not (looks_like_organisation(line.text) or any(char.isdigit() for char in line.text))
