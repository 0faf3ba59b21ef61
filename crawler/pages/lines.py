"""A page as a person reads it: lines of text in order, each with its box, its emphasis and the links on it."""

from __future__ import annotations

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
        wrappers = {run.wrapper for run in self.runs}
        around = self.box.parent.style.partition(" ")[0] if self.box.parent else ""
        return self.box.path, f"{around} {self.box.style}", wrappers.pop() if len(wrappers) == 1 else ""


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
    walker = etree.iterwalk(document.root, events=("start", "end", "comment"))
    for event, element in walker:
        if builder.is_full:
            break
        if event == "end":
            builder.close(element)
        elif event == "comment":
            builder.add_text(element.tail)
        elif _is_unread(element, builder):
            builder.skip(element)
            walker.skip_subtree()
        elif element.tag == "a" and builder.has_text and _is_label(element):
            # "Head of Sales <a>LinkedIn</a> <a>Blog</a>": the link counts, its label is no part of the title.
            builder.add_link(element)
            builder.skipped = element
            walker.skip_subtree()
        else:
            builder.open(element)
    builder.end()
    return builder.page


class _Builder:
    """Gathers text into lines while the tree is walked; `br` and block elements end a line."""

    def __init__(self, spoken: Mapping[Any, str]) -> None:
        self.page = PageLines()
        self.spoken = spoken
        self.is_full = False
        self.box = Box(None, "", "", "", 0)
        self.depth = 0
        self.heading = 0
        self.inline: list[tuple[str, bool]] = []
        self.chunks: list[tuple[str, str, bool]] = []
        self.hrefs: list[str] = []
        self.skipped: Any = None
        self.link_is_broken = False

    def end(self) -> None:
        """End the line and the boxes that are open where a page is too long to be read whole."""
        self.flush()
        for opened in self.box.outward():
            opened.end, opened.end_link = len(self.page.lines), len(self.page.links)

    def open(self, element: Any) -> None:
        tag = element.tag
        if tag in _INLINE:
            self._open_inline(element, tag)
        elif tag == "br":
            self.flush()
            self.link_is_broken = any(label == "a" for label, _ in self.inline)
        else:
            self._open_box(element, tag)
        if text := element.text:
            self.add_text(text)
        if self.spoken and element in self.spoken:
            for text in self.spoken[element].split("\n"):
                self.flush()
                self.add_text(text)

    def skip(self, element: Any) -> None:
        """Leave an element out; a block ends the line it stands in."""
        self.skipped = element
        if element.tag not in ("noscript", "script", "style", "svg", "template"):
            self.flush()
        if element.tag == "blockquote":
            self.page.after_quotes[len(self.page.lines)] = self.box

    def close(self, element: Any) -> None:
        tag = element.tag
        if element is self.skipped:
            self.skipped = None
        elif tag in _INLINE:
            if self.inline:
                self.inline.pop()
            if tag == "a" and self.link_is_broken:  # a link of several lines is a card; the next one begins anew
                self.flush()
                self.link_is_broken = False
        elif tag != "br":
            self._close_box()
        if text := element.tail:
            self.add_text(text)

    @property
    def has_text(self) -> bool:
        """Whether the line that is being gathered says something already."""
        return bool(self.chunks)

    def add_text(self, text: str | None) -> None:
        if text and (self.chunks or not text.isspace()):
            wrapper, strong = self.inline[-1] if self.inline else ("", False)
            self.chunks.append((text, wrapper, strong))

    def flush(self) -> None:
        """End the line that is being gathered."""
        if not self.chunks:
            return
        runs = _runs(self.chunks)
        self.chunks = []
        text = " ".join("".join(run.text for run in runs).split())[:_MAX_LINE]
        line = Line(len(self.page.lines), text, self.box, self.heading, runs, tuple(self.hrefs))
        self.hrefs = []
        self.page.lines.append(line)
        self.is_full = len(self.page.lines) >= _MAX_LINES

    def _open_inline(self, element: Any, tag: str) -> None:
        above, strong = self.inline[-1] if self.inline else ("", False)
        label = tag if tag in ("a", "font") else f"{tag}.{element.get('class') or ''}"
        self.inline.append((label or above, strong or tag in _STRONG))
        if tag == "a":
            self.add_link(element)

    def add_link(self, element: Any) -> None:
        """Note where a link stands."""
        if href := element.get("href"):
            self.hrefs.append(href)
            self.page.links.append(Link(href, len(self.page.lines), self.box))

    def _open_box(self, element: Any, tag: str) -> None:
        if self.chunks:
            self.flush()
        self.depth += 1
        if self.depth > _MAX_DEPTH:
            return
        style, identifier = element.get("class") or element.get("style") or "", element.get("id") or ""
        page = self.page
        self.box = Box(self.box, tag, style, identifier, self.depth, len(page.lines), 0, len(page.links))
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
        box.end, box.end_link = len(self.page.lines), len(self.page.links)
        if box.tag in _HEADINGS:
            self.heading = 0
        self.box = box.parent


def _runs(chunks: list[tuple[str, str, bool]]) -> tuple[Run, ...]:
    """Neighbouring chunks under the same inline element as one run; blank ones between are kept as blanks."""
    runs: list[Run] = []
    for chunk, wrapper, strong in chunks:
        text = _folded(chunk)
        if runs and (runs[-1][1:] == (wrapper, strong) or text == " "):
            runs[-1] = Run(runs[-1].text + text, *runs[-1][1:])
        elif text != " ":
            runs.append(Run(text, wrapper, strong))
    return tuple(runs)


def _folded(text: str) -> str:
    """The text with every stretch of white space as one blank."""
    words = " ".join(text.split())
    if not words:
        return " "
    return f"{' ' if text[0].isspace() else ''}{words}{' ' if text[-1].isspace() else ''}"


def _is_unread(element: Any, builder: _Builder) -> bool:
    """Whether an element is no content: markup of a kind, or named navigation, footer, testimonial, comment."""
    tag = element.tag
    if not isinstance(tag, str) or tag in _UNREAD:
        builder.page.quotes += tag == "blockquote"
        return True
    if tag in _PAGE_PARTS:
        in_card = any(box.tag in _CARD_TAGS for box in builder.box.outward())
        return not in_card and not (tag == "header" and _is_card_header(element))
    if tag == "form":
        return element.find(".//h1") is None and sum(1 for _ in element.iterdescendants()) <= _FORM_SIZE
    if tag in ("html", "body", "main"):
        return False
    away = _away_by_name(element.get("class"), element.get("id"), element.get("role"))
    if away is None:
        return False
    builder.page.quotes += away == "quotes"
    return away == "quotes" or (away == "unread" and element.find(".//h1") is None)


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
