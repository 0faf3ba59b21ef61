"""corpus/hostile/redirect_credentials.json: what a server sees of the user's token, and that it never sees a cookie."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pytest
import trustme
from scrapy import Request as Ask
from scrapy import Spider
from scrapy.crawler import AsyncCrawlerRunner

from crawler.fetch.access import AccessRules, DocumentedApi, TokenRule, access_rules
from crawler.fetch.answers import Access
from crawler.fetch.door import Door
from crawler.fetch.scrapy_handler import scrapy_settings
from crawler.fetch.urls import judge_url
from tests.corpus import needs_corpus
from tests.crawler.fetch.crawls import crawl
from tests.crawler.fetch.doors import PUBLIC, Dialled, FakeNames, FakeTime, hostile, outcome, run, settings_of
from tests.servers import Handler, LoopbackServer, Request, Response, write_ca
from watchlist.secrets import Tokens

CASES = hostile("redirect_credentials")
REDIRECTS = [case for case in CASES if "from" in case]
COOKIES = [case for case in CASES if "set_cookie" in case]
SECRET = "t0ken-of-the-user-2718281828"
FIRST = "https://api.a.test/v1"
OWN = [
    # (status, where to, whether the token may go along)
    (301, "/v2", True),
    (308, "https://API.a.test:443/v2", True),
    (302, "https://api.a.test:8443/", False),
    (302, "http://api.a.test/v1", False),
    (307, "https://b.test/", False),
    (307, "//x.api.a.test/", False),
    (301, "https://api.a.test./", False),
    (301, "https://api.a.test@b.test/", False),
    (301, "https:\\\\b.test\\v2", False),
]
HEADERS = {"authorization": "Bearer {token}", "x-api-key": "{token}"}
SERVED = ((80, "http"), (443, "https"), (8443, "https on 8443"))
HOSTS = ("api.a.test", "a.test", "x.api.a.test", "b.test", "api.a.test.evil.test", "evil.test", "co.uk", "x.co.uk")


@needs_corpus
def test_every_case_is_tested() -> None:
    assert len(REDIRECTS) + len(COOKIES) == len(CASES)
    assert {case["from"] for case in REDIRECTS} == {FIRST}


@dataclass(frozen=True)
class Redirect:
    """One answer of the API that points elsewhere; `keep`: whether the token may go along."""

    status: int
    to: str
    keep: bool


@dataclass(frozen=True)
class Seen:
    """What came of it, and what the servers saw: the request to the API, and those after it with where they came."""

    result: int | str
    first: Request
    rest: list[tuple[str, Request]]


def _redirects(header: str) -> dict[str, Redirect]:
    """The corpus's and our own, by id."""
    name = {"authorization": "Authorization", "x-api-key": "X-Api-Key"}[header]
    cases = {case["id"]: Redirect(case["status"], case["to"], case["expect"][name] == "keep") for case in REDIRECTS}
    return cases | {f"own-{number}": Redirect(*case) for number, case in enumerate(OWN)}


@pytest.fixture(scope="module")
def seen(internet: Internet, tmp_path_factory: pytest.TempPathFactory) -> Mapping[tuple[str, bool, str], Seen]:
    """Every redirect, one after the other: with the target off the closed list, and on it so that the door follows."""
    found: dict[tuple[str, bool, str], Seen] = {}
    for header in HEADERS:
        for listed in (False, True):
            redirects = _redirects(header)
            work = partial(_follow_all, net=internet, redirects=redirects)
            rules = _rules(header, [redirect.to for redirect in redirects.values()] if listed else [])
            door = internet.door(tmp_path_factory.mktemp("home"), rules)
            found |= {(header, listed, name): one for name, one in run(work, door).items()}
    return found


async def _follow_all(door: Door, *, net: Internet, redirects: Mapping[str, Redirect]) -> dict[str, Seen]:
    found = {}
    for name, redirect in redirects.items():
        answer = Response("moved", redirect.status, {"location": redirect.to, "set-cookie": "a=1"})
        net.serve({f"/v1?{name}": answer})
        result = await outcome(door, f"{FIRST}?{name}", Access.DOCUMENTED_API)
        (_, first), *rest = net.log()
        found[name] = Seen(result, first, rest)
    return found


