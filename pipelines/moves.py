"""Role changes, told by comparing what pages showed before and show now. Pure.

The set of (person, role) is compared, never text or order: a shuffled or redesigned page moves nobody.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

JOBS = frozenset({"executive", "staff"})
"""Sections that mean employment; a seat on a board comes beside a job, not instead of one."""

ONE_CRAWL = timedelta(days=1)
"""Positions first seen within it were held side by side, as far as is known."""
STAYS_LISTED = timedelta(days=60)
"""How long the page that somebody left may go on showing them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldPosition:
    """One position of one person with the times that matter.

    `missed` says that the organisation's page was read well since `seen_at` and did not show it any more.
    """

    id: int
    person_id: int
    organisation_key: str
    function: str
    level: str
    section: str
    first_seen_at: datetime
    seen_at: datetime
    missed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleChange:
    """A person left one position and holds a newer one; both have a page as evidence."""

    person_id: int
    kind: Literal["moved", "new_role"]
    from_position_id: int
    to_position_id: int


def find_moves(positions: Iterable[HeldPosition]) -> tuple[RoleChange, ...]:
    """All role changes in what is known of some people.

    A first crawl gives none: nothing has been missed yet. A source that fails gives none: a failed reading misses
    nobody. The same change found again is the same pair of positions.
    """
    by_person: dict[int, list[HeldPosition]] = {}
    for position in positions:
        if position.section in JOBS:
            by_person.setdefault(position.person_id, []).append(position)
    changes = (_latest_change(held) for held in by_person.values())
    return tuple(change for change in changes if change is not None)


def _came_after(new: HeldPosition, old: HeldPosition) -> bool:
    """Whether `new` began where `old` ended: not in the same crawl, and not long before `old` was last shown."""
    return new.first_seen_at - old.first_seen_at > ONE_CRAWL and new.first_seen_at > old.seen_at - STAYS_LISTED


def _latest_change(held: list[HeldPosition]) -> RoleChange | None:
    left = [position for position in held if position.missed]
    now = [position for position in held if not position.missed]
    if not left or not now:
        return None
    new = max(now, key=lambda position: (position.first_seen_at, position.id))
    earlier = [position for position in left if _came_after(new, position)]
    if not earlier:
        return None
    old = max(earlier, key=lambda position: (position.organisation_key == new.organisation_key, position.first_seen_at))
    if old.organisation_key != new.organisation_key:
        kind: Literal["moved", "new_role"] = "moved"
    elif (old.function, old.level) != (new.function, new.level):
        kind = "new_role"
    else:  # the page words the same role another way
        return None
    return RoleChange(person_id=new.person_id, kind=kind, from_position_id=old.id, to_position_id=new.id)
