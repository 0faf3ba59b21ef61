"""What a refresh found."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class RefreshReport:
    """`failed` names each feed that gave nothing worth reading, with its reason; no address shows a secret."""

    feeds: int = 0
    unchanged: int = 0
    new_entries: int = 0
    found_feeds: int = 0
    halted: int = 0
    """Feeds and pages that the user stopped."""
    failed: dict[str, str] = field(default_factory=dict)
    failed_pages: dict[str, str] = field(default_factory=dict)
    """People's own pages that could not be searched for feeds."""

    @property
    def line(self) -> str:
        """What came of it, in one line."""
        halted = f", {self.halted} left alone as you asked" if self.halted else ""
        return (
            f"{self.new_entries} new entries from {self.feeds} feeds ({self.unchanged} unchanged, "
            f"{len(self.failed)} failed{halted}), {self.found_feeds} feeds found"
        )
