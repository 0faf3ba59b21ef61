"""What stands on a speaker's card beside the name: title and employer, links, talks."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final
from urllib.parse import urlsplit

from crawler.pages.document import Document
from crawler.pages.lines import Line, PageLines
from crawler.pages.marks import is_label, is_prose
from crawler.pages.speaker_taglines import Tagline, split_tagline
from crawler.pages.speaker_wall import Shape, SpeakerCard, shape_of
from crawler.pages.speaker_words import event_words, is_cancelled, is_placeholder
from pipelines.lexicon.links import read_link
from pipelines.lexicon.organisations import looks_like_organisation
from pipelines.lexicon.titles import has_title_word

_MOST_DETAILS: Final = 3
_LONGEST: Final = 120
_ONE_SLASH: Final = re.compile(r"^(https?:)/+(?=[^/])", re.IGNORECASE)
_EMPLOYER_MARK: Final = re.compile(r"(?<!\S)@\s*(?=\w)")
_SMALL_WORD: Final = re.compile(r"of|the|and|&|for|del?|la|d[ue]s?|und|d[ei]r|die|das|[yei]|at|in|on", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Details:
    """What one card says."""

    title: str | None
    organisation: str | None
    links: tuple[str, ...]
    talks: tuple[str, ...]


def read_details(document: Document, page: PageLines, cards: Sequence[SpeakerCard]) -> list[Details]:
    """The details of every card; what one card leaves open its neighbours' columns may tell."""
    lines = [_detail_lines(page, card) for card in cards]
    employers = _columns_of_employers(lines)
    links = _own_links([_links(document, page, card) for card in cards])
    return [
        Details(*_title_and_employer(card, details, employers), own, _talks(page, card))
        for card, details, own in zip(cards, lines, links, strict=True)
    ]


# --- title and employer -----------------------------------------------------------------------------------------------


def _detail_lines(page: PageLines, card: SpeakerCard) -> list[Line]:
    """The short lines after the name, up to the first sentence; without any, those before it."""
    after = _short_lines(page.lines[card.line + 1 : card.end], card)
    return after or _short_lines(page.lines[card.first : card.line], card)


def _short_lines(lines: Sequence[Line], card: SpeakerCard) -> list[Line]:
    found: list[Line] = []
    for line in lines:
        if is_prose(line.text) or len(line.text) > _LONGEST or len(found) == _MOST_DETAILS:
            break
        name = card.name.casefold() in line.text.casefold()
        if not (name or _is_button(line.text) or is_placeholder(line.text) or _is_talk(line) or _is_menu(line.text)):
            found.append(line)
    return found


def _is_button(text: str) -> bool:
    # "CTO @ Acme" and "@acme" name an employer; any other @ is an address or a handle.
    return is_label(_EMPLOYER_MARK.sub(" ", text))


def _is_menu(text: str) -> bool:
    words = event_words()
    return text.casefold().strip(" :") in (*words.speaker_links, *words.programme_links)


def _is_talk(line: Line) -> bool:
    """Whether a line is a talk's title: quoted, or a link to a talk."""
    return line.text[:1] in "\"'\u201c\u201e\u00ab" or any(_leads_to_talk(href) for href in line.hrefs)


def _title_and_employer(card: SpeakerCard, details: Sequence[Line], employers: set[Shape]) -> Tagline:
    if has_title_word(card.rest):
        return split_tagline(card.rest)
    if not details:
        return None, None
    first, second = details[0], details[1] if len(details) > 1 else None
    if _names_employer(first, employers) and not (second and _names_employer(second, employers)):
        title = _text(second) if second and has_title_word(second.text) else None
        return title, _text(first)
    if second and has_title_word(first.text) and (_names_employer(second, employers) or _could_be_employer(second)):
        return _text(first).rstrip(" ,"), _text(second)
    return split_tagline(_text(first))


def _text(line: Line) -> str:
    """A line without the labels and addresses of links in it ("Director of Sales LinkedIn")."""
    kept = [run.text for run in line.runs if not (run.wrapper == "a" and _is_label_of_link(run.text.strip()))]
    return " ".join("".join(kept).split()) or line.text


