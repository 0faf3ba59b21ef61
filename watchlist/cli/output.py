"""What a command prints: text or JSON on stdout, progress and messages on stderr."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from watchlist.errors import UsageError

Json = Annotated[bool, typer.Option("--json", help="Print JSON alone on stdout.")]
DAY = "YYYY-MM-DD"
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would change and change nothing.")]


def read_day(text: str) -> datetime:
    """The day that an option names. Raises typer.BadParameter for what is none."""
    try:
        return datetime.strptime(text, "%Y-%m-%d")  # noqa: DTZ007  # a date, no time
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no day; one is written like 2026-03-09") from None


def print_json(data: Any) -> None:
    """One JSON document; times are ISO 8601 already."""
    print(json.dumps(data, ensure_ascii=False, indent=2))


_bars: list[Any] = []
"""The console of the progress bar that is on the screen."""


def say(message: str) -> None:
    """A message for the person at the terminal; never part of the data. A progress bar stays whole below it."""
    if _bars:
        _bars[-1].print(message, markup=False, highlight=False, emoji=False, soft_wrap=True)
    else:
        print(message, file=sys.stderr)


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, empty: str) -> None:
    """A table that folds to the terminal's width; `empty` is said where there is nothing to show."""
    from rich import box
    from rich.console import Console
    from rich.table import Column, Table
    from rich.text import Text

    body = [[Text("" if value is None else str(value)) for value in row] for row in rows]
    if not body:
        say(empty)
        return
    console = Console(soft_wrap=False)
    style = box.SIMPLE_HEAD if console.is_terminal else None
    table = Table(*(Column(name, overflow="fold") for name in columns), box=style, pad_edge=False, header_style="bold")
    for row in body:
        table.add_row(*row)
    if console.is_terminal:
        console.print(table)
        return
    console.width = 160
    with console.capture() as told:
        console.print(table)
    print("\n".join(line.rstrip() for line in told.get().splitlines()))


@contextmanager
def progress(what: str) -> Iterator[Any]:
    """A progress callback (done, of, label): a bar on a terminal, a plain line each elsewhere."""
    if not sys.stderr.isatty():
        yield lambda done, of, label: say(f"{what} {done}/{of} {label}")
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        TextColumn("[dim]{task.fields[label]}"),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None, label="")
        _bars.append(bar.console)
        try:
            yield lambda done, of, label: bar.update(task, completed=done, total=of, label=label)
        finally:
            _bars.pop()


_OFFLINE = frozenset({"dns", "connection"})
"""Reasons that a machine without a network meets everywhere."""
_MOST_FAILED = 20


def finish_partly(failed: dict[str, str], *, done: int, what: str, hint: str = "") -> None:
    """Exit status 3 when part of the work failed, naming what and why: a reason code in words, or words as they are.

    `hint` is the next act; where nothing but the network failed, that is said instead.
    """
    if not failed:
        return
    name_failures(failed)
    reasons = set(failed.values()) - {"no_website", "backoff"}
    next_act = "is this machine online?" if not done and reasons and reasons <= _OFFLINE else hint
    say(f"{len(failed)} of {len(failed) + done} {what} gave nothing" + (f" ({next_act})" if next_act else ""))
    raise typer.Exit(3)


def name_failures(failed: dict[str, str]) -> None:
    """What failed, a line each, with the reason in words; the first 20."""
    for name, reason in list(failed.items())[:_MOST_FAILED]:
        say(f"  {name}: {short_addresses(_in_words(reason))}")
    if len(failed) > _MOST_FAILED:
        say(f"  and {len(failed) - _MOST_FAILED} more")


def short_addresses(text: str) -> str:
    """`text` with the long query of an address left out; `--verbose` has the whole."""
    return re.sub(r"(https?://[^\s?]+\?)[^\s]{40,}", r"\1...", text)


def _in_words(reason: str) -> str:
    """`dns: the name has no address`; what is no code stays as it is."""
    if not re.fullmatch(r"[a-z]\w*", reason):
        return reason
    from crawler.fetch.answers import PLAIN_WORDS
    from watchlist.ledger import explain_reason

    words = PLAIN_WORDS.get(reason) or explain_reason(reason).sentence.rstrip(".")
    return f"{reason}: {words[:1].lower()}{words[1:]}"


def write_private(file: Path, data: bytes) -> None:
    """Write a file that only this user may read: it holds other people's names."""
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
    except OSError as error:
        raise UsageError(f"cannot write {file}: {error.strerror}") from None
