"""From talks with speakers to people with talks: what all machine formats of schedules share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from crawler.items import PageReading, PersonItem
from crawler.pages.speaker_words import event_words, is_cancelled, is_placeholder

EXCERPT_LENGTH = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Speaker:
    """One speaker as a schedule names them."""

    name: str
    key: str | None = None
    """The platform's id; one human can have two."""
    title: str | None = None
    organisation: str | None = None
    links: tuple[str, ...] = ()
    headline: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Talk:
    """One talk with whoever gives it."""

    title: str
    speakers: tuple[Speaker, ...]
    state: str | None = None

    @property
    def is_given(self) -> bool:
        """False for talks that are cancelled, rejected or undecided."""
        return self.state not in event_words().states_not_given and not is_cancelled(self.title)


@dataclass(slots=True)
class _Gathered:
    speaker: Speaker
    talks: dict[str, None] = field(default_factory=dict)


def read_talks(talks: Iterable[Talk], reader: str) -> PageReading:
    """Everybody who speaks, once each, in the order met, with the talks that are given; nobody: `no_speakers`.

    People are the same where their id or their name is: ids are not unique per human, look-alike names are others.
    Who has no talk but rejected ones does not speak; who has a cancelled one stays.
    """
    people: dict[str, _Gathered] = {}
    for talk in talks:
        if talk.state in event_words().states_not_given and not is_cancelled(talk.state):
            continue
        for speaker in talk.speakers:
            gathered = _find(people, speaker)
            if gathered and talk.title and talk.is_given:
                gathered.talks[talk.title] = None
    distinct = {id(one): one for one in people.values()}.values()
    found = tuple(_person(one) for one in distinct)
    return PageReading(kind="speakers", reader=reader, people=found, reason=None if found else "no_speakers")


def plain(value: Any) -> str:
    """A text, or the English or first of `{"en": .., "fr": ..}`, on one line; "" for anything else."""
    if isinstance(value, dict):
        value = value.get("en") or next(iter(value.values()), "")
    return " ".join(value.split()) if isinstance(value, str) else ""


def objects(value: Any) -> Iterator[dict[str, Any]]:
    """The objects in a list; nothing for anything else."""
    if isinstance(value, list):
        yield from (one for one in value if isinstance(one, dict))


def _find(people: dict[str, _Gathered], speaker: Speaker) -> _Gathered | None:
    if is_placeholder(speaker.name):
        return None
    by_name = "name:" + speaker.name.casefold()
    by_key = f"key:{speaker.key}" if speaker.key else by_name
    gathered = people.get(by_key) or people.get(by_name) or _Gathered(speaker)
    people[by_key] = people[by_name] = gathered
    return gathered


def _person(gathered: _Gathered) -> PersonItem:
    speaker = gathered.speaker
    proof = [speaker.name, speaker.headline or "", "; ".join(gathered.talks)]
    return PersonItem(
        name=speaker.name,
        title=speaker.title,
        organisation=speaker.organisation,
        section="speaker",
        links=speaker.links,
        talks=tuple(gathered.talks),
        excerpt=": ".join(part for part in proof if part)[:EXCERPT_LENGTH],
    )
