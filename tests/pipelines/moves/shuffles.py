"""A real page with its cards in another order: the markup stays what it is."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from lxml import etree, html

from crawler.charsets import decode


def shuffled(body: bytes, names: Sequence[str], chance: random.Random) -> bytes:
    """The page with the containers of these names in another order; as it is where they share no parent."""
    root = html.document_fromstring(decode(body, "text/html"))
    found = [node for name in names if (node := _node_of(root, name)) is not None]
    for parent, cards in _cards(found):
        places = [parent.index(card) for card in cards]
        others = list(cards)
        chance.shuffle(others)
        for place, card in zip(places, others, strict=True):
            parent.insert(place, card)
    return bytes(etree.tostring(root, method="html", encoding="utf-8", doctype="<!doctype html>"))


def _node_of(root: Any, name: str) -> Any | None:
    """The innermost element that holds the name, where it stands only once."""
    nodes = [node for node in root.iter() if isinstance(node.tag, str) and " ".join((node.text or "").split()) == name]
    return nodes[0] if len(nodes) == 1 else None


def _cards(nodes: Sequence[Any]) -> list[tuple[Any, list[Any]]]:
    """Parents of several names with the child in which each of these stands, nearest to the names."""
    groups: dict[Any, list[Any]] = {}
    for node in nodes:
        child = node
        for parent in node.iterancestors():
            inside = [other for other in nodes if other is not node and child in (other, *other.iterancestors())]
            if inside:
                break
            if any(parent in other.iterancestors() for other in nodes if other is not node):
                groups.setdefault(parent, []).append(child)
                break
            child = parent
    return [(parent, cards) for parent, cards in groups.items() if _are_cards(cards, nodes)]


def _are_cards(cards: Sequence[Any], nodes: Sequence[Any]) -> bool:
    """Whether these hold more than the names alone: else the titles stand beside them and would stay behind."""
    more = all(
        len("".join(card.itertext())) > len(node.text) + 3
        for card in cards
        for node in nodes
        if card in (node, *node.iterancestors())
    )
    return len(cards) > 1 and len({card.tag for card in cards}) == 1 and more
