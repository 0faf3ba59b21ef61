"""The command line: parse, call, print. No SQL, no selectors; heavy imports stand where they are used."""

from __future__ import annotations

import io
import os
import sys

from watchlist.errors import MentorwatchError

INTERRUPTED = 130


def main() -> None:
    """Entry point of `mentorwatch`: every expected error is one line on stderr and an exit status."""
    from watchlist.cli.app import app

    try:
        try:
            app(prog_name="mentorwatch")
        finally:
            sys.stdout.flush()  # what cannot be written is an error of ours, not one at Python's exit
    except MentorwatchError as error:
        _say(str(error))
        sys.exit(error.status)
    except (KeyboardInterrupt, SystemExit) as end:
        if isinstance(end, KeyboardInterrupt) or end.code == INTERRUPTED:  # typer makes the one into the other
            _say("interrupted; what was stored is kept and the next start goes on")
            sys.exit(INTERRUPTED)
        raise
    except BrokenPipeError:
        _close_stdout()  # the reader went away (a pager was closed): nothing to say
        sys.exit(0)
    except OSError as error:
        _close_stdout()
        where = f"{error.filename}: " if error.filename else ""
        _say(f"{where}{error.strerror or error}")
        sys.exit(1)


def _close_stdout() -> None:
    """Let what is still buffered go nowhere, so that Python does not complain at exit."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except io.UnsupportedOperation:
        return  # stdout is no file (a test's)


def _say(message: str) -> None:
    from watchlist.cli.output import short_addresses
    from watchlist.secrets import mask_text

    print(f"mentorwatch: {short_addresses(mask_text(message))}", file=sys.stderr)
