"""The repeated cards of a page of speakers: which lines are names, and which lines belong to each."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import unquote, urlsplit

from crawler.pages.document import Document
from crawler.pages.lines import Box, Line, PageLines
from crawler.pages.marks import is_label, is_name
from crawler.pages.speaker_words import event_words, is_placeholder, without_marks
from crawler.pages.words import read_grouping
from pipelines.lexicon.names import read_name
from pipelines.lexicon.organisations import looks_like_organisation
from pipelines.lexicon.titles import has_title_word

Shape = tuple[str, str, str]
Said = Literal["speakers", "others", "nothing"]
_FEWEST: Final = 3
"""Lines alike that make a pattern; two are enough under a heading that says speakers."""
_SHARE: Final = 0.6
"""Of the lines alike, how many must be names by themselves."""
_JOINT: Final = re.compile(r"\s+[\u2013\u2014|-]\s+|,\s+")
_REPEATED: Final = 5
"""Lines without a heading's tag that occur so often belong to cards and announce nothing."""
_LONGEST_HEADING: Final = 80
_NAME_WORDS: Final = 6


@dataclass(frozen=True, slots=True)
class SpeakerCard:
    """One name with the lines that belong to it; `first` to `end` are lines of the page, the name's own included."""

    name: str
    line: int
    first: int
    end: int
    rest: str = ""
    """What stands on the name's own line behind it: a role, a talk."""


@dataclass(frozen=True, slots=True)
class _Called:
    name: str
    rest: str = ""


def speaker_cards(document: Document, page: PageLines) -> list[SpeakerCard]:
    """Every card of somebody who speaks, in page order; one person may have several."""
    said = _what_headings_say(document, page)
    called = _unglued(_name_lines([line for line in page.lines if said[line.index] != "others"]))
    chosen: dict[int, _Called] = {}
    for alike in _by_shape(page.lines[index] for index in called):
        announced = [line for line in alike if said[line.index] == "speakers"]
        kept = announced or alike
        if len(kept) >= _fewest(kept, announced=bool(announced)):
            chosen.update((line.index, called[line.index]) for line in kept)
    return [_card(page, index, chosen) for index in sorted(chosen) if not without_marks(page.lines[index].text)[1]]


def _fewest(lines: Sequence[Line], *, announced: bool) -> int:
    if not announced:
        return _FEWEST
    return 1 if all(line.heading for line in lines) else 2


def _name_lines(lines: Sequence[Line]) -> dict[int, _Called]:
    """Lines that are names: by themselves, or by the company they keep."""
    found: dict[int, _Called] = {}
    for alike in _by_shape(lines):
        real = [line for line in alike if not is_placeholder(line.text)]
        lead, cut = _common_lead(real), _are_cut_by_runs(real)
        sure = {line.index: called for line in real if (called := _read_name_line(line, lead, cut=cut))}
        fewest = 1 if real and real[0].heading else 2
        if len({one.name.casefold() for one in sure.values()}) >= fewest and len(sure) >= _SHARE * len(real):
            found |= sure
            found |= {
                line.index: _Called(line.text) for line in real if line.index not in sure and _may_be_name(line.text)
            }
    return dict(sorted(found.items()))


def _read_name_line(line: Line, lead: str, *, cut: bool) -> _Called | None:
    """A line as a name, or as a name and what follows it: "Name - Talk", "Name, Role", "Name <i>Firm</i>"."""
    if cut and (called := _first_run(line)):
        return called
    text = without_marks(line.text)[0].removeprefix(lead).strip()
    if _says(text) != "nothing":
        return None
    if is_name(text):
        return _Called(text)
    for match in _JOINT.finditer(text):
        name, rest = text[: match.start()], text[match.end() :]
        if is_name(name) and (match[0].strip() != "," or has_title_word(rest)):
            return _Called(name, rest)
    return None


def _are_cut_by_runs(lines: Sequence[Line]) -> bool:
    """Whether on most of these lines the first run is a whole name; "Ada <b>Lovelace</b>" has only half of one."""
    return len(lines) >= _FEWEST and sum(_first_run(line) is not None for line in lines) >= _SHARE * len(lines)


def _first_run(line: Line) -> _Called | None:
    name = line.runs[0].text.strip(" ,-|")
    if len(line.runs) < 2 or " " not in name or not is_name(name):
        return None
    return _Called(name, "".join(run.text for run in line.runs[1:]).strip(" ,-|"))


def _common_lead(lines: Sequence[Line]) -> str:
    """The word that starts all of these lines ("About Ada Lovelace"), or nothing."""
    words = {line.text.partition(" ")[0] for line in lines}
    return words.pop() if len(words) == 1 and len(lines) >= _FEWEST and len({line.text for line in lines}) > 1 else ""


