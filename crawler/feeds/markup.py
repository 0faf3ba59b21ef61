"""What a document in UTF-8 is before anything parses it: a feed, a page, JSON; and whether it attacks."""

from __future__ import annotations

import re
from typing import Literal

Form = Literal["feed", "page", "json", "empty", "unknown"]

_HEAD = 16_384
_MOST_NAMESPACES = 5000
_MANY_ATTRIBUTES = re.compile(rb"""<[A-Za-z][\w:.-]*+(?:\s++[\w:.-]++\s*+=\s*+(?:"[^"<]*+"|'[^'<]*+')){200}""")
_NOT_AN_ELEMENT = re.compile(r"<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^<>\[]*(?:\[.*?\]\s*)?>|[^<]+", re.DOTALL | re.IGNORECASE)
_ROOT = re.compile(r"<(?:[\w.-]+:)?([A-Za-z][\w.-]*)")
_FEED_ROOTS = frozenset({"rss", "feed", "rdf", "channel", "entry", "item"})
_PAGE_START = re.compile(r"<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_FEED_START = re.compile(r"(?:<\?xml\b[^<>]*>\s*)?<(?:rss|feed|rdf:RDF)\s[^<>]*(?:version|xmlns)", re.DOTALL)
_BARE_AMPERSAND = re.compile(rb"&(?!(?:#\d+|#x[0-9a-fA-F]+|[A-Za-z]\w*);)")
_DOCTYPE = re.compile(rb"<!DOCTYPE[^<>\[]*+\[.*?\]\s*>", re.DOTALL | re.IGNORECASE)
_CDATA = b"<![CDATA["


def form_of(body: bytes) -> Form:
    """What a document is by its own first bytes; the content type that came with it is often wrong."""
    head = _head(body)
    if not head:
        return "empty"
    if head.startswith(("{", "[")):
        return "json"
    if _root(head) in _FEED_ROOTS or _FEED_START.search(_COMMENT.sub("", head)):
        return "feed"
    return "page" if _PAGE_START.search(head) else "unknown"


def is_page(body: bytes) -> bool:
    """Whether a document begins as an HTML page, feed or not."""
    return _root(_head(body)) == "html"


def is_hostile(body: bytes) -> bool:
    """Whether markup is built to exhaust a parser: hundreds of attributes on one tag, thousands of namespaces.

    The time feedparser takes is quadratic in both (50,000 attributes: 26 s); depth it survives, and it fetches
    nothing.
    """
    return body.count(b"xmlns:") > _MOST_NAMESPACES or _MANY_ATTRIBUTES.search(body) is not None


def without_preamble(body: bytes) -> bytes:
    """A document from its XML declaration on: blank lines and a server's warnings before it are cut off."""
    head = body[:_HEAD].decode("latin-1")
    if _root(head.lstrip()) in _FEED_ROOTS:
        return body.lstrip()
    start = _FEED_START.search(head)
    return body[start.start() :] if start else body


def without_entities(body: bytes) -> bytes:
    """A document without its own entity declarations: no feed needs them, and expanding them is an old attack."""
    if b"<!ENTITY" not in body:
        return body
    return _DOCTYPE.sub(b"", body, count=1)


def without_root_prefix(body: bytes) -> bytes | None:
    """An RSS document whose elements all carry a prefix (`<rss:item>`), with the prefix taken off; None for others."""
    found = re.search(rb"<([A-Za-z][\w.-]*):(?:channel|item|feed|entry)\b", body[:_HEAD])
    if found is None:
        return None
    prefix = re.escape(found[1])
    bare = re.sub(rb"(</?)" + prefix + rb":", rb"\1", body)
    return re.sub(rb"\bxmlns:" + prefix + rb"=", b"xmlns=", bare)


def with_escaped_ampersands(body: bytes) -> bytes:
    """A document whose bare ampersands (`R&D`, `?a=1&b=2`) are escaped; CDATA sections stay as they are."""
    before, *sections = body.split(_CDATA)
    escaped = [_BARE_AMPERSAND.sub(b"&amp;", before)]
    for section in sections:
        literal, end, after = section.partition(b"]]>")
        escaped.append(literal + end + _BARE_AMPERSAND.sub(b"&amp;", after))
    return _CDATA.join(escaped)


def _root(head: str) -> str | None:
    """The name of the first element, lower case, without its prefix."""
    at = 0
    while skipped := _NOT_AN_ELEMENT.match(head, at):
        at = skipped.end()
    found = _ROOT.match(head, at)
    return found[1].lower() if found else None


def _head(body: bytes) -> str:
    return body[:_HEAD].decode("latin-1").lstrip("\ufeff\xef\xbb\xbf\0 \t\r\n")
