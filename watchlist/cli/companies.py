"""companies presets, import, list: the TOP-N lists."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from watchlist.cli.context import open_store, settings
from watchlist.cli.output import DryRun, Json, print_json, print_table, say

companies = typer.Typer(no_args_is_help=True, help="TOP-N company lists.")


def register(app: typer.Typer) -> None:
    """Add the group's commands."""
    app.add_typer(companies, name="companies")


@companies.command()
def presets(as_json: Json = False) -> None:
    """The lists that come with the program."""
    from watchlist.companies import presets as shipped

    found = [{"key": preset.key, "companies": preset.companies} for preset in shipped()]
    if as_json:
        print_json(found)
    else:
        print_table(("key", "companies"), [list(preset.values()) for preset in found], empty="no list is shipped")
        say("mentorwatch companies import KEY takes one over")


@companies.command("import")
def import_(
    source: Annotated[str, typer.Argument(help="A CSV file, or the key of a shipped list.")],
    field: Annotated[
        str | None, typer.Option(help="Field of the list; default: the shipped list's, or the file's name.")
    ] = None,
    key: Annotated[str | None, typer.Option("--key", help="Key of the list; default: its field.")] = None,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Make a list hold exactly the companies of a file; a file is taken whole or not at all."""
    from watchlist.companies import import_companies, read_company_csv, read_preset

    file = Path(source)
    if file.suffix or file.exists():
        read = read_company_csv(file, str(file), max_rows=settings().companies.max_rows)
    else:
        read = read_preset(source)
    for warning in read.warnings:
        say(warning)
    with open_store() as store, store.session() as session:
        report = import_companies(session, read.rows, field or file.stem, key=key, dry_run=dry_run)
    if as_json:
        print_json(report.as_json())
        return
    verb = "would be" if dry_run else "are"
    changes = f"{report.new} {verb} new, {report.changed} changed, {report.same} the same, {report.removed} removed"
    print(f"list {report.key!r}: {changes}")


@companies.command("list")
def list_(key: Annotated[str, typer.Argument(help="Key of the list.")], as_json: Json = False) -> None:
    """The companies of a list, by rank."""
    from watchlist.companies import list_companies

    with open_store() as store, store.session() as session:
        found = [company.as_json() for company in list_companies(session, key)]
    if as_json:
        print_json(found)
        return
    columns = ("rank", "name", "country", "website", "site_state", "source")
    print_table(columns, [[each[column] for column in columns] for each in found], empty="the list is empty")
