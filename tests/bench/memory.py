"""The memory of a process that takes 20,000 pages through the door: flat, once caches and pools are warm."""

from __future__ import annotations

import asyncio
import gc
import gzip
import tempfile
from multiprocessing.connection import Connection
from pathlib import Path

from tests.bench.door import PAGE, PAGES, SITES
from tests.bench.loopback import Encoded, answered, served
from tests.servers import Handler, Request, Response

ROUNDS, STEP = 10, SITES * PAGES
WARM = 3
"""Rounds after which nothing may grow any more."""


def run() -> None:
    """Print the resident memory after every 2,000 pages, and what it grew by after the first 6,000."""
    with served(_pages) as address:
        sizes = answered(_rounds, address)
    print(f"{ROUNDS * STEP} pages of {len(PAGE) // 1000} kB, resident MiB after each {STEP}:")
    print("  " + " ".join(f"{size:.1f}" for size in sizes))
    grown = sizes[-1] - sizes[WARM - 1]
    per_thousand = grown * 1024 / (ROUNDS - WARM) / (STEP / 1000)
    print(f"  after the first {WARM * STEP}: {grown:+.1f} MiB, {per_thousand:+.1f} KiB in 1,000 pages")


def _pages() -> Handler:
    page = Encoded(Response(gzip.compress(PAGE), headers={"content-encoding": "gzip"}))
    missing = Encoded(Response("", 404))

    def answer(request: Request) -> Response:
        return missing if request.path == "/robots.txt" else page

    return answer


def _rounds(address: str, pipe: Connection) -> None:
    from crawler.fetch import Ask, Door
    from tests.crawler.fetch.doors import settings_of

    hosts = {f"site{site}.test": address for site in range(SITES)}
    urls = [f"http://site{site}.test/{page}" for page in range(PAGES) for site in range(SITES)]

    async def work() -> list[float]:
        sizes = []
        async with Door(settings_of(Path(tempfile.gettempdir()), hosts=hosts)) as door:
            for _ in range(ROUNDS):
                answers = await asyncio.gather(*(_length(door, Ask(url)) for url in urls))
                if answers != [len(PAGE)] * STEP:
                    raise SystemExit("not all pages came")
                gc.collect()
                sizes.append(_resident_mib())
        return sizes

    async def _length(door: Door, ask: Ask) -> int:
        return len((await door.fetch(ask)).body)

    pipe.send(asyncio.run(work()))


def _resident_mib() -> float:
    fields = Path("/proc/self/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) for line in fields if line.startswith("VmRSS")) / 1024


if __name__ == "__main__":
    run()
