"""The commands, by group."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from watchlist.cli import (
    companies,
    crawling,
    events,
    exporting,
    following,
    goals,
    importing,
    inspecting,
    ledger,
    moving,
    people,
    reviewing,
    starting,
    stopping,
)
from watchlist.cli.context import choose_home

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Find, follow and remember the people who could be your mentor.",
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from watchlist.settings import version

        print(f"mentorwatch {version()}")
        raise typer.Exit


@app.callback()
def _common(
    home: Annotated[
        Path | None,
        typer.Option("--home", help="Folder of database, settings and digests; else $MENTORWATCH_HOME."),
    ] = None,
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Find, follow and remember the people who could be your mentor."""
    from watchlist.secrets import mask_output

    mask_output()
    choose_home(home)


for group in (
    starting,
    goals,
    companies,
    events,
    crawling,
    ledger,
    reviewing,
    people,
    moving,
    following,
    exporting,
    importing,
    stopping,
    inspecting,
):
    group.register(app)
