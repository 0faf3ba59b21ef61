"""Items to records: names, titles, organisations and links read by the lexicon. Pure."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from crawler.items import EntryItem, FeedReading, PageItem, PersonItem
from pipelines.lexicon.links import canonical_url, read_link
from pipelines.lexicon.names import read_name
from pipelines.lexicon.organisations import organisation_key
from pipelines.lexicon.titles import TitleReading, read_title
from pipelines.records import (
    EntryRecord,
    FeedRecord,
    NormalisedPage,
    PersonRecord,
    PositionRecord,
    ProfileRecord,
    Rejected,
    Statement,
    Subject,
)

_SEATS = {"board", "advisory"}
PAST = "past"
"""The section of a role that its source names as over."""
_OWN = {"page", "saved"}
"""Sources that show an organisation's own page."""
_LATER_FIELDS = {"since", "until", "biography"}
"""Left out of a statement where they are empty, so that the key of what was stored without them stays."""
_NO_JOB = {"director", "none", "board"}
"""Levels that a title on a board page does not raise above the seat: "Director" there is a seat."""


@dataclass(frozen=True, slots=True)
class Role:
    """What somebody is AT the organisation of the page, and the reading of the title as such."""

    title: str
    function: str
    level: str
    reading: TitleReading


def read_role(person: PersonItem) -> Role:
    """Function and level at the page's organisation.

    On a board or among advisers a job elsewhere, or no job, is a seat: governance / board (leaders.md section 3).
    """
    reading = read_title(person.title or "")
    seat = person.section in _SEATS and (person.title_scope == "elsewhere" or reading.level in _NO_JOB)
    if seat:
        return Role(person.title or "", "governance", "board", reading)
    return Role(person.title or "", reading.function, reading.level, reading)


def normalise_page(page: PageItem, subject: Subject) -> NormalisedPage:
    """All records of one page: people without a name shape are rejected with a reason, former ones keep past roles."""
    people: list[PersonRecord] = []
    rejected: list[Rejected] = []
    # Of the last one on a page that breaks off nobody knows how much was sent.
    shown = page.reading.people if page.reading.whole else page.reading.people[:-1]
    rejected += [Rejected(reason="cut_off", what=each.name) for each in page.reading.people[len(shown) :]]
    for person in (*shown, *page.reading.former):
        # The owner asks for no quoted text: the facts stay, the quotes go, in the payload too.
        item = replace(person, excerpt="", biography="") if page.reading.no_quotes else person
        record = _normalise_person(item, page, subject, former=person in page.reading.former)
        if isinstance(record, Rejected):
            rejected.append(record)
        else:
            people.append(record)
    feeds = tuple(
        FeedRecord(url=canonical_url(feed.url), kind=feed.kind, title=feed.title, person=feed.person)
        for feed in page.feeds
    )
    return NormalisedPage(people=tuple(people), feeds=feeds, rejected=tuple(rejected))


def _normalise_person(item: PersonItem, page: PageItem, subject: Subject, *, former: bool) -> PersonRecord | Rejected:
    # Readers vouch for names by where they stand on the page, or by the field of a machine format.
    name = read_name(item.name, trusted=True)
    if name is None:
        return Rejected(reason="no_name", what=item.name)
    role = read_role(item)
    positions = _positions(item, role, page, subject)
    if former or role.reading.former:
        positions = [replace(position, section=PAST) for position in positions]
    return PersonRecord(
        statement=_statement(item, page),
        name=name.full,
        name_key=name.key,
        place=subject.key,
        positions=tuple(positions),
        profiles=tuple(_profiles(item)),
        talks=item.talks,
        listed_on=page.listed_on,
    )


def _statement(item: PersonItem, page: PageItem) -> Statement:
    kind = page.source if page.source != "page" else "speaker" if page.reading.kind == "speakers" else "leader"
    values = {name: getattr(item, name) for name in PersonItem.__slots__}
    payload: dict[str, Any] = {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in values.items()
        if value or name not in _LATER_FIELDS
    }
    text = json.dumps([kind, page.url, payload], ensure_ascii=False, sort_keys=True)
    return Statement(
        key=hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
        kind=kind,
        url=page.url,
        reader=page.reading.reader,
        fetched_at=page.fetched_at,
        excerpt=item.excerpt,
        payload=payload,
    )


def _positions(item: PersonItem, role: Role, page: PageItem, subject: Subject) -> list[PositionRecord]:
    """The role here, and the job elsewhere where the title names one."""
    found = []
    if page.reading.kind == "leaders" and (item.title or page.listed_on is None):
        here = replace(role, title=item.title or "" if item.title_scope == "here" else "")
        own = subject.organization_id is not None and page.source in _OWN
        found.append(_position(here, item, subject.name, subject.organization_id, own_page=own))
    employer = item.organisation or role.reading.organisation
    if employer and (page.reading.kind == "speakers" or item.title_scope == "elsewhere"):
        reading = role.reading
        elsewhere = Role(item.title or "", reading.function, reading.level, reading)
        found.append(_position(elsewhere, item, employer, None, own_page=False))
    return found


def _position(
    role: Role, item: PersonItem, organisation: str, organization_id: int | None, *, own_page: bool
) -> PositionRecord:
    return PositionRecord(
        organisation=organisation,
        organisation_key=organisation_key(organisation),
        organization_id=organization_id,
        title=role.title,
        function=role.function,
        level=role.level,
        section=item.section,
        language=role.reading.language,
        own_page=own_page,
        started_on=item.since,
        ended_on=item.until,
    )


def _profiles(item: PersonItem) -> list[ProfileRecord]:
    found = {}
    for url in item.links:
        link = read_link(url)
        if link is not None:
            found[link.url] = ProfileRecord(platform=link.platform, url=link.url, access=link.access)
    return list(found.values())


def normalise_entries(
    reading: FeedReading, *, now: datetime, last_fetch: datetime | None, baseline_days: int
) -> tuple[EntryRecord, ...]:
    """Entries with a settled date: as published; when first seen where the feed gives none or a future one.

    An entry older than `baseline_days` before the previous look (before this one at the first look) is timeline
    only: a feed that re-publishes its archive, or is met for the first time, floods no digest. An undated entry of
    the first look is old as well: nothing says it is new.
    """
    horizon = (last_fetch or now) - timedelta(days=baseline_days)
    return tuple(_entry(item, now, horizon, first_look=last_fetch is None) for item in reading.entries)


def _entry(item: EntryItem, now: datetime, horizon: datetime, *, first_look: bool) -> EntryRecord:
    claimed = item.published or item.updated
    dated = claimed is not None and claimed <= now
    published = claimed if claimed is not None and claimed <= now else now
    return EntryRecord(
        external_id=item.id,
        title=item.title or item.summary[:80] or (item.url or ""),
        url=item.url if item.url and urlsplit(item.url).scheme in {"http", "https"} else None,
        author=item.author,
        summary=item.summary,
        published=published,
        updated=item.updated,
        baseline=published < horizon or (first_look and not dated),
    )
