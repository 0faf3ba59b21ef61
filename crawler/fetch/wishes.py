"""What an owner asks of those who use a site, where headers or the site's files say it. Pure."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from urllib.parse import unquote

from crawler.wishes import AGENT, NO_WISHES, Wishes, is_reserved, noted, rule_wishes, signal, tdm_wishes, wish_words

__all__ = ["Wishes", "ai_txt_wishes", "header_wishes", "robots_wishes", "tdmrep_wishes"]

TDMREP_PATH: Final = "/.well-known/tdmrep.json"
AI_TXT_PATH: Final = "/ai.txt"
MAX_BYTES: Final = 512 * 1024
"""Of tdmrep.json and ai.txt; what is larger is not read."""


# --- headers ----------------------------------------------------------------------------------------------------------


def header_wishes(headers: Mapping[str, str], now: datetime) -> Wishes:
    """What an answer's headers ask; several values of one name joined by ", ". `now` is aware UTC."""
    said = {name.lower(): value for name, value in headers.items()}
    wishes = tdm_wishes("HTTP header", said.get("tdm-reservation"), said.get("tdm-policy"))
    wishes |= rule_wishes("X-Robots-Tag", said.get("x-robots-tag", ""), now, scoped=True)
    if (usage := said.get("content-usage")) and _forbids(usage):
        wishes |= Wishes(no_profile=signal(f"Content-Usage: {usage} (HTTP header)"))
    return wishes | _signal_wishes(said.get("content-signal", ""), "HTTP header")


# --- patterns of addresses, as in robots.txt (RFC 9309 2.2.3) ---------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Rule:
    """What one line or object says of the addresses that its pattern covers."""

    pattern: str
    reserves: bool
    said: Any = None
    """The line or object, to be named where this is the rule that decides."""


def _rule_for(rules: Sequence[Rule], path: str) -> Rule | None:
    """The rule with the longest pattern that covers the path; of two alike the one that reserves."""
    plain = unquote(path)
    covering = (rule for rule in rules if _covers(unquote(rule.pattern), plain))
    return max(covering, key=lambda rule: (len(rule.pattern), rule.reserves), default=None)


def _covers(pattern: str, path: str) -> bool:
    """Whether a pattern with * and a closing $ covers a path; in one pass, whatever the pattern."""
    first, *parts = pattern.removesuffix("$").split("*")
    if not path.startswith(first):
        return False
    at = len(first)
    last = parts.pop() if parts and pattern.endswith("$") else None
    for part in parts:
        at = path.find(part, at)
        if at < 0:
            return False
        at += len(part)
    if last is not None:
        return path.endswith(last) and len(path) - len(last) >= at
    return at == len(path) or not pattern.endswith("$")


def _as_pattern(text: str) -> str:
    """A location as a pattern of paths; an address loses scheme and host."""
    text = re.sub(r"^https?://[^/]*", "", text.strip(), flags=re.IGNORECASE)
    return text if text.startswith(("/", "*")) else f"/{text}"


# --- /.well-known/tdmrep.json -----------------------------------------------------------------------------------------


def tdmrep_wishes(body: bytes, path: str) -> Wishes:
    """What /.well-known/tdmrep.json asks for one path (with its query): the longest location that covers it decides.

    A file that is too large or broken expresses no wish and is noted; a web page in its place is none.
    """
    if body.lstrip()[:1] == b"<":
        return NO_WISHES
    if len(body) > MAX_BYTES:
        return noted(f"{TDMREP_PATH}: larger than {MAX_BYTES // 1024} KiB, not read")
    try:
        rules = list(_tdmrep_rules(json.loads(body)))
    except (ValueError, TypeError, RecursionError):
        return noted(f"{TDMREP_PATH}: cannot be read") if body.strip() else NO_WISHES
    rule = _rule_for(rules, path)
    if rule is None:
        return NO_WISHES
    where = f"{TDMREP_PATH}, location {rule.pattern}"
    return tdm_wishes(where, rule.said.get("tdm-reservation"), rule.said.get("tdm-policy"))


def _tdmrep_rules(data: Any) -> Iterator[Rule]:
    """Rules of the file's array; a rule without a location is unclear, so it holds for the whole site."""
    for entry in data if isinstance(data, list) else [data]:
        if not isinstance(entry, dict):
            raise TypeError("an entry of tdmrep.json is no object")
        location = entry.get("location")
        pattern = _as_pattern(location) if isinstance(location, str) else "/"
        yield Rule(pattern, is_reserved(entry.get("tdm-reservation")), entry)


# --- groups of lines, as robots.txt and ai.txt have them --------------------------------------------------------------

