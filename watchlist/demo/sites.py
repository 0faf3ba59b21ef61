"""The addresses of a company: its home, its leaders in the markup of the day, its noise, robots.txt and sitemap."""

from __future__ import annotations

from typing import Any

from watchlist.demo.content import Company, Content, Group, Leadership, Role
from watchlist.demo.pages import (
    XML,
    Alternate,
    Card,
    Page,
    Pages,
    alternates,
    feeds_of,
    home_of,
    make_card,
    robots,
)

RULES = {"robots": ("Disallow: /",)}


def company_pages(content: Content, company: Company, day: int) -> Pages:
    """All addresses of a company by path on `day`, without its feeds; none where the host is dead."""
    if company.state == "dead":
        return {}
    around = _around(content, company)
    pages = {"/": Page("home.html.j2", around, in_sitemap=True)}
    for extra in company.extras:
        pages[extra.path] = Page("extra.html.j2", {**around, "extra": extra}, in_sitemap=True)
    if company.leadership:
        pages |= _people_pages(content, company, company.leadership, around, day)
    if company.state in {"script", "hydrated"}:
        pages = {path: _shell(company, page) for path, page in pages.items()}
    pages["/robots.txt"] = robots(*RULES.get(company.state, ()), sitemap=f"https://{company.host}/sitemap.xml")
    pages["/sitemap.xml"] = _sitemap(company, pages)
    return pages


def shown(group: Group, day: int) -> list[Role]:
    """Who stands in a group on `day`, in the order of the page."""
    roles = [role for role in group.people if role.since <= day <= role.until]
    return sorted(roles, key=lambda role: role.who) if _redesigned(group, day) else roles


def _around(content: Content, company: Company) -> dict[str, Any]:
    """What every page of a site shows: head, navigation, footer."""
    links: dict[str, list[tuple[str, str]]] = {"navigation": [], "footer": []}
    if company.leadership and company.leadership.place != "sitemap":
        links[company.leadership.place].append((company.leadership.path, company.leadership.link))
    for extra in company.extras:
        links[extra.place].append((extra.path, extra.link))
    feeds = feeds_of(content, company.host)
    links["navigation"] += [(home_of(feed), feed.title) for feed in feeds]
    # On the home page only: on a page of one person they would pass for that person's.
    offered: list[Alternate] = [found for feed in feeds for found in alternates(feed)]
    return {"company": company, "links": links, "offered": offered}


def _people_pages(content: Content, company: Company, page: Leadership, around: dict[str, Any], day: int) -> Pages:
    groups = [
        {
            "heading": group.heading,
            "section": group.section,
            "markup": group.redesign.markup if group.redesign and _redesigned(group, day) else group.markup,
            "cards": [make_card(content, role, page.path) for role in shown(group, day)],
        }
        for group in company.groups
    ]
    cards: list[Card] = [card for group in groups for card in group["cards"] if isinstance(card, Card)]
    pages = {page.path: Page("leadership.html.j2", {**around, "page": page, "groups": groups}, in_sitemap=True)}
    pages |= {card.page: _own_page(content, card, around) for card in cards if card.page}
    return pages


def _own_page(content: Content, card: Card, around: dict[str, Any]) -> Page:
    own = [found for feed in feeds_of(content, card.slug) if feed.found == "page" for found in alternates(feed)]
    return Page("person.html.j2", {**around, "card": card, "own": own}, in_sitemap=True)


def _redesigned(group: Group, day: int) -> bool:
    return group.redesign is not None and day >= group.redesign.day


def _shell(company: Company, page: Page) -> Page:
    """What a site built by JavaScript sends: an empty page, with or without the data to fill it."""
    data = _state(page) if company.state == "hydrated" else None
    return Page("shell.html.j2", {"company": company, "data": data}, in_sitemap=page.in_sitemap)


def _state(page: Page) -> dict[str, Any]:
    """The JSON from which a hydrated page is built."""
    sections = [
        {"heading": group["heading"], "members": [_member(card) for card in group["cards"]]}
        for group in page.context.get("groups", [])
    ]
    company = page.context["company"]
    props = {"site": {"name": company.name, "tagline": company.about}, "sections": sections}
    return {"props": {"pageProps": props}, "page": "/[...slug]", "query": {}, "buildId": "littleweb"}


def _member(card: Card) -> dict[str, str | None]:
    return {
        "fullName": card.name,
        "jobTitle": card.line,
        "bio": card.bio,
        "linkedinUrl": card.linkedin,
        "blogUrl": card.blog or card.feed,
    }


def _sitemap(company: Company, pages: Pages) -> Page:
    addresses = [f"https://{company.host}{path}" for path, page in pages.items() if page.in_sitemap]
    return Page("sitemap.xml.j2", {"addresses": addresses}, kind=XML)
