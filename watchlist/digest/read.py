"""The facts of one digest, read from the store: only people the user follows, only what their window holds."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, and_, func, not_, or_
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from watchlist.digest.facts import (
    CandidateFacts,
    DigestFacts,
    ItemFacts,
    MoveFacts,
    PersonFacts,
    RoleFacts,
    SourceFacts,
)
from watchlist.digest.memory import Note, SourceNote
from watchlist.models import Digest, Entry, Event, Feed, Follow, Move, Person, Position, Talk

BAD_STATES = ("failing", "blocked", "gone")
_SECTIONS = ("executive", "staff", "board", "advisory", "speaker")
"""Which of several roles stands beside a name: the daily work before a seat, a seat before a stage."""
_BATCH = 500
"""Numbers in one IN: below every database's limit on parameters."""


def take_note(session: Session, user_id: int, until: datetime, before: Note | None, *, candidates: int) -> Note:
    """What there is to see now: row marks, the next `candidates` candidates in turn, and sources that fail."""
    mark = before.follow if before else 0
    waiting = list(
        session.exec(
            select(Follow.id)
            .where(Follow.user_id == user_id, Follow.state == "candidate", Follow.since <= until, col(Follow.id) > mark)
            .order_by(col(Follow.id))
        )
    )
    proposed = tuple(number for number in waiting[:candidates] if number is not None)
    feeds = session.exec(
        select(Feed).where(col(Feed.person_id).in_(_followed(user_id, until)), col(Feed.state).in_(BAD_STATES))
    )
    return Note(
        entry=_highest(session, Entry),
        talk=_highest(session, Talk),
        move=_highest(session, Move),
        follow=proposed[-1] if proposed else mark,
        candidates=proposed,
        waiting=len(waiting) - len(proposed),
        sources=_number_of_feeds(session, user_id, until),
        bad_sources=tuple(_source_note(feed) for feed in feeds),
    )


def read_facts(session: Session, digest: Digest, note: Note, before: Note | None, timezone: str) -> DigestFacts:
    """The facts of a digest, from its window, its own note and the note of the digest before it."""
    reader = _Reader(session, digest, note, before)
    items = [*reader.posts(), *reader.talks()]
    moves = reader.moves()
    return DigestFacts(
        day=digest.day,
        since=digest.since,
        until=digest.until,
        timezone=timezone,
        followed=session.exec(select(func.count()).select_from(reader.followed.subquery())).one(),
        sources=note.sources,
        waiting=note.waiting,
        people=reader.people({item.person_id for item in items} | {move.person_id for move in moves}),
        items=tuple(items),
        moves=moves,
        candidates=reader.candidates(),
        bad_sources=reader.bad_sources(),
    )


