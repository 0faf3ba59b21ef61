"""Paged APIs without end, read through the real door with the pager that readers of APIs are to use."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from crawler.fetch import Answer, Ask, Door
from crawler.spiders.pager import Pager
from tests.crawler.fetch.doors import FakeTime, settings_of
from tests.crawler.spiders.sites import HOST
from tests.servers import Handler, LoopbackServer, Request, Response

Read = Callable[[Answer], tuple[list[str], str | None]]
"""What stands on one page of an API, newest first, and where it says that it goes on."""


@dataclass(frozen=True)
class ApiTrap:
    """An API: where it begins, how its pages are read, and how much of it is wanted."""

    handler: Handler
    start: str
    read: Read
    pager: Callable[[], Pager]


@dataclass(frozen=True)
class ReadApi:
    """What was read of an API."""

    items: list[str]
    asked: list[str]
    pager: Pager


def read_api(trap: ApiTrap, home: Path) -> ReadApi:
    """Page by page as far as the pager says."""
    pager, items = trap.pager(), list[str]()

    async def follow(door: Door) -> None:
        url: str | None = trap.start
        async with door, asyncio.timeout(30):
            while url:
                answer = await door.fetch(Ask(url))
                found, link = trap.read(answer)
                items.extend(found)
                url = pager.turn(answer.url, found, link)

    with LoopbackServer({HOST: trap.handler}) as server:
        asyncio.run(follow(Door(settings_of(home, hosts=server.hosts()), pace=FakeTime().pace())))
        return ReadApi(items, [path for path in server.paths() if path.startswith("/api")], pager)


def _answers(answer: Callable[[str], Response]) -> Handler:
    def handle(request: Request) -> Response:
        return answer(request.path) if request.path.startswith("/api") else Response("not here", 404)

    return handle


def _json(data: object, **headers: str) -> Response:
    return Response(json.dumps(data), headers={"content-type": "application/json", **headers})


def outbox(size: int = 5, *, newest: int = 10_000) -> ApiTrap:
    """An account's posts; every page links to the next by the Link header, for ever."""

    def answer(path: str) -> Response:
        start = int(parse_qs(urlsplit(path).query).get("max_id", [str(newest)])[0])
        link = f'<http://{HOST}/api/outbox?max_id={start - size}>; rel="next", <http://{HOST}/api/outbox>; rel="prev"'
        return _json([{"id": str(number)} for number in range(start, start - size, -1)], link=link)

    def read(answer: Answer) -> tuple[list[str], str | None]:
        link = re.search(r'<([^>]*)>;\s*rel="next"', answer.headers.get("link", ""))
        return [post["id"] for post in json.loads(answer.body)], link[1] if link else None

    return ApiTrap(_answers(answer), f"http://{HOST}/api/outbox", read, lambda: Pager(most_pages=10, most_items=40))


def next_is_itself(next_page: str = "/api/talks?limit=2&page=1") -> ApiTrap:
    """A conference's talks; the first page names itself as the next one, however it spells it."""

    def answer(_: str) -> Response:
        return _json({"next": next_page, "results": [{"code": "A7"}, {"code": "B9"}]})

    def read(answer: Answer) -> tuple[list[str], str | None]:
        page = json.loads(answer.body)
        return [talk["code"] for talk in page["results"]], page["next"]

    return ApiTrap(_answers(answer), f"http://{HOST}/api/talks?page=1&limit=2", read, lambda: Pager(most_pages=50))
