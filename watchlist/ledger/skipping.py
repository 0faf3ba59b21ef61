"""Companies that the user does not want to search any further."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Session, select

from watchlist.models import CompanyList, GapMark, Goal, Organization
from watchlist.organisations import require_organisation
from watchlist.store.upsert import upsert


def skip_company(session: Session, goal: Goal, company: str, *, note: str = "", now: datetime) -> Organization:
    """Leaves a company of the goal's list out of the worklist; doing it again changes the note.

    `company` is its name, website, or id. Raises NotFoundError or UsageError where it means none or several.
    """
    found = _require(session, goal, company)
    row = {
        "user_id": goal.user_id,
        "goal_id": goal.id,
        "organization_id": found.id,
        "note": note.strip(),
        "since": now,
    }
    upsert(session, GapMark, [row], key=["goal_id", "organization_id"], update=["note"])
    session.expire_all()  # the row was written past the objects of this session
    return found


def unskip_company(session: Session, goal: Goal, company: str) -> tuple[Organization, bool]:
    """Takes a company up again; says whether it had been left out."""
    found = _require(session, goal, company)
    mark = session.exec(select(GapMark).where(GapMark.goal_id == goal.id, GapMark.organization_id == found.id)).first()
    if mark is not None:
        session.delete(mark)
        session.flush()
    return found, mark is not None


def _require(session: Session, goal: Goal, company: str) -> Organization:
    return require_organisation(session, company, session.get_one(CompanyList, goal.list_id).key)
