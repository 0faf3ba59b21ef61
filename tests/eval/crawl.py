"""The corpus of leadership pages, each under a host of its own, crawled by `crawl leaders` through the door."""

from __future__ import annotations

import asyncio
import hashlib
import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select

from crawler.fetch import Door
from crawler.reading import ReadingRoom
from pipelines.lexicon.names import read_name
from tests.corpus import CORPUS
from watchlist.demo.server import LoopbackWeb, Reply
from watchlist.jobs.crawling import CrawlReport, crawl_leaders
from watchlist.jobs.workplace import Workplace
from watchlist.models import CompanyList, ListEntry, Organization, Person, Position, SourceRecord
from watchlist.settings import load_settings
from watchlist.store import Store

LINKS = {
    "navigation": ("/about/leadership", "Leadership"),
    "footer": ("/our-team", "Our team"),
    "sitemap": ("/company/management-team", "Management"),
}
"""How the generated home page leads to the page: where the link stands, its address, its text."""


@dataclass(frozen=True)
class CorpusPage:
    """One page of the corpus with what a careful reader found on it."""

    slug: str
    body: bytes
    expected: dict[str, Any]

    @property
    def host(self) -> str:
        return f"{self.slug}.test"

    @property
    def placement(self) -> str:
        """Where the home page links it; spread over the pages by a hash, not by choice."""
        number = int(hashlib.sha1(self.slug.encode(), usedforsecurity=False).hexdigest(), 16)
        return sorted(LINKS)[number % len(LINKS)]


@dataclass(frozen=True)
class PageScore:
    """What the crawl found of one page."""

    slug: str
    placement: str
    expected: int
    found: int
    right: int
    titles: int
    """People found with a title that the page gives, word for word."""
    titled: int
    """People found whose title is known."""


def corpus_pages() -> list[CorpusPage]:
    """All pages of corpus/leaders."""
    folders = sorted(path.parent for path in (CORPUS / "leaders").glob("*/expected.json"))
    return [
        CorpusPage(folder.name, (folder / "page.html").read_bytes(), json.loads((folder / "expected.json").read_text()))
        for folder in folders
    ]


class CorpusWeb:
    """Answers for every host: a generated home page, the corpus page, a sitemap where that is the only way."""

    def __init__(self, pages: list[CorpusPage]) -> None:
        self.pages = {page.host: page for page in pages}

    def answer(self, host: str, path: str, _headers: Mapping[str, str]) -> Reply:
        """One request."""
        page = self.pages[host]
        target, _ = LINKS[page.placement]
        if path == "/":
            return Reply(200, {"Content-Type": "text/html; charset=utf-8"}, _home(page).encode())
        if path == target:
            return Reply(200, {"Content-Type": "text/html"}, page.body)
        if path == "/sitemap.xml" and page.placement == "sitemap":
            return Reply(200, {"Content-Type": "application/xml"}, _sitemap(host, target).encode())
        return Reply(404, {"Content-Type": "text/html"}, b"<title>Not found</title><h1>404 Not found</h1>")


def _home(page: CorpusPage) -> str:
    path, text = LINKS[page.placement]
    name = page.expected["organisation"].replace("&", "&amp;")
    link = f'<a href="{path}">{text}</a>'
    navigation = link if page.placement == "navigation" else '<a href="/products">Products</a>'
    footer = link if page.placement == "footer" else '<a href="/privacy">Privacy</a>'
    return (
        f"<!doctype html><html><head><title>{name}</title></head><body><nav><a href='/'>Home</a>{navigation}"
        f"<a href='/news'>News</a></nav><main><h1>{name}</h1><p>Welcome to {name}. We are glad that you found us "
        f"and hope that you find what you look for on these pages.</p></main><footer>{footer}</footer></body></html>"
    )


def _sitemap(host: str, path: str) -> str:
    urls = "".join(f"<url><loc>https://{host}{at}</loc></url>" for at in ("/", "/products", path, "/privacy"))
    return f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'


