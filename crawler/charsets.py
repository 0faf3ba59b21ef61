"""Bytes to text: the charset of a page or a feed, whatever it says of itself. Pure: the same bytes, the same text."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from w3lib.encoding import html_body_declared_encoding, http_content_type_encoding, read_bom, to_unicode

_CHARSETS: Final = frozenset(
    {"utf-8", "cp866", "koi8-r", "koi8-u", "mac-roman", "mac-cyrillic", "cp874", "gb18030", "big5hkscs", "euc_jp",
     "iso2022_jp", "cp932", "cp949", *(f"iso8859-{n}" for n in (2, 3, 4, 5, 6, 7, 8, 10, 13, 14, 15, 16)),
     *(f"cp{n}" for n in range(1250, 1259))}
)  # fmt: skip
"""Python's names of the encodings of the web (encoding.spec.whatwg.org). Its other codecs are no charsets (idna, zlib),
can hide markup (utf-7, hz) or run on what they read (unicode_escape)."""
_LONGEST_NAME: Final = 200
"""Characters of a Content-Type that are looked at."""
_NONCHARACTERS: Final = re.compile(
    "[\0\ufdd0-\ufdef" + "".join(chr(plane << 16 | last) for plane in range(17) for last in (0xFFFE, 0xFFFF)) + "]"
)
_IN_UTF_8: Final = {
    b"\xef": re.compile(rb"\xef(?:\xb7|\xbf[\xbe\xbf])"),
    **{
        lead: re.compile(rb"%b..[\xbe\xbf]" % lead, re.DOTALL) for lead in (b"\xf0", b"\xf1", b"\xf2", b"\xf3", b"\xf4")
    },
}
"""How noncharacters but NUL look, by their first byte: a single byte is found many times faster than a pattern."""


def decode(body: bytes, content_type: str | None = None) -> str:
    """The text of a document without NULs and noncharacters; U+FFFD stands for what could not be decoded.

    `content_type` is the HTTP header. A byte order mark, or the zero bytes of UTF-16 and UTF-32, say more than any
    declaration; a header more than the document; and what is declared as UTF-8, or not at all, is UTF-8 only where
    most of it can be read so, else windows-1252, which Latin-1 means as well.
    """
    marked, mark = read_bom(body)
    encoding = marked or _wide(body) or _declared_by(content_type) or _declared_in(body) or "utf-8"
    body = body.removeprefix(mark or b"")
    if encoding != "utf-8":
        text = to_unicode(body, encoding)
        return _without_noncharacters(text, text.encode("utf-8", "surrogatepass"))
    try:
        text = body.decode()
    except UnicodeDecodeError:
        text = _repaired(body)
    return _without_noncharacters(text, body)


def _without_noncharacters(text: str, in_utf_8: bytes) -> str:
    if b"\0" in in_utf_8:
        text = text.replace("\0", "")
    if text.isascii() or not any(lead in in_utf_8 and look.search(in_utf_8) for lead, look in _IN_UTF_8.items()):
        return text
    return _NONCHARACTERS.sub("", text)


def _wide(body: bytes) -> str | None:
    """UTF-16 or UTF-32 without a mark: the first character is ASCII, so all of its bytes but one are zero."""
    start = tuple(byte != 0 for byte in body[:4])
    patterns: dict[tuple[bool, ...], str] = {
        (True, False, False, False): "utf-32-le",
        (False, False, False, True): "utf-32-be",
        (True, False, True, False): "utf-16-le",
        (False, True, False, True): "utf-16-be",
    }
    return patterns.get(start)


@lru_cache(maxsize=1024)
def _declared_by(content_type: str | None) -> str | None:
    return _known(http_content_type_encoding((content_type or "")[:_LONGEST_NAME]))


def _declared_in(body: bytes) -> str | None:
    """What a meta tag or an XML declaration near the start says."""
    return _known(html_body_declared_encoding(body))


def _known(encoding: str | None) -> str | None:
    """The encoding if it is one of the web; UTF-16 and UTF-32 are told by their bytes alone."""
    return encoding if encoding in _CHARSETS else None


def _repaired(body: bytes) -> str:
    """Text that is not all UTF-8: with scars where most of what is beyond ASCII can be read, else windows-1252."""
    text = body.decode("utf-8", "replace")
    lost = text.count("\ufffd") - body.count("\ufffd".encode())
    foreign = len(text) - len(text.encode("ascii", "ignore")) - lost
    return text if foreign > lost else body.decode("cp1252", "replace")
