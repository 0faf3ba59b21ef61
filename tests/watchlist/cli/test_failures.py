"""What goes wrong on the network is counted with a reason code, named in the ledger, and loses nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.terminal import call
from watchlist.demo.server import LoopbackWeb, Reply

TEAM = b"""<html><head><title>Acme</title></head><body><h1>Acme leadership</h1>
<div><h3>Ada Quist</h3><p>Chief People Officer</p></div><div><h3>Bo Ferrari</h3><p>Chief Financial Officer</p></div>
<div><h3>Cyrus Lindqvist</h3><p>VP Engineering</p></div></body></html>"""
EXPECTED = {
    "Empty": "no_leadership_page",
    "Refused": "connection",
    "Untrusted": "tls",
    "Nowhere": "dns",
    "Broken": "http_503",
    "Forbidding": "robots",
    "Somebody Else": "wrong_site",
    "Homeless": "no_website",
    "Linked": "never_fetched",
}


def answer(host: str, path: str, _headers: Mapping[str, str]) -> Reply:
    """One page a host."""
    html = {"Content-Type": "text/html"}
    if path == "/robots.txt":
        refused = b"User-agent: *\nDisallow: /\n" if host == "forbidding.test" else b""
        return Reply(200 if refused else 404, {"Content-Type": "text/plain"}, refused)
    if host == "broken.test":
        return Reply(503, html)
    if path != "/":
        return Reply(404, html)
    pages = {"acme.test": TEAM, "else.test": b"<title>Globex</title><h1>Globex sells globes of every kind</h1>" * 9}
    return Reply(200, html, pages.get(host, b""))


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A home with a list of sites of which each fails in its own way, and one that does not."""
    home = tmp_path / "home"
    home.mkdir()
    ours = ["acme.test", "empty.test", "broken.test", "forbidding.test", "else.test"]
    with LoopbackWeb(ours, answer, dead=["refused.test"]) as web, LoopbackWeb(["untrusted.test"], answer) as other:
        web.ca_file(home / "ca.pem")
        hosts = "\n".join(f'"{name}" = "{target}"' for name, target in (web.hosts | other.hosts).items())
        (home / "config.toml").write_text(
            f'contact = "me@example.test"\n[network]\nca_file = "{home / "ca.pem"}"\n[network.hosts]\n{hosts}\n'
        )
        sites = {
            "Acme": "acme.test", "Empty": "empty.test", "Refused": "refused.test", "Untrusted": "untrusted.test",
            "Nowhere": "nowhere.invalid", "Broken": "broken.test", "Forbidding": "forbidding.test",
            "Somebody Else": "else.test", "Homeless": "", "Linked": "www.linkedin.com",
        }  # fmt: skip
        rows = [
            f"{rank},{name},{host and f'https://{host}/'},,,,,own,2026"
            for rank, (name, host) in enumerate(sites.items(), 1)
        ]
        file = tmp_path / "list.csv"
        file.write_text("rank,name,website,wikidata_id,cik,country,leadership_url,source,as_of\n" + "\n".join(rows))
        assert call(home, "companies", "import", file).status == 0
        goal = ("--from", "HR manager", "--to", "HR director", "--list", "list", "--follow", "none")
        assert call(home, "goal", "set", *goal).status == 0
        yield home


def test_every_failure_has_its_reason_and_what_was_found_is_kept(home: Path) -> None:
    done = call(home, "crawl", "leaders", "--json")
    assert done.status == 3
    assert done.json["failed"] == EXPECTED
    assert done.json["people"] == 3
    ledger = call(home, "ledger", "--json").json
    causes = {line["company"]: line["cause"] for line in ledger["lines"]}
    assert causes == EXPECTED | {"Acme": None}
    reasons = {line["company"]: line["reason"] for line in ledger["lines"]}
    assert reasons == {
        "Acme": None, "Empty": "no_page", "Refused": "unreachable", "Untrusted": "unreachable",
        "Nowhere": "unreachable", "Broken": "unreachable", "Forbidding": "disallowed", "Somebody Else": "wrong_site",
        "Homeless": "no_website", "Linked": "disallowed",
    }  # fmt: skip
    assert all(line["sentence"] and line["next_act"] for line in ledger["lines"] if line["reason"])
    assert ledger["totals"]["found"] + sum(ledger["totals"]["reasons"].values()) == 10


def test_a_second_crawl_changes_nothing(home: Path) -> None:
    first = call(home, "crawl", "leaders", "--json").json
    people = call(home, "people", "list", "--json").json
    second = call(home, "crawl", "leaders", "--json").json
    assert (first["new_people"], second["new_people"], second["moves"]) == (3, 0, 0)
    assert json.dumps(call(home, "people", "list", "--json").json) == json.dumps(people)
