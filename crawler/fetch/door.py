"""The door: every byte from outside comes through `Door.fetch`, judged, paced, bounded and timed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from crawler.fetch.access import FLOOR_SECONDS, AccessRules, access_rules
from crawler.fetch.answers import Access, Answer, Ask, FetchError
from crawler.fetch.backoff import LONGEST, Backoff, asked_wait
from crawler.fetch.carrier import REDIRECTS, Carrier, Errand
from crawler.fetch.carryover import Carryover
from crawler.fetch.decisions import OK, PAGE, ROBOTS, Decision, Watch
from crawler.fetch.memory import Forgetful, Memory
from crawler.fetch.pace import Line, Pace, site_of
from crawler.fetch.robots import MAX_BYTES as ROBOTS_BYTES
from crawler.fetch.robots import Robots
from crawler.fetch.site_files import SiteFiles
from crawler.fetch.stops import Stops
from crawler.fetch.transport import Dial, GuardedBackend, Resolver, SystemResolver, Transports
from crawler.fetch.urls import Target, UrlVerdict, host_of, is_mapped, judge_url
from crawler.fetch.wire import WayError, dial
from crawler.fetch.wishes import header_wishes
from crawler.wishes import NO_WISHES, Wishes
from watchlist.errors import MentorwatchError
from watchlist.secrets import Tokens, mask_url
from watchlist.settings import Settings

log = logging.getLogger(__name__)

MAX_REDIRECTS = 5
_PERMANENT = {301, 308}
NO_FAULT_OF_THE_HOST = frozenset({"not_text", "stopped", "halted", "bad_url"})
"""Reasons after which the host is asked again as if nothing had happened."""
STANDARD_STATUSES = range(100, 600)
"""Anything else (999) is how some sites say that they do not want crawlers."""


def utc_now() -> datetime:
    """The clock of a real run."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Permit:
    """What the checks of one hop came to."""

    gap: float
    """Seconds to keep between two requests to the site."""
    wishes: Wishes
    """What robots.txt asks for beyond fetching."""


