"""export csv: the watchlist as a table."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from watchlist.cli.context import open_store
from watchlist.cli.output import say, write_private

export = typer.Typer(no_args_is_help=True, help="Take your data out.")


def register(app: typer.Typer) -> None:
    """Add the group's commands."""
    app.add_typer(export, name="export")


@export.command()
def csv(
    output: Annotated[Path | None, typer.Option("--output", "-o", help="File to write; default: stdout.")] = None,
    state: Annotated[str | None, typer.Option(help="Only followed, candidate, known or unfollowed people.")] = None,
    delimiter: Annotated[str, typer.Option(help="Between two cells; ; for some spreadsheets.")] = ",",
    bom: Annotated[bool, typer.Option("--bom", help="Begin with a byte order mark, for Excel.")] = False,
) -> None:
    """People with role, company, evidence and accounts; cells are safe in a spreadsheet."""
    from watchlist.export.csv import export_people
    from watchlist.follow import ensure_user
    from watchlist.goal import current_goal

    with open_store() as store, store.session() as session:
        user = ensure_user(session)
        data = export_people(session, user, state=state, goal=current_goal(session, user), delimiter=delimiter, bom=bom)
    if output is None:
        sys.stdout.buffer.write(data)
        return
    write_private(output, data)
    say(f"wrote {output}")
