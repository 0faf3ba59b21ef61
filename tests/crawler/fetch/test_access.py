from __future__ import annotations

from pathlib import Path

import pytest
import trustme

from crawler.fetch.access import FLOOR_SECONDS, access_rules
from crawler.fetch.answers import Access
from tests.crawler.fetch.doors import PUBLIC, FakeTime, internet_door, outcome, run, settings_of
from tests.servers import LoopbackServer, Request, Response, write_ca

HOSTS = ("api.crossref.org", "query.wikidata.org", "www.wikidata.org", "acme.test")


def api(request: Request) -> Response:
    """An API whose robots.txt forbids everything, and one endpoint that has moved out of the API."""
    if request.path == "/robots.txt":
        return Response("User-agent: *\nDisallow: /\n")
    return Response("", 302, {"location": "/workshops"}) if request.path == "/works/moved" else Response("{}")


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://api.crossref.org/works?query=x", 200),
        ("https://api.crossref.org/works/10.1/x", 200),
        ("https://query.wikidata.org/sparql?query=x", 200),
        ("https://www.wikidata.org/wiki/Special:EntityData/Q42.json", 200),
        ("https://www.wikidata.org/w/api.php?action=wbgetentities", 200),
        ("https://www.wikidata.org/w/index.php", "not_a_documented_api"),
        ("https://www.wikidata.org/wiki/Q42", "not_a_documented_api"),
        ("https://www.wikidata.org/wiki/Special:EntityData/../Q42", "not_a_documented_api"),
        ("https://www.wikidata.org/wiki/Special:EntityData/%2e%2e/Q42", "not_a_documented_api"),
        ("https://www.wikidata.org/wiki/Special:EntityData/..%2FQ42", "not_a_documented_api"),
        ("https://api.crossref.org/works/moved", "not_a_documented_api"),
        ("https://api.crossref.org/workshops", "not_a_documented_api"),
        ("http://api.crossref.org/works", "not_a_documented_api"),
        ("https://api.crossref.org:8443/works", "not_a_documented_api"),
        ("https://acme.test/works", "not_a_documented_api"),
        ("https://linkedin.com/works", "never_fetched"),
    ],
)
def test_the_closed_list(url: str, expected: int | str, tmp_path: Path, ca: trustme.CA) -> None:
    with LoopbackServer(dict.fromkeys(HOSTS, api), ca=ca) as server:
        settings = settings_of(tmp_path, ca_file=str(write_ca(ca, tmp_path)))
        door, _ = internet_door(settings, server, {host: [[PUBLIC]] for host in HOSTS})
        assert run(lambda door: outcome(door, url, Access.DOCUMENTED_API), door) == expected
        assert "/robots.txt" not in server.paths()


def test_the_same_address_as_a_page_obeys_robots(tmp_path: Path, ca: trustme.CA) -> None:
    with LoopbackServer(dict.fromkeys(HOSTS, api), ca=ca) as server:
        settings = settings_of(tmp_path, ca_file=str(write_ca(ca, tmp_path)))
        door, _ = internet_door(settings, server, {"query.wikidata.org": [[PUBLIC]]})
        assert run(lambda door: outcome(door, "https://query.wikidata.org/sparql?query=x"), door) == "robots"
        assert server.paths() == ["/robots.txt"]


def test_an_api_keeps_the_gap_of_the_list(tmp_path: Path, ca: trustme.CA) -> None:
    time = FakeTime()
    with LoopbackServer(dict.fromkeys(HOSTS, api), ca=ca) as server:
        settings = settings_of(tmp_path, ca_file=str(write_ca(ca, tmp_path)), gap_seconds=30.0)
        door, _ = internet_door(settings, server, {"api.crossref.org": [[PUBLIC]]})
        door._pace = time.pace()
        url = "https://api.crossref.org/works"

        async def twice() -> list[int | str]:
            return [await outcome(door, url, Access.DOCUMENTED_API) for _ in range(2)]

        assert run(lambda _: twice(), door) == [200, 200]
    assert time.slept == [FLOOR_SECONDS]


def test_the_list_itself() -> None:
    rules = access_rules()
    assert all(api.documentation.startswith("https://") and api.limits for api in rules.apis)
    assert all(api.origin.startswith("https://") and api.gap_seconds >= FLOOR_SECONDS for api in rules.apis)
    assert all(end.startswith("/") and end != "/" for api in rules.apis for end in api.endpoints)
    assert {"linkedin.com", "facebook.com", "instagram.com"} <= rules.never_fetched
