"""What a line of a page is: a name, a title, both in one line, a label, a sentence. Looks at one line at a time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, takewhile
from typing import Final, Literal, NamedTuple

from crawler.pages.lines import Line, Run
from crawler.pages.quotes import opens_with_quote
from crawler.pages.stories import starts_with_date
from crawler.pages.words import page_words, read_grouping, says_only_seat
from pipelines.lexicon.folding import fold
from pipelines.lexicon.name_decorations import given_names
from pipelines.lexicon.names import read_name
from pipelines.lexicon.organisations import looks_like_organisation
from pipelines.lexicon.titles import has_title_word, may_be_title, read_title

Kind = Literal["name", "title", "both", "label", "prose", "other"]

_BULLETS: Final = " \t\u00a0|•·*▪►\u2013—-,;:"
_TAIL: Final = re.compile(
    r"\s*(?:\((?:ext|x|tel|phone|durchwahl|poste)\b[^)]*\)?|[\w.+-]+@[\w-]+\.[\w.]+|[\[(]at[\])]|"
    r"\|?\s*\+?\(?\d[\d\s().\-/]{6,}\d|\b(?:ext|extension|x|tel|phone)\b\.?\s*:?\s*\d.*)",
    re.IGNORECASE,
)
_MAIL: Final = re.compile(r"\S@\S|\(at\)|\[at\]")
_LONG_NUMBER: Final = re.compile(r"\d[\d\s().\-/]{6,}\d")
_BEFORE_NUMBERS: Final = ("ext", "tel", "phone", "x ", "x.", "x:")
_PRONOUNS: Final = re.compile(r"\s*[(\[](?:she|he|they|her|him|ze|elle|il|sie|er)\b[^)\]]{0,30}[)\]]", re.IGNORECASE)
_SEPARATOR: Final = re.compile(r"\s*,\s+|\s+[-/•·]+\s+|\s*[\u2013—|]\s*|\s*:\s+|\s+(?=\()")
_SEPARATING: Final = frozenset(",-/•·\u2013—|:(")
"""One of them is in every separator."""
_SENTENCE_END: Final = re.compile(
    r"[a-z\u0430-\u044f\u0451)\"'”\u2019»]{2}[.!?…](?:[\"'”»)]|\s+[A-Z\u0410-\u042f\u0401ÄÖÜÉ\"'“«]|$)"
)
_CLAUSE_END: Final = re.compile(r"(?<=[^\W\d_]{2})[.;](?:\s|$)")
_BETWEEN_PEOPLE: Final = re.compile(
    r"\s*;\s*(?:and\s+|und\s+|et\s+|y\s+)?|(?<=\))(?:,|\s+(?:and|und|et|y))?\s+(?=[^\W\d_a-z])"
)
_FORM_AT_END: Final = re.compile(r"\b[A-Z\u0410-\u042f][a-z\u0430-\u044f]{1,4}\.$")
_CAPITALS: Final = re.compile(
    r"(?:^|[\s.'\u2019(-])[^\W\d_a-z\u0430-\u044f\u0451].*[\s.][^\W\d_a-z\u0430-\u044f\u0451]"
)
"""Two words with a capital: what every name in a script with capitals has."""
_HOLDS_CAPITALS: Final = re.compile(r"[^\W\d_a-z\u0430-\u044f\u0451].*[\s.][^\W\d_a-z\u0430-\u044f\u0451]")
"""What a text with a name anywhere in it has."""
_AND: Final = re.compile(r"[,;]\s+|\s(?:&|and|und|et|y|e|и)\s")
_WORD: Final = re.compile(r"[^\W_]+")
_BLANKS: Final = re.compile(r"[\s/&]+")
_DIGIT: Final = re.compile(r"\d")
_BYLINE_OR_AWARD: Final = re.compile(r"^by\s|\bof the year\W*(?:(?:19|20)\d\d)?$", re.IGNORECASE)
"""The author of an article and the winner of a prize: "By the editor", "Manager of the Year 2020"."""
_LONG: Final = 220
_MAX_TITLE: Final = 160
_MAX_NAME: Final = 80
_AND_ELSEWHERE: Final = re.compile(r" [iy] ")
"""In English it is "I", and a sign of a sentence; small it is "and" in other languages."""
_JOINT: Final = re.compile(r"[a-z\u00df-\u00ff\u0430-\u044f\u0451](?=[A-Z\u00c0-\u00de\u0410-\u042f])")
_FIELD: Final = 30
_GLUED_WORDS: Final = 10
_SHORT: Final = 6
_FAIR: Final = 0.4
"""A text of more words than a short one with less than this share known is a headline that names a job."""
_SURE: Final = 0.6
"""A text of which the titles' vocabulary knows this share is a title ("Court Clerk"), whatever its shape."""


