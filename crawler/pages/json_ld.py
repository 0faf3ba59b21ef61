"""People in JSON-LD: Person nodes with a job or a role at the organisation, references by @id followed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, Final, NamedTuple

from crawler.pages.declared import OF_OTHERS, ROLES, Declared
from crawler.pages.document import Document, text_of

_MAX_NODES: Final = 20_000
_MAX_DEPTH: Final = 40
_MAX_PEOPLE: Final = 500
_MAX_SCRIPTS: Final = 50


class _Visit(NamedTuple):
    node: Any
    role: str
    depth: int


def people_in_json_ld(document: Document) -> Iterator[Declared]:
    """The people of every JSON-LD script; a script that is no JSON is passed over."""
    nodes = list(_scripts(document))
    named = {node["@id"]: node for node in _walk(nodes) if isinstance(node.get("@id"), str) and len(node) > 1}
    yield from islice(_persons(nodes, named), _MAX_PEOPLE)


def _scripts(document: Document) -> Iterator[Any]:
    scripts = (script for script in document.root.iter("script") if "ld+json" in script.get("type", ""))
    for script in islice(scripts, _MAX_SCRIPTS):
        source = text_of(script).strip().removeprefix("<!--").removesuffix("-->").strip()
        if "Person" not in source:
            continue
        try:
            yield json.loads(source.removeprefix("//<![CDATA[").removesuffix("//]]>").rstrip(" ;"), strict=False)
        except (ValueError, RecursionError):
            continue


def _walk(nodes: list[Any]) -> Iterator[dict[str, Any]]:
    stack = [(node, 0) for node in nodes]
    for _ in range(_MAX_NODES):
        if not stack:
            return
        node, depth = stack.pop()
        if isinstance(node, dict):
            yield node
        if isinstance(node, (dict, list)) and depth < _MAX_DEPTH:
            stack.extend((item, depth + 1) for item in (node.values() if isinstance(node, dict) else node))


def _persons(nodes: list[Any], named: Mapping[str, dict[str, Any]]) -> Iterator[Declared]:
    """Every Person below, unless they stand under a property that makes them somebody else."""
    stack = [_Visit(nodes, "", 0)]
    for _ in range(_MAX_NODES):
        if not stack:
            return
        node, role, depth = stack.pop()
        if isinstance(node, list) and depth < _MAX_DEPTH:
            stack.extend(_Visit(item, role, depth + 1) for item in reversed(node))
        elif isinstance(node, dict):
            full = node if len(node) > 1 else named.get(str(node.get("@id")), node)
            if _is_a(full, "Person") and (person := _person(full, role, named)):
                yield person
            if node is full and depth < _MAX_DEPTH and not _is_a(node, "Review"):
                below = ((key, value) for key, value in reversed(node.items()) if key not in OF_OTHERS)
                stack.extend(_Visit(value, key, depth + 1) for key, value in below)


def _is_a(node: dict[str, Any], kind: str) -> bool:
    types = node.get("@type")
    return any(
        str(one).rpartition("/")[2].rpartition(":")[2] == kind
        for one in (types if isinstance(types, list) else [types])
    )


def _person(node: dict[str, Any], role: str, named: Mapping[str, dict[str, Any]]) -> Declared | None:
    parts = filter(None, (_text(node.get("givenName")), _text(node.get("familyName"))))
    name = _text(node.get("name")) or " ".join(parts)
    title = _text(node.get("jobTitle")) or _text(node.get("roleName")) or _occupation(node)
    implied = title is None and role.startswith("founder")
    title = role.rstrip("s").capitalize() if implied else title
    if not name or (title is None and role not in ROLES):
        return None
    links = (_text(node.get("url")), *_texts(node.get("sameAs")))
    return Declared(name, title, _employer(node.get("worksFor"), named), tuple(filter(None, links)), implied=implied)


def _occupation(node: dict[str, Any]) -> str | None:
    value = node.get("hasOccupation")
    return _text(value) if isinstance(value, (dict, list)) else None


def _employer(value: Any, named: Mapping[str, dict[str, Any]]) -> str | None:
    """The name of the employer; a reference to a node without a name says nothing."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict) and not value.get("name"):
        value = named.get(str(value.get("@id")), {}).get("name")
    return _text(value)


def _text(value: Any) -> str | None:
    """A property as text, whichever way it is written: a text, a list, an object with a name."""
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("name") or value.get("@value") or value.get("roleName") or value.get("@id")
    return " ".join(value.split()) or None if isinstance(value, str) else None


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(text for item in (value if isinstance(value, list) else [value]) if (text := _text(item)))
