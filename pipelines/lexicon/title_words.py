"""The words of a job title: a text as tokens, and tokens as entries of the title vocabulary. Pure."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any, Final, Literal, NamedTuple

from pipelines.lexicon.folding import fold
from pipelines.lexicon.vocabulary import load_vocabulary, title_languages

Kind = Literal["role", "level", "field", "weak_field", "mark", "known", "not_title", "unknown", "break"]

SOFT: Final = "+"
HARD: Final = "|"
_BREAKS: Final = frozenset((SOFT, HARD))
_HARD_SIGNS: Final = frozenset('|;\u2013\u2014:()[]«»“”„"•·→>-*')
_GENDERED: Final = re.compile(
    r"(?<=\w)[*:/_](?:in|innen)\b|\((?:in|m/w/d|m/f/d|w/m/d|f/m/d|m/w|h/f|f/h|m/f|a|e|ne)\)", re.IGNORECASE
)
_TOKEN: Final = re.compile(
    r"(?P<short>(?<![^\W_])[^\W\d_]{1,2}\s?&\s?[^\W\d_](?![^\W_]))"
    r"|(?P<dotted>(?<![^\W_])(?:[^\W\d_]\.){1,4}[^\W\d_](?![^\W_])\.?)"
    r"|(?P<word>[^\W_\ufffd][\w\ufffd+#]*|\ufffd[\w\ufffd]+)"
    r"|(?P<dash>\s[-\u2010\u2011]+\s?|[-\u2010\u2011]+\s)"
    r"|(?P<sign>[,/&+@|;\u2013\u2014:()\[\]«»“”„\"•·→>*])"
)
_YO: Final = ("\u0451", "\u0435")
"""The Russian letter yo, which most write as ye."""
_SHORTEST_RANK: Final = 4
_SHORTEST_SLIP: Final = 6
_STEM_LENGTHS: Final = range(18, 2, -1)
_AIDES: Final = {
    "aides": "aide",
    "aides_behind": "aide_behind",
    "aides_around": "aide_around",
    "secretaries": "secretary",
}
"""Lists of a vocabulary file that say where the superior of somebody stands, with their marks."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a word or phrase of the vocabulary means."""

    kind: Kind
    function: str | None = None
    level: str | None = None
    mark: str | None = None
    yields: bool = False
    alternatives: tuple[str, ...] = ()
    """Functions that an ambiguous abbreviation takes where their words stand beside it."""


class Token(NamedTuple):
    """A folded word of the title, or a break: "+" between parts of a list, "|" between statements."""

    text: str
    start: int
    end: int

    @property
    def is_break(self) -> bool:
        """Whether it parts phrases."""
        return self.text in _BREAKS


class Item(NamedTuple):
    """One entry found in a title, from the character `start` to `end`."""

    entry: Entry
    tokens: tuple[Token, ...]

    @property
    def start(self) -> int:
        """Where the entry begins in the text."""
        return self.tokens[0].start

    @property
    def end(self) -> int:
        """Where the entry ends in the text."""
        return self.tokens[-1].end


UNKNOWN: Final = Entry("unknown")
BREAK: Final = Entry("break")


@dataclass(slots=True)
class _Node:
    """One word of the phrases that begin alike, and what they mean if they end here."""

    entry: Entry | None = None
    after: dict[str, _Node] = field(default_factory=dict)

    def longest(self, keys: Sequence[tuple[str, ...]], at: int) -> tuple[int, Entry | None]:
        """The end and meaning of the longest phrase that goes on at a position."""
        end, entry = at, self.entry
        if self.after and at < len(keys):
            for key in keys[at]:
                node = self.after.get(key)
                if node is not None:
                    further, meant = node.longest(keys, at + 1)
                    if meant is not None and (entry is None or further > end):
                        end, entry = further, meant
        return end, entry


