"""What an address names: which page, whatever its spelling, and which family of addresses it is one of. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final, NamedTuple
from urllib.parse import unquote_plus

from crawler.fetch import judge_url
from crawler.fetch.urls import Target
from crawler.spiders.folding import RANDOM, fold_host, fold_part, fold_repeats, is_random
from pipelines.lexicon.vocabulary import load_vocabulary
from watchlist.settings import Settings

LONGEST: Final = 2048
"""Characters of an address that is followed."""
_MOST_ROUNDS: Final = 4
"""Taking a session out may leave what is one itself, or a `..`: read again until it stays the same."""
_LONG: Final = 8
_ESCAPE: Final = re.compile(r"%([0-9A-Fa-f]{2})")
_UNRESERVED: Final = re.compile(r"[A-Za-z0-9._~-]")
_SESSION_IN_PATH: Final = re.compile(r";[a-z_]*(?:session(?:id)?|sid)=[^/;]*", re.IGNORECASE)
_COOKIELESS: Final = re.compile(r"\((?:[A-Z]\([\w-]{8,}\))+\)", re.IGNORECASE)
"""How ASP.NET writes the session as a path segment: /(S(lit3py55t21z5v55vlm25s55))/team."""
_LANGUAGE: Final = re.compile(r"[a-z]{2}(?:[-_][a-z]{2,4})?")
_SCRIPT: Final = re.compile(r"\.(?:php\d?|aspx?|jspx?|cfm|cgi|pl|do|dll|exe)$")
_NUMBERED: Final = re.compile(r"([^\W\d_]+)[-_]?(\d{1,4})(?:\.\w{2,5})?")
_NUMBER: Final = re.compile(r"\d{1,4}")
"""Of a page in a list: longer numbers name something else."""


@dataclass(frozen=True, slots=True)
class Address:
    """An address as a walk over its site sees it: compared by `page`, limited by `patterns`."""

    url: str
    """What is asked for: the guard's own form, without a visitor's session and tracking."""
    linked: str
    """The guard's form of the address as it was linked."""
    host: str
    """Without www."""
    page: str
    """The same for every spelling of one page: escapes, slashes, case, index files, order of parameters, views."""
    list_page: str | None
    """The list, as a `page`, that it is a numbered page of: /speakers?page=2 of /speakers."""
    number: int | None
    changes_state: bool
    """Whether asking for it would do something: log out, delete, put into a cart."""

    @property
    def path(self) -> str:
        """Host and path of the page, without its parameters."""
        return self.page.partition("?")[0]

    @property
    def patterns(self) -> tuple[str, ...]:
        """The families it belongs to, narrowest first: numbers, random parts, languages and repeats folded."""
        path, _, query = self.page.partition("?")
        _, *segments = path.split("/")
        return _patterns(fold_host(self.host), [segment for segment in segments if segment], list(_pairs(query)))


def read_address(url: str, settings: Settings | None = None) -> Address | str:
    """The address taken apart, or why it is not asked for: the address guard's reason code, `too_long` for one."""
    return _read_again(url) if settings is None else _read_address(url, settings)


@lru_cache(maxsize=4096)
def _read_again(url: str) -> Address | str:
    """Menus stand on every page of a site."""
    return _read_address(url, None)


def _read_address(url: str, settings: Settings | None) -> Address | str:
    linked = target = _judged(url, settings)
    for _ in range(_MOST_ROUNDS):
        if isinstance(target, str) or (cleaned := _cleaned(target)) == target.href:
            break
        target = _judged(cleaned, settings)
    if isinstance(linked, str):
        return linked
    return target if isinstance(target, str) else _read(linked.href, target)


def _judged(url: str, settings: Settings | None) -> Target | str:
    """The guard's reading, or the reason against it."""
    verdict = judge_url(url, settings) if len(url) <= LONGEST else None
    if verdict is None or (verdict.target and len(verdict.target.href) > LONGEST):  # escapes make it longer
        return "too_long"
    return verdict.target or verdict.reason


