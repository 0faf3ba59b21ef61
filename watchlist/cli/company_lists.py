"""companies build, check: lists made of registers, and whether their websites live."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from watchlist.cli.context import open_store, run_at_workplace
from watchlist.cli.output import DryRun, Json, finish_partly, print_json, print_table, progress, say
from watchlist.cli.verbose import Verbose, watch_if
from watchlist.errors import UsageError

if TYPE_CHECKING:
    from watchlist.companies import ImportReport
    from watchlist.companies.building import BuiltList
    from watchlist.companies.checking import CheckedSite
    from watchlist.jobs.site_checks import SiteCheck
    from watchlist.jobs.workplace import Workplace


class Measure(StrEnum):
    """What companies are ranked by."""

    revenue = "revenue"
    employees = "employees"
    market_cap = "market_cap"


class Register(StrEnum):
    """Who knows the companies."""

    wikidata = "wikidata"
    edgar = "edgar"


def register(companies: typer.Typer) -> None:
    """Add the commands to their group."""
    companies.command()(build)
    companies.command()(check)


def build(
    field: Annotated[str, typer.Option(help="Field of the companies, e.g. it.")],
    rank_by: Annotated[Measure, typer.Option("--rank-by", help="The measure of the rank.")],
    source: Annotated[Register, typer.Option("--from", help="The register that is asked.")],
    country: Annotated[str | None, typer.Option(help="Only companies of this country (ISO 3166, e.g. US).")] = None,
    n: Annotated[int, typer.Option("--n", min=1, max=500, help="How many companies.")] = 50,
    currency: Annotated[
        str | None,
        typer.Option(help="Rank what is reported in this currency (ISO 4217); dollars where it makes sense."),
    ] = None,
    key: Annotated[str | None, typer.Option("--key", help="Key of the list; default: FIELD-COUNTRY-MEASURE.")] = None,
    dry_run: DryRun = False,
    verbose: Verbose = False,
    as_json: Json = False,
) -> None:
    """Make a TOP-N list of what Wikidata or EDGAR knows: each rank with value, date and source."""
    from watchlist.companies.building import ListOrder
    from watchlist.companies.figures import country_code
    from watchlist.jobs.company_lists import build_from, field_rules, keep_list
    from watchlist.jobs.inquiry import Inquiry

    field_rules(field)
    code = country_code(country) if country else None
    if country and code is None:
        raise UsageError(f"{country!r} is no country", hint="two letters of ISO 3166, such as US or DE")
    order = ListOrder(
        field=field, country=code, measure=rank_by.value, n=n, currency=currency.upper() if currency else None
    )
    with progress("asking the register") as show:

        async def work(place: Workplace) -> tuple[BuiltList, ImportReport | None]:
            built = await build_from(source.value, Inquiry(place), order, progress=show)
            kept = await keep_list(place, built, key or order.key, dry_run=dry_run) if built.rows else None
            return built, kept

        built, kept = run_at_workplace(work, watch=watch_if(verbose))
    if as_json:
        print_json(_json(built, kept, key or order.key, dry_run))
    else:
        _print_built(built, kept, key or order.key)
    finish_partly(
        {} if built.is_whole else {source.value: "not everything was answered; see above"}, done=0, what="registers"
    )


def _json(built: BuiltList, kept: ImportReport | None, key: str, dry_run: bool) -> dict[str, Any]:
    changes = {name: getattr(kept, name) if kept else 0 for name in ("new", "changed", "same", "removed")}
    return {"key": key, **built.as_json(), **changes, "dry_run": dry_run}


def _print_built(built: BuiltList, kept: ImportReport | None, key: str) -> None:
    from watchlist.companies.figures import short_amount

    rows = [
        [row.rank, row.name, short_amount(row.value, row.unit), row.as_of, row.country, row.website, row.source]
        for row in built.rows
    ]
    columns = ("rank", "name", built.order.measure, "as of", "country", "website", "source")
    print_table(columns, rows, empty="no company was found")
    print(built.line)
    for why in built.why:
        say(f"  {why}")
    if kept:
        verb = "would be" if kept.dry_run else "are"
        print(
            f"list {key!r}: {kept.new} {verb} new, {kept.changed} changed, {kept.same} the same, {kept.removed} removed"
        )


def check(
    list_key: Annotated[
        str | None, typer.Option("--list", help="Key of the company list; default: your goal's.")
    ] = None,
    again: Annotated[bool, typer.Option("--again", help="Also sites that were asked within a day.")] = False,
    accept_moved: Annotated[
        bool, typer.Option("--accept-moved", help="Make the address to which a site moved the website.")
    ] = False,
    verbose: Verbose = False,
    as_json: Json = False,
) -> None:
    """Ask each website of a list whether it lives; list the dead, moved and blocked ones."""
    from watchlist.companies.checking import accept_moved as accept
    from watchlist.companies.checking import checked_sites
    from watchlist.jobs.site_checks import check_sites
    from watchlist.times import utc_now

    key = list_of(list_key)
    with progress("checking") as show:

        async def work(place: Workplace) -> SiteCheck:
            return await check_sites(place, key, again=again, progress=show)

        done = run_at_workplace(work, watch=watch_if(verbose))
    with open_store() as store:
        accepted = []
        if accept_moved:
            with store.session() as session:
                accepted = accept(session, key, now=utc_now())
        with store.session(mode="read") as session:
            sites = checked_sites(session, key)
    bad = [site for site in sites if site.state != "ok"]
    if as_json:
        moves = [{"name": name, "from": old, "to": new} for name, old, new in accepted]
        counts: dict[str, int] = {}
        for site in sites:
            counts[site.state] = counts.get(site.state, 0) + 1
        rows = [site.as_json(_words(site)) for site in bad]
        print_json({"list": key, "asked": done.asked, "counts": counts, "sites": rows, "accepted": moves})
    else:
        _print_sites(sites, bad, accepted, done)
    if bad:
        raise typer.Exit(3)


def list_of(list_key: str | None) -> str:
    """The list that is named, else the goal's. Raises UsageError where there is neither."""
    from watchlist.companies import require_list
    from watchlist.follow import ensure_user
    from watchlist.goal import require_goal
    from watchlist.models import CompanyList

    with open_store() as store, store.session() as session:
        if list_key:
            return require_list(session, list_key).key
        goal = require_goal(session, ensure_user(session))
        return session.get_one(CompanyList, goal.list_id).key