@dataclass(frozen=True, slots=True)
class Mark:
    """What one line is. `sure` is False where only the neighbours can confirm it.

    A name with credentials that are a job besides ("Ann Lee, RDH") has them as its title, should no other follow.
    """

    kind: Kind
    names: tuple[str, ...] = ()
    title: str | None = None
    sure: bool = True
    employer: str | None = None
    """What a column for it says."""
    pairs: tuple[tuple[str, str], ...] = ()
    """Names with a title each, where a line lists several people."""


LABEL: Final = Mark("label")
PROSE: Final = Mark("prose")
OTHER: Final = Mark("other")


def read_mark(line: Line) -> Mark:
    """What a line is by its own text and emphasis; titles that stand alone are left to `read_title_mark`.

    Titles are costly to read and matter beside names only.
    """
    return _read_written(_Written(line.text, line.runs))


class _Written(NamedTuple):
    """What a line says and how, wherever it stands."""

    text: str
    runs: tuple[Run, ...]


@lru_cache(maxsize=4096)
def _read_written(line: _Written) -> Mark:
    # A line is read more than once: with the names that stand in attributes, and on other pages of the site.
    text = without_field(tidy_line(line.text)) if len(line.text) < _LONG else line.text
    if is_label(text):
        return LABEL
    if is_prose(text):
        return _labelled_prose(line) or _led_prose(line) or PROSE
    if not _HOLDS_CAPITALS.search(line.text):
        return _unglued(line, text) or OTHER
    if starts_with_date(line.text) or opens_with_quote(text):
        return OTHER
    return _name_and_title(line, text) or _names_only(text) or _unglued(line, text) or OTHER


def read_title_mark(line: Line) -> Mark:
    """The mark of a line that is neither name nor label nor sentence: a title, or something else."""
    text = without_field(tidy_line(line.text))
    if not is_title(text):
        return OTHER
    grouping = read_grouping(text) if text.count(" ") < 3 else None
    return OTHER if grouping and grouping.whole else Mark("title", title=text)


@lru_cache(maxsize=8192)
def tidy_line(text: str) -> str:
    """A line without bullets, telephone numbers, mail addresses and pronouns."""
    if _may_have_tail(text):
        text = _PRONOUNS.sub("", _TAIL.sub("", text))
    return text.strip(_BULLETS).lstrip("»\u203a ")


def without_field(text: str) -> str:
    """A line without the name of its field in front: "Position: Head of Sales"."""
    field, colon, rest = text[:_FIELD].partition(":")
    if not colon or fold(field).strip() not in page_words().fields:
        return text
    return (rest + text[_FIELD:]).strip(_BULLETS)


def _may_have_tail(text: str) -> bool:
    """Whether a text holds a sign of what `_TAIL` and `_PRONOUNS` cut off; many times faster than those."""
    if "(" in text or "@" in text or "[" in text:
        return True
    if _DIGIT.search(text) is None:
        return False
    return _LONG_NUMBER.search(text) is not None or any(word in text.lower() for word in _BEFORE_NUMBERS)


@lru_cache(maxsize=8192)
def is_name(text: str) -> bool:
    """Whether a text is one person's name, credentials and honorifics included."""
    if not 3 <= len(text) <= _MAX_NAME or not _CAPITALS.search(text) or _DIGIT.search(text):
        return False
    bare = text.partition(",")[0]
    if not page_words().not_names.isdisjoint(_BLANKS.split(fold(bare))) or is_label(bare):
        return False
    if may_be_title(bare) and read_title(bare).confidence >= _SURE:
        return False
    return read_name(text) is not None and not looks_like_organisation(text)


@lru_cache(maxsize=8192)
def may_be_name(text: str) -> bool:
    """Whether a text that is no known name has the shape of one: two to five capitalised words, no title or firm."""
    words = text.split()
    plain = 2 <= len(words) <= 5 and all(word[:1].isupper() for word in words) and not _DIGIT.search(text)
    if not plain or len(text) > _MAX_NAME or not is_no_page_word(text):
        return False
    return not (has_title_word(text) or looks_like_organisation(text))


def is_no_page_word(text: str) -> bool:
    """Whether no word of a text is one that pages are full of and names are not made of."""
    return page_words().not_names.isdisjoint(_BLANKS.split(fold(text)))


@lru_cache(maxsize=8192)
def is_title(text: str) -> bool:
    """Whether a short text is a job title by its words."""
    if not 2 <= len(text) <= _MAX_TITLE or is_prose(text) or not may_be_title(text) or _BYLINE_OR_AWARD.search(text):
        return False
    reading = read_title(text)
    if reading.level == "none" or (reading.confidence < _FAIR and text.count(" ") > _SHORT):
        return False
    return reading.confidence >= _SURE or not text[0].islower()