@lru_cache(maxsize=2048)
def _cleaned(target: Target) -> str:
    kept = "&".join(pair.written for pair in _pairs(_unescaped(target.query)) if not _follows_visitor(pair))
    return f"{target.origin}{_without_session(_unescaped(target.path))}{f'?{kept}' if kept else ''}"


@lru_cache(maxsize=2048)
def _read(linked: str, target: Target) -> Address:
    netloc, segments, pairs = target.netloc, _segments(target.path), list(_pairs(target.query))
    shown = [pair for pair in pairs if not _is_view(pair)]
    list_page, number = _place_in_list(netloc, segments, shown)
    return Address(
        url=target.href,
        linked=linked,
        host=target.host.removeprefix("www."),
        page=_page(netloc, segments, shown),
        list_page=list_page,
        number=number,
        changes_state=_changes_state(segments, pairs),
    )


# --- parts ----------------------------------------------------------------------------------------------------------


class _Pair(NamedTuple):
    """One parameter: as it is written, its name in small letters, its value decoded."""

    written: str
    name: str
    value: str


def _pairs(query: str) -> Iterator[_Pair]:
    for written in query.removeprefix("?").split("&"):
        name, _, value = written.partition("=")
        if written:
            yield _Pair(written, unquote_plus(name).casefold(), unquote_plus(value))


def _unescaped(text: str) -> str:
    """Without escapes of characters that need none, which servers must not tell apart (RFC 3986, 6.2.2.2)."""

    def plain(match: re.Match[str]) -> str:
        char = chr(int(match[1], 16))
        return char if _UNRESERVED.match(char) else match[0].upper()

    return _ESCAPE.sub(plain, text)


def _segments(path: str) -> list[str]:
    """The segments that name the page, in small letters: no empty ones, no index file, no /print behind them."""
    segments = [segment.casefold() for segment in path.split("/") if segment]
    while segments and segments[-1] in (_words().index_files if len(segments) == 1 else _words().endings):
        segments.pop()
    return segments


def _without_session(path: str) -> str:
    """A path without the session of a visitor in it."""
    parts = _SESSION_IN_PATH.sub("", path).split("/")
    kept: list[str] = []
    for place, part in enumerate(parts):
        if _COOKIELESS.fullmatch(part):
            continue
        followed = any(parts[place + 1 :])
        if followed and kept and _is_session_behind(kept[-1].casefold(), part):
            kept.pop()
            continue
        kept.append(part)
    return "/".join(kept) or "/"


def _follows_visitor(pair: _Pair) -> bool:
    words = _words()
    if pair.name in words.sessions or pair.name in words.tracking or pair.name.startswith(words.tracking_prefixes):
        return True
    long = pair.name in words.sessions_if_long
    return pair.name in words.sessions_if_random and _is_session(pair.value, long=long)


def _is_session_behind(marker: str, text: str) -> bool:
    words = _words()
    return marker in words.session_segments and _is_session(text, long=marker in words.session_segments_if_long)


def _is_session(text: str, *, long: bool) -> bool:
    """Whether a text may be a session, where one is to be expected: 12 is a section, 281474976710655 is none.

    `long`: whether any long text without hyphens is one.
    """
    return is_random(text) or (len(text) >= _LONG and (text.isdigit() or (long and text.isalnum())))


def _is_view(pair: _Pair) -> bool:
    return pair.name in _words().views or pair.value.casefold() in _words().view_values


# --- what it is -----------------------------------------------------------------------------------------------------


def _page(netloc: str, segments: Sequence[str], pairs: Sequence[_Pair]) -> str:
    query = "&".join(sorted(pair.written for pair in pairs))
    return f"{netloc}/{'/'.join(segments)}{f'?{query}' if query else ''}"


def _patterns(host: str, segments: Sequence[str], pairs: Sequence[_Pair]) -> tuple[str, ...]:
    """The folded address; the same with any one segment but the last open, /s/<anything>/team; with any parameters.

    Of a script (/view.php?name=team, /?p=team) the parameters name the page: they are not opened.
    """
    parts = fold_repeats([fold_part(segment) for segment in segments])
    if len(parts) > 1 and _LANGUAGE.fullmatch(parts[0]):
        parts[0] = "~"
    query = _folded_query(pairs)
    opened = [[*parts[:place], RANDOM, *parts[place + 1 :]] for place in range(len(parts) - 1)]
    families = [f"{host}/{'/'.join(family)}?{query}" for family in (parts, *opened)]
    if query and parts and not _SCRIPT.search(parts[-1]):
        families.append(f"{host}/{'/'.join(parts)}?{RANDOM}")
    return tuple(dict.fromkeys(families))


