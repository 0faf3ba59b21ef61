"""One request and its answer, bounded in time, size and memory; what may be asked for is decided elsewhere."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

import httpx

from crawler.fetch.access import AccessRules
from crawler.fetch.answers import Answer, FetchError
from crawler.fetch.budget import BodyBudget
from crawler.fetch.decoding import BodyError, read_body
from crawler.fetch.slots import Slots
from crawler.fetch.transport import Transports
from crawler.fetch.urls import Target
from crawler.fetch.wire import WayError
from watchlist.settings import Settings

LONGEST_SECONDS, MOST_AT_ONCE, LARGEST_MIB = 60.0, 256, 10
"""No settings, however they were made, lead beyond these (design section 6)."""
HEAD_SECONDS = 20.0
"""Connected or not, an answer whose header is not complete by then is given up."""
MAX_FIELDS, MAX_HEADER_BYTES = 100, 32 * 1024
SHORT_BODY = 16 * 1024
"""The body of a redirect is read up to here, for the sake of the connection; a longer one is not."""
REDIRECTS = frozenset({301, 302, 303, 307, 308})
_OF_THE_TRANSFER = {"content-encoding", "content-length", "transfer-encoding", "connection", "keep-alive"}
_NOT_KEPT = _OF_THE_TRANSFER | {"set-cookie", "set-cookie2"}


@dataclass(frozen=True, slots=True)
class Errand:
    """What is to be carried: where to, with which fields, and how much may come back."""

    target: Target
    headers: Mapping[str, str] = field(repr=False)
    limit: int
    """Bytes of the decoded body."""
    may_leave: Callable[[], None] = field(repr=False)
    """Asked when the connection stands and the header is about to go out; raises FetchError."""
    is_robots: bool = False
    """A robots.txt is cut at the limit instead of refused."""


class Carrier:
    """Sends requests over the guarded transports. Raises FetchError for everything that is no whole answer."""

    def __init__(
        self, settings: Settings, transports: Transports, rules: AccessRules, clock: Callable[[], datetime]
    ) -> None:
        self._transports, self._rules, self._clock = transports, rules, clock
        self._agent = settings.user_agent.encode("ascii", "replace").decode("ascii")
        network = settings.network
        self._deadline = _within(LONGEST_SECONDS, network.deadline_seconds)
        self.slots = Slots(int(_within(MOST_AT_ONCE, network.concurrency)))
        self.body_limit = int(_within(LARGEST_MIB, network.max_body_mib)) << 20
        """Bytes of one decoded body."""
        self.budget = BodyBudget(most=self.body_limit)

    async def carry(self, errand: Errand) -> Answer:
        """Send one request; the answer's body is whole and decoded."""
        href = errand.target.href
        try:
            async with asyncio.timeout(self._deadline):
                return await self._transfer(errand)
        except TimeoutError:
            reason, detail = "timeout", f"{self._deadline:.0f} s"
        except (WayError, BodyError) as error:
            reason, detail = error.reason, error.detail
        except httpx.ProtocolError as error:
            reason, detail = "protocol", str(error).partition(":")[0]  # after it h11 quotes what the server sent
        except (httpx.TransportError, OSError) as error:
            reason, detail = "connection", str(error)
        raise FetchError(reason, href, detail=detail)

    async def _transfer(self, errand: Errand) -> Answer:
        request = self._request(errand)
        async with self._transports.lend(errand.target.origin) as transport:
            response = await self._head(transport, request)
            stream = cast("httpx.AsyncByteStream", response.stream)
            try:
                fields = self._judged_head(response)
                body = await self._body(errand, response.status_code, fields, stream)
            finally:
                await stream.aclose()
                await transport.close_where_more_came()
        kept = {name: value for name, value in fields.items() if name not in _NOT_KEPT}
        return Answer(errand.target.href, response.status_code, kept, body, self._clock())

    async def _head(self, transport: httpx.AsyncHTTPTransport, request: httpx.Request) -> httpx.Response:
        try:
            async with asyncio.timeout(HEAD_SECONDS):
                return await transport.handle_async_request(request)
        except TimeoutError:
            raise WayError("timeout", f"no complete header within {HEAD_SECONDS:.0f} s") from None

    def _request(self, errand: Errand) -> httpx.Request:
        """Httpx's own reading of the address is not used: host and request target are those of the guard's."""
        target = errand.target
        always = {"host": target.netloc, "user-agent": self._agent, "accept-encoding": "gzip"}
        extensions: dict[str, Any] = {"target": f"{target.path}{target.query}".encode("ascii")}

        async def trace(event: str, _info: Any) -> None:
            # Looking a name up and connecting take seconds, and a broken connection is sent on again.
            if event == "http11.send_request_headers.started":
                errand.may_leave()

        extensions["trace"] = trace
        if target.host.endswith("."):
            extensions["sni_hostname"] = target.host.rstrip(".")
        headers = {**always, "accept": "*/*", **errand.headers}
        try:
            request = httpx.Request("GET", target.href, headers=headers, extensions=extensions)
        except (httpx.InvalidURL, UnicodeError) as error:
            raise FetchError("bad_url", target.href, detail=str(error)) from error
        if (request.url.raw_host.decode("ascii"), request.url.port or target.port) != (target.host, target.port):
            raise FetchError("bad_url", target.href, detail="the parsers disagree about the host")
        return request

    def _judged_head(self, response: httpx.Response) -> dict[str, str]:
        """The header fields by lower-case name. Raises WayError where the body need not be read."""
        status, raw = response.status_code, response.headers.raw
        if len(raw) > MAX_FIELDS or sum(len(name) + len(value) for name, value in raw) > MAX_HEADER_BYTES:
            limits = f"{MAX_FIELDS} header fields or {MAX_HEADER_BYTES // 1024} KiB of them"
            raise WayError("protocol", f"more than {limits}")
        fields = dict(response.headers.items())  # read once: each look-up in httpx.Headers goes over all of them
        if status < 200:
            raise WayError("protocol", f"status {status}")
        if status == 206:
            raise WayError("partial", "")
        if status in REDIRECTS and not fields.get("location", "").strip():
            raise WayError("bad_redirect", f"status {status}")
        kind = fields.get("content-type", "")
        if status == 200 and not self._rules.is_text(kind):
            raise WayError("not_text", kind.partition(";")[0][:80])
        return fields

    async def _body(
        self, errand: Errand, status: int, fields: Mapping[str, str], stream: httpx.AsyncByteStream
    ) -> bytes:
        if status == 304 or not _is_worth_reading(status, fields):
            return b""
        packed_file = errand.target.path.endswith(".gz") or "gzip" in fields.get("content-type", "")
        encoding = fields.get("content-encoding", "")
        with self.budget.account() as account:
            return await read_body(
                stream,
                encoding,
                limit=errand.limit,
                cut=errand.is_robots,
                packed_file=packed_file,
                account=account,
            )


def _within(most: float, value: float) -> float:
    """`value` between 1 and `most`; what is no number counts as the most."""
    return max(1.0, min(most, value))


def _is_worth_reading(status: int, fields: Mapping[str, str]) -> bool:
    """Not the body of a redirect, unless it is short: then the connection can be used again."""
    length = fields.get("content-length", "")
    return status not in REDIRECTS or (length.isdecimal() and int(length) <= SHORT_BODY)
