"""Schedules in JSON: the c3voc form of pretalx and frab (schedule.json), pretalx's API answers and widget data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from crawler.items import PageKind, PageReading
from crawler.pages.base import PageReader
from crawler.pages.document import Document
from crawler.pages.speaker_talks import Speaker, Talk, objects, plain, read_talks

_SPEAKER_KEYS = ("persons", "speakers")
_DEEPEST = 20


class ScheduleJson(PageReader):
    """Any JSON in which talks (`title`) name their `persons` or `speakers`, however deep they stand.

    Sites merge pretalx's answers into files of their own shape, so the talk is looked for, not the path to it.
    """

    kind: ClassVar[PageKind] = "speakers"
    priority: ClassVar[int] = 20

    def matches(self, document: Document) -> bool:
        """Whether this is the JSON of a schedule."""
        data = document.json
        return isinstance(data, (dict, list)) and _is_schedule(data)

    def read(self, document: Document) -> PageReading:
        """Everybody who speaks, with their talks."""
        data = document.json
        known = {speaker.key: speaker for speaker in _listed(data) if speaker.key}
        return read_talks(_talks(data, known), self.name)


def _is_schedule(data: Any) -> bool:
    if isinstance(data, dict) and ("schedule" in data or isinstance(data.get("talks"), list)):
        return True
    return next(_talk_objects(data), None) is not None or any(_listed(data))


def _talks(data: Any, known: dict[str, Speaker]) -> Iterator[Talk]:
    # What stands beside a schedule (sprints, help desks, a site's own extras) is no talk of it.
    schedule = data.get("schedule", data) if isinstance(data, dict) else data
    for talk, people in _talk_objects(schedule):
        speakers = (_speaker(person, known) for person in people)
        yield Talk(
            title=plain(talk.get("title")),
            speakers=tuple(speaker for speaker in speakers if speaker),
            state=plain(talk.get("state")).lower() or None,
        )
    for speaker in _listed(data):
        yield Talk(title="", speakers=(speaker,))


def _talk_objects(data: Any, depth: int = 0) -> Iterator[tuple[dict[str, Any], list[Any]]]:
    """Every talk below `data` with its list of people, in document order."""
    if depth > _DEEPEST:
        return
    if isinstance(data, dict):
        people = next((data[key] for key in _SPEAKER_KEYS if isinstance(data.get(key), list)), None)
        if people is not None and "title" in data:
            yield data, people
        for value in data.values():
            yield from _talk_objects(value, depth + 1)
    elif isinstance(data, list):
        for value in data:
            yield from _talk_objects(value, depth + 1)


def _listed(data: Any) -> Iterator[Speaker]:
    """The speakers of a list of its own beside the talks: /speakers/ of the API, `speakers` of the widget data."""
    listed = data.get("results") or data.get("speakers") if isinstance(data, dict) else data
    for one in objects(listed):
        if "code" in one and "name" in one and "title" not in one and (speaker := _speaker(one, {})):
            yield speaker


def _speaker(person: Any, known: dict[str, Speaker]) -> Speaker | None:
    """A speaker from an object, from the code of a listed one, or from a bare name."""
    if isinstance(person, str):
        return known.get(person) or (Speaker(name=plain(person)) if " " in person.strip() else None)
    if not isinstance(person, dict):
        return None
    name = plain(person.get("public_name")) or plain(person.get("name")) or plain(person.get("full_public_name"))
    links = tuple(url for link in objects(person.get("links")) if (url := plain(link.get("url"))).startswith("http"))
    key = person.get("code") or person.get("id") or person.get("guid")
    return Speaker(name=name, key=str(key) if key else None, links=links) if name else None
