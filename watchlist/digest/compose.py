"""Facts to view: what is shown, in which order, and what there is no room for. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import groupby
from typing import TypeVar

from watchlist.digest import wording
from watchlist.digest.facts import (
    CandidateFacts,
    DigestFacts,
    ItemFacts,
    MoveFacts,
    PersonFacts,
    RoleFacts,
    SourceFacts,
)
from watchlist.digest.view import (
    CandidateLine,
    DigestView,
    ItemLine,
    MoveLine,
    OtherLine,
    PersonBlock,
    RoleLine,
    SourceLine,
    Totals,
)
from watchlist.secrets import mask_url
from watchlist.settings import Settings

MOVES = ("moved", "joined", "left", "promoted", "new_role", "retitled")
"""Kinds of moves, what matters most first."""
RARE = timedelta(days=30)
"""After this long without a post the next one is worth a badge."""
MOST_SOURCES = 8
MOST_OTHERS = 25
BYTES = 70_000
"""Of lines in one digest as HTML: with its frame a page stays under 90 kB (mail programs clip longer ones)."""
MARKUP = 220
"""Bytes around the text of one line."""

NAME, TITLE, SOURCE, HEADING, EXCERPT, SUBJECT = 80, 110, 60, 160, 200, 150
"""Most characters of a name, a job title or organisation, a source, an item's title, its excerpt, the subject."""

Line = TypeVar("Line")


