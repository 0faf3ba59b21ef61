"""Sites with the markup patterns of real leadership pages (reference/leaders.md, section 2), one a site."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from tests.sober.folk import hr_name, leaders, with_hr
from tests.sober.hosts import Host, Page, Someone, home, page

Markup = Callable[[Sequence[Someone]], str]


def heading_cards(people: Sequence[Someone]) -> str:
    return "".join(
        f"<article><img src='p.jpg' alt=''><h3>{one.name}</h3><p>{one.title}</p></article>" for one in people
    )


def div_cards(people: Sequence[Someone]) -> str:
    return "".join(
        f"<div class='css-1x9k2'><div class='css-n4me'>{one.name}</div><div class='css-r0le'>{one.title}</div></div>"
        for one in people
    )


def strong_lines(people: Sequence[Someone]) -> str:
    return "".join(f"<p><strong>{one.name}</strong><br>{one.title}</p>" for one in people)


def styled_divs(people: Sequence[Someone]) -> str:
    return "".join(
        f"<div style='width:33%'><div style='font-size:18px'>{one.name}</div>"
        f"<div style='color:#666'>{one.title}</div></div>"
        for one in people
    )


def table_cells(people: Sequence[Someone]) -> str:
    cells = "".join(f"<td><p><b>{one.name}</b></p><p>{one.title}</p></td>" for one in people)
    return f"<table><tr>{cells}</tr></table>"


def table_rows(people: Sequence[Someone]) -> str:
    rows = "".join(
        f"<tr><td>{one.name}</td><td>{one.title}</td><td>555-01{n:02}</td></tr>" for n, one in enumerate(people)
    )
    return f"<table><tr><th>Name</th><th>Title</th><th>Phone</th></tr>{rows}</table>"


def heading_lines(people: Sequence[Someone]) -> str:
    return "".join(f"<h4>{one.name}, {one.title}</h4><p>Has been with us for years.</p>" for one in people)


def list_items(people: Sequence[Someone]) -> str:
    return "<ul>" + "".join(f"<li>{one.name}, {one.title}</li>" for one in people) + "</ul>"


def title_first(people: Sequence[Someone]) -> str:
    return "".join(f"<div class='box'><span class='t'>{one.title}</span><h3>{one.name}</h3></div>" for one in people)


def dashed_lines(people: Sequence[Someone]) -> str:
    return "".join(f"<p>{one.title} – {one.name} (ext. 2{n}1)</p>" for n, one in enumerate(people))


def testimonials(people: Sequence[Someone]) -> str:
    return "".join(
        f"<blockquote><p>“They helped us more than anybody before, and we come back every year.”</p>"
        f"<footer>— {one.name}, {one.title}, Farlane Trading</footer></blockquote>"
        for one in people
    )


def pattern_sites() -> list[Host]:
    """Twelve; the last two are found two steps deep only."""
    return [
        _site(1, "Cresthaven", heading_cards, hr="Chief People Officer"),
        _site(2, "Dunmarrow", div_cards, hr="Chief Human Resources Officer"),
        _site(3, "Elmscote", strong_lines),
        _site(4, "Foxgrove", styled_divs, hr="VP Human Resources"),
        _site(5, "Garrickson", table_cells),
        _site(6, "Holloway Rail", table_rows, hr="Director of Human Resources"),
        _site(7, "Inverlyn", heading_lines),
        _site(8, "Kestrelby", list_items, hr="Head of People and Culture"),
        _site(9, "Lowmere", title_first),
        _praised(10, "Mossgate"),
        _deep(11, "Northolme", dashed_lines, hr="Human Resources Director"),
        _deep(12, "Oakenshaw", heading_cards, hr="SVP People"),
    ]


def _people(place: int, hr: str | None) -> list[Someone]:
    return with_hr(place, hr) if hr else leaders(place)


def _host(name: str, pages: dict[str, Page | str], place: int, hr: str | None) -> Host:
    host = f"{name.lower().replace(' ', '-')}.test"
    person = hr_name(place) if hr else None
    return Host(name, host, "pattern", pages, person=person, reason=None if hr else "not_listed")


def _site(place: int, name: str, markup: Markup, *, hr: str | None = None) -> Host:
    body = f"<main><h1>Leadership</h1>{markup(_people(place, hr))}</main>"
    pages: dict[str, Page | str] = {
        "/": home(name, ("/services", "Services"), ("/leadership", "Leadership"), ("/careers", "Careers")),
        "/leadership": page(f"Leadership | {name}", body, company=name),
    }
    return _host(name, pages, place, hr)


def _deep(place: int, name: str, markup: Markup, *, hr: str) -> Host:
    """Home leads to About, About leads to the leaders."""
    about = (
        "<main><h1>About us</h1><p>We began in a shed.</p><a href='/about/people-in-charge'>Our leadership</a></main>"
    )
    body = f"<main><h1>Our leadership</h1>{markup(_people(place, hr))}</main>"
    pages: dict[str, Page | str] = {
        "/": home(name, ("/services", "Services"), ("/about", "About us")),
        "/about": page(f"About | {name}", about, company=name),
        "/about/people-in-charge": page(f"Our leadership | {name}", body, company=name),
    }
    return _host(name, pages, place, hr)


def _praised(place: int, name: str) -> Host:
    """Nobody but customers: on the page that is called people."""
    pages: dict[str, Page | str] = {
        "/": home(name, ("/people", "People")),
        "/people": page(
            f"What people say | {name}", f"<h1>What people say</h1>{testimonials(leaders(place))}", company=name
        ),
    }
    return Host(name, f"{name.lower()}.test", "pattern", pages, reason="no_people")
