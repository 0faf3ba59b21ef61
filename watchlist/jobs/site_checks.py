"""The check of a list's websites: one look at each home page, robots obeyed; what was cut off goes on."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from crawler.fetch import Ask, FetchError
from watchlist.companies.checking import UNREACHABLE, SiteLook, keep_looks, sites_to_check
from watchlist.errors import MentorwatchError, StoppedError
from watchlist.jobs.workplace import Progress, Workplace, no_progress
from watchlist.models import Organization

_NOT_LOOKED = frozenset({"stopped", "halted", "no_contact"})
"""Reasons that say nothing of the site."""


@dataclass(slots=True)
class SiteCheck:
    """How many sites were asked and how many were not, for the user stopped them."""

    asked: int = 0
    halted: int = 0
    held: list[SiteLook] = field(default_factory=list)
    """Sites out of reach, as long as no site at all answered: that may be this machine's network."""
    answered: bool = False


async def check_sites(
    place: Workplace, key: str, *, again: bool = False, progress: Progress = no_progress
) -> SiteCheck:
    """Ask for the home page of each company of a list that was not asked within a day; all of them `again`.

    Each look is stored at once. Raises StoppedError where it was cut off, MentorwatchError where not one of several
    sites could be reached: then nothing is stored, for it is this machine that is offline.
    """
    now = place.clock()
    due = await place.store.read(lambda session: sites_to_check(session, key, now=now, again=again))
    check, done = SiteCheck(), 0

    async def one(company: Organization) -> None:
        nonlocal done
        await _keep(place, check, await _look(place, company))
        done += 1
        progress(done, len(due), company.name)

    await asyncio.gather(*(one(company) for company in due))
    if place.door.is_stopped:
        raise StoppedError("stopped; the sites that were not asked are still due", hint=place.how_to_go_on)
    if check.held and not check.answered and len(check.held) > 1:
        raise MentorwatchError("no site could be reached; nothing was noted", hint="is this machine online?")
    await _store(place, check.held)
    return check


async def _look(place: Workplace, company: Organization) -> SiteLook:
    number, website = company.id or 0, company.website or ""
    try:
        answer = await place.door.fetch(Ask(website))
    except FetchError as error:
        # where a redirect led, and the door did not follow
        return SiteLook(number, error.reason, error.url)
    return SiteLook(number, None if answer.status < 400 else f"http_{answer.status}", answer.url)


async def _keep(place: Workplace, check: SiteCheck, look: SiteLook) -> None:
    if look.reason in _NOT_LOOKED:
        check.halted += 1
        return
    check.asked += 1
    if look.reason in UNREACHABLE and not check.answered:
        check.held.append(look)
        return
    check.answered = True
    held, check.held = check.held, []
    await _store(place, [*held, look])


async def _store(place: Workplace, looks: list[SiteLook]) -> None:
    if looks:
        await place.store.write(lambda session: keep_looks(session, looks, now=place.clock()))
