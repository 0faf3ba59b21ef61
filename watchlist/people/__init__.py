"""People: listed, shown with the evidence of every fact, and forgotten."""

from __future__ import annotations

from watchlist.people.forget import Forgotten, forget_person
from watchlist.people.listing import PersonLine, list_people
from watchlist.people.moves import MoveLine, MoveSide, list_moves
from watchlist.people.show import PersonPage, find_person, show_person

__all__ = [
    "Forgotten",
    "MoveLine",
    "MoveSide",
    "PersonLine",
    "PersonPage",
    "find_person",
    "forget_person",
    "list_moves",
    "list_people",
    "show_person",
]
