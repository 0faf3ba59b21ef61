"""The page of one person, whose name is known: title, biography, accounts. A page that names nobody else will do."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final
from urllib.parse import unquote, urlsplit

from crawler.items import PageReading, PersonItem
from crawler.pages import as_wished, read_page
from crawler.pages.card import Marked
from crawler.pages.document import Document
from crawler.pages.lines import Line, read_lines
from crawler.pages.marks import is_prose, tidy_line
from crawler.pages.outcomes import is_error_page
from crawler.pages.page_feeds import bears_name
from crawler.pages.registrable import site_of
from crawler.pages.title_lines import join_title
from crawler.pages.words import read_grouping
from pipelines.lexicon.folding import fold
from pipelines.lexicon.links import read_link
from pipelines.lexicon.names import read_name
from pipelines.lexicon.organisations import organisation_key, same_organisation
from pipelines.lexicon.titles import read_title
from pipelines.lexicon.vocabulary import load_vocabulary

READER: Final = "profile_page"
OTHER_PERSON: Final = "other_person"
"""Why a page is nobody's: no heading of it bears the name that was looked for."""
LONGEST_BIOGRAPHY: Final = 4000
_LONGEST_EXCERPT: Final = 300
_NEAR: Final = 3
"""Lines between a name and its title."""
_PARAGRAPH: Final = 80
"""Characters from which a line is a paragraph, were it without a full stop."""
_LONGEST_NAME: Final = 80
_MOST_TITLES: Final = 2
_SLUG: Final = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+){1,3}")


def read_profile(document: Document, card: PersonItem, *, titled: bool = False) -> PageReading:
    """What a page tells of the person on a card: one person, or nobody and why.

    A heading of the page must bear the name. The title is the card's where the page has it too, so that one role stays
    one; the page's own where the card has none; else none. `titled`: without a title nobody is believed.
    """
    if document.asked.reason or not document.is_html:
        reason = document.asked.reason or "unreadable"
        return PageReading(kind="leaders", reader=READER, reason=reason, notices=document.asked.signals)
    person = _person(document, card)
    if person is None or (titled and person.title is None):
        return PageReading(kind="leaders", reader=READER, reason=OTHER_PERSON)
    return as_wished(document, PageReading(kind="leaders", reader=READER, people=(person,)))


def name_in_address(url: str) -> str | None:
    """The name that the last part of an address spells: /team/ada-quist is Ada Quist; None where it spells none."""
    segments = [unquote(segment) for segment in urlsplit(url).path.split("/") if segment]
    slug = re.sub(r"\.\w{2,5}$", "", segments[-1]).replace("_", "-") if len(segments) > 1 else ""
    if not _SLUG.fullmatch(slug):
        return None
    name = " ".join(word.capitalize() for word in slug.split("-"))
    return name if read_name(name) else None


def same_person(one: str, other: str) -> bool:
    """Whether two spellings name one person: the same given and family name, middle names or not."""
    first, second = read_name(one, trusted=True), read_name(other, trusted=True)
    if first is None or second is None:
        return False
    if first.key == second.key:
        return True
    fewer, more = sorted((first.key.split(), second.key.split()), key=len)
    return len(fewer) > 1 and fewer[-1] == more[-1] and fewer[0] == more[0] and set(fewer) <= set(more)


# --- the person -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Part:
    """The lines of a page that are about the person: from the name up to what is about somebody else."""

    marked: Marked
    head: int
    """The line with the name."""
    end: int

    @property
    def lines(self) -> list[Line]:
        return self.marked.page.lines[self.head : self.end]


def _person(document: Document, card: PersonItem) -> PersonItem | None:
    page = read_lines(document)
    marked = Marked.of(page)
    head = _head(marked, card.name)
    if head is None or is_error_page(document, page):
        return None
    part = _Part(marked, head, _end(marked, head, card.name))
    declared = next((person for person in read_page(document, kind="leaders").people if _is(person, card)), None)
    title = _title(part, card, declared)
    own = title is not None and title != card.title
    employer = _employer(document, title) if own else card.organisation
    biography = _biography(part)
    return PersonItem(
        name=card.name,
        title=title,
        organisation=employer,
        section=card.section,
        title_scope=("elsewhere" if employer else "here") if own else card.title_scope,
        links=tuple(dict.fromkeys((*_accounts(document, part, card.name), *_declared_links(document, declared)))),
        biography=biography,
        excerpt=" · ".join(line.text for line in part.lines)[:_LONGEST_EXCERPT],
    )


def _is(person: PersonItem, card: PersonItem) -> bool:
    return same_person(person.name, card.name)


def _head(marked: Marked, name: str) -> int | None:
    """The line that names the person: the largest heading that does; none where only the running text does."""
    found = [
        line
        for line in marked.page.lines
        if line.heading and any(same_person(said, name) for said in _names(marked, line))
    ]
    return min(found, key=lambda line: (line.heading, line.index)).index if found else None


