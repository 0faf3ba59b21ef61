"""The digest job: one digest a local date, written to the home's folder."""

from __future__ import annotations

from datetime import date

from sqlmodel import Session, select

from watchlist.digest.build import make_digest
from watchlist.digest.render import write_digest
from watchlist.digest.view import DigestView
from watchlist.digest.window import due_day
from watchlist.jobs.workplace import Workplace
from watchlist.models import User


async def build_digest(place: Workplace, user_name: str, day: date | None = None) -> DigestView:
    """Build the digest of a local date (the one that was due last by default); write DATE.html, .txt and .json."""
    now = place.clock()
    wanted = day or due_day(now, place.settings)

    def build(session: Session) -> DigestView:
        user = session.exec(select(User).where(User.name == user_name)).one()
        return make_digest(session, user, wanted, now, place.settings)

    view = await place.store.write(build)
    write_digest(view, place.settings.home / "digests")
    return view
