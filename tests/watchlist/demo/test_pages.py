"""Every address of the little web on every day: well-formed, closed in itself, nobody's real account."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from urllib.parse import urljoin, urlsplit

import pytest
from lxml import etree, html

from watchlist.demo.world import Reply, World

DAYS = (1, 5, 6, 8, 9, 11, 14)
ADDRESS = re.compile(r"https?://[^\s\"'<>\\]+")
LINKEDIN = re.compile(r"https://www\.linkedin\.com/in/[a-z-]+-demo")
VOCABULARIES = (
    "http://www.w3.org/2005/Atom",
    "http://purl.org/dc/elements/1.1/",
    "http://www.sitemaps.org/schemas/sitemap/0.9",
    "https://schema.org",
    "https://schema.org/Person",
    "https://jsonfeed.org/version/1.1",
    "https://c3voc.de/schedule/schema.json",
)
"""Names of formats: they looked like addresses since they were invented, never fetched."""


def answers(world: World, day: int) -> Iterator[tuple[str, Reply]]:
    for host, pages in world.pages(day).items():
        for path in pages:
            yield f"https://{host}{path}", world.answer(host, path, day)


@pytest.mark.parametrize("day", DAYS)
def test_every_page_is_well_formed(world: World, day: int) -> None:
    seen = 0
    for url, reply in answers(world, day):
        kind = reply.headers["Content-Type"].partition(";")[0]
        if kind == "text/html":
            assert html.document_fromstring(reply.body).findtext("head/title"), url
        elif "json" in kind:
            assert json.loads(reply.body), url
        elif "xml" in kind:
            assert len(etree.fromstring(reply.body)), url
        else:
            assert (kind, urlsplit(url).path) == ("text/plain", "/robots.txt")
        seen += 1
    assert seen > 200


@pytest.mark.parametrize("day", DAYS)
def test_addresses_lead_into_the_little_web_or_to_accounts_that_are_nobodys(world: World, day: int) -> None:
    for url, reply in answers(world, day):
        for address in ADDRESS.findall(reply.body.decode()):
            inside = urlsplit(address).hostname in world.hosts and address.startswith("https://")
            assert inside or LINKEDIN.fullmatch(address) or address in VOCABULARIES, (url, address)


@pytest.mark.parametrize("day", DAYS)
def test_no_link_leads_nowhere(world: World, day: int) -> None:
    gone = {feed.url for feed in world.content.feeds if feed.gone and feed.gone.day <= day}
    for url, reply in answers(world, day):
        if reply.headers["Content-Type"].startswith("text/html") and reply.status == 200:
            for link in html.document_fromstring(reply.body).xpath("//a/@href | //link/@href"):
                target = urljoin(url, link)
                parts = urlsplit(target)
                if not LINKEDIN.fullmatch(target) and target not in gone:
                    status = world.answer(str(parts.hostname), parts.path, day).status
                    assert status in {200, 301}, (url, target)


def test_all_hosts_are_fictional(world: World) -> None:
    assert world.hosts
    assert {host.rpartition(".")[2] for host in (*world.hosts, *world.dead_hosts)} == {"test"}


def test_markup_in_the_data_is_escaped(world: World) -> None:
    body = world.answer("www.kettleloom.test", "/about/team", 1).body
    assert b"President &amp; CEO" in body
    assert b"President & CEO" not in body
