"""Runs the tests of each guard without it: what others wrote is imported once, what we wrote anew in a fork each time.

`python -m tests.check.guards.runner` in a copy of the program; one JSON object a line in and out.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

OTHERS = (
    "pytest", "hypothesis", "httpx", "h11", "scrapy.crawler", "scrapy.http", "lxml.html", "parsel", "sqlmodel",
    "alembic.command", "pydantic", "tldextract", "protego", "ada_url", "trustme", "brotli", "feedparser", "pebble",
)  # fmt: skip
OURS = ("crawler", "pipelines", "watchlist", "tests")
SECONDS = 60
NOT_THE_COPY = 99
"""Exit status where something of ours was imported from elsewhere."""


def main() -> None:
    """Answer until stdin ends."""
    for name in OTHERS:
        import_module(name)
    sys.modules.pop("tests", None)
    for line in sys.stdin:
        print(json.dumps(_without(json.loads(line))), flush=True)


def _without(guard: dict[str, Any]) -> dict[str, Any]:
    """What becomes of the tests while `text` in `file` is replaced; an empty text leaves everything as it is."""
    if not guard["text"]:
        return _in_a_fork(guard["tests"])
    file = Path(guard["file"])
    whole = file.read_text("utf-8")
    if whole.count(guard["text"]) != 1:
        return {"status": None, "output": f"{file} changed: say anew where the guard stands"}
    file.write_text(whole.replace(guard["text"], guard["instead"]), "utf-8")
    try:
        return _in_a_fork(guard["tests"])
    finally:
        file.write_text(whole, "utf-8")


def _in_a_fork(tests: list[str]) -> dict[str, Any]:
    with tempfile.TemporaryFile("w+") as output:
        child = os.fork()
        if not child:
            os.dup2(output.fileno(), 1)
            os.dup2(output.fileno(), 2)
            os._exit(_run(tests))
        _, status = os.waitpid(child, 0)
        output.seek(0)
        return {"status": os.waitstatus_to_exitcode(status), "output": output.read()}


def _run(tests: list[str]) -> int:
    """In the fork: pytest's exit status; a test that never ends is killed."""
    import pytest

    signal.alarm(SECONDS)
    status = int(pytest.main(["-q", "-x", "--tb=line", "--rootdir", ".", *tests]))
    sys.stdout.flush()
    here = str(Path.cwd())
    files = {str(getattr(sys.modules.get(name), "__file__", here)) for name in OURS}
    return status if all(file.startswith(here) for file in files) else NOT_THE_COPY


if __name__ == "__main__":
    main()
