"""What is asked of the door and what it gives back: an answer, or one error with a reason code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from crawler.wishes import NO_WISHES, Wishes
from watchlist.errors import MentorwatchError
from watchlist.secrets import mask_url


class Access(StrEnum):
    """On what ground an address is fetched (design section 6)."""

    CRAWL = "crawl"
    """A page we found: robots.txt decides."""
    DOCUMENTED_API = "documented_api"
    """An endpoint of the closed list in config/access.toml: the API's own policy decides."""
    SUBSCRIPTION = "subscription"
    """The feed a publisher advertises, of a person the user follows: only robots groups that name us decide."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One address to be fetched; `etag` and `last_modified` are those of the copy the caller holds."""

    url: str
    access: Access = Access.CRAWL
    etag: str | None = None
    last_modified: str | None = None
    person: int | None = None
    """Whose source it is, for `stop --person`."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered, whatever the status; the body is decoded and within the size limit."""

    url: str
    """The final address, after redirects, as it was sent."""
    status: int
    headers: Mapping[str, str]
    """Names in lower case; without cookies and without what described the transfer only."""
    body: bytes
    fetched_at: datetime
    moved_to: str | None = None
    """The new address where every redirect on the way was permanent (301, 308)."""
    wishes: Wishes = NO_WISHES
    """What the answer's headers and robots.txt ask of those who use it."""

    @property
    def not_modified(self) -> bool:
        """The copy the caller holds is still current (304)."""
        return self.status == 304


PLAIN_WORDS: Mapping[str, str] = {
    # the address itself (see crawler.fetch.urls)
    "bad_url": "not an address a browser would open",
    "control_characters": "the address holds control characters",
    "too_long": "the address is too long",
    "scheme": "only http and https are fetched",
    "userinfo": "an address with a user name in it is not fetched",
    "port": "only the web ports 80, 443, 8080 and 8443 are fetched",
    "bad_name": "not a valid host name",
    "special_name": "the name belongs to this machine or a private network",
    "blocked_address": "the address belongs to this machine or a private or reserved network",
    "never_fetched": "this site is never fetched; use its export or save the page yourself",
    # who may ask for it
    "no_contact": "no contact address is set; `mentorwatch init` sets it",
    "not_a_documented_api": "not an endpoint of the closed list in config/access.toml",
    "robots": "robots.txt forbids it",
    "robots_unreachable": "robots.txt could not be read, which means no",
    "unclear_wishes": "what the site asks of those who keep something of it could not be read, which means no",
    "backoff": "the host asked for a pause or failed a moment ago",
    "blocked": "the site refuses to be crawled and is left alone for a day",
    "stopped": "fetching was stopped; `mentorwatch resume --all` lifts it",
    "halted": "you stopped fetching there; `mentorwatch resume` lifts it",
    # the way there
    "dns": "the name has no address",
    "connection": "no connection, or it broke",
    "tls": "the certificate or the encryption is not right",
    "timeout": "no complete answer within the time limit",
    "protocol": "the answer is not HTTP",
    "too_many_redirects": "more than 5 redirects",
    "redirect_loop": "it redirects to itself",
    "bad_redirect": "a redirect that does not say where to",
    # what came
    "too_large": "the answer is larger than the limit",
    "too_dense": "the answer unpacks to more than 200 times its size",
    "partial": "only a part of it came, which nobody asked for",
    "not_text": "it is not a page or a feed but an image, a film, an archive or another document",
    "bad_encoding": "the answer is packed in a way that was not offered, or its packing is damaged",
}
"""Every reason code of the door, in words for the user."""


class FetchError(MentorwatchError):
    """The door refused, or the transfer failed; nothing of an answer is kept.

    `reason` is a key of PLAIN_WORDS; `url` is the whole address, the message shows it without secrets. `retry_at`
    (aware UTC) says when it makes sense to ask again, where that is known.
    """

    def __init__(self, reason: str, url: str, *, detail: str = "", retry_at: datetime | None = None) -> None:
        words = PLAIN_WORDS[reason] + (f": {detail}" if detail else "")
        super().__init__(f"{mask_url(url)} was not fetched: {words}")
        self.reason, self.url, self.detail, self.retry_at = reason, url, detail, retry_at