class _Reader:
    """The queries of one digest."""

    def __init__(self, session: Session, digest: Digest, note: Note, before: Note | None) -> None:
        self.session, self.digest, self.note, self.before = session, digest, note, before
        self.followed = _followed(digest.user_id, digest.until)

    def _seen(self, moment: Any, number: Any, kind: str) -> ColumnElement[bool]:
        """Was there when this digest was made."""
        return and_(moment <= self.digest.until, number <= getattr(self.note, kind))

    def _new(self, moment: Any, number: Any, kind: str) -> ColumnElement[bool]:
        """Was there when this digest was made, and not yet when the one before was."""
        after = moment > self.digest.since
        if self.before is not None:
            after = or_(after, number > getattr(self.before, kind))
        return and_(self._seen(moment, number, kind), after)

    def posts(self) -> list[ItemFacts]:
        """Entries of followed people; what an organisation publishes is nobody's own post."""
        rows = self.session.exec(
            select(Entry, Feed.title)
            .join(Feed, col(Feed.id) == Entry.feed_id)
            .where(
                self._new(col(Entry.first_seen_at), col(Entry.id), "entry"),
                col(Entry.baseline).is_(False),
                col(Entry.person_id).in_(self.followed),
            )
        )
        return [
            ItemFacts(
                id=entry.id or 0,
                kind="post",
                person_id=entry.person_id or 0,
                title=entry.title,
                url=entry.url,
                source=title or "",
                published=entry.published,
                excerpt=entry.summary,
            )
            for entry, title in rows
        ]

    def talks(self) -> list[ItemFacts]:
        """Talks that were announced, dated by when they were first seen."""
        rows = self.session.exec(
            select(Talk, Event)
            .join(Event, col(Event.id) == Talk.event_id)
            .where(self._new(col(Talk.first_seen_at), col(Talk.id), "talk"), col(Talk.person_id).in_(self.followed))
        )
        return [
            ItemFacts(
                id=talk.id or 0,
                kind="talk",
                person_id=talk.person_id,
                title=talk.title or f"Speaks at {event.name}",
                url=event.url,
                source=event.name,
                published=talk.first_seen_at,
            )
            for talk, event in rows
        ]

    def moves(self) -> tuple[MoveFacts, ...]:
        """Role changes, oldest first."""
        before, after = aliased(Position), aliased(Position)
        rows = self.session.exec(
            select(Move, before, after)
            .outerjoin(before, col(before.id) == Move.from_position_id)
            .outerjoin(after, col(after.id) == Move.to_position_id)
            .where(self._new(col(Move.seen_at), col(Move.id), "move"), col(Move.person_id).in_(self.followed))
            .order_by(col(Move.seen_at), col(Move.id))
        )
        return tuple(
            MoveFacts(
                id=move.id or 0,
                person_id=move.person_id,
                kind=move.kind,
                before=_side(old, move.before_url),
                after=_side(new, move.after_url),
                seen_at=move.seen_at,
            )
            for move, old, new in rows
        )

    def people(self, ids: Collection[int]) -> tuple[PersonFacts, ...]:
        """The people themselves, with their present role and their last post before this window."""
        roles, posts = self._roles(ids), self._last_before(ids)
        people = self._each(ids, lambda some: select(Person.id, Person.name).where(col(Person.id).in_(some)))
        return tuple(
            PersonFacts(id=number, name=name, role=roles.get(number), last_before=posts.get(number))
            for number, name in people
        )

    def candidates(self) -> tuple[CandidateFacts, ...]:
        """The people proposed in this digest, also when the user has decided about them since."""
        rows = self._each(
            self.note.candidates,
            lambda some: (
                select(Follow.id, Person.id, Person.name)
                .join(Person, col(Person.id) == Follow.person_id)
                .where(Follow.user_id == self.digest.user_id, col(Follow.id).in_(some))
            ),
        )
        found = sorted(rows)
        roles = self._roles([person_id for _, person_id, _ in found])
        return tuple(
            CandidateFacts(person_id=person_id, name=name, role=roles.get(person_id)) for _, person_id, name in found
        )

    def bad_sources(self) -> tuple[SourceFacts, ...]:
        """Feeds that gave nothing when this digest was made."""
        notes = {note.feed_id: note for note in self.note.bad_sources}
        rows = self._each(
            notes,
            lambda some: (
                select(Feed.id, Feed.title, Feed.url, Person.name)
                .join(Person, col(Person.id) == Feed.person_id)
                .where(col(Feed.id).in_(some))
            ),
        )
        return tuple(_source(notes[number], owner, title or "", url) for number, title, url, owner in sorted(rows))

    def _roles(self, ids: Collection[int]) -> dict[int, RoleFacts]:
        """Per person the role held at the end of the window that says most."""
        until = self.digest.until
        rows = self._each(
            ids,
            lambda some: select(Position).where(
                col(Position.person_id).in_(some),
                Position.first_seen_at <= until,
                or_(col(Position.ended_at).is_(None), col(Position.ended_at) > until),
            ),
        )
        best: dict[int, RoleFacts] = {}
        for position in sorted(rows, key=_role_rank):
            best.setdefault(position.person_id, _role(position))
        return best

    def _last_before(self, ids: Collection[int]) -> dict[int, datetime]:
        seen = self._seen(col(Entry.first_seen_at), col(Entry.id), "entry")
        new = self._new(col(Entry.first_seen_at), col(Entry.id), "entry")
        rows = self._each(
            ids,
            lambda some: (
                select(Entry.person_id, func.max(Entry.published))
                .where(col(Entry.person_id).in_(some), seen, or_(col(Entry.baseline), not_(new)))
                .group_by(col(Entry.person_id))
            ),
        )
        return dict(rows)

    def _each(self, ids: Iterable[int], statement: Any) -> Iterator[Any]:
        """The rows of `statement(some)` for all ids, a batch at a time."""
        numbers = iter(sorted(ids))
        while some := list(islice(numbers, _BATCH)):
            yield from self.session.exec(statement(some))


def _followed(user_id: int, until: datetime) -> Any:
    return select(Follow.person_id).where(Follow.user_id == user_id, Follow.state == "followed", Follow.since <= until)


def _highest(session: Session, model: type[Entry | Talk | Move]) -> int:
    return session.exec(select(func.max(model.id))).one() or 0


def _number_of_feeds(session: Session, user_id: int, until: datetime) -> int:
    statement = select(func.count()).select_from(Feed).where(col(Feed.person_id).in_(_followed(user_id, until)))
    return session.exec(statement).one()


def _source_note(feed: Feed) -> SourceNote:
    return SourceNote(feed_id=feed.id or 0, state=feed.state, since=feed.state_since, reason=feed.reason)


def _source(note: SourceNote, owner: str, title: str, url: str) -> SourceFacts:
    return SourceFacts(
        id=note.feed_id, owner=owner, title=title, url=url, state=note.state, since=note.since, reason=note.reason
    )


def _role(position: Position) -> RoleFacts:
    return RoleFacts(title=position.title, organisation=position.organisation, url=position.page_url)


def _side(position: Position | None, url: str) -> RoleFacts:
    """What a page showed when the move was found, or that it did not show them."""
    if position is None:
        return RoleFacts(title="", organisation="", url=url)
    return RoleFacts(title=position.title, organisation=position.organisation, url=url)


def _role_rank(position: Position) -> tuple[int, bool, datetime, int]:
    known = position.section in _SECTIONS
    section = _SECTIONS.index(position.section) if known else len(_SECTIONS)
    return section, not position.title, position.first_seen_at, position.id or 0
