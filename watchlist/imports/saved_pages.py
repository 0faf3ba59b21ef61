"""Takes a page that a browser saved apart: which address it shows, when it was saved, its HTML. Pure, no network."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import policy
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import parsedate_to_datetime
from html import unescape
from typing import Final
from urllib.parse import urlsplit

from crawler.charsets import decode

SUFFIXES: Final = frozenset({".html", ".htm", ".xhtml", ".mhtml", ".mht"})
_HEAD: Final = 64 * 1024
"""Bytes of a file, or of a part's header, in which it says what it is."""
_DEEPEST: Final = 4
"""Multiparts within multiparts; browsers write one."""
_MOST_PARTS: Final = 5000
_PICTURE: Final = re.compile(rb"data:[\w/+.-]{0,100};base64,[A-Za-z0-9+/=%\s]{64,}")
_SINGLE_FILE: Final = re.compile(
    r"<!--\s*Page saved with SingleFile\s+url:\s*(?P<url>\S+)(?:\s+saved date:\s*(?P<date>[^\n]+?)\s*(?:\n|-->))?",
    re.IGNORECASE,
)
_SAVED_FROM: Final = re.compile(r"<!--\s*saved from url=\((?P<length>\d{1,6})\)(?P<url>\S+?)\s*-->", re.IGNORECASE)
_TAG: Final = re.compile(r"<(?:link|meta)\b[^<>]{0,2000}>", re.IGNORECASE)
_ATTRIBUTE: Final = re.compile(r"""([a-zA-Z-]+)\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""")
_JS_DATE: Final = re.compile(r"[A-Z][a-z]{2} ([A-Z][a-z]{2} \d{1,2} \d{4} \d\d:\d\d:\d\d) GMT([+-]\d{4})")


