"""Whom the user follows: known, candidate, followed, unfollowed. Nobody is followed without the user's own act."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal

from sqlalchemy import func
from sqlmodel import Session, col, select

from watchlist.errors import UsageError
from watchlist.models import CompanyList, Follow, Goal, Person, User
from watchlist.people.listing import KNOWN, PersonLine, list_people
from watchlist.store.upsert import upsert

State = Literal["candidate", "followed", "unfollowed"]
ME = "me"


@dataclass(frozen=True, slots=True)
class Noted:
    """What became of people whom a crawl found: how many are followed by the goal's rule, how many wait."""

    followed: int
    candidates: int


def ensure_user(session: Session) -> User:
    """The user of this home, called `me`; made at first use."""
    upsert(session, User, [{"name": ME, "created_at": datetime.now(UTC)}], key=["name"], update=())
    return session.exec(select(User).where(User.name == ME)).one()


def follow_people(session: Session, user: User, person_ids: Iterable[int], *, now: datetime) -> int:
    """Follows people, whatever was before; says how many were not followed yet."""
    return _set_state(session, user, person_ids, "followed", now)


def unfollow_people(session: Session, user: User, person_ids: Iterable[int], *, now: datetime) -> int:
    """Follows people no more and never proposes them again; says how many were not unfollowed before."""
    return _set_state(session, user, person_ids, "unfollowed", now)


def state_of(session: Session, user: User, person_id: int) -> str:
    """What the user did with a person: known (nothing yet), candidate, followed or unfollowed."""
    query = select(Follow.state).where(Follow.user_id == user.id, Follow.person_id == person_id)
    return session.exec(query).first() or KNOWN


def people_in(session: Session, user: User, state: State) -> list[int]:
    """Ids of the people in a state, longest in it first; only the followed ones reach the digest."""
    query = select(Follow.person_id).where(Follow.user_id == user.id, Follow.state == state)
    return list(session.exec(query.order_by(col(Follow.since), col(Follow.person_id))))


def count_states(session: Session, user: User) -> dict[str, int]:
    """How many people are in each state; everybody counts once."""
    query = select(Follow.state, func.count()).where(Follow.user_id == user.id).group_by(Follow.state)
    counts = {KNOWN: 0, "candidate": 0, "followed": 0, "unfollowed": 0} | dict(session.exec(query).all())
    everybody = session.exec(select(func.count()).select_from(Person)).one()
    return counts | {KNOWN: everybody - sum(counts.values())}


def propose_follows(session: Session, goal: Goal) -> list[PersonLine]:
    """People who hold the goal's function on its list and whom the user neither follows nor unfollowed."""
    return [line for line in _matches(session, goal, goal.function) if line.state in {KNOWN, "candidate"}]


def note_new_people(session: Session, goal: Goal, *, first_crawl: bool, now: datetime) -> Noted:
    """After a crawl: everybody on the goal's list who is only known becomes a candidate, where the function fits.

    On a first crawl the goal's `follow` decides, to which the user said yes: `goal` follows the people of its function,
    `all` everybody on the list, `none` nobody. Later finds always wait as candidates.
    """
    user = session.get_one(User, goal.user_id)
    if first_crawl and goal.follow == "all":
        return Noted(follow_people(session, user, _only_known(_matches(session, goal, None)), now=now), 0)
    new = _only_known(_matches(session, goal, goal.function))
    if first_crawl and goal.follow == "goal":
        return Noted(follow_people(session, user, new, now=now), 0)
    return Noted(0, _set_state(session, user, new, "candidate", now))


def _matches(session: Session, goal: Goal, function: str | None) -> list[PersonLine]:
    company_list = session.get_one(CompanyList, goal.list_id)
    user = session.get_one(User, goal.user_id)
    return list_people(session, user=user, function=function, list_key=company_list.key)


def _only_known(lines: Iterable[PersonLine]) -> list[int]:
    return [line.id for line in lines if line.state == KNOWN]


def _set_state(session: Session, user: User, person_ids: Iterable[int], state: State, now: datetime) -> int:
    wanted = set(person_ids)
    changed = sorted(wanted - set(people_in(session, user, state)))
    if missing := set(changed) - set(_existing(session, changed)):
        raise UsageError(f"nobody has the id {', '.join(map(str, sorted(missing)))}")
    rows = [{"user_id": user.id, "person_id": each, "state": state, "since": now} for each in changed]
    return upsert(session, Follow, rows, key=["user_id", "person_id"])


def _existing(session: Session, ids: list[int]) -> list[int]:
    parts = [ids[start : start + 500] for start in range(0, len(ids), 500)]
    found = [session.exec(select(Person.id).where(col(Person.id).in_(part))).all() for part in parts]
    return [each for part in found for each in part if each is not None]
