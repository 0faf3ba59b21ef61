"""A page as a person reads it: lines of text in order, each with its box, its emphasis and the links on it."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from types import MappingProxyType
from typing import Any, Final, Literal, NamedTuple

from lxml import etree

from crawler.pages.document import Document
from crawler.pages.words import page_words
from pipelines.lexicon.folding import fold

_INLINE: Final = frozenset(
    {"a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "del", "dfn", "em", "font", "i", "ins", "kbd",
     "label", "mark", "nobr", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "time", "tt", "u",
     "var", "wbr"}
)  # fmt: skip
_UNREAD: Final = frozenset(
    {"script", "style", "template", "noscript", "svg", "iframe", "object", "select", "option", "textarea", "nav",
     "head", "map", "audio", "video", "canvas", "math", "datalist", "input", "blockquote"}
)  # fmt: skip
_PAGE_PARTS: Final = frozenset({"header", "footer"})
_CARD_TAGS: Final = frozenset({"article", "main", "section", "li", "td", "figure"})
_HEADINGS: Final = {f"h{level}": level for level in range(1, 7)}
_STRONG: Final = frozenset({"strong", "b", "em", "i", "u", "big"})
_Kind = Literal["box", "page", "inline", "link", "break", "form", "part", "unread", "comment", "nothing"]
_KINDS: Final[dict[Any, _Kind]] = {
    **dict.fromkeys(("html", "body", "main"), "page"),
    **dict.fromkeys(_INLINE, "inline"),
    **dict.fromkeys(_UNREAD, "unread"),
    **dict.fromkeys(_PAGE_PARTS, "part"),
    "a": "link",
    "br": "break",
    "form": "form",
    etree.Comment: "comment",
    etree.ProcessingInstruction: "nothing",
    etree.Entity: "nothing",
}
"""What an element is by its tag; any other is a box."""
_TOLD_BY_TAG: Final = frozenset({"form", "part", "unread"})
_WITHIN_LINES: Final = frozenset({"noscript", "script", "style", "svg", "template"})
_Wrapper = tuple[str, bool]
"""An inline element, and whether it or one around it is for emphasis."""
_INVISIBLE: Final = re.compile("[\u00ad\u200b-\u200f\u2060\ufeff]")  # soft hyphens, blanks without width, directions
_MAX_DEPTH: Final = 200
"""Elements nested deeper belong to the box at this depth: hostile nesting costs nothing."""
_MAX_LINES: Final = 20_000
_MAX_LINE: Final = 2000
_FORM_SIZE: Final = 60
"""A form with more elements than this, or the first heading, wraps a page (ASP.NET does that) and is read."""
_LABEL: Final = 40
_CARD_HEADER: Final = 12
"""Elements the header of a card may hold."""


@dataclass(slots=True, eq=False)
class Box:
    """One block element: where it stands and which lines and links it holds."""

    parent: Box | None
    tag: str
    style: str
    """Its class, else its style attribute: what tells a name's box from a title's."""
    identifier: str
    depth: int
    first: int = 0
    """Index of its first line."""
    end: int = 0
    """Index after its last line."""
    first_link: int = 0
    end_link: int = 0
    _path: str = ""
    _look: tuple[str, str] | None = None

    @property
    def look(self) -> tuple[str, str]:
        """What boxes of the same kind share: the path, and the class with the first one of the box around."""
        if self._look is None:
            around = self.parent.style.partition(" ")[0] if self.parent else ""
            self._look = self.path, f"{around} {self.style}"
        return self._look

    @property
    def path(self) -> str:
        """The tags from six boxes up to here."""
        if not self._path:  # few boxes are asked
            self._path = _path(self.parent.path, self.tag) if self.parent else self.tag
        return self._path

    def outward(self) -> Iterator[Box]:
        """This box, its parent and so on up to the page."""
        box: Box | None = self
        while box is not None:
            yield box
            box = box.parent


@lru_cache(maxsize=4096)
def _path(above: str, tag: str) -> str:
    return "/".join([*above.split("/")[-5:], tag])


class Run(NamedTuple):
    """A stretch of a line under one inline element."""

    text: str
    wrapper: str
    strong: bool


@dataclass(slots=True, eq=False)
class Line:
    """One line of visible text, white space folded."""

    index: int
    text: str
    box: Box
    heading: int
    """1 to 6 inside h1 to h6, else 0."""
    runs: tuple[Run, ...]
    hrefs: tuple[str, ...]
    """Links that start on this line, as written."""

    @property
    def strong(self) -> bool:
        """Whether the whole line is emphasised."""
        return all(run.strong for run in self.runs)

    @property
    def signature(self) -> tuple[str, str, str]:
        """What lines of the same kind in repeated cards share: tags, class and inline element."""
        runs = self.runs
        wrappers = {runs[0].wrapper} if len(runs) == 1 else {run.wrapper for run in runs}
        return (*self.box.look, wrappers.pop() if len(wrappers) == 1 else "")


class Link(NamedTuple):
    """One link as written, with the line it stands on or before."""

    href: str
    line: int
    box: Box
    text: str = ""


@dataclass(slots=True)
class PageLines:
    """All lines and links of a page, in order."""

    lines: list[Line] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    quotes: int = 0
    """How many containers of testimonials were cut out."""
    after_quotes: dict[int, Box] = field(default_factory=dict)
    """Lines that follow a blockquote, with the box in which it stands."""
    boxes: dict[str, Box] = field(default_factory=dict)
    """Boxes that have an id."""

    def words(self) -> int:
        """How many words a reader sees."""
        return sum(line.text.count(" ") + 1 for line in self.lines)

    def links_between(self, first: int, end: int) -> list[Link]:
        """The links that stand on the lines from `first` up to `end`."""
        low = bisect_left(self.links, first, key=_line_of)
        high = bisect_left(self.links, end, key=_line_of)
        return self.links[low:high]


def _line_of(link: Link) -> int:
    return link.line


def read_lines(document: Document, spoken: Mapping[Any, str] = MappingProxyType({})) -> PageLines:
    """The visible lines of a page; navigation, page header and footer, forms, quotes and comments are left out.

    `spoken` are elements that show no text, with what they say otherwise (an attribute), a line for each line.
    """
    builder = _Builder(spoken)
    builder.walk(document.root)
    builder.end()
    return builder.page


class _Builder:
    """Gathers text into lines while the tree is walked; `br` and block elements end a line.

    Every element of a page comes through `open` and `close`: they ask for each of its attributes once.
    """

    def __init__(self, spoken: Mapping[Any, str]) -> None:
        self.page = PageLines()
        self.lines = self.page.lines
        self.spoken = spoken
        self.box = Box(None, "", "", "", 0)
        self.depth = 0
        self.heading = 0
        self.inline: list[_Wrapper] = [("", False)]
        """The inline elements that are open, the innermost last."""
        self.chunks: list[tuple[str, _Wrapper]] = []
        self.hrefs: list[str] = []
        self.link_is_broken = False

    def walk(self, root: Any) -> None:
        """Read an element and all below it; not by recursion, for hostile pages nest deeply."""
        above: list[tuple[Any, _Kind, Iterator[Any]]] = []
        parent, kind_above, children = None, _KINDS["html"], iter((root,))
        while True:
            for element in children:
                kind = _KINDS.get(element.tag, "box")
                if kind == "nothing":
                    continue
                goes_in = kind != "comment" and self.open(element, kind)
                if len(self.lines) >= _MAX_LINES:
                    return
                if goes_in and len(element):
                    above.append((parent, kind_above, children))
                    parent, kind_above, children = element, kind, iter(element)
                    break
                self.close(element, kind if goes_in else "comment")
                if len(self.lines) >= _MAX_LINES:
                    return
            else:
                if parent is None:
                    return
                self.close(parent, kind_above)
                if len(self.lines) >= _MAX_LINES:
                    return
                parent, kind_above, children = above.pop()

    def end(self) -> None:
        """End the line and the boxes that are open where a page is too long to be read whole."""
        self.flush()
        for opened in self.box.outward():
            opened.end, opened.end_link = len(self.lines), len(self.page.links)

    def open(self, element: Any, kind: _Kind) -> bool:
        """Begin an element; whether there may be more to read below it."""
        style, identifier = element.get("class"), element.get("id")
        if kind in _TOLD_BY_TAG:
            unread = self._is_unread(element, kind)
        elif away := _away_by_name(style, identifier, element.get("role")):
            unread = kind != "page" and self._is_unread_by_name(element, away)
        else:
            unread = False
        if unread or (kind == "link" and self.chunks and self._is_mere_label(element)):
            return False
        if kind == "inline" or kind == "link":  # noqa: PLR1714 - many times faster than a tuple
            self._open_inline(element, style)
        elif kind == "break":
            self.flush()
            self.link_is_broken = any(label == "a" for label, _ in self.inline)
        elif kind == "box" and not (identifier or self.heading or self.spoken or len(element) or element.text):
            self.flush()  # a picture, a rule
            return False
        else:
            self._open_box(element, style or element.get("style") or "", identifier or "")
        if text := element.text:
            self.add_text(text)
        if self.spoken and element in self.spoken:
            for said in self.spoken[element].split("\n"):
                self.flush()
                self.add_text(said)
        return True

    def close(self, element: Any, kind: _Kind) -> None:
        """End an element, where "comment" is one that was left out: the text behind it counts."""
        if kind == "inline" or kind == "link":  # noqa: PLR1714
            self.inline.pop()
            if self.link_is_broken and kind == "link":  # a link of several lines is a card; the next one begins anew
                self.flush()
                self.link_is_broken = False
        elif kind != "comment" and kind != "break":  # noqa: PLR1714
            self._close_box()
        if text := element.tail:
            self.add_text(text)

    def add_text(self, text: str) -> None:
        """Add to the line that is being gathered."""
        if self.chunks or not text.isspace():
            self.chunks.append((text, self.inline[-1]))

    def flush(self) -> None:
        """End the line that is being gathered."""
        if not self.chunks:
            return
        runs, self.chunks = _runs(self.chunks), []
        if not runs:  # nothing but invisible characters
            return
        text = " ".join("".join([run.text for run in runs]).split())[:_MAX_LINE]
        self.lines.append(Line(len(self.lines), text, self.box, self.heading, runs, tuple(self.hrefs)))
        if self.hrefs:
            self.hrefs = []

    def _is_unread(self, element: Any, kind: _Kind) -> bool:
        """Leave out what is no content by its tag; a block ends the line it stands in."""
        tag = element.tag
        if kind == "form":
            unread = element.find(".//h1") is None and sum(1 for _ in element.iterdescendants()) <= _FORM_SIZE
        elif kind == "part":
            in_card = any(box.tag in _CARD_TAGS for box in self.box.outward())
            unread = not in_card and not (tag == "header" and _is_card_header(element))
        else:
            unread = True
        if unread and tag not in _WITHIN_LINES:
            self.flush()
        if tag == "blockquote":
            self.page.quotes += 1
            self.page.after_quotes[len(self.lines)] = self.box
        return unread

    def _is_unread_by_name(self, element: Any, away: Literal["quotes", "unread"]) -> bool:
        """Leave out what is named navigation, footer, testimonial, comment; unless it holds the first heading."""
        if away == "unread" and element.find(".//h1") is not None:
            return False
        self.page.quotes += away == "quotes"
        self.flush()
        return True

    def _is_mere_label(self, link: Any) -> bool:
        """Leave out the label of a link, which counts: "Head of Sales <a>LinkedIn</a> <a>Blog</a>"."""
        if not _is_label(link):
            return False
        self._add_link(link)
        return True

    def _open_inline(self, element: Any, style: str | None) -> None:
        tag, strong = element.tag, self.inline[-1][1]
        label = tag if tag in ("a", "font") else f"{tag}.{style or ''}"
        self.inline.append((label, strong or tag in _STRONG))
        if tag == "a":
            self._add_link(element)

    def _add_link(self, element: Any) -> None:
        if href := element.get("href"):
            self.hrefs.append(href)
            self.page.links.append(Link(href, len(self.lines), self.box))

    def _open_box(self, element: Any, style: str, identifier: str) -> None:
        if self.chunks:
            self.flush()
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            return
        tag, page = element.tag, self.page
        self.box = Box(self.box, tag, style, identifier, self.depth, len(self.lines), 0, len(page.links))
        if tag in _HEADINGS:
            self.heading = _HEADINGS[tag]
        if identifier:
            page.boxes[identifier] = self.box

    def _close_box(self) -> None:
        if self.chunks:
            self.flush()
        self.depth -= 1
        box = self.box
        if self.depth >= _MAX_DEPTH or box.parent is None:
            return
        box.end, box.end_link = len(self.lines), len(self.page.links)
        if self.heading and box.tag in _HEADINGS:
            self.heading = 0
        self.box = box.parent


def _runs(chunks: list[tuple[str, _Wrapper]]) -> tuple[Run, ...]:
    """Neighbouring chunks under the same inline element as one run; blank ones between are kept as blanks."""
    if len(chunks) == 1:
        text, (wrapper, strong) = _folded(chunks[0][0]), chunks[0][1]
        return (Run(text, wrapper, strong),) if text != " " else ()
    runs: list[Run] = []
    for chunk, (wrapper, strong) in chunks:
        text = _folded(chunk)
        if runs and (text == " " or runs[-1][1:] == (wrapper, strong)):
            runs[-1] = Run(runs[-1].text + text, *runs[-1][1:])
        elif text != " ":
            runs.append(Run(text, wrapper, strong))
    return tuple(runs)


def _folded(text: str) -> str:
    """The text with every stretch of white space as one blank."""
    words = " ".join(text.split())
    if not words.isascii() and _INVISIBLE.search(words):
        words = " ".join(_INVISIBLE.sub("", words).split())
    if not words:
        return " "
    return f"{' ' if text[0].isspace() else ''}{words}{' ' if text[-1].isspace() else ''}"


def _is_card_header(element: Any) -> bool:
    """Whether a header is a card's and not the page's: small, with a heading below the first, without navigation."""
    tags = [part.tag for part in islice(element.iterdescendants(), _CARD_HEADER + 1)]
    return len(tags) <= _CARD_HEADER and "nav" not in tags and any(_HEADINGS.get(tag, 0) > 1 for tag in tags)


def _is_label(link: Any) -> bool:
    """Whether a link shows nothing but the name of a platform or "read more"."""
    text = "".join(islice(link.itertext(), 3))
    return len(text) < _LABEL and fold(text).strip(" :.>+\u203a\u2192-|") in page_words().labels


@lru_cache(maxsize=8192)
def _away_by_name(*names: str | None) -> Literal["quotes", "unread"] | None:
    """What an element is left out for by its role, id and classes; the same names stand all over a site."""
    words, named = page_words(), " ".join(name for name in names if name).lower().split()
    if not words.quote_names.isdisjoint(named):
        return "quotes"
    return None if words.unread_names.isdisjoint(named) else "unread"
