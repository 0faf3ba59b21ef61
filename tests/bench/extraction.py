"""Reading a page for its leaders beside parsel's own parse of the same bytes; and two pages of unusual size."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from parsel import Selector

from crawler.pages import Document, read_page
from tests.bench.company_sites import pages_of
from tests.corpus import CORPUS, corpus_dir

AIM: Final = 3.0
"""Times parsel's parse, the parse that reading needs itself included."""
ROUNDS: Final = 7
MOST_SECONDS: Final = 2.0
_CARD: Final = (
    '<li class="person"><a href="/people/{n}"><img src="/p/{n}.jpg" alt=""></a>'
    "<h3>Ada Person{letters}</h3><p>Head of Unit {n}</p></li>"
)


@dataclass(frozen=True, slots=True)
class Ratio:
    """CPU time of reading one page, in times parsel's parse of it."""

    page: str
    size: int
    parse: float
    """Milliseconds."""
    read: float
    """Read again and again, its lines known: what a second visit costs."""
    first: float
    """Read for the first time, none of its lines known."""

    @property
    def times(self) -> float:
        """How much longer reading takes than the parse alone."""
        return self.read / self.parse


def run() -> None:
    """Print the ratios of the corpus' pages, of invented company pages, and the time of two large ones."""
    _read(_page_of(2_000))  # the vocabularies are loaded once a process
    if corpus_dir() is not None:
        _print("leadership pages of the corpus", _corpus_pages())
    invented = {f"{site}{path}": page.encode() for site in range(5) for path, page in pages_of(site)}
    _print("invented company sites, all pages", invented)
    for name, page in (("600 kB", _page_of(600_000)), ("50,000 elements", _page_of(elements=50_000))):
        seconds = _best(lambda page=page: _read(page), rounds=1) / 1000  # type: ignore[misc]
        print(f"  {name:<22} {seconds:5.2f} s (at most {MOST_SECONDS:.0f})")


def _print(what: str, pages: dict[str, bytes]) -> None:
    ratios = sorted((_ratio(name, body) for name, body in pages.items()), key=lambda ratio: -ratio.times)
    print(f"{len(ratios)} {what}, in times of parsel's parse (aim: x{AIM}):")
    for when, times in (("again", [r.times for r in ratios]), ("first", [r.first / r.parse for r in ratios])):
        p95 = sorted(times)[max(0, round(len(times) * 0.95) - 1)]
        print(f"  read {when}: median x{statistics.median(times):.1f}, p95 x{p95:.1f}")
    for ratio in ratios[:3]:
        print(f"  {ratio.page:<32} {ratio.size // 1000:>4} kB  parse {ratio.parse:5.2f} ms  read {ratio.read:6.2f} ms")


def _ratio(name: str, body: bytes) -> Ratio:
    first = _best(lambda: _read(body), rounds=1)
    parse = _best(lambda: Selector(body=body).root)
    return Ratio(name, len(body), parse, _best(lambda: _read(body)), first)


def _read(body: bytes) -> object:
    document = Document(
        url="https://company.test/leadership", body=body, content_type="text/html", organisation="Company"
    )
    return read_page(document, kind="leaders")


def _best(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Milliseconds of CPU of the fastest of some rounds: what else the machine does counts as little as it can."""
    times = []
    for _ in range(rounds):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return min(times) * 1000


def _corpus_pages() -> dict[str, bytes]:
    files = sorted((CORPUS / "leaders").glob("*/expected.json"))
    return {file.parent.name: (file.parent / json.loads(file.read_text())["file"]).read_bytes() for file in files}


def _page_of(size: int = 0, *, elements: int = 0) -> bytes:
    """A page of this many bytes, or elements: a list of people without end."""
    cards: list[str] = []
    while (
        sum(map(len, cards[-1:])) * len(cards) < size or len(cards) * (_CARD.count("<") - _CARD.count("</")) < elements
    ):
        number = len(cards)
        letters = "".join(chr(ord("a") + int(digit)) for digit in str(number))
        cards.append(_CARD.format(n=number, letters=letters))
    return f"<html><body><h1>Our leadership team</h1><ul>{''.join(cards)}</ul></body></html>".encode()