class SavedPageError(Exception):
    """A file that is no saved page; `reason` is a code of config/saved_pages.toml."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedPage:
    """One saved page; what the file does not say is None. `saved_at` is aware UTC."""

    url: str | None
    html: bytes
    content_type: str
    saved_at: datetime | None
    site_name: str | None
    """As the page calls its own site (og:site_name)."""


def open_saved_page(data: bytes, *, most_bytes: int) -> SavedPage:
    """Takes HTML, SingleFile's HTML or MHTML apart, by its content.

    `most_bytes` bounds the HTML without the pictures packed into it. Raises SavedPageError with a reason code.
    """
    if data.startswith((b"PK\x03\x04", b"%PDF", b"\x1f\x8b", b"Rar!", b"7z\xbc\xaf")):
        raise SavedPageError("pdf" if data.startswith(b"%PDF") else "archive")
    found = _open_mhtml(data) if _is_mhtml(data) else _open_html(data, "text/html")
    html = _PICTURE.sub(b"data:,", found.html)
    if len(html) > most_bytes:
        raise SavedPageError("page_too_large")
    if not html.strip():
        raise SavedPageError("empty_file")
    text = decode(html[:_HEAD], found.content_type)
    if not re.search(r"<[a-zA-Z!/]", text):
        raise SavedPageError("no_page")
    named = _said_in(text)
    return SavedPage(
        url=found.url or named.url,
        html=html,
        content_type=found.content_type,
        saved_at=found.saved_at or named.saved_at,
        site_name=named.site_name,
    )


# --- HTML --------------------------------------------------------------------------------------------------------


def _open_html(data: bytes, content_type: str) -> SavedPage:
    return SavedPage(url=None, html=data, content_type=content_type, saved_at=None, site_name=None)


def _said_in(text: str) -> SavedPage:
    """What the head of a page tells: the browser's own mark first, the page's word of itself last."""
    url, saved_at = None, None
    if single := _SINGLE_FILE.search(text):
        url, saved_at = single["url"], _js_date(single["date"])
    elif saved := _SAVED_FROM.search(text):
        url = saved["url"][: int(saved["length"])]
    names = dict(_head_values(text))
    candidates = (url, names.get("canonical"), names.get("og:url"))
    address = next((each for each in candidates if each and is_web_address(each)), None)
    site_name = " ".join(names.get("og:site_name", "").split())[:200] or None
    return SavedPage(url=address, html=b"", content_type="", saved_at=saved_at, site_name=site_name)


def _head_values(text: str) -> Iterator[tuple[str, str]]:
    """`canonical` and the properties of meta elements; of two of one name the first counts."""
    found: dict[str, str] = {}
    for tag in _TAG.findall(text):
        values = {name.lower(): unescape(a or b or c).strip() for name, a, b, c in _ATTRIBUTE.findall(tag)}
        if values.get("rel", "").lower() == "canonical" and "href" in values:
            found.setdefault("canonical", values["href"])
        elif name := (values.get("property") or values.get("name")):
            found.setdefault(name.lower(), values.get("content", ""))
    yield from found.items()


def is_web_address(url: str) -> bool:
    """Whether it is the absolute address of a page on the web, without a password."""
    try:
        parts = urlsplit(url)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.username is None
    except ValueError:
        return False


def _js_date(text: str | None) -> datetime | None:
    """`Mon Nov 23 2026 10:00:00 GMT+0100 (...)`, as browsers write a date; or ISO."""
    match = _JS_DATE.search(text or "")
    try:
        if match:
            return datetime.strptime(f"{match[1]} {match[2]}", "%b %d %Y %H:%M:%S %z").astimezone(UTC)
        found = datetime.fromisoformat((text or "").strip())
    except ValueError:
        return None
    return found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)


# --- MHTML -------------------------------------------------------------------------------------------------------


def _is_mhtml(data: bytes) -> bool:
    """Whether the file begins with the header of a mail that holds several parts."""
    head = data[:_HEAD].lstrip()
    if head[:1] == b"<":
        return False
    return re.search(rb"(?im)^content-type:\s*multipart/", head.replace(b"\r\n", b"\n")) is not None


def _open_mhtml(data: bytes) -> SavedPage:
    """The page of a web archive: the part that the archive names, else its first HTML part."""
    top, body = _header(data)
    wanted = _location(top, "Snapshot-Content-Location") or _location(top, "Content-Location")
    pages = [
        part for part in _parts(top, body, 0) if part[0].get_content_type() in {"text/html", "application/xhtml+xml"}
    ]
    if not pages:
        raise SavedPageError("no_page_in_archive")
    header, packed = next(
        (part for part in pages if wanted and _location(part[0], "Content-Location") == wanted), pages[0]
    )
    header.set_payload(packed.decode("latin-1"))
    html = header.get_payload(decode=True)
    charset = header.get_param("charset")
    content_type = f"text/html; charset={charset}" if isinstance(charset, str) else "text/html"
    return SavedPage(
        url=wanted or _location(header, "Content-Location"),
        html=html if isinstance(html, bytes) else b"",
        content_type=content_type,
        saved_at=_mail_date(top),
        site_name=None,
    )


def _header(data: bytes) -> tuple[Message, bytes]:
    """The header of a mail or a part, and what follows it."""
    end = re.compile(rb"\r?\n\r?\n").search(data, 0, _HEAD)
    head, body = (data[: end.start()], data[end.end() :]) if end else (data[:_HEAD], b"")
    return BytesHeaderParser(policy=policy.compat32).parsebytes(head.lstrip()), body


def _parts(header: Message, body: bytes, depth: int) -> Iterator[tuple[Message, bytes]]:
    """All parts below a multipart. Not by the email package's own parser: its time and stack grow with the nesting."""
    boundary = header.get_boundary()
    if header.get_content_maintype() != "multipart" or not boundary or depth >= _DEEPEST:
        return
    mark = b"--" + boundary.encode("utf-8", "surrogateescape")
    line = re.compile(rb"(?:^|\r?\n)" + re.escape(mark) + rb"(?:--)?[ \t]*(?=\r?\n|$)")
    marks = [match.span() for _, match in zip(range(_MOST_PARTS), line.finditer(body), strict=False)]
    ends = [*(begin for begin, _ in marks[1:]), len(body)] if marks else []
    for (_, start), end in zip(marks, ends, strict=True):
        part, packed = _header(body[start:end].lstrip(b"\r\n"))
        if part.get_content_maintype() == "multipart":
            yield from _parts(part, packed, depth + 1)
        else:
            yield part, packed


def _location(header: Message, name: str) -> str | None:
    url = re.sub(r"\s+", "", str(header.get(name, "")))[:4000]
    return url if is_web_address(url) else None


def _mail_date(header: Message) -> datetime | None:
    try:
        found = parsedate_to_datetime(str(header.get("Date", "")))
    except (ValueError, TypeError, OverflowError):
        return None
    return found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)
