"""What can go wrong, said in one line with what to do next."""

from __future__ import annotations

from pathlib import Path


class MentorwatchError(Exception):
    """Something the user can understand and act on.

    `status` is the exit status of the command line (design section 5): 1 failed, 2 wrong usage, 3 done in part.
    """

    status = 1

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} ({self.hint})" if self.hint else self.message


class UsageError(MentorwatchError):
    """The command, an option or a name in it is wrong."""

    status = 2


class InputError(UsageError):
    """A file the user gave cannot be read: says which, on which line and in which column."""

    def __init__(
        self,
        message: str,
        *,
        file: Path | str,
        line: int | None = None,
        column: str | int | None = None,
        hint: str | None = None,
    ) -> None:
        where = [str(file)]
        if line is not None:
            where.append(f"line {line}")
        if column is not None:
            where.append(f"column {column}")
        super().__init__(f"{', '.join(where)}: {message}", hint=hint)
        self.file, self.line, self.column = str(file), line, column


class NotFoundError(UsageError):
    """A person, list or goal that the user named does not exist."""


class StoppedError(MentorwatchError):
    """Work was cut off on purpose; what was stored is kept and the next start goes on."""

    status = 130
