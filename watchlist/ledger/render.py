"""The ledger and its worklist for a terminal of any width. Pure."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path
from typing import Final

from watchlist.digest.wording import count, plain
from watchlist.ledger.acts import Act, act_heading, act_in_short
from watchlist.ledger.lines import Ledger, LedgerLine, LedgerPerson, Tier
from watchlist.secrets import mask_url

WIDE: Final = 110
"""Columns from which evidence stands beside the person, not below."""
TIERS: Final[dict[Tier, str]] = {
    "page": "its page",
    "saved": "a page you saved",
    "registry": "a public register",
    "manual": "by hand",
    "speaker": "a speaker list",
    "import": "your contacts",
}
_LONGEST: Final = 120
_PER_COMPANY: Final = frozenset({"save", "add", "skip", "unskip"})
"""Acts whose command or address is another for every company."""


def ledger_table(ledger: Ledger, width: int) -> tuple[tuple[str, ...], list[tuple[str, ...]]]:
    """Header and rows of the ledger: one row a company."""
    who, where = f"{ledger.function}: who, or why nobody", "evidence, or what next"
    if width >= WIDE:
        return ("#", "company", who, where), [(*_place(line), *_told(line)) for line in ledger.lines]
    return ("#", "company", who), [(*_place(line), "\n".join(_told(line))) for line in ledger.lines]


def totals_line(ledger: Ledger) -> str:
    """How the lines add up: found at, above and below the goal's level, and the gaps by reason."""
    totals = ledger.totals
    parts = [f"{totals[match]} {words}" for match, words in _matches(ledger.level) if totals[match]]
    gaps = [f"{number} {code}" for code, number in sorted(totals["reasons"].items(), key=lambda item: (-item[1], item))]
    found = f"{totals['found']} with somebody" + (f" ({', '.join(parts)})" if parts else "")
    missing = f"{sum(totals['reasons'].values())} without" + (f" ({', '.join(gaps)})" if gaps else "")
    return f"{count(totals['companies'], 'company', 'companies')} = {found} + {missing}"


def render_gaps(ledger: Ledger, width: int, inbox: Path | None = None) -> str:
    """The worklist in blocks, one an act, the cheapest first; lines of at most `width` columns but for addresses."""
    groups = groupby(ledger.gaps, key=lambda line: line.acts[0].kind)
    return "\n\n".join("\n".join(_block(list(lines), width, inbox)) for _, lines in groups)


def _matches(level: str) -> tuple[tuple[str, str], ...]:
    return ("at", f"at {level}"), ("above", "above it"), ("below", "below it")


def _place(line: LedgerLine) -> tuple[str, str]:
    return str(line.rank), plain(line.company, _LONGEST)


def _told(line: LedgerLine) -> tuple[str, str]:
    """Who, and what says so; or why nobody, and what next."""
    if line.people:
        return _who(line.people), _evidence(line.people[0])
    return f"{line.reason}: {line.sentence}", f"-> {act_in_short(line.acts[0])}"


def _who(people: Sequence[LedgerPerson]) -> str:
    first = people[0]
    marks = [first.match] * (first.match != "at") + ["acting"] * first.acting + ["deputy"] * first.deputy
    more = f" +{len(people) - 1} more" if len(people) > 1 else ""
    title = plain(first.title, _LONGEST) if first.title else "(no title)"
    return f"{plain(first.name, _LONGEST)}, {title}" + (f" [{', '.join(marks)}]" if marks else "") + more


def _evidence(person: LedgerPerson) -> str:
    words = TIERS[person.tier]
    if person.tier == "page" and not person.own_page:
        words = "another company's page"
    day = (person.fetched_at or "")[:10]
    return f"{words}, {day}" + (f" {mask_url(person.evidence_url)}" if person.evidence_url else "")


def _block(lines: Sequence[LedgerLine], width: int, inbox: Path | None) -> Iterator[str]:
    """One act: what to do, its command, and the companies it is for."""
    act = lines[0].acts[0]
    yield from textwrap.wrap(f"{act_heading(act, inbox)} ({count(len(lines), 'company', 'companies')})", width)
    if act.kind not in _PER_COMPANY or act.kind == "save":
        yield f"  $ {act.command}"
    for line in lines:
        yield from _item(line, act, width)


def _item(line: LedgerLine, act: Act, width: int) -> Iterator[str]:
    known = f"{line.rank:>5}  {plain(line.company, _LONGEST)}: {line.reason}"
    cause = f" ({line.cause})" if line.cause != line.reason else ""
    yield from textwrap.wrap(known + cause, width, subsequent_indent=" " * 7)
    if act.kind == "save" and act.url:
        yield f"       {mask_url(act.url)}"
    elif act.kind in _PER_COMPANY:
        yield f"       $ {act.command}"
