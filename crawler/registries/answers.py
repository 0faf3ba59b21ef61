"""What an answer of a register comes to: a reading, or one error with a reason code."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from crawler.items import PageReading
from watchlist.errors import MentorwatchError


class AnswerError(MentorwatchError):
    """A register's answer cannot be used.

    `reason`: `unreadable` (not in the documented shape), `busy` (it asks to come back later), `refused` (it says no).
    """

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason

    def __reduce__(self) -> tuple[type[AnswerError], tuple[str, str]]:
        """It comes out of the process that reads large answers."""
        return type(self), (self.reason, self.message)


@dataclass(frozen=True, slots=True)
class RegistryReading:
    """What a register's answer says of a company, and how many of those it names were left out."""

    page: PageReading
    beside: Mapping[str, PageReading] = field(default_factory=dict)
    """What other answers of the register say of the same company, by their ids there (Wikidata: people's own items)."""
    dropped: Mapping[str, int] = field(default_factory=dict)
    """By reason: missing, not_human, dead, no_name (Wikidata); company, investor, no_role (EDGAR)."""


def json_object(body: bytes, what: str) -> dict[str, Any]:
    """The JSON object that an answer is; `what` names the register in the error's words. Raises AnswerError."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        start = body[:60].decode("utf-8", "replace")
        raise AnswerError("unreadable", f"{what} did not answer in JSON but: {start!r}") from None
    if not isinstance(found, dict):
        raise AnswerError("unreadable", f"{what} answered with a JSON {type(found).__name__} instead of an object")
    return found