@dataclass(slots=True)
class TitleWords:
    """The compiled vocabulary of one language on top of English."""

    language: str
    root: _Node = field(default_factory=_Node)
    stems: set[str] = field(default_factory=set)
    compound_heads: tuple[str, ...] = ()
    compound_fields: dict[str, str] = field(default_factory=dict)
    prefixes: tuple[str, ...] = ()
    list_words: frozenset[str] = frozenset()
    deputies: frozenset[str] = frozenset()

    def spellings(self, word: str) -> tuple[str, ...]:
        """The word as the vocabulary may spell it: itself and the stems (`директор*`) it begins with, longest first."""
        return _spelled(self.language, word) if self.stems else (word,)

    def read(self, tokens: Sequence[Token]) -> list[Item]:
        """The tokens as entries, longest phrases first; words that are in no entry stay as unknown items."""
        rest, keys = self._words(tokens)
        items: list[Item] = []
        at = 0
        while at < len(rest):
            if rest[at].text in _BREAKS:
                end, entry = at + 1, BREAK
            else:
                end, known = self.root.longest(keys, at)
                end, entry = max(at + 1, end), known or UNKNOWN
            items.append(Item(entry, rest[at:end]))
            at = end
        return items

    def _words(self, tokens: Sequence[Token]) -> tuple[tuple[Token, ...], list[tuple[str, ...]]]:
        """The tokens with compounds taken apart, and how the vocabulary may spell each."""
        rest: list[Token] = []
        keys: list[tuple[str, ...]] = []
        for token in tokens:
            spelled = _whole(self.language, token.text)
            if spelled is not None:
                rest.append(token)
                keys.append(spelled)
                continue
            parts = list(self.split(token))
            rest += parts
            keys += [(part.text,) if part.is_break else self.spellings(part.text) for part in parts]
        return tuple(rest), keys

    def split(self, whole: Token) -> Iterator[Token]:
        """A word as it is, or taken apart: a prefix, a compound; "and" as the break that it is."""
        before, token = self._split_prefix(whole)
        if before is not None:
            yield before
        head = None if token.is_break or not self.compound_heads else self._compound_head(token.text)
        if head is None:
            yield Token(SOFT, token.start, token.end) if token.text in self.list_words else token
            return
        cut = token.end - len(head)
        first = token.text[: -len(head)]
        yield Token(self._compound_field(first), token.start, cut)
        yield Token(head, cut, token.end)

    def _split_prefix(self, token: Token) -> tuple[Token | None, Token]:
        """`subdirectora` and `exdirector` as two words, where the vocabulary has only the second."""
        word = token.text
        if not word.startswith(self.prefixes) or any(spelled in self.root.after for spelled in self.spellings(word)):
            return None, token
        prefix = next(prefix for prefix in self.prefixes if word.startswith(prefix))
        rest, cut = word.removeprefix(prefix), token.start + len(prefix)
        if len(rest) < _SHORTEST_RANK or not self._is_rank(rest):
            return None, token
        return Token(prefix, token.start, cut), Token(rest, cut, token.end)

    def _is_rank(self, word: str) -> bool:
        """Whether a word alone names a rank: "directora", but not "press" of "express"."""
        nodes = (self.root.after.get(spelled) for spelled in self.spellings(word))
        return any(node is not None and node.entry is not None and bool(node.entry.level) for node in nodes)

    def _compound_head(self, word: str) -> str | None:
        if word in self.root.after or len(word) < 8:
            return None
        return next((h for h in self.compound_heads if word.endswith(h) and len(word) > len(h) + 1), None)

    def _compound_field(self, word: str) -> str:
        for candidate in first_parts(word):
            if candidate in self.compound_fields:
                return self.compound_fields[candidate]
            if candidate in self.root.after:
                return candidate
        return word


def first_parts(word: str) -> tuple[str, ...]:
    """The first part of a compound as a word of its own: "instandhaltung" of "instandhaltungs"."""
    return tuple(dict.fromkeys([word, *(word.removesuffix(end) for end in ("s", "n", "en", "es", "e"))]))


@lru_cache(maxsize=64)
def tokenize(text: str) -> tuple[Token, ...]:
    """The words and breaks of a title, folded; neighbouring breaks are one, the stronger."""
    if "(" in text or "*" in text or "/" in text or ":" in text or "_" in text:
        text = _GENDERED.sub(_same_length, text)
    found: list[Token] = []
    for match in _TOKEN.finditer(text):
        word = _word(match.lastgroup, match[0])
        if found and word in _BREAKS and found[-1].text in _BREAKS:
            found[-1] = Token(max(found[-1].text, word), found[-1].start, match.end())
        else:
            found.append(Token(word, *match.span()))
    return tuple(found)


