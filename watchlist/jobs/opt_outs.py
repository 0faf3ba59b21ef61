"""What the owner of a person's feed or page asks of those who keep something of it."""

from __future__ import annotations

from crawler.fetch import Answer, Door
from crawler.wishes import Wishes


async def wishes_for(door: Door, answer: Answer, person: int | None) -> Wishes:
    """What the answer's headers, robots.txt and the site's own files ask.

    Raises FetchError where the files cannot be asked for.
    """
    return answer.wishes | await door.site_wishes(answer.url, answer.headers.get("content-type"), person=person)


def refusal(wishes: Wishes) -> str | None:
    """The signal by which the owner keeps us away; None where nothing does.

    A mere noindex is meant for search engines: feeds bear it as a rule, so that results lead to the pages instead, and
    what a publisher offers to subscribers may be read by one.
    """
    return None if wishes.noindex and not wishes.no_fetch else wishes.no_profile or wishes.no_fetch
