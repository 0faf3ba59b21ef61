"""Whom the ledger names first: at the goal's level, else the nearest above, else the nearest below. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from pipelines.lexicon.titles import LADDER, TitleReading
from watchlist.ledger.lines import Match, Tier

SEATS: Final = frozenset({"board", "advisory"})
_SEAT_FUNCTION: Final = "governance"
_TIERS: Final[dict[Tier, int]] = {"page": 0, "saved": 1, "registry": 2, "manual": 3, "speaker": 4, "import": 5}
_OTHERS_PAGE: Final = 4
"""What another company's page says of this one weighs as much as a programme."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where somebody stands at a company: the role as the ledger weighs it."""

    function: str
    level: str
    tier: Tier
    own_page: bool
    acting: bool
    deputy: bool
    seen_at: datetime


def is_seat(section: str, tier: Tier, *, own_page: bool) -> bool:
    """Whether the role is a seat on this company's board: another company's page speaks of its own board."""
    return section in SEATS and (own_page or tier in {"registry", "manual", "import"})


def role_in(function: str, level: str, reading: TitleReading, wanted: str) -> str | None:
    """The level of the role in the wanted function, which may be the second that the title names; None without one."""
    if function == wanted:
        return level
    return next((role.level for role in reading.also if role.function == wanted), None)


def match_level(standing: Standing, goal_level: str) -> Match:
    """The step against the goal's; a deputy stands one step lower, a seat of a governance goal is what is wanted."""
    if standing.function == _SEAT_FUNCTION and standing.level == "board":
        return "at"
    steps = _steps(standing, goal_level)
    return "at" if steps == 0 else "above" if steps > 0 else "below"


def weigh(standing: Standing, goal_level: str) -> tuple[bool, int, bool, int, float]:
    """The smaller the better: not below, near, permanent, the better source, seen of late."""
    match = match_level(standing, goal_level)
    distance = 0 if match == "at" else abs(_steps(standing, goal_level))
    other = standing.tier == "page" and not standing.own_page
    tier = _OTHERS_PAGE if other else _TIERS[standing.tier]
    return match == "below", distance, standing.acting, tier, -standing.seen_at.timestamp()


def _steps(standing: Standing, goal_level: str) -> int:
    return _height(standing.level) - int(standing.deputy) - _height(goal_level)


def _height(level: str) -> int:
    """A level that is on no ladder stands below all."""
    return LADDER.index(level) if level in LADDER else -1
