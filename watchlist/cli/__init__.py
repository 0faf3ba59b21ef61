"""The command line: parse, call, print. No SQL, no selectors; heavy imports stand where they are used."""

from __future__ import annotations

import os
import sys

from watchlist.errors import MentorwatchError


def main() -> None:
    """Entry point of `mentorwatch`: every expected error is one line on stderr and an exit status."""
    from watchlist.cli.app import app

    try:
        app(prog_name="mentorwatch")
    except MentorwatchError as error:
        print(f"mentorwatch: {error}", file=sys.stderr)
        sys.exit(error.status)
    except KeyboardInterrupt:
        print("mentorwatch: interrupted; what was stored is kept and the next start goes on", file=sys.stderr)
        sys.exit(130)
    except BrokenPipeError:
        # The reader went away (a pager was closed): nothing to say, and Python must not complain at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
