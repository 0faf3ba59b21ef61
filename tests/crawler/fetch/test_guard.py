"""corpus/hostile/ssrf_urls.json through the whole door, to a pretended internet."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import trustme

from crawler.fetch.access import access_rules
from crawler.fetch.address import is_public
from crawler.fetch.answers import Access, FetchError
from crawler.fetch.door import Door, judge_hop
from crawler.fetch.urls import judge_url
from tests.corpus import needs_corpus
from tests.crawler.fetch.doors import PUBLIC, Dialled, got, hostile, internet_door, outcome, run, settings_of
from tests.servers import Handler, LoopbackServer, Request, Response, write_ca
from watchlist.errors import InputError
from watchlist.settings import load_settings

OK = {"ok.test": [[PUBLIC]]}
CASES = hostile("ssrf_urls")
PLAIN = [case for case in CASES if "hops" not in case and case["expect"] in {"block", "allow"}]
REDIRECTED = [case for case in CASES if case.get("how") == "HTTP Location" and not case.get("token")]
ASKED_AFRESH = [case for case in CASES if "hops" in case and case["how"] != "HTTP Location"]
WITH_TOKEN = [case for case in CASES if case.get("token")]
REBINDING = [case for case in CASES if case["expect"] == "allow-first-address-only"]


@needs_corpus
def test_every_case_is_tested() -> None:
    tested = [*PLAIN, *REDIRECTED, *ASKED_AFRESH, *WITH_TOKEN, *REBINDING]
    assert sorted(case["id"] for case in tested) == sorted(case["id"] for case in CASES)


@needs_corpus
@pytest.mark.parametrize("case", PLAIN, ids=lambda case: case["id"])
def test_one_address(case: dict[str, Any], tmp_path: Path, ca: trustme.CA) -> None:
    with _web(lambda _: Response("a page"), ca) as server:
        door, dialled = _door(tmp_path, server, ca, case.get("resolve", {}))
        result = run(lambda door: outcome(door, case["url"]), door)
    assert (result == 200) == (case["expect"] == "allow"), result
    assert bool(dialled.to) == (case["expect"] == "allow")
    assert all(is_public(address) for address, _ in dialled.to)


@needs_corpus
@pytest.mark.parametrize("case", REDIRECTED, ids=lambda case: case["id"])
def test_redirect(case: dict[str, Any], tmp_path: Path, ca: trustme.CA) -> None:
    first, second = case["hops"]
    with _web(_redirecting(second), ca) as server:
        door, dialled = _door(tmp_path, server, ca, OK)
        result = run(lambda door: outcome(door, first), door)
        assert server.paths() == ["/robots.txt", "/"]
    assert isinstance(result, str)
    assert {address for address, _ in dialled.to} == {PUBLIC}


@needs_corpus
@pytest.mark.parametrize("case", ASKED_AFRESH, ids=lambda case: case["id"])
def test_addresses_found_in_content_are_asked_for_afresh(case: dict[str, Any], tmp_path: Path, ca: trustme.CA) -> None:
    page = f'<meta http-equiv="refresh" content="0; url={case["hops"][1]}">'
    with _web(lambda _: Response(page), ca) as server:
        door, dialled = _door(tmp_path, server, ca, OK)
        assert run(lambda door: _all(door, case["hops"]), door) == [200, "blocked_address"]
    assert {address for address, _ in dialled.to} == {PUBLIC}


@needs_corpus
@pytest.mark.parametrize("case", WITH_TOKEN, ids=lambda case: case["id"])
def test_what_may_carry_a_token_stays_in_the_closed_list(case: dict[str, Any], tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    source = judge_url(case["hops"][0]).target
    assert not judge_hop(case["hops"][1], source, Access.DOCUMENTED_API, settings).allowed
    assert all(api.origin.startswith("https://") for api in access_rules().apis)
    assert judge_hop(case["hops"][1], source, Access.CRAWL, settings).allowed


@needs_corpus
@pytest.mark.parametrize("case", REBINDING, ids=lambda case: case["id"])
def test_rebinding(case: dict[str, Any], tmp_path: Path, ca: trustme.CA) -> None:
    closing = Response(raw=b"HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\nconnection: close\r\n\r\n")
    with _web(lambda _: closing, ca) as server:
        door, dialled = _door(tmp_path, server, ca, case["resolve"])
        results = run(lambda door: _all(door, [case["url"], case["url"]]), door)
    assert results == [200, "blocked_address"]
    assert dialled.to == [(PUBLIC, 80), (PUBLIC, 80)]


def test_all_addresses_of_a_name_are_checked_and_the_checked_one_is_used(tmp_path: Path, ca: trustme.CA) -> None:
    names = {"two.test": [["93.184.216.34", "2606:4700::1"]], "mixed.test": [["93.184.216.34", "10.0.0.1"]]}
    with _web(lambda _: Response("a page"), ca) as server:
        door, dialled = _door(tmp_path, server, ca, names)
        urls = ["https://two.test:8443/", "http://mixed.test/"]
        assert run(lambda door: _all(door, urls), door) == [200, "blocked_address"]
    assert dialled.to == [("93.184.216.34", 8443)]


def test_never_fetched_sites_are_not_reached_by_redirect(tmp_path: Path, ca: trustme.CA) -> None:
    names = {**OK, "www.linkedin.com": [[PUBLIC]]}
    with _web(_redirecting("https://www.linkedin.com/in/somebody"), ca) as server:
        door, dialled = _door(tmp_path, server, ca, names)
        assert run(lambda door: outcome(door, "http://ok.test/"), door) == "never_fetched"
        assert {request.host for request in server.log} == {"ok.test"}
    assert len(dialled.to) == 1


def test_a_public_address_is_connected_to_without_a_look_up(tmp_path: Path, ca: trustme.CA) -> None:
    with _web(lambda _: Response("a page"), ca) as server:
        door, dialled = _door(tmp_path, server, ca, {})
        assert run(lambda door: outcome(door, "http://[2606:4700::1]/"), door) == 200
        assert server.log[-1].headers["host"] == "[2606:4700::1]"
    assert dialled.to == [("2606:4700::1", 80)]


def test_the_name_in_the_certificate_must_be_the_name_asked_for(tmp_path: Path, ca: trustme.CA) -> None:
    with _web(lambda _: Response("a page"), ca) as server:
        door, _ = _door(tmp_path, server, ca, {"other.test": [[PUBLIC]]})

        async def ask(door: Door) -> str:
            with pytest.raises(FetchError) as caught:
                await got(door, "https://other.test/")
            return f"{caught.value.reason}: {caught.value.detail}"

        assert run(ask, door).startswith("tls: Hostname mismatch")
        assert not server.log


def test_an_unknown_authority_is_refused(tmp_path: Path, ca: trustme.CA) -> None:
    with _web(lambda _: Response("a page"), ca) as server:
        door, _ = internet_door(settings_of(tmp_path), server, OK)
        assert run(lambda door: outcome(door, "https://ok.test/"), door) == "tls"
        assert not server.log


NAMES = {
    "wiki.corp.test": [["10.1.2.3"]],
    "intranet": [["192.168.1.7"]],
    "other.corp.test": [["10.1.2.3"]],
    "mixed.corp.test": [["10.1.2.3", "127.0.0.1"]],
    "cloud.corp.test": [["169.254.169.254"]],
    "cloud6.corp.test": [["fd00:ec2::254"]],
    "metadata.corp.test": [["100.100.100.200"]],
}


@pytest.mark.parametrize(
    ("host", "result"),
    [
        ("wiki.corp.test", 200),
        ("intranet", 200),
        ("other.corp.test", "blocked_address"),
        ("sub.wiki.corp.test", "dns"),
        ("mixed.corp.test", "blocked_address"),
        ("cloud.corp.test", "blocked_address"),
        ("cloud6.corp.test", "blocked_address"),
        ("metadata.corp.test", "blocked_address"),
        ("10.1.2.3", "blocked_address"),
        ("nas", "special_name"),
    ],
)
def test_private_hosts_are_reached_by_name_alone_and_metadata_never(
    host: str, result: int | str, tmp_path: Path, ca: trustme.CA
) -> None:
    allowed = [name for name in NAMES if not name.startswith("other")]
    with _web(lambda _: Response("a page"), ca) as server:
        door, dialled = internet_door(settings_of(tmp_path, private_hosts=allowed), server, NAMES)
        assert run(lambda door: outcome(door, f"http://{host}/"), door) == result
    assert len(dialled.to) == (1 if result == 200 else 0)


def test_a_redirect_to_a_private_host_that_is_not_named_is_refused(tmp_path: Path, ca: trustme.CA) -> None:
    with _web(_redirecting("http://other.corp.test/"), ca) as server:
        door, dialled = internet_door(settings_of(tmp_path, private_hosts=["wiki.corp.test"]), server, {**OK, **NAMES})
        assert run(lambda door: outcome(door, "http://ok.test/"), door) == "blocked_address"
    assert {address for address, _ in dialled.to} == {PUBLIC}


@pytest.mark.parametrize("name", ["*", "*.corp.test", "10.0.0.1", "Wiki.test", "http://wiki.test", "", "[::1]", "a b"])
def test_private_hosts_are_named_one_by_one(name: str, tmp_path: Path) -> None:
    (tmp_path / "config.toml").write_text(f'[network]\nprivate_hosts = ["{name}"]\n')
    with pytest.raises(InputError, match=r"config\.toml, line 2.*private_hosts"):
        load_settings(tmp_path)


def _web(handler: Handler, ca: trustme.CA) -> LoopbackServer:
    def answer(request: Request) -> Response:
        reply = handler(request)
        assert isinstance(reply, Response)
        if request.path != "/robots.txt":
            return reply
        return Response("", 404) if reply.raw is None else reply

    names = ["ok.test", "two.test", "xn--bcher-kva.test"]
    return LoopbackServer({"*": answer, **dict.fromkeys(names, answer)}, ca=ca)


def _redirecting(location: str) -> Handler:
    return lambda _: Response("", 302, {"location": location})


def _door(home: Path, server: LoopbackServer, ca: trustme.CA, names: dict[str, Any]) -> tuple[Door, Dialled]:
    return internet_door(settings_of(home, ca_file=str(write_ca(ca, home))), server, names)


async def _all(door: Door, urls: list[str]) -> list[int | str]:
    return [await outcome(door, url) for url in urls]
