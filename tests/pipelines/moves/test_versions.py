"""Pages in many versions: nobody is told to have moved who did not, and whoever did is told once, with both pages."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest
from sqlmodel import col, select

from crawler.items import PersonItem
from tests.corpus import CORPUS, needs_corpus
from tests.databases import settings_for
from tests.pipelines.moves.redesigns import DESIGNS, render
from tests.pipelines.moves.score import Outcome, corpus_sites, live
from tests.pipelines.moves.world import Site, World
from watchlist.models import Move, Person
from watchlist.store import Store

ROLES = (
    "Chief Executive Officer", "Chief Financial Officer", "Chief People Officer", "VP Engineering", "VP of Sales",
    "Director of Marketing", "Head of Product", "General Counsel",
)  # fmt: skip
GIVEN = ("Anouk", "Bertil", "Cosima", "Dunstan", "Effie", "Florian", "Gudrun", "Horace")
FAMILY = ("Ravensworth", "Stapleford", "Thornbury", "Underhill", "Vandermeer", "Wolstenholme", "Yarborough", "Zeller")


def invented_sites(count: int) -> list[Site]:
    """Sites of eight people each, who are nobody."""
    sites = []
    for number in range(count):
        people = [
            PersonItem(name=f"{GIVEN[place]} {FAMILY[(place + 3 * number) % 8]}{'son' * (number % 2)}", title=title)
            for place, title in enumerate(ROLES)
        ]
        name = f"{FAMILY[number]} Works"
        address = f"https://www.{FAMILY[number].lower()}-works.test/about/team"
        sites.append(Site(f"{FAMILY[number].lower()}-works", name, address, render(people, number, organisation=name)))
    return sites


def lived(tmp_path: Path, sites: list[Site], *, as_found: int, redesigned: int, seed: int = 1) -> Outcome:
    with Store.open(settings_for(tmp_path / "home")) as store, store.session() as session:
        return live(session, sites, as_found=as_found, redesigned=redesigned, seed=seed)[1]


def test_invented_sites_in_150_versions(tmp_path: Path) -> None:
    outcome = lived(tmp_path, invented_sites(6), as_found=5, redesigned=20)
    assert outcome.versions >= 150
    assert outcome.planted >= 4
    assert (outcome.missed, outcome.false) == ([], [])


@needs_corpus
@pytest.mark.real
@pytest.mark.corpus
def test_the_corpus_in_a_thousand_versions(tmp_path: Path) -> None:
    outcome = lived(tmp_path, corpus_sites(), as_found=12, redesigned=38, seed=6)
    assert outcome.versions >= 1000
    assert outcome.planted >= 30
    assert outcome.missed == []
    assert len(outcome.false) <= 1


@needs_corpus
@pytest.mark.corpus
def test_one_company_in_three_languages_moves_nobody(tmp_path: Path) -> None:
    bodies = [(CORPUS / "leaders" / name / "page.html").read_bytes() for name in ("edgio", "edgio-de", "edgio-fr")]
    site = Site("edgio", "Edgio", "https://www.edgio.test/about/team", bodies[0])
    with Store.open(settings_for(tmp_path / "home")) as store, store.session() as session:
        world = World(session, [site], random.Random(1))
        world.begin()
        for turn in (1, 1, 2, 0, 2, 2, 0, 0, 1):
            world.read(site, ("translated", bodies[turn], site.url))
            world.end_round()
        assert len(session.exec(select(Person)).all()) >= 15
        assert [move.key for move in session.exec(select(Move))] == []


def weeks(tmp_path: Path, *versions: tuple[list[PersonItem], int] | bytes, url: str = "") -> list[Move]:
    """The moves told of one site that shows these people in these designs, or these pages, week by week."""
    first, *rest = versions
    assert not isinstance(first, bytes)
    site = invented_sites(1)[0]
    site.original = render(first[0], first[1], organisation=site.name)
    with Store.open(settings_for(tmp_path / "home")) as store, store.session() as session:
        world = World(session, [site], random.Random(1))
        world.begin()
        for version in rest:
            body = version if isinstance(version, bytes) else render(version[0], version[1], organisation=site.name)
            world.read(site, ("given", body, url or site.url))
            world.end_round()
        session.expire_on_commit = False
        return list(session.exec(select(Move).order_by(col(Move.id))))


TEAM = [
    PersonItem(name=f"{given} {family}", title=title) for given, family, title in zip(GIVEN, FAMILY, ROLES, strict=True)
]


@pytest.mark.parametrize("at", [0.3, 0.5, 0.7, 0.85, 0.95])
@pytest.mark.parametrize("design", range(len(DESIGNS)))
def test_a_page_that_breaks_off_again_and_again_unlists_nobody(tmp_path: Path, design: int, at: float) -> None:
    whole = render(TEAM, design, organisation="W")
    cut = whole[: int(len(whole) * at)]
    assert weeks(tmp_path, (TEAM, design), cut, cut, cut, (TEAM, design)) == []


def test_what_a_page_that_broke_off_did_not_show_at_first_has_not_joined(tmp_path: Path) -> None:
    whole = render(TEAM, 0, organisation="W")
    site = invented_sites(1)[0]
    site.original = whole[: len(whole) * 2 // 3]
    with Store.open(settings_for(tmp_path / "home")) as store, store.session() as session:
        world = World(session, [site], random.Random(1))
        world.begin()
        known = len(session.exec(select(Person)).all())
        world.read(site, ("given", whole, site.url))
        world.end_round()
        assert 0 < known < len(session.exec(select(Person)).all()) == len(TEAM)
        assert session.exec(select(Move)).all() == []


def test_who_goes_is_missed_under_any_spelling_of_the_address(tmp_path: Path) -> None:
    moves = weeks(tmp_path, (TEAM, 0), (TEAM[:-1], 1), (TEAM[:-1], 2), url="http://ravensworth-works.test/about/team/")
    assert [move.kind for move in moves] == ["left"]
    (left,) = moves
    assert left.before_at < left.after_at
    assert left.before_url == "https://www.ravensworth-works.test/about/team"
    assert left.after_url == "http://ravensworth-works.test/about/team/"


def test_a_page_that_shows_three_times_as_many_shows_more_of_the_house(tmp_path: Path) -> None:
    assert weeks(tmp_path, (TEAM[:3], 0), (TEAM, 0), (TEAM, 1)) == []


def test_who_is_new_among_many_has_joined_once(tmp_path: Path) -> None:
    more = [*TEAM, PersonItem(name="Ivo Quillfeather", title="Chief Risk Officer")]
    (joined,) = weeks(tmp_path, (TEAM, 0), (more, 1), (TEAM, 1), (more, 2), (more, 0))
    assert (joined.kind, joined.from_position_id) == ("joined", None)
    assert joined.before_at < joined.after_at


SPELLINGS = {
    "Dr. Anouk Ravensworth": "Anouk Ravensworth",
    "ANOUK RAVENSWORTH": "Anouk Ravensworth",
    "Anouk M. Ravensworth": "Anouk Ravensworth",
    "Anouk Marie Ravensworth": "Anouk Ravensworth",
    "Anouk Ravensworth-Hale": "Anouk Ravensworth",
    "Ravensworth, Anouk": "Anouk Ravensworth",
    "Bob Stapleford": "Robert Stapleford",
    "Jurgen Underhill": "Jürgen Underhill",
    "Juergen Underhill": "Jürgen Underhill",
    "C. Thornbury": "Cosima Thornbury",
}


@pytest.mark.parametrize("written", SPELLINGS)
def test_a_name_spelled_otherwise_is_the_same_colleague(tmp_path: Path, written: str) -> None:
    before = [replace(TEAM[0], name=SPELLINGS[written]), *TEAM[4:]]
    after = [replace(TEAM[0], name=written), *TEAM[4:]]
    assert weeks(tmp_path, (before, 0), (after, 0), (after, 0), (before, 0), (before, 0)) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Anouk Ravensworth", "Bertil Ravensworth"),
        ("Anouk T. Ravensworth", "Anouk P. Ravensworth"),
    ],
)
def test_family_and_namesakes_in_one_house_stay_two_people(tmp_path: Path, one: str, other: str) -> None:
    before, after = ([replace(TEAM[0], name=name), *TEAM[4:]] for name in (one, other))
    kinds = [move.kind for move in weeks(tmp_path, (before, 0), (after, 0), (after, 0))]
    assert sorted(kinds) == ["joined", "left"]


def test_who_comes_beside_somebody_of_a_like_name_is_somebody_else(tmp_path: Path) -> None:
    namesake = PersonItem(name="Anouk Marie Ravensworth", title="Chief Executive Officer")
    (joined,) = weeks(tmp_path, (TEAM, 0), ([*TEAM, namesake], 0), ([*TEAM, namesake], 1))
    assert joined.kind == "joined"
