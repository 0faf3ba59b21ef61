"""The address guard's first half: an address is read as a browser reads it and judged without any look-up."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ada_url import URL, HostType

from crawler.fetch.access import access_rules
from crawler.fetch.address import is_public
from watchlist.settings import Settings

PORTS = {80, 443, 8080, 8443}
MAX_LENGTH = 8192
_DEFAULT_PORT = {"http": 80, "https": 443}
_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_FEED = re.compile(r"feed:(?:(//)|(?=https?://))", re.IGNORECASE)
_AROUND = "".join(map(chr, range(33)))
"""What a browser strips off both ends."""


@dataclass(frozen=True, slots=True)
class Target:
    """An address taken apart once, in its normal ASCII form; nothing downstream parses it again."""

    href: str
    """Without a fragment."""
    scheme: str
    host: str
    """Lower case, punycode; an IPv6 address without brackets."""
    port: int
    path: str
    query: str
    """With its question mark; empty where there is none."""

    @property
    def netloc(self) -> str:
        """Host, and the port where it is not the scheme's own: the Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _DEFAULT_PORT[self.scheme] else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        """`https://host` or `https://host:8443`."""
        return f"{self.scheme}://{self.netloc}"

    @property
    def robots(self) -> Target:
        """The robots.txt of this origin."""
        path = "/robots.txt"
        return Target(f"{self.origin}{path}", self.scheme, self.host, self.port, path, "")


@dataclass(frozen=True, slots=True)
class UrlVerdict:
    """What the guard says of an address as it was given; `target` is set when it is allowed."""

    url: str
    allowed: bool
    reason: str
    """resolve-later | public_address | mapped | private_host, or why not: a key of answers.PLAIN_WORDS."""
    target: Target | None = None


class _RefusedError(Exception):
    """Carries the reason code out of the rules."""


def judge_url(url: str, settings: Settings | None = None, *, base: str | None = None) -> UrlVerdict:
    """The guard's verdict on an address, without any look-up or connection.

    A name is allowed with reason `resolve-later`: its addresses are judged when the door connects to them. Names that
    the settings map to loopback are allowed with reason `mapped`, those they name as private ones with
    `private_host`. `base` is what a relative address is relative to.
    """
    try:
        target, is_name = _parse(url, base)
        return UrlVerdict(url, True, _judge_host(target, is_name, settings), target)  # allowed
    except _RefusedError as refused:
        return UrlVerdict(url, False, str(refused))  # not allowed


def _parse(url: str, base: str | None) -> tuple[Target, bool]:
    text = url.strip(_AROUND)
    if prefix := _FEED.match(text):
        text = ("http://" if prefix[1] else "") + text[prefix.end() :]
    if len(text) > MAX_LENGTH:
        raise _RefusedError("too_long")
    if _CONTROL.search(text):
        raise _RefusedError("control_characters")
    try:
        # Parsed again after joining: ada does not say that an address taken over from the base is an IP address.
        parsed = URL(URL(text, base).href) if base else URL(text)
    except ValueError:
        raise _RefusedError("bad_url") from None
    target = _target(parsed)
    if len(target.href) > MAX_LENGTH:  # escaping makes it up to nine times as long
        raise _RefusedError("too_long")
    if parsed.host_type == HostType.IPV4 and not _is_plain(target.host, text, base):
        raise _RefusedError("bad_name" if is_public(target.host) else "blocked_address")
    return target, parsed.host_type == HostType.DEFAULT


def _target(parsed: URL) -> Target:
    scheme = parsed.protocol[:-1]
    if scheme not in _DEFAULT_PORT:
        raise _RefusedError("scheme")
    if parsed.username or parsed.password:
        raise _RefusedError("userinfo")
    port = int(parsed.port) if parsed.port else _DEFAULT_PORT[scheme]
    href = parsed.href.partition("#")[0]
    return Target(href, scheme, parsed.hostname.strip("[]"), port, parsed.pathname, parsed.search)


def _is_plain(address: str, text: str, base: str | None) -> bool:
    """Whether an IPv4 address is written as four decimal numbers: other spellings are read differently elsewhere."""
    written = re.match(rf"(?:[a-z]+:)?[/\\]*{re.escape(address)}(?:$|[:/?#\\])", text, re.IGNORECASE)
    return written is not None or (base is not None and URL(base).hostname == address)


def _judge_host(target: Target, is_name: bool, settings: Settings | None) -> str:
    rules = access_rules()
    if target.port not in PORTS:
        raise _RefusedError("port")
    if rules.is_never_fetched(target.host):
        raise _RefusedError("never_fetched")
    if settings and is_mapped(target.host, settings.network.hosts):
        return "mapped"
    if settings and target.host in settings.network.private_hosts:
        return "private_host"
    if not is_name:
        if is_public(target.host):
            return "public_address"
        raise _RefusedError("blocked_address")
    if not _is_name(target.host):
        raise _RefusedError("bad_name")
    if rules.is_special(target.host):
        raise _RefusedError("special_name")
    return "resolve-later"


def host_of(url: str) -> str:
    """The host an address names, whether or not it may be fetched; empty where it names none."""
    try:
        return str(URL(url).hostname)
    except ValueError:
        return ""


def is_mapped(host: str, hosts: Mapping[str, str]) -> bool:
    """Whether the settings map the name to a server on this machine."""
    return host in hosts


def _is_name(host: str) -> bool:
    name = host.removesuffix(".")
    labels = name.split(".")
    return len(name) <= 253 and all(_LABEL.fullmatch(label) and _is_punycode(label) for label in labels)


def _is_punycode(label: str) -> bool:
    if not label.startswith("xn--"):
        return True
    try:
        return not label[4:].encode("ascii").decode("punycode").isascii()
    except UnicodeError:
        return False
