"""Masks: secrets in addresses and messages become ***, everything else stays readable. A mask never raises."""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import quote, unquote

from watchlist.secrets.shapes import folded, is_key, looks_random, shapes

MASK: Final = "***"
_KNOWN_FROM: Final = 8
"""Characters; a shorter value is part of ordinary words."""
_DEPTH: Final = 3
"""Addresses within addresses are looked at so deep."""

# The start of an address as people and programs write it: slashes either way, escaped as in JSON, or left out.
_START: Final = re.compile(
    r"(?P<schemes>(?:[A-Za-z][A-Za-z0-9+.-]*+:)*+)(?:\\?/|\\){2,}+|(?P<bare>(?:feed:)?https?:)", re.IGNORECASE
)
_PAIR: Final = re.compile(r"(?P<name>[^=&;?#/\s]*+)=(?P<value>[^&;#]*+)")
# Possessive, and never starting inside a word: a text of a megabyte takes no longer per character than a short one.
_ADDRESS: Final = re.compile(
    r"""(?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]*+:(?:\\?/|\\){2}[^\s<>"'`]*+"""
    r"""|(?<![A-Za-z0-9+.-])https?:(?=[^\s/\\])[^\s<>"'`]*+|(?<![:\w/\\])//(?=[^\s/])[^\s<>"'`]*+"""
    r"""|(?<![\w/.=@?&#%~-])[\w.%~/-]*+[?#](?=[^\s<>"'`=]*+=)[^\s<>"'`]*+"""
)
_WORD_WITH_PASSWORD: Final = re.compile(
    r"(?<![\w:/@.+-])(?!(?:mailto|acct|xmpp|sips?):)[\w.+-]++:(?![\\*])[^\s:/@]++@(?=[\w\[])"
)
_PASSWORD_WITH_SPACES: Final = re.compile(r"(://)[^/\s:@?#\[]*+:(?!\d*+(?:[/?#\s\"']|$))[^@\n]{0,200}@")
# A name as headers, JSON, Python and settings write it before a value: name: "name": name= (b'name', b'...
_NAME: Final = re.compile(
    r"""([A-Za-z][\w.-]{1,40}+)\\?["']?(?:\s*+(?:=>|[:=])\s*+|(?<=["']),\s*+(?=b?["']))""",
)
_VALUE: Final = re.compile(
    r"""(?P<open>b?")(?:[^"\\\n]|\\.)*+(?P<close>"?)|(?P<open_>b?')(?:[^'\\\n]|\\.)*+(?P<close_>'?)"""
    r"""|(?P<open__>\\")(?:[^\\"\n]|\\[^"\n])*+(?P<close__>(?:\\")?)|[^\s,;&)}\]"']*+"""
)
_LINE: Final = re.compile(r"""[^"'\r\n]*+""")
_LONG_WORD: Final = re.compile(r"(?<![\w+/=.~?&#;%-])(?!sha(?:256|384|512)-)[A-Za-z0-9+/_-]{32,}+=*+(?![\w.~=])")
_NOTHING: Final = frozenset({"", "null", "None", "true", "false"})

_known: dict[str, None] = {}


def hide(value: str) -> None:
    """From now on this very value is masked wherever it appears, if it is at least 8 characters long."""
    if len(value) >= _KNOWN_FROM:
        _known.update(dict.fromkeys((value, quote(value, safe=""))))


def mask_url(url: str) -> str:
    """The address with user name, password and the values of secret parameters as ***.

    Takes any text: relative addresses, those no browser would open, addresses within addresses.
    """
    return _mask_address(_mask_known(url), _DEPTH)


def mask_text(text: str) -> str:
    """The text with its secrets as ***: in addresses, behind names such as password, and what looks like a token."""
    text = _PASSWORD_WITH_SPACES.sub(rf"\1{MASK}@", _mask_known(text))
    text = _ADDRESS.sub(lambda found: _mask_address(found[0], _DEPTH), text)
    text = _WORD_WITH_PASSWORD.sub(f"{MASK}@", text)
    text = shapes().token.sub(MASK, _mask_named(text))
    return _LONG_WORD.sub(lambda found: MASK if is_key(found[0]) else found[0], text)


