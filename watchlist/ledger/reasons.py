"""Why nobody was found, in the ledger's words: every code of a spider, a reader or the door has its place. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

from watchlist.models import Organization, Visit
from watchlist.settings import config_dir, read_toml

NOT_LISTED: Final = "not_listed"
SKIPPED: Final = "skipped"
_CLASS_OF_STATUS: Final = re.compile(r"^(http_[45])\d\d$")
_OF_UNKNOWN: Final = ("save", "add", "skip")


@dataclass(frozen=True, slots=True)
class Reason:
    """Why nobody was found.

    `code` is the ledger's, by which gaps are counted; `cause` is what the crawl met; `acts` are kinds of
    config/acts.toml, the most promising first.
    """

    code: str
    cause: str
    sentence: str
    acts: tuple[str, ...]


def why_nobody(company: Organization, visit: Visit | None, *, read: bool) -> str:
    """The code of a company without anybody of the function; `read`: a page of its own has shown other people."""
    if company.site_state == "wrong_site" and visit is not None:
        return "wrong_site"
    if read:
        return NOT_LISTED
    if visit is None:
        return "not_crawled" if company.website else "no_website"
    return visit.reason or "no_people"


def explain_reason(cause: str) -> Reason:
    """What config/reasons.toml says of a code; one that is missing there is named and counted as it is."""
    table = _table()
    own = table["code"].get(cause)
    row = own or _seen(cause)
    if row is None:
        return Reason(cause, cause, f"The visit ended with the reason {cause!r}.", _OF_UNKNOWN)
    code = cause if own else row["code"]
    told = table["code"][code]
    return Reason(code, cause, row.get("sentence", told["sentence"]), tuple(row.get("acts", told["acts"])))


def _seen(cause: str) -> Mapping[str, Any] | None:
    seen = _table()["seen"]
    row = seen.get(cause) or seen.get(_CLASS_OF_STATUS.sub(r"\1xx", cause))
    return seen[row["same_as"]] if row and "same_as" in row else row


@cache
def _table() -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
    return read_toml(config_dir() / "reasons.toml")
