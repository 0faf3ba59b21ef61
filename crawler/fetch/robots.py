"""robots.txt: one decision an origin, shared by all who wait for it; what cannot be read means no."""

from __future__ import annotations

import codecs
import math
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from protego import Protego

from crawler.fetch.answers import Answer, FetchError
from crawler.fetch.backoff import LONGEST_ASKED, asked_wait, wait_after
from crawler.fetch.memory import ROBOTS, Memory, Remembered, keep
from crawler.fetch.once import GivenUpError, OncePerKey
from crawler.fetch.pace import LONGEST_GAP
from crawler.fetch.urls import Target
from crawler.fetch.wishes import robots_wishes
from crawler.wishes import NO_WISHES, Wishes

AGENT = "mentorwatch"
MAX_BYTES = 512 * 1024
KEPT_FOR = timedelta(hours=24)
OLD_RULES_AFTER = timedelta(days=30)
"""So long after a robots.txt became unreadable its last good copy holds again (RFC 9309 2.3.1.4)."""
REMEMBERED_FOR = timedelta(days=90)
KEPT_ORIGINS = 512
"""In the process; the memory has the others. A hostile file of 512 KiB takes 35 MiB once it is parsed."""

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_AGENT_LINE = re.compile(r"\s*user[ -]?agent(?:\s*:\s*|\s+)(.*?)\s*(?:#|$)", re.IGNORECASE)
# The directives Protego reads, with the misspellings it forgives. Any other line between two user-agent lines would
# end the group there, which RFC 9309 2.2.4 does not want: such lines are taken out first.
_KNOWN_LINE = re.compile(
    r"\s*(?:user[ -]?agent|diss?all?ow|diasllow|disallaw|allow|crawl[ -]delay|request[ -]rate|visit[ -]time)(?:\s|:)",
    re.IGNORECASE,
)
_WISH_LINE = re.compile(r"\s*content-(?:usage|signal)\s*:", re.IGNORECASE)
NO_WAY = frozenset({"dns", "blocked_address", "bad_name", "connection", "tls", "timeout", "protocol", "backoff"})
"""Reasons that hold for every address of the host, not only for its robots.txt."""
_DAY = 86_400
_NOBODY = "\N{REPLACEMENT CHARACTER}"


def decode_robots(body: bytes) -> str:
    """The text of a robots.txt: UTF-8, or what its byte order mark says."""
    for mark, encoding in _BOMS:
        if body.startswith(mark):
            return body[len(mark) :].decode(encoding, "replace")
    return body.decode("utf-8", "replace")


class RobotsText:
    """The rules of one robots.txt as they hold for one agent."""

    def __init__(self, text: str, agent: str = AGENT) -> None:
        self._agent = agent
        lines = text.lstrip("\ufeff").splitlines()
        self._lines = [line for line in lines if _KNOWN_LINE.match(line)]
        self.text = "\n".join(line for line in lines if _KNOWN_LINE.match(line) or _WISH_LINE.match(line))
        """What of the file means something to us."""

    def allows(self, url: str, *, named_only: bool = False) -> bool:
        """Whether the agent may fetch the address; `named_only` looks only at groups that name it, not at `*`."""
        rules = self._named if named_only else self._all
        return bool(rules.can_fetch(url, self._agent))

    @cached_property
    def delay(self) -> float:
        """Crawl-delay, or what Request-rate comes to, in seconds: 0 to 60."""
        delay = self._all.crawl_delay(self._agent) or 0.0
        rate = self._all.request_rate(self._agent)
        per_request = min(rate.seconds, _DAY) / min(rate.requests, _DAY) if rate and rate.requests else 0.0
        longest = max((value for value in (delay, per_request) if not math.isnan(value)), default=0.0)
        return min(max(longest, 0.0), LONGEST_GAP)

    @cached_property
    def wishes(self) -> Wishes:
        """What the file asks for beyond fetching (Content-Usage, Content-Signal)."""
        return robots_wishes(self.text)

    @cached_property
    def _all(self) -> Protego:
        return Protego.parse("\n".join(self._lines))

    @cached_property
    def _named(self) -> Protego:
        return Protego.parse("\n".join(_without_wildcard(line) for line in self._lines))


def _without_wildcard(line: str) -> str:
    agent = _AGENT_LINE.match(line)
    return f"User-agent: {_NOBODY}" if agent and agent[1] == "*" else line


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotsDecision:
    """What robots.txt of one origin means until `expires`."""

    expires: datetime
    text: RobotsText | None = None
    """The rules; None: no limits, or a refusal."""
    refusal: str | None = None
    """A key of answers.PLAIN_WORDS: robots_unreachable, or what went wrong on the way (dns, tls, timeout ...)."""
    detail: str = ""
    failures: int = 0
    """How often in a row it could not be read, and since when."""
    unreadable_since: datetime | None = None
    last_good: RobotsText | None = None
    """The last copy that could be read, for the day when it was unreadable too long."""

    @property
    def delay(self) -> float:
        """Seconds between two requests that the file asks for."""
        return self.text.delay if self.text else 0.0

    @property
    def wishes(self) -> Wishes:
        """What the file asks for beyond fetching."""
        return self.text.wishes if self.text else NO_WISHES

    def check(self, target: Target) -> None:
        """Raises FetchError where a crawler must not fetch the target."""
        if self.refusal:
            raise FetchError(self.refusal, target.href, detail=self.detail, retry_at=self.expires)
        if self.text and not self.text.allows(target.href):
            raise FetchError("robots", target.href, retry_at=self.expires)

    def check_subscription(self, target: Target) -> None:
        """Raises FetchError where a group that names us forbids the feed, or the host cannot be reached at all.

        A robots.txt that answers with an error names nobody.
        """
        if self.refusal and self.refusal != "robots_unreachable":
            raise FetchError(self.refusal, target.href, detail=self.detail, retry_at=self.expires)
        rules = self.text or self.last_good  # who named us yesterday and answers with an error today still does
        if rules and not rules.allows(target.href, named_only=True):
            raise FetchError("robots", target.href, detail=f"a group names {AGENT}", retry_at=self.expires)