_AGENT_LINE: Final = re.compile(r"\s*user[ -]?agent\s*[:\s]\s*(?P<agent>[^\s#/]*)", re.IGNORECASE)
_LINE: Final = re.compile(
    r"\s*(?P<field>allow|disallow|crawl-delay|request-rate|content-usage|content-signal)\s*:(?P<value>[^#]*)",
    re.IGNORECASE,
)


def _lines_for_us(text: str) -> list[tuple[str, str]]:
    """(field, value) of the lines that hold for us: groups that name us, else those of `*`; lines before any group."""
    groups: dict[str, list[tuple[str, str]]] = {"": []}
    agents, is_open = {""}, False
    for raw in text.lstrip("\ufeff").splitlines():
        if found := _AGENT_LINE.match(raw):
            agents, is_open = agents if is_open else set(), True
            if (agent := found["agent"].lower()) in {AGENT, "*"}:
                agents.add(agent)
                groups.setdefault(agent, [])
        elif line := _LINE.match(raw):
            is_open = False
            for agent in agents:
                groups[agent].append((line["field"].lower(), line["value"].strip()))
    return groups[""] + groups.get(AGENT, groups.get("*", []))


# --- /ai.txt ----------------------------------------------------------------------------------------------------------


def ai_txt_wishes(text: str, path: str, content_type: str | None) -> Wishes:
    """What /ai.txt asks for one document: patterns name paths, or kinds of documents by their ending (*.html).

    A document without an ending has that of its type; one without a type counts as HTML.
    """
    if not text.strip() or text.lstrip("\ufeff \t\r\n").startswith("<"):
        return NO_WISHES
    if len(text) > MAX_BYTES:
        return noted(f"{AI_TXT_PATH}: larger than {MAX_BYTES // 1024} KiB, not read")
    if not any(_AGENT_LINE.match(line) or _LINE.match(line) for line in text.splitlines()):
        return noted(f"{AI_TXT_PATH}: not understood")
    lines = [line for line in _lines_for_us(text) if line[0] in {"allow", "disallow"} and line[1]]
    rules = [Rule(_as_pattern(value), field == "disallow") for field, value in lines]
    for spelling in _spellings(path, content_type):
        rule = _rule_for(rules, spelling)
        if rule and rule.reserves:
            return Wishes(no_profile=signal(f"Disallow: {rule.pattern} (ai.txt)"))
    return NO_WISHES


def _spellings(path: str, content_type: str | None) -> list[str]:
    """The path, and the path with the endings of the document's type."""
    kind = (content_type or "text/html").partition(";")[0].strip().lower()
    bare = re.split(r"[?#]", path, maxsplit=1)[0]
    endings = wish_words()["ai_txt"]["endings"].get(kind, ())
    return [path, *(f"{bare}.{ending}" for ending in endings if not bare.lower().endswith(f".{ending}"))]


# --- robots.txt -------------------------------------------------------------------------------------------------------

_MOST_SIGNALS: Final = 100
_USAGE: Final = re.compile(r"(?P<use>[\w-]+)\s*=\s*(?P<answer>[^\s,;]+)")


def robots_wishes(text: str, path: str | None = None) -> Wishes:
    """What robots.txt asks beyond fetching: Content-Usage (IETF draft, read with caution) and Content-Signal.

    Content-Usage may name a path; without `path` a no for any part of the site is a no for all of it.
    """
    lines = _lines_for_us(text)
    rules = [_usage_rule(value) for field, value in lines if field == "content-usage"]
    wishes = NO_WISHES
    for value in [value for field, value in lines if field == "content-signal"][:_MOST_SIGNALS]:
        wishes |= _signal_wishes(value, "robots.txt")
    rule = _rule_for(rules, path) if path else next((rule for rule in rules if rule.reserves), None)
    if rule and rule.reserves:
        wishes |= Wishes(no_profile=signal(f"Content-Usage: {rule.said} (robots.txt)"))
    return wishes


def _usage_rule(value: str) -> Rule:
    first, _, rest = value.partition(" ")
    pattern, usage = (first, rest) if first.startswith(("/", "*")) else ("/", value)
    return Rule(pattern, _forbids(usage), value)


def _forbids(usage: str) -> bool:
    """Whether any use is answered with no: n, no or ?0. Names of uses are a draft's and still change."""
    return any(pair["answer"].lower().startswith(("n", "?0", "0")) for pair in _USAGE.finditer(usage))


def _signal_wishes(value: str, where: str) -> Wishes:
    """Content-Signal is recorded; search=no refuses the very use that is made of a page, so it is taken as noindex."""
    if not value.strip():
        return NO_WISHES
    text = f"Content-Signal: {value} ({where})"
    no_search = any(pair["use"].lower() == "search" and _forbids(pair[0]) for pair in _USAGE.finditer(value))
    return noted(text) | (Wishes(no_profile=signal(text), noindex=True) if no_search else NO_WISHES)
