"""events add, import, list: conferences."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from watchlist.cli.context import open_store, settings
from watchlist.cli.output import DryRun, Json, print_json, print_table, say

events = typer.Typer(no_args_is_help=True, help="Conferences whose speakers are looked at.")


def register(app: typer.Typer) -> None:
    """Add the group's commands."""
    app.add_typer(events, name="events")


@events.command()
def add(
    name: Annotated[str, typer.Argument(help="Name of the conference.")],
    address: Annotated[str, typer.Argument(help="Its page, or its schedule export.")],
    platform: Annotated[str | None, typer.Option(help="Default: told from the address.")] = None,
    field: Annotated[str | None, typer.Option(help="Field it belongs to.")] = None,
    as_json: Json = False,
) -> None:
    """Add one conference or edition."""
    from watchlist.events import add_event, event_json

    with open_store() as store, store.session() as session:
        shown = event_json(add_event(session, name, address, platform, field))
    print_json(shown) if as_json else print(f"{shown['name']}: {shown['url']} ({shown['platform']})")


@events.command("import")
def import_(
    file: Annotated[Path | None, typer.Argument(help="A CSV file; default: the shipped conferences.")] = None,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Take over conferences from a CSV file."""
    from watchlist.events import import_events, read_event_csv, shipped_events

    read = read_event_csv(file, str(file), max_rows=settings().companies.max_rows) if file else shipped_events()
    for warning in read.warnings:
        say(warning)
    with open_store() as store, store.session() as session:
        report = import_events(session, read.rows, dry_run=dry_run)
    if as_json:
        print_json(report.as_json())
    else:
        print(f"{report.new} new, {report.changed} changed, {report.same} the same")


@events.command("list")
def list_(as_json: Json = False) -> None:
    """All conferences."""
    from watchlist.events import event_json, list_events

    with open_store() as store, store.session() as session:
        found = [event_json(event) for event in list_events(session)]
    if as_json:
        print_json(found)
        return
    columns = ("id", "name", "platform", "url", "field")
    print_table(columns, [[each[column] for column in columns] for each in found], empty="no conference yet")