def spoken(tokens: Iterable[Token]) -> list[str]:
    """The words among tokens."""
    return [token.text for token in tokens if token.text not in _BREAKS]


def _same_length(match: re.Match[str]) -> str:
    """The feminine ending glued to its word, or blanks for "(m/w/d)", without moving what follows."""
    ending = "" if match[0].startswith("(") else match[0][1:]
    return ending.ljust(len(match[0]))


@lru_cache(maxsize=32768)
def _word(group: str | None, raw: str) -> str:
    """What a token says, by the group of the pattern that found it."""
    if group == "dash":
        return HARD
    if group == "sign":
        return raw if raw == "@" else HARD if raw in _HARD_SIGNS else SOFT
    word = fold(raw).replace(*_YO)
    if group == "short":
        return word.replace(" ", "")
    if group == "dotted":
        return "adinterim" if raw.rstrip(".") == "a.i" else word.replace(".", "")
    return word


@lru_cache(maxsize=32768)
def _whole(language: str, word: str) -> tuple[str, ...] | None:
    """The spellings of a word that stands as it is; None where it is taken apart, or parts a list."""
    words, token = title_words(language), Token(word, 0, len(word))
    if list(words.split(token)) != [token]:
        return None
    return (word,) if token.is_break else words.spellings(word)


@lru_cache(maxsize=32768)
def names_deputy(language: str, word: str) -> bool:
    """Whether a folded word makes its bearer somebody's deputy."""
    words = title_words(language)
    return not words.deputies.isdisjoint(words.spellings(word))


@lru_cache(maxsize=32768)
def _spelled(language: str, word: str) -> tuple[str, ...]:
    stems = title_words(language).stems
    found = (stem for n in _STEM_LENGTHS if (stem := word[:n] + "*") in stems)
    return (word, *dict.fromkeys(found))


@cache
def title_words(language: str) -> TitleWords:
    """The vocabulary of a language laid over the English one."""
    words = TitleWords(language)
    for code in dict.fromkeys(("en", language)):
        data = load_vocabulary(f"titles.{code}")
        for spelled, entry in _entries(code):
            _add(words, spelled, entry)
        words.deputies |= {fold(word) for word in data["marks"].get("deputy", [])}
        words.list_words |= {fold(word) for word in data["marks"].get("and", []) if word.isalpha()}
        words.compound_heads = compound_heads(code)
        words.prefixes += tuple(fold(prefix) for prefix in data.get("prefixes", []))
        words.compound_fields = compound_fields(code)
    return words


@cache
def compound_heads(language: str) -> tuple[str, ...]:
    """Ends of compound words that are ranks ("leiterin" of "Personalleiterin"), longest first."""
    heads = load_vocabulary(f"titles.{language}").get("compounds", {}).get("heads", [])
    return tuple(sorted(map(fold, heads), key=len, reverse=True))


@cache
def compound_fields(language: str) -> dict[str, str]:
    """What the first parts of compounds mean that are no words of the vocabulary themselves."""
    fields = load_vocabulary(f"titles.{language}").get("compounds", {}).get("fields", {})
    return {fold(first): fold(meant) for first, meant in fields.items()}


def corrected(tokens: Sequence[Token]) -> list[Token] | None:
    """The tokens with a slip of the pen mended in each unknown word ("Aanalyst"); None where there is none."""
    known = words_by_language()
    slips = _slips()
    mended = [
        token._replace(text=next((slips[cut] for cut in _shortened(token.text) if cut in slips), token.text))
        if len(token.text) >= _SHORTEST_SLIP and token.text not in known
        else token
        for token in tokens
    ]
    return mended if mended != list(tokens) else None


@cache
def _slips() -> dict[str, str]:
    """The often misspelt words by themselves and by what is left of them without a letter."""
    often = load_vocabulary("titles.en")["often_misspelt"]
    return {cut: word for word in often for cut in _shortened(word)} | {word: word for word in often}


def _shortened(word: str) -> list[str]:
    return [word, *(word[:n] + word[n + 1 :] for n in range(len(word)))]


