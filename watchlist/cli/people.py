"""people list, show, add, forget: who is known, with the evidence, a word of one's own, and how to erase."""

from __future__ import annotations

import sys
from dataclasses import asdict
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from watchlist.cli.context import current_home, open_store, settings
from watchlist.cli.output import DAY, DryRun, Json, print_json, print_table, read_day, say
from watchlist.errors import UsageError

if TYPE_CHECKING:
    from watchlist.people import PersonPage

people = typer.Typer(no_args_is_help=True, help="The people of the watchlist.")
Ref = Annotated[str, typer.Argument(help="Id or name.")]


def register(app: typer.Typer) -> None:
    """Add the group's commands."""
    app.add_typer(people, name="people")


@people.command("list")
def list_(  # a command's options
    function: Annotated[str | None, typer.Option(help="Only this function, e.g. hr.")] = None,
    level: Annotated[str | None, typer.Option(help="Only this level, e.g. c_level.")] = None,
    state: Annotated[str | None, typer.Option(help="known, candidate, followed or unfollowed.")] = None,
    list_key: Annotated[str | None, typer.Option("--list", help="Only organisations of this list.")] = None,
    as_of: Annotated[
        datetime | None,
        typer.Option("--as-of", parser=read_day, metavar=DAY, help="Who held what, as known on that day."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Everybody who is known, best rank first."""
    from pipelines.lexicon.titles import FUNCTIONS, LEVELS
    from watchlist.companies import require_list
    from watchlist.digest.window import day_end
    from watchlist.export.csv import STATES
    from watchlist.follow import ensure_user
    from watchlist.people import list_people

    for name, value, allowed in (("function", function, FUNCTIONS), ("level", level, LEVELS), ("state", state, STATES)):
        if value is not None and value not in allowed:
            raise UsageError(f"no {name} is called {value!r}", hint=f"--{name} is one of {', '.join(allowed)}")
    with open_store() as store, store.session() as session:
        if list_key is not None:
            require_list(session, list_key)
        found = list_people(
            session,
            user=ensure_user(session),
            function=function,
            level=level,
            state=state,
            list_key=list_key,
            as_of=day_end(as_of.date(), settings()) if as_of else None,
        )
    if as_json:
        print_json([asdict(line) for line in found])
        return
    columns = ("id", "name", "title", "organisation", "function", "level", "state")
    print_table(columns, [[getattr(line, column) for column in columns] for line in found], empty="nobody matches")


@people.command()
def show(person: Ref, as_json: Json = False) -> None:
    """All that is held about one person, every fact with its source."""
    from watchlist.follow import ensure_user
    from watchlist.people import show_person

    with open_store() as store, store.session() as session:
        page = show_person(session, person, user=ensure_user(session))
    if as_json:
        print_json(asdict(page))
    else:
        _print_page(page)


def _print_page(page: PersonPage) -> None:
    print(f"{page.name}  (id {page.id}, {page.state})")
    for position in page.positions:
        print(f"  {position['title'] or '(no title)'}, {position['organisation']}{_term(position)}")
        _print_evidence(position["evidence"], position["page_url"])
    for move in page.moves:
        print(f"  {move['seen_at'][:10]} {move['kind'].replace('_', ' ')}")
        for side in (move["before"], move["after"]):
            print(f"      {side['url'] or 'by hand'}, {(side['read_at'] or 'never')[:10]}")
    for heading, rows, key in (
        ("accounts", page.profiles, "url"),
        ("feeds", page.feeds, "url"),
        ("talks", page.talks, "title"),
        ("newest entries", page.entries, "title"),
    ):
        if rows:
            print(f"  {heading}")
        for row in rows:
            print(f"    {row[key]}")


def _term(position: dict[str, Any]) -> str:
    """Since when, as far as the source says it, and until when it was seen."""
    since = f", since {position['started_on']}" if position["started_on"] else ""
    return since + (f", until {position['ended_at'][:10]}" if position["ended_at"] else "")


def _print_evidence(evidence: dict[str, Any], page_url: str | None) -> None:
    """Who says so, when, and where: as the ledger has it."""
    from watchlist.ledger.render import TIERS
    from watchlist.secrets import mask_url

    url = evidence["url"] or page_url
    said = TIERS.get(evidence["tier"], evidence["tier"])
    print(f"      {said}, {evidence['fetched_at'][:10]}" + (f"  {mask_url(url)}" if url else ""))


class Place(StrEnum):
    """Where a role stands; a board seat is no job."""

    executive = "executive"
    board = "board"
    advisory = "advisory"
    staff = "staff"


@people.command()
def add(
    name: Annotated[str, typer.Argument(help="Given name and family name.")],
    title: Annotated[str, typer.Option("--title", help="The role, in any language.")],
    company: Annotated[str, typer.Option("--company", help="Name, website or Wikidata id; or any other employer.")],
    url: Annotated[str | None, typer.Option("--url", help="The page that says so.")] = None,
    since: Annotated[str | None, typer.Option("--since", help="YYYY, YYYY-MM or YYYY-MM-DD.")] = None,
    links: Annotated[list[str] | None, typer.Option("--link", help="An account or page of theirs; repeat.")] = None,
    section: Annotated[Place, typer.Option("--section", help="Where the role stands.")] = Place.executive,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Add somebody by hand; somebody who is known already is found by employer or account."""
    from watchlist.imports.by_hand import add_person
    from watchlist.times import utc_now

    with open_store() as store, store.session() as session:
        done = add_person(
            session,
            name,
            title=title,
            company=company,
            now=utc_now(),
            url=url,
            since=since,
            links=tuple(links or ()),
            section=section.value,
            dry_run=dry_run,
        )
        if dry_run:
            session.rollback()
    if as_json:
        print_json(done.as_json())
        return
    verb = ("would add" if dry_run else "added") if done.new else f"known already, {'would be ' * dry_run}noted:"
    perhaps = f"; do you mean {done.meant}?" if done.meant else ""
    place = "" if done.organization_id else f" (on none of your lists{perhaps})"
    say(f"{verb} {done.name}, {done.title}, {done.company}{place}: {done.function}, {done.level}")
    if done.function == "other":
        say(f"the title {done.title!r} tells no function, so no ledger shows them; was it written out?")


@people.command()
def forget(
    person: Ref,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    dry_run: DryRun = False,
    as_json: Json = False,
) -> None:
    """Erase a person for good: rows, evidence and mentions; only keyed hashes stay, so nobody stores them again."""
    from watchlist.people import find_person, forget_person

    with open_store() as store:
        with store.session() as session:
            found = find_person(session, person)
            name, person_id = found.name, found.id or 0
        if not (yes or dry_run or sys.stdin.isatty()):
            raise UsageError(f"{name} (id {person_id}) would be erased for good", hint="say --yes")
        if not (yes or dry_run or typer.confirm(f"Erase {name} (id {person_id}) for good?", err=True)):
            raise UsageError("nothing was erased")
        with store.session() as session:
            erased = forget_person(session, person_id)
            if dry_run:
                session.rollback()
    if as_json:
        print_json(asdict(erased) | {"dry_run": dry_run})
        return
    verb = "would erase" if dry_run else "erased"
    counts = {key.replace("_", " "): value for key, value in asdict(erased).items() if key != "person_id" and value}
    say(f"{verb} {name}: {', '.join(f'{value} {key}' for key, value in counts.items())}")
    say(f"files you made are yours to delete: digests/ and backups/ in {current_home()}, and your exports")
