"""People whom the user adds by hand: a statement of kind `manual`, stored like any other."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import urlsplit

from sqlalchemy import func
from sqlmodel import Session, col, select

from crawler.items import PageItem, PageReading, PersonItem, Section
from pipelines.lexicon.names import read_name
from pipelines.lexicon.organisations import organisation_key
from pipelines.lexicon.titles import read_title
from pipelines.load import load_page
from pipelines.records import Subject
from watchlist.errors import UsageError
from watchlist.models import Organization, Person, Position
from watchlist.organisations import Organisations, describe
from watchlist.secrets import has_user_info

READER: Final = "by_hand"
_SINCE: Final = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Added:
    """What became of it; `new` is False where the person was known already."""

    person_id: int
    name: str
    title: str
    company: str
    organization_id: int | None
    """None where the company is on no list."""
    function: str
    level: str
    new: bool
    url: str | None
    dry_run: bool
    meant: str | None = None
    """Where the company is on no list: one of a list that it may be, by its name."""

    def as_json(self) -> dict[str, Any]:
        """As a JSON object."""
        return {name: getattr(self, name) for name in self.__slots__}


def add_person(  # noqa: PLR0913  # what a user can say of somebody
    session: Session,
    name: str,
    *,
    title: str,
    company: str,
    now: datetime,
    url: str | None = None,
    since: str | None = None,
    links: tuple[str, ...] = (),
    section: Section = "executive",
    dry_run: bool = False,
) -> Added:
    """Stores the user's word about somebody. The company is one of the lists by name, host or id, else free text.

    `url` is the page that says so, `since` ISO as exact as it is known. Raises UsageError for what is no name, no
    address or no date, for a company that several may be, and for somebody who was forgotten. With `dry_run` the
    caller rolls back.
    """
    read = read_name(name, trusted=True)
    if read is None:
        raise UsageError(f"{name!r} does not read as a person's name", hint="given name and family name")
    for option, each in (*(("--link", link) for link in links), *([("--url", url)] if url else [])):
        _check_address(each, option)
    _check_since(since, now)
    subject = _subject(session, _said(company, "company"))
    item = PersonItem(
        name=" ".join(name.split()),
        title=_said(title, "title"),
        organisation=subject.name,
        section=section,
        links=links,
        since=since,
        excerpt=f"{' '.join(name.split())}, {title.strip()}, {subject.name}"[:300],
    )
    reading = PageReading(kind="leaders", reader=READER, people=(item,))
    page = PageItem(subject=subject.key, url=url or "", fetched_at=now, reading=reading, source="manual")
    loaded = load_page(session, page, subject)
    if loaded.suppressed:
        raise UsageError(f"{name} was forgotten and is not stored again", hint="people forget is for good")
    return _added(session, read.key, item, subject, new=bool(loaded.new_people), url=url, dry_run=dry_run)


def _added(  # noqa: PLR0913  # what is told of it
    session: Session, name_key: str, item: PersonItem, subject: Subject, *, new: bool, url: str | None, dry_run: bool
) -> Added:
    query = (
        select(Person, Position)
        .join(Position, col(Position.person_id) == Person.id)
        .where(Person.name_key == name_key, Position.title == item.title, col(Position.ended_at).is_(None))
        .where(func.coalesce(Position.organization_id, 0) == (subject.organization_id or 0))
        .order_by(col(Position.seen_at).desc(), col(Position.id).desc())
    )
    person, position = session.exec(query).first() or (None, None)
    role = read_title(item.title or "")
    return Added(
        person_id=person.id or 0 if person else 0,
        name=person.name if person else item.name,
        title=item.title or "",
        company=subject.name,
        organization_id=subject.organization_id,
        function=position.function if position else role.function,
        level=position.level if position else role.level,
        new=new,
        url=url,
        dry_run=dry_run,
        meant=None if subject.organization_id else _meant(session, subject.name),
    )


def _meant(session: Session, company: str) -> str | None:
    close = Organisations.of(session).close_to(company)
    return close[0].name if len(close) == 1 else None


def _subject(session: Session, company: str) -> Subject:
    """The company of a list, else the text as it is."""
    found = Organisations.of(session).meant(company)
    if len(found) > 1:
        raise UsageError(f"{company!r} means {len(found)} companies: {describe(found)}", hint="name it by its website")
    if found:
        known: Organization = found[0]
        return Subject(key=known.key, name=known.name, organization_id=known.id)
    return Subject(key=organisation_key(company), name=company)


def _said(text: str, what: str) -> str:
    said = " ".join(text.split())
    if not said:
        raise UsageError(f"the {what} is empty")
    return said


def _check_since(since: str | None, now: datetime) -> None:
    if since is None:
        return
    if not _SINCE.fullmatch(since):
        raise UsageError(f"{since!r} is no date", hint="--since takes 2024, 2024-03 or 2024-03-01")
    if int(since[:4]) > now.year + 1:
        raise UsageError(f"{since} is not yet", hint="--since says when they began")


def _check_address(url: str, option: str) -> None:
    try:
        parts = urlsplit(url)
        good = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        good = False
    if not good:
        raise UsageError(f"{url!r} is not a web address", hint=f"{option} takes one that begins with https://")
    if has_user_info(url):
        raise UsageError("an address with a password in it is not taken")
