"""What the ledger says: one line a company, with a person or the reason why nobody, and what can be done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

from watchlist.ledger.acts import Act, act_order
from watchlist.ledger.reasons import SKIPPED
from watchlist.secrets import mask_url
from watchlist.tables import write_table

Match = Literal["at", "above", "below"]
Tier = Literal["page", "saved", "registry", "manual", "speaker", "import"]
"""Where it is known from: the company's page (or another's), a page the user saved, a public register, the user's own
word, a list of speakers, the user's own export."""

COLUMNS: Final = (
    "rank", "company", "website", "country", "people", "person", "title", "level", "state", "evidence_url",
    "fetched_at", "more_people", "reason", "sentence", "next_act", "visited_at",
    "match", "tier", "acting", "deputy", "cause", "note", "command", "open_url", "goal",
)  # fmt: skip
"""Of the CSV; `people` is how many were found, `more_people` names those behind the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerPerson:
    """Somebody who holds the function at the company, with what says so; times are ISO 8601 UTC."""

    id: int
    name: str
    title: str | None
    function: str
    level: str
    section: str
    evidence_url: str | None
    """None where the user's word is all there is."""
    fetched_at: str | None
    seen_at: str | None
    """When it was last seen to say it."""
    state: str
    """known | candidate | followed | unfollowed"""
    tier: Tier
    own_page: bool
    """Whether the company's own site says so."""
    match: Match
    """Against the goal's level. A deputy is one step lower than the title."""
    acting: bool
    deputy: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerLine:
    """One company: people, the best first, or a reason with its sentence and what can be done."""

    rank: int
    company: str
    website: str | None
    country: str | None
    people: tuple[LedgerPerson, ...]
    match: Match | None
    """Of the first of the people."""
    reason: str | None
    """A ledger code of config/reasons.toml; None where people were found."""
    cause: str | None
    """What the crawl met there: a code of a spider, a page reader or the door."""
    sentence: str | None
    next_act: str | None
    acts: tuple[Act, ...]
    """All that can be done, the most promising first."""
    note: str | None
    """Of a company that the user left out."""
    visited_at: str | None
    visit_reason: str | None
    """Why the last visit gave nobody; people of an earlier one are kept."""

    def as_json(self) -> dict[str, Any]:
        """The line as a JSON object."""
        people, acts = [asdict(person) for person in self.people], [asdict(act) for act in self.acts]
        return {name: getattr(self, name) for name in self.__slots__} | {"people": people, "acts": acts}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """All companies of the goal's list by rank, each exactly once."""

    goal: str
    list: str
    function: str
    level: str
    lines: tuple[LedgerLine, ...]

    @property
    def gaps(self) -> tuple[LedgerLine, ...]:
        """The worklist: lines without a person that were not left out, the cheapest next act first, then by rank."""
        open_ = (line for line in self.lines if line.reason not in {None, SKIPPED})
        return tuple(sorted(open_, key=lambda line: (act_order(line.acts[0].kind), line.acts[0].kind, line.rank)))

    @property
    def totals(self) -> dict[str, Any]:
        """`companies` is `found` plus all `reasons`, `found` is `at`, `above` and `below`; `people` counts heads."""
        reasons = Counter(line.reason for line in self.lines if line.reason)
        matches = Counter(line.match for line in self.lines if line.match)
        return {
            "companies": len(self.lines),
            "found": sum(line.reason is None for line in self.lines),
            **{match: matches[match] for match in ("at", "above", "below")},
            "people": len({person.id for line in self.lines for person in line.people}),
            "reasons": dict(sorted(reasons.items())),
        }

    def as_json(self, *, gaps: bool = False) -> dict[str, Any]:
        """The ledger as a JSON object: every key is there, unknown is null; `gaps` leaves the worklist only."""
        return {
            "goal": self.goal,
            "list": self.list,
            "function": self.function,
            "level": self.level,
            "lines": [line.as_json() for line in (self.gaps if gaps else self.lines)],
            "totals": self.totals,
        }

    def as_csv(self, *, delimiter: str = ",", bom: bool = False) -> bytes:
        """One row a company; no cell is a formula."""
        return write_ledgers([self], delimiter=delimiter, bom=bom)


def write_ledgers(ledgers: Iterable[Ledger], *, gaps: bool = False, delimiter: str = ",", bom: bool = False) -> bytes:
    """Ledgers below each other as CSV; the last column tells them apart."""
    rows = ((*_cells(line), each.goal) for each in ledgers for line in (each.gaps if gaps else each.lines))
    return write_table(COLUMNS, rows, delimiter=delimiter, bom=bom)


def _cells(line: LedgerLine) -> tuple[str | int | None, ...]:
    first = line.people[0] if line.people else None
    more = "; ".join(f"{each.name} ({each.title})" if each.title else each.name for each in line.people[1:])
    role = (first.name, first.title, first.level, first.state) if first else (None,) * 4
    evidence = (_masked(first.evidence_url), first.fetched_at) if first else (None,) * 2
    kind = (first.tier, _yes(first.acting), _yes(first.deputy)) if first else (None,) * 3
    act = line.acts[0] if line.acts else None
    return (
        *(line.rank, line.company, line.website, line.country, len(line.people)),
        *role,
        *evidence,
        *(more or None, line.reason, line.sentence, line.next_act, line.visited_at),
        *(line.match, *kind, line.cause, line.note),
        *((act.command, _masked(act.url)) if act else (None, None)),
    )


def _yes(value: bool) -> str | None:
    return "yes" if value else None


def _masked(url: str | None) -> str | None:
    return mask_url(url) if url else None
