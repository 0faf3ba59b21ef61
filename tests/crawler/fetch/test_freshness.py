from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest

from crawler.fetch.freshness import fresh_until
from tests.corpus import needs_corpus
from tests.crawler.fetch.doors import FakeClock, hostile

CASES = [case for case in hostile("retry_after") if "no fetch of this feed" in str(case["wait_s"])]


@needs_corpus
@pytest.mark.parametrize("case", CASES, ids=lambda case: case["id"])
def test_what_publishers_say(case: dict[str, Any]) -> None:
    now = FakeClock()()
    seconds = re.search(r"\d+", case["wait_s"])
    headers = {name.lower(): value for name, value in case["headers"].items()}
    assert seconds
    assert fresh_until(headers, now) == now + timedelta(seconds=int(seconds[0]))


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"cache-control": "public, max-age=600"}, 600),
        ({"cache-control": 'max-age="600"'}, 600),
        ({"cache-control": "s-maxage=600"}, None),
        ({"cache-control": "max-age=0"}, None),
        ({"cache-control": "no-cache, max-age=600"}, None),
        ({"cache-control": "no-store"}, None),
        ({"cache-control": "max-age=99999999"}, 86400),
        ({"cache-control": "max-age=600", "expires": "Wed, 21 Oct 2026 09:00:00 GMT"}, 600),
        ({"expires": "Wed, 21 Oct 2026 09:00:00 GMT"}, 7200),
        ({"expires": "Wed, 21 Oct 2026 09:00:00 GMT", "date": "Wed, 21 Oct 2026 08:00:00 GMT"}, 3600),
        ({"expires": "Wed, 21 Oct 2026 06:00:00 GMT"}, None),
        ({"expires": "0"}, None),
        ({"expires": "-1"}, None),
    ],
)
def test_freshness(headers: dict[str, str], seconds: int | None) -> None:
    now = FakeClock()()
    assert fresh_until(headers, now) == (now + timedelta(seconds=seconds) if seconds else None)
