"""The door: every byte from outside comes through `Door.fetch`, judged, paced, bounded and timed."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self, cast

import httpx

from crawler.fetch.access import FLOOR_SECONDS, access_rules
from crawler.fetch.answers import Access, Answer, Ask, FetchError
from crawler.fetch.backoff import Backoff
from crawler.fetch.decoding import BodyError, read_body
from crawler.fetch.pace import Line, Pace, site_of
from crawler.fetch.robots import MAX_BYTES as ROBOTS_BYTES
from crawler.fetch.robots import Robots
from crawler.fetch.transport import Dial, GuardedBackend, Resolver, SystemResolver, Transports
from crawler.fetch.urls import Target, UrlVerdict, is_mapped, judge_url
from crawler.fetch.wire import WayError, dial
from watchlist.settings import Settings

MAX_REDIRECTS = 5
_REDIRECTS = {301, 302, 303, 307, 308}
_PERMANENT = {301, 308}
_OF_THE_TRANSFER = {"content-encoding", "content-length", "transfer-encoding", "connection", "keep-alive"}
_NOT_KEPT = _OF_THE_TRANSFER | {"set-cookie", "set-cookie2"}


def utc_now() -> datetime:
    """The clock of a real run."""
    return datetime.now(UTC)


class Door:
    """The way out to the network, one for a whole run: spiders and feeds share its pace and its pauses.

    An async context manager. `resolver` and `clock` (aware UTC) and `dial` are for tests and the little web; `pace`
    keeps its own monotonic time.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        resolver: Resolver | None = None,
        clock: Callable[[], datetime] | None = None,
        dial: Dial = dial,
        pace: Pace | None = None,
    ) -> None:
        self.settings = settings
        self._agent = settings.user_agent.encode("ascii", "replace").decode("ascii")
        self.clock = clock or utc_now
        self._own_resolver = SystemResolver(settings.network.concurrency) if resolver is None else None
        backend = GuardedBackend(resolver or self._own_resolver, settings.network.hosts, dial)  # type: ignore[arg-type]
        self._transports = Transports(backend, settings)
        self._stopping = asyncio.Event()
        self._pace = pace or Pace(sleep=self._sleep)
        self._slots = asyncio.Semaphore(settings.network.concurrency)
        self._pauses = Backoff(self.clock)
        self._robots = Robots(self._fetch_robots, self.clock)

    async def __aenter__(self) -> Self:
        if self.settings.network.ca_file:
            self._transports.check_authorities()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()
        await self._robots.aclose()
        if self._own_resolver:
            self._own_resolver.close()

    async def stop(self) -> None:
        """No request leaves any more: who waits for a turn is told so at once, what is under way is cut off."""
        self._stopping.set()
        await self._transports.aclose()

    @property
    def is_stopped(self) -> bool:
        """Whether no request may leave any more."""
        return self._stopping.is_set()

    async def stopped(self) -> None:
        """Wait until somebody stops the door."""
        await self._stopping.wait()

    async def _sleep(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        except TimeoutError:
            return
        raise WayError("stopped", "")

    async def fetch(self, ask: Ask) -> Answer:
        """What the server answers, whatever the status. Raises FetchError where the door refuses or no answer comes.

        Redirects are followed, each hop judged, asked of robots and paced for itself.
        """
        conditions = _conditions(ask)

        async def hop(target: Target) -> Answer:
            gap = await self._permit(target, ask.access)
            return await self._in_turn(target, gap, conditions, limit=self.settings.network.max_body_mib << 20)

        return await self._follow(self._admit(ask.url, None, ask.access), ask.access, hop)

    async def _fetch_robots(self, robots: Target) -> Answer:
        """The robots.txt of an origin; redirects are followed without asking further robots files."""

        async def hop(target: Target) -> Answer:
            return await self._in_turn(target, self._gap(target), {}, limit=ROBOTS_BYTES, is_robots=True)

        return await self._follow(robots, Access.CRAWL, hop)

    # --- redirects -----------------------------------------------------------------------------------------------

    async def _follow(self, target: Target, access: Access, hop: Callable[[Target], Awaitable[Answer]]) -> Answer:
        seen = {target.href}
        permanent = True
        moved = False
        for _ in range(MAX_REDIRECTS + 1):
            answer = await hop(target)
            location = answer.headers.get("location")
            if answer.status not in _REDIRECTS or not location:
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
        verdict = judge_hop(url, source, access, self.settings)
        if verdict.target is None:
            raise FetchError(verdict.reason, url)
        if not self.settings.contact and verdict.reason != "mapped":
            raise FetchError("no_contact", verdict.target.href)
        return verdict.target

    async def _permit(self, target: Target, access: Access) -> float:
        """Ask robots.txt as far as the access wants it; returns the gap to keep, in seconds."""
        if access is Access.DOCUMENTED_API:
            api = access_rules().api(target.origin, target.path)
            return self._gap(target, api.gap_seconds if api else None)
        self._refuse_now(target)
        decision = await self._robots.decision(target)
        if access is Access.CRAWL or self.settings.feeds.obey_robots:
            decision.check(target)
        else:
            decision.check_subscription(target)
        return max(self._gap(target), decision.delay)

    def _gap(self, target: Target, wanted: float | None = None) -> float:
        if is_mapped(target.host, self.settings.network.hosts):
            return 0.0
        return max(FLOOR_SECONDS, self.settings.network.gap_seconds if wanted is None else wanted)

    def _refuse_now(self, target: Target) -> None:
        """Raises FetchError while nothing may be sent to the host."""
        if self._stopping.is_set():
            raise FetchError("stopped", target.href)
        if until := self._pauses.until(target.host):
            raise FetchError("backoff", target.href, detail=f"until {until:%Y-%m-%d %H:%M} UTC", retry_at=until)

    # --- one request ---------------------------------------------------------------------------------------------

    async def _in_turn(
        self, target: Target, gap: float, headers: Mapping[str, str], *, limit: int, is_robots: bool = False
    ) -> Answer:
        """Send when the site's turn has come. Only then one of the global slots is taken, and the deadline runs."""
        async with self._pace.queue(site_of(target.host)) as line:
            await self._wait(line, gap, target)
            async with self._slots:
                self._refuse_now(target)
                try:
                    answer = await self._send(target, headers, limit=limit, cut=is_robots)
                finally:
                    line.leave()
            self._note(target, answer, is_robots=is_robots)
        return answer

    async def _wait(self, line: Line, gap: float, target: Target) -> None:
        """Until the gap is over; a host that is paused before or after that is not asked."""
        self._refuse_now(target)
        try:
            await line.wait(gap)
        except WayError as error:
            raise FetchError(error.reason, target.href) from error
        self._refuse_now(target)

    async def _send(self, target: Target, headers: Mapping[str, str], *, limit: int, cut: bool) -> Answer:
        try:
            async with asyncio.timeout(self.settings.network.deadline_seconds):
                return await self._transfer(target, headers, limit=limit, cut=cut)
        except TimeoutError:
            reason, detail = "timeout", f"{self.settings.network.deadline_seconds:.0f} s"
        except (WayError, BodyError) as error:
            reason, detail = error.reason, error.detail
        except httpx.ProtocolError as error:
            reason, detail = "protocol", str(error)
        except (httpx.TransportError, OSError) as error:
            reason, detail = "connection", str(error)
        if self._stopping.is_set():  # we cut it off: no fault of the host
            raise FetchError("stopped", target.href)
        raise FetchError(reason, target.href, detail=detail, retry_at=self._pauses.failed(target.host))

    async def _transfer(self, target: Target, headers: Mapping[str, str], *, limit: int, cut: bool) -> Answer:
        request = self._request(target, headers)
        async with self._transports.lend(target.origin) as transport:
            response = await transport.handle_async_request(request)
            stream = cast("httpx.AsyncByteStream", response.stream)
            try:
                body = await _body(target, response, stream, limit=limit, cut=cut)
            finally:
                await stream.aclose()
        return Answer(target.href, response.status_code, _headers(response), body, self.clock())

    def _request(self, target: Target, headers: Mapping[str, str]) -> httpx.Request:
        """Httpx's own reading of the address is not used: host and request target are those of the guard's."""
        always = {"host": target.netloc, "user-agent": self._agent, "accept-encoding": "gzip"}
        extensions: dict[str, Any] = {"target": f"{target.path}{target.query}".encode("ascii")}
        if target.host.endswith("."):
            extensions["sni_hostname"] = target.host.rstrip(".")
        try:
            request = httpx.Request(
                "GET", target.href, headers={**always, "accept": "*/*", **headers}, extensions=extensions
            )
        except (httpx.InvalidURL, UnicodeError) as error:
            raise FetchError("bad_url", target.href, detail=str(error)) from error
        if (request.url.raw_host.decode("ascii"), request.url.port or target.port) != (target.host, target.port):
            raise FetchError("bad_url", target.href, detail="the parsers disagree about the host")
        return request

    def _note(self, target: Target, answer: Answer, *, is_robots: bool) -> None:
        """A bad answer pauses the host; that of a robots.txt only where the server asks for it."""
        asked = answer.headers.get("retry-after")
        bad = answer.status == 429 or (answer.status >= 500 and (bool(asked) or not is_robots))
        if bad or (answer.status == 403 and asked):
            self._pauses.failed(target.host, asked)
        else:
            self._pauses.succeeded(target.host)


def judge_hop(url: str, source: Target | None, access: Access, settings: Settings) -> UrlVerdict:
    """The guard's verdict on an address that is asked for, or that `source` redirects to.

    A documented API stays within the closed list on every hop.
    """
    verdict = judge_url(url, settings, base=source.href if source else None)
    target = verdict.target
    if target and access is Access.DOCUMENTED_API and access_rules().api(target.origin, target.path) is None:
        return UrlVerdict(url, allowed=False, reason="not_a_documented_api")
    return verdict


def _conditions(ask: Ask) -> dict[str, str]:
    """The headers of a conditional request, where the caller holds a copy."""
    pairs = {"if-none-match": ask.etag, "if-modified-since": ask.last_modified}
    return {
        name: value.strip()
        for name, value in pairs.items()
        if value and value.isascii() and value.strip().isprintable()
    }


async def _body(
    target: Target, response: httpx.Response, stream: httpx.AsyncByteStream, *, limit: int, cut: bool
) -> bytes:
    if response.status_code < 200:
        raise WayError("protocol", f"status {response.status_code}")
    if response.status_code == 304:
        return b""
    encoding = response.headers.get("content-encoding", "")
    return await read_body(stream, encoding, limit=limit, cut=cut, packed_file=target.path.endswith(".gz"))


def _headers(response: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in response.headers.items() if name not in _NOT_KEPT}
