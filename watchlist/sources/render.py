"""The report of `sources` for a terminal of any width."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator

from watchlist.digest.wording import count, plain
from watchlist.secrets import mask_text, mask_url
from watchlist.sources.hosts import IN_VAIN, HostLine, PauseLine
from watchlist.sources.listing import STATES, SourceLine
from watchlist.sources.report import OptOut, SourcesReport
from watchlist.stops import ALL
from watchlist.times import shown as in_words

HEADINGS = {
    "halted": "Stopped by you",
    "blocked": "Blocked: somebody decided that we stay away",
    "gone": "Gone for good",
    "failing": "Failing: tried again",
    "new": "New: not looked at yet",
    "ok": "Well",
    "unused": "Not used: nothing you asked for needs them",
}
KINDS = {"company": "company site", "event": "event", "page": "own page", "feed": "feed"}
ACCESS = {
    "crawl": "crawled",
    "subscription": "subscribed",
    "documented_api": "by its official interface",
    "link_only": "link only",
    "never_fetched": "never fetched",
}
_IN_SUMMARY = ("ok", "new", "failing", "blocked", "gone", "halted", "unused")
_MOST_HOSTS = 20
"""Shown without --all."""


def render_sources(report: SourcesReport, width: int) -> str:
    """The report in lines of at most `width` columns; only an address that is longer stands out."""
    blocks = [
        textwrap.fill(_summary(report), width),
        *_stops(report),
        *_hosts("Hosts that are left alone until", [_pause(line) for line in report.pauses], report, width),
        *(block for state in STATES for block in _state(report, state, width)),
        *_block("Owners who ask to be left alone", [_opt_out(line) for line in report.opt_outs], width),
        *_hosts("Requests by host", [_host(line) for line in report.hosts], report, width),
    ]
    return "\n\n".join(blocks) + "\n"


def _summary(report: SourcesReport) -> str:
    used = sum(number for state, number in report.counts.items() if state != "unused")
    parts = [f"{report.counts[state]} {state}" for state in _IN_SUMMARY if report.counts[state]]
    well = "" if report.everything or report.sources or report.stops or not used else "; all is well"
    if any(line.kind == ALL for line in report.stops):
        well = "; nothing is fetched, for everything is stopped"
    return f"{count(used, 'source')} in use" + (f": {', '.join(parts)}" if parts else "") + well


def _stops(report: SourcesReport) -> Iterator[str]:
    if report.stops:
        lines = (f"  {line.words} since {in_words(line.since)}" for line in report.stops)
        yield "\n".join(["Stopped (mentorwatch resume lifts it)", *lines])


def _state(report: SourcesReport, state: str, width: int) -> Iterator[str]:
    """The sources of one state, under each reason those that have it."""
    lines = [line for line in report.sources if line.state == state]
    by_reason: dict[str, list[SourceLine]] = {}
    for line in lines:
        by_reason.setdefault(f"{line.words} ({line.reason})" if line.reason else "", []).append(line)
    text = [f"{HEADINGS[state]} ({len(lines)})"]
    for reason, alike in by_reason.items():
        text += [*_wrapped(reason, width, "  "), *_sources(alike, width, "    " if reason else "  ")]
    if lines:
        yield "\n".join(text)


def _sources(lines: list[SourceLine], width: int, indent: str) -> Iterator[str]:
    """Owner, address and times in columns; where that is too wide, the times stand below."""
    rows = [(f"{indent}{_owner(line)}", plain(mask_url(line.address), 1000), _times(line)) for line in lines]
    first = max(len(who) for who, _, _ in rows)
    second = width - first - max(len(times) for _, _, times in rows) - 4
    second = min(second, max(len(address) for _, address, _ in rows))
    for line, (who, address, times) in zip(lines, rows, strict=True):
        if len(address) <= second:
            yield f"{who:{first}}  {address:{second}}  {times}".rstrip()
        else:
            fits = len(who) + len(address) + 2 <= width
            yield from [f"{who}  {address}"] if fits else [who, f"{indent}  {address}"]
            yield from [f"{indent}  {times}"] if times else []
        if line.detail and line.reason not in IN_VAIN:
            yield from _wrapped(plain(mask_text(line.detail), 300), width, indent + "  ")


def _owner(line: SourceLine) -> str:
    return f"{plain(line.owner, 60)}, {KINDS[line.kind]}, {ACCESS[line.access]}"


def _times(line: SourceLine) -> str:
    if line.state == "unused":
        return ""
    last = f"last {in_words(line.last_answer_at)}" if line.last_answer_at else "not read yet"
    return last + (f", next {in_words(line.next_at)}" if line.next_at else "")


def _pause(line: PauseLine) -> str:
    if line.failures == 0 or line.reason == "http_429":
        return f"{in_words(line.until)}  {line.host} asked for a pause until then"
    times = f", {line.failures} times in a row" if line.failures > 1 else ""
    return f"{in_words(line.until)}  {line.host}: {line.words}{times}"


def _opt_out(line: OptOut) -> str:
    signals = plain(mask_text("; ".join(line.signals)), 400)
    obeyed = "" if line.reason else " (noted only)"
    return f"{plain(mask_url(line.url), 1000)}: {signals or 'no word'}{obeyed}, {in_words(line.last_at)}"


def _hosts(heading: str, lines: list[str], report: SourcesReport, width: int) -> Iterator[str]:
    shown = lines if report.everything else lines[:_MOST_HOSTS]
    more = len(lines) - len(shown)
    yield from _block(heading, [*shown, *([f"and {count(more, 'host')} more: --all"] if more else [])], width)


def _host(line: HostLine) -> str:
    """`a.test: 12 answers, 3 kept back, last 2026-03-02 08:00Z: robots.txt forbids it`."""
    numbers = [count(line.answers, "answer")] if line.answers else []
    numbers += [f"{line.in_vain} in vain"] if line.in_vain else []
    numbers += [f"{line.refused} kept back"] if line.refused else []
    if not line.reasons:
        return f"{line.host}: {', '.join(numbers)}"
    last = in_words(max(tally.last_at for tally in line.reasons))
    times = len(line.reasons) > 1
    why = "; ".join(f"{tally.words} ({tally.count})" if times else tally.words for tally in line.reasons)
    return f"{line.host or '(no host)'}: {', '.join(numbers)}, last {last}: {why}"


def _block(heading: str, lines: Iterable[str], width: int) -> Iterator[str]:
    text = [part for line in lines for part in _wrapped(line, width, "  ")]
    if text:
        yield "\n".join([heading, *text])


def _wrapped(text: str, width: int, indent: str) -> list[str]:
    return textwrap.wrap(
        text,
        width,
        initial_indent=indent,
        subsequent_indent=indent + "  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