def _names(marked: Marked, line: Line) -> tuple[str, ...]:
    mark = marked.marks[line.index]
    if mark.kind in ("name", "both") and mark.names:
        return mark.names if mark.sure else ()
    text = tidy_line(line.text)
    return (text,) if len(text) <= _LONGEST_NAME else ()


def _end(marked: Marked, head: int, name: str) -> int:
    """Where what is told of them ends: at a heading that is none of a part of their life."""
    lines = marked.page.lines
    level = lines[head].heading
    return next(
        (line.index for line in lines[head + 1 :] if line.heading and _is_others(marked, line, level, name)), len(lines)
    )


def _is_others(marked: Marked, line: Line, level: int, name: str) -> bool:
    if line.heading < level:
        return True
    text = fold(line.text)
    if marked.mark(line.index).kind == "title" or marked.marks[line.index].kind == "label" or is_prose(line.text):
        return False
    if set(re.findall(r"\w+", fold(name))) & set(re.findall(r"\w+", text)):
        return False
    return read_grouping(line.text) is not None or _own_headings().search(text) is None


@cache
def _own_headings() -> re.Pattern[str]:
    words = sorted(load_vocabulary("profiles")["headings"]["own"], key=len, reverse=True)
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, words))})(?!\w)")


# --- title ----------------------------------------------------------------------------------------------------------


def _title(part: _Part, card: PersonItem, declared: PersonItem | None) -> str | None:
    if card.title:
        wanted = fold(" ".join(card.title.split()))
        said = (fold(line.text) for line in part.lines if not is_prose(line.text))
        joined = " ".join(said)
        return card.title if wanted in joined or (declared and fold(declared.title or "") == wanted) else None
    mark = part.marked.marks[part.head]
    if mark.kind == "both" and mark.title and mark.sure:
        return mark.title
    return _title_beside(part) or (declared.title if declared else None)


def _title_beside(part: _Part) -> str | None:
    """The title lines right under the name; else the one right above it."""
    titles: list[str] = []
    for index in range(part.head + 1, min(part.head + 1 + _NEAR, part.end)):
        mark = part.marked.mark(index)
        if mark.kind == "title" and len(titles) < _MOST_TITLES:
            titles.append(mark.title or "")
        elif mark.kind != "label":
            break
    if titles:
        return join_title(titles)
    above = part.marked.mark(part.head - 1) if part.head else None
    return above.title if above and above.kind == "title" else None


def _employer(document: Document, title: str | None) -> str | None:
    """The organisation that a title names, where it is another than the page's."""
    named = read_title(title or "").organisation
    own = document.organisation
    return named if named and not (own and same_organisation(named, own)) else None


# --- life and accounts ----------------------------------------------------------------------------------------------


def _biography(part: _Part) -> str:
    """The paragraphs, one a line, cut at the end of a word."""
    paragraphs = (line.text for line in part.lines[1:] if not line.heading and _is_paragraph(part, line))
    text = "\n".join(dict.fromkeys(paragraphs))
    return text if len(text) <= LONGEST_BIOGRAPHY else text[: LONGEST_BIOGRAPHY - 1].rpartition(" ")[0] + "…"


def _is_paragraph(part: _Part, line: Line) -> bool:
    kind = part.marked.marks[line.index].kind
    return kind not in ("name", "label") and (is_prose(line.text) or len(line.text) >= _PARAGRAPH)


def _accounts(document: Document, part: _Part, name: str) -> Iterator[str]:
    """The person's own accounts beside what is told of them, and plain pages that bear their name or say blog."""
    for link in part.marked.page.links_between(max(0, part.head - _NEAR), part.end):
        try:
            url = document.absolute(link.href)
        except ValueError:
            continue
        if _is_theirs(document, url, name):
            yield url


def _declared_links(document: Document, declared: PersonItem | None) -> Iterator[str]:
    for url in declared.links if declared else ():
        if _is_theirs(document, url, declared.name if declared else ""):
            yield url


def _is_theirs(document: Document, url: str, name: str) -> bool:
    account = read_link(url) if url.startswith(("http://", "https://")) else None
    if account is None:
        return False
    if account.platform == "web":
        elsewhere = site_of(url) != site_of(document.url)
        return elsewhere and (bears_name(url, name) or "blog" in urlsplit(url).netloc)
    return not _is_of_organisation(document, account.handle)


def _is_of_organisation(document: Document, handle: str | None) -> bool:
    """Whether an account bears the name of the organisation: it is linked beside everybody."""
    plain = re.sub(r"[^a-z0-9]", "", fold(handle or ""))
    label = site_of(document.url).partition(".")[0].replace("-", "")
    own = organisation_key(document.organisation or "").replace(" ", "")
    return any(len(word) >= 3 and plain.startswith(word) for word in (label, own))
