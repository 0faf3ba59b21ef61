"""A process with nothing but a door, which fetches what it is told and says how much memory each fetch took.

`python -m tests.crawler.fetch.weigh HOME HOSTS` reads one address a line and writes one JSON object a line.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from pathlib import Path
from typing import Any

from crawler.fetch.answers import Ask, FetchError
from crawler.fetch.door import Door
from tests.crawler.fetch.doors import settings_of


async def weigh(door: Door, url: str) -> dict[str, Any]:
    """What came of one fetch: status or reason, bytes of the body, seconds; memory in KiB at its peak and after it."""
    Path("/proc/self/clear_refs").write_text("5")
    start = time.perf_counter()
    size = 0
    try:
        answer = await door.fetch(Ask(url))
        result: int | str = answer.status
        size = len(answer.body)
    except FetchError as error:
        result = error.reason
    seconds = time.perf_counter() - start
    memory = {"peak": _memory("VmHWM"), "idle": _memory("VmRSS")}
    return {"url": url, "result": result, "size": size, "seconds": round(seconds, 3), **memory}


def _memory(name: str) -> int:
    """A line of this process's status, in KiB."""
    found = re.search(rf"^{name}:\s+(\d+) kB", Path("/proc/self/status").read_text("ascii"), re.MULTILINE)
    assert found is not None
    return int(found[1])


async def main(home: str, hosts: str) -> None:
    """Answer until stdin ends."""
    async with Door(settings_of(Path(home), hosts=json.loads(hosts))) as door:
        while line := await asyncio.to_thread(sys.stdin.readline):
            print(json.dumps(await weigh(door, line.strip())), flush=True)


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
