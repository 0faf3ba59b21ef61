"""People in data: objects with a name and a job title under whatever keys, in lists of their kind."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from html import unescape
from itertools import islice
from typing import Any, Final, Literal, NamedTuple

from crawler.items import Section
from crawler.pages.declared import Declared
from crawler.pages.marks import is_name, is_title
from crawler.pages.words import page_words, read_grouping
from pipelines.lexicon.vocabulary import load_vocabulary

_TAGS: Final = re.compile(r"<[^>]{0,200}>")
_WORD_STARTS: Final = re.compile(r"(?<=[a-z])(?=[A-Z])|[_-]")
_NOT_KEY: Final = re.compile(r"[^a-z]")
_MAX_NODES: Final = 100_000
_MAX_DEPTH: Final = 60
_MAX_ENTRIES: Final = 2000
_MAX_TEXT: Final = 160
_MAX_RICH: Final = 6
_MAX_BLOCKS: Final = 10

_PLACES: Final[Mapping[str, Section]] = {
    "executive": "executive", "either": "executive", "board": "board", "advisory": "advisory",
}  # fmt: skip

Place = Section | Literal["excluded"] | None


class Shape(NamedTuple):
    """Under which keys an object has its name and its title."""

    name: str
    title: str


@dataclass(slots=True)
class Entry:
    """One object that may be a person, with the list it stands in."""

    parent: int
    shape: Shape
    name: str
    title: str
    sure: bool
    section: Section | None
    former: bool
    links: tuple[str, ...]


@cache
def data_keys() -> Mapping[str, tuple[str, ...]]:
    """The keys of config/vocab/data_keys.toml by what stands under them."""
    return {kind: tuple(keys) for kind, keys in load_vocabulary("data_keys")["keys"].items()}


def people_in_data(values: Iterable[Any]) -> Iterator[Declared]:
    """Two people at least, or one whose object has a key that says job title: a lone pair of texts proves little.

    In a list of people an object counts too whose name or title no vocabulary knows.
    """
    entries = list(islice((entry for value in values for entry in _entries(value)), _MAX_ENTRIES))
    sure = Counter(entry.shape for entry in entries if entry.sure)
    of_lists = Counter((entry.parent, entry.shape.name) for entry in entries if entry.sure)
    lengths = Counter((entry.parent, entry.shape.name) for entry in entries)
    for entry in entries:
        group = entry.parent, entry.shape.name
        if entry.sure:
            known = sure[entry.shape] >= 2 or _plain(entry.shape.title) == "jobtitle"
        else:
            known = of_lists[group] >= 2 and of_lists[group] * 2 >= lengths[group]
        if known:
            yield Declared(
                entry.name, entry.title or None, None, entry.links, section=entry.section, former=entry.former
            )


class _Visit(NamedTuple):
    node: Any
    place: Place
    former: bool
    depth: int
    parent: int


def _entries(value: Any) -> Iterator[Entry]:
    stack = [_Visit(value, None, former=False, depth=0, parent=0)]
    seen: set[tuple[int, Place, bool]] = set()
    for _ in range(_MAX_NODES):
        if not stack:
            return
        visit = stack.pop()
        key = id(visit.node), visit.place, visit.former  # what is referred to twice is one object
        if visit.depth >= _MAX_DEPTH or not isinstance(visit.node, (dict, list)) or key in seen:
            continue
        seen.add(key)
        if isinstance(visit.node, list):
            # an element of a drawn tree (["$", "div", null, {...}]) is no list of things alike
            parent = visit.parent if visit.node[:1] == ["$"] else id(visit.node)
            stack.extend(
                visit._replace(node=item, depth=visit.depth + 1, parent=parent) for item in reversed(visit.node)
            )
        elif isinstance(visit.node, dict):
            visit = _placed(visit)
            if visit.place == "excluded":
                continue
            if entry := _entry(visit):
                yield entry
                if entry.sure:
                    continue
            stack.extend(_below(visit))


def _placed(visit: _Visit) -> _Visit:
    """The visit with the group that the object's own heading announces for the people below it."""
    for key, value in visit.node.items():
        if isinstance(value, (str, dict)) and _plain(key) in data_keys()["headings"] and (text := _text(value)):
            place, former = _grouping(text)
            if place:
                return visit._replace(place=place, former=visit.former or former)
    return visit


def _below(visit: _Visit) -> Iterator[_Visit]:
    for key, item in reversed(visit.node.items()):
        if not isinstance(item, (dict, list)) or _plain(key) in data_keys()["others"]:
            continue
        place, former = _grouping(key)
        if place != "excluded":
            yield _Visit(item, place or visit.place, visit.former or former, visit.depth + 1, visit.parent)


