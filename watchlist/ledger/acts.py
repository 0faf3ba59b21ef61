"""What the user can do about a gap: in words, as a command, and which comes first. Pure."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from watchlist.ledger.reasons import Reason
from watchlist.models import Organization
from watchlist.settings import config_dir, read_toml

ANY_INBOX: Final = "the inbox folder of the home"
_WITH_PAGE: Final = frozenset({"save", "website"})
"""Acts that begin with opening an address."""


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that can be done; `command` is ready for a shell but for words in capitals, `url` is to be opened."""

    kind: str
    command: str
    url: str | None


@dataclass(frozen=True, slots=True)
class Tried:
    """Sources that have been asked already, so that nobody is sent to them again."""

    registries: frozenset[int] = frozenset()
    """Ids of the organisations that public registers were asked about."""
    speakers: bool = False
    """Whether every conference was visited, or none was added."""
    linkedin: bool = False
    """Whether an export was imported."""

    def has(self, kind: str, company_id: int) -> bool:
        """Whether this act would say nothing new."""
        done = {"registries": company_id in self.registries, "speakers": self.speakers, "linkedin": self.linkedin}
        return done.get(kind, False)


def plan_acts(reason: Reason, company: Organization, list_key: str, tried: Tried) -> tuple[Act, ...]:
    """What can be done about the gap, the next act first; there is always one."""
    page = company.leadership_url or company.website
    kinds = [kind for kind in reason.acts if not tried.has(kind, company.id or 0)]
    if page is None:
        kinds = [kind for kind in kinds if kind != "save"]
    values = {"company": shlex.quote(company.name), "list": shlex.quote(list_key)}
    return tuple(
        Act(kind, _acts()[kind]["command"].format(**values), page if kind in _WITH_PAGE else None)
        for kind in kinds or ["add"]
    )


def act_in_words(act: Act, inbox: Path | None = None) -> str:
    """One line: what to do, and the command that goes with it."""
    words = _acts()[act.kind]["words"].format(url=act.url, inbox=inbox or ANY_INBOX)
    return f"{words}: {act.command}"


def act_in_short(act: Act) -> str:
    """A few words for the ledger's line."""
    return str(_acts()[act.kind]["short"]).format(url=act.url)


def act_heading(act: Act, inbox: Path | None = None) -> str:
    """What is said once over all gaps with this next act."""
    heading: str = _acts()[act.kind]["heading"]
    return heading.format(inbox=inbox or ANY_INBOX)


def act_order(kind: str) -> int:
    """The cheap acts before the dear ones."""
    return int(_acts()[kind]["order"])


@cache
def _acts() -> Mapping[str, Mapping[str, Any]]:
    return read_toml(config_dir() / "acts.toml")
