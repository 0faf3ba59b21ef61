"""Sessionize's answers view/All and view/Speakers in JSON (sessionize.com/playbook/api)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, ClassVar

from crawler.items import PageKind, PageReading
from crawler.pages.base import PageReader
from crawler.pages.document import Document
from crawler.pages.speaker_taglines import split_tagline
from crawler.pages.speaker_talks import Speaker, Talk, objects, plain, read_talks


class Sessionize(PageReader):
    """`speakers` with fullName and tagLine, `sessions` that they give."""

    kind: ClassVar[PageKind] = "speakers"
    priority: ClassVar[int] = 10

    def matches(self, document: Document) -> bool:
        """Whether the JSON has Sessionize's field names; an event without speakers yet has them too."""
        data = document.json
        if isinstance(data, dict) and {"sessions", "speakers", "rooms"} <= data.keys():
            return all("fullName" in one for one in objects(data["speakers"]))
        first = next(objects(data), None)
        return first is not None and {"fullName", "sessions"} <= first.keys()

    def read(self, document: Document) -> PageReading:
        """Everybody who speaks; the tagline is split into title and employer where it has a usual form."""
        data = document.json
        speakers = data["speakers"] if isinstance(data, dict) else data
        titles = _titles(data.get("sessions") if isinstance(data, dict) else None)
        return read_talks(_talks(speakers, titles), self.name)


def _titles(sessions: Any) -> dict[str, str]:
    """Session id -> title. Ids are strings here and integers on the speaker."""
    given = (session for session in objects(sessions) if not session.get("isServiceSession"))
    return {str(session.get("id")): plain(session.get("title")) for session in given}


def _talks(speakers: Any, titles: dict[str, str]) -> Iterator[Talk]:
    for one in objects(speakers):
        speaker = _speaker(one)
        yield Talk(title="", speakers=(speaker,))
        for session in one.get("sessions") or ():
            # view/All names the session by its id, view/Speakers brings {"id": .., "name": ..}.
            title = plain(session.get("name")) if isinstance(session, dict) else titles.get(str(session), "")
            yield Talk(title=title, speakers=(speaker,))


def _speaker(one: dict[str, Any]) -> Speaker:
    tagline = plain(one.get("tagLine"))
    title, organisation = split_tagline(tagline)
    full = plain(one.get("fullName")) or f"{plain(one.get('firstName'))} {plain(one.get('lastName'))}".strip()
    links = (plain(link.get("url")) for link in objects(one.get("links")))
    return Speaker(
        name=full,
        key=plain(one.get("id")) or None,
        title=title,
        organisation=organisation,
        links=tuple(dict.fromkeys(link for link in links if link.startswith(("http://", "https://")))),
        headline=tagline,
    )
