"""What repeated cards teach: people whom words alone do not show, found by the shape they share with sure ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Final

from crawler.pages.card import Card, Marked, Signature, belongs, neighbour
from crawler.pages.groups import Group
from crawler.pages.marks import Mark, glued, is_title, tidy_line
from pipelines.lexicon.organisations import looks_like_organisation

_REPEATED: Final = 3
"""How many cards alike make a pattern (leaders.md section 2: at least three siblings)."""

Shape = tuple[Signature, Signature, int]
"""Where the name stands, where the title stands, and whether it comes before (-1), after (1) or on the line (0)."""


def confirm(marked: Marked, cards: Sequence[Card]) -> list[Card]:
    """Cards the words alone did not show, found by the shape they share with at least three that are sure."""
    taken = {index for card in cards for index in card.lines}
    found = _with_jobs_as_credentials(marked, taken)
    taken.update(card.line for card in found)
    shapes = Counter(_shape(marked, card) for card in (*cards, *found))
    for index, mark in enumerate(marked.marks if shapes else ()):
        if index not in taken:
            weak = _weak_one_liner(marked, index, mark, shapes) or _weak_cards(marked, index, mark, shapes, taken)
            taken.update(line for card in weak for line in card.lines)
            found += weak
    return found + _glued_cards(marked, taken)


def _with_jobs_as_credentials(marked: Marked, taken: set[int]) -> list[Card]:
    """Names with no title beside them ("Ann Lee, RDH"), at least three of a kind: the credentials are the job."""
    left = [i for i, mark in enumerate(marked.marks) if mark.kind == "name" and mark.title and i not in taken]
    sure = [i for i, mark in enumerate(marked.marks) if mark.kind == "both" and mark.sure]
    alike = Counter(marked.signature(index)[:2] for index in (*left, *sure))
    return [
        Card(index, marked.marks[index].names[0].partition(",")[0], [marked.marks[index].title or ""], [index])
        for index in left
        if alike[marked.signature(index)[:2]] >= _REPEATED
    ]


def _glued_cards(marked: Marked, taken: set[int]) -> list[Card]:
    """Title and name run together ("CEO Ann Lee"), in headings or at least three of a kind."""
    split = {
        index: parts
        for index, mark in enumerate(marked.marks)
        if mark.kind == "other" and index not in taken and (parts := glued(tidy_line(marked.page.lines[index].text)))
    }
    alike = Counter(marked.signature(index) for index in split)
    return [
        Card(index, name, [title], [index])
        for index, (name, title) in split.items()
        if marked.page.lines[index].heading or alike[marked.signature(index)] >= _REPEATED
    ]


def _shape(marked: Marked, card: Card) -> Shape:
    title = card.title_lines[0]
    return marked.signature(card.line), marked.signature(title), (title > card.line) - (title < card.line)


def _weak_one_liner(marked: Marked, index: int, mark: Mark, shapes: Counter[Shape]) -> list[Card]:
    """A name with something after it, or alone, in a list of people: inline markup may differ from item to item."""
    place = marked.signature(index)[:2]
    alike = sum(count for shape, count in shapes.items() if not shape[2] and shape[0][:2] == place)
    if mark.kind == "both" and mark.title and not mark.sure:
        # With a sure title it is itself one of the three.
        needed = _REPEATED - is_title(mark.title)
        return [Card(index, mark.names[0], [mark.title], [index])] if alike >= needed else []
    if alike < _REPEATED:
        return []
    if mark.kind != "name":
        return []
    lines = sum(count for signature, count in marked.signatures.items() if signature[:2] == place)
    return [Card(index, name) for name in mark.names] if alike * 3 >= lines * 2 else []


def _weak_cards(marked: Marked, index: int, mark: Mark, shapes: Counter[Shape], sure: set[int]) -> list[Card]:
    """A name without a known title, or a title without a known name, in a card of the usual shape."""
    signature = marked.signature(index)
    usual = [shape for shape, count in shapes.items() if shape[0] == signature and shape[2] and count >= _REPEATED]
    names = _names_by_shape(marked, index, mark) if usual else ()
    for _, title_signature, step in usual if names else ():
        other = neighbour(marked, index, step)
        if other is None or other in sure or marked.signature(other) != title_signature:
            continue
        if (text := _title_by_shape(marked, index, other)) is not None:
            firm = text if not is_title(text) and looks_like_organisation(text) else None
            return [Card(index, name, [text], [other], employer=firm) for name in names]
    known = mark.kind == "name" and usual and _is_mostly_people(marked, signature, shapes)
    return [Card(index, name) for name in names] if known else []


def _names_by_shape(marked: Marked, index: int, mark: Mark) -> tuple[str, ...]:
    if mark.kind == "name":
        return mark.names
    text = tidy_line(marked.page.lines[index].text)
    return (text,) if mark.kind in ("other", "title") and _is_shaped_like_name(text) else ()


def _is_shaped_like_name(text: str) -> bool:
    """Two to five capitalised words, credentials aside: what stands where names stand and may be one."""
    words = text.partition(",")[0].split()
    capital = sum(word[:1].isupper() for word in words)
    plain = 2 <= len(words) <= 5 and text[0].isalpha() and capital >= 2 and not any(char.isdigit() for char in text)
    return plain and len(text) <= 80 and not looks_like_organisation(text)


def _title_by_shape(marked: Marked, index: int, other: int) -> str | None:
    """The text where the title usually stands, if it may be one."""
    mark, text = marked.mark(other), tidy_line(marked.page.lines[other].text)
    if mark.kind == "title":
        return mark.title or text
    if mark.kind not in ("other", "name") or not belongs(marked, index, other):
        return None
    if marked.marks[index].kind != "name" or not text[:1].isalnum():
        return None
    return None if mark.kind == "name" and marked.signature(index) == marked.signature(other) else text


def _is_mostly_people(marked: Marked, signature: Signature, shapes: Counter[Shape]) -> bool:
    """Whether lines of this kind are nearly always the names of people with titles."""
    confirmed = sum(count for shape, count in shapes.items() if shape[0] == signature)
    return confirmed >= _REPEATED and confirmed * 3 >= marked.signatures[signature] * 2


def bare_names(marked: Marked, cards: Sequence[Card], groups: Sequence[Group]) -> list[Card]:
    """Names without any title under the heading of a board, where a seat needs none.

    They stand where at least three others with a title stand, or in a list of at least three names and nothing else.
    """
    taken = {index for card in cards for index in card.lines}
    seats = {i for i, group in enumerate(groups) if group.announced and group.section in ("board", "advisory")}
    left = {i for i in seats - taken if marked.marks[i].kind == "name" and not groups[i].excluded}
    known = Counter(marked.signature(card.line) for card in cards if card.line in seats)
    alike = Counter(_place(marked, i) for i in left)
    others = Counter(_place(marked, i) for i in range(len(groups)) if i not in left)
    lists = {place for place, count in alike.items() if count >= _REPEATED and not others[place]}
    return [
        Card(index, name)
        for index in sorted(left)
        if known[marked.signature(index)] >= _REPEATED or _place(marked, index) in lists
        for name in marked.marks[index].names
    ]


def _place(marked: Marked, index: int) -> tuple[int, Signature]:
    """The list a line stands in, and what it shares with the other lines of it."""
    box = marked.page.lines[index].box
    return id(box.parent or box), marked.signature(index)
