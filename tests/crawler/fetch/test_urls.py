from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from crawler.fetch.urls import judge_url
from tests.corpus import needs_corpus
from tests.crawler.fetch.doors import hostile, settings_of


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("https://acme.test/team", "resolve-later"),
        ("http://93.184.216.34/", "public_address"),
        ("ftp://acme.test/", "scheme"),
        ("javascript:alert(1)", "scheme"),
        ("feed:javascript:x", "scheme"),
        ("https://user@acme.test/", "userinfo"),
        ("https://acme.test:22/", "port"),
        ("https://acme.test:0/", "port"),
        ("http://2130706433/", "blocked_address"),
        ("http://[::ffff:127.0.0.1]/", "blocked_address"),
        ("http://0x8.8.8.8/", "bad_name"),
        ("http://intranet/", "special_name"),
        ("http://printer.local./", "special_name"),
        ("http://a_.-b.test/", "bad_name"),
        ("http://a..test/", "bad_name"),
        ("http://xn--\u00fc.test/", "bad_url"),
        ("http://acme.test/ HTTP/1.1\r\nX: y", "control_characters"),
        ("http://acme.test/" + "x" * 9000, "too_long"),
        ("//acme.test/", "bad_url"),
        ("", "bad_url"),
        ("http://\ud800.test/", "bad_url"),
    ],
)
def test_reasons(url: str, reason: str) -> None:
    verdict = judge_url(url)
    assert verdict.url == url
    assert verdict.reason == reason
    assert verdict.allowed == (reason in {"resolve-later", "public_address"})
    assert (verdict.target is not None) == verdict.allowed


@pytest.mark.parametrize(
    "host",
    ["linkedin.com", "www.LinkedIn.com", "de.linkedin.com.", "lnkd.in", "facebook.com", "m.facebook.com", "fb.com",
     "fb.me", "instagram.com", "www.instagram.com", "instagr.am"],
)  # fmt: skip
def test_some_sites_are_never_fetched(host: str, tmp_path: Path) -> None:
    settings = settings_of(tmp_path, hosts={host: "127.0.0.1:1"})
    assert judge_url(f"https://{host}/in/somebody", settings).reason == "never_fetched"


@pytest.mark.parametrize("host", ["notlinkedin.com", "linkedin.com.acme.test", "facebook.example"])
def test_look_alikes_of_such_sites_are_other_sites(host: str) -> None:
    assert judge_url(f"https://{host}/").allowed


def test_mapped_names_are_allowed_even_when_special(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, hosts={"acme.test": "127.0.0.1:8999", "intranet": "127.0.0.1:8999"})
    assert judge_url("https://acme.test/", settings).reason == "mapped"
    assert judge_url("http://intranet/", settings).reason == "mapped"
    assert judge_url("http://www.acme.test/", settings).reason == "resolve-later"
    assert judge_url("http://acme.test:22/", settings).reason == "port"


def test_the_target_is_in_normal_form() -> None:
    target = judge_url(" HTTPS://B\u00dcCHER.Test:8443/a b/../c?q=\u00e9#top ").target
    assert target is not None
    assert target.href == "https://xn--bcher-kva.test:8443/c?q=%C3%A9"
    assert (target.host, target.port, target.path, target.query) == ("xn--bcher-kva.test", 8443, "/c", "?q=%C3%A9")
    assert target.origin == "https://xn--bcher-kva.test:8443"
    assert target.robots.href == "https://xn--bcher-kva.test:8443/robots.txt"


def test_relative_addresses_are_judged_against_their_base() -> None:
    assert judge_url("/x", base="https://acme.test/y").reason == "resolve-later"
    assert judge_url("//127.0.0.1/", base="https://acme.test/y").reason == "blocked_address"
    assert judge_url("/x", base="http://93.184.216.34/y").reason == "public_address"
    assert judge_url("/x", base="http://127.0.0.1/y").reason == "blocked_address"


@needs_corpus
@pytest.mark.parametrize("case", hostile("url_parsing"), ids=lambda case: case["id"])
def test_never_another_host_than_a_browser_names(case: dict[str, Any]) -> None:
    verdict = judge_url(case["input"])
    if case["failure"]:
        assert not verdict.allowed
    elif verdict.target:
        port = str(verdict.target.port) if case["port"] else ""
        assert (verdict.target.host, port, verdict.target.path) == (_host(case), case["port"], case["pathname"])


def _host(case: dict[str, Any]) -> str:
    return str(case["host"].removesuffix(f":{case['port']}") if case["port"] else case["host"]).strip("[]")