def crawl_corpus(pages: list[CorpusPage], home: Path) -> tuple[list[PageScore], CrawlReport]:
    """Serve the pages, crawl them by the ordinary job, and compare what is in the database."""
    home.mkdir(parents=True, exist_ok=True)
    with LoopbackWeb([page.host for page in pages], CorpusWeb(pages).answer) as web:
        web.ca_file(home / "ca.pem")
        hosts = "\n".join(f'"{name}" = "{target}"' for name, target in web.hosts.items())
        config = f'contact = "test@example.test"\n[network]\nca_file = "{home / "ca.pem"}"\n[network.hosts]\n{hosts}\n'
        (home / "config.toml").write_text(config)
        settings = load_settings(home)
        store = Store.open(settings)
        try:

            async def run() -> CrawlReport:
                with ReadingRoom() as room:
                    async with Door(settings) as door:
                        place = Workplace(settings=settings, store=store, door=door, room=room)
                        return await crawl_leaders(place, "corpus")

            with store.session() as session:
                _list_pages(session, pages)
            report = asyncio.run(run())
            with store.session() as session:
                return [_score(session, page) for page in pages], report
        finally:
            store.close()


def _list_pages(session: Session, pages: list[CorpusPage]) -> None:
    company_list = CompanyList(key="corpus", field="corpus")
    session.add(company_list)
    for rank, page in enumerate(pages, 1):
        row = Organization(key=page.host, name=page.expected["organisation"], website=f"https://{page.host}/")
        session.add(row)
        session.flush()
        session.add(ListEntry(list_id=company_list.id, organization_id=row.id, rank=rank, source="corpus"))


def _score(session: Session, page: CorpusPage) -> PageScore:
    """Compare what the store holds of a page with what a careful reader found on it.

    Names are compared without credentials and honorifics on both sides, for the store keeps them apart.
    """
    records = session.exec(
        select(Person.name, SourceRecord.payload)
        .join(Position, col(Position.person_id) == Person.id)
        .join(SourceRecord, col(SourceRecord.id) == Position.source_record_id)
        .where(col(SourceRecord.url).startswith(f"https://{page.host}/"))
    ).all()
    found = {_bare(payload["name"]): payload["title"] for _, payload in records}
    expected = {_bare(person["name"]): person["title"] for person in page.expected["people"]}
    right = set(found) & set(expected)
    titled = [name for name in right if expected[name]]
    return PageScore(
        slug=page.slug,
        placement=page.placement,
        expected=len(expected),
        found=len(found),
        right=len(right),
        titles=sum(_folded(found[name]) == _folded(expected[name]) for name in titled),
        titled=len(titled),
    )


def _bare(name: str) -> str:
    read = read_name(name, trusted=True)
    return _folded(read.full if read else name)


def _folded(text: str | None) -> str:
    return " ".join((text or "").casefold().split())


@dataclass(frozen=True)
class Totals:
    """The figures over all pages."""

    recall: float
    precision: float
    titles: float
    pages_with_people: int
    pages: int


def totals(scores: list[PageScore]) -> Totals:
    """Sum up."""
    right = sum(score.right for score in scores)
    with_people = [score for score in scores if score.expected]
    return Totals(
        recall=right / max(1, sum(score.expected for score in scores)),
        precision=right / max(1, sum(score.found for score in scores)),
        titles=sum(score.titles for score in scores) / max(1, sum(score.titled for score in scores)),
        pages_with_people=sum(score.right > 0 for score in with_people),
        pages=len(with_people),
    )


def report() -> None:
    """Print recall, precision and exact titles per page, worst first, and in all."""
    with tempfile.TemporaryDirectory() as folder:
        scores, crawl = crawl_corpus(corpus_pages(), Path(folder))
    print(f"{'page':34} {'linked in':10} {'right':>5} {'found':>5} {'of':>4} {'recall':>7} {'titles':>7}")
    for score in sorted(scores, key=lambda one: one.right / max(1, one.expected)):
        recall = score.right / score.expected if score.expected else 1.0
        titles = f"{score.titles}/{score.titled}"
        print(
            f"{score.slug:34} {score.placement:10} {score.right:5} {score.found:5} {score.expected:4} "
            f"{recall:7.2f} {titles:>7}"
        )
    summary = totals(scores)
    print(
        f"recall {summary.recall:.3f}  precision {summary.precision:.3f}  exact titles {summary.titles:.3f}  "
        f"people on {summary.pages_with_people} of {summary.pages} pages"
    )
    print("sites without people:", ", ".join(f"{name}: {reason}" for name, reason in crawl.failed.items()) or "none")
