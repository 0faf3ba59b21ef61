"""Stores the contacts of a LinkedIn export: who they are, where they work now, and who changed jobs since the last."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import asdict, dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Final, NamedTuple

from sqlalchemy import update
from sqlmodel import Session, col, select

from crawler.items import PageItem, PageReading, PersonItem
from pipelines.lexicon.links import read_link
from pipelines.lexicon.names import read_name
from pipelines.lexicon.organisations import organisation_key
from pipelines.load import load_moves, load_page
from pipelines.records import Subject
from watchlist.imports.connections import Connection, Connections, Skipped
from watchlist.models import Organization, Person, Position, Profile, SourceRecord
from watchlist.organisations import Organisations, describe
from watchlist.settings import config_dir, read_toml

_AT_ONCE: Final = 500
_CONNECTED: Final = re.compile(r"connected (.+)$")


class Identity(NamedTuple):
    """What tells one contact from another: the address of the profile, else the name with the day of contact."""

    url: str | None
    name_key: str
    connected_on: str | None


class Role(NamedTuple):
    """A stored current role of somebody."""

    position_id: int
    organization_id: int | None
    organisation_key: str
    organisation: str
    title: str
    imported: bool


@dataclass(slots=True)
class LinkedInReport:
    """What an import did, or would do. `rows` is new plus changed plus same plus ambiguous people plus skipped."""

    rows: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    skipped: int = 0
    new_people: int = 0
    name_only: int = 0
    """Contacts of whom neither employer nor role is told; kept, counted above."""
    at_listed: int = 0
    """Contacts who work at a company of a list."""
    moves: int = 0
    job_changes: list[dict[str, Any]] = field(default_factory=list)
    ambiguous: list[dict[str, Any]] = field(default_factory=list)
    """Employers that several companies may be (kept, without a link), and people who may be one (not kept)."""
    perhaps: list[dict[str, Any]] = field(default_factory=list)
    """Employers on no list that may be short for one that is (kept as written, without a link), with its name."""
    reasons: dict[str, int] = field(default_factory=dict)
    """Why rows were skipped."""
    skipped_lines: list[dict[str, Any]] = field(default_factory=list)
    dry_run: bool = False

    def skip(self, line: int, reason: str) -> None:
        """Count a row that was not kept."""
        self.skipped += 1
        self.reasons[reason] = self.reasons.get(reason, 0) + 1
        self.skipped_lines.append(asdict(Skipped(line, reason)))

    def as_json(self) -> dict[str, Any]:
        """All of it as a JSON object."""
        return asdict(self)


def import_connections(
    session: Session, connections: Connections, *, now: datetime, dry_run: bool = False
) -> LinkedInReport:
    """Stores contacts, each with a statement of kind `import`; the same file a second time changes nothing.

    A contact who had another role at the last import changed jobs: the old role ends now. An employer that several
    companies of the lists may be is kept as written. `dry_run` leaves the session to be rolled back by the caller.
    """
    run = _Import(session, now)
    run.report.dry_run = dry_run
    for skipped in connections.skipped:
        run.report.skip(skipped.line, skipped.reason)
    for row in connections.rows:
        run.take(row)
    run.confirm()
    run.report.rows = len(connections.rows) + len(connections.skipped)
    if run.report.changed:
        run.report.moves = load_moves(session, now=now)
    return run.report


class _Import:
    """One run over one file."""

    def __init__(self, session: Session, now: datetime) -> None:
        self.session, self.now, self.report = session, now, LinkedInReport()
        self.organisations = Organisations.of(session)
        self.told = _told(session)
        self.holders = _holders(session)
        self.roles = self._current_roles() if self.told else {}
        """As they were before this file: no contact stands in it twice."""
        self.confirmed: list[int] = []
        """Ids of positions that the file tells again."""
        self.seen: set[Identity] = set()
        self.roles_taken: dict[tuple[str, str], str | None] = {}
        """(name, employer) of this file with the profile that has them."""

    def take(self, row: Connection) -> None:
        """Store one contact, or say why not."""
        name = read_name(row.name, trusted=True)
        if name is None:
            return self.report.skip(row.line, "no_name")
        identity = _identity(_profile_url(row), name.key, row.connected_on)
        if identity in self.seen:
            return self.report.skip(row.line, "double")
        self.seen.add(identity)
        company = self._company(row)
        if self._is_namesake(row, name.key, identity, company):
            return None
        person_id = self._known(identity)
        roles = self.roles.get(person_id, []) if person_id else []
        if identity in self.told and self._says_the_same(row, company, roles):
            self._same(roles, company)
        else:
            self._store(row, identity, company, person_id, roles)
        self._count(row, company)
        return None

    def _count(self, row: Connection, company: Subject) -> None:
        self.report.name_only += row.company is None and row.position is None
        self.report.at_listed += company.organization_id is not None
        if row.company and company.organization_id is None:
            self._propose(row, row.company)

    def _company(self, row: Connection) -> Subject:
        """The employer: the one listed organisation of that name, else what is written."""
        found = self.organisations.named(row.company) if row.company else []
        if len(found) == 1:
            return Subject(key=found[0].key, name=row.company or "", organization_id=found[0].id)
        if len(found) > 1:
            told = {"line": row.line, "name": row.name, "company": row.company, "candidates": describe(found)}
            self.report.ambiguous.append(told)
        return Subject(key=organisation_key(row.company) if row.company else "", name=row.company or "")

    def _propose(self, row: Connection, company: str) -> None:
        close = self.organisations.close_to(company)
        if len(close) == 1:
            told = {"line": row.line, "name": row.name, "company": company, "candidates": close[0].name}
            self.report.perhaps.append(told)

    def _is_namesake(self, row: Connection, name_key: str, identity: Identity, company: Subject) -> bool:
        """Two contacts of one name at one employer with different profiles are two people: told, not made one."""
        if not company.key:
            return False
        holder = self.roles_taken.setdefault((name_key, company.key), identity.url)
        if holder == identity.url:
            return False
        self.report.skip(row.line, "namesake")
        told = {"line": row.line, "name": row.name, "company": row.company, "candidates": holder or row.name}
        self.report.ambiguous.append(told)
        return True

    def _known(self, identity: Identity) -> int | None:
        """The person whom an earlier import, or a profile that a page links to, made known."""
        if identity.url:
            holders = self.holders.get(identity.url, set())
            return min(holders) if len(holders) == 1 else None
        keys = self.told.get(identity, set())
        query = select(Person.id).join(Position).where(Person.name_key == identity.name_key)
        people = set(self.session.exec(query.where(col(Position.organisation_key).in_(keys))))
        return people.pop() if len(people) == 1 else None

    def _current_roles(self) -> dict[int, list[Role]]:
        """By person. Employers go by the list's key, also where they came onto a list after the role was stored."""
        columns = (Position.id, Position.person_id, Position.organization_id, Position.organisation_key)
        query = (
            select(*columns, Position.organisation, Position.title, Position.own_page, SourceRecord.kind)  # type: ignore[call-overload]
            .join(SourceRecord, col(SourceRecord.id) == Position.source_record_id)
            .where(col(Position.ended_at).is_(None))
            .order_by(col(Position.id))
        )
        found = defaultdict[int, list[Role]](list)
        for row in self.session.exec(query):
            role = Role(
                position_id=row.id,
                organization_id=row.organization_id,
                organisation_key=self._key_of(row.organization_id, row.organisation, row.organisation_key),
                organisation=row.organisation,
                title=row.title,
                imported=row.kind == "import" and not row.own_page,
            )
            found[row.person_id].append(role)
        return found

    def _key_of(self, organization_id: int | None, organisation: str, organisation_key: str) -> str:
        listed = self.organisations.named(organisation) if organization_id is None else []
        return listed[0].key if len(listed) == 1 else organisation_key

    def _says_the_same(self, row: Connection, company: Subject, roles: list[Role]) -> bool:
        if not company.key:
            return True
        title = (row.position or "").casefold()
        return any((role.organisation_key, role.title.casefold()) == (company.key, title) for role in roles)

    def _same(self, roles: list[Role], company: Subject) -> None:
        """Seen again; an employer that came onto a list since is linked."""
        self.report.same += 1
        for role in roles:
            if role.imported:
                self.confirmed.append(role.position_id)
            newly_listed = role.organization_id is None and company.organization_id is not None
            if role.imported and newly_listed and role.organisation_key == company.key:
                position = self.session.get_one(Position, role.position_id)
                position.organization_id, position.organisation_key = company.organization_id, company.key
                self.session.add(position)

    def confirm(self) -> None:
        """Note when the roles that are told again were last seen."""
        for start in range(0, len(self.confirmed), _AT_ONCE):
            again = col(Position.id).in_(self.confirmed[start : start + _AT_ONCE])
            self.session.connection().execute(update(Position).where(again).values(seen_at=self.now))

    def _store(
        self, row: Connection, identity: Identity, company: Subject, person_id: int | None, roles: list[Role]
    ) -> None:
        before = [role for role in roles if role.imported] if identity in self.told and company.key else []
        place = company
        if before and identity.url is None:
            # nothing but the earlier employer tells who it is: the new one is told on the earlier one's page
            place = Subject(key=before[0].organisation_key, name=company.name, organization_id=company.organization_id)
        loaded = load_page(self.session, _page(row, identity, self.now, with_role=bool(company.key)), place)
        if not loaded.people:
            reason = "suppressed" if loaded.suppressed else next(iter(loaded.rejected), "no_name")
            return self.report.skip(row.line, reason)
        self.report.new_people += loaded.new_people
        if before and person_id and not loaded.new_people:
            self._changed(row, person_id, before)
        else:
            self.report.new += 1
        return None

    def _changed(self, row: Connection, person_id: int, before: list[Role]) -> None:
        """End what the earlier import told, and say who went where."""
        self.report.changed += 1
        for role in before:
            position = self.session.get_one(Position, role.position_id)
            position.ended_at = self.now
            self.session.add(position)
        self.session.flush()
        last = before[-1]
        change = {
            "person_id": person_id,
            "name": row.name,
            "before": {"title": last.title or None, "company": last.organisation},
            "after": {"title": row.position, "company": row.company},
        }
        self.report.job_changes.append(change)


