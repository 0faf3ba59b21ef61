"""Which part of a title names the employer and not the job: "CFO, Acme Ltd", "Engineer at Acme". Pure."""

from __future__ import annotations

from collections.abc import Sequence

from pipelines.lexicon.title_words import Item


def split_employer(title: str, items: Sequence[Item]) -> tuple[list[Item], str | None]:
    """The items of the job alone, and the employer as the title spells it, or None."""
    for n, item in enumerate(items):
        if item.entry.mark == "at" and n:
            return list(items[:n]), title[item.end :].strip() or None
    return list(items), None