def _folded_query(pairs: Sequence[_Pair]) -> str:
    words = _words()
    named = (pair for pair in pairs if pair.name not in words.languages)
    values = ((pair.name, RANDOM if pair.name in words.sessions_if_random else fold_part(pair.value)) for pair in named)
    return "&".join(sorted({f"{fold_part(name)}={value}" for name, value in values}))


def _place_in_list(netloc: str, segments: Sequence[str], pairs: Sequence[_Pair]) -> tuple[str, int] | tuple[None, None]:
    """The list that this is a page of, and which."""
    words = _words()
    for place, pair in enumerate(pairs):
        if pair.name in words.page_parameters and _NUMBER.fullmatch(pair.value):
            return _page(netloc, segments, [*pairs[:place], *pairs[place + 1 :]]), int(pair.value)
    if len(segments) > 1 and segments[-2] in words.page_segments and _NUMBER.fullmatch(segments[-1]):
        return _page(netloc, segments[:-2], pairs), int(segments[-1])
    match = _NUMBERED.fullmatch(segments[-1]) if segments else None
    if match and match[1] in words.page_segments:
        return _page(netloc, segments[:-1], pairs), int(match[2])
    return None, None


def _changes_state(segments: Sequence[str], pairs: Sequence[_Pair]) -> bool:
    words = _words()
    stems = (re.sub(r"\.\w{2,5}$", "", segment) for segment in segments)
    return (
        not words.changing_segments.isdisjoint(stems)
        or any(pair.name in words.changing_parameters for pair in pairs)
        or any(pair.name in words.act_parameters and pair.value.casefold() in words.acts for pair in pairs)
    )


# --- words ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Words:
    """config/vocab/addresses.toml, and what follows a visitor from platforms.toml."""

    sessions: frozenset[str]
    sessions_if_random: frozenset[str]
    sessions_if_long: frozenset[str]
    session_segments: frozenset[str]
    session_segments_if_long: frozenset[str]
    tracking: frozenset[str]
    tracking_prefixes: tuple[str, ...]
    views: frozenset[str]
    view_values: frozenset[str]
    languages: frozenset[str]
    index_files: frozenset[str]
    endings: frozenset[str]
    """Last segments that name nothing: index files and views."""
    page_parameters: frozenset[str]
    page_segments: frozenset[str]
    changing_segments: frozenset[str]
    changing_parameters: frozenset[str]
    act_parameters: frozenset[str]
    acts: frozenset[str]


@cache
def _words() -> _Words:
    data, general = load_vocabulary("addresses"), load_vocabulary("platforms")["general"]
    sessions, views, lists, changes = data["sessions"], data["views"], data["lists"], data["changes"]
    return _Words(
        sessions=frozenset(sessions["parameters"]),
        sessions_if_random=frozenset(sessions["parameters_if_random"]),
        sessions_if_long=frozenset(sessions["parameters_if_long"]),
        session_segments=frozenset(sessions["segments"]),
        session_segments_if_long=frozenset(sessions["segments_if_long"]),
        tracking=frozenset(general["tracking"]),
        tracking_prefixes=tuple(general["tracking_prefixes"]),
        views=frozenset(views["parameters"]),
        view_values=frozenset(views["values"]),
        languages=frozenset(data["languages"]["parameters"]),
        index_files=frozenset(data["index_files"]["names"]),
        endings=frozenset(data["index_files"]["names"]) | frozenset(views["segments"]),
        page_parameters=frozenset(lists["parameters"]),
        page_segments=frozenset(lists["segments"]),
        changing_segments=frozenset(changes["segments"]),
        changing_parameters=frozenset(changes["parameters"]),
        act_parameters=frozenset(changes["act_parameters"]),
        acts=frozenset(changes["acts"]),
    )
