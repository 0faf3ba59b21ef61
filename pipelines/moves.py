"""Role changes, told by comparing what organisations' own pages showed before and show now. Pure.

Sets of (person, role) are compared, never text or order: a shuffled, redesigned or translated page moves nobody.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Literal

from pipelines.lexicon.name_variants import middles_clash
from pipelines.lexicon.title_wording import nested_wording, same_wording
from pipelines.lexicon.titles import LADDER

JOBS: Final = frozenset({"executive", "staff"})
"""Sections that mean employment; a seat on a board comes beside a job, not instead of one."""
SEATS: Final = frozenset({"board", "advisory"})

ONE_CRAWL: Final = timedelta(hours=6)
"""Positions first seen within it were held side by side, as far as is known."""
STAYS_LISTED: Final = timedelta(days=60)
"""How long the page that somebody left may go on showing them: so long a new job elsewhere may be a move."""
FRESH: Final = timedelta(days=90)
"""What began or ended longer ago was told when it did, or never will be."""
MANY: Final = 3
MUCH: Final = 1 / 3
"""So many people at least, and such a part of those who stay, whose titles are new at once: the page changed."""

Kind = Literal["moved", "joined", "left", "promoted", "new_role", "retitled"]


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldPosition:
    """One position of one person on an organisation's own pages, with the times that matter."""

    id: int
    person_id: int
    name: str
    name_key: str
    organisation_key: str
    title: str
    function: str
    level: str
    section: str
    language: str | None
    first_seen_at: datetime
    seen_at: datetime
    missed: bool
    """The page was read well since `seen_at`, or is gone, and does not show it any more."""
    ended_at: datetime | None
    """It was missed twice, or a move says so."""
    arrived: bool
    """Its page had been read well before `first_seen_at`, without it."""
    dropped: bool
    """Its page was read well since `seen_at`, without it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleChange:
    """Somebody left one position, holds a new one, or both; each side has a page as evidence."""

    person_id: int
    kind: Kind
    from_position_id: int | None = None
    to_position_id: int | None = None

    @property
    def key(self) -> str:
        """The same change is the same key, however often it is found."""
        return f"{self.person_id}:{self.kind}:{self.from_position_id or ''}:{self.to_position_id or ''}"


def find_moves(
    positions: Iterable[HeldPosition], told: Iterable[RoleChange] = (), *, now: datetime
) -> tuple[RoleChange, ...]:
    """The role changes in what is known of some people, but for those that were told.

    A first crawl gives none: nothing has been missed yet, and no page was read before. A source that fails gives
    none: a failed reading misses nobody.
    """
    changes = list(told)
    stints = _stints(positions, changes, now)
    found = [*_in_house(stints, now), *_between(stints)]
    known = {change.key for change in changes}
    return tuple(change for change in found if change.key not in known)


# --- what somebody was at one organisation -------------------------------------------------------------------------


@dataclass(slots=True)
class _Stint:
    """All that one person holds or held at one organisation since they last left it."""

    positions: list[HeldPosition]
    now: datetime
    told_from: frozenset[int]
    told_to: frozenset[int]
    told: Sequence[tuple[HeldPosition, HeldPosition]] = ()
    """The changes at this organisation that were told, old and new."""
    gone: HeldPosition | None = None
    """What they were told to have left, where nothing came after it and nobody knows yet where they went."""
    is_closed: bool = False
    """They were told to have moved from here, and nothing came after it."""
    is_told: bool = False
    """A move found now tells that they left."""

    @property
    def person_id(self) -> int:
        return self.positions[0].person_id

    @property
    def organisation_key(self) -> str:
        return self.positions[0].organisation_key

    @property
    def shown(self) -> list[HeldPosition]:
        return [position for position in self.positions if not position.missed]

    @property
    def first(self) -> HeldPosition:
        """With what they began."""
        return min(self.positions, key=lambda position: (position.first_seen_at, position.id))

    @property
    def last(self) -> HeldPosition:
        """What they held last: a job rather than a seat, the higher rather than the lower."""
        return max(
            self.positions,
            key=lambda position: (position.section in JOBS, position.seen_at, _height(position), -position.id),
        )

    @property
    def is_over(self) -> bool:
        """Whether they have left, by two good readings without them."""
        return all(position.ended_at is not None for position in self.positions) and self.last.dropped

    @property
    def is_leaving(self) -> bool:
        """Whether nothing they held is shown any more, and where they went was not told."""
        return not self.shown and not self.is_closed

    @property
    def may_be_told(self) -> bool:
        ended = max((position.ended_at or self.now for position in self.positions), default=self.now)
        return self.now - ended <= FRESH


def _stints(positions: Iterable[HeldPosition], told: Sequence[RoleChange], now: datetime) -> list[_Stint]:
    held: defaultdict[tuple[int, str], list[HeldPosition]] = defaultdict(list)
    for position in positions:
        if position.section in JOBS | SEATS:
            held[position.person_id, position.organisation_key].append(position)
    departures: dict[int | None, Kind] = {
        change.from_position_id: change.kind for change in told if change.kind in ("left", "moved")
    }
    arrived = frozenset(change.to_position_id for change in told if change.to_position_id is not None)
    pairs = [(change.from_position_id, change.to_position_id) for change in told]
    stints = []
    for key in sorted(held):
        stint = _stint(held[key], departures, arrived, now)
        rows = {position.id: position for position in held[key]}
        stint.told = [(rows[old], rows[new]) for old, new in pairs if old in rows and new in rows]
        stints.append(stint)
    return stints


def _stint(
    positions: Sequence[HeldPosition], departures: dict[int | None, Kind], told_to: frozenset[int], now: datetime
) -> _Stint:
    departed = [position for position in positions if position.id in departures]
    told_from = frozenset(position.id for position in departed)
    if not departed:
        return _Stint(list(positions), now, told_from, told_to)
    last = max(departed, key=lambda position: (position.seen_at, position.id))
    after = [position for position in positions if position.first_seen_at > last.seen_at]
    if after:
        return _Stint(after, now, told_from, told_to)
    if departures[last.id] == "left":
        return _Stint(list(positions), now, told_from, told_to, gone=last)
    return _Stint(list(positions), now, told_from, told_to, is_closed=True)


def _height(position: HeldPosition) -> int:
    return LADDER.index(position.level) if position.level in LADDER else -1


# --- at one organisation -------------------------------------------------------------------------------------------


_Change = tuple[HeldPosition, HeldPosition]
"""Old and new."""
_Reading = tuple[str, datetime]
"""Whose page, and when it was read."""


def _in_house(stints: Sequence[_Stint], now: datetime) -> Iterator[RoleChange]:
    """Changes of people who stay, but for readings that word many roles anew: such a page is translated or misread.

    Where many stand in another section the page was rebuilt: a mere title is not believed then.
    """
    anew, rebuilt = _readings_anew(stints, _title), _readings_anew(stints, _role)
    changes: defaultdict[_Reading, list[_Change]] = defaultdict(list)
    for stint in stints:
        for old, new in _changes_of(stint, anew, now):
            changes[stint.organisation_key, new.first_seen_at].append((old, new))
    for reading in sorted(changes):
        for old, new in _without_passed_on(changes[reading]):
            kind = _kind(old, new)
            if kind != "retitled" or rebuilt.isdisjoint((reading, (reading[0], old.first_seen_at))):
                yield RoleChange(person_id=new.person_id, kind=kind, from_position_id=old.id, to_position_id=new.id)


def _title(position: HeldPosition) -> Hashable:
    return position.title


def _role(position: HeldPosition) -> Hashable:
    return position.title, position.section


def _readings_anew(stints: Sequence[_Stint], what: Callable[[HeldPosition], Hashable]) -> set[_Reading]:
    """The readings in which many of those who stay are shown as what they never were before."""
    anew, seen = Counter[_Reading](), defaultdict[str, list[_Stint]](list)
    for stint in stints:
        seen[stint.organisation_key].append(stint)
        for at in _first_shown(stint, what):
            anew[stint.organisation_key, at] += 1
    many = [reading for reading, count in anew.items() if count >= MANY]
    return {(key, at) for key, at in many if anew[key, at] > MUCH * sum(_stayed(stint, at) for stint in seen[key])}


def _first_shown(stint: _Stint, what: Callable[[HeldPosition], Hashable]) -> set[datetime]:
    """The readings that showed the person, known from before, as what they never were."""
    known: set[Hashable] = set()
    found = set()
    for position in sorted(stint.positions, key=lambda position: position.first_seen_at):
        if what(position) not in known and position.first_seen_at > stint.first.first_seen_at:
            found.add(position.first_seen_at)
        known.add(what(position))
    return found


def _stayed(stint: _Stint, at: datetime) -> bool:
    return stint.first.first_seen_at < at <= stint.last.seen_at


def _without_passed_on(changes: Sequence[_Change]) -> Iterator[_Change]:
    """The changes but for those by which titles only went round, or from each to the next: a page read out of step.

    That one takes over the title of another who rose is the way of the world.
    """
    heirs = {old.title: change for change in changes if (old := change[0]).title}
    for change in changes:
        steps, at = 0, heirs.get(change[1].title)
        while at is not None and at is not change and steps < MANY:
            steps, at = steps + 1, heirs.get(at[1].title)
        if at is None and steps < MANY - 1:
            yield change


def _changes_of(stint: _Stint, anew: Collection[_Reading], now: datetime) -> Iterator[_Change]:
    """What somebody holds instead of what they held; a title that came with a page worded anew is neither."""
    came: dict[str, datetime] = {}
    for position in sorted(stint.positions, key=lambda position: position.first_seen_at):
        came.setdefault(position.title, position.first_seen_at)
    key, since = stint.organisation_key, stint.first.first_seen_at
    sure = [each for each in stint.positions if came[each.title] == since or (key, came[each.title]) not in anew]
    shown = [position for position in sure if not position.missed]
    gone = [position for position in sure if position.missed]
    if not shown or not gone:
        return
    new = max(shown, key=lambda position: (position.first_seen_at, position.id))
    earlier = [position for position in gone if _came_after(new, position) and _comparable(new, position)]
    if not earlier or now - new.first_seen_at > FRESH or not new.arrived:
        return
    old = max(earlier, key=lambda position: (position.seen_at, position.first_seen_at, position.id))
    still = any(same_wording(old.title, position.title) for position in stint.shown)
    if not still and not _was_told(stint, old, new) and _is_sure(old, new, _kind(old, new)):
        yield old, new


def _was_told(stint: _Stint, old: HeldPosition, new: HeldPosition) -> bool:
    """Whether the same change was told of other rows: a role that stands in another section has another row."""
    return any(
        old.first_seen_at < after.first_seen_at and same_wording(new.title, after.title) for _, after in stint.told
    )


def _came_after(new: HeldPosition, old: HeldPosition) -> bool:
    """Whether `new` began where `old` ended: not in the same crawl, and not long before `old` was last shown."""
    return new.first_seen_at - old.first_seen_at > ONE_CRAWL and new.first_seen_at > old.seen_at - STAYS_LISTED


def _comparable(new: HeldPosition, old: HeldPosition) -> bool:
    """Whether both titles say a role in one language: what is unknown or translated is no change."""
    known = all(position.title and (position.function, position.level) != ("other", "none") for position in (new, old))
    spoken = new.language == old.language or None in (new.language, old.language)
    return known and spoken and new.title.isascii() == old.title.isascii()


def _kind(old: HeldPosition, new: HeldPosition) -> Kind:
    if (old.function, old.level) == (new.function, new.level):
        return "retitled"
    higher = min(_height(old), _height(new)) >= 0 and _height(new) > _height(old)
    return "promoted" if higher else "new_role"


def _is_sure(old: HeldPosition, new: HeldPosition, kind: Kind) -> bool:
    """A title in other words, or of which a part is missing, may be how a page is read: it is seen twice first."""
    return old.ended_at is not None or (kind != "retitled" and not nested_wording(old.title, new.title))


# --- between organisations -----------------------------------------------------------------------------------------


def _between(stints: Iterable[_Stint]) -> Iterator[RoleChange]:
    """Who came, who went, and who did both; nobody is taken for somebody of another name."""
    namesakes: defaultdict[str, list[_Stint]] = defaultdict(list)
    for stint in stints:
        namesakes[stint.first.name_key].append(stint)
    for alike in namesakes.values():
        yield from _of_one_name(alike)


def _of_one_name(stints: Sequence[_Stint]) -> Iterator[RoleChange]:
    departing = [stint for stint in stints if stint.is_leaving and stint.may_be_told]
    coming = [stint for stint in stints if _is_coming(stint)]
    matched = {id(stint): _origin(stint, departing) for stint in coming}
    matched |= _by_name([stint for stint in coming if matched[id(stint)] is None], departing)
    for stint in coming:
        new, origin = stint.first, matched[id(stint)]
        if origin is not None:
            origin.is_told = True
            old = origin.gone or origin.last
            yield RoleChange(person_id=old.person_id, kind="moved", from_position_id=old.id, to_position_id=new.id)
        elif new.arrived and not _waits(stint, stints):
            yield RoleChange(person_id=new.person_id, kind="joined", to_position_id=new.id)
    for stint in departing:
        if stint.is_over and not stint.is_told and stint.told_from.isdisjoint(each.id for each in stint.positions):
            yield RoleChange(person_id=stint.person_id, kind="left", from_position_id=stint.last.id)


def _is_coming(stint: _Stint) -> bool:
    """Whether a stint has just begun and nobody was told."""
    if stint.gone or not stint.shown or stint.now - stint.first.first_seen_at > FRESH:
        return False
    return stint.told_to.isdisjoint(position.id for position in stint.positions)


def _origin(stint: _Stint, departing: Sequence[_Stint]) -> _Stint | None:
    """Where the same person left for this."""
    new = stint.first
    fitting = [each for each in departing if each.person_id == stint.person_id and _leads_to(each, new)]
    return max(fitting, key=lambda each: (each.last.seen_at, each.last.id), default=None)


def _leads_to(left: _Stint, new: HeldPosition) -> bool:
    old = left.gone or left.last
    elsewhere = old.organisation_key != new.organisation_key and (old.section in JOBS) == (new.section in JOBS)
    # A page that was found only now may have shown them long since, unless the other had ceased to.
    return elsewhere and _came_after(new, old) and (new.arrived or new.first_seen_at > old.seen_at)


def _by_name(coming: Sequence[_Stint], departing: Sequence[_Stint]) -> dict[int, _Stint | None]:
    """Those who went and those who came under the same name at about the same time, where it can be only one.

    The people are not merged by it; both pages are cited, and the reader may judge.
    """
    pairs = [
        (left, stint)
        for stint in coming
        for left in departing
        if stint.first.arrived and left.last.dropped and left.person_id != stint.person_id and _may_be_one(left, stint)
    ]
    once = {
        id(stint): left
        for left, stint in pairs
        if sum(each is left for each, _ in pairs) == 1 and sum(each is stint for _, each in pairs) == 1
    }
    return {id(stint): once.get(id(stint)) for stint in coming}


def _may_be_one(left: _Stint, stint: _Stint) -> bool:
    old, new = left.gone or left.last, stint.first
    near = abs(new.first_seen_at - old.seen_at) <= FRESH
    alike = old.function == new.function or "general" in (old.function, new.function)
    return near and alike and _can_be_one(old, new) and _leads_to(left, new)


def _can_be_one(old: HeldPosition, new: HeldPosition) -> bool:
    """Whether both bear the same given and family name, and no middle initials stand against it."""
    return old.name_key == new.name_key and " " in new.name_key and not middles_clash(old.name, new.name)


def _waits(stint: _Stint, stints: Sequence[_Stint]) -> bool:
    """Whether they still hold a job elsewhere which they may be about to leave: one move is told then, not two.

    Somebody of the same name may be the same, until the page that shows them was read again.
    """
    new = stint.first
    if new.section not in JOBS or stint.now - new.first_seen_at > STAYS_LISTED:
        return False
    others = [each for each in stints if each.organisation_key != stint.organisation_key]
    shown = [position for each in others for position in each.shown if position.section in JOBS]
    return any(
        _came_after(new, old)
        and (old.person_id == new.person_id or (old.seen_at < new.first_seen_at and _can_be_one(old, new)))
        for old in shown
    )
