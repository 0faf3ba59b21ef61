"""The memory of processes that take 20,000 pages: through the door alone, and through the door and the readers.

Flat means: after the first 6,000 pages, when caches and pools are filled, resident memory grows by less than 1 KiB a
page. A page has 22 kB and its tree ten times that; one that is kept, or its answer, is far above.
"""

from __future__ import annotations

import asyncio
import gc
import tempfile
from collections.abc import Callable
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from tests.bench import door, whole_way
from tests.bench.company_sites import PAGES, pages_of
from tests.bench.loopback import Way, answered, served
from tests.servers import Handler

SITES = whole_way.SITES
ROUNDS, STEP = 10, SITES * PAGES
WARM = 3
"""Rounds after which nothing may grow any more."""
FLAT = 1.0
"""KiB a page."""


def run() -> None:
    """Print the resident memory after every 2,000 pages and the slope; SystemExit where it is not flat."""
    slopes = [
        _measure("through the door", door.one_page, _fetching),
        _measure("through the door and the readers", whole_way.company_sites, _reading),
    ]
    if max(slopes) >= FLAT:
        raise SystemExit(f"memory is not flat: {max(slopes):.2f} KiB a page")


def _measure(name: str, pages: Callable[[], Handler], way: Way) -> float:
    with served(pages) as address:
        sizes: list[float] = answered(way, address)
    slope = _slope(sizes[WARM - 1 :])
    print(f"{ROUNDS * STEP} pages {name}, resident MiB after each {STEP}:")
    print("  " + " ".join(f"{size:.1f}" for size in sizes))
    print(f"  after the first {WARM * STEP}: {slope:+.3f} KiB a page (flat: below {FLAT})")
    return slope


def _slope(sizes: list[float]) -> float:
    """KiB a page of the straight line nearest to sizes in MiB, one every `STEP` pages."""
    middle, mean = (len(sizes) - 1) / 2, sum(sizes) / len(sizes)
    rise = sum((n - middle) * (size - mean) for n, size in enumerate(sizes))
    return rise / sum((n - middle) ** 2 for n in range(len(sizes))) * 1024 / STEP


def _fetching(address: str, pipe: Connection) -> None:
    urls = [f"http://site{n % SITES}.test/{n}" for n in range(STEP)]
    pipe.send(asyncio.run(_rounds(address, urls, lambda _: None)))


def _reading(address: str, pipe: Connection) -> None:
    from crawler.pages import Document
    from crawler.spiders.leaders import look_for_leaders

    def read(answer: Any) -> None:
        look_for_leaders(Document(answer.url, answer.body, answer.headers.get("content-type"), "Ashford Robotics"))

    urls = [f"http://site{n}.test{path}" for n in range(SITES) for path, _ in pages_of(n)]
    pipe.send(asyncio.run(_rounds(address, urls, read)))


async def _rounds(address: str, urls: list[str], read: Callable[[Any], None]) -> list[float]:
    """Resident MiB after each round of all the addresses, every one with a query of its own."""
    from crawler.fetch import Ask, Door
    from tests.crawler.fetch.doors import settings_of

    hosts = {f"site{site}.test": address for site in range(SITES)}
    sizes = []
    async with Door(settings_of(Path(tempfile.gettempdir()), hosts=hosts)) as opened:

        async def take(url: str) -> bool:
            answer = await opened.fetch(Ask(url))
            read(answer)
            return answer.status == 200

        for turn in range(ROUNDS):
            if not all(await asyncio.gather(*(take(f"{url}?round={turn}") for url in urls))):
                raise SystemExit("not all pages came")
            gc.collect()
            sizes.append(_resident_mib())
    return sizes


def _resident_mib() -> float:
    """As Linux tells it."""
    lines = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024


if __name__ == "__main__":
    run()
