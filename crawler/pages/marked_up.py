"""People marked up in place: microdata, RDFa Lite, h-card and hCard."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from itertools import islice
from typing import Any, Final

from lxml import etree

from crawler.pages.declared import OF_OTHERS, ROLES, Declared
from crawler.pages.document import Document

_CARD_CLASS: Final = re.compile(r"\b(?:h-card|vcard)\b")
_TYPE_OF: Final = re.compile(r"typeof=[\"']?(?:[\w:/.#-]*[:/])?Person\b")
_ENOUGH: Final = 3
_MAX_PEOPLE: Final = 500
_MAX_TEXTS: Final = 300
_XPath: Final = partial(etree.XPath, smart_strings=False)
_SCOPES: Final = _XPath("//*[@itemscope and contains(@itemtype, 'schema.org/Person')]")
_TYPED: Final = _XPath("//*[@typeof]")
_IN_REVIEW: Final = _XPath("boolean(ancestor::*[contains(@itemtype, 'Review') or contains(@typeof, 'Review')])")
_CARDS: Final = _XPath(
    "//*[contains(concat(' ', normalize-space(@class), ' '), ' h-card ') or "
    "contains(concat(' ', normalize-space(@class), ' '), ' vcard ')]"
)
_PARTS: Final = frozenset(
    {"p-name", "fn", "p-job-title", "p-role", "title", "role", "p-org", "org", "organization-name"}
)
_MAX_PARTS: Final = 200
"""Elements of a card that are looked at; a larger scope is the page's."""


# The plain words are looked for first: a pattern reads a page many times slower.


def has_marked_up_people(text: str) -> bool:
    """Whether a page uses one of the vocabularies for people; cheap."""
    return "schema.org/Person" in text or _has_typed(text) or _has_card_class(text)


def people_marked_up(document: Document) -> Iterator[Declared]:
    """The people of all four vocabularies."""
    yield from _settled(_microdata(document))
    yield from _settled(_rdfa(document))
    yield from _classes(document)


def _has_typed(text: str) -> bool:
    return "typeof=" in text and "Person" in text and _TYPE_OF.search(text) is not None


def _has_card_class(text: str) -> bool:
    return ("vcard" in text or "h-card" in text) and _CARD_CLASS.search(text) is not None


def _settled(found: Iterable[tuple[Declared, bool]]) -> Iterator[Declared]:
    """Who has a title or a role here; beside at least three of them also those of whom a name alone is declared."""
    people = list(found)
    enough = sum(sure for _, sure in people) >= _ENOUGH
    return (person for person, sure in people if sure or enough)


# --- microdata ------------------------------------------------------------------------------------------------------


def _microdata(document: Document) -> Iterator[tuple[Declared, bool]]:
    for scope in _SCOPES(document.root)[:_MAX_PEOPLE] if "schema.org/Person" in document.text else ():
        role = scope.get("itemprop", "")
        if role in OF_OTHERS or _IN_REVIEW(scope):
            continue
        properties = _properties(scope, "itemprop")
        name, title = properties.get("name"), properties.get("jobTitle")
        if name:
            person = Declared(name, title, properties.get("worksFor"), tuple(_links(scope)), _all_text(scope))
            yield person, bool(title) or role in ROLES


def _properties(scope: Any, attribute: str) -> dict[str, str]:
    """The first text of every property below a scope."""
    found: dict[str, str] = {}
    for part in islice(scope.iterdescendants(), _MAX_PARTS):
        for name in (part.get(attribute) or "").split() if isinstance(part.tag, str) else ():
            plain = name.rpartition(":")[2]
            if plain not in found and (text := part.get("content") or _all_text(part)):
                found[plain] = text
    return found


def _links(scope: Any) -> Iterator[str]:
    for part in islice(scope.iterdescendants(), _MAX_PARTS):
        if part.tag == "a" or (part.tag == "link" and part.get("itemprop") in ("url", "sameAs")):
            yield from filter(None, (part.get("href"),))


# --- RDFa Lite ------------------------------------------------------------------------------------------------------


def _rdfa(document: Document) -> Iterator[tuple[Declared, bool]]:
    for scope in _TYPED(document.root)[:_MAX_PEOPLE] if _has_typed(document.text) else ():
        kinds = re.split(r"[\s/:#]+", scope.get("typeof", ""))
        role = scope.get("property", "").rpartition(":")[2]
        if "Person" not in kinds or role in OF_OTHERS or _IN_REVIEW(scope):
            continue
        properties = _properties(scope, "property")
        name, title = properties.get("name"), properties.get("jobTitle")
        if name:
            person = Declared(name, title, properties.get("worksFor"), tuple(_links(scope)), _all_text(scope))
            yield person, bool(title) or role in ROLES


# --- h-card and hCard -----------------------------------------------------------------------------------------------


def _classes(document: Document) -> Iterator[Declared]:
    for card in _CARDS(document.root)[:_MAX_PEOPLE] if _has_card_class(document.text) else ():
        if next(card.iterancestors("blockquote"), None) is not None:
            continue
        parts = _by_class(card)
        name = _first(parts, "p-name", "fn") or _own_name(card)
        title = _first(parts, "p-job-title", "p-role", "title", "role")
        organisation = _first(parts, "p-org", "org", "organization-name")
        if name and title and name != organisation:
            yield Declared(name, title, organisation, tuple(_links(card)), _all_text(card))


def _by_class(card: Any) -> dict[str, str]:
    """The first text of every class below a card that a card's parts may bear."""
    found: dict[str, str] = {}
    for part in islice(card.iterdescendants(), _MAX_PARTS):
        for name in (part.get("class") or "").split() if isinstance(part.tag, str) else ():
            if name in _PARTS and name not in found and (text := _all_text(part)):
                found[name] = text
    return found


def _first(parts: Mapping[str, str], *names: str) -> str | None:
    return next((parts[name] for name in names if name in parts), None)


def _own_name(card: Any) -> str | None:
    """An h-card that is one element with a text is its own name; it has no title then and is dropped."""
    return None if any(isinstance(child.tag, str) for child in card) else _all_text(card)


def _all_text(element: Any) -> str:
    return " ".join(islice(element.itertext(), _MAX_TEXTS)).strip()[:2000]
