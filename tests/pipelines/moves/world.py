"""Sites that change from week to week, read the ordinary way into a real store, beside what truly happened."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from sqlmodel import Session

from crawler.items import PageItem, PersonItem, SiteItem
from crawler.pages import Document, read_page
from pipelines.lexicon.names import read_name
from pipelines.lexicon.titles import TitleReading, read_title
from pipelines.load import finish_site, load_moves, load_page
from pipelines.records import Subject
from tests.pipelines.moves.redesigns import DESIGNS, render
from tests.pipelines.moves.shuffles import shuffled
from tests.pipelines.moves.spellings import all_translated, respelled, reworded
from watchlist.models import Organization

MONDAY = datetime(2026, 3, 2, 6, tzinfo=UTC)
WEEK = timedelta(days=7)
QUIET = 8
"""Weeks after a planted move in which the site shows no other: some of them fail or show but a part."""
PLAIN = 3
"""Weeks after a planted move in which its sites answer, and only their order, design and address change."""
LOWER = ("manager", "head", "director", "vp")
GIVEN = ("Alba", "Bruno", "Carla", "Dario", "Elin", "Fabio", "Greta", "Hugo", "Irma", "Jonas", "Karin", "Luca")
FAMILY = (
    "Abernathy", "Bellweather", "Castellane", "Drummond", "Eversholt", "Fairbrother", "Gallowhill", "Hollingberry",
    "Inchbald", "Jellicoe", "Kinnersley", "Lovelace", "Marchbanks", "Netherby", "Ormerod", "Pettigrove",
)  # fmt: skip
ERRORS = (
    b"",
    b"<html><body><h1>503 Service Unavailable</h1></body></html>",
    b"<html><body><h1>Something went wrong</h1><p>Please try again later.</p></body></html>",
    b"<html><head><title>Just a moment...</title></head><body>Checking your browser</body></html>",
)


@dataclass(frozen=True)
class Truth:
    """A move that was planted: who, which kind, and the sites whose pages prove it."""

    kind: str
    name: str
    left: str | None
    joined: str | None


@dataclass
class Site:
    """One organisation: its first page as it is, and the people whom its later pages show."""

    key: str
    name: str
    url: str
    original: bytes
    people: list[PersonItem] = field(default_factory=list)
    subject: Subject | None = None
    design: int = 0
    quiet: int = 0
    """Rounds until the next move may be planted: all that came of the last one must have been shown."""

    @property
    def host(self) -> str:
        """Of its pages."""
        return self.url.split("/")[2]


Version = tuple[str, bytes | None, str]
"""What is done to a page, the page (None: the site does not answer), and the address it has this time."""


@dataclass
class World:
    """Sites, a clock and chance; `plant` off: nobody moves."""

    session: Session
    sites: Sequence[Site]
    chance: random.Random
    plant: bool = True
    now: datetime = MONDAY
    round: int = 0
    versions: int = 0
    kinds: dict[str, int] = field(default_factory=dict)
    truths: list[Truth] = field(default_factory=list)

    def begin(self) -> None:
        """Every site is read as it is: a baseline."""
        for site in self.sites:
            row = Organization(key=site.key, name=site.name, website=f"https://{site.host}/")
            self.session.add(row)
            self.session.flush()
            site.subject = Subject(key=site.key, name=site.name, organization_id=row.id)
            found = read_page(Document(url=site.url, body=site.original, organisation=site.name), kind="leaders")
            site.people = _distinct(found.people)
            self.read(site, ("original", site.original, site.url))
        self.end_round()

    def live(self, rounds: int, *, redesigned: bool) -> None:
        """Some weeks; `redesigned`: the pages are rendered anew from the people, and people move."""
        for number in range(rounds):
            if redesigned and self.plant and number < rounds - QUIET:
                self._plant()
            for site in self.sites:
                self.read(site, self._rendered(site) if redesigned else self._of_original(site))
            self.end_round()

    def end_round(self) -> None:
        """The crawl of all sites is over; a week later the next begins."""
        load_moves(self.session, now=self.now + timedelta(hours=3))
        self.round += 1
        self.now += WEEK

    # --- what a site shows ----------------------------------------------------------------------------------------

    def _of_original(self, site: Site) -> Version:
        """The page as it is, cut, failing, under another address, or with other words."""
        kind = self.chance.choice(("original", "cut", "error", "address", "translated", "shuffled"))
        body = site.original
        if kind == "cut":
            return kind, body[: self.chance.randrange(len(body))], site.url
        if kind == "error":
            return self._failing(site)
        if kind == "address":
            return kind, body, self._address(site)
        if kind == "translated":
            return kind, self._in_words(site, body), site.url
        if kind == "shuffled":
            return kind, shuffled(body, [person.name for person in site.people], self.chance), site.url
        return kind, body, site.url

    def _in_words(self, site: Site, body: bytes) -> bytes:
        """The page with its titles in another language; as it is where they do not stand in it as they are read."""
        language = self.chance.choice(("de", "fr", "es"))
        words = {
            one.title: other.title
            for one, other in zip(site.people, all_translated(site.people, language), strict=True)
        }
        found = {_escaped(old): _escaped(new or "") for old, new in words.items() if old}
        if sum(b">" + old + b"<" in body for old in found) < 0.7 * len(site.people):
            return body
        for old, new in found.items():
            body = body.replace(b">" + old + b"<", b">" + new + b"<")
        return body

    def _rendered(self, site: Site) -> Version:
        """The people in the present design, or in another, in other order, words or spellings, cut or not at all."""
        plain = ("shuffled", "redesigned", "address")
        noise = ("cut", "error", "translated", "respelled", "reworded", "alternating")
        kind = self.chance.choice(plain if site.quiet > QUIET - PLAIN else plain + noise)
        people, language, design = list(site.people), "en", site.design
        self.chance.shuffle(people)
        if kind == "redesigned":
            design = site.design = self.chance.randrange(len(DESIGNS))
        elif kind == "alternating":
            design = self.chance.randrange(len(DESIGNS))
        elif kind == "translated":
            language = self.chance.choice(("de", "fr", "es"))
            people = all_translated(people, language)
        elif kind == "respelled":
            people = [respelled(each, self.chance) for each in people]
        elif kind == "reworded":
            people = [replace(each, title=each.title and reworded(each.title)) for each in people]
        elif kind == "error":
            return self._failing(site)
        body = render(people, design, organisation=site.name, language=language)
        if kind == "cut":
            return kind, body[: self.chance.randrange(len(body))], site.url
        return kind, body, self._address(site) if kind == "address" else site.url

    def _failing(self, site: Site) -> Version:
        return "error", self.chance.choice((None, *ERRORS)), site.url

    def _address(self, site: Site) -> str:
        path = site.url.split("/", 3)[3].rstrip("/")
        host = site.host.removeprefix("www.")
        ways = (
            "https://{}/{}",
            "https://www.{}/{}",
            "http://{}/{}",
            "https://www.{}/{}/",
            "https://{}/{}?utm_source=x",
        )
        return self.chance.choice(ways).format(host, path)

    # --- the ordinary way -----------------------------------------------------------------------------------------

    def read(self, site: Site, version: Version) -> None:
        """One crawl of one site, which shows this."""
        kind, body, url = version
        self.versions += 1
        self.kinds[kind] = self.kinds.get(kind, 0) + 1
        assert site.subject is not None
        started = self.now
        if body is None:
            ended = SiteItem(subject=site.key, reason="http_503", pages=1)
        else:
            at = started + timedelta(minutes=1)
            reading = read_page(
                Document(url=url, body=body, content_type="text/html", organisation=site.name), kind="leaders"
            )
            if reading.people:
                load_page(
                    self.session, PageItem(subject=site.key, url=url, fetched_at=at, reading=reading), site.subject
                )
            read = (url,) if reading.people else ()
            ended = SiteItem(subject=site.key, reason=None if read else "no_people", pages=1, read_pages=read)
        now = started + timedelta(minutes=2)
        finish_site(self.session, ended, site.subject, kind="leaders", started_at=started, now=now)

    # --- who moves ------------------------------------------------------------------------------------------------

    def _plant(self) -> None:
        """A move here and there; a site of which one was planted stays as it is until the move was shown well."""
        for site in self.sites:
            site.quiet -= 1
        ready = [site for site in self.sites if site.quiet <= 0 and len(site.people) >= 5]
        self.chance.shuffle(ready)
        ways: tuple[Callable[[Site], Truth | None], ...] = (self._leave, self._join, self._promote, self._turn)
        while len(ready) >= 2 and self.chance.random() < 0.8:
            site = ready.pop()
            if self.chance.random() < 0.4:
                other = ready.pop()
                self._note(self._move(site, other), site, other)
            else:
                self._note(self.chance.choice(ways)(site), site)

    def _note(self, truth: Truth | None, *sites: Site) -> None:
        if truth is not None:
            self.truths.append(truth)
            for site in sites:
                site.quiet = QUIET

    def _somebody(self, site: Site) -> PersonItem | None:
        """Somebody with a job of whom the program can tell when they go."""
        fit = [
            each for each in site.people if each.title and each.section == "executive" and len(each.name.split()) > 1
        ]
        return self.chance.choice(fit) if fit else None

    def _leave(self, site: Site) -> Truth | None:
        person = self._somebody(site)
        if person is None:
            return None
        site.people.remove(person)
        return Truth("left", person.name, site.key, None)

    def _join(self, site: Site) -> Truth:
        person = PersonItem(
            name=self._name(), title=self.chance.choice(("VP of Sales", "Chief People Officer", "HR Director"))
        )
        site.people.insert(self.chance.randrange(len(site.people)), person)
        return Truth("joined", person.name, None, site.key)

    def _promote(self, site: Site) -> Truth | None:
        return self._retitle(site, LOWER, lambda role: "Chief Operating Officer", "promoted")

    def _turn(self, site: Site) -> Truth | None:
        def another(role: TitleReading) -> str:
            return "Vice President of Finance" if role.function != "finance" else "Vice President of Marketing"

        return self._retitle(site, ("vp", "c_level"), another, "new_role")

    def _retitle(
        self, site: Site, levels: Sequence[str], title: Callable[[TitleReading], str], kind: str
    ) -> Truth | None:
        """Somebody whose title is of one of these levels, in English, has another one from now on."""
        roles = [(each, read_title(each.title or "")) for each in site.people if each.section == "executive"]
        fit = [(each, role) for each, role in roles if role.level in levels and role.language == "en"]
        if not fit:
            return None
        person, role = self.chance.choice(fit)
        site.people[site.people.index(person)] = replace(person, title=title(role))
        return Truth(kind, person.name, site.key, site.key)

    def _move(self, origin: Site, target: Site) -> Truth | None:
        person = self._somebody(origin)
        if person is None or person.name in {each.name for each in target.people}:
            return None
        origin.people.remove(person)
        target.people.append(person)
        return Truth("moved", person.name, origin.key, target.key)

    def _name(self) -> str:
        """A name that nobody bears yet."""
        taken = {each.name for each in self.truths} | {person.name for site in self.sites for person in site.people}
        free = [f"{given} {family}" for given in GIVEN for family in FAMILY if f"{given} {family}" not in taken]
        return self.chance.choice(free)


def _escaped(text: str) -> bytes:
    return text.encode("ascii", "xmlcharrefreplace")


def _distinct(people: Sequence[PersonItem]) -> list[PersonItem]:
    """Each once, without what a page says of jobs elsewhere: a rendered page says it in its own way."""
    found = {read.key: person for person in people if (read := read_name(person.name, trusted=True)) is not None}
    return [replace(person, excerpt="", talks=(), organisation=None) for person in found.values()]
