"""Where a list of people goes on: the further pages that a page of it links to. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import islice
from typing import Any, Final

from crawler.pages import Document
from crawler.spiders.addresses import Address, read_address
from pipelines.lexicon.vocabulary import load_vocabulary

_MOST_LINKS: Final = 5000
_LONGEST_TEXT: Final = 30


def further_pages(document: Document) -> tuple[str, ...]:
    """Addresses of other pages of the list that the document is a page of, by number; then what is called next.

    A further page bears its number in its address (?page=2, /page/2), or is the same page with other parameters under
    a link whose text is its number or a word for next.
    """
    own = read_address(document.url)
    if isinstance(own, str):
        return ()
    stems = _stems(own)
    numbered: dict[int, str] = {}
    called_next: list[str] = []
    for address, text, says_next in _candidates(document):
        if address.page == own.page or address.changes_state:
            continue
        number = _number(address, text, stems)
        if number is not None:
            numbered.setdefault(number, address.url)
        elif says_next and address.path in {stem.partition("?")[0] for stem in stems}:
            called_next.append(address.url)
    return (*(numbered[number] for number in sorted(numbered)), *dict.fromkeys(called_next))


def _stems(own: Address) -> set[str]:
    """The list, under the names it may have: /team/2 may be the second page of /team."""
    above, _, last = own.page.rpartition("/")
    list_page = own.list_page or own.page
    return {list_page, above} if last.isdigit() else {list_page}


def _number(address: Address, text: str, stems: set[str]) -> int | None:
    """Which page of the list an address is."""
    if address.list_page in stems:
        return address.number
    if not text.isdecimal() or len(text) > 3:
        return None
    above, _, last = address.page.rpartition("/")
    same_page = address.path in {stem.partition("?")[0] for stem in stems} and "?" in address.page
    return int(text) if same_page or (last == text and above in stems) else None


def _candidates(document: Document) -> Iterator[tuple[Address, str, bool]]:
    """(address, text, whether it is called next) of the links that may lead on."""
    elements = document.selector.root.iter("a", "link")
    for element in islice((one for one in elements if _may_lead_on(one)), _MOST_LINKS):
        text = " ".join("".join(element.itertext()).split())[: _LONGEST_TEXT + 1]
        says_next = "next" in (element.get("rel") or "").lower().split() or text.casefold() in _next_words()
        if not says_next and not any(char.isdigit() for char in element.get("href")):
            continue
        try:
            address = read_address(document.absolute(element.get("href")))
        except ValueError:
            continue
        if isinstance(address, Address):
            yield address, text, says_next


def _may_lead_on(element: Any) -> bool:
    href = (element.get("href") or "").strip().lower()
    if not href or href.startswith(("#", "mailto:", "tel:", "javascript:", "data:")):
        return False
    return element.tag == "a" or "next" in (element.get("rel") or "").lower().split()


@cache
def _next_words() -> frozenset[str]:
    return frozenset(load_vocabulary("addresses")["lists"]["next"])
