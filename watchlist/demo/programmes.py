"""The addresses of a conference: pretalx with its export, Sessionize with its embed, or plain pages."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime, time, timedelta
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from watchlist.demo.content import Content, EventSite, Speaker, Talk
from watchlist.demo.pages import Page, Pages, alternates, document, feeds_of, home_of, robots

LENGTH = timedelta(minutes=45)
PRETALX_RULES = ("Disallow: /api/", "Disallow: /orga/", "Disallow: /me/", "Disallow: /media/")


def event_pages(content: Content, event: EventSite) -> dict[str, Pages]:
    """All addresses of a conference by host and path, without its feeds."""
    pages = {"pretalx": _pretalx, "sessionize": _sessionize, "html": _plain}[event.platform](content, event)
    rules = PRETALX_RULES if event.platform == "pretalx" else ()
    pages[event.host]["/robots.txt"] = robots(*rules)
    return pages


def code_of(text: str) -> str:
    """Six capital letters and digits, as pretalx gives to speakers and talks."""
    return base64.b32encode(hashlib.sha256(text.encode()).digest()).decode()[:6]


def _around(content: Content, event: EventSite) -> dict[str, Any]:
    offered = [found for feed in feeds_of(content, event.host) for found in alternates(feed)]
    return {"event": event, "people": content.people, "offered": offered, "code_of": code_of}


def _talks_of(event: EventSite, speaker: Speaker) -> list[Talk]:
    return [talk for talk in event.talks if speaker.who in talk.speakers]


def _starts(event: EventSite, talk: Talk) -> datetime:
    return datetime.combine(event.held_on, time.fromisoformat(talk.start), UTC)


# --- pretalx -----------------------------------------------------------------------------------------------------


def _pretalx(content: Content, event: EventSite) -> dict[str, Pages]:
    around = _around(content, event)
    pages = {
        event.path: Page("pretalx/index.html.j2", around),
        f"{event.path}speaker/": Page("pretalx/speakers.html.j2", around),
        f"{event.path}schedule/export/schedule.json": document(_schedule(content, event)),
    }
    for speaker in event.speakers:
        context = {**around, "speaker": speaker, "talks": _talks_of(event, speaker)}
        pages[f"{event.path}speaker/{code_of(speaker.who)}/"] = Page("pretalx/speaker.html.j2", context)
    for talk in event.talks:
        pages[f"{event.path}talk/{code_of(talk.title)}/"] = Page("pretalx/talk.html.j2", {**around, "talk": talk})
    return {event.host: pages}


def _schedule(content: Content, event: EventSite) -> dict[str, Any]:
    """The export in the c3voc schema, as pretalx writes it."""
    base = f"https://{event.host}{event.path}"
    day = {
        "index": 1,
        "date": event.held_on.isoformat(),
        "day_start": f"{event.held_on}T04:00:00+00:00",
        "day_end": f"{event.held_on + timedelta(days=1)}T03:59:00+00:00",
        "rooms": {"Main hall": [_slot(content, event, talk, base) for talk in event.talks]},
    }
    conference = {
        "acronym": event.path.strip("/"),
        "title": event.name,
        "start": event.held_on.isoformat(),
        "end": event.held_on.isoformat(),
        "daysCount": 1,
        "timeslot_duration": "00:05",
        "time_zone_name": "UTC",
        "rooms": [{"name": "Main hall", "slug": "main-hall", "description": None}],
        "tracks": [],
        "days": [day],
    }
    return {
        "$schema": "https://c3voc.de/schedule/schema.json",
        "generator": {"name": "pretalx", "version": "2025.2.2"},
        "schedule": {"url": f"{base}schedule/", "version": "1.0", "base_url": base, "conference": conference},
    }


def _slot(content: Content, event: EventSite, talk: Talk, base: str) -> dict[str, Any]:
    code = code_of(talk.title)
    speakers = {speaker.who: speaker for speaker in event.speakers}
    return {
        "guid": str(uuid5(NAMESPACE_URL, f"{base}talk/{code}/")),
        "code": code,
        "date": _starts(event, talk).isoformat(),
        "start": talk.start,
        "duration": "00:45",
        "room": "Main hall",
        "url": f"{base}talk/{code}/",
        "title": talk.title,
        "subtitle": "",
        "track": None,
        "type": "Talk",
        "language": "en",
        "abstract": talk.abstract,
        "description": "",
        "persons": [_person(content, speakers[slug], base) for slug in talk.speakers],
        "links": [],
        "attachments": [],
    }


def _person(content: Content, speaker: Speaker, base: str) -> dict[str, Any]:
    code, name = code_of(speaker.who), content.people[speaker.who].name
    return {
        "code": code,
        "name": name,
        "public_name": name,
        "avatar": None,
        "biography": f"{name} is {speaker.role} at {speaker.organisation}. {speaker.bio}".strip(),
        "guid": str(uuid5(NAMESPACE_URL, f"{base}speaker/{code}/")),
        "url": f"{base}speaker/{code}/",
    }


# --- Sessionize --------------------------------------------------------------------------------------------------


def _sessionize(content: Content, event: EventSite) -> dict[str, Pages]:
    around = _around(content, event)
    api = f"/api/v2/{event.api_id}/view"
    speakers = [_sessionize_speaker(content, event, speaker) for speaker in event.speakers]
    sessions = [_session(event, number, talk) for number, talk in enumerate(event.talks)]
    room = {"id": 1, "name": "Orchard room", "sort": 0}
    everything = {"sessions": sessions, "speakers": speakers, "questions": [], "categories": [], "rooms": [room]}
    return {
        event.host: {
            "/": Page("event.html.j2", {**around, "cards": None, "embed": None}),
            event.path: Page("event.html.j2", {**around, "cards": None, "embed": f"https://{event.api_host}{api}"}),
        },
        str(event.api_host): {f"{api}/All": document(everything), f"{api}/Speakers": document(speakers)},
    }


def _sessionize_speaker(content: Content, event: EventSite, speaker: Speaker) -> dict[str, Any]:
    person = content.people[speaker.who]
    first, _, last = person.name.partition(" ")
    blogs = [("Blog", home_of(feed)) for feed in feeds_of(content, speaker.who)]
    accounts = [("LinkedIn", person.profile)] if person.profile else []
    return {
        "id": str(uuid5(NAMESPACE_URL, f"https://{event.api_host}/{speaker.who}")),
        "firstName": first,
        "lastName": last,
        "fullName": person.name,
        "bio": speaker.bio,
        "tagLine": f"{speaker.role}, {speaker.organisation}",
        "profilePicture": None,
        "isTopSpeaker": False,
        "links": [{"title": kind, "url": url, "linkType": kind} for kind, url in (*accounts, *blogs)],
        "sessions": [n for n, talk in enumerate(event.talks) if speaker.who in talk.speakers],
        "categoryItems": [],
        "questionAnswers": [],
    }


def _session(event: EventSite, number: int, talk: Talk) -> dict[str, Any]:
    starts = _starts(event, talk).replace(tzinfo=None)
    return {
        "id": str(number),
        "title": talk.title,
        "description": talk.abstract,
        "startsAt": starts.isoformat(),
        "endsAt": (starts + LENGTH).isoformat(),
        "isServiceSession": False,
        "isPlenumSession": False,
        "speakers": [str(uuid5(NAMESPACE_URL, f"https://{event.api_host}/{slug}")) for slug in talk.speakers],
        "categoryItems": [],
        "questionAnswers": [],
        "roomId": 1,
    }


# --- plain pages -------------------------------------------------------------------------------------------------


def _plain(content: Content, event: EventSite) -> dict[str, Pages]:
    around = _around(content, event)
    cards = [
        {
            "person": content.people[speaker.who],
            "speaker": speaker,
            "talks": _talks_of(event, speaker),
            "blog": next((home_of(feed) for feed in feeds_of(content, speaker.who)), None),
        }
        for speaker in event.speakers
    ]
    return {
        event.host: {
            "/": Page("event.html.j2", {**around, "cards": None, "embed": None}),
            event.path: Page("event.html.j2", {**around, "cards": cards, "embed": None}),
        }
    }
