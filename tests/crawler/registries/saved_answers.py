"""Answers of registers in their documented shape, about people and companies that we made up."""

from __future__ import annotations

from pathlib import Path

from crawler.registries.claims import entities
from crawler.registries.wikidata import Item

SAVED = Path(__file__).parent / "saved"
COMPANY = "Q990000001"
TODAY = "2026-11-23"


def saved(name: str) -> bytes:
    """One answer as it came."""
    return (SAVED / name).read_bytes()


def items(*names: str) -> dict[str, Item]:
    """The Wikidata items of several answers."""
    return {key: item for name in names for key, item in entities(saved(name)).items()}