class Robots:
    """Decisions by origin, kept in `memory` over a restart. Ten requests that wait for one file wait for one task."""

    def __init__(
        self, fetch: Callable[[Target], Awaitable[Answer]], memory: Memory, clock: Callable[[], datetime]
    ) -> None:
        self._fetch, self._memory, self._clock = fetch, memory, clock
        self._decisions: OncePerKey[RobotsDecision] = OncePerKey(
            lambda decision: decision.expires > clock(), most=KEPT_ORIGINS
        )

    async def decision(self, target: Target) -> RobotsDecision:
        """The decision for the target's origin, fetched where none is kept or it is older than a day."""
        try:
            return await self._decisions.get(target.origin, lambda: self._decide(target.robots))
        except GivenUpError:
            raise FetchError("stopped", target.href) from None

    async def aclose(self) -> None:
        """Give up what is still being asked."""
        await self._decisions.aclose()

    async def _decide(self, robots: Target) -> RobotsDecision:
        before = await self._recalled(robots.origin)
        # A clock that was wrong once must not close a site for years.
        if before and self._clock() < before.expires <= self._clock() + LONGEST_ASKED:
            return before
        try:
            answer = await self._fetch(robots)
        except FetchError as error:
            if error.reason in {"stopped", "halted"}:
                raise  # we stopped: nothing was learned about the site
            decision = self._lost(robots, error, before)
        else:
            decision = self._read(answer, before)
        until = max(decision.expires, self._clock() + REMEMBERED_FOR)
        await keep(self._memory, Remembered(ROBOTS, robots.origin, _as_json(decision), until))
        return decision

    async def _recalled(self, origin: str) -> RobotsDecision | None:
        key = (ROBOTS, origin)
        found = (await self._memory.load([key])).get(key)
        return _from_json(found) if found else None

    def _lost(self, robots: Target, error: FetchError, before: RobotsDecision | None) -> RobotsDecision:
        here = error.url == robots.href and error.reason in NO_WAY
        return self._unreadable(
            error.reason if here else "robots_unreachable",
            error.detail if here else error.reason,
            before,
            expires=error.retry_at,
        )

    def _read(self, answer: Answer, before: RobotsDecision | None) -> RobotsDecision:
        day = self._clock() + KEPT_FOR
        if answer.status == 429 or answer.status >= 500 or answer.status < 200:
            asked = asked_wait(answer.status, answer.headers, self._clock())
            expires = self._clock() + asked if asked else None
            return self._unreadable("robots_unreachable", f"it answers {answer.status}", before, expires=expires)
        if answer.status in {401, 403} or 300 <= answer.status < 400:
            return self._unreadable("robots_unreachable", f"it answers {answer.status}", before, expires=day)
        if answer.status >= 400:
            return RobotsDecision(expires=day)
        text = decode_robots(answer.body)
        if text.lstrip().startswith("<"):
            return self._unreadable("robots_unreachable", "it answers with a web page", before, expires=day)
        rules = RobotsText(text)
        return RobotsDecision(expires=day, text=rules, last_good=rules)

    def _unreadable(
        self, refusal: str, detail: str, before: RobotsDecision | None, *, expires: datetime | None
    ) -> RobotsDecision:
        """A refusal; where the file was unreadable for 30 days already, its last good copy holds."""
        now = self._clock()
        failures = before.failures + 1 if before else 1
        since = (before.unreadable_since if before else None) or now
        last_good = before.last_good if before else None
        old_rules = last_good if refusal == "robots_unreachable" and now - since > OLD_RULES_AFTER else None
        return RobotsDecision(
            expires=expires or now + wait_after(failures),
            text=old_rules,
            refusal=None if old_rules else refusal,
            detail=detail,
            failures=failures,
            unreadable_since=since,
            last_good=last_good,
        )


def _as_json(decision: RobotsDecision) -> dict[str, Any]:
    return {
        "expires": decision.expires.isoformat(),
        "rules": decision.text is not None,
        "refusal": decision.refusal,
        "detail": decision.detail,
        "failures": decision.failures,
        "unreadable_since": decision.unreadable_since.isoformat() if decision.unreadable_since else None,
        "last_good": decision.last_good.text if decision.last_good else None,
    }


def _from_json(value: dict[str, Any]) -> RobotsDecision:
    since = value["unreadable_since"]
    last_good = RobotsText(value["last_good"]) if value["last_good"] is not None else None
    return RobotsDecision(
        expires=datetime.fromisoformat(value["expires"]),
        text=last_good if value["rules"] else None,
        refusal=value["refusal"],
        detail=value["detail"],
        failures=value["failures"],
        unreadable_since=datetime.fromisoformat(since) if since else None,
        last_good=last_good,
    )
