"""People in the data a page hands to its scripts: __NEXT_DATA__, Nuxt, application/json, assigned state."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from typing import Any, ClassVar, Final, Literal

from crawler.items import PageKind, PageReading, Section
from crawler.pages.base import PageReader
from crawler.pages.declared import Declared, build_declared
from crawler.pages.document import Document
from crawler.pages.marks import is_name, is_title
from crawler.pages.words import read_grouping

_SCRIPTS: Final = "//script[@type='application/json' or @id='__NEXT_DATA__' or @id='__NUXT_DATA__']/text()"
_WORDS: Final = ("__", "application/json", "JSON.parse(")
_SIGNS: Final = re.compile(r"application/json|__NEXT_DATA__|__NUXT_DATA__|__[A-Z_]+__\s*=|JSON\.parse\(")
_ASSIGNED: Final = re.compile(r"(?:window\.)?__[A-Z_]+__\s*=\s*(?=[{\[])|JSON\.parse\((?=\")")
_NAMES: Final = (
    "name",
    "fullName",
    "full_name",
    "fullname",
    "displayName",
    "personName",
    "memberName",
    "title",
    "heading",
)
_GIVEN: Final = ("firstName", "first_name", "firstname", "givenName")
_FAMILY: Final = ("lastName", "last_name", "lastname", "surname", "familyName")
_TITLES: Final = (
    "jobTitle", "job_title", "jobtitle", "position", "role", "title", "designation", "jobPosition", "jobRole",
    "occupation", "subtitle", "subTitle", "tagline", "function", "description",
)  # fmt: skip
_LINKS: Final = (
    "linkedin",
    "linkedIn",
    "linkedinUrl",
    "linkedInUrl",
    "twitter",
    "url",
    "link",
    "href",
    "website",
    "slug_url",
)
_WRAPPERS: Final = ("fields", "attributes", "acf", "data", "node", "content")
_MAX_NODES: Final = 100_000
_MAX_DEPTH: Final = 60
_MAX_TEXT: Final = 160


class EmbeddedJsonReader(PageReader):
    """Objects with a name and a job title inside JSON that scripts would draw the page from."""

    kind: ClassVar[PageKind] = "leaders"
    priority: ClassVar[int] = 59

    def matches(self, document: Document) -> bool:
        """HTML with data for scripts, or JSON itself."""
        if document.json is not None:
            return True
        named = document.is_html and any(word in document.text for word in _WORDS)
        return named and _SIGNS.search(document.text) is not None

    def read(self, document: Document) -> PageReading:
        """The people in the largest group of objects of one shape."""
        people = build_declared(document, _people(list(_values(document))))
        reason = None if people else "no_people"
        return PageReading(kind="leaders", reader=self.name, people=people, reason=reason)


def _values(document: Document) -> Iterator[Any]:
    if document.json is not None:
        yield document.json
        return
    for script in document.selector.xpath(_SCRIPTS).getall():
        try:
            yield json.loads(script, strict=False)
        except (ValueError, RecursionError):
            continue
    for script in document.selector.xpath("//script[not(@src)][contains(., '__')]/text()").getall():
        yield from _assigned(script)


def _assigned(script: str) -> Iterator[Any]:
    """`window.__STATE__ = {...}`: the value as far as it is JSON."""
    decoder = json.JSONDecoder(strict=False)
    for match in _ASSIGNED.finditer(script):
        try:
            value = decoder.raw_decode(script, match.end())[0]
            yield json.loads(value, strict=False) if isinstance(value, str) else value
        except (ValueError, RecursionError):
            continue


def _people(values: list[Any]) -> Iterator[Declared]:
    """Two people at least, or one whose object has a key that says job title: a lone pair of texts proves little."""
    found = [pair for value in values for pair in _objects(value)]
    shapes = Counter(shape for shape, _ in found)
    for shape, person in found:
        if shapes[shape] >= 2 or shape[1].lower().replace("_", "") == "jobtitle":
            yield person


def _objects(value: Any) -> Iterator[tuple[tuple[str, str], Declared]]:
    stack: list[tuple[Any, Section | Literal["excluded"] | None, int]] = [(value, None, 0)]
    for _ in range(_MAX_NODES):
        if not stack:
            return
        node, section, depth = stack.pop()
        if isinstance(node, list) and depth < _MAX_DEPTH:
            stack.extend((item, section, depth + 1) for item in reversed(node))
        elif isinstance(node, dict):
            here = _section(node) or section
            if here == "excluded":
                continue
            if found := _person(node, here):
                yield found
            elif depth < _MAX_DEPTH:
                stack.extend(
                    (item, _section_named(key) or here, depth + 1)
                    for key, item in reversed(node.items())
                    if _section_named(key) != "excluded"
                )


def _person(node: dict[str, Any], section: Section | None) -> tuple[tuple[str, str], Declared] | None:
    fields = {**{key: value for wrap in _WRAPPERS for key, value in _dict(node.get(wrap)).items()}, **node}
    name_key, name = _first(fields, _NAMES, is_name)
    first, last = _first(fields, _GIVEN)[1], _first(fields, _FAMILY)[1]
    if first and last:
        name_key, name = "first+last", f"{first} {last}"
    title_key, title = _first({key: value for key, value in fields.items() if key != name_key}, _TITLES, is_title)
    if not name or not title or not is_name(name):
        return None
    links = tuple(text for key in _LINKS if (text := _text(fields.get(key))) and text.startswith(("http", "/")))
    return (name_key, title_key), Declared(name, title, None, links, section=section)


def _first(fields: dict[str, Any], keys: tuple[str, ...], fits: Any = bool) -> tuple[str, str]:
    return next(((key, text) for key in keys if (text := _text(fields.get(key))) and fits(text)), ("", ""))


def _text(value: Any) -> str:
    if isinstance(value, dict):
        value = value.get("rendered") or value.get("value") or value.get("text") or value.get("url")
    return " ".join(value.split()) if isinstance(value, str) and len(value) <= _MAX_TEXT else ""


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _section(node: dict[str, Any]) -> Section | Literal["excluded"] | None:
    """The group that an object's own heading announces for the people below it."""
    return next(
        (found for key in ("heading", "title", "name", "label") if (found := _section_named(_text(node.get(key))))),
        None,
    )


def _section_named(text: str) -> Section | Literal["excluded"] | None:
    grouping = read_grouping(re.sub(r"(?<=[a-z])(?=[A-Z])|[_-]", " ", text)) if 0 < len(text) <= 60 else None
    if grouping is None or not grouping.whole or grouping.group in ("staff", "partners"):
        return None
    if grouping.group == "excluded":
        return "excluded"
    return (
        "executive"
        if grouping.group in ("executive", "either")
        else ("advisory" if grouping.group == "advisory" else "board")
    )
