"""Names that stand in attributes only: alternative texts, labels for screen readers, data of a card."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import islice
from typing import Any, Final

from lxml import etree

from crawler.pages.document import Document, text_of
from crawler.pages.lines import PageLines
from crawler.pages.marks import glued, is_name, is_title, tidy_line
from pipelines.lexicon.folding import fold
from pipelines.lexicon.vocabulary import load_vocabulary

_LABELLED: Final = etree.XPath("//*[@aria-label or (@title and not(self::link or self::abbr or self::iframe))]")
_OWN_ELEMENT: Final = re.compile(r"<[a-z]{1,30}-[a-z-]{1,40}\s[^<>]{0,200}\bname=")
_NAMED: Final = etree.XPath("//*[contains(name(), '-') and @name]")
_ROLES: Final = ("role", "title", "position", "job-title", "jobtitle", "subtitle", "job", "description")
_PARTING: Final = re.compile(r"\s*[,|\u2013\u2014]\s+|\s+-\s+|\s+\(")
_SEVERAL: Final = 3
_MAX: Final = 500
_MAX_TEXT: Final = 160


def spoken_names(document: Document, page: PageLines) -> Mapping[Any, str]:
    """The elements that name somebody whom the page's text does not, with the name, and the title below it if known."""
    shown: str | None = None  # a whole page is folded where something is said of somebody only
    spoken: dict[Any, str] = {}
    said: set[str] = set()
    for element, name, title in _candidates(document):
        if shown is None:
            shown = fold(" ".join(line.text for line in page.lines))
        if fold(name) in shown or fold(name) in said:
            continue
        said.add(fold(name))
        spoken[element] = f"{name}\n{title}" if title else name
    return spoken


def _candidates(document: Document) -> Iterator[tuple[Any, str, str]]:
    yield from _data_cards(document)
    if _OWN_ELEMENT.search(document.text):
        for element in _NAMED(document.root)[:_MAX]:
            name = tidy_line(element.get("name"))
            title = next((tidy_line(element.get(key)) for key in _ROLES if element.get(key)), "")
            if is_name(name) and is_title(title):
                yield element, name, title
    pictures = [(image, alt) for image in document.elements("img", _MAX) if (alt := image.get("alt"))]
    titled = sum(any(title for _, title in _said(alt)) for _, alt in pictures)
    for image, alt in pictures:
        yield from ((image, name, title) for name, title in _said(alt, any_title=titled >= _SEVERAL))
    if "aria-label=" in document.text or " title=" in document.text:
        for element in _LABELLED(document.root)[:_MAX]:
            label = element.get("aria-label") or element.get("title")
            if not text_of(element).strip():
                yield from ((element, name, title) for name, title in _said(label))


def _data_cards(document: Document) -> Iterator[tuple[Any, str, str]]:
    names, titles = _attributes("name_attributes"), _attributes("title_attributes")
    used = [name for name in names if f"{name}=" in document.text]
    if not used:
        return
    cards = etree.XPath(f"//*[{' or '.join(f'@{name}' for name in used)}]")(document.root)
    for card in islice(cards, _MAX):
        name = next((tidy_line(card.get(key)) for key in used if card.get(key)), "")
        title = next((tidy_line(card.get(key)) for key in titles if card.get(key)), "")
        if is_name(name) and is_title(title):
            yield card, name, title


def _said(text: str, *, any_title: bool = False) -> Iterator[tuple[str, str]]:
    """The name in a label, and the title after it: "Photo of Ann Lee, Head of Sales".

    `any_title`: where others of the page have one there, what stands behind a name is one, whatever it says.
    """
    if len(text) > _MAX_TEXT:
        return
    plain = _without_words_around(" ".join(text.split()))
    if is_name(plain):
        yield plain, ""
        return
    for part in islice(_PARTING.finditer(plain), 3):
        name, title = plain[: part.start()], plain[part.end() :].rstrip(")")
        if is_name(name):
            yield name, title if any_title or is_title(title) else ""
            return
    if found := glued(plain):
        yield found


def _without_words_around(text: str) -> str:
    around, small = _around(), text.lower()
    if len(small) == len(text) and not (small.startswith(around) or small.endswith(around)):
        return text
    for words in around:
        if text[: len(words)].lower() == words and text[len(words) : len(words) + 1] in (" ", ":"):
            return text[len(words) + 1 :].strip(" :-")
        if text[-len(words) :].lower() == words and text[-len(words) - 1 : -len(words)] == " ":
            return text[: -len(words) - 1].strip(" :-,")
    return text


@cache
def _around() -> tuple[str, ...]:
    return tuple(sorted(load_vocabulary("pages")["pictures"]["around"], key=len, reverse=True))


@cache
def _attributes(kind: str) -> tuple[str, ...]:
    return tuple(load_vocabulary("pages")["pictures"][kind])
