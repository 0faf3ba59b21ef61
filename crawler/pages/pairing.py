"""Names and titles of a page put together: which way round they stand, where a title ends, which cards repeat."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from crawler.pages.lines import Box, Line, PageLines
from crawler.pages.marks import Mark, glued, is_name, is_title, read_mark, read_title_mark, tidy_line
from crawler.pages.words import page_words
from pipelines.lexicon.organisations import looks_like_organisation
from pipelines.lexicon.titles import read_title

_MAX_TITLE_LINES: Final = 3
_MAX_SKIPPED: Final = 3
"""How many buttons, icons and initials may stand between a name and its title."""
_REPEATED: Final = 3
"""How many cards alike make a pattern (leaders.md section 2: at least three siblings)."""

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


@dataclass(slots=True)
class Marked:
    """The lines of a page with what each is."""

    page: PageLines
    marks: list[Mark]
    """Without the titles, which are read when asked for."""
    titles: dict[int, Mark] = field(default_factory=dict)

    @classmethod
    def of(cls, page: PageLines) -> Marked:
        """Every line marked, names broken over two lines joined."""
        marked = cls(page, [read_mark(line) for line in page.lines])
        marked.join_broken_names()
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
        """ "Ann" over "Lee" in one heading or box is one name."""
        for line, after in zip(self.page.lines, self.page.lines[1:], strict=False):
            if line.box is not after.box or self.marks[line.index].kind != "other":
                continue
            if self.marks[after.index].kind == "other" and line.text.count(" ") + after.text.count(" ") <= 2:
                whole = f"{line.text} {after.text}"
                if (line.heading or line.signature == after.signature) and is_name(whole) and _fills(line.box, 2):
                    self.marks[line.index] = Mark("name", (whole,))
                    self.marks[after.index] = Mark("label")

    def signature(self, index: int) -> Signature:
        """What the line shares with lines of its kind in other cards."""
        return self.page.lines[index].signature


def _fills(box: Box, count: int) -> bool:
    return box.end - box.first == count


def pair(marked: Marked) -> list[Card]:
    """Everybody the page shows, in page order; people may occur twice."""
    cards = [card for index, mark in enumerate(marked.marks) for card in _one_line_cards(marked, index, mark)]
    cards += _pair_by_direction(marked)
    return sorted([*cards, *_confirm(marked, cards)], key=lambda card: card.line)


# --- one-line patterns ----------------------------------------------------------------------------------------------


def _one_line_cards(marked: Marked, index: int, mark: Mark) -> Iterator[Card]:
    if mark.kind == "both" and mark.sure:
        for name in mark.names:
            yield Card(index, name, [mark.title or ""], [index])


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
        after, before = _neighbour(marked, index, 1), _neighbour(marked, index, -1)
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


def _neighbour(marked: Marked, index: int, step: int) -> int | None:
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


def _cards_at(marked: Marked, index: int, *, backward: bool) -> list[Card]:
    step = -1 if backward else 1
    first = _neighbour(marked, index, step)
    if first is None or marked.mark(first).kind != "title" or not _belongs(marked, index, first):
        return []
    if _is_menu(marked.page.lines[index], marked.page.lines[first]):
        return []
    lines = list(_title_lines(marked, index, first, step))
    if backward:
        lines.reverse()
    titles = [marked.mark(i).title or tidy_line(marked.page.lines[i].text) for i in lines]
    return [Card(index, name, list(titles), list(lines)) for name in marked.marks[index].names]


def _belongs(marked: Marked, index: int, title: int) -> bool:
    """A title in a box that holds other names besides, and not this one, is another person's."""
    name_line, line = marked.page.lines[index], marked.page.lines[title]
    shared = shared_box(name_line, line)
    inside = next((box for box in line.box.outward() if box.parent is shared), None)
    if inside is None:
        return True
    return not any(mark.kind in ("name", "both") for mark in marked.marks[inside.first : inside.end])


def _is_menu(one: Line, other: Line) -> bool:
    """Whether two lines are entries of a list of links: the same look, each leading elsewhere."""
    return bool(one.hrefs and other.hrefs) and one.hrefs != other.hrefs and one.signature == other.signature


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
    if _is_unfinished(before.text, line.text) or _adds_field(before.text, line.text):
        return True
    return together and not (looks_like_organisation(line.text) or any(char.isdigit() for char in line.text))


def _is_unfinished(text: str, after: str) -> bool:
    """Whether a title breaks off within a phrase: "Chief Financial" + "Officer", "EVP, Worldwide", "Head of"."""
    text = text.rstrip()
    if text.endswith((",", "&", "/", "-", "–")) or after[:1].islower():
        return True
    ahead, comma, part = text.rpartition(", ")
    if comma and " " not in part and is_title(ahead) and read_title(part).level in ("none", "ic"):
        return True
    words = part.casefold().split() or [""]
    chief = words[0] == "chief" and "officer" not in words and after.casefold().startswith("officer")
    return chief or words[-1] in page_words().connectors


