"""People in sentences, where a page shows nobody else: "Maria Keller, who ..., is our Chief People Officer"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Final

from crawler.items import PersonItem
from crawler.pages.card import Marked
from crawler.pages.document import Document
from crawler.pages.employment import other_organisation
from crawler.pages.groups import Group
from crawler.pages.marks import is_name, is_title
from crawler.pages.people import merge_people, plain_name
from crawler.pages.quotes import is_quoted
from crawler.pages.words import page_words
from pipelines.lexicon.folding import fold
from pipelines.lexicon.organisations import organisation_key
from pipelines.lexicon.titles import may_be_title, read_title
from pipelines.lexicon.vocabulary import load_vocabulary

_SENTENCE: Final = re.compile(r"(?<=[^\W\d_]{3}[.!?])\s+(?=[^\W\d_a-z])")
_ENDS: Final = re.compile(r"[,.;:!?)]$")
_AND: Final = frozenset({"and", "und", "et", "y", "e", "en", "och", "og", "i", "и"})
_MAX_SENTENCES: Final = 400
_MAX_WORDS: Final = 60
_MAX_NAME: Final = 4
_MAX_TITLE: Final = 8
_MAX_PEOPLE: Final = 50


@dataclass(frozen=True, slots=True)
class ProseWords:
    """The small words around names and titles, folded."""

    own: frozenset[str]
    verbs: tuple[tuple[str, ...], ...]
    who: frozenset[str]
    between: frozenset[str]
    before: frozenset[str]
    of: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Place:
    """A name in the words of a sentence, from `start` up to `end`."""

    words: Sequence[str]
    start: int
    end: int

    @property
    def name(self) -> str:
        return " ".join(self.words[self.start : self.end]).rstrip(",.;:")

    def after(self) -> Sequence[str]:
        return self.words[self.end :]

    @property
    def ends_clause(self) -> bool:
        return self.words[self.end - 1].endswith(",")


@cache
def prose_words() -> ProseWords:
    """The lists of config/vocab/pages.toml."""
    data = load_vocabulary("pages")["prose"]
    sets = {kind: frozenset(map(fold, data[kind])) for kind in ("own", "who", "between", "before", "of")}
    return ProseWords(verbs=tuple(tuple(fold(verb).split()) for verb in data["is"]), **sets)


def people_in_prose(document: Document, marked: Marked, groups: Sequence[Group]) -> tuple[PersonItem, ...]:
    """Those of whom a sentence says that they hold a role here: under a heading of leaders, or "our ..."."""
    found: list[PersonItem] = []
    for index, sentence in islice(_sentences(document, marked, groups), _MAX_SENTENCES):
        group = groups[index]
        for name, title in _said(document, sentence, announced=group.announced):
            person = PersonItem(
                name=plain_name(name), title=title, section=group.section, excerpt=sentence[:300], title_scope="here"
            )
            found.append(person)
        if len(found) >= _MAX_PEOPLE:
            break
    return merge_people(found)


def _sentences(document: Document, marked: Marked, groups: Sequence[Group]) -> Iterator[tuple[int, str]]:
    for line in marked.page.lines:
        group = groups[line.index]
        if line.heading or group.excluded or group.quotes or line.text.count(" ") < 4 or is_quoted(line.text):
            continue
        if not _may_concern(document, line.text, announced=group.announced):
            continue
        for sentence in _SENTENCE.split(line.text):
            if _may_concern(document, sentence, announced=group.announced) and may_be_title(sentence):
                yield line.index, sentence


def _may_concern(document: Document, text: str, *, announced: bool) -> bool:
    """Whether a text may name somebody of this house; cheap, for most sentences are about other things."""
    return _may_name(text) and (announced or _is_of_this_house(document, text.split()))


def _may_name(text: str) -> bool:
    """Whether two capitals stand so near each other that a name may; few sentences have them. Cheap."""
    ahead = _MAX_NAME
    for word in text.split():
        first = word[0]
        is_capital = first.isalpha() and not "a" <= first <= "z"
        if (is_capital and ahead < _MAX_NAME) or "." in word[:-1]:
            return True
        ahead = 1 if first.isupper() else ahead + 1
        if word[-1] in ",;:":
            ahead = _MAX_NAME
    return False


def _said(document: Document, sentence: str, *, announced: bool) -> Iterator[tuple[str, str]]:
    words = sentence.split()[:_MAX_WORDS]
    if not (announced or _is_of_this_house(document, words)):
        return
    for place in _names(words):
        if _is_elsewhere(document, place):
            continue
        title = (
            _title_behind_verb(document, place)
            or _title_beside(document, place, announced=announced)
            or _title_before(document, place, announced=announced)
        )
        if title:
            yield place.name, title


def _is_of_this_house(document: Document, words: Sequence[str]) -> bool:
    """Whether a sentence says "our", or names the page's organisation."""
    text = " ".join(words)
    spelled = text.lower().split() if text.isascii() else map(fold, words)
    folded = {word.strip(",.;:'") for word in spelled}
    own = set(organisation_key(document.organisation).split()) if document.organisation else set()
    return not folded.isdisjoint(prose_words().own) or (bool(own) and own <= folded)