@pytest.mark.parametrize("listed", [False, True], ids=["target-not-listed", "target-listed"])
@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize("name", _redirects("authorization"))
def test_a_token_and_a_redirect(
    name: str, header: str, listed: bool, seen: Mapping[tuple[str, bool, str], Seen]
) -> None:
    redirect, case = _redirects(header)[name], seen[header, listed, name]
    token = HEADERS[header].format(token=SECRET)
    assert case.first.headers[header] == token
    if redirect.keep:
        ((where, request),) = case.rest
        assert (where, request.headers["host"], request.path) == ("https", "api.a.test", "/v2")
        assert request.headers[header] == token
        assert case.result == 200
    else:
        assert all(SECRET not in str(request.headers) for _, request in case.rest)
        assert bool(case.rest) == (listed and judge_url(redirect.to, base=FIRST).allowed)
        assert (case.result == 200) == bool(case.rest)
    _nothing_else_leaks([("https", case.first), *case.rest])


def _nothing_else_leaks(requests: Iterable[tuple[str, Request]]) -> None:
    for _, request in requests:
        assert not {"cookie", "referer", "proxy-authorization", "origin"} & request.headers.keys()


@needs_corpus
@pytest.mark.parametrize("access", list(Access))
@pytest.mark.parametrize("case", COOKIES, ids=lambda case: case["id"])
def test_a_cookie_never_comes_back(case: dict[str, Any], access: Access, tmp_path: Path, net: Internet) -> None:
    _cookie(case["set_cookie"], case["next_request"], access, tmp_path, net)


@pytest.mark.parametrize("access", list(Access))
@pytest.mark.parametrize("cookie", ["a=1", "a=1; Domain=a.test; Path=/; Secure; HttpOnly; Max-Age=99999"])
def test_not_even_one_that_a_browser_would_send(cookie: str, access: Access, tmp_path: Path, net: Internet) -> None:
    _cookie(cookie, "https://a.test/", access, tmp_path, net)


def _cookie(cookie: str, following: str, access: Access, home: Path, net: Internet) -> None:
    net.serve({"*": Response("a page", headers={"set-cookie": cookie})})

    async def work(door: Door) -> list[int | str]:
        return [await outcome(door, url, access) for url in ("https://a.test/", following, "https://a.test/")]

    assert run(work, net.door(home, _rules("authorization", ["https://a.test/", following]))) == [200] * 3
    assert len([request for _, request in net.log() if request.path != "/robots.txt"]) == 3
    _nothing_else_leaks(net.log())
    assert all("authorization" not in request.headers for _, request in net.log())


@pytest.mark.parametrize("access", [Access.CRAWL, Access.SUBSCRIPTION])
def test_a_page_at_the_origin_of_an_api_gets_no_token(access: Access, tmp_path: Path, net: Internet) -> None:
    door = net.door(tmp_path, _rules("authorization", []))
    assert run(lambda door: outcome(door, FIRST, access), door) == 200
    assert all(SECRET not in str(request.headers) for _, request in net.log())


def test_each_token_goes_to_its_own_origin(tmp_path: Path, net: Internet) -> None:
    other = _api("https://b.test", "x-api-key", "other")
    rules = replace(_rules("authorization", []), apis=(_api("https://api.a.test", "authorization", "mine"), other))
    tokens = {"MENTORWATCH_MINE_TOKEN": SECRET, "MENTORWATCH_OTHER_TOKEN": "another-secret-31415926"}
    net.serve({"/v1": Response("", 307, {"location": "https://b.test/v1"})})
    run(lambda door: outcome(door, FIRST, Access.DOCUMENTED_API), net.door(tmp_path, rules, tokens))
    seen = {request.host: request.headers for _, request in net.log()}
    assert seen["api.a.test"]["authorization"] == f"Bearer {SECRET}"
    assert "x-api-key" not in seen["api.a.test"]
    assert seen["b.test"]["x-api-key"] == "Bearer another-secret-31415926"
    assert "authorization" not in seen["b.test"]


@pytest.mark.parametrize("token", [None, ""])
def test_without_a_token_nothing_stands_in_its_place(token: str | None, tmp_path: Path, net: Internet) -> None:
    environ = {} if token is None else {"MENTORWATCH_MINE_TOKEN": token}
    door = net.door(tmp_path, _rules("authorization", []), environ)
    assert run(lambda door: outcome(door, FIRST, Access.DOCUMENTED_API), door) == 200
    ((_, request),) = net.log()
    assert "authorization" not in request.headers


