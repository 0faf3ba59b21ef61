"""stop, resume: the kill switch."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from watchlist.cli.context import open_store, settings
from watchlist.cli.output import Json, print_json, say

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlmodel import Session

    from crawler.fetch.stops import Stops
    from watchlist.stops import StopLine

Everything = Annotated[bool, typer.Option("--all", help="Everything that fetches.")]
Hosts = Annotated[
    list[str] | None, typer.Option("--host", help="A host with its sub hosts, or an address on it; may be repeated.")
]
People = Annotated[list[str] | None, typer.Option("--person", help="Id or name: their own sources; may be repeated.")]
USAGE = "mentorwatch stop --all | --host HOST | --person PERSON; mentorwatch resume takes the same"


def register(app: typer.Typer) -> None:
    """Add the group's commands."""
    app.command()(stop)
    app.command()(resume)


def stop(everything: Everything = False, hosts: Hosts = None, people: People = None, as_json: Json = False) -> None:
    """Fetch nothing at all, from a host, or of a person; the last request leaves within seconds.

    It holds over restarts until `resume`. Without an option: what is stopped.
    """
    from watchlist.stops import add_stops
    from watchlist.times import utc_now

    _change(everything, hosts, people, as_json, lambda session, stops: add_stops(session, stops, now=utc_now()))


def resume(everything: Everything = False, hosts: Hosts = None, people: People = None, as_json: Json = False) -> None:
    """Lift what `stop` stopped, in the same words; what was cut off goes on. Without an option: what is stopped."""
    from watchlist.stops import lift_stops

    _change(everything, hosts, people, as_json, lift_stops, lifts=True)


def _change(
    everything: bool,
    hosts: list[str] | None,
    people: list[str] | None,
    as_json: bool,
    change: Callable[[Session, Stops], int],
    *,
    lifts: bool = False,
) -> None:
    from watchlist.stops import list_stops, read_stops, unknown_hosts

    with open_store() as store, store.session() as session:
        stops = _named(session, everything, hosts or [], people or [])
        changed = change(session, stops)
        left = read_stops(session)
        lines, unknown = list_stops(session), unknown_hosts(session, stops.hosts)
    if as_json:
        print_json({"changed": changed, "stops": [line.as_json() for line in lines], "unknown_hosts": unknown})
        return
    for host in unknown:
        say(f"no source is known on {host}")
    if not (everything or hosts or people):
        say(USAGE)
    elif lifts and (still := sorted(host for host in stops.hosts if left.forbids(host))):
        say(f"{', '.join(still)}: still stopped, by what stands below")
    elif not changed:
        say("nothing changed: it was so already")
    _print(lines)


def _named(session: Session, everything: bool, hosts: list[str], people: list[str]) -> Stops:
    from crawler.fetch.stops import Stops
    from watchlist.people import find_person
    from watchlist.stops import read_host, read_stops

    chosen, stopped = settings(), read_stops(session).hosts
    return Stops(
        everything=everything,
        hosts=frozenset(read_host(host, chosen, stopped=stopped) for host in hosts),
        people=frozenset(find_person(session, ref).id or 0 for ref in people),
    )


def _print(lines: tuple[StopLine, ...]) -> None:
    from watchlist.times import shown

    print("stopped now:" if lines else "nothing is stopped")
    width = max((len(line.words) for line in lines), default=0)
    for line in lines:
        print(f"  {line.words:{width}}  since {shown(line.since)}")
