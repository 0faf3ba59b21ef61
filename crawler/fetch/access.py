"""config/access.toml: sites that are never fetched, special names, shared platforms, documented APIs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from watchlist.errors import InputError
from watchlist.settings import config_dir, read_toml

FLOOR_SECONDS = 2.0
"""No configuration brings the gap between two requests to one site below this (design section 6)."""


@dataclass(frozen=True, slots=True)
class TokenRule:
    """How an API wants the user's token: under which name the user keeps it, in which header and form it goes."""

    name: str
    """`github`: MENTORWATCH_GITHUB_TOKEN in the environment, or the keyring."""
    header: str
    """In lower case."""
    form: str
    """`Bearer {token}`"""


@dataclass(frozen=True, slots=True)
class DocumentedApi:
    """One API of the closed list."""

    name: str
    documentation: str
    origin: str
    endpoints: tuple[str, ...]
    gap_seconds: float
    limits: str
    token: TokenRule | None = None

    def offers(self, origin: str, path: str) -> bool:
        """Whether this is one of the endpoints; an escaped slash could lead out of one and is none."""
        if origin != self.origin or "%2f" in path.lower() or "%5c" in path.lower():
            return False
        return any(path == end or (end[-1] == "/" and path.startswith(end)) for end in self.endpoints)


@dataclass(frozen=True, slots=True)
class AccessRules:
    """The whole file, ready to be asked."""

    never_fetched: frozenset[str]
    special_names: frozenset[str]
    shared_platforms: frozenset[str]
    apis: tuple[DocumentedApi, ...]
    no_text: tuple[str, ...] = ()
    """Beginnings of media types that are neither pages nor feeds."""

    def is_never_fetched(self, host: str) -> bool:
        """Whether the host belongs to a site that is never fetched."""
        return not self.never_fetched.isdisjoint(suffixes(host))

    def is_special(self, host: str) -> bool:
        """Whether the name means this machine or a private network: a special name or a name without a dot."""
        return "." not in host.rstrip(".") or not self.special_names.isdisjoint(suffixes(host))

    def platform(self, host: str) -> str | None:
        """The shared platform the host belongs to."""
        return next((name for name in suffixes(host) if name in self.shared_platforms), None)

    def api(self, origin: str, path: str) -> DocumentedApi | None:
        """The documented API that offers this address."""
        return next((api for api in self.apis if api.offers(origin, path)), None)

    def is_text(self, content_type: str) -> bool:
        """Whether an answer of this type may be a page, a feed or data; what is not said may be."""
        return not content_type.strip().lower().startswith(self.no_text)


def suffixes(host: str) -> Iterator[str]:
    """The name itself and every name above it: a.b.test, b.test, test."""
    name = host.lower().rstrip(".")
    while name:
        yield name
        name = name.partition(".")[2]


@cache
def access_rules() -> AccessRules:
    """config/access.toml, read once."""
    file = config_dir() / "access.toml"
    data = read_toml(file)
    try:
        return _rules(data)
    except KeyError as error:
        raise InputError(f"the setting {error} is missing", file=file) from None
    except TypeError as error:
        raise InputError(f"a setting is of the wrong kind: {error}", file=file) from None


def _rules(data: dict[str, Any]) -> AccessRules:
    return AccessRules(
        never_fetched=frozenset(data["never_fetched"]),
        special_names=frozenset(data["special_names"]),
        shared_platforms=frozenset(data["shared_platforms"]),
        apis=tuple(_api(api) for api in data["documented_api"]),
        no_text=tuple(data["no_text"]),
    )


def _api(data: dict[str, Any]) -> DocumentedApi:
    token, gap = data.get("token"), data["gap_seconds"]
    if not isinstance(gap, int | float):
        raise TypeError(f"gap_seconds is no number but {gap!r}")
    known = {
        "endpoints": tuple(data["endpoints"]),
        "gap_seconds": max(FLOOR_SECONDS, gap),
        "token": TokenRule(**token) if token else None,
    }
    return DocumentedApi(**{**data, **known})
