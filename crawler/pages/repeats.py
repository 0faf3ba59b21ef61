"""What repeated cards teach: people whom words alone do not show, found by the shape they share with sure ones."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Final

from crawler.pages.card import Card, Marked, Signature, belongs, neighbour
from crawler.pages.groups import Group
from crawler.pages.marks import Mark, glued, is_no_page_word, is_title, tidy_line
from crawler.pages.words import says_vacant
from pipelines.lexicon.folding import fold
from pipelines.lexicon.name_decorations import given_names
from pipelines.lexicon.organisations import looks_like_organisation
from pipelines.lexicon.titles import has_title_word

_REPEATED: Final = 3
"""How many cards alike make a pattern (leaders.md section 2: at least three siblings)."""

_PAIR: Final = 2
_PLAIN: Final = 3
_SHORTEST: Final = 3
"""Letters of a name that stands alone."""

Shape = tuple[Signature, Signature, int]
"""Where the name stands, where the title stands, and whether it comes before (-1), after (1) or on the line (0)."""


class _Shapes:
    """How often every shape of a card was seen, by where the name stands."""

    def __init__(self, marked: Marked, cards: Sequence[Card]) -> None:
        self.counts = Counter(_shape(marked, card) for card in cards)
        self.by_name: dict[Signature, list[Shape]] = {}
        self.in_line: Counter[tuple[str, str]] = Counter()
        for shape, count in self.counts.items():
            self.by_name.setdefault(shape[0], []).append(shape)
            if not shape[2]:
                self.in_line[shape[0][:2]] += count
        self.likely: Counter[Shape] = Counter()
        self.lines = Counter(signature[:2] for signature in marked.signatures.elements()) if self.in_line else Counter()

    def usual(self, signature: Signature) -> list[Shape]:
        """The shapes of at least three cards whose names stand like this, one of them sure."""
        shapes = self.by_name.get(signature, ())
        return [shape for shape in shapes if shape[2] and self.counts[shape] + self.likely[shape] >= _REPEATED]


def confirm(marked: Marked, cards: Sequence[Card]) -> list[Card]:
    """Cards the words alone did not show, found by the shape they share with at least three that are sure."""
    taken = {index for card in cards for index in card.lines}
    found = _with_jobs_as_credentials(marked, taken)
    taken.update(card.line for card in found)
    shapes = _Shapes(marked, (*cards, *found))
    if shapes.counts:
        shapes.likely = Counter(_likely_shapes(marked, shapes, taken))
        for index, mark in enumerate(marked.marks):
            if index not in taken:
                weak = _weak_one_liner(marked, index, mark, shapes) or _weak_cards(marked, index, mark, shapes, taken)
                taken.update(line for card in weak for line in card.lines)
                found += weak
        found += _bare_cards(marked, _Shapes(marked, (*cards, *(card for card in found if card.titles))), taken)
    return found + _glued_cards(marked, taken)


def _likely_shapes(marked: Marked, shapes: _Shapes, taken: set[int]) -> Iterator[Shape]:
    """The shapes of cards whose title is sure and whose name is shaped like one: siblings of those that are sure."""
    for index, mark in enumerate(marked.marks):
        if mark.kind != "other" or index in taken or not (known := shapes.by_name.get(marked.signature(index))):
            continue
        for shape in known:
            other = neighbour(marked, index, shape[2]) if shape[2] else None
            if other is None or other in taken or marked.signature(other) != shape[1]:
                continue
            if marked.mark(other).kind == "title" and _is_shaped_like_name(tidy_line(marked.page.lines[index].text)):
                yield shape


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


def _weak_one_liner(marked: Marked, index: int, mark: Mark, shapes: _Shapes) -> list[Card]:
    """A name with something after it, or alone, in a list of people: inline markup may differ from item to item."""
    place = marked.signature(index)[:2]
    alike = shapes.in_line[place]
    if mark.kind == "both" and mark.title and not mark.sure:
        # With a sure title it is itself one of the three.
        needed = _REPEATED - is_title(mark.title)
        return [Card(index, mark.names[0], [mark.title], [index])] if alike >= needed else []
    if alike < _REPEATED or mark.kind != "name":
        return []
    if len(mark.names) == _PAIR and fold(mark.names[1].partition(" ")[0]) not in given_names():
        return [Card(index, mark.names[0], [mark.names[1]], [index])]  # "Ann Lee, Smile Wizard"
    return [Card(index, name) for name in mark.names] if alike * 3 >= shapes.lines[place] * 2 else []


def _weak_cards(marked: Marked, index: int, mark: Mark, shapes: _Shapes, sure: set[int]) -> list[Card]:
    """A name without a known title, or a title without a known name, in a card of the usual shape."""
    signature = marked.signature(index)
    usual = shapes.usual(signature)
    for _, title_signature, step in usual:
        other = neighbour(marked, index, step)
        if other is None or other in sure or marked.signature(other) != title_signature:
            continue
        names = _names_by_shape(marked, index, mark, other)
        if names and (text := _title_by_shape(marked, index, other)) is not None:
            firm = text if not is_title(text) and looks_like_organisation(text) else None
            return [Card(index, name, [text], [other], employer=firm) for name in names]
    return []


def _bare_cards(marked: Marked, shapes: _Shapes, taken: set[int]) -> list[Card]:
    """Names without any title where nearly all lines alike are the names of people with one."""
    return [
        Card(index, name)
        for index, mark in enumerate(marked.marks)
        if mark.kind == "name" and index not in taken
        if shapes.usual(marked.signature(index)) and _is_mostly_people(marked, marked.signature(index), shapes)
        for name in mark.names
    ]


def _names_by_shape(marked: Marked, index: int, mark: Mark, other: int) -> tuple[str, ...]:
    if mark.kind == "name" or (mark.kind == "both" and not mark.sure):
        return mark.names
    text = tidy_line(marked.page.lines[index].text)
    if mark.kind not in ("other", "title"):
        return ()
    if " " not in text:  # artists go by one name: only beside what is surely a title
        return (text,) if marked.mark(other).kind == "title" and _is_single_name(text) else ()
    return (text,) if _is_shaped_like_name(text) else ()


def _is_single_name(text: str) -> bool:
    return (
        text.istitle()
        and text.isalpha()
        and len(text) >= _SHORTEST
        and not has_title_word(text)
        and is_no_page_word(text)
    )


def _is_shaped_like_name(text: str) -> bool:
    """Two to five capitalised words, credentials aside: what stands where names stand and may be one."""
    words = text.partition(",")[0].split()
    capital = sum(word[:1].isupper() for word in words)
    plain = 2 <= len(words) <= 5 and text[0].isalpha() and capital >= 2 and not any(char.isdigit() for char in text)
    if not plain or len(text) > 80 or says_vacant(text):
        return False
    person = len(words) <= _PLAIN and fold(words[0]) in given_names()  # "Theo Banks" is no bank beside a sure title
    return person or not looks_like_organisation(text)


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


def _is_mostly_people(marked: Marked, signature: Signature, shapes: _Shapes) -> bool:
    """Whether lines of this kind are nearly always the names of people with titles."""
    confirmed = sum(shapes.counts[shape] for shape in shapes.by_name.get(signature, ()))
    return confirmed >= _REPEATED and confirmed * 3 >= marked.signatures[signature] * 2


def bare_names(marked: Marked, cards: Sequence[Card], groups: Sequence[Group]) -> list[Card]:
    """Names without any title under the heading of a board, where a seat needs none.

    They stand where at least three others with a title stand, or in a list of at least three names and nothing else.
    """
    taken = {index for card in cards for index in card.lines}
    seats = {i for i, group in enumerate(groups) if group.announced and group.section in ("board", "advisory")}
    left = {i for i in seats - taken if marked.marks[i].kind == "name" and not groups[i].excluded}
    if not left:
        return []
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
