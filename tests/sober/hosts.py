"""What a host of the sober web is: its pages, and what the ledger is to say of its company."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import Literal, NamedTuple

Kind = Literal["javascript", "guarded", "dead", "no_function", "pattern"]


class Someone(NamedTuple):
    """A fictional person with a job."""

    name: str
    title: str


@dataclass(frozen=True)
class Page:
    """What one address answers."""

    body: str
    status: int = 200
    kind: str = "text/html; charset=utf-8"
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Host:
    """One company's site and the outcome that is to be expected of it."""

    name: str
    host: str
    kind: Kind
    pages: Mapping[str, Page | str] = field(default_factory=dict)
    """By path, with query; everything else is a 404, robots.txt too."""
    person: str | None = None
    """Who holds the function there, by the company's own pages."""
    reason: str | None = None
    """Else the ledger's code."""
    dead: Literal["dns", "refused", "silent"] | None = None

    @property
    def website(self) -> str:
        """The address that the list has."""
        return f"https://{self.host}/"

    @property
    def outcome(self) -> str:
        """The person or the reason."""
        return self.person or self.reason or "nothing is expected"


def page(title: str, body: str, *, head: str = "", lang: str = "en", company: str = "") -> str:
    """A whole page with the menu-less frame that all sites share."""
    return (
        f'<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{escape(title)}</title>{head}</head>'
        f"<body>{body}<footer><p>© 2026 {escape(company or title)}</p></footer></body></html>"
    )


def home(company: str, *links: tuple[str, str], lang: str = "en", said: str = "", more: str = "") -> str:
    """A home page that leads on by these (address, text) links."""
    menu = "".join(f'<li><a href="{href}">{escape(text)}</a></li>' for href, text in links)
    text = said or f"{company} makes things that people need, and has done so for many years in three countries."
    body = (
        f"<header><nav><ul>{menu}</ul></nav></header><main><h1>{escape(company)}</h1><p>{escape(text)}</p>{more}</main>"
    )
    return page(company, body, lang=lang)


def cards(people: Sequence[Someone]) -> str:
    """The plainest markup: a card a person, the name in a heading, the job under it."""
    found = (
        f'<div class="member"><h3>{escape(one.name)}</h3><p class="job">{escape(one.title)}</p></div>' for one in people
    )
    return f'<section class="grid">{"".join(found)}</section>'
