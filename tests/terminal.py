"""Runs the installed program as a user does: a process of its own, its exit status, what it prints."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

PROGRAM = Path(sys.executable).parent / "mentorwatch"


@dataclass(frozen=True)
class Outcome:
    """What one run of the program gave."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Stdout as JSON; fails where anything else was printed there."""
        return json.loads(self.out)


def call(home: Path, *words: object, stdin: str = "") -> Outcome:
    """The same in this process: no start-up to wait for, the same `main`."""
    from watchlist.cli import main

    out, err = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.StringIO()
    with pytest.MonkeyPatch.context() as patch, contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        for name, value in environment(home).items():
            patch.setenv(name, value)
        patch.setattr(sys, "argv", ["mentorwatch", *map(str, words)])
        patch.setattr(sys, "stdin", io.StringIO(stdin))
        patch.setattr(sys, "excepthook", sys.excepthook)  # a process takes its hooks with it
        patch.setattr(threading, "excepthook", threading.excepthook)
        patch.setattr(logging, "_logRecordFactory", logging.getLogRecordFactory())
        status = 0
        try:
            main()
        except SystemExit as end:
            status = int(end.code or 0)
    out.seek(0)
    return Outcome(status, out.read(), err.getvalue())


def environment(home: Path) -> dict[str, str]:
    """The environment of a plain terminal with this home and nothing else of ours."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MENTORWATCH")}
    return kept | {"MENTORWATCH_HOME": str(home), "COLUMNS": "200", "NO_COLOR": "1"}


def run(home: Path, *words: object, stdin: str = "", seconds: float = 120) -> Outcome:
    """`mentorwatch WORDS` with stdin that is no terminal."""
    done = subprocess.run(
        [PROGRAM, *map(str, words)],
        env=environment(home),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    return Outcome(done.returncode, done.stdout, done.stderr)
