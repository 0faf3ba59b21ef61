"""What a process says about itself: log records and uncaught errors, without a secret at any level."""

from __future__ import annotations

import logging
import os
import sys
import threading
import traceback
from collections.abc import Iterator
from types import TracebackType
from typing import Any
from urllib.parse import unquote

from watchlist.errors import MentorwatchError
from watchlist.secrets.masks import hide, mask_text
from watchlist.secrets.shapes import folded, shapes

_FRAMES = 40
"""Of one error; a deeper stack is a recursion."""


class SecretsFilter(logging.Filter):
    """Masks a record where it stands: message with arguments, stack, and of an error only its class and place.

    The text of an unexpected error and the values of its frames may hold anything: a page, a name, a token.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        """Always True: nothing is kept back, it is only masked."""
        record.msg, record.args = mask_text(_message(record)), None
        if record.exc_info and record.exc_info[1] is not None:
            record.exc_text = describe_error(record.exc_info[1])
            record.exc_info = None
        elif record.exc_text:
            record.exc_text = mask_text(record.exc_text)
        if record.stack_info:
            record.stack_info = mask_text(record.stack_info)
        return True


def mask_output() -> None:
    """From now on no log record, whoever handles it, and no uncaught error of this process shows a secret.

    The values of environment variables of ours with secret names are masked as they are. Safe to call twice.
    """
    for value in _secrets_of_environment():
        hide(value)
    before = logging.getLogRecordFactory()
    if isinstance(before, _MaskedRecords):
        return
    logging.setLogRecordFactory(_MaskedRecords(before))
    sys.excepthook = _say_uncaught
    threading.excepthook = lambda uncaught: _say_uncaught(uncaught.exc_type, uncaught.exc_value, uncaught.exc_traceback)


def describe_error(error: BaseException) -> str:
    """Classes and places of an error and of what caused it, causes first: no texts, no values, no source lines.

    Our own errors (MentorwatchError) are written for the user: their text is shown, masked.
    """
    seen: set[int] = set()
    return "\nwhich led to\n".join("\n".join(_lines(each)) for each in _chain(error, seen))


def _chain(error: BaseException, seen: set[int]) -> Iterator[BaseException]:
    seen.add(id(error))
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None and id(cause) not in seen:
        yield from _chain(cause, seen)
    yield error


def _lines(error: BaseException) -> Iterator[str]:
    frames = traceback.StackSummary.extract(traceback.walk_tb(error.__traceback__), limit=_FRAMES, lookup_lines=False)
    yield from (f'  File "{frame.filename}", line {frame.lineno}, in {frame.name}' for frame in frames)
    yield _title(error)
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions[:_FRAMES]:
            yield from (f"  {line}" for line in _lines(each))


def _title(error: BaseException) -> str:
    name = type(error).__qualname__
    if isinstance(error, MentorwatchError):
        return f"{name}: {mask_text(str(error))}"
    return f"{name}: {error.strerror}" if isinstance(error, OSError) and error.strerror else name


def _message(record: logging.LogRecord) -> str:
    try:
        return record.getMessage()
    except (TypeError, ValueError, KeyError):  # arguments that do not fit their message
        return str(record.msg)


class _MaskedRecords:
    """A factory of log records that masks each one as it is made, before any handler sees it."""

    def __init__(self, make: Any) -> None:
        self._make = make
        self._mask = SecretsFilter()

    def __call__(self, *args: Any, **named: Any) -> logging.LogRecord:
        record: logging.LogRecord = self._make(*args, **named)
        self._mask.filter(record)
        return record


def _say_uncaught(kind: type[BaseException], error: BaseException | None, _trace: TracebackType | None) -> None:
    described = describe_error(error) if error is not None else kind.__qualname__
    print(f"mentorwatch: unexpected error\n{described}", file=sys.stderr)  # noqa: T201  # the last words of a process


def _secrets_of_environment() -> Iterator[str]:
    for name, value in os.environ.items():
        if not name.startswith("MENTORWATCH_"):
            continue
        if shapes().is_secret(folded(name)):
            yield value
        elif "://" in value:
            password = value.partition("://")[2].rpartition("@")[0].partition(":")[2]
            yield from {password, unquote(password)}
