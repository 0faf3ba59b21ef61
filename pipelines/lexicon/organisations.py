"""What names of organisations mean: legal forms, comparable keys, and what looks like one. Pure."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final

from pipelines.lexicon.folding import fold, tidy
from pipelines.lexicon.vocabulary import load_vocabulary

_PUNCTUATION: Final = re.compile(r"[^\w&+]+")
_DOTS: Final = re.compile(r"(?<=\w)\.(?=\w\b)")
_MAX: Final = 200


@lru_cache(maxsize=4096)
def organisation_key(name: str) -> str:
    """The comparable form of an organisation's name: no case, accents, punctuation, leading article or legal form.

    "Acme Widgets, Inc." and "ACME WIDGETS" have the same key. Never empty where `name` holds a letter or digit:
    a name that is all legal form stays as it is.
    """
    words = _words(name)
    kept = list(words)
    while len(kept) > 1 and (length := _form_at_end(kept)):
        del kept[-length:]
    while len(kept) > 1 and (length := _form_at_start(kept)):
        del kept[:length]
    if len(kept) > 1 and kept[0] in {"the", "die", "der", "das"}:
        del kept[0]
    return " ".join(kept or words)


def same_organisation(a: str, b: str) -> bool:
    """Whether two names surely mean one organisation: equal keys, blanks aside. Conservative: no guessing at parts."""
    one, other = organisation_key(a), organisation_key(b)
    return bool(one) and one.replace(" ", "") == other.replace(" ", "")


@lru_cache(maxsize=4096)
def looks_like_organisation(text: str) -> bool:
    """Whether a short text bears a legal form or a word that organisations have and people do not."""
    if not text or len(text) > _MAX:
        return False
    words = _words(text)
    return any(word in _organisation_words() for word in words) or (len(words) > 1 and _sure_form(words))


def has_legal_form(text: str) -> bool:
    """Whether a text of two words or more ends in an unmistakable legal form ("Acme Ltd"), or begins with one."""
    words = _words(text)
    return len(words) > 1 and _sure_form(words)


def _words(name: str) -> list[str]:
    return _PUNCTUATION.sub(" ", _DOTS.sub("", fold(tidy(name[:_MAX])))).replace("&", " & ").split()


def _form_at_end(words: list[str]) -> int:
    forms = _forms()
    return next((n for n in range(min(6, len(words) - 1), 0, -1) if " ".join(words[-n:]) in forms), 0)


def _form_at_start(words: list[str]) -> int:
    return int(words[0] in _russian_forms())


def _sure_form(words: list[str]) -> bool:
    sure = _sure_forms()
    ends = any(" ".join(words[-n:]) in sure for n in range(1, min(6, len(words)) + 1))
    return ends or words[0] in _russian_forms()


@cache
def _forms() -> frozenset[str]:
    groups = load_vocabulary("legal_forms")["forms"].values()
    listed = {fold(form) for group in groups for form in group}
    return frozenset(listed | {form.replace(" ", "") for form in listed if len(form.replace(" ", "")) > 1})


@cache
def _sure_forms() -> frozenset[str]:
    return _forms() - {fold(word) for word in load_vocabulary("legal_forms")["only_in_keys"]["words"]}


@cache
def _russian_forms() -> frozenset[str]:
    return frozenset(load_vocabulary("legal_forms")["forms"]["russian"])


@cache
def _organisation_words() -> frozenset[str]:
    return frozenset(fold(word) for word in load_vocabulary("organisations")["words"])
