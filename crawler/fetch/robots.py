"""robots.txt: one decision an origin, shared by all who wait for it; what cannot be read means no."""

from __future__ import annotations

import asyncio
import codecs
import math
import re
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

from protego import Protego

from crawler.fetch.answers import Answer, FetchError
from crawler.fetch.backoff import Backoff
from crawler.fetch.pace import LONGEST_GAP
from crawler.fetch.urls import Target

AGENT = "mentorwatch"
MAX_BYTES = 512 * 1024
KEPT_FOR = timedelta(hours=24)
KEPT_ORIGINS = 4096

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
NO_WAY = frozenset({"dns", "blocked_address", "bad_name", "connection", "tls", "timeout", "protocol", "backoff"})
"""Reasons that hold for every address of the host, not only for its robots.txt."""
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
        self._lines = [line for line in text.lstrip("\ufeff").splitlines() if _KNOWN_LINE.match(line)]

    def allows(self, url: str, *, named_only: bool = False) -> bool:
        """Whether the agent may fetch the address; `named_only` looks only at groups that name it, not at `*`."""
        rules = self._named if named_only else self._all
        return bool(rules.can_fetch(url, self._agent))

    @cached_property
    def delay(self) -> float:
        """Crawl-delay, or what Request-rate comes to, in seconds: 0 to 60."""
        delay = self._all.crawl_delay(self._agent) or 0.0
        rate = self._all.request_rate(self._agent)
        per_request = rate.seconds / rate.requests if rate and rate.requests else 0.0
        longest = max((value for value in (delay, per_request) if not math.isnan(value)), default=0.0)
        return min(max(longest, 0.0), LONGEST_GAP)

    @cached_property
    def _all(self) -> Protego:
        return Protego.parse("\n".join(self._lines))

    @cached_property
    def _named(self) -> Protego:
        return Protego.parse("\n".join(_without_wildcard(line) for line in self._lines))


def _without_wildcard(line: str) -> str:
    agent = _AGENT_LINE.match(line)
    return f"User-agent: {_NOBODY}" if agent and agent[1] == "*" else line


@dataclass(frozen=True, slots=True)
class Decision:
    """What robots.txt of one origin means until `expires`."""

    expires: datetime
    text: RobotsText | None = None
    """None: no limits, or a refusal."""
    refusal: str | None = None
    """A key of answers.PLAIN_WORDS: robots_unreachable, or what went wrong on the way (dns, tls, timeout ...)."""
    detail: str = ""

    @property
    def delay(self) -> float:
        """Seconds between two requests that the file asks for."""
        return self.text.delay if self.text else 0.0

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
        if self.text and not self.text.allows(target.href, named_only=True):
            raise FetchError("robots", target.href, detail=f"a group names {AGENT}", retry_at=self.expires)


class Robots:
    """Decisions by origin. Ten requests that wait for one file wait for one task."""

    def __init__(self, fetch: Callable[[Target], Awaitable[Answer]], clock: Callable[[], datetime]) -> None:
        self._fetch, self._clock = fetch, clock
        self._kept: OrderedDict[str, Decision] = OrderedDict()
        self._asking: dict[str, asyncio.Task[Decision]] = {}
        self._unreadable = Backoff(clock)

    async def decision(self, target: Target) -> Decision:
        """The decision for the target's origin, fetched where none is kept or it is older than a day."""
        origin = target.origin
        kept = self._kept.get(origin)
        if kept and kept.expires > self._clock():
            return kept
        task = self._asking.get(origin)
        if task is None:
            task = self._asking[origin] = asyncio.create_task(self._decide(target.robots))
            task.add_done_callback(lambda _: self._asking.pop(origin, None))
        # Shielded: the one who gives up waiting must not take the answer away from the others.
        return await asyncio.shield(task)

    async def aclose(self) -> None:
        """Give up what is still being asked."""
        tasks = list(self._asking.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _decide(self, robots: Target) -> Decision:
        try:
            answer = await self._fetch(robots)
        except FetchError as error:
            if error.reason == "stopped":
                raise  # we stopped: nothing was learned about the site
            decision = self._lost(robots, error)
        else:
            decision = self._read(robots.origin, answer)
        self._kept[robots.origin] = decision
        self._kept.move_to_end(robots.origin)
        if len(self._kept) > KEPT_ORIGINS:
            self._kept.popitem(last=False)
        return decision

    def _lost(self, robots: Target, error: FetchError) -> Decision:
        expires = error.retry_at or self._unreadable.failed(robots.origin)
        if error.url == robots.href and error.reason in NO_WAY:
            return Decision(expires, refusal=error.reason, detail=error.detail)
        return Decision(expires, refusal="robots_unreachable", detail=error.reason)

    def _read(self, origin: str, answer: Answer) -> Decision:
        day = self._clock() + KEPT_FOR
        if answer.status == 429 or answer.status >= 500 or answer.status < 200:
            expires = self._unreadable.failed(origin, answer.headers.get("retry-after"))
            return Decision(expires, refusal="robots_unreachable", detail=f"it answers {answer.status}")
        self._unreadable.succeeded(origin)
        if answer.status in {401, 403} or 300 <= answer.status < 400:
            return Decision(day, refusal="robots_unreachable", detail=f"it answers {answer.status}")
        if answer.status >= 400:
            return Decision(day)
        text = decode_robots(answer.body)
        if text.lstrip().startswith("<"):
            return Decision(day, refusal="robots_unreachable", detail="it answers with a web page")
        return Decision(day, text=RobotsText(text))
