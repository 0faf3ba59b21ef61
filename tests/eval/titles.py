"""How well titles are read: macro-F1 of function and level, and exact readings, by language and part of the corpus."""

from __future__ import annotations

import csv
import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

from pipelines.lexicon.titles import read_title
from tests.corpus import CORPUS

COARSE = {
    "C-Suite": {"c_level"},
    "VP": {"vp"},
    "Director": {"director", "head"},
    "Manager": {"manager", "senior_ic"},
    "Other": {"ic", "senior_ic", "manager", "board", "none"},
}
"""Our levels that agree with the coarse ones of rootstrap_levels.tsv (Head of is Director there)."""


@dataclass(slots=True)
class Score:
    """Counts of exact readings."""

    titles: int = 0
    function: int = 0
    level: int = 0
    both: int = 0

    def add(self, entry: dict[str, Any]) -> None:
        """Read one labelled title."""
        reading = read_title(entry["title"])
        function, level = reading.function == entry["function"], reading.level == entry["level"]
        self.titles += 1
        self.function += function
        self.level += level
        self.both += function and level

    def share(self, count: int) -> float:
        """Of all titles, 0.0 to 1.0."""
        return count / self.titles if self.titles else 0.0

    @property
    def joint(self) -> float:
        """Share of titles with function and level exact."""
        return self.share(self.both)

    def line(self, name: str) -> str:
        """One row of the report."""
        shares = (self.share(count) for count in (self.function, self.level, self.both))
        return f"{name:<22}{self.titles:>7}" + "".join(f"{share:>10.3f}" for share in shares)


def macro_f1(pairs: Iterable[tuple[str, str]], *, least: int = 5) -> float | None:
    """The mean F1 over classes with `least` labelled titles or more, of (labelled, read) pairs; None without one."""
    counted = Counter(pairs)
    labelled, read = Counter[str](), Counter[str]()
    for (label, got), count in counted.items():
        labelled[label] += count
        read[got] += count
    found = [
        2 * counted[label, label] / (labelled[label] + read[label]) for label in labelled if labelled[label] >= least
    ]
    return sum(found) / len(found) if found else None


def read_pairs(entries: Iterable[dict[str, Any]], field: str) -> list[tuple[str, str]]:
    """What the corpus says of each title and what is read in it, for `function` or `level`."""
    return [(entry[field], getattr(read_title(entry["title"]), field)) for entry in entries]


def macro_scores(entries: Iterable[dict[str, Any]]) -> tuple[float | None, float | None]:
    """Macro-F1 of function and of level, over classes of five or more."""
    listed = list(entries)
    return macro_f1(read_pairs(listed, "function")), macro_f1(read_pairs(listed, "level"))


def part_of(entry: dict[str, Any]) -> str:
    """`seen` (three quarters: rules were written with these in view) or `kept aside`, by a hash of the title."""
    digest = hashlib.sha256(entry["title"].encode()).digest()
    return "kept aside" if digest[0] % 2 and digest[1] % 2 else "seen"


def labelled_titles(*, ambiguous: bool = False) -> list[dict[str, Any]]:
    """The labelled titles of the corpus, either those on which careful people agree or those on which they do not."""
    entries = json.loads((CORPUS / "titles/titles.json").read_text("utf-8"))["titles"]
    return [entry for entry in entries if bool(entry.get("ambiguous")) is ambiguous]


def scores(entries: Iterable[dict[str, Any]], key: str | None = None) -> dict[str, Score]:
    """Scores by a field of the entries, or by part."""
    found: dict[str, Score] = {}
    for entry in entries:
        found.setdefault(entry[key] if key else part_of(entry), Score()).add(entry)
    return found


def _grouped(
    entries: Iterable[dict[str, Any]], key: Callable[[dict[str, Any]], str]
) -> dict[str, list[dict[str, Any]]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for entry in entries:
        groups.setdefault(key(entry), []).append(entry)
    return dict(sorted(groups.items()))


def coarse_agreement() -> float:
    """Share of the titles of rootstrap_levels.tsv whose coarse level agrees with ours."""
    with (CORPUS / "titles/rootstrap_levels.tsv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file, delimiter="\t"))[1:]
    return sum(read_title(title).level in COARSE[level] for title, level in rows) / len(rows)


def report() -> None:
    """Print the scores, the worst language first."""
    sure = labelled_titles()
    groups = {"all": sure, **_grouped(sure, part_of), **_grouped(sure, itemgetter("lang"))}
    print(f"{'macro-F1 (classes >= 5)':<25}{'titles':>7}{'function':>10}{'level':>10}")
    for name, entries in groups.items():
        shown = "".join(f"{'-' if score is None else format(score, '.3f'):>10}" for score in macro_scores(entries))
        print(f"{name:<25}{len(entries):>7}{shown}")
    print(f"{'exact':<22}{'titles':>7}{'function':>10}{'level':>10}{'joint':>10}")
    for language, score in sorted(scores(sure, "lang").items(), key=lambda pair: pair[1].joint):
        print(score.line(language))
    for part, score in sorted(scores(sure).items()):
        print(score.line(part))
    for part, score in sorted(scores(labelled_titles(ambiguous=True)).items()):
        print(score.line(f"ambiguous, {part}"))
    print(f"coarse levels of rootstrap_levels.tsv that agree: {coarse_agreement():.3f}")
