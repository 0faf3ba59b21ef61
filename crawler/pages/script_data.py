"""The data a page hands to its scripts: JSON in scripts and attributes, assigned state, frameworks' own formats."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from html import unescape
from itertools import islice
from typing import Any, Final

from crawler.pages.document import Document, text_of
from crawler.pages.packed_data import island_value, unpacked
from crawler.pages.script_literals import NotALiteral, parameters, read_arguments, read_value

_SIGNS: Final = ("application/json", "__", "_STATE", "JSON.parse(", "&quot;", "='{\"", "='[")
"""One of them is in every page with data for scripts, but for plain variables."""
_FIELDS: Final = ("ame&quot;", "itle&quot;", 'ame"', "ame\\", "ame'", "ame:", 'itle"', "itle:", "itle\\")
"""How keys for a name or a title end: data without one holds no people."""
_OPENING: Final = re.compile(r"=([\"'])\s{0,20}(?=[\[{])")
"""Where the value of an attribute begins that may be JSON."""
_ASSIGNMENT: Final = re.compile(r"=\s{0,20}(?=[\[{]|JSON\.parse\(|\(function\()")
_STATE: Final = re.compile(
    r"(?:__[A-Z_]+__|\b[A-Z_]*STATE(?:__)?|\b\w*(?:team|people|leader|member|staff|board|executive|management|person)\w*)"
    r"[\"']?\]?\s*$",
    re.IGNORECASE,
)
"""What stands before the sign of assignment where state or a list of people is assigned."""
_MAX_NAME: Final = 60
_PARSED: Final = re.compile(r"JSON\.parse\(\s*(?=[\"'`])")
_FUNCTION: Final = re.compile(r"\(function\(([^)]*)\)\s*\{[^{}]*?\breturn\s*(?=\{)")
_CALLED: Final = re.compile(r"[;\s]*\}\s*(?=\()")
_FLIGHT: Final = re.compile(r'__next_f\.push\(\[1,\s*("(?:[^"\\]|\\.)*")\]\)')
_ROW: Final = re.compile(r"^[0-9a-f]{1,6}:(?=[\[{])", re.MULTILINE)
_MAX_SCRIPTS: Final = 200
_MAX_ATTRIBUTES: Final = 500
_SHORTEST: Final = 30
_MAX_ASSIGNED: Final = 20
_TYPE: Final = "application/json"


def has_script_data(text: str) -> bool:
    """Whether a page may hold data for scripts; cheap."""
    return any(sign in text for sign in _SIGNS) or bool("<script" in text and "= [{" in text)


def script_values(document: Document) -> Iterator[Any]:
    """Every value that scripts of the page find ready made, frameworks' packing undone."""
    if document.json is not None:
        yield document.json
        return
    text, flight = document.text, []
    for script in islice(document.root.iter("script"), _MAX_SCRIPTS):
        source = text_of(script) if script.get("src") is None else ""
        if not any(field in source for field in _FIELDS):
            continue
        if _TYPE in script.get("type", "") or script.get("id") == "__NEXT_DATA__":
            yield from _whole(source)
        elif "__next_f" in source:
            flight += _FLIGHT.findall(source)
        elif script.get("type", "") in ("", "text/javascript", "module"):
            yield from _assigned(source)
    yield from _flight_values(flight)
    if any(field in text for field in ("ame&quot;", "itle&quot;")) or "='{\"" in text or "='[" in text:
        yield from _attribute_values(text)


def _whole(source: str) -> Iterator[Any]:
    try:
        yield unpacked(json.loads(source.strip(), strict=False))
    except (ValueError, RecursionError):
        return


# --- state that a script assigns ------------------------------------------------------------------------------------


def _assigned(source: str) -> Iterator[Any]:
    """`window.__STATE__ = {...}`, `const team = [...]`, `JSON.parse("...")`, as far as it is no program."""
    end, tried = 0, 0
    for match in _ASSIGNMENT.finditer(source):
        ahead = source[max(0, match.start() - _MAX_NAME) : match.start()]
        if match.start() < end or tried >= _MAX_ASSIGNED or not _STATE.search(ahead):
            continue
        tried += 1
        try:
            value, end = _state(source, match.end())
        except (NotALiteral, ValueError, RecursionError):
            continue
        yield unpacked(value)
    for match in islice(_PARSED.finditer(source, end), _MAX_ASSIGNED):
        yield from _parsed(source, match.end())


def _parsed(source: str, start: int) -> Iterator[Any]:
    try:
        text = read_value(source, start)[0]
    except (NotALiteral, ValueError):
        return
    yield from _whole(text if isinstance(text, str) else "")


def _state(source: str, start: int) -> tuple[Any, int]:
    if match := _PARSED.match(source, start):
        text, end = read_value(source, match.end())
        return json.loads(text, strict=False), end
    if match := _FUNCTION.match(source, start):
        return _returned(source, match)
    return read_value(source, start)


def _returned(source: str, match: re.Match[str]) -> tuple[Any, int]:
    """What `(function(a,b){return {x:a}})("x", 2)` gives: Nuxt writes each value that repeats once."""
    end = read_value(source, match.end())[1]
    call = _CALLED.match(source, end)
    given = read_arguments(source, call.end()) if call else []
    return read_value(source, match.end(), dict(zip(parameters(match[1]), given, strict=False)))[0], end


# --- Next.js: the tree in pieces of text ----------------------------------------------------------------------------


def _flight_values(pieces: list[str]) -> Iterator[Any]:
    whole = "".join(json.loads(piece, strict=False) for piece in pieces)
    for match in _ROW.finditer(whole):
        try:
            yield json.JSONDecoder(strict=False).raw_decode(whole, match.end())[0]
        except (ValueError, RecursionError):
            continue


# --- JSON in attributes ---------------------------------------------------------------------------------------------


def _attribute_values(text: str) -> Iterator[Any]:
    tried = 0
    for match in _OPENING.finditer(text):
        written = text[match.end() : text.find(match[1], match.end())]
        if len(written) < _SHORTEST or not any(field in written for field in _FIELDS):
            continue
        tried += 1
        if tried > _MAX_ATTRIBUTES:
            return
        try:
            value = read_value(unescape(written))[0]
        except NotALiteral:
            continue
        yield island_value(value) if text[match.start() - 5 : match.start()] == "props" else value