def test_a_spider_can_neither_set_headers_nor_send_cookies(tmp_path: Path, net: Internet) -> None:
    class Smuggler(Spider):
        name = "smuggler"

        def __init__(self, *, door: Door, **more: Any) -> None:
            super().__init__(**more)
            self.door = door

        async def start(self) -> AsyncIterator[Any]:
            yield Ask(
                "https://b.test/",
                self.parse,
                headers={
                    "Authorization": SECRET,
                    "Cookie": f"a={SECRET}",
                    "Referer": SECRET,
                    "X-Forwarded-For": SECRET,
                },
                cookies={"b": SECRET},
            )

        def parse(self, response: Any) -> None:
            """Nothing to do."""

    async def work(door: Door) -> None:
        await AsyncCrawlerRunner(scrapy_settings(1)).crawl(Smuggler, door=door)

    net.serve({"*": Response("a page", headers={"set-cookie": "c=1"})})
    run(work, net.door(tmp_path, _rules("authorization", [])))
    requests = net.log()
    assert [request.path for _, request in requests] == ["/robots.txt", "/"]
    assert all(SECRET not in str(request.headers) for _, request in requests)


def test_a_crawl_of_an_api_carries_the_token_to_the_api_alone(tmp_path: Path, net: Internet) -> None:
    net.serve({"/v1": Response("", 302, {"location": "https://b.test/"})})
    door = net.door(tmp_path, _rules("authorization", []))
    run(lambda door: crawl(door, [FIRST, "https://api.a.test/v2"], meta={"access": Access.DOCUMENTED_API}), door)
    requests = net.log()
    assert sorted(request.path for _, request in requests) == ["/v1", "/v2"]
    assert all(request.headers["authorization"] == f"Bearer {SECRET}" for _, request in requests)


# --- a pretended internet with three ports ---------------------------------------------------------------------------


class Internet:
    """Servers for http, https and https on another port; every name has one public address."""

    def __init__(self, ca: trustme.CA, folder: Path) -> None:
        self._ca_file = str(write_ca(ca, folder))
        self._servers = {port: LoopbackServer(self._handlers(scheme), ca=ca) for port, scheme in SERVED}
        self._pages: Mapping[str, Response] = {}

    def __enter__(self) -> Self:
        for server in self._servers.values():
            server.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        for server in self._servers.values():
            server.__exit__(kind, error, tb)

    def serve(self, pages: Mapping[str, Response]) -> None:
        """From now on; `pages` are the API's by path, or "*" for every page. What was asked before is forgotten."""
        self._pages = pages
        for server in self._servers.values():
            server.log.clear()

    def door(self, home: Path, rules: AccessRules, tokens: Mapping[str, str] | None = None) -> Door:
        dials = {port: Dialled(server) for port, server in self._servers.items()}
        names = FakeNames({name: [[PUBLIC]] for name in (*HOSTS, "api.a.test.")})
        return Door(
            settings_of(home, ca_file=self._ca_file),
            resolver=names,
            dial=lambda address, port: dials[port](address, port),
            pace=FakeTime().pace(),
            rules=rules,
            tokens=Tokens({"MENTORWATCH_MINE_TOKEN": SECRET} if tokens is None else tokens),
        )

    def log(self) -> list[tuple[str, Request]]:
        """(server, request) of every request: those to the API first, then the others by server."""
        requests = [(scheme, request) for port, scheme in SERVED for request in self._servers[port].log]
        return sorted(requests, key=lambda found: (found[1].host, found[0]) != ("api.a.test", "https"))

    def _handlers(self, scheme: str) -> dict[str, Handler]:
        def answer(request: Request) -> Response:
            if request.path == "/robots.txt":
                return Response("", 404)
            here = self._pages.get(request.path) if (scheme, request.host) == ("https", "api.a.test") else None
            return here or self._pages.get("*") or Response("a page")

        return {**dict.fromkeys(HOSTS, answer), "*": answer}


@pytest.fixture(scope="module")
def internet(tmp_path_factory: pytest.TempPathFactory, ca: trustme.CA) -> Iterator[Internet]:
    with Internet(ca, tmp_path_factory.mktemp("ca")) as started:
        yield started


@pytest.fixture
def net(internet: Internet) -> Internet:
    internet.serve({})
    return internet


def _rules(header: str, others: Iterable[str]) -> AccessRules:
    """The API with a token, and the origins of `others` as documented APIs without one."""
    targets = [judge_url(url, base=FIRST).target for url in others]
    origins = {target.origin for target in targets if target} - {"https://api.a.test"}
    apis = [_api("https://api.a.test", header, "mine"), *(_api(origin, None, "") for origin in sorted(origins))]
    return replace(access_rules(), apis=tuple(apis))


def _api(origin: str, header: str | None, token: str) -> DocumentedApi:
    return DocumentedApi(
        name=origin,
        documentation="https://docs.test/",
        origin=origin,
        endpoints=("/",),
        gap_seconds=2.0,
        limits="invented",
        token=TokenRule(token, header, "{token}" if header == "x-api-key" and token == "mine" else "Bearer {token}")
        if header
        else None,
    )
