"""What the program makes of one page, title, feed or address; touches no database and no network."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from crawler.feeds import read_feed
from crawler.fetch import judge_url
from crawler.items import PageKind, PersonItem
from crawler.pages import Document, read_page
from pipelines.lexicon.titles import Role, read_title
from pipelines.normalise import read_role
from watchlist.errors import InputError, UsageError
from watchlist.settings import Settings
from watchlist.times import iso

_TYPES = {".json": "application/json", ".xml": "application/xml", ".html": "text/html", ".htm": "text/html"}


def read_file(file: Path) -> bytes:
    """The file's bytes. Raises InputError naming the file."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise InputError(error.strerror or "cannot be read", file=file) from None


def web_address(url: str) -> str:
    """The address a saved file came from. Raises UsageError where it is none."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise UsageError(f"{url!r} is not a web address", hint="--url takes the address the file was fetched from")
    return url


def inspect_page(file: Path, url: str, kind: PageKind | None) -> dict[str, Any]:
    """People on a saved page, as `crawl` would read it from `url`."""
    document = Document(url=web_address(url), body=read_file(file), content_type=_TYPES.get(file.suffix.lower()))
    reading = read_page(document, kind=kind)
    return {
        "kind": reading.kind,
        "reader": reading.reader,
        "people": [_person(person) for person in reading.people],
        "reason": reading.reason,
    }


def _person(person: PersonItem) -> dict[str, Any]:
    role = read_role(person)
    return {
        "name": person.name,
        "title": person.title,
        "organisation": person.organisation,
        "function": role.function,
        "level": role.level,
        "also": [_role(other) for other in role.reading.also],
        "section": person.section,
        "title_scope": person.title_scope,
        "links": list(person.links),
        "talks": list(person.talks),
    }


def _role(role: Role) -> dict[str, str]:
    return {"function": role.function, "level": role.level}


def inspect_title(title: str) -> dict[str, Any]:
    """What the lexicon makes of one job title."""
    reading = read_title(title)
    return {
        "title": title,
        "function": reading.function,
        "level": reading.level,
        "also": [_role(other) for other in reading.also],
        "organisation": reading.organisation,
        "former": reading.former,
        "acting": reading.acting,
        "deputy": reading.deputy,
        "language": reading.language,
        "confidence": reading.confidence,
    }


def inspect_feed(file: Path, url: str) -> dict[str, Any]:
    """The entries of a saved feed."""
    reading = read_feed(read_file(file), web_address(url), _TYPES.get(file.suffix.lower()))
    return {
        "kind": reading.kind,
        "title": reading.title,
        "link": reading.link,
        "entries": [
            {
                "id": entry.id,
                "title": entry.title,
                "url": entry.url,
                "published": iso(entry.published),
                "updated": iso(entry.updated),
                "author": entry.author,
            }
            for entry in reading.entries
        ],
        "problems": list(reading.problems),
    }


def inspect_url(url: str, settings: Settings | None = None) -> dict[str, Any]:
    """The address guard's verdict under these settings, without a look-up or connection."""
    verdict = judge_url(url, settings)
    return {"url": url, "allowed": verdict.allowed, "reason": verdict.reason}
