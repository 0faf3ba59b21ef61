"""Sites drawn by scripts: twelve that need a browser, four that tell their people without one."""

from __future__ import annotations

import json

from tests.sober.folk import hr_name, with_hr
from tests.sober.hosts import Host, Page, Someone, cards, home, page

_ROOTS = (
    '<div id="root"></div><script src="/static/js/main.4f2a.js"></script>',
    '<div id="app"></div><script type="module" src="/assets/index-B7x.js"></script>',
    '<app-root></app-root><script src="/runtime.js"></script><script src="/main.js"></script>',
    '<div id="__next"></div><script src="/_next/static/chunks/main.js" defer></script>',
    '<div id="SITE_CONTAINER"></div><script src="/services/bootstrap.js"></script>',
    '<div id="svelte"></div><script>' + "var boot = load('start');" * 12 + "</script>",
)
_NO_SCRIPT = "<noscript>You need to enable JavaScript to run this app.</noscript>"


def shell(company: str, number: int, *, head: str = "") -> str:
    """A page that holds nothing but a place for scripts to draw in."""
    body = f"<body>{_ROOTS[number % 6]}{_NO_SCRIPT}</body>"
    return f"<!doctype html><html><head><title>{company}</title>{head}</head>{body}</html>"


def javascript_sites() -> list[Host]:
    """Sixteen."""
    return [*(_closed(number) for number in range(12)), *_open()]


def _closed(number: int) -> Host:
    """Nothing without a browser: everything is a shell; or the home page is not, but the page about people is."""
    name = f"{_CLOSED[number]} Systems"
    host = f"{_CLOSED[number].lower()}-systems.test"
    drawn = shell(name, number)
    pages: dict[str, Page | str] = {"/": drawn}
    if number % 3 == 1:
        pages = {"/": home(name, ("/leadership", "Leadership"), ("/products", "Products")), "/leadership": drawn}
    if number % 3 == 2:
        pages["/sitemap.xml"] = sitemap(host, "/", "/about/leadership", "/pricing")
        pages["/about/leadership"] = drawn
    return Host(name, host, "javascript", pages, reason="needs_javascript")


_CLOSED = (
    "Ardenvale", "Brackmoor", "Cindrel", "Dovelane", "Eskholm", "Farrowby", "Glenmarch", "Harkwood", "Islebrook",
    "Juniperon", "Keldstone", "Larchfield",
)  # fmt: skip


def sitemap(host: str, *paths: str) -> Page:
    """A sitemap of these pages."""
    urls = "".join(f"<url><loc>https://{host}{path}</loc></url>" for path in paths)
    body = f'<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{urls}</urlset>'
    return Page(body, kind="application/xml")


def _open() -> list[Host]:
    return [_hydrated(101), _by_profiles(102), _gatsby(103), _printable(104)]


def _hydrated(place: int) -> Host:
    """Next.js: menu and people stand in the data that the page hands to its scripts."""
    name = "Marlowe Data"
    menu = [{"label": "Product", "href": "/product"}, {"label": "Our leadership", "href": "/company/leadership"}]
    people = [{"name": one.name, "jobTitle": one.title, "photo": "p.jpg"} for one in with_hr(place)]

    def drawn(props: object) -> str:
        data = json.dumps({"props": {"pageProps": props}, "page": "/", "buildId": "Kx81"})
        script = f'<script id="__NEXT_DATA__" type="application/json">{data}</script>'
        return shell(name, 3).replace("</body>", f"{script}</body>")

    pages = {"/": drawn({"nav": menu}), "/company/leadership": drawn({"team": people})}
    return Host(name, "marlowe-data.test", "javascript", pages, person=hr_name(place))


def _by_profiles(place: int) -> Host:
    """Only the sitemap names pages, and among them those of single people, which servers write."""
    name, host = "Nettlewick", "nettlewick.test"
    people = with_hr(place)
    own = {f"/leadership/{one.name.lower().replace(' ', '-')}": _profile(name, one) for one in people}
    pages: dict[str, Page | str] = {"/": shell(name, 1), **own}
    pages["/sitemap.xml"] = sitemap(host, "/", "/products/orbit-nine", *own)
    return Host(name, host, "javascript", pages, person=hr_name(place))


def _profile(company: str, one: Someone) -> str:
    told = f"{one.name} joined {company} in its second year and has looked after this part of the company ever since."
    return page(
        f"{one.name} - {company}", f"<main><h1>{one.name}</h1><p>{one.title}</p><p>{told}</p></main>", company=company
    )


def _gatsby(place: int) -> Host:
    """Gatsby: beside every page lies its data."""
    name = "Overbeck Labs"
    data = {"result": {"data": {"people": [{"fullName": one.name, "role": one.title} for one in with_hr(place)]}}}
    drawn = shell(name, 0).replace('<div id="root">', '<div id="___gatsby">')
    pages: dict[str, Page | str] = {
        "/": home(name, ("/team", "Team")),
        "/team": drawn,
        "/page-data/team/page-data.json": Page(json.dumps(data), kind="application/json"),
    }
    return Host(name, "overbeck-labs.test", "javascript", pages, person=hr_name(place))


def _printable(place: int) -> Host:
    """The print version of the page is written by the server."""
    name = "Pellworth"
    pages: dict[str, Page | str] = {
        "/": home(name, ("/about/management", "Management")),
        "/about/management": shell(name, 2),
        "/about/management?print=1": page(
            f"Management - {name}", f"<h1>Management</h1>{cards(with_hr(place))}", company=name
        ),
    }
    return Host(name, "pellworth.test", "javascript", pages, person=hr_name(place))
