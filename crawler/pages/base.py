"""What a page reader is: it says which documents it knows and reads them. Found by scanning, not registered."""

from __future__ import annotations

import pkgutil
from abc import ABC, abstractmethod
from functools import cache
from importlib import import_module
from inspect import isabstract
from typing import Any, ClassVar

from crawler.items import PageKind, PageReading
from crawler.pages.document import Document


class PageReader(ABC):
    """Reads one kind of markup or one platform's format; pure: document in, reading out.

    A new reader is one module in `crawler/pages/readers/`; its module name is its name.
    """

    kind: ClassVar[PageKind]
    priority: ClassVar[int] = 50
    """Lower is asked first: exact formats (platforms, structured data) before patterns of markup."""

    @property
    def name(self) -> str:
        """The module's name: what a record of this reader's work is signed with."""
        return type(self).__module__.rpartition(".")[2]

    @abstractmethod
    def matches(self, document: Document) -> bool:
        """Whether this reader knows the document's format. Must be cheap."""

    @abstractmethod
    def read(self, document: Document) -> PageReading:
        """The people on the page; an empty reading carries a reason code."""


@cache
def readers() -> tuple[PageReader, ...]:
    """One of each reader in `crawler/pages/readers/`, by priority."""
    package = import_module("crawler.pages.readers")
    for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
        import_module(module.name)
    found = [cls() for cls in _subclasses(PageReader) if not isabstract(cls)]
    return tuple(sorted(found, key=lambda reader: (reader.priority, reader.name)))


def _subclasses(cls: type[Any]) -> list[type[Any]]:
    return [below for child in cls.__subclasses__() for below in (child, *_subclasses(child))]