def has_user_info(text: str) -> bool:
    """Whether the text is, or holds, an address with a user name or password in it."""
    text = text.strip()
    addresses = [text, *(found[0] for found in _ADDRESS.finditer(text))]
    odd = _PASSWORD_WITH_SPACES.search(text) or (" " not in text and _WORD_WITH_PASSWORD.match(text))
    return bool(odd) or any(_user_info(address) for address in addresses)


def _mask_known(text: str) -> str:
    for value in _known:
        if value in text:
            text = text.replace(value, MASK)
    return text


# --- addresses -----------------------------------------------------------------------------------------------------


def _mask_address(url: str, depth: int) -> str:
    place = _user_info(url)
    head, rest = (f"{url[: place[0]]}{MASK}", url[place[1] :]) if place else ("", url)
    end = min((at for at in (rest.find("?"), rest.find("#")) if at >= 0), default=len(rest))
    parameters = re.sub(r"[^?&;#]++", lambda found: _mask_parameter(found[0], depth), rest[end:])
    masked = head + _mask_path(rest[:end], depth) + parameters
    return shapes().token.sub(MASK, masked)


def _user_info(url: str) -> tuple[int, int] | None:
    """Where user name and password stand in an address, without the @ behind them."""
    start = _START.match(url)
    if start is None:
        return None
    schemes = (start["schemes"] or start["bare"] or "").lower().split(":")
    is_web = shapes().web_schemes.issuperset(filter(None, schemes))
    rest = url[start.end() :]
    end = next((at for at, char in enumerate(rest) if char in "/\\?#"), len(rest))
    # No port behind the colon, and an @ later on: a password with an unescaped / ? or # in it.
    is_odd = re.match(r"[^/\\?#@:\[]*+:(?!\d*+(?:[/\\?#]|$))", rest)
    at = rest.rfind("@") if is_odd or not is_web else rest.rfind("@", 0, end)
    return (start.end(), start.end() + at) if at >= 0 else None


def _mask_path(path: str, depth: int) -> str:
    """Parameters in a path (;name=value), addresses in it, and what follows a word such as `private`."""
    parts = path.split("/")
    behind = False
    for number, part in enumerate(parts):
        if behind and len(part) >= 16 and re.search(r"\d", part):
            parts[number] = MASK
        elif "=" in part or "%" in part:
            parts[number] = _mask_parameter(part, depth)
        behind = behind or folded(part) in shapes().path_words
    nested = path.rfind("://", 8)
    if depth and nested > 0:
        start = path.rfind("/", 0, nested) + 1
        return _mask_path(path[:start], 0) + _mask_address(path[start:], depth - 1)
    return "/".join(parts)


def _mask_parameter(part: str, depth: int) -> str:
    """One name=value of a query or fragment; a part without a name is judged by its look."""
    if "=" in part:
        return _PAIR.sub(lambda found: _mask_pair(found, depth), part)
    value = unquote(part)
    return MASK if looks_random(value) else _mask_within(part, value, depth)


def _mask_pair(found: re.Match[str], depth: int) -> str:
    name, value = folded(found["name"]), unquote(found["value"])
    if value and shapes().is_secret_parameter(name, value):
        return f"{found['name']}={MASK}"
    return f"{found['name']}={_mask_within(found['value'], value, depth)}"


def _mask_within(written: str, value: str, depth: int) -> str:
    """An address that is itself a value: as it was written, unless something in it is masked."""
    inner = _mask_address(value, depth - 1) if depth and re.search(r"[:?#=]", value) else value
    return written if inner == value else quote(inner, safe="*:/")


# --- messages ------------------------------------------------------------------------------------------------------


def _mask_named(text: str) -> str:
    """Values behind secret names: `password=x`, `"token": "x"`, `(b'Set-Cookie', b'x')`, `Authorization: x`."""
    masked: list[str] = []
    place = 0
    while found := _NAME.search(text, place):
        masked.append(text[place : found.end()])
        place = found.end()
        name = folded(found[1])
        if not shapes().is_secret(name):
            continue
        value = _VALUE.match(text, place)
        whole_line = name in shapes().headers and value is not None and not value.lastgroup
        value = _LINE.match(text, place) if whole_line else value
        if value and value[0] not in _NOTHING and not value[0].startswith(MASK):
            masked.append(_keep_quotes(value))
            place = value.end()
    return "".join(masked) + text[place:]


def _keep_quotes(value: re.Match[str]) -> str:
    marks = [mark or "" for mark in value.groupdict().values()]
    return "".join(marks[0::2]) + MASK + "".join(marks[1::2])
