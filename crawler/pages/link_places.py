"""Where links stand on a page, besides plain ones: menus kept in attributes, templates and JSON, options, frames."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from html import unescape
from itertools import islice
from typing import Any, Final

from lxml import etree

from crawler.pages.document import Document, text_of

_XPath: Final = partial(etree.XPath, smart_strings=False)
_NO_PAGES: Final = ("#", "mailto:", "tel:", "sms:", "javascript:", "data:")
_ADDRESS_ATTRIBUTES: Final = ("data-href", "data-url", "data-link", "data-target-url", "data-page-url", "data-path")
_ADDRESSED: Final = _XPath(f"//*[{' or '.join(f'@{name}' for name in _ADDRESS_ATTRIBUTES)} or @onclick]")
_ON_CLICK: Final = re.compile(
    r"(?:location(?:\.href|\.assign)?|window\.open|navigate)\s*[=(]\s*['\"]([^'\"]{1,500})['\"]"
)
_TEMPLATES: Final = _XPath(
    "//script[contains(@type,'template') or contains(@type,'html') or contains(@type,'handlebars')]/text()"
)
_JSON_SCRIPTS: Final = _XPath("//script[contains(@type,'json')]/text()")
_JSON_ATTRIBUTES: Final = _XPath("//@*[starts-with(., '[{') or starts-with(., '{\"')]")
_MARKUP_ATTRIBUTES: Final = _XPath("//@*[contains(., '<a ')]")
_HOLDS_JSON: Final = re.compile(r"=\s*['\"]\s*(?:\[\{|\{(?:\"|&quot;|&#34;))")
_ANCHOR: Final = re.compile(
    r"<a\b[^>]{0,500}?\bhref\s*=\s*[\"']([^\"'>]{1,500})[\"'][^>]{0,500}>(.{0,500}?)</a", re.DOTALL | re.IGNORECASE
)
_TAG: Final = re.compile(r"<[^>]*>")
_ADDRESS_KEYS: Final = ("url", "href", "link", "path", "to", "permalink", "uri", "route")
_TEXT_KEYS: Final = ("label", "title", "name", "text", "heading", "linkText", "linkTitle", "caption")
_MAX_NODES: Final = 20_000
_MAX_DEPTH: Final = 60
_MAX_TEXT: Final = 200


@dataclass(frozen=True, slots=True)
class PlacedLink:
    """One link of a page: its address as written, and the element that holds it or the text beside it."""

    href: str
    element: Any = None
    said: str = ""

    @property
    def texts(self) -> tuple[str, ...]:
        """What the link says, in its text, its label, its tooltip and the pictures in it; each once."""
        if self.element is None:
            return (self.said,)
        found = (text_of(self.element), *map(self.element.get, ("aria-label", "title")), *_alternatives(self.element))
        folded = (" ".join(text.split())[:_MAX_TEXT] for text in found if text)
        return tuple(dict.fromkeys(text for text in folded if text)) or ("",)


def _alternatives(element: Any) -> Iterator[str | None]:
    """The texts that stand for the pictures of a link."""
    yield from (image.get("alt") or image.get("title") for image in islice(element.iter("img"), 3))
    yield from (text_of(title) for title in islice(element.iter("{*}title"), 2))


def placed_links(document: Document) -> Iterator[PlacedLink]:
    """Every link of a page that may lead to another one; mail, telephone and script are none.

    Plain links come first, as they stand; what is kept for scripts to show follows.
    """
    for link in _all_links(document):
        href = link.href.strip()
        if href and not href[:11].lower().startswith(_NO_PAGES):
            yield PlacedLink(href, link.element, link.said)


def _all_links(document: Document) -> Iterator[PlacedLink]:
    if document.json is not None:
        yield from _in_json(document.json)
        return
    for anchor in document.root.iter("a", "area"):
        yield PlacedLink(anchor.get("href") or "", anchor)
    for option in islice(document.root.iter("option"), 500):
        if "/" in (value := option.get("value") or ""):
            yield PlacedLink(value, option)
    for frame in islice(document.root.iter("frame", "iframe"), 20):
        yield PlacedLink(frame.get("src") or "", frame)
    yield from _addressed(document)
    yield from _in_markup(document)
    for value in _json_values(document):
        yield from _in_json(value)


def _addressed(document: Document) -> Iterator[PlacedLink]:
    """Elements that scripts make into links."""
    for element in islice(_ADDRESSED(document.root), 1000):
        clicked = _ON_CLICK.search(element.get("onclick") or "")
        addresses = (element.get(name) for name in _ADDRESS_ATTRIBUTES)
        href = next(filter(None, addresses), None) or (clicked[1] if clicked else None)
        if href and len(text_of(element)) <= _MAX_TEXT:
            yield PlacedLink(href, element)


def _in_markup(document: Document) -> Iterator[PlacedLink]:
    """Links in markup that stands in a template or an attribute until a script shows it."""
    pieces = [*_TEMPLATES(document.root)[:50]]
    if "&lt;a " in document.text or "<a " in document.text:
        pieces += _MARKUP_ATTRIBUTES(document.root)[:50]
    for piece in pieces:
        for match in islice(_ANCHOR.finditer(piece), 500):
            yield PlacedLink(unescape(match[1]), said=" ".join(unescape(_TAG.sub(" ", match[2])).split()))


def _json_values(document: Document) -> Iterator[Any]:
    texts = _JSON_SCRIPTS(document.root)[:50]
    if _HOLDS_JSON.search(document.text):
        texts += _JSON_ATTRIBUTES(document.root)[:50]
    for text in texts:
        try:
            yield json.loads(text, strict=False)
        except (ValueError, RecursionError):
            continue


def _in_json(value: Any) -> Iterator[PlacedLink]:
    """Objects with an address and a text: the menu as data."""
    stack: list[tuple[Any, int]] = [(value, 0)]
    for _ in range(_MAX_NODES):
        if not stack:
            return
        node, depth = stack.pop()
        below = node.values() if isinstance(node, dict) else node if isinstance(node, list) else ()
        if depth < _MAX_DEPTH:
            stack.extend((item, depth + 1) for item in reversed(list(below)))
        if isinstance(node, dict) and (href := _first(node, _ADDRESS_KEYS)) and (said := _first(node, _TEXT_KEYS)):
            yield PlacedLink(href, said=said)


def _first(node: dict[str, Any], keys: tuple[str, ...]) -> str:
    """The first of the keys that holds a short text, itself or one level down (link: {url: ...})."""
    for key in keys:
        value = node.get(key)
        if isinstance(value, dict):
            value = next(
                (value[name] for name in (*_ADDRESS_KEYS, "rendered") if isinstance(value.get(name), str)), None
            )
        if isinstance(value, str) and 0 < len(value) <= 500:
            return " ".join(value.split())
    return ""
