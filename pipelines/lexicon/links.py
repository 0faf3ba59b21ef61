"""What an address is: whose account on which platform, in canonical form, and how it may be used. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal
from urllib.parse import parse_qs, parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

from pipelines.lexicon.vocabulary import load_vocabulary

Access = Literal["feed", "documented_api", "link_only"]

_SLASHES: Final = re.compile(r"^(https?):/*(?=[^/])", re.IGNORECASE)
_BARE_HOST: Final = re.compile(r"^(?:[a-z0-9-]+\.)+[a-z]{2,}(?:[/?#]|$)", re.IGNORECASE)
_MAX: Final = 2000


@dataclass(frozen=True, slots=True)
class ProfileLink:
    """One account or page of a person.

    `platform` is "web" for a page on a host of nobody's platform; `handle` is None where the address holds none.
    """

    platform: str
    url: str
    handle: str | None
    access: Access


@dataclass(frozen=True, slots=True)
class _Platform:
    name: str
    hosts: tuple[str, ...]
    paths: tuple[re.Pattern[str], ...]
    url: str
    access: Access
    parameter: str | None
    subdomain: bool
    fold: bool
    reserved: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Rules:
    platforms: dict[str, tuple[_Platform, ...]]
    anywhere: tuple[_Platform, ...]
    tracking: frozenset[str]
    prefixes: tuple[str, ...]
    share: frozenset[str]
    not_profiles: frozenset[str]


def canonical_url(url: str) -> str:
    """The address in one spelling: scheme and host in lower case, no default port, tracking or fragment.

    `https:/host` gets its second slash, a bare host its scheme; what is no web address comes back trimmed.
    """
    text = _repair(url)
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return text
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme.lower() not in ("http", "https") or not host:
        return text
    scheme = parts.scheme.lower()
    default = {"http": 80, "https": 443}[scheme]
    name = f"[{host}]" if ":" in host else host
    place = name if port in (None, default) else f"{name}:{port}"
    return urlunsplit((scheme, place, parts.path or "/", _without_tracking(parts.query), ""))


def read_link(url: str) -> ProfileLink | None:
    """Whose account an address names; None for mail, telephone, shares, posts, company pages and plain non-links."""
    address = canonical_url(url)
    parts = _split(address)
    if parts is None or len(address) > _MAX:
        return None
    host, path, query = parts
    rules = _rules()
    for name in _names_of(host):
        if platforms := rules.platforms.get(name):
            return _first(platforms, host, path, query, _repair(url))
        if name in rules.not_profiles:
            return None
    if _is_share(path, rules):
        return None
    return _first(rules.anywhere, host, path, query, "") or ProfileLink("web", address, None, "feed")


def _repair(url: str) -> str:
    text = re.sub(r"[\x00-\x20\x7f]+", "", url[: _MAX * 2])
    if text.startswith("//"):
        return f"https:{text}"
    if _SLASHES.match(text):
        return _SLASHES.sub(lambda match: f"{match[1].lower()}://", text)
    return f"https://{text}" if _BARE_HOST.match(text) else text


def _without_tracking(query: str) -> str:
    rules = _rules()
    if not query:
        return ""
    pairs = parse_qsl(query, keep_blank_values=True)
    kept = [(k, v) for k, v in pairs if k.lower() not in rules.tracking and not k.lower().startswith(rules.prefixes)]
    return query if len(kept) == len(pairs) else urlencode(kept)


def _split(address: str) -> tuple[str, str, str] | None:
    """Host without www, path with its percent signs undone, query; None where it is no web address."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    host = parts.hostname or ""
    if parts.scheme not in ("http", "https") or "." not in host or parts.username is not None:
        return None
    return host.removeprefix("www."), unquote(parts.path) or "/", parts.query


def _names_of(host: str) -> list[str]:
    """The host and the names above it: `a.b.example` gives itself, `b.example`."""
    labels = host.split(".")
    return [".".join(labels[i:]) for i in range(len(labels) - 1)]


def _is_share(path: str, rules: _Rules) -> bool:
    return path.strip("/").split("/")[0].lower() in rules.share


def _first(platforms: tuple[_Platform, ...], host: str, path: str, query: str, original: str) -> ProfileLink | None:
    return next((link for p in platforms if (link := _match(p, host, path, query, original))), None)


def _match(platform: _Platform, host: str, path: str, query: str, original: str) -> ProfileLink | None:
    groups = _groups(platform, path, original)
    if groups is None:
        return None
    handle = _handle(platform, groups, host, query)
    if not handle or handle.split("/")[0].lower() in platform.reserved:
        return None
    handle = handle.lower() if platform.fold else handle
    quoted = {key: quote(value, safe="/:@-_.~") for key, value in groups.items()}
    quoted |= {"handle": quote(handle, safe="/:@-_.~"), "host": host}
    return ProfileLink(platform.name, platform.url.format(**quoted), handle, platform.access)


def _groups(platform: _Platform, path: str, original: str) -> dict[str, str] | None:
    for pattern in platform.paths:
        if match := pattern.search(path):
            return {key: value for key, value in match.groupdict().items() if value}
    if "#!/" in original:
        return next((m.groupdict() for p in platform.paths if (m := p.search("/#!/" + original.split("#!/")[1]))), None)
    return None


def _handle(platform: _Platform, groups: dict[str, str], host: str, query: str) -> str | None:
    if platform.parameter:
        return next(iter(parse_qs(query).get(platform.parameter, [])), None)
    if platform.subdomain:
        above = next((name for name in platform.hosts if host.endswith(f".{name}")), None)
        sub = host.removesuffix(f".{above}") if above else ""
        return sub if sub and "." not in sub else None
    return groups.get("handle")


@cache
def _rules() -> _Rules:
    data = load_vocabulary("platforms")
    general = data["general"]
    by_host: dict[str, tuple[_Platform, ...]] = {}
    platforms = [_platform(row) for row in data["platform"]]
    for platform in platforms:
        for host in platform.hosts:
            by_host[host] = (*by_host.get(host, ()), platform)
    return _Rules(
        platforms=by_host,
        anywhere=tuple(platform for platform in platforms if not platform.hosts),
        tracking=frozenset(general["tracking"]),
        prefixes=tuple(general["tracking_prefixes"]),
        share=frozenset(word.lower() for word in general["share_paths"]),
        not_profiles=frozenset(general["not_profiles"]),
    )


def _platform(row: dict[str, object]) -> _Platform:
    def words(key: str) -> tuple[str, ...]:
        value = row.get(key, [])
        return tuple(str(item) for item in value) if isinstance(value, list) else ()

    access: Access = row["access"]  # type: ignore[assignment]
    return _Platform(
        name=str(row["name"]),
        hosts=words("hosts"),
        paths=tuple(re.compile(pattern) for pattern in words("paths")),
        url=str(row["url"]),
        access=access,
        parameter=str(row["parameter"]) if "parameter" in row else None,
        subdomain=bool(row.get("subdomain")),
        fold=bool(row.get("fold")),
        reserved=frozenset(words("reserved")),
    )
