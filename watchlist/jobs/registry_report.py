"""What a look into registers found."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pipelines.load.registries import RegistryLoad
from watchlist.jobs.crawling import CrawlReport


@dataclass(slots=True)
class RegistryReport(CrawlReport):
    """`sites` counts companies once for each register; `rejected` also whom the registers name and nobody follows."""

    unchanged: int = 0
    """Companies of which the register had nothing new."""
    facts: int = 0
    hints: int = 0
    """New signs that somebody came or went."""
    ended: int = 0
    """Roles that a register says are over."""

    def take(self, load: RegistryLoad, dropped: Mapping[str, int]) -> None:
        """Count in what one company gave."""
        for page in load.pages:
            self.add(page)
        self.facts += load.facts
        self.ended += load.ended
        for reason, count in dropped.items():
            self.rejected[reason] = self.rejected.get(reason, 0) + count

    @property
    def line(self) -> str:
        """What came of it, in one line."""
        found = self.sites - len(self.failed)
        return (
            f"{self.people} roles from {found} of {self.sites} register entries ({self.unchanged} unchanged), "
            f"{self.new_people} new people, {self.hints} hints, {self.moves} moves"
        )
