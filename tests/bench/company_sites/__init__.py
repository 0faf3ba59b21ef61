"""Sites of invented companies as a crawl meets them: ten pages each, one or two of them with people; made, not saved.

A page holds what real ones hold (2,000 real ones: 22 kB, 6 kB packed): menus, footers, styles and scripts, JSON-LD,
teasers, quotes of customers; people stand in ten forms. The same number always makes the same site.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, Literal

from jinja2 import Environment, FileSystemLoader, Template

from pipelines.lexicon.vocabulary import load_vocabulary

Kind = Literal["home", "about", "people", "news", "article", "products", "product", "careers"]

PAGES = 10
"""Pages of every site."""
_FOLDER = Path(__file__).parent
_FORMS = (
    "cards", "lines", "table", "strong", "figures", "definitions", "titles_first", "microdata", "builder", "one_line",
)  # fmt: skip
_WHO = (("Leadership", "/about/leadership"), ("Our Team", "/team"), ("Management", "/company/management"))
_CLASSES = {
    "theme": "wp-singular elementor-default",
    "utility": "antialiased bg-white text-gray-900",
    "plain": "page",
}
_PARTS = ("header", "inner", "logo", "nav", "main", "hero", "title", "section", "grid", "card", "footer")
_LIBRARIES = (
    "jquery", "bootstrap", "elementor-frontend", "contact-form", "swiper", "cookie-law", "theme", "lightbox", "forms",
    "analytics", "lazyload", "navigation",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Someone:
    """Who stands on a page."""

    name: str
    title: str
    bio: str
    since: int

    @property
    def slug(self) -> str:
        """The name as it stands in an address."""
        return re.sub(r"[^a-z]+", "-", self.name.lower())


@dataclass(frozen=True, slots=True)
class Site:
    """One company and how its site looks."""

    number: int
    name: str
    classes: dict[str, str]
    styles: list[str]
    scripts: list[str]
    menu: list[tuple[str, str, list[tuple[str, str]]]]
    footer: list[tuple[str, list[tuple[str, str]]]]
    people_pages: list[tuple[str, str]]
    feed: bool
    weight: int
    """How much style and script stands in its pages."""

    @property
    def host(self) -> str:
        """The host name."""
        return f"site{self.number}.test"

    @property
    def slug(self) -> str:
        """The name as it stands in an address."""
        return self.name.lower().replace(" ", "-")


@dataclass(frozen=True, slots=True)
class Page:
    """One page; `people` are those it shows, or the authors and customers it names."""

    number: int
    kind: Kind
    path: str
    title: str
    people: list[Someone]
    markup: str
    sections: int
    rules: list[str]
    state: list[str]


class Prose:
    """Writes sentences, headings and numbers for one page; called it writes a sentence."""

    def __init__(self, random: Random, company: str) -> None:
        self.random, self.company = random, company

    def __call__(self) -> str:
        """One sentence."""
        text, pick = _words()["text"], self.random.choice
        return str(pick(text["sentences"])).format(
            adjective=pick(text["adjectives"]),
            noun=pick(text["nouns"]),
            noun2=pick(text["nouns"]),
            verb=pick(text["verbs"]),
            number=self.random.randrange(3, 900),
            year=self.random.randrange(1985, 2026),
            place=pick(text["places"]),
            company=self.company,
        )

    def heading(self) -> str:
        """A few words without a full stop."""
        text, pick = _words()["text"], self.random.choice
        joint = pick(("for every", "and", "without a", "in the"))
        return f"{pick(text['adjectives'])} {pick(text['nouns'])} {joint} {pick(text['nouns'])}".capitalize()

    def number(self) -> str:
        """A figure as sites boast of them."""
        return f"{self.random.randrange(2, 900)}{self.random.choice(('+', ' %', 'k', ' years'))}"


def pages_of(number: int) -> Iterator[tuple[str, str]]:
    """(path, HTML) of every page of one site."""
    random = Random(f"site {number}")
    site = _site(random, number)
    for count, (kind, path, title) in enumerate(_plan(site)):
        say = Prose(random, site.name)
        page = Page(
            number=count,
            kind=kind,
            path=path,
            title=title,
            people=[_someone(random, say) for _ in range(random.randrange(5, 16))],
            markup=random.choice(_FORMS),
            sections=random.randrange(2, 7) if kind not in ("people", "news") else random.randrange(2),
            rules=[f"{random.choice(_PARTS)}-{random.randrange(9000)}" for _ in range(site.weight * 2)],
            state=[f"{random.choice(_PARTS)}{n}" for n in range(site.weight)],
        )
        yield path, _template().render(site=site, page=page, say=say)


def company_name(number: int) -> str:
    """Whose the site is."""
    return _site(Random(f"site {number}"), number).name


def _plan(site: Site) -> list[tuple[Kind, str, str]]:
    people: list[tuple[Kind, str, str]] = [("people", path, title) for title, path in site.people_pages]
    rest: list[tuple[Kind, str, str]] = [
        ("home", "/", f"{site.name}: made to last"),
        ("about", "/about", f"About {site.name}"),
        ("news", "/news", "Company news"),
        ("products", "/products", "What we make"),
        ("careers", "/careers", "Work with us"),
        *(("article", f"/news/{n}", f"{site.name} opens site number {n}") for n in range(1, 4)),
        *(("product", f"/products/{n}", f"Product {n}") for n in range(1, 4)),
    ]
    return [*rest[: PAGES - len(people)], *people]


def _site(random: Random, number: int) -> Site:
    words = _words()["names"]
    look, style = random.choice(list(_CLASSES.items()))
    people_pages = [random.choice(_WHO), ("Board of Directors", "/about/board")][: 1 if number % 3 == 0 else 2]
    return Site(
        number=number,
        name=f"{random.choice(words['begins'])}{random.choice(words['ends'])} {random.choice(words['kinds'])}",
        classes={"body": style} | {part: _class_of(random, look, part) for part in _PARTS},
        styles=random.sample(_LIBRARIES, random.randrange(2, 8)),
        scripts=random.sample(_LIBRARIES, random.randrange(2, 9)),
        menu=_menu(random, number, people_pages),
        footer=[(_heading(random), _links(random, number, 6)) for _ in range(random.randrange(2, 4))],
        people_pages=people_pages,
        feed=random.random() < 0.6,
        weight=min(int(random.lognormvariate(3.2, 0.8)), 220),
    )


def _class_of(random: Random, look: str, part: str) -> str:
    if look == "plain":
        return part
    if look == "utility":
        return f"{part} mx-auto max-w-{random.randrange(2, 8)}xl px-{random.randrange(2, 9)} lg:px-8 flex items-center"
    return f"site-{part} elementor-element elementor-element-{random.randrange(16**7):07x} e-con-full"


def _menu(
    random: Random, number: int, people_pages: list[tuple[str, str]]
) -> list[tuple[str, str, list[tuple[str, str]]]]:
    about = [("About us", "/about"), *people_pages, ("Careers", "/careers")]
    products = _links(random, number, random.randrange(3, 9))
    return [("Company", "/about", about), ("Products", "/products", products), ("News", "/news", []),
            ("Contact", "/contact", [])]  # fmt: skip


def _links(random: Random, number: int, count: int) -> list[tuple[str, str]]:
    return [(_heading(random), f"/products/{number % 7 + n}") for n in range(count)]


def _heading(random: Random) -> str:
    text = _words()["text"]
    return f"{random.choice(text['adjectives'])} {random.choice(text['nouns'])}s".capitalize()


def _someone(random: Random, say: Prose) -> Someone:
    titles = _words()["titles"]
    name = f"{random.choice(_given_names())} {random.choice(('', '', '', 'J. ', 'M. '))}{_family_name(random)}"
    field = " & ".join(random.sample(titles["fields"], random.choice((1, 1, 2))))
    ranked = str(random.choice(titles["ranks"])).format(field) + random.choice(titles["places"])
    title = random.choice(titles["fixed"]) if random.random() < 0.35 else ranked
    since = random.randrange(1998, 2026)
    joined = (
        f"{name.partition(' ')[0]} joined {say.company} in {since} after {random.randrange(2, 20)} years elsewhere."
    )
    return Someone(name, title, f"{joined} {say()}", since)


def _family_name(random: Random) -> str:
    words = _words()["names"]
    return f"{random.choice(words['begins'])}{random.choice(words['ends'])}"


@cache
def _words() -> dict[str, Any]:
    return tomllib.loads((_FOLDER / "words.toml").read_text("utf-8"))


@cache
def _given_names() -> list[str]:

    return sorted(
        name.title() for listed in load_vocabulary("given_names").values() for name in listed if name.isascii()
    )


@cache
def _template() -> Template:
    return Environment(loader=FileSystemLoader(_FOLDER), autoescape=True).get_template("page.html.j2")
