"""People a page declares: schema.org Person in JSON-LD and microdata, h-card and hCard."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, ClassVar, Final

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
_SIGNS: Final = re.compile(r"schema\.org/Person|[\"']Person[\"']|\bh-card\b|\bvcard\b")
_MAX_NODES: Final = 20_000
_MAX_DEPTH: Final = 40
_MAX_PEOPLE: Final = 500
_MICRODATA: Final = "//*[@itemscope and contains(@itemtype, 'schema.org/Person')]"
_CARDS: Final = (
    "//*[contains(concat(' ', normalize-space(@class), ' '), ' h-card ') or "
    "contains(concat(' ', normalize-space(@class), ' '), ' vcard ')]"
)


class StructuredReader(PageReader):
    """Exact where it is there; of 39 pages measured one had any (reference/leaders.md section 1)."""

    kind: ClassVar[PageKind] = "leaders"
    priority: ClassVar[int] = 58

    def matches(self, document: Document) -> bool:
        """HTML that mentions one of the vocabularies."""
        return document.is_html and _SIGNS.search(document.text) is not None

    def read(self, document: Document) -> PageReading:
        """The declared people who have a job title or a role at the page's organisation."""
        declared = (*_json_ld(document), *_microdata(document), *_classes(document))
        people = build_declared(document, declared)
        reason = None if people else "no_people"
        return PageReading(kind="leaders", reader=self.name, people=people, reason=reason)


# --- JSON-LD --------------------------------------------------------------------------------------------------------


def _json_ld(document: Document) -> Iterator[Declared]:
    for script in document.selector.xpath("//script[contains(@type, 'ld+json')]/text()").getall():
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
    for scope in document.selector.xpath(_MICRODATA)[:_MAX_PEOPLE]:
        role = scope.attrib.get("itemprop", "")
        if role in _OTHERS or scope.xpath("boolean(ancestor::*[contains(@itemtype, 'Review')])").get() == "1":
            continue
        name, title = _itemprop(scope, "name"), _itemprop(scope, "jobTitle")
        if name and (title or role in _ROLES):
            links = scope.xpath(".//a[@href]/@href | .//link[@itemprop='url' or @itemprop='sameAs']/@href").getall()
            yield Declared(name, title, _itemprop(scope, "worksFor"), tuple(links), _all_text([scope]))


def _itemprop(scope: Any, name: str) -> str | None:
    found = scope.xpath(f".//*[contains(concat(' ', @itemprop, ' '), ' {name} ')]")[:1]
    if not found:
        return None
    return found[0].attrib.get("content") or _all_text(found) or None


# --- h-card and hCard -----------------------------------------------------------------------------------------------


def _classes(document: Document) -> Iterator[Declared]:
    for card in document.selector.xpath(_CARDS)[:_MAX_PEOPLE]:
        if "blockquote" in {element.tag for element in card.root.iterancestors()}:
            continue
        name = _by_class(card, "p-name", "fn") or _own_name(card)
        title = _by_class(card, "p-job-title", "p-role", "title", "role")
        organisation = _by_class(card, "p-org", "org", "organization-name")
        if name and title and name != organisation:
            yield Declared(name, title, organisation, tuple(card.xpath(".//a/@href").getall()), _all_text([card]))


def _by_class(card: Any, *names: str) -> str | None:
    for name in names:
        found = card.xpath(f".//*[contains(concat(' ', normalize-space(@class), ' '), ' {name} ')]")[:1]
        if found and (text := _all_text(found)):
            return text
    return None


def _own_name(card: Any) -> str | None:
    """An h-card that is one element with a text is its own name; it has no title then and is dropped."""
    return None if card.xpath("./*") else _all_text([card])


def _all_text(selectors: Iterable[Any]) -> str:
    return " ".join(" ".join(selector.xpath(".//text()").getall()) for selector in selectors).strip()[:2000]