def _names(words: Sequence[str]) -> Iterator[_Place]:
    start = 0
    while start < len(words) - 1:
        ends = range(_end_of_phrase(words, start), start + 1, -1) if _begins_name(words[start]) else ()
        place = next(
            (_Place(words, start, end) for end in ends if is_name(" ".join(words[start:end]).rstrip(",.;:"))),
            None,
        )
        if place:
            yield place
        start = place.end if place else start + 1


def _begins_name(word: str) -> bool:
    return word[:1].isupper() and not is_title(word.rstrip(",.;:"))


def _end_of_phrase(words: Sequence[str], start: int) -> int:
    """Where a name that begins here ends at the latest: no comma stands within."""
    longest = min(len(words), start + _MAX_NAME)
    return next((end for end in range(start + 1, longest) if words[end - 1].endswith((",", ";", ":"))), longest)


def _is_elsewhere(document: Document, place: _Place) -> bool:
    """Whether the name is followed by whose it is: "John Carver of Delta", and Delta is not the page's own."""
    after = place.after()
    if place.ends_clause or len(after) < 2 or fold(after[0]) not in prose_words().of or not after[1][:1].isupper():
        return False
    return other_organisation(document, _ENDS.sub("", after[1])) is not None


# --- the title ------------------------------------------------------------------------------------------------------


def _title_behind_verb(document: Document, place: _Place) -> str | None:
    """`Maria Keller, who joined in 2015, is our Chief People Officer`."""
    words, after = prose_words(), list(place.after())
    if place.ends_clause and after and fold(after[0]) in words.who:
        ends = next((n for n, word in enumerate(after) if word.endswith(",")), len(after))
        after = after[ends + 1 :]
    folded = [fold(word) for word in after[:3]]
    verb = next((verb for verb in words.verbs if tuple(folded[: len(verb)]) == verb), None)
    return _leading_title(document, after[len(verb) :]) if verb else None


def _title_beside(document: Document, place: _Place, *, announced: bool) -> str | None:
    """`Jane Roe, our HR director, came ...`."""
    after = place.after()
    if not place.ends_clause or not after or not (announced or fold(after[0]) in prose_words().own):
        return None
    title = _leading_title(document, after)
    ends = next((n for n, word in enumerate(after) if _ENDS.search(word)), len(after) - 1)
    clause = " ".join(after[: ends + 1])
    return title if title and clause.rstrip(",.;:").endswith(title) else None


def _leading_title(document: Document, words: Sequence[str]) -> str | None:
    """The title a clause begins with, small words before it left out; None where it names another's organisation."""
    small = prose_words()
    start = next((n for n, word in enumerate(words) if not _is_small(word, small)), len(words))
    clause: list[str] = []
    for at, word in enumerate(words[start : start + _MAX_TITLE], start):
        ends = fold(word) in page_words().verbs or word[0].isdigit()
        if ends or (fold(word) in _AND and not may_be_title(" ".join(words[at + 1 : at + 4]))):
            break
        clause.append(_ENDS.sub("", word))
        if _ENDS.search(word):
            break
    if other_organisation(document, read_title(" ".join(clause)).organisation) is not None:
        return None
    texts = (clause[:count] for count in range(len(clause), 0, -1))
    return next((" ".join(text) for text in texts if _is_whole_title(text)), None)


def _is_small(word: str, small: ProseWords) -> bool:
    return fold(word) in small.own or fold(word) in small.between or word[:4].isdigit()


def _is_whole_title(words: Sequence[str]) -> bool:
    text = " ".join(words)
    if fold(words[-1]) in page_words().connectors or fold(words[-1]) in prose_words().of:
        return False
    return is_title(text) and read_title(text).organisation is None and not read_title(text).former


def _title_before(document: Document, place: _Place, *, announced: bool) -> str | None:
    """`Our HR director, Jane Roe, ...`, `led by chief executive Bo Lind`."""
    ahead = [word.rstrip(",") for word in place.words[max(0, place.start - _MAX_TITLE) : place.start]]
    small = prose_words()
    for count in range(len(ahead), 0, -1):
        title = ahead[-count:]
        before = fold(ahead[-count - 1]) if count < len(ahead) else ""
        anchored = before in small.own or (announced and (not before or before in small.before))
        if anchored and fold(title[0]) not in small.own and _is_whole_title(title):
            other = other_organisation(document, read_title(" ".join(title)).organisation)
            return None if other else " ".join(title)
    return None
