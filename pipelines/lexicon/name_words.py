"""The shape of names: which words a name is made of, and which give a text away as something else. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache
from typing import Final
from unicodedata import normalize

from pipelines.lexicon.folding import fold
from pipelines.lexicon.name_decorations import given_names
from pipelines.lexicon.vocabulary import load_vocabulary

_WORD: Final = re.compile(
    r"[^\W\d_]['\u2019`\u00b4]?(?:[^\W\d_\ufffd]|\ufffd|['\u2019`\u00b4.\-\u2010\u2011](?=[^\W\d_\ufffd]|\ufffd))*\.?$|\ufffd[^\W\d_\ufffd]+$"
)
_INITIAL: Final = re.compile(r"[^\W\d_](?:\.?-?[^\W\d_])?\.$|[^\W\d_]$|(?:[^\W\d_]\.){2,4}$")
_INNER_CAPITAL: Final = re.compile(r"(?<=[a-zß-ÿ])[A-ZÀ-Þ]")
_PIECES: Final = re.compile(r"[-\u2010\u2011'\u2019`\u00b4.]")
_LOUD_MC: Final = re.compile(r"(?:Mc|Mac)[A-Z]{2,}$")
_CONTRACTION: Final = re.compile(r"(?<=\w)['\u2019](?:s|re|ll|ve|t|d|m)$", re.IGNORECASE)
_HAN_NAME: Final = re.compile(r"[\u4e00-\u9fff]{2,4}$")
_HANGUL_NAME: Final = re.compile(r"[\uac00-\ud7a3]{2,4}$")
_UNCASED: Final = re.compile(r"[\u0590-\u06ff\u0900-\u0dff\u0e00-\u0eff\u3040-\u30ff\u4e00-\u9fff\uac00-\ud7a3]")
_WORDS_MAX: Final = 6
_LETTERS_MAX: Final = 26
_SYLLABLE_MAX: Final = 3
_VIETNAMESE: Final = re.compile(r"[\u0103\u01a1\u01b0\u0111\u0102\u01a0\u01af\u0110\u1ea0-\u1ef9]")


def looks_like_name(words: Sequence[str], *, decorated: bool) -> bool:
    """Whether the words have the shape of one person's name and none gives them away.

    `decorated` says that an honorific or a degree stood beside them, which settles doubtful words.
    """
    if _UNCASED.search(words[0]):
        return _uncased_name(words)
    if len(words) == 1:
        return _joined_name(words[0])
    if any(map(_is_contraction, words)):
        return False
    inside = range(1, len(words) - 1)
    weighty = [word for n, word in enumerate(words) if n not in inside or not _is_particle(words, n)]
    if not 2 <= len(weighty) <= _WORDS_MAX or len(words) > _WORDS_MAX + 2:
        return False
    if not all(map(_well_formed, words)) or not _capitals_fit(words):
        return False
    return _has_substance(weighty) and not _given_away(_judged(words, weighty), decorated=decorated)


def _is_particle(words: Sequence[str], at: int) -> bool:
    """Whether a word belongs to the family name behind it: "van", "'t", the "und" of "von und zu"."""
    folded = fold(words[at]).replace("\u2019", "'")
    return folded in particles() or (folded == "und" and fold(words[at - 1]) in particles())


def _judged(words: Sequence[str], weighty: list[str]) -> list[str]:
    """The words that can give a name away: not "Tour" of "Anne de la Tour", not the syllables of "Nguyễn Văn An"."""
    if fold(words[-2]) in particles() and len(weighty) == 2 and _is_given(words[0]):
        return weighty[:1]
    if is_vietnamese(words):
        return [word for n, word in enumerate(weighty) if not n or len(word) > _SYLLABLE_MAX]
    return weighty


def is_vietnamese(words: Sequence[str]) -> bool:
    """Three or four words, with letters of Vietnamese alone and a family name in front: "Nguyễn Văn An"."""
    return (
        len(words) in (3, 4)
        and fold(words[0]) in _family_names_first()
        and bool(_VIETNAMESE.search(normalize("NFC", "".join(words))))
    )


def spoken_case(words: Sequence[str], *, in_capitals: bool) -> list[str]:
    """The words in normal case; short ones may be initials ("JJ"), but not the "DE LA" inside a name."""
    inside = range(1, len(words) - 1)
    return [
        normal_case(word) if in_capitals or len(word) > 2 or (n in inside and fold(word) in particles()) else word
        for n, word in enumerate(words)
    ]


def _is_given(word: str) -> bool:
    """Whether a word is a known given name, or begins with one before a hyphen."""
    return fold(word) in given_names() or fold(word).split("-")[0] in given_names()


@lru_cache(maxsize=16384)
def is_initial(word: str) -> bool:
    """One letter, or letters with dots: "J", "J.", "R.D.", "J.-P."."""
    return bool(_INITIAL.fullmatch(word))


@lru_cache(maxsize=16384)
def is_loud(word: str) -> bool:
    """Whether a word of three letters or more is in capitals, but for the small letters of McDONALD."""
    return len(word) > 2 and not is_initial(word) and (word.isupper() or bool(_LOUD_MC.match(word)))


def normal_case(word: str) -> str:
    """A word in capitals as names are written: McDONALD, O'BRIEN and JEAN-LUC keep their inner capitals."""
    if not (word.isupper() or is_loud(word)) or is_initial(word):
        return word
    low = word.lower()
    if low in particles() and len(low) > 1 and low not in _listed("capital_particles"):
        return low
    text = re.sub(r"(^|[-\u2010\u2011'\u2019.])([^\W\d_])", lambda match: match[1] + match[2].upper(), low)
    return re.sub(r"^Mc([a-z])", lambda match: f"Mc{match[1].upper()}", text)


