"""inspect: what the program makes of one thing."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from watchlist.cli.context import settings
from watchlist.cli.output import Json, print_json, print_table, say

if TYPE_CHECKING:
    from crawler.items import PageKind

inspect = typer.Typer(no_args_is_help=True, help="What the program makes of one page, title, feed or address.")
Url = Annotated[str, typer.Option("--url", help="The address the file was fetched from.")]
File = Annotated[Path, typer.Argument(help="A saved page, feed or export.")]


class Kind(StrEnum):
    """What a page is read for."""

    leaders = "leaders"
    speakers = "speakers"


def register(app: typer.Typer) -> None:
    """Add the group's commands."""
    app.add_typer(inspect, name="inspect")


@inspect.command()
def page(
    file: File,
    url: Url,
    kind: Annotated[Kind | None, typer.Option("--kind", help="Default: the program decides.")] = None,
    as_json: Json = False,
) -> None:
    """People on a saved page: HTML, or JSON, XML, YAML of a known platform."""
    from watchlist.inspection import inspect_page

    wanted: PageKind | None = kind.value if kind else None
    found = inspect_page(file, url, wanted)
    if as_json:
        print_json(found)
        return
    columns = ("name", "title", "organisation", "function", "level", "section")
    print_table(
        columns,
        [[person[column] for column in columns] for person in found["people"]],
        empty=f"nobody found: {found['reason']}",
    )
    say(f"read as {found['kind']} by {found['reader']}")


@inspect.command()
def title(
    titles: Annotated[list[str] | None, typer.Argument(help="Job titles; none: one a line on stdin.")] = None,
    as_json: Json = False,
) -> None:
    """Function and level of job titles, one JSON object a line."""
    from watchlist.inspection import inspect_title

    _print_lines((inspect_title(text) for text in titles or _stdin_lines()), as_json)


@inspect.command()
def feed(file: File, url: Url, as_json: Json = False) -> None:
    """Entries of a saved feed."""
    from watchlist.inspection import inspect_feed

    found = inspect_feed(file, url)
    if as_json:
        print_json(found)
        return
    columns = ("published", "title", "url")
    print_table(columns, [[entry[column] for column in columns] for entry in found["entries"]], empty="no entries")
    say(f"read as {found['kind']}; problems: {', '.join(found['problems']) or 'none'}")


@inspect.command()
def url(
    urls: Annotated[list[str] | None, typer.Argument(help="Addresses; none: a JSON string a line on stdin.")] = None,
    as_json: Json = False,
) -> None:
    """The address guard's verdict on addresses, without any look-up or connection."""
    from crawler.fetch.answers import PLAIN_WORDS
    from watchlist.inspection import inspect_url
    from watchlist.secrets import mask_url

    chosen = settings()
    found = (inspect_url(text, chosen) for text in urls or map(_json_string, _stdin_lines()))
    if as_json:
        _print_lines(found, as_json=True)
        return
    for one in found:
        words = PLAIN_WORDS.get(one["reason"])
        why = f"{one['reason']}: {words}" if words else one["reason"]
        print(f"{'allowed' if one['allowed'] else 'blocked'}  {mask_url(one['url'])}  {why}")


def _stdin_lines() -> Iterable[str]:
    return (line.rstrip("\n") for line in sys.stdin if line.strip())


def _json_string(line: str) -> str:
    try:
        text = json.loads(line)
    except ValueError:
        text = line
    return text if isinstance(text, str) else line


def _print_lines(found: Iterable[dict[str, Any]], as_json: bool) -> None:
    for one in found:
        if as_json:
            print(json.dumps(one, ensure_ascii=False), flush=True)
        else:
            print("  ".join(f"{key}={value}" for key, value in one.items() if value not in (None, [], False)))