def _add(words: TitleWords, spelled: tuple[str, ...], entry: Entry) -> None:
    words.stems.update(word for word in spelled if word.endswith("*"))
    node = words.root
    for word in spelled:
        node = node.after.setdefault(word, _Node())
    node.entry = entry


@cache
def _entries(language: str) -> tuple[tuple[tuple[str, ...], Entry], ...]:
    """Every spelling of a vocabulary file with its meaning, weakest kinds first: later ones replace earlier ones."""
    data = load_vocabulary(f"titles.{language}")
    patterns = itertools.chain(_plain(data), _levels(data), _roles(data), _marks(data))
    return tuple((spelled, entry) for pattern, entry in patterns for spelled in _spellings(pattern))


def _marked(data: dict[str, Any], keys: dict[str, str]) -> dict[str, str]:
    """Each word of the lists under `keys` with the mark its list gives it."""
    return {word: mark for key, mark in keys.items() for word in data.get(key, [])}


def _plain(data: dict[str, Any]) -> Iterator[tuple[str, Entry]]:
    offices = _marked(data, {"offices": "office"})
    yield from ((word, Entry("known", mark=offices.get(word))) for word in data.get("known", []))
    kinds: tuple[Kind, Kind] = ("weak_field", "field")
    for kind in kinds:
        for function, listed in data.get(f"{kind}s", {}).items():
            yield from ((word, Entry(kind, function, mark=offices.get(word))) for word in listed)


def _levels(data: dict[str, Any]) -> Iterator[tuple[str, Entry]]:
    scope = _marked(data, {"of_units": "unit", "of_all": "whole", "of_businesses": "business", **_AIDES})
    for level, listed in data.get("levels", {}).items():
        yield from ((word, Entry("level", level=level, mark=scope.get(word))) for word in listed)


def _roles(data: dict[str, Any]) -> Iterator[tuple[str, Entry]]:
    yielding = frozenset(data.get("yielding", []))
    contexts = data.get("contexts", {})
    aides = _marked(data, _AIDES)
    for level, functions in data.get("roles", {}).items():
        for function, listed in functions.items():
            for word in listed:
                others = tuple(contexts.get(word, ()))
                yield word, Entry("role", function, level, aides.get(word), word in yielding, others)


def _marks(data: dict[str, Any]) -> Iterator[tuple[str, Entry]]:
    for mark, listed in data.get("marks", {}).items():
        yield from ((word, Entry("mark", mark=mark)) for word in listed)
    yield from ((word, Entry("not_title")) for word in data.get("not_titles", []))


def _spellings(pattern: str) -> Iterator[tuple[str, ...]]:
    """`(associate|deputy) chair` as its two phrases, each as tokens."""
    parts = [part[1:-1].split("|") if part.startswith("(") else [part] for part in re.split(r"(\([^)]*\))", pattern)]
    for choice in itertools.product(*parts):
        if words := tuple(_vocabulary_tokens("".join(choice))):
            yield words


def _vocabulary_tokens(text: str) -> Iterator[str]:
    text = text.replace(*_YO)
    for part in text.replace(",", " + ").split():
        if part.endswith("*"):
            yield fold(part)
        elif part in {"+", "@", "&"}:
            yield "@" if part == "@" else SOFT
        elif part.isalpha():
            yield fold(part)
        else:
            yield from (token.text for token in tokenize(part))


@cache
def words_by_language() -> dict[str, dict[str, int]]:
    """Each word of the vocabularies with the languages that have it: 2 where it is a rank, else 1; stems end in "*"."""
    found: dict[str, dict[str, int]] = {}
    for code in title_languages():
        for spelled, entry in _entries(code):
            weight = 2 if entry.level and len(spelled) == 1 else 1
            for word in spelled:
                codes = found.setdefault(word, {})
                codes[code] = max(weight, codes.get(code, 0))
    return found


@cache
def rank_words() -> frozenset[str]:
    """Every word of the phrases that name a rank or a role, of all languages; stems end in "*"."""
    return frozenset(
        word
        for code in title_languages()
        for spelled, entry in _entries(code)
        if entry.level or entry.mark
        for word in spelled
    )