# --- what is known -----------------------------------------------------------------------------------------------


def _holders(session: Session) -> dict[str, set[int]]:
    """Whose profile an address is; an address that several have tells nobody."""
    found = defaultdict[str, set[int]](set)
    accounts = select(Profile.url, Profile.person_id).where(Profile.platform == "linkedin")
    for url, person_id in session.exec(accounts):
        found[url].add(person_id)
    return found


def _told(session: Session) -> defaultdict[Identity, set[str]]:
    """Contacts of earlier imports with the keys of the employers they had."""
    keys = {each.id: each.key for each in session.exec(select(Organization))}
    reader = _export()["reader"]
    query = select(SourceRecord.payload, SourceRecord.name_key, Position.organisation_key, Position.organization_id)
    told = defaultdict[Identity, set[str]](set)
    statements = query.outerjoin(Position, col(Position.source_record_id) == SourceRecord.id)
    for payload, name_key, key, organization_id in session.exec(
        statements.where(SourceRecord.kind == "import", SourceRecord.reader == reader)
    ):
        day = _CONNECTED.search(payload.get("excerpt", ""))
        identity = _identity(next(iter(payload["links"]), None), name_key, day[1] if day else None)
        told[identity] |= {each for each in (key, keys.get(organization_id)) if each}
    return told


