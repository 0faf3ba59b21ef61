"""follow, unfollow: whose news reach the digest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from watchlist.cli.context import open_store
from watchlist.cli.output import Json, print_json

if TYPE_CHECKING:
    from collections.abc import Callable

People = Annotated[list[str], typer.Argument(help="Ids or names, as `people list` shows them.")]


def register(app: typer.Typer) -> None:
    """Add the group's commands."""
    app.command()(follow)
    app.command()(unfollow)


def follow(people: People, as_json: Json = False) -> None:
    """Follow people: their feeds are read and their news reach the digest."""
    from watchlist.follow import follow_people

    _change(people, "following", follow_people, as_json)


def unfollow(people: People, as_json: Json = False) -> None:
    """Follow people no more; they are not proposed again."""
    from watchlist.follow import unfollow_people

    _change(people, "not following", unfollow_people, as_json)


def _change(people: list[str], what: str, change: Callable[..., int], as_json: bool) -> None:
    from watchlist.follow import ensure_user
    from watchlist.people import find_person
    from watchlist.times import utc_now

    with open_store() as store, store.session() as session:
        found = [find_person(session, ref) for ref in people]
        changed = change(session, ensure_user(session), [person.id for person in found], now=utc_now())
        names = [person.name for person in found]
    if as_json:
        print_json({"people": names, "changed": changed})
    else:
        print(f"{what} {', '.join(names)}")