def build_digest(facts: DigestFacts, settings: Settings) -> DigestView:
    """The day's view: the same facts give the same view.

    At most `digest.max_items` lines: candidates (few, and each is proposed only once), then moves, then up to a
    quarter of the rest for sources, then posts. People are named where there is no room for their posts.
    """
    room = _Room(settings.digest.max_items)
    candidates = room.take([_candidate_line(each) for each in facts.candidates])
    people = {person.id: person for person in facts.people}
    moves = room.take([_move_line(move, people[move.person_id]) for move in sorted(facts.moves, key=_rank)])
    sources = room.take(_source_lines(facts), most=min(MOST_SOURCES, room.lines // 4))
    groups = _by_person(facts)
    blocks = _blocks(groups, facts, room, settings.digest.items_per_person)
    shown = {block.person_id for block in blocks}
    others = [
        OtherLine(name=wording.plain(person.name, NAME // 2), items=len(items))
        for person, items in groups
        if person.id not in shown
    ]
    totals = _totals(facts)
    return DigestView(
        day=facts.day,
        since=facts.since,
        until=facts.until,
        timezone=facts.timezone,
        subject=_subject(totals, moves, blocks),
        headline=_headline(totals),
        empty=not (facts.moves or facts.items or facts.candidates),
        moves=moves,
        more_moves=len(facts.moves) - len(moves),
        people=blocks,
        others=tuple(others[:MOST_OTHERS]),
        more_others=len(others[MOST_OTHERS:]),
        candidates=candidates,
        sources=sources,
        more_sources=len(facts.bad_sources) - len(sources),
        totals=totals,
    )


class _Room:
    """How many lines and bytes are left."""

    def __init__(self, lines: int) -> None:
        self.lines, self.bytes = lines, BYTES

    def take(self, lines: Sequence[Line], *, most: int | None = None) -> tuple[Line, ...]:
        """As many of the lines, from the first on, as there is room for."""
        taken: list[Line] = []
        for line in lines[: self.lines if most is None else most]:
            size = MARKUP + _weight(line)
            if size > self.bytes:
                break
            self.bytes -= size
            self.lines -= 1
            taken.append(line)
        return tuple(taken)


def _weight(line: object) -> int:
    """Bytes that a line's text takes in a page, its roles' too."""
    if isinstance(line, str):
        return wording.weight(line)
    fields = getattr(line, "__dataclass_fields__", ())
    return sum(_weight(getattr(line, name)) for name in fields)


# --- people --------------------------------------------------------------------------------------------------------

_Group = tuple[PersonFacts, list[ItemFacts]]


def _by_person(facts: DigestFacts) -> list[_Group]:
    """People with news: the longest silence first, then few items before many; a busy feed buries nobody."""
    people = {person.id: person for person in facts.people}
    ordered = sorted(facts.items, key=lambda item: item.person_id)
    groups = [
        (people[person_id], _once(items)) for person_id, items in groupby(ordered, key=lambda item: item.person_id)
    ]
    return sorted(groups, key=lambda group: (-_silence(*group).days, len(group[1]), group[0].name, group[0].id))


def _once(items: Iterable[ItemFacts]) -> list[ItemFacts]:
    """Newest first; a post that came by two feeds of one person (RSS and Atom) is one item."""
    known: dict[tuple[str, object], ItemFacts] = {}
    for item in sorted(items, key=lambda item: (item.published, item.kind, item.id), reverse=True):
        # talks of one event share the event's address
        same_as = item.url if item.kind == "post" and item.url else item.id
        known.setdefault((item.kind, same_as), item)
    return list(known.values())


def _silence(person: PersonFacts, items: Sequence[ItemFacts]) -> timedelta:
    """From the last post before the window to the first one in it; zero where either is missing."""
    posts = [item.published for item in items if item.kind == "post"]
    if not posts or person.last_before is None:
        return timedelta(0)
    return max(min(posts) - person.last_before, timedelta(0))


def _blocks(groups: Sequence[_Group], facts: DigestFacts, room: _Room, per_person: int) -> tuple[PersonBlock, ...]:
    shares = _shares([len(items) for _, items in groups], per_person, room.lines)
    blocks = []
    for (person, items), share in zip(groups, shares, strict=True):
        heading = _heading(person, items)
        room.bytes -= MARKUP + _weight(heading)
        if lines := room.take([_item_line(item, facts) for item in items[:share]]):
            blocks.append(replace(heading, items=lines, more=len(items) - len(lines)))
    return tuple(blocks)


def _shares(counts: Sequence[int], per_person: int, room: int) -> list[int]:
    """How many items each person shows: everybody one before anybody gets a second."""
    shares = [0] * len(counts)
    for turn in range(per_person):
        for index, number in enumerate(counts):
            if number > turn and room > 0:
                shares[index] += 1
                room -= 1
    return shares


def _heading(person: PersonFacts, items: Sequence[ItemFacts]) -> PersonBlock:
    """The block of a person before its items."""
    silence = _silence(person, items)
    return PersonBlock(
        person_id=person.id,
        name=wording.plain(person.name, NAME),
        role=_role_line(person.role),
        badge=f"first post in {silence.days} days" if silence >= RARE else None,
        items=(),
        more=0,
    )


def _item_line(item: ItemFacts, facts: DigestFacts) -> ItemLine:
    title = wording.plain(item.title, HEADING)
    excerpt = wording.plain(item.excerpt, EXCERPT)
    url = wording.web_link(item.url)
    return ItemLine(
        kind=item.kind,
        title=title or "Untitled",
        url=url,
        source=wording.plain(item.source, SOURCE) or wording.host_of(url),
        published=item.published,
        age=wording.age(item.published, facts.until),
        # many feeds repeat the title where the summary should be
        excerpt=excerpt if excerpt and not excerpt.startswith(title.rstrip("…")) else None,
    )


# --- the other sections --------------------------------------------------------------------------------------------


def _role_line(role: RoleFacts | None) -> RoleLine | None:
    if role is None:
        return None
    return RoleLine(
        title=wording.plain(role.title, TITLE),
        organisation=wording.plain(role.organisation, TITLE),
        url=wording.web_link(role.url),
    )


def _rank(move: MoveFacts) -> int:
    """Who goes to another organisation before who stays; in each the order in which they were seen."""
    return MOVES.index(move.kind) if move.kind in MOVES else len(MOVES)


def _move_line(move: MoveFacts, person: PersonFacts) -> MoveLine:
    before, after = _role_line(move.before), _role_line(move.after)
    if before is None or after is None:
        raise ValueError("a move has two roles")
    return MoveLine(
        person_id=person.id,
        name=wording.plain(person.name, NAME),
        kind=move.kind,
        before=before,
        after=after,
        seen_at=move.seen_at,
    )


def _candidate_line(candidate: CandidateFacts) -> CandidateLine:
    return CandidateLine(
        person_id=candidate.person_id,
        name=wording.plain(candidate.name, NAME),
        role=_role_line(candidate.role),
    )


def _source_lines(facts: DigestFacts) -> list[SourceLine]:
    """What changed last comes first."""
    ordered = sorted(facts.bad_sources, key=lambda source: (-source.since.timestamp(), source.owner, source.id))
    return [_source_line(source, fresh=source.since > facts.since) for source in ordered]


def _source_line(source: SourceFacts, *, fresh: bool) -> SourceLine:
    url = wording.web_link(mask_url(source.url))
    return SourceLine(
        owner=wording.plain(source.owner, NAME),
        title=wording.plain(source.title, SOURCE) or wording.host_of(url),
        url=url,
        state=source.state,
        since=source.since,
        reason=source.reason,
        why=wording.plain(wording.why(source.state, source.reason), SOURCE),
        fresh=fresh,
    )


# --- in words ------------------------------------------------------------------------------------------------------


def _totals(facts: DigestFacts) -> Totals:
    talks = sum(item.kind == "talk" for item in facts.items)
    return Totals(
        followed=facts.followed,
        people=len({item.person_id for item in facts.items} | {move.person_id for move in facts.moves}),
        moves=len(facts.moves),
        posts=len(facts.items) - talks,
        talks=talks,
        candidates=len(facts.candidates),
        waiting=facts.waiting,
        sources=facts.sources,
        bad_sources=len(facts.bad_sources),
    )


def _counts(totals: Totals) -> list[str]:
    counted = ((totals.moves, "move"), (totals.posts, "post"), (totals.talks, "talk"))
    return [wording.count(number, noun) for number, noun in counted if number]


def _headline(totals: Totals) -> str:
    """The day in one sentence."""
    news = _nothing(totals.followed)
    if counts := _counts(totals):
        who = wording.count(totals.followed, "person", "people")
        news = f"{wording.listed(counts)} from {totals.people} of the {who} you follow"
    proposed = f", and {wording.count(totals.candidates, 'new candidate')}" if totals.candidates else ""
    return news + proposed


def _nothing(followed: int) -> str:
    if not followed:
        return "you follow nobody yet"
    return f"nothing new from the {wording.count(followed, 'person', 'people')} you follow"


def _subject(totals: Totals, moves: Sequence[MoveLine], blocks: Sequence[PersonBlock]) -> str:
    """Counts and the top event, in one line: `1 move, 12 posts: A. Lee joins Acme as CHRO`."""
    counts = ", ".join(_counts(totals))
    if not counts:
        return wording.plain(_headline(totals), SUBJECT)
    top = _move_words(moves[0]) if moves else f"{blocks[0].name}, “{blocks[0].items[0].title}”" if blocks else ""
    return wording.plain(f"{counts}: {top}" if top else counts, SUBJECT)


def _move_words(move: MoveLine) -> str:
    after = move.after
    if move.kind == "left":
        return f"{move.name} leaves {move.before.organisation}"
    if move.kind in {"moved", "joined"}:
        return f"{move.name} joins {after.organisation}" + (f" as {after.title}" if after.title else "")
    return f"{move.name} is now {after.title} at {after.organisation}"