class Door:
    """The way out to the network, one for a whole run: spiders and feeds share its pace and its pauses.

    An async context manager. `memory` keeps pace, pauses and robots decisions over a restart; `tokens` are the user's
    own for documented APIs; `watch` is told every decision. `resolver` and `clock` (aware UTC), `dial`, `pace` (which
    keeps its own monotonic time) and `rules` are for tests and the little web.
    """

    def __init__(  # noqa: PLR0913  # all by name
        self,
        settings: Settings,
        *,
        memory: Memory | None = None,
        tokens: Tokens | None = None,
        watch: Watch | None = None,
        resolver: Resolver | None = None,
        clock: Callable[[], datetime] | None = None,
        dial: Dial = dial,
        pace: Pace | None = None,
        rules: AccessRules | None = None,
    ) -> None:
        self.settings = settings
        self.clock = clock or utc_now
        self._rules = rules or access_rules()
        self._own_resolver = SystemResolver() if resolver is None else None
        network = settings.network
        resolve: Resolver = resolver or self._own_resolver  # type: ignore[assignment]  # one of them is there
        backend = GuardedBackend(resolve, network.hosts, dial, network.private_hosts)
        self._transports = Transports(backend, settings)
        self._carrier = Carrier(settings, self._transports, self._rules, self.clock)
        self._memory = memory or Forgetful(self.clock)
        self._tokens, self._watch = tokens or Tokens(), watch
        self._closing = asyncio.Event()
        self._stops, self._stops_changed = Stops(), asyncio.Event()
        self._pace = pace or Pace(sleep=self._sleep)
        self._pauses = Backoff(self.clock)
        self._wanting: dict[str, list[int | None]] = {}
        """For whose sources the robots.txt of an origin is being asked for."""
        self._carryover = Carryover(self._memory, self._pace, self._pauses, self.clock)
        self._robots = Robots(self._fetch_robots, self._memory, self.clock)
        self._site_files = SiteFiles(self.fetch, self._memory, self.clock)

    async def __aenter__(self) -> Self:
        if self.settings.network.ca_file:
            self._transports.check_authorities()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()
        await self._robots.aclose()
        await self._site_files.aclose()
        if self._own_resolver:
            self._own_resolver.close()

    # --- stopping ------------------------------------------------------------------------------------------------

    async def stop(self) -> None:
        """Close for good: who waits for a turn is told so at once, what is under way is cut off."""
        self._closing.set()
        self._stops_changed.set()
        await self._transports.aclose()

    def obey(self, stops: Stops) -> None:
        """Nothing that `stops` forbids leaves from now on; who waits for the gap is told so at once."""
        if stops != self._stops:
            self._stops = stops
            self._stops_changed.set()
            self._stops_changed = asyncio.Event()

    @property
    def is_stopped(self) -> bool:
        """Whether no request may leave: the door is closing, or everything is stopped until the user resumes."""
        return self.is_closed or self._stops.everything

    @property
    def is_closed(self) -> bool:
        """Whether the door closed for good."""
        return self._closing.is_set()

    async def stopped(self) -> None:
        """Wait until the door closes for good."""
        await self._closing.wait()

    async def _sleep(self, seconds: float) -> None:
        """Sleep, but not past a change of what is stopped."""
        try:
            async with asyncio.timeout(seconds):
                await self._stops_changed.wait()
        except TimeoutError:
            return
        if self.is_closed:
            raise WayError("stopped", "")

    # --- fetching ------------------------------------------------------------------------------------------------

    async def fetch(self, ask: Ask) -> Answer:
        """What the server answers, whatever the status. Raises FetchError where the door refuses or no answer comes.

        Redirects are followed, each hop judged, asked of robots and paced for itself.
        """
        conditions = _conditions(ask)

        async def hop(target: Target) -> Answer:
            permit = await self._permit(target, ask)
            headers = conditions | await self._token(target, ask.access)
            errand = Errand(target, headers, self._carrier.body_limit, lambda: self._refuse_stopped(target, ask.person))
            answer = await self._in_turn(errand, permit.gap, ask.person)
            return replace(answer, wishes=permit.wishes | header_wishes(answer.headers, self.clock()))

        try:
            return await self._follow(self._admit(ask.url, None, ask.access), ask.access, hop)
        except FetchError as error:
            await self._tell_refusal(PAGE, error)
            raise

    async def site_wishes(self, url: str, content_type: str | None = None, *, person: int | None = None) -> Wishes:
        """What the site's tdmrep.json and ai.txt ask for a document; asked once a week and origin.

        For those who are about to keep something of it. Raises FetchError where the site cannot be asked.
        """
        target = self._admit(url, None, Access.CRAWL)
        self._refuse_stopped(target, person)
        return await self._site_files.wishes(target, content_type)

    async def _fetch_robots(self, robots: Target) -> Answer:
        """The robots.txt of an origin; redirects are followed without asking further robots files."""

        async def hop(target: Target) -> Answer:
            await self._recall(target)
            errand = Errand(target, {}, ROBOTS_BYTES, lambda: self._refuse_unwanted(robots, target), is_robots=True)
            return await self._in_turn(errand, self._gap(target))

        try:
            return await self._follow(robots, Access.CRAWL, hop)
        except FetchError as error:
            await self._tell_refusal(ROBOTS, error)
            raise

    async def _follow(self, target: Target, access: Access, hop: Callable[[Target], Awaitable[Answer]]) -> Answer:
        seen = {target.href}
        permanent = True
        moved = False
        for _ in range(MAX_REDIRECTS + 1):
            answer = await hop(target)
            location = answer.headers.get("location")
            if answer.status not in REDIRECTS or not location:
                return replace(answer, moved_to=answer.url if moved and permanent else None)
            permanent = permanent and answer.status in _PERMANENT
            moved = True
            target = self._admit(location, target, access)
            if target.href in seen:
                raise FetchError("redirect_loop", target.href)
            seen.add(target.href)
        raise FetchError("too_many_redirects", target.href)

    # --- may it be asked -----------------------------------------------------------------------------------------

    def _admit(self, url: str, source: Target | None, access: Access) -> Target:
        """Judge an address, as asked for or as redirected to from `source`."""
        verdict = judge_hop(url, source, access, self.settings, self._rules)
        if verdict.target is None:
            raise FetchError(verdict.reason, url)
        if not self.settings.contact and verdict.reason != "mapped":
            raise FetchError("no_contact", verdict.target.href)
        return verdict.target

    async def _permit(self, target: Target, ask: Ask) -> Permit:
        """Ask robots.txt as far as the access wants it."""
        await self._recall(target)
        if ask.access is Access.DOCUMENTED_API:
            api = self._rules.api(target.origin, target.path)
            return Permit(self._gap(target, api.gap_seconds if api else None), NO_WISHES)
        self._refuse_now(target, ask.person)
        wanting = self._wanting.setdefault(target.origin, [])
        wanting.append(ask.person)
        try:
            decision = await self._robots.decision(target)
        finally:
            wanting.remove(ask.person)
            if not wanting:
                self._wanting.pop(target.origin, None)
        if ask.access is Access.CRAWL or self.settings.feeds.obey_robots:
            decision.check(target)
        else:
            decision.check_subscription(target)
        return Permit(max(self._gap(target), decision.delay), decision.wishes)

    def _gap(self, target: Target, wanted: float | None = None) -> float:
        if is_mapped(target.host, self.settings.network.hosts):
            return 0.0
        return max(FLOOR_SECONDS, self.settings.network.gap_seconds if wanted is None else wanted)

    def _refuse_now(self, target: Target, person: int | None = None) -> None:
        """Raises FetchError while nothing may be sent to the host."""
        self._refuse_stopped(target, person)
        if until := self._pauses.until(target.host):
            raise FetchError("backoff", target.href, detail=f"until {until:%Y-%m-%d %H:%M} UTC", retry_at=until)

    def _forbidden(self, target: Target, person: int | None) -> str | None:
        return "stopped" if self.is_closed else self._stops.forbids(target.host, person)

    def _refuse_stopped(self, target: Target, person: int | None = None) -> None:
        if reason := self._forbidden(target, person):
            raise FetchError(reason, target.href)

    def _refuse_unwanted(self, robots: Target, target: Target) -> None:
        """A robots.txt that is wanted only for people who are stopped does not leave either."""
        reasons = [self._forbidden(target, person) for person in self._wanting.get(robots.origin) or [None]]
        if all(reasons):
            raise FetchError(reasons[0] or "stopped", target.href)

    async def _token(self, target: Target, access: Access) -> dict[str, str]:
        """The user's token, on requests to the one origin it is meant for."""
        api = self._rules.api(target.origin, target.path) if access is Access.DOCUMENTED_API else None
        if api is None or api.token is None:
            return {}
        # In a thread: a keyring may wait for its user to unlock it.
        token = await asyncio.to_thread(self._tokens.token, api.token.name)
        return {api.token.header: api.token.form.format(token=token)} if token else {}

    # --- one request ---------------------------------------------------------------------------------------------

    async def _in_turn(self, errand: Errand, gap: float, person: int | None = None) -> Answer:
        """Send when the site's turn has come. Only then one of the global slots is taken, and the deadline runs."""
        target = errand.target
        async with self._pace.queue(site_of(target.host)) as line:
            await self._wait(line, gap, target, person)
            async with self._carrier.slots.take():
                if gap:
                    await self._record_turn(target)
                self._refuse_now(target, person)
                try:
                    return await self._send(errand)
                finally:
                    line.leave()

    async def _recall(self, target: Target) -> None:
        try:
            await self._carryover.recall(target)
        except MentorwatchError as error:
            raise FetchError("stopped", target.href, detail=error.message) from error

    async def _record_turn(self, target: Target) -> None:
        """What is not on record does not leave: a database that is locked stops the fetching, not the site."""
        try:
            await self._carryover.note_turn(target)
        except MentorwatchError as error:
            raise FetchError("stopped", target.href, detail=error.message) from error

    async def _wait(self, line: Line, gap: float, target: Target, person: int | None) -> None:
        """Until the gap is over; a host that is paused before, after or meanwhile is not asked."""
        try:
            while True:
                self._refuse_now(target, person)
                if not await line.wait(gap):
                    return
        except WayError as error:
            raise FetchError(error.reason, target.href) from error

    async def _send(self, errand: Errand) -> Answer:
        """One request. Its outcome is noted: pauses, counters, whoever watches."""
        start = asyncio.get_running_loop().time()
        try:
            answer = await self._carrier.carry(errand)
        except FetchError as error:
            if self.is_closed:  # we cut it off: no fault of the host
                raise FetchError("stopped", errand.target.href) from error
            if error.reason in NO_FAULT_OF_THE_HOST:
                raise
            pause = self._pauses.failed(errand.target.host, error.reason)
            await self._carryover.note_pause(errand.target.host, pause)
            raise FetchError(error.reason, error.url, detail=error.detail, retry_at=pause.until) from error
        seconds = asyncio.get_running_loop().time() - start
        kind = ROBOTS if errand.is_robots else PAGE
        host = errand.target.host
        await self._tell(
            kind, host, errand.target.href, OK, status=answer.status, size=len(answer.body), seconds=seconds
        )
        await self._note(errand, answer)
        return answer

    async def _note(self, errand: Errand, answer: Answer) -> None:
        """A bad answer pauses the host; that of a robots.txt only where the server asks for it."""
        host, status = errand.target.host, answer.status
        asked = asked_wait(status, answer.headers, self.clock())
        reason = f"http_{status}"
        if status not in STANDARD_STATUSES:
            pause = self._pauses.failed(host, "blocked", asked=max(asked or LONGEST, LONGEST))
            await self._carryover.note_pause(host, pause)
            raise FetchError("blocked", errand.target.href, detail=f"status {status}", retry_at=pause.until)
        if status == 429 or (status >= 500 and (asked or not errand.is_robots)) or (status == 403 and asked):
            await self._carryover.note_pause(host, self._pauses.failed(host, reason, asked=asked))
        elif asked:
            await self._carryover.note_pause(host, self._pauses.asked(host, asked, reason))
        elif status < 500:
            await self._carryover.note_success(host)

    # --- remembering and telling ---------------------------------------------------------------------------------

    async def _tell_refusal(self, kind: str, error: FetchError) -> None:
        await self._tell(kind, host_of(error.url), error.url, error.reason, detail=error.detail)

    async def _tell(  # noqa: PLR0913  # the fields of a Decision
        self,
        kind: str,
        host: str,
        url: str,
        reason: str,
        *,
        detail: str = "",
        status: int | None = None,
        size: int = 0,
        seconds: float = 0.0,
    ) -> None:
        decision = Decision(
            at=self.clock(),
            kind=kind,
            host=host,
            url=mask_url(url),
            reason=reason,
            detail=detail,
            status=status,
            bytes=size,
            seconds=seconds,
        )
        if self._watch is not None:
            self._watch(decision)
        await self._memory.count([decision])


def judge_hop(
    url: str, source: Target | None, access: Access, settings: Settings, rules: AccessRules | None = None
) -> UrlVerdict:
    """The guard's verdict on an address that is asked for, or that `source` redirects to.

    A documented API stays within the closed list on every hop.
    """
    verdict = judge_url(url, settings, base=source.href if source else None)
    target = verdict.target
    if target and access is Access.DOCUMENTED_API and (rules or access_rules()).api(target.origin, target.path) is None:
        return UrlVerdict(url, allowed=False, reason="not_a_documented_api")
    return verdict


def _conditions(ask: Ask) -> dict[str, str]:
    """The headers of a conditional request, where the caller holds a copy."""
    pairs: Mapping[str, str | None] = {"if-none-match": ask.etag, "if-modified-since": ask.last_modified}
    return {
        name: value.strip()
        for name, value in pairs.items()
        if value and value.isascii() and value.strip().isprintable()
    }
