"""One free string under a speaker's name, split into title and employer where it has one of the usual forms."""

from __future__ import annotations

import re
from typing import Final

from pipelines.lexicon.folding import fold
from pipelines.lexicon.organisations import looks_like_organisation, organisation_key
from pipelines.lexicon.titles import has_title_word, read_title

Tagline = tuple[str | None, str | None]
_NOTHING: Final[Tagline] = (None, None)
_POSTS: Final = re.compile(r"\s+[|•·]\s+|\s*;\s+")
_AT: Final = re.compile(r"\s+(?:@|at|bei|beim|chez|presso|bij)\s+|\s+@(?=\w)", re.IGNORECASE)
_COMMA: Final = re.compile(r"\s*,\s+|\s+[\u2013\u2014-]\s+")
_SENTENCE: Final = re.compile(r"[a-z]{4,}[.!?]\s+[A-Z]|[!?]$|\b(?:that|who|which|with a passion)\b", re.IGNORECASE)
_JOINTS: Final = " ,-\u2013\u2014"
_LONGEST: Final = 140
_MOST_WORDS: Final = 14
_MOST_WORDS_OF_AN_EMPLOYER: Final = 8


def split_tagline(text: str) -> Tagline:
    """(title, organisation), each None where the text does not say: "Title at Org", "Title, Org", "Org, Title".

    Of several posts ("A @ X | B @ Y") the first counts. A motto gives (None, None).
    """
    text = " ".join(text.split()).strip(" ,;|")
    if not text or len(text) > _LONGEST:
        return _NOTHING
    post = _POSTS.split(text)[0].strip(" ,")
    if post.startswith("@"):
        return None, post[1:].strip() or None
    if _SENTENCE.search(post) or len(post.split()) > _MOST_WORDS:
        return _NOTHING
    return _at(post) or _comma(post) or _alone(post)


def _at(post: str) -> Tagline | None:
    parts = _AT.split(post)
    if len(parts) < 2:
        return None
    title, employer = parts[0].strip(" ,"), _COMMA.split(parts[1])[0].strip()
    if not title or not employer or len(employer.split()) > _MOST_WORDS_OF_AN_EMPLOYER:
        return None
    return title, employer


def _comma(post: str) -> Tagline | None:
    first, *rest = _COMMA.split(post)
    if not rest:
        return None
    last = rest[-1]
    if looks_like_organisation(last) and has_title_word(first):
        return post[: -len(last)].strip(_JOINTS), last
    if has_title_word(last) and not has_title_word(first) and _is_employer(first):
        return post[len(first) :].strip(_JOINTS), first
    if has_title_word(first) and len(rest) == 1 and not has_title_word(last) and _is_employer_after(first, last):
        return first, last
    return None


def _alone(post: str) -> Tagline:
    if has_title_word(post):
        reading = read_title(post)
        return (reading.title, reading.organisation) if reading.organisation else (post, None)
    return (None, post) if _is_employer_alone(post) else _NOTHING


def _is_employer(text: str) -> bool:
    return looks_like_organisation(text) or text.split(maxsplit=1)[0].isupper()


def _is_employer_alone(text: str) -> bool:
    """A text that is nothing but an employer: a legal form or capitals tell it from a motto in small letters."""
    has_legal_form = organisation_key(text) != fold(text)
    return looks_like_organisation(text) and (has_legal_form or text.istitle() or text.split(maxsplit=1)[0].isupper())


def _is_employer_after(title: str, text: str) -> bool:
    """Whether what follows a title is a firm and no field of work ("AVP, User Experience")."""
    if re.search(r"[a-z][A-Z]|\w\.\w|\d", text):
        return True
    in_capitals = all(word[0].isupper() for word in text.split() if word[0].isalpha() and len(word) > 3)
    return in_capitals and read_title(f"{title}, {text}").function == read_title(title).function
