"""What every job needs to do its work."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from crawler.fetch import Door
from crawler.reading import ReadingRoom
from watchlist.settings import Settings
from watchlist.store import Store
from watchlist.times import utc_now

Progress = Callable[[int, int, str], None]
"""(done, of, what): called as long work goes on."""


def no_progress(_done: int, _of: int, _what: str) -> None:
    """Nobody watches."""


@dataclass(frozen=True)
class Workplace:
    """What every job needs: settings, the store, the door, a room for reading, and a clock."""

    settings: Settings
    store: Store
    door: Door
    room: ReadingRoom
    clock: Callable[[], datetime] = utc_now

    @property
    def how_to_go_on(self) -> str:
        """What to do next where work was cut off."""
        halted = self.door.is_stopped and not self.door.is_closed
        return "mentorwatch resume --all, and the next start goes on" if halted else "the next start goes on"
