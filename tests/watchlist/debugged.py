"""`python -m tests.watchlist.debugged COMMAND ...`: commands of the program, one argument each, all logged at DEBUG.

Each command ends with a line `status N: COMMAND` on stdout. A command `api NAME URL` sends one request to a documented
API whose token is called NAME. With TEST_CRASH set, every job of the scheduler dies of an error with that text and
touches the file TEST_CRASHED: a fault planted at the edge.
"""

from __future__ import annotations

import asyncio
import logging
import os
import shlex
import sys
from datetime import datetime
from pathlib import Path
from typing import NoReturn
from urllib.parse import urlsplit

from crawler.fetch.access import AccessRules, DocumentedApi, TokenRule
from crawler.fetch.answers import Access, Ask, FetchError
from crawler.fetch.door import Door
from watchlist.jobs import JOBS
from watchlist.jobs.workplace import Workplace
from watchlist.secrets import mask_output
from watchlist.settings import default_home, load_settings


async def crash(_place: Workplace, _key: str, _since: datetime | None) -> NoReturn:
    """A job that breaks with a secret in its hands."""
    secret = os.environ["TEST_CRASH"]
    Path(os.environ["TEST_CRASHED"]).touch()
    raise ValueError(secret)


def ask_api(name: str, url: str) -> int:
    """One request with the token as GitHub wants it; returns the answer's status, 1 where the door refuses."""
    mask_output()  # as every command of the program does first
    parts = urlsplit(url)
    rule = TokenRule(name, "authorization", "Bearer {token}")
    api = DocumentedApi(name, "https://docs.test/", f"{parts.scheme}://{parts.netloc}", ("/",), 2.0, "", rule)
    rules = AccessRules(frozenset(), frozenset(), frozenset(), (api,))

    async def ask() -> int:
        async with Door(load_settings(default_home()), rules=rules) as door:
            return (await door.fetch(Ask(url, Access.DOCUMENTED_API))).status

    try:
        return asyncio.run(ask())
    except FetchError:
        logging.getLogger(__name__).exception("%s", url)
        return 1


def run(command: str) -> int:
    """Run one command line; returns its exit status."""
    from watchlist.cli import main as program

    words = shlex.split(command)
    if words[0] == "api":
        return ask_api(*words[1:])
    sys.argv = ["mentorwatch", *words]
    try:
        program()
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def main() -> None:
    """Run each argument as a command line."""
    logging.basicConfig(level=logging.DEBUG, format="%(levelname)s %(name)s %(message)s")
    if os.environ.get("TEST_CRASH"):
        JOBS.update(dict.fromkeys(JOBS, crash))
    for command in sys.argv[1:]:
        status = run(command)
        print(f"status {status}: {command}", flush=True)


if __name__ == "__main__":
    main()