# --- one object -----------------------------------------------------------------------------------------------------


def _entry(visit: _Visit) -> Entry | None:
    fields = _fields(visit.node)
    keys = data_keys()
    name_key, name = _first(fields, keys["name"], is_name)
    given, family = _first(fields, keys["given"])[1], _first(fields, keys["family"])[1]
    if given and family:
        name_key, name = "first+last", f"{given} {family}"
    rest = {key: value for key, value in fields.items() if key != name_key}
    title_key, title = _first(rest, keys["title"], is_title)
    sure = bool(name and title and is_name(name))
    if not sure:
        name_key, name = (name_key, name) if name else _first(fields, keys["name"], _is_shaped_like_name)
        title_key, title = (title_key, title) if title else _first(rest, keys["title"])
        if not name or name_key in ("title", "heading") or title == name or not _is_shaped_like_name(name):
            return None
    links = tuple(link for key in data_keys()["links"] for link in _links(fields.get(key)))
    section = visit.place if visit.place != "excluded" else None
    return Entry(visit.parent, Shape(name_key, title_key), name, title, sure, section, visit.former, links)


def _fields(node: dict[str, Any]) -> dict[str, Any]:
    """The fields of an object and of those it wraps, by plain key."""
    inner = [value for key in data_keys()["wrappers"] if isinstance(value := node.get(key), dict)]
    return {_plain(key): value for fields in (*inner, node) for key, value in fields.items()}


def _first(fields: dict[str, Any], keys: Iterable[str], fits: Any = bool) -> tuple[str, str]:
    return next(
        ((key, text) for key in keys if key in fields and (text := _text(fields[key])) and fits(text)), ("", "")
    )


def _is_shaped_like_name(text: str) -> bool:
    """One to five words with capitals: a name nobody knows, in a list of people."""
    words = text.split()
    capitals = sum(word[:1].isupper() for word in words)
    known = page_words().not_names
    return (
        1 <= len(words) <= 5
        and capitals >= min(2, len(words))
        and len(text) > 1
        and not any(char.isdigit() for char in text)
        and known.isdisjoint(text.casefold().split())
    )


def _text(value: Any, depth: int = 0) -> str:
    """A field as text, whichever way it is kept: plain, HTML, rich text in blocks, a text for each language."""
    if isinstance(value, str):
        return _plain_text(value)
    if isinstance(value, dict) and depth <= _MAX_RICH:
        return next((text for item in _texts_in(value) if (text := _text(item, depth + 1))), "")
    if _is_rich(value, depth):
        return " ".join(filter(None, (_text(item, depth + 1) for item in value)))[: _MAX_TEXT + 1]
    return ""


def _is_rich(value: Any, depth: int) -> bool:
    """Whether a value is a short list of blocks of text."""
    short = isinstance(value, list) and depth <= _MAX_RICH and len(value) <= _MAX_BLOCKS
    return short and bool(depth or (value and isinstance(value[0], dict)))


def _plain_text(value: str) -> str:
    if len(value) > _MAX_TEXT * 2:
        return ""
    plain = _TAGS.sub(" ", value) if "<" in value else value
    text = " ".join((unescape(plain) if "&" in plain else plain).split())
    return text if len(text) <= _MAX_TEXT else ""


def _texts_in(value: dict[str, Any]) -> list[Any]:
    """Where an object that stands for a text may hold it: under a usual key, or under the codes of languages."""
    inner = [value[key] for key in data_keys()["texts"] if key in value]
    return inner or (list(value.values()) if all(len(key) in (2, 5) for key in value) else [])


def _links(value: Any) -> Iterator[str]:
    """Addresses in a field: one, or a list of objects with one each."""
    if isinstance(value, str):
        if value.startswith(("http", "/")):
            yield value
    elif isinstance(value, dict):
        yield from (item for key, item in value.items() if isinstance(item, str) and item.startswith("http"))
    elif isinstance(value, list):
        for item in value[:10]:
            if isinstance(item, (str, dict)):
                yield from _links(item)


# --- groups ---------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def _plain(key: str) -> str:
    return _NOT_KEY.sub("", key.lower())


@lru_cache(maxsize=4096)
def _grouping(text: str) -> tuple[Place, bool]:
    """The group that a heading or a key announces, and whether its people have left."""
    text = _WORD_STARTS.sub(" ", text)
    grouping = read_grouping(text) if 0 < len(text) <= 60 else None
    if grouping is None or not grouping.whole:
        return None, False
    if grouping.group == "excluded":
        return (grouping.past or "executive", True) if grouping.former else ("excluded", False)
    return _PLACES.get(grouping.group), False
