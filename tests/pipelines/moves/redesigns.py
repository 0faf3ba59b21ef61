"""Six ways to show the same people, none like another: what a site may look like after its next redesign."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from html import escape
from itertools import groupby

from crawler.items import PersonItem

HEADINGS = {
    "en": {"executive": "Leadership Team", "staff": "Our Team", "board": "Board of Directors",
           "advisory": "Advisory Board"},
    "de": {"executive": "Geschäftsleitung", "staff": "Unser Team", "board": "Aufsichtsrat", "advisory": "Beirat"},
    "fr": {"executive": "Équipe de direction", "staff": "Notre équipe", "board": "Conseil d'administration",
           "advisory": "Comité consultatif"},
    "es": {"executive": "Equipo directivo", "staff": "Nuestro equipo", "board": "Consejo de administración",
           "advisory": "Consejo asesor"},
}  # fmt: skip


def _link(person: PersonItem, text: str = "LinkedIn") -> str:
    return "".join(f'<a href="{escape(url)}">{text}</a>' for url in person.links[:2])


def _heading_cards(people: Sequence[PersonItem]) -> str:
    cards = (
        f'<div class="card"><h3>{escape(p.name)}</h3><p class="role">{escape(p.title or "")}</p>{_link(p)}</div>'
        for p in people
    )
    return f'<div class="grid">{"".join(cards)}</div>'


def _hashed_divs(people: Sequence[PersonItem]) -> str:
    cards = (
        f'<div class="sc-a1x"><div class="sc-b2y">{escape(p.name)}</div>'
        f'<div class="sc-c3z">{escape(p.title or "")}</div>{_link(p, "")}</div>'
        for p in people
    )
    return f'<div class="sc-root">{"".join(cards)}</div>'


def _table_rows(people: Sequence[PersonItem]) -> str:
    rows = (f"<tr><td>{escape(p.name)}</td><td>{escape(p.title or '')}</td><td>{_link(p)}</td></tr>" for p in people)
    return f"<table><tr><th>Name</th><th>Position</th><th></th></tr>{''.join(rows)}</table>"


def _strong_lines(people: Sequence[PersonItem]) -> str:
    return "".join(f"<p><strong>{escape(p.name)}</strong><br>{escape(p.title or '')}<br>{_link(p)}</p>" for p in people)


def _article_list(people: Sequence[PersonItem]) -> str:
    items = (
        f'<li><article><header><h4><span>{escape(p.name)}</span></h4></header><span class="job">'
        f"{escape(p.title or '')}</span><footer>{_link(p)}</footer></article></li>"
        for p in people
    )
    return f'<ul class="people">{"".join(items)}</ul>'


def _microdata(people: Sequence[PersonItem]) -> str:
    return "".join(
        f'<div itemscope itemtype="https://schema.org/Person"><span itemprop="name">{escape(p.name)}</span>'
        f' <em itemprop="jobTitle">{escape(p.title or "")}</em>'
        + "".join(f'<link itemprop="sameAs" href="{escape(url)}">' for url in p.links[:2])
        + "</div>"
        for p in people
    )


DESIGNS: tuple[Callable[[Sequence[PersonItem]], str], ...] = (
    _heading_cards, _hashed_divs, _table_rows, _strong_lines, _article_list, _microdata,
)  # fmt: skip


def render(people: Iterable[PersonItem], design: int, *, organisation: str, language: str = "en") -> bytes:
    """A whole page of these people, a heading a section, in one of the designs (a number below six)."""
    order = ("executive", "staff", "board", "advisory")
    by_section = sorted(people, key=lambda person: order.index(person.section))
    parts = (
        f"<section><h2>{HEADINGS[language][section]}</h2>{DESIGNS[design](list(group))}</section>"
        for section, group in groupby(by_section, key=lambda person: person.section)
    )
    name = escape(organisation)
    page = (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{name}</title></head>'
        '<body><nav><a href="/">Home</a> <a href="/products">Products</a> <a href="/contact">Contact</a></nav>'
        f"<main><h1>{name}</h1>{''.join(parts)}</main><footer><p>© 2026 {name}</p></footer>"
        "</body></html>"
    )
    return page.encode()