def _words(site: CheckedSite) -> str | None:
    """What a state means, in words."""
    from watchlist.ledger import explain_reason

    if site.state == "moved":
        return "Its website leads to another site."
    if site.state == "not_checked":
        return "It was not asked yet."
    if site.state == "no_website":
        return explain_reason("no_website").sentence
    return explain_reason(site.reason).sentence if site.reason else None


def _why(site: CheckedSite) -> str | None:
    """What a line of the table says: where a site went, and whether that could be read."""
    from watchlist.ledger import explain_reason

    if not site.moved_to:
        return _words(site)
    unread = f", which was not read: {explain_reason(site.reason).sentence}" if site.reason else ""
    return f"now at {site.moved_to}{unread}"


def _print_sites(
    sites: list[CheckedSite], bad: list[CheckedSite], accepted: list[tuple[str, str, str]], done: SiteCheck
) -> None:
    for name, old, new in accepted:
        print(f"{name}: {old} is now {new}")
    columns = ("rank", "name", "website", "state", "why")
    rows = [[site.rank, site.name, site.website, site.state, _why(site)] for site in bad]
    if rows:
        print_table(columns, rows, empty="")
    fresh = len(sites) - done.asked - sum(site.website is None for site in sites)
    asked = f"{done.asked} asked" + (f", {fresh} asked within the last day or stopped" if fresh > 0 else "")
    print(f"{len(sites) - len(bad)} of {len(sites)} websites live ({asked})")
    if any(site.state == "moved" and site.reason is None for site in bad):
        say("--accept-moved makes the new addresses the websites of the list")
