"""import linkedin, page, inbox: what the user brings in."""

from __future__ import annotations

import asyncio
import shlex
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from watchlist.cli.context import current_home, open_store, settings
from watchlist.cli.output import DryRun, Json, print_json, say
from watchlist.errors import InputError, UsageError

if TYPE_CHECKING:
    from watchlist.imports.inbox import FileReport, InboxReport, PageImport
    from watchlist.imports.linkedin import LinkedInReport

imports = typer.Typer(no_args_is_help=True, help="Bring in your LinkedIn export and pages that you saved.")
_MOST = 20
"""Lines of one kind that are shown; --json has them all."""


def register(app: typer.Typer) -> None:
    """Add the group's commands."""
    app.add_typer(imports, name="import")


@imports.command()
def linkedin(
    file: Annotated[Path, typer.Argument(help="Connections.csv, or the ZIP of the export that holds it.")],
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Import your LinkedIn contacts from your own data export; mail addresses are left out."""
    from watchlist.imports.connections import read_connections
    from watchlist.imports.linkedin import import_connections
    from watchlist.times import utc_now

    found = read_connections(file, settings().imports)
    with open_store() as store, store.session() as session:
        report = import_connections(session, found, now=utc_now(), dry_run=dry_run)
        if dry_run:
            session.rollback()
    if as_json:
        print_json(report.as_json())
    else:
        _print_contacts(report)


def _print_contacts(report: LinkedInReport) -> None:
    said = "would be" if report.dry_run else "are"
    skipped = ", ".join(f"{number} {_SKIPPED.get(reason, reason)}" for reason, number in sorted(report.reasons.items()))
    print(
        f"{report.rows} rows: {report.new} {said} new, {report.changed} changed jobs, {report.same} the same, "
        f"{report.skipped} left out" + (f" ({skipped})" if skipped else "")
    )
    print(f"{report.at_listed} work at companies of your lists; {report.name_only} have neither employer nor role")
    for change in report.job_changes[:_MOST]:
        before, after = change["before"], change["after"]
        print(f"  {change['name']}: {_role(before)} -> {_role(after)}")
    _tell_more(len(report.job_changes))
    if report.ambiguous:
        print("not guessed:")
    for each in report.ambiguous[:_MOST]:
        print(f"  line {each['line']}: {each['name']}, {each['company']}: {each['candidates']}")
    _tell_more(len(report.ambiguous))
    if report.perhaps:
        print("perhaps at companies of your lists (then: mentorwatch people add NAME --title TITLE --company COMPANY):")
    for each in report.perhaps[:_MOST]:
        print(f"  line {each['line']}: {each['name']}, {each['company']}: {each['candidates']}?")
    _tell_more(len(report.perhaps))
    if not report.rows:
        say("the file names its columns and nobody below them: is the export complete?")
    if report.at_listed and not report.dry_run:
        say("see them: mentorwatch ledger")


_SKIPPED = {
    "padding": "empty",
    "double": "of somebody who stands above",
    "no_name": "without a name",
    "ragged": "with more cells than the header",
    "broken_quotes": "with broken quotes",
    "suppressed": "of somebody who was forgotten",
}
"""Why a row is left out, in words; --json has the lines."""


def _role(side: dict[str, str | None]) -> str:
    return ", ".join(filter(None, (side["title"], side["company"]))) or "no employer"


def _tell_more(number: int) -> None:
    if number > _MOST:
        print(f"  and {number - _MOST} more")


@imports.command()
def page(
    file: Annotated[Path, typer.Argument(help="A saved page: .html, .htm, .mhtml or .mht.")],
    url: Annotated[str | None, typer.Option("--url", help="The address it shows; default: what the file says.")] = None,
    company: Annotated[str | None, typer.Option("--company", help="Whose page it is; default: by the address.")] = None,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Read a page that you saved, as if it had been crawled; nothing is fetched."""
    from watchlist.imports.inbox import InboxReport
    from watchlist.imports.saved_pages import is_web_address

    if url is not None and not is_web_address(url):
        raise UsageError(f"{url!r} is not a web address", hint="--url takes the address the page was saved from")
    if not file.is_file():
        raise InputError("a folder; name one page in it" if file.is_dir() else "no such file", file=file)

    async def read(pages: PageImport) -> InboxReport:
        return InboxReport(files=[await pages.read_file(file, url=url, company=company)], dry_run=pages.dry_run)

    report = _run(read, dry_run)
    if as_json:
        print_json(report.as_json()["files"][0])
    else:
        _print_files(report)
    if report.failed:
        raise typer.Exit(1)


@imports.command()
def inbox(dry_run: DryRun = False, as_json: Json = False) -> None:
    """Read all pages that you saved into the inbox of the home; those that were read move to inbox/read."""

    async def read(pages: PageImport) -> InboxReport:
        return await pages.read_inbox()

    report = _run(read, dry_run)
    if as_json:
        print_json(report.as_json())
    elif not report.files:
        say(f"nothing waits in {current_home() / 'inbox'}")
    else:
        _print_files(report)
    if report.failed:
        raise typer.Exit(3 if len(report.failed) < len(report.files) else 1)


def _run(work: Callable[[PageImport], Awaitable[InboxReport]], dry_run: bool) -> InboxReport:
    from crawler.reading import ReadingRoom
    from watchlist.imports.inbox import PageImport
    from watchlist.times import utc_now

    async def read() -> InboxReport:
        with ReadingRoom() as room:
            return await work(PageImport(store, settings(), room, utc_now, dry_run))

    with open_store() as store:
        return asyncio.run(read())


def _print_files(report: InboxReport) -> None:
    for told in report.files:
        print(_line(told, report.dry_run))
        for name in told.names:
            print(f"  {name}")


def _line(told: FileReport, dry_run: bool) -> str:
    from watchlist.digest.wording import count, plain

    name = plain(shlex.quote(told.file), 200)
    if told.reason:
        return f"{name}: left where it is: {told.sentence}"
    new = f", {told.new_people} new" if told.new_people else ""
    return (
        f"{name}: {'would read' if dry_run else 'read'} {count(told.people, 'person', 'people')}{new}, {told.company}"
    )
