"""companies presets, import, list: the TOP-N lists."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from watchlist.cli.context import open_store, run_at_workplace, settings
from watchlist.cli.output import DryRun, Json, finish_partly, name_failures, print_json, print_table, progress, say

if TYPE_CHECKING:
    from watchlist.companies import (
        CompanyFile,
        CompanyRow,
        Directory,
        ImportReport,
        KnownCompany,
        ListedCompany,
        OpenRow,
    )
    from watchlist.jobs.company_lookups import Lookup
    from watchlist.jobs.workplace import Workplace

companies = typer.Typer(no_args_is_help=True, help="TOP-N company lists.")
_MOST_GONE = 10
Key = Annotated[str | None, typer.Option("--key", help="Key of the list; default: its field.")]


def register(app: typer.Typer) -> None:
    """Add the group's commands."""
    from watchlist.cli import company_lists

    company_lists.register(companies)
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
    source: Annotated[str, typer.Argument(help="A file (CSV, or one company a line), or the key of a shipped list.")],
    field: Annotated[
        str | None, typer.Option(help="Field of the list; default: the shipped list's, or the file's name.")
    ] = None,
    key: Key = None,
    resolve: Annotated[
        bool, typer.Option("--resolve", help="Also ask Wikidata and EDGAR for what the rows do not say.")
    ] = False,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Make a list hold exactly the companies of a file; name, domain, Wikidata id or CIK of each will do.

    A row that fits several companies is asked, or named and left out where there is nobody to ask.
    """
    from watchlist.companies import import_companies, known_companies

    read = _read(source)
    for warning in read.warnings:
        say(warning)
    field = field or Path(source).stem
    with open_store() as store, store.session(mode="read") as session:
        directory = known_companies(session)
    lookup = _look_up(read.rows, directory) if resolve else None
    with open_store() as store:
        with store.session(mode="read") as session:
            plan = import_companies(session, read.rows, field, key=key, dry_run=True, directory=directory)
        answers = _ask(plan.open) if sys.stdin.isatty() and not as_json else {}
        with store.session(mode="read" if dry_run else "write") as session:
            report = import_companies(
                session, read.rows, field, key=key, dry_run=dry_run, directory=directory, answers=answers
            )
    if as_json:
        print_json(report.as_json() | {"evidence": _evidence(read.rows, directory) if resolve else []})
    else:
        _print_import(report, read.rows, directory if resolve else None)
    _finish(report, lookup)


def _read(source: str) -> CompanyFile:
    from watchlist.companies import read_company_file, read_preset

    file = Path(source)
    if file.suffix or file.exists():
        return read_company_file(file, str(file), max_rows=settings().companies.max_rows)
    return read_preset(source)


def _look_up(rows: Sequence[CompanyRow], directory: Directory) -> Lookup:
    """Ask the registers; what they know goes into the directory."""
    from watchlist.jobs.company_lookups import look_up
    from watchlist.jobs.inquiry import Inquiry

    with progress("looking up") as show:

        async def work(place: Workplace) -> Lookup:
            return await look_up(Inquiry(place), rows, directory, progress=show)

        lookup = run_at_workplace(work)
    for company in lookup.found:
        directory.add(company)
    return lookup


def _ask(rows: Sequence[OpenRow]) -> dict[int, str]:
    """A question for each row that fits several companies; what is left out has no answer."""
    answers = {}
    for row in rows:
        if row.candidates and (answer := _choice(row)) is not None:
            answers[row.row.line] = answer
    return answers


def _choice(row: OpenRow) -> str | None:
    from watchlist.companies import NEW

    say(f"\nline {row.row.line}, {row.row.label!r} may be")
    for number, candidate in enumerate(row.candidates, 1):
        say(f"  {number}  {_shown(candidate)}")
    say("  n  none of them: a new company\n  s  leave it out for now")
    given = [str(number) for number in range(1, len(row.candidates) + 1)]
    while (word := typer.prompt("Which one", default="s", err=True).strip().lower()) not in {*given, "n", "s"}:
        say(f"one of {', '.join([*given, 'n', 's'])}")
    if word == "s":
        return None
    return NEW if word == "n" else row.candidates[int(word) - 1].key


def _shown(company: KnownCompany) -> str:
    """A candidate in one line: what tells it from the others, and who says so."""
    cik = f"CIK {company.cik}" if company.cik else None
    told = (company.name, company.website, company.country, company.wikidata_id, cik)
    return f"{', '.join(each for each in told if each)} ({', '.join(company.sources)})"


def _print_import(report: ImportReport, rows: Sequence[CompanyRow], resolved: Directory | None) -> None:
    verb = "would be" if report.dry_run else "are"
    changes = f"{report.new} {verb} new, {report.changed} changed, {report.same} the same, {report.removed} removed"
    print(f"list {report.key!r}: {changes}")
    if report.gone:
        shown = ", ".join(report.gone[:_MOST_GONE])
        more = f" and {len(report.gone) - _MOST_GONE} more" if len(report.gone) > _MOST_GONE else ""
        say(f"no longer on it: {shown}{more}; another list? import it with a --key of its own")
    for row, first in report.doubled:
        say(f"line {row.line}, {row.label!r}: the same company as in line {first.line}; left out")
    if resolved:
        columns = ("line", "says", "name", "wikidata_id", "cik", "website", "evidence")
        found = _evidence(rows, resolved)
        lines = [[*(each[column] for column in columns[:-1]), " ".join(each["evidence"])] for each in found]
        print_table(columns, lines, empty="nothing more was found online")


def _evidence(rows: Sequence[CompanyRow], directory: Directory) -> list[dict[str, Any]]:
    """Which rows a register knows, and the addresses that say so."""
    found = []
    for row in rows:
        company = directory.find(row).company
        urls = [each for each in company.sources if each.startswith("https://")] if company else []
        if company and urls:
            told = {name: getattr(company, name) for name in ("name", "wikidata_id", "cik", "website", "country")}
            found.append({"line": row.line, "says": row.label, **told, "evidence": urls})
    return found


def _finish(report: ImportReport, lookup: Lookup | None) -> None:
    """Exit status 3 where rows are open or a register did not answer, each named with what to do."""
    unanswered = dict(lookup.failed) if lookup else {}
    name_failures(unanswered)
    failed = {}
    for row in report.open:
        where = f"line {row.row.line}, {row.row.label!r}"
        if row.candidates:
            say(f"{where} may be")
            for candidate in row.candidates:
                say(f"    {_shown(candidate)}")
        failed[where] = _WHY[row.reason]
    taken = report.new + report.changed + report.same
    finish_partly(failed, done=taken, what="rows")
    if unanswered:
        say("the registers did not answer everything: run it again later")
        raise typer.Exit(3)


_WHY = {
    "ambiguous": "several companies fit, none was taken; add its website, Wikidata id or CIK to the row, "
    "or run this in a terminal to choose",
    "ticker_only": "a ticker alone is known to EDGAR only; run again with --resolve",
}


@companies.command("list")
def list_(
    key: Annotated[str | None, typer.Argument(help="Key of the list; default: your goal's.")] = None,
    country: Annotated[
        str | None,
        typer.Option(help="Only companies of this country (DE, Germany), or of none that is known: unknown."),
    ] = None,
    size: Annotated[
        str | None, typer.Option(help="Only companies of this size band, such as 51-200 or 10001+, or unknown.")
    ] = None,
    as_json: Json = False,
) -> None:
    """The companies of a list, by rank, with size and country."""
    from watchlist.cli.company_lists import list_of
    from watchlist.companies import list_companies

    key = list_of(key)
    with open_store() as store, store.session(mode="read") as session:
        lines = list_companies(session, key, country=country, size=size)
        unknown = [] if lines else _unknown(list_companies(session, key), country=country, size=size)
    if as_json:
        print_json([line.as_json() for line in lines])
        return
    empty = "no company of the list is known to fit" if country or size else "the list is empty"
    _print_companies(lines, empty=f"{empty}; {', '.join(unknown)}" if unknown else empty)


def _unknown(lines: Sequence[ListedCompany], *, country: str | None, size: str | None) -> list[str]:
    """Of how many companies nobody has told what was asked for, and how to learn it."""
    asked = [("country", country), ("size", size)]
    told = [(name, sum(getattr(line, name) is None for line in lines)) for name, wanted in asked if wanted]
    found = [f"the {name} of {number} of {len(lines)} is unknown" for name, number in told if number]
    return [*found, "mentorwatch crawl registries asks for it"] if found else []


def _print_companies(lines: Sequence[ListedCompany], *, empty: str) -> None:
    """A table; what is the same on every line, or nowhere, gets no column of its own."""
    from watchlist.companies.figures import short_amount
    from watchlist.secrets import mask_url

    rows = [
        {
            "rank": line.rank,
            "name": line.name,
            "country": line.country or "unknown",
            "size": line.size or "unknown",
            "value": short_amount(line.value, line.unit),
            "as of": line.as_of if line.measure else None,
            "website": mask_url(line.website).removeprefix("https://").rstrip("/") if line.website else None,
            "site": line.site_state if line.website else "no website",
            "source": line.source,
        }
        for line in lines
    ]
    one_source = len({line.source for line in lines}) == 1
    hidden = {"source"} if one_source else set()
    hidden |= {name for name in ("value", "as of") if all(row[name] is None for row in rows)}
    columns = [name for name in (rows[0] if rows else ()) if name not in hidden]
    print_table(columns, [[row[name] for name in columns] for row in rows], empty=empty)
    if one_source:
        say(f"source of all: {lines[0].source}")
