"""Values written in a script as JavaScript writes them: bare keys, single quotes, comments, `!0`, `void 0`."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

_BLANK: Final = re.compile(r"(?:\s+|//[^\n]*|/\*.*?\*/)*+", re.DOTALL)
_STRING: Final = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'|`(?:[^`\\]|\\.)*`", re.DOTALL)
_NUMBER: Final = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_WORD: Final = re.compile(r"[A-Za-z_$][\w$.]*")
_ESCAPE: Final = re.compile(r"\\(u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2}|.)", re.DOTALL)
_CONTROLS: Final = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "\n": ""}
_CONSTANTS: Final[Mapping[str, Any]] = {"true": True, "false": False}
_MAX_DEPTH: Final = 60
_MAX_VALUES: Final = 100_000


class NotALiteral(ValueError):
    """The text at hand is an expression that only a script engine can work out."""


def read_value(text: str, start: int = 0, names: Mapping[str, Any] | None = None) -> tuple[Any, int]:
    """The value that begins at `start`, and where it ends. `names` are the values of words known from elsewhere.

    Unknown words and calls are None. Raises NotALiteral where the text is neither JSON nor a literal of JavaScript.
    """
    try:
        value, end = json.JSONDecoder(strict=False).raw_decode(text, start)
    except (ValueError, RecursionError):
        return _Reader(text, names or {}).value(start, 0)
    return value, end


def read_arguments(text: str, start: int) -> list[Any]:
    """The arguments of a call whose bracket opens at `start`."""
    return _Reader(text, {}).sequence(start, ")", 0)[0]


class _Reader:
    """Reads by recursive descent; each character is looked at once."""

    def __init__(self, text: str, names: Mapping[str, Any]) -> None:
        self.text = text
        self.names = names
        self.left = _MAX_VALUES

    def value(self, position: int, depth: int) -> tuple[Any, int]:
        position = self._blank(position)
        self.left -= 1
        if depth > _MAX_DEPTH or self.left < 0:
            raise NotALiteral("too deep or too large")
        sign = self.text[position : position + 1]
        if sign == "{":
            return self._object(position, depth)
        if sign == "[":
            return self.sequence(position, "]", depth)
        if match := _STRING.match(self.text, position):
            return _unescaped(match[0][1:-1]), match.end()
        if match := _NUMBER.match(self.text, position):
            return float(match[0]), match.end()
        if sign == "!":
            value, end = self.value(position + 1, depth + 1)
            return not value, end
        return self._word(position, depth)

    def sequence(self, position: int, closing: str, depth: int) -> tuple[list[Any], int]:
        """The values of an array or of a call, from its opening bracket to after its closing one."""
        items: list[Any] = []
        position = self._blank(position + 1)
        while self._sign(position) != closing:
            if self._sign(position) == ",":
                position = self._blank(position + 1)
                continue
            item, position = self.value(position, depth + 1)
            items.append(item)
            position = self._after_item(position, closing)
        return items, position + 1

    def _object(self, position: int, depth: int) -> tuple[dict[str, Any], int]:
        fields: dict[str, Any] = {}
        position = self._blank(position + 1)
        while self._sign(position) != "}":
            key, position = self._key(position)
            position = self._blank(position)
            if self._sign(position) != ":":
                raise NotALiteral(key)
            fields[key], position = self.value(position + 1, depth + 1)
            position = self._after_item(position, "}")
        return fields, position + 1

    def _after_item(self, position: int, closing: str) -> int:
        position = self._blank(position)
        if self._sign(position) == ",":
            return self._blank(position + 1)
        if self._sign(position) != closing:
            raise NotALiteral(self.text[position : position + 20])
        return position

    def _key(self, position: int) -> tuple[str, int]:
        for pattern in (_STRING, _WORD, _NUMBER):
            if match := pattern.match(self.text, position):
                return match[0].strip("\"'`"), match.end()
        raise NotALiteral(self.text[position : position + 20])

    def _word(self, position: int, depth: int) -> tuple[Any, int]:
        match = _WORD.match(self.text, position)
        if match is None:
            raise NotALiteral(self.text[position : position + 20])
        end = self._blank(match.end())
        if match[0] in ("void", "new"):
            end = self.value(end, depth + 1)[1]
            return None, end
        while self._sign(end) == "(":
            end = self.sequence(end, ")", depth + 1)[1]
        return self.names.get(match[0], _CONSTANTS.get(match[0])), end

    def _blank(self, position: int) -> int:
        match = _BLANK.match(self.text, position)
        return match.end() if match else position

    def _sign(self, position: int) -> str:
        sign = self.text[position : position + 1]
        if not sign:
            raise NotALiteral("the text ends within a value")
        return sign


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    # halves of a pair stand in escapes of their own
    return _ESCAPE.sub(_character, text).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _character(match: re.Match[str]) -> str:
    code = match[1]
    if len(code) > 1:
        return chr(int(code[1:], 16))
    return _CONTROLS.get(code, code)


def parameters(written: str) -> Sequence[str]:
    """The names of a function's parameters: "a, b,c"."""
    return [name.strip() for name in written.split(",") if name.strip()]
