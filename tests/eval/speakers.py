"""The corpus of conference speaker lists: names found and invented, titles and employers, conference by conference."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from crawler.items import PersonItem
from crawler.pages import Document, read_page
from tests.corpus import CORPUS

MACHINE_FORMATS = frozenset({"pentabarf-xml", "sessionize-json", "pretalx-json"})
"""Kinds of the corpus that this program reads exactly; YAML, Markdown and lists of conferences it does not read yet."""
READ_KINDS = MACHINE_FORMATS | {"html", "pyvideo-json"}


@dataclass(frozen=True)
class SpeakerScore:
    """One conference, all its files read and joined by name. Hosts count as nobody: they are neither due nor wrong."""

    name: str
    kind: str
    due: int
    found: int
    right: int
    titles: tuple[int, int]
    organisations: tuple[int, int]

    @property
    def is_kept_aside(self) -> bool:
        """A third of the conferences was not looked at while rules were written."""
        number = int(hashlib.sha1(self.name.encode(), usedforsecurity=False).hexdigest(), 16)
        return number % 3 == 0

    @property
    def recall(self) -> float:
        return self.right / self.due if self.due else 1.0

    @property
    def precision(self) -> float:
        return self.right / self.found if self.found else 1.0


@cache
def scores() -> tuple[SpeakerScore, ...]:
    """One score a conference of a kind that is read."""
    listings = sorted((CORPUS / "speakers").glob("*/expected.json"))
    loaded = ((listing.parent, json.loads(listing.read_text("utf-8"))) for listing in listings)
    return tuple(_score(folder, expected) for folder, expected in loaded if expected["kind"] in READ_KINDS)


def total(chosen: tuple[SpeakerScore, ...], name: str = "all") -> SpeakerScore:
    """The sum of several scores."""
    return SpeakerScore(
        name,
        "",
        sum(score.due for score in chosen),
        sum(score.found for score in chosen),
        sum(score.right for score in chosen),
        (sum(score.titles[0] for score in chosen), sum(score.titles[1] for score in chosen)),
        (sum(score.organisations[0] for score in chosen), sum(score.organisations[1] for score in chosen)),
    )


def report() -> None:
    """Print one line a conference, then the sums."""
    aside = tuple(score for score in scores() if score.is_kept_aside)
    seen = tuple(score for score in scores() if not score.is_kept_aside)
    sums = (total(seen, "looked at"), total(aside, "kept aside"), total(scores()))
    print(f"{'conference':<34}{'recall':>8}{'precision':>11}   names         titles    employers")
    for score in (*scores(), *sums):
        mark = " *" if score in aside else ""
        print(
            f"{score.name + mark:<34}{score.recall:>8.2f}{score.precision:>11.2f}   "
            f"{f'{score.right}/{score.due} +{score.found - score.right}':<14}"
            f"{score.titles[0]}/{score.titles[1]:<7} {score.organisations[0]}/{score.organisations[1]}"
        )
    print("* kept aside while rules were written")


def _score(folder: Path, expected: dict[str, Any]) -> SpeakerScore:
    people = _read(folder, expected)
    due = [one for one in expected["speakers"] if one.get("role") != "host"]
    by_name = {_fold(name): one for one in expected["speakers"] for name in (one["name"], *one.get("aliases", []))}
    met = {name: by_name[name] for name in people if name in by_name}
    hosts = sum(one.get("role") == "host" for one in met.values())
    right = {one["name"]: people[name] for name, one in met.items() if one.get("role") != "host"}
    return SpeakerScore(
        folder.name,
        expected["kind"],
        len(due),
        len(people) - hosts,
        len(right),
        _agreement(due, right, "title"),
        _agreement(due, right, "organisation"),
    )


def _read(folder: Path, expected: dict[str, Any]) -> dict[str, PersonItem]:
    """Everybody on all files of a conference by folded name; who is on several keeps what the first says."""
    people: dict[str, PersonItem] = {}
    for file in expected["files"]:
        name = file["file"]
        document = Document(f"https://conf.test/{name}", (folder / name).read_bytes())
        for person in read_page(document, kind="speakers").people:
            people.setdefault(_fold(person.name), person)
    return people


def _agreement(due: list[dict[str, Any]], right: dict[str, PersonItem], which: str) -> tuple[int, int]:
    """Exactly equal values, of the people found for whom the corpus gives one."""
    given = [one for one in due if one[which] and one["name"] in right]
    return sum(getattr(right[one["name"]], which) == one[which] for one in given), len(given)


def _fold(name: str) -> str:
    return " ".join(name.casefold().split())
