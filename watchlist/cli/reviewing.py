"""digest, sources, doctor: what is new, how the sources are, what is broken."""

from __future__ import annotations

import shutil
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from watchlist.cli.context import open_store, settings
from watchlist.cli.output import DAY, Json, print_json, read_day, say

if TYPE_CHECKING:
    from watchlist.digest.view import DigestView


def register(app: typer.Typer) -> None:
    """Add the group's commands."""
    app.command()(digest)
    app.command()(sources)
    app.command()(doctor)


def digest(
    day: Annotated[
        datetime | None, typer.Option("--day", parser=read_day, metavar=DAY, help="Default: the day that was due last.")
    ] = None,
    show_html: Annotated[bool, typer.Option("--open", help="Open the page in a browser.")] = False,
    as_json: Json = False,
) -> None:
    """Build one day's digest, write it to the home's digests folder and show it."""
    view = _build(day.date() if day else None)
    folder = settings().home / "digests"
    if as_json:
        print((folder / f"{view.day}.json").read_text("utf-8"), end="")
        return
    print((folder / f"{view.day}.txt").read_text("utf-8"), end="")
    page = folder / f"{view.day}.html"
    say(f"page: {page}")
    if show_html:
        typer.launch(page.as_uri())


def _build(day: date | None) -> DigestView:
    from watchlist.digest.build import make_digest
    from watchlist.digest.render import write_digest
    from watchlist.digest.window import due_day
    from watchlist.follow import ensure_user
    from watchlist.times import utc_now

    chosen = settings()
    with open_store() as store, store.session() as session:
        view = make_digest(session, ensure_user(session), day or due_day(utc_now(), chosen), utc_now(), chosen)
    write_digest(view, chosen.home / "digests")
    return view


def sources(
    everything: Annotated[bool, typer.Option("--all", help="Also what is well, and what nothing needs.")] = False,
    as_json: Json = False,
) -> None:
    """Every source: how it may be used, how it is, and in plain words why something is not fetched."""
    from watchlist.sources import render_sources, report_sources
    from watchlist.times import utc_now

    chosen = settings()
    with open_store() as store, store.session(mode="read") as session:
        report = report_sources(session, chosen, utc_now(), everything=everything)
    if as_json:
        print_json(report.as_json())
    else:
        print(render_sources(report, shutil.get_terminal_size((160, 24)).columns), end="")


def doctor(as_json: Json = False) -> None:
    """Settings, what is due, what is broken."""
    from watchlist.status import as_json as to_json
    from watchlist.status import doctor as examine
    from watchlist.status import render_report
    from watchlist.times import utc_now

    chosen = settings()
    with open_store() as store, store.session() as session:
        report = examine(session, chosen, utc_now())
    if as_json:
        print_json(to_json(report))
    else:
        print(render_report(report))
