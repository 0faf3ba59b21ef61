"""Text in terminal columns, where a Chinese or Japanese character takes two and a combining mark none. Pure."""

from __future__ import annotations

import unicodedata


def line_width(text: str) -> int:
    """Columns the text takes in a terminal."""
    return sum(map(_char_width, text))


def wrap(text: str, width: int, *, indent: str = "", first: str | None = None) -> str:
    """The text in lines of at most `width` columns; `first` starts the first line, `indent` the others.

    A word that is too long for a line is broken, an address is not: it would be none any more.
    """
    lines, line = [], first if first is not None else indent
    empty = True
    for word in text.split():
        for piece in _pieces(word, width - line_width(indent)):
            if not empty and line_width(line) + 1 + line_width(piece) > width:
                lines.append(line)
                line, empty = indent, True
            line += piece if empty else f" {piece}"
            empty = False
    return "\n".join([*lines, line])


def _pieces(word: str, width: int) -> list[str]:
    if line_width(word) <= width or word.startswith(("http://", "https://")):
        return [word]
    pieces = [""]
    for char in word:
        if line_width(pieces[-1]) + _char_width(char) > width:
            pieces.append("")
        pieces[-1] += char
    return pieces


def _char_width(char: str) -> int:
    if unicodedata.combining(char) or char in "\u200c\u200d\ufe0f":
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1
