"""The kill switch as the door sees it: what nothing may be sent to until the user lifts it."""

from __future__ import annotations

from dataclasses import dataclass

from crawler.fetch.access import suffixes


@dataclass(frozen=True, slots=True)
class Stops:
    """What the user stopped; empty: nothing."""

    everything: bool = False
    hosts: frozenset[str] = frozenset()
    """In the guard's form (lower case, punycode); each means its sub hosts too."""
    people: frozenset[int] = frozenset()
    """Ids of people whose own sources are left alone."""

    def forbids(self, host: str, person: int | None = None) -> str | None:
        """`stopped` or `halted` (a key of answers.PLAIN_WORDS) where nothing may be sent; None where it may."""
        if self.everything:
            return "stopped"
        if person in self.people or not self.hosts.isdisjoint(suffixes(host)):
            return "halted"
        return None