def _unglued(called: dict[int, _Called]) -> dict[int, _Called]:
    """Names that go on behind somebody's whole name ("Ada Lovelace Programmer, Analytics Ltd") cut there."""
    names = sorted({one.name for one in called.values() if " " in one.name}, key=len)
    cut: dict[int, _Called] = {}
    for index, one in called.items():
        known = next((name for name in names if one.name.startswith(name + " ")), None)
        cut[index] = _Called(known, f"{one.name[len(known) :].strip()} {one.rest}".strip()) if known else one
    return cut


def _may_be_name(text: str) -> bool:
    """Whether a text that stands where names stand can be one: "Jeroen-Soeters", "Dr. ada lovelace"."""
    if len(text.split()) > _NAME_WORDS or is_label(text) or _says(text) != "nothing" or looks_like_organisation(text):
        return False
    # Baker and Cook are names where names stand, "Head Chef" is none.
    return read_name(text) is not None or (not has_title_word(text) and read_name(text, trusted=True) is not None)


def shape_of(line: Line) -> Shape:
    """What lines of one kind share: tags, classes, inline element; classes numbered by a generator do not count."""
    path, style, wrapper = line.signature
    return path, " ".join(token for token in style.split() if not any(char.isdigit() for char in token)), wrapper


def _by_shape(lines: Iterable[Line]) -> list[list[Line]]:
    groups: dict[Shape, list[Line]] = defaultdict(list)
    for line in lines:
        groups[shape_of(line)].append(line)
    return list(groups.values())


# --- headings ---------------------------------------------------------------------------------------------------------


def _what_headings_say(document: Document, page: PageLines) -> list[Said]:
    """For every line: what the last heading over it, or else the page as a whole, says of people under it."""
    default = current = _of_page(document)
    repeated = Counter(shape_of(line) for line in page.lines)
    level = 7
    said: list[Said] = []
    for line in page.lines:
        bare = without_marks(line.text)[0]
        if _is_heading(line) and (line.heading or repeated[shape_of(line)] < _REPEATED) and not is_name(bare):
            heard = _says(bare)
            rank = line.heading or 7
            if heard != "nothing":
                current, level = heard, rank
            elif line.heading and rank <= level and current == "others":
                current, level = default, 7
        said.append(current)
    return said


def _is_heading(line: Line) -> bool:
    """Whether a line may announce what follows: a heading, or a short line alone in its box, set apart by style."""
    if len(line.text) > _LONGEST_HEADING:
        return False
    alone = line.box.end - line.box.first == 1 and not line.hrefs and bool(line.box.style)
    return bool(line.heading) or (len(line.text.split()) <= 4 and (line.strong or alone))


def _says(text: str) -> Said:
    """What a heading announces; of two words the last counts ("Keynote sponsors"), unless they are joined by "and"."""
    words = event_words()
    others = [match.start() for match in words.other_headings.finditer(text)]
    speakers = [match.start() for match in words.speaker_headings.finditer(text)]
    if not others:
        return "speakers" if speakers else "nothing"
    joined = re.search(r"\s(?:&|and|und|et|y|e|i|ve|та|и)\s", text)
    return "speakers" if speakers and (joined or speakers[-1] > others[-1]) else "others"


def _of_page(document: Document) -> Said:
    """What the address, the title and the first heading say; the address is nearest to the truth."""
    segments = [unquote(part) for part in urlsplit(document.url).path.split("/") if part]
    heads = document.selector.xpath("//h1[1]").xpath("string()").getall()[:1]
    title = document.selector.xpath("string((//title)[1])").get() or ""
    address = re.sub(r"[-_+.]", " ", segments[-1]) if segments else ""
    for text in (address, *heads, re.split(r"\s[|\u2013\u2014-]\s", title)[0]):
        called = " ".join(text.split())[:_LONGEST_HEADING]
        if (heard := _says(called)) != "nothing":
            return heard
        grouping = read_grouping(called)
        if grouping and grouping.whole and grouping.group != "staff":
            return "others"  # a page of leaders or a board; "People" may be anybody
    return "nothing"


# --- extent -----------------------------------------------------------------------------------------------------------


def _card(page: PageLines, index: int, called: dict[int, _Called]) -> SpeakerCard:
    """The largest box that holds no other name; without one the lines up to the next name or heading."""
    line, one = page.lines[index], called[index]
    others = [other for other, another in called.items() if another.name != one.name]
    box: Box | None = None
    for wider in line.box.outward():
        if wider.parent is None or any(wider.first <= other < wider.end for other in others):
            break
        box = wider
    if box is None or box.end - box.first < 2:
        return SpeakerCard(one.name, index, index, _next_break(page, line, others), one.rest)
    return SpeakerCard(one.name, index, box.first, box.end, one.rest)


def _next_break(page: PageLines, line: Line, others: Sequence[int]) -> int:
    end = min((other for other in others if other > line.index), default=len(page.lines))
    for later in page.lines[line.index + 1 : end]:
        if line.heading and 0 < later.heading <= line.heading:
            return later.index
    return end
