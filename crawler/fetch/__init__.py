"""The door: the one way to the network. Spiders and feed refreshes alike come through here."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crawler.fetch.answers import Access, Answer, Ask, FetchError
    from crawler.fetch.door import Door
    from crawler.fetch.urls import UrlVerdict, judge_url

__all__ = ["Access", "Answer", "Ask", "Door", "FetchError", "UrlVerdict", "judge_url"]

_HOMES = {"Door": "door", "UrlVerdict": "urls", "judge_url": "urls"}


def __getattr__(name: str) -> Any:
    """Import what is asked for when it is asked for: httpx alone takes 0.2 s."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES.get(name, 'answers')}"), name)
