"""What was told of a world against what happened in it."""

from __future__ import annotations

import json
import random
from collections import Counter
from dataclasses import dataclass, field

from sqlmodel import Session, select

from pipelines.lexicon.names import read_name
from tests.corpus import CORPUS
from tests.pipelines.moves.world import Site, Truth, World
from watchlist.models import Move, Person


@dataclass
class Outcome:
    """Moves that were told, found, missed or told falsely, over so many versions of pages."""

    versions: int
    kinds: dict[str, int]
    planted: int
    found: int
    missed: list[str] = field(default_factory=list)
    false: list[str] = field(default_factory=list)


def corpus_sites(*, at_most: int = 99) -> list[Site]:
    """The pages of the corpus that show people, each as one site of its own."""
    sites = []
    for file in sorted((CORPUS / "leaders").glob("*/expected.json")):
        told = json.loads(file.read_text("utf-8"))
        if len(told["people"]) >= 3 and (file.parent / told["file"]).stat().st_size < 700_000:
            body = (file.parent / told["file"]).read_bytes()
            address = f"https://www.{file.parent.name}.test/about/team"
            sites.append(Site(file.parent.name, told["organisation"], address, body))
    # one page of each organisation and language: two of one page would share their people
    return [site for site in sites if not site.key.endswith(("-de", "-fr"))][:at_most]


def live(session: Session, sites: list[Site], *, as_found: int, redesigned: int, seed: int) -> tuple[World, Outcome]:
    """So many weeks with pages as they were found, then so many with pages rendered anew, on which people move."""
    world = World(session, sites, random.Random(seed))
    world.begin()
    world.live(as_found, redesigned=False)
    world.live(redesigned, redesigned=True)
    return world, score(session, world)


def score(session: Session, world: World) -> Outcome:
    """Each planted move told once, with both pages; everything else is false."""
    told = Counter(_told(session, move) for move in session.exec(select(Move).order_by(Move.id)))  # type: ignore[arg-type]
    truths = Counter(_true(truth) for truth in world.truths)
    # Who is shown elsewhere only weeks after they left: that they left was told before, and was true.
    told -= Counter(("left", name, left, left) for kind, name, left, _ in truths if kind == "moved")
    found = truths & told
    return Outcome(
        versions=world.versions,
        kinds=world.kinds,
        planted=truths.total(),
        found=found.total(),
        missed=[str(each) for each in (truths - told).elements()],
        false=[str(each) for each in (told - truths).elements()],
    )


_Told = tuple[str, str, str, str]


def _true(truth: Truth) -> _Told:
    left, joined = truth.left or truth.joined, truth.joined or truth.left
    return truth.kind, _key(truth.name), f"{left}.test", f"{joined}.test"


def _told(session: Session, move: Move) -> _Told:
    person = session.get_one(Person, move.person_id)
    assert move.before_at < move.after_at, move
    return move.kind, person.name_key, _host(move.before_url), _host(move.after_url)


def _host(url: str) -> str:
    return url.split("/")[2].removeprefix("www.")


def _key(name: str) -> str:
    read = read_name(name, trusted=True)
    return read.key if read else name