def _adds_field(title: str, after: str) -> bool:
    """Whether a line is the field of the rank before it: "Senior Vice President" + "Enterprise Risk"."""
    rank, whole = read_title(title), read_title(f"{title}, {after}")
    ranked = rank.level in ("vp", "director", "head", "manager") and rank.function in ("general", "other")
    return ranked and whole.level == rank.level and whole.function not in (rank.function, "general", "other")


def join_title(parts: Sequence[str]) -> str:
    """Title lines as one title: ", " between them, a blank where the break falls within a phrase."""
    title = parts[0]
    for part in parts[1:]:
        within = _is_unfinished(title, part) or part.startswith(("&", "/", ","))
        title = f"{title} {part}" if within else f"{title}, {part}"
    return title


# --- what repeated cards teach --------------------------------------------------------------------------------------


def _confirm(marked: Marked, cards: Sequence[Card]) -> list[Card]:
    """Cards the words alone did not show, found by the shape they share with at least three that are sure."""
    taken = {index for card in cards for index in card.lines}
    found = _with_jobs_as_credentials(marked, taken)
    taken.update(card.line for card in found)
    shapes = Counter(_shape(marked, card) for card in (*cards, *found))
    for index, mark in enumerate(marked.marks):
        if index not in taken:
            weak = _weak_one_liner(marked, index, mark, shapes) or _weak_cards(marked, index, mark, shapes, taken)
            taken.update(line for card in weak for line in card.lines)
            found += weak
    return found + _glued_cards(marked, taken)


def _with_jobs_as_credentials(marked: Marked, taken: set[int]) -> list[Card]:
    """ "Ann Lee, RDH" with no title beside it, at least three of a kind: the credentials are the job."""
    left = [i for i, mark in enumerate(marked.marks) if mark.kind == "name" and mark.title and i not in taken]
    alike = Counter(marked.signature(index) for index in left)
    return [
        Card(index, marked.marks[index].names[0].partition(",")[0], [marked.marks[index].title or ""], [index])
        for index in left
        if alike[marked.signature(index)] >= _REPEATED
    ]


def _glued_cards(marked: Marked, taken: set[int]) -> list[Card]:
    """ "CEO Ann Lee" in one line, in headings or at least three of a kind."""
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


Shape = tuple[Signature, Signature, int]


def _shape(marked: Marked, card: Card) -> Shape:
    title = card.title_lines[0]
    return marked.signature(card.line), marked.signature(title), (title > card.line) - (title < card.line)


def _weak_one_liner(marked: Marked, index: int, mark: Mark, shapes: Counter[Shape]) -> list[Card]:
    signature = marked.signature(index)
    if mark.kind != "both" or mark.sure or not mark.title or shapes[signature, signature, 0] < _REPEATED:
        return []
    return [Card(index, mark.names[0], [mark.title], [index])]


def _weak_cards(marked: Marked, index: int, mark: Mark, shapes: Counter[Shape], sure: set[int]) -> list[Card]:
    """A name without a known title, or a title without a known name, in a card of the usual shape."""
    signature = marked.signature(index)
    usual = [shape for shape, count in shapes.items() if shape[0] == signature and shape[2] and count >= _REPEATED]
    names = _names_by_shape(marked, index, mark) if usual else ()
    for _, title_signature, step in usual if names else ():
        other = _neighbour(marked, index, step)
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
    plain = 2 <= len(words) <= 5 and capital >= 2 and not any(char.isdigit() for char in text)
    return plain and len(text) <= 80 and not looks_like_organisation(text)


def _title_by_shape(marked: Marked, index: int, other: int) -> str | None:
    """The text where the title usually stands, if it may be one."""
    mark, text = marked.mark(other), tidy_line(marked.page.lines[other].text)
    if mark.kind == "title":
        return mark.title or text
    if mark.kind not in ("other", "name") or not _belongs(marked, index, other):
        return None
    if marked.marks[index].kind != "name":
        return None
    return None if mark.kind == "name" and marked.signature(index) == marked.signature(other) else text


def _is_mostly_people(marked: Marked, signature: Signature, shapes: Counter[Shape]) -> bool:
    """Whether lines of this kind are nearly always the names of people with titles."""
    confirmed = sum(count for shape, count in shapes.items() if shape[0] == signature)
    alike = sum(1 for line in marked.page.lines if line.signature == signature)
    return confirmed >= _REPEATED and confirmed * 3 >= alike * 2
