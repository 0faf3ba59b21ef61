"""init and demo: the first minutes."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from watchlist.cli.context import current_home, open_store
from watchlist.cli.output import Json, print_json, progress, say
from watchlist.errors import UsageError

WHO_SEES = """\
Every site that is crawled sees a contact address in each request,
so that its owner can ask you to stop. Some of those sites are perhaps
your future employers'. Take an address you would give to strangers:
an alias (you+crawler@...), or a web page of yours with a contact form.
"""


def register(app: typer.Typer) -> None:
    """Add the group's commands."""
    app.command()(init)
    app.command()(demo)


def init(
    contact: Annotated[str | None, typer.Option(help="Mail address or page shown to every site.")] = None,
    about_url: Annotated[str | None, typer.Option(help="A page that tells what your crawler does.")] = None,
    list_key: Annotated[str | None, typer.Option("--list", help="A shipped company list, e.g. it.")] = None,
    current: Annotated[str | None, typer.Option("--from", help="Point A: your title today.")] = None,
    target: Annotated[str | None, typer.Option("--to", help="Point B: the title you want to reach.")] = None,
) -> None:
    """Ask for contact address, list and goal; what is given as an option is not asked."""
    from watchlist.imports.inbox import make_inbox
    from watchlist.settings import load_settings, write_setting
    from watchlist.store.engine import make_home

    if list_key is None and (current or target) and not sys.stdin.isatty():
        raise UsageError("a goal needs a company list", hint="say which with --list, e.g. --list it")
    home = current_home()
    contact = contact if contact is not None else _ask_contact(load_settings(home).contact)
    make_home(home)
    make_inbox(home)
    for name, value in (("contact", contact), ("about_url", about_url)):
        if value is not None:
            write_setting(home, name, _checked(name, value))
    say(f"every request will say\n    User-Agent: {load_settings(home).user_agent}")
    if list_key or sys.stdin.isatty():
        _first_goal(list_key, current, target)
    first = "" if _has_goal() else "mentorwatch goal set --from TITLE --to TITLE --list it, then "
    say(f"home: {home}\nnext: {first}mentorwatch crawl leaders, then mentorwatch ledger")


def _has_goal() -> bool:
    from watchlist.follow import ensure_user
    from watchlist.goal import list_goals

    with open_store() as store, store.session() as session:
        return bool(list_goals(session, ensure_user(session)))


def _ask_contact(known: str) -> str:
    if not sys.stdin.isatty():
        raise UsageError("no contact address", hint="give one with --contact; every crawled site will see it")
    say(WHO_SEES)
    return str(typer.prompt("Contact address or page", default=known or None, err=True))


def _checked(name: str, value: str) -> str:
    from watchlist.secrets import has_user_info

    value = value.strip()
    if "://" in value and has_user_info(value):
        raise UsageError("an address with a password in it is not taken", hint="every crawled site will see it")
    is_page = value.startswith(("https://", "http://"))
    is_mail = name == "contact" and "@" in value[1:-1]
    if any(ord(char) < 33 or ord(char) > 126 for char in value) or not (is_page or is_mail):
        what = "a mail address or a web page" if name == "contact" else "a web page"
        raise UsageError(f"{value!r} is not {what}", hint="plain characters without spaces; it goes into a header")
    return value


def _first_goal(list_key: str | None, current: str | None, target: str | None) -> None:
    from watchlist.cli.goals import set_
    from watchlist.companies import presets

    key = list_key or typer.prompt(
        f"Which companies ({', '.join(preset.key for preset in presets())})", default="it", err=True
    )
    _have_list(key)
    if not (current and target) and not sys.stdin.isatty():
        raise UsageError("a goal needs your title today and the one you want to reach", hint="--from and --to")
    current = current or typer.prompt("Your title today (point A)", err=True)
    target = target or typer.prompt("The title you want to reach (point B)", err=True)
    set_(current=current, target=target, list_key=key)


def _have_list(key: str) -> None:
    """The list under this key as it is; where there is none, the shipped one."""
    from watchlist.companies import import_companies, list_companies, read_preset
    from watchlist.errors import NotFoundError

    with open_store() as store, store.session() as session:
        try:
            count = len(list_companies(session, key))
        except NotFoundError:
            count = import_companies(session, read_preset(key).rows, key).new
    say(f"list {key!r}: {count} companies")


def demo(
    days: Annotated[int | None, typer.Option("--days", min=1, max=14, help="How many days to run.")] = None,
    as_json: Json = False,
) -> None:
    """Run the whole job offline on a little web of invented companies, conferences and feeds over 14 days."""
    from watchlist.cli.context import chosen_home
    from watchlist.demo.run import run_demo

    with progress("demo") as show:
        summary = run_demo(_demo_home(chosen_home()), days=days, progress=show)
    if as_json:
        print_json(summary.as_json())
    else:
        print(summary.as_text())


def _demo_home(chosen: Path | None) -> Path:
    import tempfile

    return chosen if chosen is not None else Path(tempfile.mkdtemp(prefix="mentorwatch-demo-"))
