"""Cassettes: answers of servers recorded once, replayed with recording off. Fictional content only.

A test replays inside `with cassette(NAME) as tape:` and then asserts `tape.all_played` and what came out: a replay
that fails is silent otherwise. To record anew, run the test module that owns the cassette as a program.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import vcr

FOLDER = Path(__file__).parent / "cassettes"
MATCH_ON = ["method", "scheme", "host", "port", "path", "query"]
SECRET_HEADERS = ["authorization", "cookie", "proxy-authorization", "x-api-key", "user-agent"]
NOT_KEPT = {"set-cookie", "date", "server"}


@contextmanager
def cassette(name: str, *, record: bool = False) -> Iterator[Any]:
    """Replay `tests/cassettes/NAME.yaml`, or write it anew. Only httpx, which the door uses, is patched."""
    tapes = vcr.VCR(
        cassette_library_dir=str(FOLDER),
        record_mode="all" if record else "none",
        match_on=MATCH_ON,
        filter_headers=SECRET_HEADERS,
        before_record_response=_clean,
    )
    with tapes.use_cassette(f"{name}.yaml") as tape:
        yield tape


def _clean(response: dict[str, Any]) -> dict[str, Any]:
    headers = response["headers"]
    return {**response, "headers": {name: value for name, value in headers.items() if name.lower() not in NOT_KEPT}}