@cache
def particles() -> frozenset[str]:
    """Words inside family names, folded: van, de la, bin ..."""
    return frozenset(fold(word) for word in load_vocabulary("name_forms")["particles"])


@lru_cache(maxsize=16384)
def _well_formed(word: str) -> bool:
    if word[0] in "'\u2019" and fold(word).replace("\u2019", "'") in particles():
        return True
    if len(word) > _LETTERS_MAX or not _WORD.match(word):
        return False
    if word.endswith(".") and not is_initial(word) and fold(word[:-1]) not in _listed("short_forms"):
        return False
    if word[0].islower() and word != "und" and fold(word) not in particles() and not _small_prefix(word):
        return False
    inner = _INNER_CAPITAL.search(word)
    return inner is None or _prefix_before(word, inner.start())


def _small_prefix(word: str) -> bool:
    """d'Artagnan, al-Assad, ul-Haq: a small particle tied to a capital."""
    pieces = _PIECES.split(word)
    return len(pieces) > 1 and fold(pieces[0]) in particles() and pieces[1][:1].isupper()


def _prefix_before(word: str, at: int) -> bool:
    before = fold(_PIECES.split(word[:at])[-1])
    return before in _listed("before_capitals") or before in given_names()


def _capitals_fit(words: Sequence[str]) -> bool:
    """Names are in capitals as a whole, in their family name, or not at all; one acronym among words is no name."""
    loud = [word for word in words if is_loud(word) or (len(word) == 2 and word.isupper() and not is_initial(word))]
    quiet = [word for word in words if not word.isupper() and not is_loud(word) and fold(word) not in particles()]
    if not loud or not quiet:
        return True
    if len(loud) == 1 and len(loud[0]) == 2:
        return loud[0] == words[0] and fold(loud[0]) in _pairs_of_initials()
    family_last = list(words[-len(loud) :]) == loud
    family_first = list(words[: len(loud)]) == loud
    known = fold(quiet[0].strip(".")) in given_names() or fold(loud[0]) in _family_names_first()
    return (family_last or family_first) and (known or (family_last and len(loud[-1]) >= 4))


def _has_substance(words: Sequence[str]) -> bool:
    """At least one whole word; a lone initial for a family name needs a known given name."""
    whole = [word for word in words if not is_initial(word)]
    if not whole:
        return False
    return not is_initial(words[-1]) or fold(whole[0]) in given_names()


