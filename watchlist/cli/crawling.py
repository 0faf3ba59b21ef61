"""crawl, refresh, schedule: what fetches."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from watchlist.cli.context import run_at_workplace
from watchlist.cli.output import Json, finish_partly, print_json, progress, say
from watchlist.cli.verbose import Verbose, watch_if

if TYPE_CHECKING:
    from watchlist.jobs.workplace import Workplace

Register = Literal["wikidata", "edgar"]
List = Annotated[str | None, typer.Option("--list", help="Key of the company list; default: your goal's.")]
crawl = typer.Typer(no_args_is_help=True, help="Discover leaders and speakers: on sites, and in public registers.")


def register(app: typer.Typer) -> None:
    """Add the group's commands."""
    app.add_typer(crawl, name="crawl")
    app.command()(refresh)
    app.command()(schedule)


@crawl.command()
def leaders(list_key: List = None, verbose: Verbose = False, as_json: Json = False) -> None:
    """Crawl every company of a list for its leaders; a crawl that was cut off goes on."""
    _crawl("leaders", list_key, verbose, as_json)


@crawl.command()
def speakers(verbose: Verbose = False, as_json: Json = False) -> None:
    """Crawl every event that was added for its speakers."""
    _crawl("speakers", None, verbose, as_json)


@crawl.command()
def registries(
    list_key: List = None,
    source: Annotated[Register | None, typer.Option("--from", help="One register; default: all of them.")] = None,
    verbose: Verbose = False,
    as_json: Json = False,
) -> None:
    """Ask Wikidata and the SEC's EDGAR who leads the companies of a list that have a number there."""
    _crawl("registries", list_key, verbose, as_json, sources=[source] if source else None)


def _crawl(
    kind: str, list_key: str | None, verbose: bool, as_json: bool, *, sources: Sequence[str] | None = None
) -> None:
    from watchlist.jobs.crawling import CrawlReport
    from watchlist.jobs.registries import SOURCES
    from watchlist.scheduler import crawl_once

    with progress(f"crawling {kind}") as show:

        async def work(place: Workplace) -> CrawlReport:
            return await crawl_once(place, kind, list_key, sources=sources or SOURCES, progress=show)

        report = run_at_workplace(work, watch=watch_if(verbose))
    if as_json:
        print_json(asdict(report))
    else:
        print(report.line)
    if kind == "registries" and not report.sites:
        say("no company of the list has a Wikidata id or a CIK; `mentorwatch companies import` adds them")
    finish_partly(
        report.failed,
        done=report.sites - len(report.failed),
        what="register entries" if kind == "registries" else "sites",
        hint="what to do about it: mentorwatch ledger --gaps" if kind == "leaders" else "mentorwatch sources says more",
    )


def refresh(
    everything: Annotated[bool, typer.Option("--all", help="Also feeds that are not due yet.")] = False,
    verbose: Verbose = False,
    as_json: Json = False,
) -> None:
    """Look at the feeds of the people you follow."""
    from watchlist.jobs.refresh_report import RefreshReport
    from watchlist.jobs.refreshing import refresh as refresh_job

    with progress("reading feeds") as show:

        async def work(place: Workplace) -> RefreshReport:
            return await refresh_job(place, everything=everything, progress=show)

        report = run_at_workplace(work, watch=watch_if(verbose))
    if as_json:
        print_json(asdict(report))
    else:
        print(report.line)
    finish_partly(
        report.failed | report.failed_pages,
        done=report.feeds - len(report.failed),
        what="feeds and pages",
        hint="mentorwatch sources says more",
    )


def schedule(verbose: Verbose = False) -> None:
    """Crawl weekly, refresh hourly, build the digest each morning, until stopped."""
    from watchlist.scheduler import run_forever

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%Y-%m-%d %H:%M:%S")
    for noisy in ("scrapy", "apscheduler", "httpx", "httpcore", "alembic"):
        logging.getLogger(noisy).setLevel(logging.WARNING)

    async def work(place: Workplace) -> None:
        say("the scheduler runs; stop it with Ctrl-C")
        await run_forever(place)

    run_at_workplace(work, watch=watch_if(verbose), even_if_stopped=True)
