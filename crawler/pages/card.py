"""The lines of a page with what each is, and the cards of people made of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Final

from crawler.pages.lines import Box, Line, PageLines
from crawler.pages.marks import LABEL, OTHER, Mark, is_name, read_mark, read_title_mark
from crawler.pages.title_lines import join_title

_MAX_SKIPPED: Final = 3
"""How many buttons, icons and initials may stand between a name and its title."""
_MAX_NAMES: Final = 3000

Signature = tuple[str, str, str]


@dataclass(slots=True)
class Card:
    """One person as the page shows them, before anything is concluded."""

    line: int
    """Index of the line that holds the name."""
    name: str
    titles: list[str] = field(default_factory=list)
    title_lines: list[int] = field(default_factory=list)
    employer: str | None = None
    """A line of the card that names an organisation and no role."""

    @property
    def title(self) -> str | None:
        """The title lines joined: by a comma, unless the break falls within a phrase."""
        return join_title(self.titles) if self.titles else None

    @property
    def lines(self) -> list[int]:
        """Every line of the card that was read."""
        return [self.line, *self.title_lines]


@dataclass
class Marked:
    """The lines of a page with what each is."""

    page: PageLines
    marks: list[Mark]
    """Without the titles, which are read when asked for."""
    titles: dict[int, Mark] = field(default_factory=dict)

    @classmethod
    def of(cls, page: PageLines) -> Marked:
        """Every line marked, names broken over two lines joined."""
        marked = cls(page, list(_marks(page)))
        marked.join_broken_names()
        marked.join_split_names()
        return marked

    def mark(self, index: int) -> Mark:
        """What a line is, titles included."""
        mark = self.marks[index]
        if mark.kind != "other":
            return mark
        if index not in self.titles:
            self.titles[index] = read_title_mark(self.page.lines[index])
        return self.titles[index]

    def join_broken_names(self) -> None:
        """A name over two lines of one heading or box ("Ann" over "Lee") is one name."""
        for line, after in zip(self.page.lines, self.page.lines[1:], strict=False):
            if line.box is not after.box or self.marks[line.index].kind != "other":
                continue
            if self.marks[after.index].kind == "other" and line.text.count(" ") + after.text.count(" ") <= 2:
                whole = f"{line.text} {after.text}"
                if (line.heading or line.signature == after.signature) and is_name(whole) and _fills(line.box, 2):
                    self.marks[line.index] = Mark("name", (whole,))
                    self.marks[after.index] = LABEL

    def join_split_names(self) -> None:
        """Given and family name in boxes of their own, one below the other, above a title: at least two such cards."""
        lines, found = self.page.lines, list[int]()
        for line, after in pairwise(lines):
            plain = self.marks[line.index].kind == self.marks[after.index].kind == "other"
            if not plain or " " in line.text or after.text.count(" ") > 1 or line.box.parent is not after.box.parent:
                continue
            if _fills(line.box, 1) and _fills(after.box, 1) and is_name(f"{line.text} {after.text}"):
                found.append(line.index)
        titled = [index for index in found if index + 2 < len(lines) and self.mark(index + 2).kind == "title"]
        for index in titled if len(titled) > 1 else ():
            self.marks[index] = Mark("name", (f"{lines[index].text} {lines[index + 1].text}",))
            self.marks[index + 1] = LABEL

    def signature(self, index: int) -> Signature:
        """What the line shares with lines of its kind in other cards."""
        return self._signatures[index]

    @cached_property
    def signatures(self) -> Counter[Signature]:
        """How many lines there are of every kind."""
        return Counter(self._signatures)

    @cached_property
    def _signatures(self) -> list[Signature]:
        return [line.signature for line in self.page.lines]


def _marks(page: PageLines) -> Iterator[Mark]:
    """What every line is; behind more names than any company shows the rest is left unread."""
    names = 0
    for line in page.lines:
        mark = read_mark(line) if names < _MAX_NAMES else OTHER
        names += len(mark.names)
        yield mark


def _fills(box: Box, count: int) -> bool:
    return box.end - box.first == count


def shared_box(one: Line, other: Line) -> Box:
    """The smallest box that holds both lines."""
    a, b = one.box, other.box
    while a is not b:
        if a.depth >= b.depth and a.parent is not None:
            a = a.parent
        elif b.parent is not None:
            b = b.parent
        else:
            return a
    return a


def neighbour(marked: Marked, index: int, step: int) -> int | None:
    """The next line that is no button, icon or avatar with the initials of the name."""
    name = marked.marks[index].names[0] if marked.marks[index].names else ""
    position, skipped = index + step, 0
    while 0 <= position < len(marked.marks) and skipped <= _MAX_SKIPPED:
        if marked.marks[position].kind != "label" and not _is_avatar(marked.page.lines[position].text, name):
            return position
        position, skipped = position + step, skipped + 1
    return None


def _is_avatar(text: str, name: str) -> bool:
    """Whether a line is a person's initials; they may read "VP"."""
    letters = text.replace(".", "").replace(" ", "")
    if not (1 <= len(letters) <= 3 and letters.isupper()):
        return False
    initials = "".join(word[0] for word in name.split() if word[:1].isalpha()).upper()
    return letters in (initials, initials[:1] + initials[-1:], initials[:2])


def belongs(marked: Marked, index: int, title: int) -> bool:
    """A title in a box that holds other names besides, and not this one, is another person's."""
    name_line, line = marked.page.lines[index], marked.page.lines[title]
    shared = shared_box(name_line, line)
    inside = next((box for box in line.box.outward() if box.parent is shared), None)
    if inside is None:
        return True
    others = (i for i in range(inside.first, inside.end) if i != title)
    return not any(marked.marks[i].kind in ("name", "both") for i in others)
