"""What all kinds of feeds share: identity, dates, links and doubles of entries, and the problems named."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urljoin, urlsplit

from crawler.feeds.dates import read_date
from crawler.feeds.text import TITLE_LENGTH, plain_text
from crawler.items import EntryItem

_LONGEST_ID = 500
_WORDS_OF_A_TITLE = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class RawEntry:
    """One entry as a document gives it; texts are plain, dates and links as written."""

    guid: str | None = None
    link: str | None = None
    title: str = ""
    summary: str = ""
    published: str | None = None
    updated: str | None = None
    author: str | None = None
    wordless: bool = False
    """Holds something that is no text: a picture, a recording."""


class Problems:
    """Codes of what is wrong with a document, each once, in the order met."""

    def __init__(self, *codes: str) -> None:
        self._codes = dict.fromkeys(codes)

    def add(self, code: str) -> None:
        """Note one code."""
        self._codes[code] = None

    def codes(self) -> tuple[str, ...]:
        """All codes noted so far."""
        return tuple(self._codes)


def build_entries(raw: Iterable[RawEntry], base: str, problems: Problems) -> tuple[EntryItem, ...]:
    """Entries in document order; `base` is what relative links resolve against.

    Dropped and named in `problems`: entries that say nothing (empty_entry) and exact doubles (duplicate_entry).
    """
    entries: dict[EntryItem, None] = {}
    for one in raw:
        entry = _build_entry(one, base, problems)
        if entry is None:
            problems.add("empty_entry")
        elif entry in entries:
            problems.add("duplicate_entry")
        else:
            entries[entry] = None
    return _with_distinct_ids(tuple(entries), problems)


def absolute_link(link: str | None, base: str) -> str | None:
    """An absolute http or https address without control characters; None for anything else (file:, urn:, broken)."""
    link = "".join(char for char in (link or "").strip() if char.isprintable())
    if not link:
        return None
    try:
        address = urljoin(base, link)
        parts = urlsplit(address)
    except ValueError:
        return None
    return address if parts.scheme in ("http", "https") and parts.netloc else None


def _build_entry(raw: RawEntry, base: str, problems: Problems) -> EntryItem | None:
    guid = plain_text(raw.guid, 1_000_000)
    url = absolute_link(raw.link, base)
    if not (guid or url or raw.title or raw.summary or raw.published or raw.updated or raw.wordless):
        return None
    if raw.link and url is None:
        problems.add("bad_link")
    if not guid:
        problems.add("missing_id")
    published, updated = (_read_date(text, problems) for text in (raw.published, raw.updated))
    if not (raw.published or raw.updated):
        problems.add("no_date")
    return EntryItem(
        id=_short(guid or url or _digest(raw.title, raw.summary, raw.published or "")),
        title=raw.title or plain_text(raw.summary, _WORDS_OF_A_TITLE),
        url=url,
        published=published,
        updated=updated,
        author=plain_text(raw.author, TITLE_LENGTH) or None,
        summary=raw.summary,
    )


def _read_date(text: str | None, problems: Problems) -> datetime | None:
    moment = read_date(text)
    if moment is None and text and text.strip():
        problems.add("bad_date")
    return moment


def _with_distinct_ids(entries: tuple[EntryItem, ...], problems: Problems) -> tuple[EntryItem, ...]:
    """Entries that share an id (a generator's constant guid) get ids of their own, the same on every fetch."""
    shared = {id_ for id_, count in Counter(entry.id for entry in entries).items() if count > 1}
    if not shared:
        return entries
    problems.add("duplicate_id")
    distinct: dict[str, EntryItem] = {}
    for entry in entries:
        id_ = _digest(entry.id, entry.url or "", entry.title) if entry.id in shared else entry.id
        distinct.setdefault(id_, replace(entry, id=id_))
    return tuple(distinct.values())


def _short(id_: str) -> str:
    return id_ if len(id_) <= _LONGEST_ID else _digest(id_)


def _digest(*texts: str) -> str:
    return "sha256:" + hashlib.sha256("\0".join(texts).encode("utf-8", "replace")).hexdigest()