@lru_cache(maxsize=8192)
def is_label(text: str) -> bool:
    """Whether a line is a button, the label of a link, a telephone number or next to nothing."""
    if len(text) > _LONG:
        return False
    folded = fold(text).strip(" :.>+»\u203a→-|")
    words = page_words()
    if len(folded) < 2 or folded in words.labels or words.contact.match(folded):
        return True
    return _MAIL.search(folded) is not None or sum(map(str.isdigit, folded)) > max(4, len(folded) // 3)


@lru_cache(maxsize=8192)
def is_prose(text: str) -> bool:
    """Whether a text is a sentence or more, no label, name or title."""
    words = text.count(" ") + 1
    if words > 24 or len(text) > _LONG or text.endswith(("?", "!")):
        return True
    if words <= 5:
        return False
    if words > 7 and _SENTENCE_END.search(text, text.find(" ")) and not _ends_in_form(text):  # "Dr. Ann Lee ..."
        return True
    return words > 6 and not page_words().verbs.isdisjoint(_WORD.findall(fold(_AND_ELSEWHERE.sub(" ", text))))


def _ends_in_form(text: str) -> bool:
    """Whether the full stop belongs to "Inc.", "Ltd." or another short form at the end."""
    if _FORM_AT_END.search(text) is None:
        return False
    return all(match.end() == len(text) for match in _SENTENCE_END.finditer(text))


# --- one line with name and title -----------------------------------------------------------------------------------


def _name_and_title(line: _Written, text: str) -> Mark | None:
    if several := _several(text):
        return several
    if len(text) > _MAX_TITLE + _MAX_NAME:
        return None
    candidates = [*_run_splits(line.runs), *_text_splits(text)]
    unsure: Mark | None = None
    for left, right, either_way in candidates:
        mark = _paired(left, right, either_way=either_way)
        if mark and mark.sure:
            parted = _unglued(line, text) if _JOINT.search(mark.names[0]) else None
            return parted if parted and parted.kind == "both" else mark
        unsure = unsure or mark
    return unsure if unsure and not is_title(text) and not is_name(text) else None


def _several(text: str) -> Mark | None:
    """Several people on a line: "Ann Lee, CEO; Bob Ray, CFO", "Ann Lee (Chair), Bob Ray (Treasurer)"."""
    if ";" not in text and ")," not in text and ") " not in text:
        return None
    found: list[Mark] = []
    for part in _BETWEEN_PEOPLE.split(text):
        marks = (_paired(left, right, either_way=either) for left, right, either in _text_splits(part.strip()))
        mark = next((mark for mark in marks if mark and mark.sure and mark.title), None)
        if mark is None:
            return None
        found.append(mark)
    pairs = tuple((mark.names[0], mark.title or "") for mark in found)
    return Mark("both", tuple(name for name, _ in pairs), pairs[0][1], pairs=pairs) if len(pairs) > 1 else None


def _paired(left: str, right: str, *, either_way: bool) -> Mark | None:
    """The mark of a line parted in two, whichever side holds the name."""
    if either_way and (names := _name_list(right)) and is_title(left):
        return Mark("both", names, left)
    if not is_name(left):
        # An unknown name before a known title is one if others of the list are (repeats).
        return Mark("both", (left,), right, sure=False) if may_be_name(left) and is_title(right) else None
    name, title = _with_credentials(left, right)
    if not title:
        return Mark("name", (name,), right if is_title(right) else None)
    title = title[1:-1] if title[0] == "(" and title[-1] == ")" else title
    if is_title(title) or says_only_seat(title.partition(",")[0]):
        return Mark("both", (name,), title)
    return Mark("both", (name,), title, sure=False) if not is_name(title) and _could_be_title(title) else None


def _could_be_title(text: str) -> bool:
    return 2 <= len(text) <= _MAX_TITLE and not is_prose(text) and not is_label(text)


def _with_credentials(name: str, rest: str) -> tuple[str, str]:
    """Credentials that stand between name and title go to the name: "Ann Lee, MD, Chief Medical Officer"."""
    while rest:
        first, _, after = rest.partition(", ")
        known = read_name(name)
        reading = read_name(f"{name}, {first}")
        if known is None or reading is None or len(reading.suffixes) <= len(known.suffixes):
            break
        name, rest = f"{name}, {first}", after
    return name, rest


def _run_splits(runs: tuple[Run, ...]) -> Iterator[tuple[str, str, bool]]:
    for cut in range(1, min(len(runs), 5)):
        left = "".join(run.text for run in runs[:cut])
        right = "".join(run.text for run in runs[cut:])
        yield tidy_line(left), tidy_line(right), not (right.lstrip().startswith(",") or left.rstrip().endswith(","))


def _text_splits(text: str) -> Iterator[tuple[str, str, bool]]:
    """Both sides of every separator, and whether it may stand between a title and the name after it.

    A comma may not: "Senior Vice President, Product Delivery" is a title with its field.
    """
    if _SEPARATING.isdisjoint(text):
        return
    for count, match in enumerate(_SEPARATOR.finditer(text)):
        if count > 5:
            return
        yield text[: match.start()].strip(_BULLETS), text[match.end() :].strip(_BULLETS + "()"), "," not in match[0]


@lru_cache(maxsize=8192)
def glued(text: str) -> tuple[str, str] | None:
    """Name and title of "CEO Ann Lee" or "Ann Lee CEO", where every word belongs to one of the two."""
    words = text.split(" ")
    if not 3 <= len(words) <= _GLUED_WORDS or "," in text:
        return None
    if not (_HOLDS_CAPITALS.search(text) and may_be_title(text)):
        return None
    for cut in range(1, len(words)):
        left, right = " ".join(words[:cut]), " ".join(words[cut:])
        if is_name(right) and left[-1].isalnum() and is_title(words[cut - 1]) and is_title(left):
            return right, left
        if is_name(left) and is_title(right):
            return left, right
    return None


def _unglued(line: _Written, text: str) -> Mark | None:
    """Elements side by side without a blank: "AnnLee", "Ann LeeHead of Sales"."""
    if len(text) > _MAX_TITLE or not _JOINT.search(text):
        return None
    for match in islice(_JOINT.finditer(text), 6):
        left, right = tidy_line(text[: match.end()]), tidy_line(text[match.end() :])
        if is_name(left) and (is_title(right) or says_only_seat(right.partition(",")[0])):
            return Mark("both", (left,), right)
        if is_title(left) and is_name(right):
            return Mark("both", (right,), left)
    whole = " ".join(run.text.strip() for run in line.runs) if len(line.runs) > 1 else _JOINT.sub(r"\g<0> ", text)
    given = fold(whole.partition(" ")[0]) in given_names()
    return Mark("name", (whole,)) if (given or len(line.runs) > 1) and is_name(whole) else None


def _labelled_prose(line: _Written) -> Mark | None:
    """A title as the label of a sentence about somebody: "Owner and founder: Ann Lee once ran ..."."""
    label, colon, rest = line.text[:200].partition(":")
    title = label.strip(_BULLETS)
    if not colon or not is_title(title):
        return None
    strong = next((tidy_line(run.text) for run in line.runs if run.strong and is_name(tidy_line(run.text))), None)
    name = strong if strong and rest.lstrip().startswith(strong) else _leading_name(rest)
    return Mark("both", (name,), title) if name else None


def _led_prose(line: _Written) -> Mark | None:
    """A biography led by a name in bold, its title after it: "**Ann Lee** - Head of Sales. Ann has ..."."""
    lead = "".join(run.text for run in takewhile(lambda run: run.strong, line.runs))
    if not 3 < len(lead) <= _MAX_NAME + _MAX_TITLE or len(lead) + 3 > len(line.text):
        return None
    name = tidy_line(lead)
    if not is_name(name):
        mark = next(filter(None, (_paired(*split[:2], either_way=split[2]) for split in _text_splits(name))), None)
        return mark if mark and mark.sure and mark.kind == "both" else None
    clause = _CLAUSE_END.split(line.text[len(lead.lstrip()) :].lstrip(_BULLETS)[: _MAX_TITLE + 1], maxsplit=1)[0]
    title = tidy_line(clause)
    return Mark("both", (name,), title) if is_title(title) and read_title(title).confidence >= _SURE else None


def _leading_name(text: str) -> str | None:
    words = text.split()[:5]
    names = (" ".join(words[:count]) for count in range(4, 1, -1))
    return next((name for name in names if is_name(name)), None)


# --- one thing on a line --------------------------------------------------------------------------------------------


def _names_only(text: str) -> Mark | None:
    names = _name_list(text)
    return Mark("name", names) if names else None


def _name_list(text: str) -> tuple[str, ...]:
    """The name a text is, or the names it lists: "Jani Daly, Cathy Hooper"."""
    parts = tuple(part.strip() for part in _AND.split(text) if part.strip())
    if len(parts) > 1 and all(is_name(part) for part in parts):
        return parts
    return (text,) if is_name(text) else ()
