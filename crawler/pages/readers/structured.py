"""People a page declares: schema.org Person in JSON-LD and microdata, h-card and hCard."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import partial
from itertools import islice
from typing import Any, ClassVar, Final

from lxml import etree

from crawler.items import PageKind, PageReading
from crawler.pages.base import PageReader
from crawler.pages.declared import Declared, build_declared
from crawler.pages.document import Document

_ROLES: Final = ("employee", "employees", "founder", "founders", "member", "members", "alumni")
_PAST_ROLES: Final = frozenset({"alumni"})
_OTHERS: Final = frozenset(
    {"author", "creator", "reviewer", "review", "reviews", "publisher", "contributor", "editor", "performer",
     "performers", "speaker", "comment", "actor", "director", "sponsor", "copyrightHolder", "translator", "provider",
     "customer", "organizer", "attendee", "accountablePerson", "alumni"}
)  # fmt: skip
"""Under these somebody wrote, reviewed or performed: no leader of the organisation. Testimonials are reviews."""
_DECLARED: Final = ("schema.org/Person", '"Person"', "'Person'")
_CARD_CLASS: Final = re.compile(r"\b(?:h-card|vcard)\b")
_MAX_NODES: Final = 20_000
_MAX_DEPTH: Final = 40
_MAX_PEOPLE: Final = 500
_XPath: Final = partial(etree.XPath, smart_strings=False)
_TEXTS: Final = _XPath(".//text()")
_SCOPES: Final = _XPath("//*[@itemscope and contains(@itemtype, 'schema.org/Person')]")
_IN_REVIEW: Final = _XPath("boolean(ancestor::*[contains(@itemtype, 'Review')])")
_PROPERTY: Final = _XPath(".//*[contains(concat(' ', @itemprop, ' '), $name)]")
_LINKED: Final = _XPath(".//a[@href]/@href | .//link[@itemprop='url' or @itemprop='sameAs']/@href")
_CARDS: Final = _XPath(
    "//*[contains(concat(' ', normalize-space(@class), ' '), ' h-card ') or "
    "contains(concat(' ', normalize-space(@class), ' '), ' vcard ')]"
)
_CLASSED: Final = _XPath(".//*[contains(concat(' ', normalize-space(@class), ' '), $name)]")
_ADDRESSES: Final = _XPath(".//a/@href")


class StructuredReader(PageReader):
    """Exact where it is there; of 39 pages measured one had any (reference/leaders.md section 1)."""

    kind: ClassVar[PageKind] = "leaders"
    priority: ClassVar[int] = 58

    def matches(self, document: Document) -> bool:
        """HTML that mentions one of the vocabularies."""
        return document.is_html and (_declares_person(document.text) or _has_card_class(document.text))

    def read(self, document: Document) -> PageReading:
        """The declared people who have a job title or a role at the page's organisation."""
        declared = (*_json_ld(document), *_microdata(document), *_classes(document))
        people = build_declared(document, declared)
        reason = None if people else "no_people"
        return PageReading(kind="leaders", reader=self.name, people=people, reason=reason)


# The plain words are looked for first: a pattern reads a page many times slower.


def _declares_person(text: str) -> bool:
    return "Person" in text and any(sign in text for sign in _DECLARED)


def _has_card_class(text: str) -> bool:
    return ("vcard" in text or "h-card" in text) and _CARD_CLASS.search(text) is not None


# --- JSON-LD --------------------------------------------------------------------------------------------------------


def _json_ld(document: Document) -> Iterator[Declared]:
    scripts = (script for script in document.root.iter("script") if "ld+json" in script.get("type", ""))
    for script in (text for element in scripts for text in _TEXTS(element) if "Person" in text):
        try:
            data = json.loads(script.strip().removeprefix("<!--").removesuffix("-->"), strict=False)
        except (ValueError, RecursionError):
            continue
        yield from islice(_persons(data), _MAX_PEOPLE)


def _persons(data: Any) -> Iterator[Declared]:
    """Every Person below, unless they stand under a property that makes them somebody else."""
    stack: list[tuple[Any, str, int]] = [(data, "", 0)]
    for _ in range(_MAX_NODES):
        if not stack:
            return
        node, role, depth = stack.pop()
        if isinstance(node, list) and depth < _MAX_DEPTH:
            stack.extend((item, role, depth + 1) for item in reversed(node))
        elif isinstance(node, dict):
            if _is_a(node, "Person") and (person := _person(node, role)):
                yield person
            if depth < _MAX_DEPTH and not _is_a(node, "Review"):
                stack.extend((value, key, depth + 1) for key, value in reversed(node.items()) if key not in _OTHERS)


def _is_a(node: dict[str, Any], kind: str) -> bool:
    types = node.get("@type")
    return kind in (types if isinstance(types, list) else [types])


def _person(node: dict[str, Any], role: str) -> Declared | None:
    name = _text(node.get("name")) or " ".join(
        filter(None, (_text(node.get("givenName")), _text(node.get("familyName"))))
    )
    title = _text(node.get("jobTitle")) or (role.rstrip("s").capitalize() if role.startswith("founder") else None)
    if not name or (title is None and role not in _ROLES):
        return None
    links = (_text(node.get("url")), *_texts(node.get("sameAs")))
    return Declared(name, title, _text(node.get("worksFor")), tuple(filter(None, links)))


def _text(value: Any) -> str | None:
    """A property as text, whichever way it is written: a text, a list, an object with a name."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("name") or value.get("@value") or value.get("@id")
    return " ".join(value.split()) or None if isinstance(value, str) else None


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(text for item in (value if isinstance(value, list) else [value]) if (text := _text(item)))


# --- microdata ------------------------------------------------------------------------------------------------------


def _microdata(document: Document) -> Iterator[Declared]:
    for scope in _SCOPES(document.root)[:_MAX_PEOPLE] if "schema.org/Person" in document.text else ():
        role = scope.get("itemprop", "")
        if role in _OTHERS or _IN_REVIEW(scope):
            continue
        name, title = _itemprop(scope, "name"), _itemprop(scope, "jobTitle")
        if name and (title or role in _ROLES):
            yield Declared(name, title, _itemprop(scope, "worksFor"), tuple(_LINKED(scope)), _all_text(scope))


def _itemprop(scope: Any, name: str) -> str | None:
    found = _PROPERTY(scope, name=f" {name} ")[:1]
    return (found[0].get("content") or _all_text(found[0]) or None) if found else None


# --- h-card and hCard -----------------------------------------------------------------------------------------------


def _classes(document: Document) -> Iterator[Declared]:
    for card in _CARDS(document.root)[:_MAX_PEOPLE] if _has_card_class(document.text) else ():
        if next(card.iterancestors("blockquote"), None) is not None:
            continue
        name = _by_class(card, "p-name", "fn") or _own_name(card)
        title = _by_class(card, "p-job-title", "p-role", "title", "role")
        organisation = _by_class(card, "p-org", "org", "organization-name")
        if name and title and name != organisation:
            yield Declared(name, title, organisation, tuple(_ADDRESSES(card)), _all_text(card))


def _by_class(card: Any, *names: str) -> str | None:
    for name in names:
        found = _CLASSED(card, name=f" {name} ")[:1]
        if found and (text := _all_text(found[0])):
            return text
    return None


def _own_name(card: Any) -> str | None:
    """An h-card that is one element with a text is its own name; it has no title then and is dropped."""
    return None if any(isinstance(child.tag, str) for child in card) else _all_text(card)


def _all_text(element: Any) -> str:
    return " ".join(_TEXTS(element)).strip()[:2000]
