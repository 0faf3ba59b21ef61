"""Names, titles, sections, functions and levels on the corpus' leadership pages."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from crawler.items import PersonItem
from crawler.pages import Document, read_page
from pipelines.normalise import read_role
from tests.corpus import CORPUS


@dataclass(slots=True)
class Score:
    """Counts of one page or of many; rates are derived."""

    page: str
    markup: str = ""
    """The pattern of the page's markup (leaders.md section 2)."""
    expected: int = 0
    found: int = 0
    right: int = 0
    titled: int = 0
    titles_right: int = 0
    sections_right: int = 0
    scopes_right: int = 0
    judged: int = 0
    """People whose function and level are beyond doubt."""
    functions_right: int = 0
    levels_right: int = 0
    pages: int = 0
    pages_with_people: int = 0
    pages_read: int = 0
    missed: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    wrong_titles: list[str] = field(default_factory=list)

    @property
    def recall(self) -> float:
        """Share of the expected names that were found."""
        return self.right / self.expected if self.expected else 1.0

    @property
    def precision(self) -> float:
        """Share of the found names that were expected."""
        return self.right / self.found if self.found else 1.0

    @property
    def title_rate(self) -> float:
        """Share of the exact titles among the found people who have one."""
        return self.titles_right / self.titled if self.titled else 1.0


def is_set_aside(folder: str) -> bool:
    """Whether a folder was kept aside while the rules were written: a third, by the hash of its name."""
    return int(hashlib.sha1(folder.encode(), usedforsecurity=False).hexdigest(), 16) % 3 == 0


def score_pages() -> list[Score]:
    """One score a folder of corpus/leaders."""
    return [_score(file.parent) for file in sorted((CORPUS / "leaders").glob("*/expected.json"))]


def total(name: str, scores: Iterable[Score]) -> Score:
    """Many scores as one."""
    together = Score(name)
    for score in scores:
        for part in fields(Score):
            if part.name not in ("page", "markup"):
                setattr(together, part.name, getattr(together, part.name) + getattr(score, part.name))
    return together


def report() -> None:
    """Print the table: a line a page, then the pages the rules were written on, those set aside, and all."""
    scores = score_pages()
    print(f"{'page':32} {'found':>9} {'recall':>7} {'prec.':>6} {'titles':>9}  section scope function level")
    for score in scores:
        print(_row(score))
    print(_row(total("written on", [score for score in scores if not is_set_aside(score.page)])))
    print(_row(total("set aside", [score for score in scores if is_set_aside(score.page)])))
    together = total("all", scores)
    print(_row(together))
    print("by pattern of markup, worst first (* holds a page that was set aside):")
    for pattern in by_markup(scores):
        print(_row(pattern))
    print(f"people on {together.pages_read} of the {together.pages_with_people} pages that have some")


def by_markup(scores: Iterable[Score]) -> list[Score]:
    """One score a pattern of markup, the least names, titles, sections and scopes right first."""
    patterns: dict[str, list[Score]] = {}
    for score in scores:
        patterns.setdefault(score.markup, []).append(score)
    together = [
        total(f"{'* ' * any(is_set_aside(score.page) for score in alike)}{pattern}", alike)
        for pattern, alike in patterns.items()
    ]
    return sorted(together, key=_goodness)


def _goodness(score: Score) -> float:
    """Share of what is right among what was asked of a pattern."""
    right = score.right + score.titles_right + score.sections_right + score.scopes_right
    asked = 3 * max(score.expected, score.found) + score.titled
    return right / asked if asked else 1.0


def _row(score: Score) -> str:
    return (
        f"{score.page[:32]:32} {score.right:4}/{score.expected:<4} {score.recall:7.2f} {score.precision:6.2f} "
        f"{score.titles_right:4}/{score.titled:<4}  {score.sections_right:7} {score.scopes_right:5} "
        f"{score.functions_right:4}/{score.judged:<4}{score.levels_right:4}"
    )


def _score(folder: Path) -> Score:
    expected = json.loads((folder / "expected.json").read_text("utf-8"))
    document = Document(
        url=expected["url"],
        body=(folder / expected["file"]).read_bytes(),
        content_type="text/html",
        organisation=expected["organisation"],
    )
    people = {_fold(person.name): person for person in read_page(document, kind="leaders").people}
    score = compare(folder.name, expected["people"], people)
    score.markup = expected["markup"].partition(":")[0]
    return score


def compare(page: str, expected: list[dict[str, Any]], people: dict[str, PersonItem]) -> Score:
    """The score of a page: the expected people against those found, by folded name."""
    names = {_fold(row["name"]) for row in expected}
    score = Score(page, expected=len(expected), found=len(people), pages=1)
    score.pages_with_people, score.pages_read = int(bool(expected)), int(bool(expected and people))
    score.wrong = [f"{page}: {person.name}" for name, person in people.items() if name not in names]
    for row in expected:
        person = people.get(_fold(row["name"]))
        if person is None:
            score.missed.append(f"{page}: {row['name']}")
            continue
        _compare_person(score, row, person)
    return score


def _compare_person(score: Score, row: dict[str, Any], person: PersonItem) -> None:
    score.right += 1
    score.titled += row["title"] is not None
    if row["title"] is not None and _fold(row["title"]) == _fold(person.title or ""):
        score.titles_right += 1
    elif _fold(row["title"] or "") != _fold(person.title or ""):
        score.wrong_titles.append(f"{score.page}: {person.name}: {person.title!r}, not {row['title']!r}")
    score.sections_right += person.section in row["sections"]
    score.scopes_right += person.title_scope == row["title_scope"]
    if not row.get("ambiguous"):
        role = read_role(person)
        score.judged += 1
        score.functions_right += role.function == row["function"]
        score.levels_right += role.level == row["level"]


def _fold(text: str) -> str:
    return " ".join(text.split()).casefold()
