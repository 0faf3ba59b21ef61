"""One cassette for the door and for Scrapy: recorded against a server of invented pages, replayed without any network.

`python -m tests.crawler.fetch.test_cassettes` records it anew.
"""

from __future__ import annotations

import gzip
import tempfile
from pathlib import Path

import pytest
from vcr.errors import CannotOverwriteExistingCassetteException

from crawler.fetch.door import Door
from tests.cassettes import FOLDER, cassette
from tests.crawler.fetch.crawls import crawl
from tests.crawler.fetch.doors import outcome, run, settings_of
from tests.servers import LoopbackServer, Response, site

NAME = "orchard"
HOST = "orchard.test"
NOWHERE = {HOST: "127.0.0.1:9"}
"""Mapped to a port on which nothing listens: what is not on the tape fails."""
PAGES: dict[str, str | bytes | Response] = {
    "/robots.txt": "User-agent: *\nDisallow: /cellar\n",
    "/": "<html><title>Orchard</title><a href='/people'>People</a></html>",
    "/people": Response(
        gzip.compress(b"<html><h2>Ada Appleseed</h2><p>Head of Pruning</p></html>", mtime=0),
        headers={"content-encoding": "gzip", "set-cookie": "visit=1"},
    ),
    "/old-people": Response("", 301, {"location": "/people"}),
    "/gone": Response("gone", 410),
}
URLS = [f"http://{HOST}{path}" for path in ("/", "/people", "/old-people", "/gone", "/cellar")]
EXPECTED = [200, 200, 200, 410, "robots"]


async def visit(door: Door) -> list[int | str]:
    return [await outcome(door, url) for url in URLS]


def test_the_door_replays(tmp_path: Path) -> None:
    with cassette(NAME) as tape:
        assert run(visit, Door(settings_of(tmp_path, hosts=NOWHERE))) == EXPECTED
        assert tape.all_played
        assert tape.play_count == 6


def test_a_crawl_replays_the_same_tape(tmp_path: Path) -> None:
    with cassette(NAME) as tape:
        seen, crawler = run(lambda door: crawl(door, URLS), Door(settings_of(tmp_path, hosts=NOWHERE)))
        assert tape.all_played
    assert crawler.stats is not None
    assert crawler.stats.get_value("item_scraped_count") == 4
    assert {url: result for url, result in seen.items() if isinstance(result, int)} == {
        URLS[0]: 200,
        URLS[1]: 200,
        URLS[3]: 410,
    }


def test_what_is_not_on_the_tape_is_not_fetched(tmp_path: Path) -> None:
    with cassette(NAME), pytest.raises(CannotOverwriteExistingCassetteException):
        run(lambda door: outcome(door, f"http://{HOST}/unknown"), Door(settings_of(tmp_path, hosts=NOWHERE)))


def test_the_tape_holds_no_secrets_of_the_one_who_recorded() -> None:
    text = (FOLDER / f"{NAME}.yaml").read_text("utf-8").lower()
    assert "user-agent:\n    -" not in text
    assert "set-cookie" not in text
    assert "127.0.0.1" not in text


def record() -> None:
    """Write the tape anew."""
    (FOLDER / f"{NAME}.yaml").unlink(missing_ok=True)
    with (
        LoopbackServer({HOST: site(PAGES)}) as server,
        cassette(NAME, record=True),
        tempfile.TemporaryDirectory() as home,
    ):
        door = Door(settings_of(Path(home), hosts=server.hosts()))
        assert run(visit, door) == EXPECTED


if __name__ == "__main__":
    record()
