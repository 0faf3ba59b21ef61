"""One digest a user and local date: its row, its window and its view."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from watchlist.digest.compose import build_digest
from watchlist.digest.memory import Note, recall, remember
from watchlist.digest.read import read_facts, take_note
from watchlist.digest.view import DigestView
from watchlist.digest.window import digest_window, local_day, user_zone
from watchlist.errors import NotFoundError
from watchlist.models import Digest, User
from watchlist.settings import Settings

__all__ = ["DigestView", "build_digest", "make_digest"]


def make_digest(session: Session, user: User, day: date, now: datetime, settings: Settings) -> DigestView:
    """The digest of a user's local date; its row is made at the first call and used again at every later one.

    The same date gives the same view again, but for people unfollowed or forgotten since. Needs a session that
    writes: what is stored before it belongs to this digest, what is stored after it to the next.
    Raises NotFoundError for a date without a digest that is neither today nor yesterday (a run that came late).
    """
    user_id = user.id or 0
    # PostgreSQL may have two writers; both would make the same date
    session.exec(select(User.id).where(User.id == user_id).with_for_update())
    digest = _digest_of(session, user_id, day)
    if digest is None:
        _check_day(day, now, settings)
        digest = _start(session, user_id, day, now)
    earlier = recall(_digest_before(session, digest))
    note = recall(digest) or _note_now(session, digest, earlier, settings)
    return build_digest(read_facts(session, digest, note, earlier, user_zone(settings).key), settings)


def _check_day(day: date, now: datetime, settings: Settings) -> None:
    today = local_day(now, settings)
    if day > today:
        raise NotFoundError(f"{day} is yet to come", hint=f"today is {today}")
    if day < today - timedelta(days=1):
        hint = "what came in then stands in the next digest that was made"
        raise NotFoundError(f"no digest was made on {day}", hint=hint)


def _digest_of(session: Session, user_id: int, day: date) -> Digest | None:
    return session.exec(select(Digest).where(Digest.user_id == user_id, Digest.day == day)).first()


def _start(session: Session, user_id: int, day: date, now: datetime) -> Digest:
    """The row of a digest that is made now."""
    last = session.exec(
        select(Digest).where(Digest.user_id == user_id).order_by(col(Digest.id).desc()).limit(1)
    ).first()
    since, until = digest_window(last, now)
    digest = Digest(user_id=user_id, day=day, since=since, until=until, built_at=now)
    session.add(digest)
    session.flush()
    return digest


def _digest_before(session: Session, digest: Digest) -> Digest | None:
    """The digest that was made just before this one, whatever its date."""
    return session.exec(
        select(Digest)
        .where(Digest.user_id == digest.user_id, col(Digest.id) < digest.id)
        .order_by(col(Digest.id).desc())
        .limit(1)
    ).first()


def _note_now(session: Session, digest: Digest, before: Note | None, settings: Settings) -> Note:
    most = min(settings.digest.new_candidates, settings.digest.max_items)
    note = take_note(session, digest.user_id, digest.until, before, candidates=most)
    remember(digest, note)
    session.add(digest)
    return note