# --- one contact -------------------------------------------------------------------------------------------------


def _profile_url(row: Connection) -> str | None:
    link = read_link(row.url) if row.url else None
    return link.url if link and link.platform == "linkedin" else None


def _identity(url: str | None, name_key: str, connected_on: str | None) -> Identity:
    return Identity(url, "", None) if url else Identity(None, name_key, connected_on)


def _page(row: Connection, identity: Identity, now: datetime, *, with_role: bool) -> PageItem:
    """The contact as a page of one person; a contact without an employer has no role."""
    role = f", {row.position}" if row.position else ""
    place = f", {row.company}" if row.company else ""
    day = f"; connected {row.connected_on}" if row.connected_on else ""
    person = PersonItem(
        name=row.name,
        title=row.position,
        organisation=row.company,
        links=(identity.url,) if identity.url else (),
        excerpt=f"{row.name}{role}{place}{day}"[:300],
    )
    reading = PageReading(kind="leaders" if with_role else "speakers", reader=_export()["reader"], people=(person,))
    url = identity.url or _export()["contacts_page"]
    return PageItem(subject="", url=url, fetched_at=now, reading=reading, source="import")


@cache
def _export() -> dict[str, str]:
    found: dict[str, str] = read_toml(config_dir() / "linkedin.toml")["export"]
    return found
