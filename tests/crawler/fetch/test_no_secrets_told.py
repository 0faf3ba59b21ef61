"""What the door tells of a bad answer (error, decision, and so log, database, terminal) holds nothing secret of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from crawler.fetch.answers import Ask, FetchError
from crawler.fetch.decisions import Decision
from crawler.fetch.door import Door
from tests.crawler.fetch.doors import FakeNames, run, settings_of
from tests.servers import LoopbackServer, Request, Response

SECRET = "planted-in-answer-1"
HOST = "bad.test"
OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n"
MOVED = "HTTP/1.1 302 Found\r\nContent-Length: 0\r\n"
RAW = {
    "a header line without a colon": f"{OK}Set-Cookie sid={SECRET}\r\n\r\nhi",
    "a header with a control character": f"{OK}Set-Cookie: sid={SECRET}\x00\r\n\r\nhi",
    "no status line": f"{SECRET} and more\r\n\r\n",
    "a chunk that is none": f"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{SECRET}\r\n",
    "a packing nobody knows": f"{OK}Content-Encoding: token={SECRET}\r\n\r\nhi",
    "a parameter of the type": f"{OK}Content-Type: image/png; token={SECRET}\r\n\r\nhi",
    "a password in a redirect": f"{MOVED}Location: https://me:{SECRET}@{HOST}/\r\n\r\n",
    "a token in a refused redirect": f"{MOVED}Location: http://10.0.0.1/?key={SECRET}\r\n\r\n",
}


@pytest.mark.parametrize("raw", RAW.values(), ids=RAW)
def test_a_refusal_holds_nothing_secret_of_the_answer(raw: str, tmp_path: Path) -> None:
    def answer(request: Request) -> Response:
        return Response("", 404) if request.path == "/robots.txt" else Response(raw=raw.encode("latin-1"))

    told: list[Decision] = []

    async def refused(door: Door) -> FetchError:
        with pytest.raises(FetchError) as caught:
            await door.fetch(Ask(f"http://{HOST}/"))
        return caught.value

    with LoopbackServer({HOST: answer}) as server:
        door = Door(settings_of(tmp_path, hosts=server.hosts()), resolver=FakeNames({}), watch=told.append)
        error = run(refused, door)
    assert told
    assert SECRET not in f"{told}"
    assert SECRET not in f"{error}{error.detail}"