def _given_away(words: Sequence[str], *, decorated: bool) -> bool:
    initials = any(is_initial(word) for word in words)
    folded = [fold(word) for n, word in enumerate(words) if not n or not is_initial(word)]
    if folded[-1] in _listed("legal_ends") or (words[-1].isupper() and folded[-1] in _listed("legal_ends_in_capitals")):
        return True
    if any(word in _never() for word in folded) or " ".join(folded) in _phrases():
        return True
    if any(piece in _never() for word in folded if "-" in word for piece in word.split("-") if len(piece) > 3):
        return True
    known = folded[0] in _family_names_first() or _is_given(words[0]) or folded[-1] in _sure_families()
    if known or decorated or initials:
        return False
    if len(words) > 2 and not any(word in given_names() for word in folded) and not folded[-1].endswith(_patronymics()):
        return True
    return any(map(_is_doubtful, folded)) or all(word in _either() for word in folded)


def _is_doubtful(word: str) -> bool:
    low = load_vocabulary("name_forms")["doubtful_ending_min"]
    return word in _doubtful() or (
        len(word) >= low and word not in given_names() and word.endswith(_doubtful_endings())
    )


@lru_cache(maxsize=16384)
def _is_contraction(word: str) -> bool:
    """What's, We're, Children's: no name ends so."""
    return bool(_CONTRACTION.search(word))


def _joined_name(word: str) -> bool:
    """`Jane-Smith`: a known given name tied to a family name that is none."""
    given, _, family = word.partition("-")
    if not family or not (given.istitle() and family.istitle()) or not _well_formed(word):
        return False
    if f"{fold(given)} {fold(family)}" in _phrases():
        return False
    return fold(given) in given_names() and fold(family) not in given_names() | _never() | _doubtful()


def _uncased_name(words: Sequence[str]) -> bool:
    """Chinese, Korean and other scripts without capitals: only what begins with a known family or given name."""
    text = "".join(words)
    if len(words) <= 2 and (_HAN_NAME.match(text) or _HANGUL_NAME.match(text)):
        return len(text) <= 3 and text.startswith(_east_asian_families())
    return 2 <= len(words) <= 5 and words[0] in _uncased_given()


@cache
def _listed(name: str) -> frozenset[str]:
    """One list of config/vocab/name_forms.toml."""
    return frozenset(load_vocabulary("name_forms")[name])


@cache
def _never() -> frozenset[str]:
    return frozenset(fold(word) for word in load_vocabulary("name_stops")["never"])


@cache
def _doubtful() -> frozenset[str]:
    return frozenset(fold(word) for word in load_vocabulary("name_stops")["doubtful"])


@cache
def _either() -> frozenset[str]:
    return _doubtful() | frozenset(fold(word) for word in load_vocabulary("name_stops")["either"])


@cache
def _phrases() -> frozenset[str]:
    return frozenset(fold(text) for text in load_vocabulary("name_stops")["phrases"])


@cache
def _east_asian_families() -> tuple[str, ...]:
    return tuple(load_vocabulary("name_forms")["east_asian_families"])


@cache
def _uncased_given() -> frozenset[str]:
    return frozenset(load_vocabulary("name_forms")["uncased_given"])


@cache
def _pairs_of_initials() -> frozenset[str]:
    return frozenset(load_vocabulary("name_forms")["pairs_of_initials"])


@cache
def _family_names_first() -> frozenset[str]:
    return frozenset(load_vocabulary("name_forms")["family_names_first"])


@cache
def _sure_families() -> frozenset[str]:
    return frozenset(load_vocabulary("name_forms")["sure_families"])


@cache
def _doubtful_endings() -> tuple[str, ...]:
    return tuple(load_vocabulary("name_forms")["doubtful_endings"])


@cache
def _patronymics() -> tuple[str, ...]:
    return tuple(load_vocabulary("name_forms")["patronymics"])