def _is_label_of_link(text: str) -> bool:
    return is_label(text) or re.fullmatch(r"@\w+|\S+\.\S+", text) is not None


def _names_employer(line: Line, employers: set[Shape]) -> bool:
    """Whether a line is an employer: by what the other cards have there, by its class, by its words."""
    if has_title_word(line.text) and not looks_like_organisation(line.text):
        return False
    classed = event_words().organisation_classes.search(" ".join(line.signature[1:]))
    return _place(line) in employers or bool(classed)


def _could_be_employer(line: Line) -> bool:
    """Whether a line under a title has the look of a firm's name: a few words, in capitals, no dates."""
    text = line.text
    if has_title_word(text) or len(text.split()) > 6 or any(char.isdigit() for char in text):
        return False
    return _is_capitalised(text) or looks_like_organisation(text)


def _columns_of_employers(cards: Sequence[Sequence[Line]]) -> set[Shape]:
    """Places on the cards where mostly names of firms stand: short, in capitals, hardly ever a job title."""
    columns: dict[Shape, dict[str, None]] = defaultdict(dict)
    for details in cards:
        for line in details[:2]:
            columns[_place(line)][_text(line)] = None
    return {shape for shape, texts in columns.items() if _are_employers(list(texts))}


def _place(line: Line) -> Shape:
    """Where on its card a line stands; a link behind the text does not make it another place."""
    path, style, _ = shape_of(line)
    return path, style, line.runs[0].wrapper


def _are_employers(texts: Sequence[str]) -> bool:
    if len(texts) < 3 or median(len(text.split()) for text in texts) > 5:
        return False
    titles = sum(has_title_word(text) and not looks_like_organisation(text) for text in texts)
    named = sum(_is_capitalised(text) for text in texts)
    joined = sum("@" in text or " at " in text or ", " in text for text in texts)
    return titles <= 0.2 * len(texts) and named >= 0.7 * len(texts) and joined <= 0.3 * len(texts)


def _is_capitalised(text: str) -> bool:
    words = [word for word in re.findall(r"[\w&]+", text) if not _SMALL_WORD.fullmatch(word)]
    return bool(words) and all(not word[0].islower() for word in words)


# --- links and talks --------------------------------------------------------------------------------------------------


def _links(document: Document, page: PageLines, card: SpeakerCard) -> tuple[str, ...]:
    """Links to other sites on the card: accounts, blogs, homepages. Share buttons and the event's own pages are out."""
    found: dict[str, None] = {}
    for link in page.links_between(card.first, card.end):
        try:
            url = document.absolute(_ONE_SLASH.sub(r"\1//", "".join(link.href.split())))
            host = urlsplit(url).hostname or ""
        except ValueError:
            continue
        if url.startswith(("http://", "https://")) and host not in ("", document.host, "localhost") and read_link(url):
            found[url] = None
    return tuple(found)


def _own_links(links: Sequence[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Without links that stand on most cards: those were copied from card to card, or are the event's own."""
    if len(links) < 3:
        return list(links)
    counted = Counter(url for own in links for url in own)
    return [tuple(url for url in own if counted[url] <= max(2, len(links) // 3)) for own in links]


def _talks(page: PageLines, card: SpeakerCard) -> tuple[str, ...]:
    own = card.rest if card.rest and not has_title_word(card.rest) and not is_cancelled(card.rest) else ""
    found: dict[str, None] = {own: None} if own else {}
    for link in page.links_between(card.first, card.end):
        text = (
            page.lines[link.line].text.strip(" \"'\u201c\u201d\u201e\u00ab\u00bb")
            if link.line < len(page.lines)
            else ""
        )
        if len(text) > 5 and _leads_to_talk(link.href) and not is_label(text) and not is_cancelled(text):
            found[text] = None
    return tuple(found)


def _leads_to_talk(href: str) -> bool:
    segments = re.split(r"[/#?]", href.casefold())
    return not event_words().talk_paths.isdisjoint(segments[:-1])
