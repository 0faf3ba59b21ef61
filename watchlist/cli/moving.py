"""people moves: who went where, and what waits for the user's word because too much changed at once."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from watchlist.cli.context import open_store, settings
from watchlist.cli.output import DAY, DryRun, Json, print_json, read_day, say
from watchlist.cli.people import people
from watchlist.errors import UsageError

if TYPE_CHECKING:
    from pipelines.load.held import HeldSite
    from watchlist.people import MoveLine, MoveSide


def register(app: typer.Typer) -> None:  # noqa: ARG001  # all groups are registered alike; this one is a part of people
    """Add the command to the group of people."""
    people.command("moves")(moves)


def moves(
    held: Annotated[
        bool, typer.Option("--held", help="Only what waits: sites that lost half of their people.")
    ] = False,
    since: Annotated[
        datetime | None, typer.Option("--since", parser=read_day, metavar=DAY, help="Seen from that day on.")
    ] = None,
    accept: Annotated[
        str | None, typer.Option("--accept", metavar="ORGANISATION", help="What it lost is true.")
    ] = None,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Who joined, left, moved or has a new role, with the page behind each side; and what is held for review."""
    if dry_run and accept is None:
        raise UsageError("--dry-run goes with --accept")
    if accept is not None:
        _accept(accept, dry_run=dry_run, as_json=as_json)
        return
    from datetime import timedelta

    from pipelines.load.held import held_sites
    from watchlist.digest.window import day_end
    from watchlist.people import list_moves

    begin = day_end(since.date() - timedelta(days=1), settings()) if since else None
    with open_store() as store, store.session() as session:
        found = [] if held else list_moves(session, since=begin)
        waiting = held_sites(session)
    if as_json:
        print_json({"moves": [asdict(line) for line in found], "held": [_plain(site) for site in waiting]})
        return
    for line in found:
        _print_move(line)
    for site in waiting:
        _print_held(site)
    if not (found or waiting):
        say("nothing is held" if held else "no moves yet: they show from the second crawl of a page on")


def _accept(name: str, *, dry_run: bool, as_json: bool) -> None:
    from pipelines.load.held import accept_held
    from watchlist.times import utc_now

    with open_store() as store, store.session() as session:
        site, found = accept_held(session, name, now=utc_now())
        if dry_run:
            session.rollback()
    if as_json:
        print_json({"held": _plain(site), "moves": found, "dry_run": dry_run})
        return
    verb = "would end" if dry_run else "ended"
    say(f"{site.organisation}: {verb} {len(site.lost)} roles that its pages do not show any more; {found} moves")


def _plain(site: HeldSite) -> dict[str, Any]:
    from watchlist.times import iso

    lost = [asdict(role) | {"seen_at": iso(role.seen_at), "read_at": iso(role.read_at)} for role in site.lost]
    return asdict(site) | {"held_at": iso(site.held_at), "lost": lost}


def _print_move(line: MoveLine) -> None:
    print(f"{(line.seen_at or '')[:10]}  {line.name}  {line.kind.replace('_', ' ')}")
    print(f"    before  {_words(line.before)}")
    print(f"    now     {_words(line.after)}")


def _words(side: MoveSide) -> str:
    role = ", ".join(part for part in (side.title, side.organisation) if part) or "not shown"
    return f"{role}  ({side.url}, read {(side.read_at or '')[:10]})"


def _print_held(site: HeldSite) -> None:
    print(f"held  {site.organisation}: {site.people} people of {site.people_before}; not shown any more:")
    for role in site.lost:
        print(f"    {role.name}, {role.title or '(no title)'}  ({role.page_url}, last {role.seen_at:%Y-%m-%d})")
    print(f'    the next crawl that shows the same confirms it, or: people moves --accept "{site.organisation}"')
