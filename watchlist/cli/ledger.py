"""ledger: one line a company, the worklist of its gaps, and what is left out."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from watchlist.cli.context import current_home, open_store
from watchlist.cli.output import Json, print_json, print_table, say, write_private

if TYPE_CHECKING:
    from watchlist.ledger import Ledger

ledger = typer.Typer(invoke_without_command=True, help="Who holds the goal's function at each company of its list.")
Goals = Annotated[list[str] | None, typer.Option("--goal", help="May be given several times. Default: the last set.")]
OneGoal = Annotated[str | None, typer.Option("--goal", help="Default: the goal set last.")]
Company = Annotated[str, typer.Argument(help="Name, website or Wikidata id of a company of the goal's list.")]


def register(app: typer.Typer) -> None:
    """Add the group's commands."""
    app.add_typer(ledger, name="ledger")


@ledger.callback()
def show(
    context: typer.Context,
    goal: Goals = None,
    gaps: Annotated[bool, typer.Option("--gaps", help="Only the gaps, by how cheap the next act is.")] = False,
    output: Annotated[Path | None, typer.Option("--csv", help="Write the ledger as CSV to this file.")] = None,
    as_json: Json = False,
) -> None:
    """One line a company of the goal's list: who holds the function, or why nobody was found and what to do next."""
    if context.invoked_subcommand is not None:
        return
    from watchlist.ledger import write_ledgers

    found, stopped = _read(goal or [None])
    if output:
        write_private(output, write_ledgers(found, gaps=gaps))
        say(f"wrote {output}")
    if as_json:
        shown = [each.as_json(gaps=gaps) for each in found]
        print_json(shown if len(shown) > 1 else shown[0])
        return
    for number, each in enumerate(found):
        _print(each, gaps=gaps, heading=len(found) > 1, first=number == 0)
    if stopped:
        say("everything is stopped, so nothing is crawled: mentorwatch resume --all")


def _read(goals: list[str] | list[None]) -> tuple[list[Ledger], bool]:
    from watchlist.follow import ensure_user
    from watchlist.goal import require_goal
    from watchlist.ledger import build_ledger
    from watchlist.stops import read_stops

    with open_store() as store, store.session() as session:
        user = ensure_user(session)
        chosen = [require_goal(session, user, name) for name in dict.fromkeys(goals)]
        found = [build_ledger(session, each, inbox=current_home() / "inbox") for each in chosen]
        return found, read_stops(session).everything


def _print(found: Ledger, *, gaps: bool, heading: bool, first: bool) -> None:
    from watchlist.ledger.render import ledger_table, render_gaps, totals_line

    width = shutil.get_terminal_size((160, 24)).columns
    if heading:
        print(("" if first else "\n") + f"{found.goal}: {found.function}, {found.level}, list {found.list}")
    if gaps:
        print(render_gaps(found, width, current_home() / "inbox") or "no gaps")
    else:
        columns, rows = ledger_table(found, width)
        print_table(columns, rows, empty="the list is empty")
    say(totals_line(found))
    if found.gaps and not gaps:
        say("what to do about the gaps: mentorwatch ledger --gaps")


@ledger.command()
def skip(
    company: Company,
    note: Annotated[str, typer.Option("--note", help="Why, for yourself.")] = "",
    goal: OneGoal = None,
    as_json: Json = False,
) -> None:
    """Leave a company out of the worklist."""
    from watchlist.follow import ensure_user
    from watchlist.goal import require_goal
    from watchlist.ledger import skip_company
    from watchlist.times import utc_now

    with open_store() as store, store.session() as session:
        chosen = require_goal(session, ensure_user(session), goal)
        found = skip_company(session, chosen, company, note=note, now=utc_now())
        name, left_out = found.name, {"goal": chosen.name, "company": found.name, "skipped": True}
    if as_json:
        print_json(left_out | {"note": note.strip() or None})
    else:
        print(f"left out: {name}; mentorwatch ledger unskip takes it up again")


@ledger.command()
def unskip(company: Company, goal: OneGoal = None, as_json: Json = False) -> None:
    """Take a company up again."""
    from watchlist.follow import ensure_user
    from watchlist.goal import require_goal
    from watchlist.ledger import unskip_company

    with open_store() as store, store.session() as session:
        chosen = require_goal(session, ensure_user(session), goal)
        found, changed = unskip_company(session, chosen, company)
        name, taken_up = found.name, {"goal": chosen.name, "company": found.name, "skipped": False}
    if as_json:
        print_json(taken_up | {"note": None})
    else:
        print(f"taken up again: {name}" if changed else f"{name} was not left out")
