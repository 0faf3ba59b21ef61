"""The user's goal: point A, point B and the list of companies on which people who stand at point B are looked for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, Literal, get_args

from sqlmodel import Session, col, select

from pipelines.lexicon.titles import FUNCTIONS, LADDER, TitleReading, read_title
from watchlist.companies import require_list
from watchlist.errors import NotFoundError, UsageError
from watchlist.models import CompanyList, Goal, ListEntry, Position, User
from watchlist.store import upsert
from watchlist.times import iso

FollowRule = Literal["goal", "all", "none"]
MAIN: Final = "main"
"""The name of a goal that was given none."""
HOW_TO_SET: Final = "mentorwatch goal set --from 'HR manager' --to 'HR director of an IT company' --list it"


def set_goal(  # noqa: PLR0913 - what `goal set` asks for
    session: Session,
    user: User,
    *,
    current_title: str,
    target_title: str,
    list_key: str,
    now: datetime,
    function: str | None = None,
    level: str | None = None,
    field: str | None = None,
    name: str = MAIN,
    follow: FollowRule = "none",
) -> Goal:
    """Stores the goal `name`, which becomes the current one; a goal of that name is replaced.

    Function and level are read from the target title where they are not given, the field is the list's.
    Raises UsageError with the words that may be used, NotFoundError for an unknown list.
    """
    titles = {"current title": current_title, "target title": target_title}
    if empty := [what for what, text in titles.items() if not text.strip()]:
        raise UsageError(f"the {empty[0]} is empty", hint=HOW_TO_SET)
    if follow not in get_args(FollowRule):
        raise _unknown_word("follow", follow, get_args(FollowRule))
    wanted = read_title(target_title)
    company_list = require_list(session, list_key)
    values = {
        "user_id": user.id,
        "name": name,
        "current_title": current_title.strip(),
        "target_title": target_title.strip(),
        "function": _function(function, wanted),
        "level": _level(level, wanted),
        "field": field or company_list.field,
        "list_id": company_list.id,
        "follow": follow,
        "created_at": now,
        "first_crawl_at": now if _has_people(session, company_list) else None,
    }
    upsert(session, Goal, [values], key=["user_id", "name"])
    # the row was written past the objects of this session
    fresh = select(Goal).where(Goal.user_id == user.id, Goal.name == name).execution_options(populate_existing=True)
    return session.exec(fresh).one()


def _has_people(session: Session, company_list: CompanyList) -> bool:
    """Whether a crawl found people on the list already."""
    listed = select(ListEntry.organization_id).where(ListEntry.list_id == company_list.id)
    found = select(Position.id).where(col(Position.organization_id).in_(listed), col(Position.own_page))
    return session.exec(found.limit(1)).first() is not None


def list_goals(session: Session, user: User) -> tuple[Goal, ...]:
    """The user's goals; the one set last is the current one and stands first."""
    latest = (col(Goal.created_at).desc(), col(Goal.id).desc())
    return tuple(session.exec(select(Goal).where(Goal.user_id == user.id).order_by(*latest)))


def current_goal(session: Session, user: User) -> Goal | None:
    """The goal that was set last; None where there is none."""
    return next(iter(list_goals(session, user)), None)


def require_goal(session: Session, user: User, name: str | None = None) -> Goal:
    """The goal called `name`, else the current one.

    Raises NotFoundError that says how to set one: without a goal nobody is nearer to it than anybody else.
    """
    goals = list_goals(session, user)
    if not goals:
        raise NotFoundError("there is no goal yet", hint=f"set one: {HOW_TO_SET}")
    if name is None:
        return goals[0]
    if found := next((goal for goal in goals if goal.name == name), None):
        return found
    raise NotFoundError(f"no goal is called {name!r}", hint=f"there are {', '.join(goal.name for goal in goals)}")


def goal_json(session: Session, goal: Goal) -> dict[str, Any]:
    """The goal as a JSON object; unknown is null."""
    return {
        "name": goal.name,
        "current_title": goal.current_title,
        "current_level": current_level(goal),
        "target_title": goal.target_title,
        "function": goal.function,
        "level": goal.level,
        "field": goal.field,
        "list": session.get_one(CompanyList, goal.list_id).key,
        "follow": goal.follow,
        "created_at": iso(goal.created_at),
    }


def current_level(goal: Goal) -> str | None:
    """The step of the ladder on which point A stands; None where its title does not tell."""
    level = read_title(goal.current_title).level
    return level if level in LADDER else None


def steps_above(goal: Goal, level: str | None) -> int | None:
    """Career steps from point A up to a level, negative below it; None where one of them is on no ladder."""
    start = current_level(goal)
    if start is None or level not in LADDER:
        return None
    return LADDER.index(level) - LADDER.index(start)


def _function(given: str | None, read: TitleReading) -> str:
    if given is not None:
        if given not in FUNCTIONS:
            raise _unknown_word("function", given, FUNCTIONS)
        return given
    if read.function == "other":
        raise _unreadable("function", read, FUNCTIONS)
    return read.function


def _level(given: str | None, read: TitleReading) -> str:
    if given is not None:
        if given not in LADDER:
            raise _unknown_word("level", given, LADDER)
        return given
    if read.level not in LADDER:
        raise _unreadable("level", read, LADDER)
    return read.level


def _unknown_word(what: str, given: str, allowed: Sequence[str]) -> UsageError:
    return UsageError(f"no {what} is called {given!r}", hint=f"--{what} is one of {', '.join(allowed)}")


def _unreadable(what: str, read: TitleReading, allowed: Sequence[str]) -> UsageError:
    message = f"the title {read.title!r} does not tell the {what}"
    return UsageError(message, hint=f"say it with --{what}, one of {', '.join(allowed)}")
