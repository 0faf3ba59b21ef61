"""goal set, show, list: where the user wants to get to."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from watchlist.cli.context import open_store
from watchlist.cli.output import Json, print_json, print_table, say

if TYPE_CHECKING:
    from sqlmodel import Session

    from watchlist.models import Goal, User

goal = typer.Typer(no_args_is_help=True, help="Point A, point B and the list of companies to look at.")


class FollowChoice(StrEnum):
    """Whom a goal follows from its first crawl on."""

    goal = "goal"
    all = "all"
    none = "none"


From = Annotated[str, typer.Option("--from", help="Point A: your title today.")]
To = Annotated[str, typer.Option("--to", help="Point B: the title you want to reach.")]
ListKey = Annotated[str, typer.Option("--list", help="Key of the company list to look at.")]
Name = Annotated[str, typer.Option("--name", help="Name of the goal; you can have several.")]
Follow = Annotated[
    FollowChoice | None,
    typer.Option("--follow", help="Follow the people of the goal's function, all, or none; asked when left out."),
]


def register(app: typer.Typer) -> None:
    """Add the group's commands."""
    app.add_typer(goal, name="goal")


@goal.command("set")
def set_(  # a command's options
    current: From,
    target: To,
    list_key: ListKey,
    function: Annotated[str | None, typer.Option(help="Function of point B; read from the title.")] = None,
    level: Annotated[str | None, typer.Option(help="Level of point B; read from the title.")] = None,
    field: Annotated[str | None, typer.Option(help="Field of the company; the list's.")] = None,
    name: Name = "main",
    follow: Follow = None,
    as_json: Json = False,
) -> None:
    """Set point A, point B and the list; propose whom to follow."""
    from watchlist.follow import ensure_user
    from watchlist.goal import goal_json, list_goals, set_goal
    from watchlist.times import utc_now

    with open_store() as store:
        with store.session() as session:
            user = ensure_user(session)
            before = next((goal.follow for goal in list_goals(session, user) if goal.name == name), "none")
            chosen = set_goal(
                session,
                user,
                current_title=current,
                target_title=target,
                list_key=list_key,
                now=utc_now(),
                function=function,
                level=level,
                field=field,
                name=name,
                follow=(follow or FollowChoice(before)).value,
            )
            shown = goal_json(session, chosen)
        if as_json:
            print_json(shown)
        else:
            print(f"{shown['current_title']} -> {shown['target_title']}: {shown['function']}, {shown['level']}")
        with store.session() as session:
            _offer_follows(session, ensure_user(session), session.merge(chosen), follow)


def _offer_follows(session: Session, user: User, chosen: Goal, follow: FollowChoice | None) -> None:
    """Propose the people of the goal's function; follow them after one yes, never without."""
    from watchlist.follow import follow_people, propose_follows
    from watchlist.models import CompanyList
    from watchlist.people import list_people
    from watchlist.times import utc_now

    found = propose_follows(session, chosen)
    if follow is FollowChoice.all:
        listed = list_people(session, user=user, list_key=session.get_one(CompanyList, chosen.list_id).key)
        found = [line for line in listed if line.state in {"known", "candidate"}]
    if follow is None:
        follow = _ask(
            chosen,
            FollowChoice(chosen.follow),
            [f"{line.name}, {line.title or '?'}, {line.organisation or '?'}" for line in found],
        )
        chosen.follow = follow.value
        session.add(chosen)
    if follow is FollowChoice.none:
        return
    new = follow_people(session, user, [line.id for line in found], now=utc_now())
    if new or found:
        say(f"following {new} more people")
    else:
        say("nobody was crawled yet: the people found by the first crawl will be followed")


def _ask(chosen: Goal, before: FollowChoice, people: list[str]) -> FollowChoice:
    if before is not FollowChoice.none:
        return before
    if not sys.stdin.isatty():
        known = f"{len(people)} people of the function {chosen.function} are known"
        say(
            f"{known}; follow them with --follow goal" if people else "--follow goal follows whom the first crawl finds"
        )
        return before
    for line in people[:20]:
        say(f"  {line}")
    what = f"these {len(people)} people" if people else f"the {chosen.function} people that the first crawl finds"
    return FollowChoice.goal if typer.confirm(f"Follow {what}?", default=True, err=True) else FollowChoice.none


@goal.command()
def show(
    name: Annotated[str | None, typer.Argument(help="Default: the one set last.")] = None, as_json: Json = False
) -> None:
    """Show one goal."""
    from watchlist.follow import count_states, ensure_user
    from watchlist.goal import goal_json, require_goal

    with open_store() as store, store.session() as session:
        user = ensure_user(session)
        shown = goal_json(session, require_goal(session, user, name)) | {"people": count_states(session, user)}
    if as_json:
        print_json(shown)
        return
    from watchlist.times import shown as in_words

    shown["created_at"] = in_words(shown["created_at"])
    for key, value in shown.items():
        print(f"{key:14} {_plain(value)}")


def _plain(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{count} {what}" for what, count in value.items())
    return "-" if value is None else str(value)


@goal.command("list")
def list_(as_json: Json = False) -> None:
    """List all goals, the current one first."""
    from watchlist.follow import ensure_user
    from watchlist.goal import goal_json, list_goals

    with open_store() as store, store.session() as session:
        shown = [goal_json(session, each) for each in list_goals(session, ensure_user(session))]
    if as_json:
        print_json(shown)
        return
    columns = ("name", "current_title", "target_title", "function", "level", "list")
    print_table(
        columns, [[each[column] for column in columns] for each in shown], empty="no goal yet: mentorwatch goal set"
    )
