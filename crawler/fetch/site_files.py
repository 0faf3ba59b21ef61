"""tdmrep.json and ai.txt: what the owner of a site asks of those who keep something of it; once a week and origin."""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from crawler.fetch.answers import Answer, Ask, FetchError
from crawler.fetch.memory import SITE_FILES, Memory, Remembered, keep
from crawler.fetch.once import GivenUpError, OncePerKey
from crawler.fetch.urls import Target
from crawler.fetch.wishes import MAX_BYTES, ai_txt_wishes, tdmrep_wishes
from crawler.wishes import NO_WISHES, Wishes

TDMREP, AI_TXT = "/.well-known/tdmrep.json", "/ai.txt"
KEPT_FOR = timedelta(days=7)
_NO_SUCH_FILE = frozenset({"robots", "not_text", "too_large", "too_dense", "bad_encoding", "never_fetched"})
"""Reasons for which a file counts as one that is not there."""


@dataclass(frozen=True, slots=True)
class Files:
    """Both files of one origin; None where there is none."""

    expires: datetime
    tdmrep: bytes | None
    ai_txt: bytes | None


class SiteFiles:
    """The two files by origin, kept in `memory` over a restart; those who wait for one origin wait for one task."""

    def __init__(
        self, fetch: Callable[[Ask], Awaitable[Answer]], memory: Memory, clock: Callable[[], datetime]
    ) -> None:
        self._fetch, self._memory, self._clock = fetch, memory, clock
        self._files: OncePerKey[Files] = OncePerKey(lambda files: files.expires > clock())

    async def wishes(self, target: Target, content_type: str | None) -> Wishes:
        """What they ask for the document at `target`. Raises FetchError where the site cannot be asked now."""
        try:
            files = await self._files.get(target.origin, lambda: self._ask(target.origin))
        except GivenUpError:
            raise FetchError("stopped", target.href) from None
        wishes = NO_WISHES
        if files.tdmrep is not None:
            wishes |= tdmrep_wishes(files.tdmrep, target.path)
        if files.ai_txt is not None:
            wishes |= ai_txt_wishes(files.ai_txt.decode("utf-8", "replace"), target.path, content_type)
        return wishes

    async def aclose(self) -> None:
        """Give up what is still being asked."""
        await self._files.aclose()

    async def _ask(self, origin: str) -> Files:
        key = (SITE_FILES, origin)
        if known := (await self._memory.load([key])).get(key):
            expires = datetime.fromisoformat(known["expires"])
            return Files(expires, _from_text(known["tdmrep"]), _from_text(known["ai_txt"]))
        expires = self._clock() + KEPT_FOR
        files = Files(expires, await self._file(origin + TDMREP), await self._file(origin + AI_TXT))
        value = {
            "expires": expires.isoformat(),
            "tdmrep": _as_text(files.tdmrep),
            "ai_txt": _as_text(files.ai_txt),
        }
        await keep(self._memory, Remembered(SITE_FILES, origin, value, expires))
        return files

    async def _file(self, url: str) -> bytes | None:
        """Its bytes; None where there is no such file or a web page stands in its place."""
        try:
            answer = await self._fetch(Ask(url))
        except FetchError as error:
            if error.reason in _NO_SUCH_FILE:
                return None
            raise
        if answer.status == 429 or answer.status >= 500:
            raise FetchError("unclear_wishes", url, detail=f"it answers {answer.status}")
        if answer.status != 200 or answer.body.lstrip().startswith(b"<"):
            return None
        return answer.body[: MAX_BYTES + 1]  # cut, it is still known to be too large


def _as_text(body: bytes | None) -> str | None:
    return None if body is None else base64.b64encode(body).decode("ascii")


def _from_text(text: str | None) -> bytes | None:
    return None if text is None else base64.b64decode(text)
