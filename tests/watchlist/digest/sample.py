"""Invented facts for tests of what a digest shows."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from watchlist.digest.facts import DigestFacts, ItemFacts, MoveFacts, PersonFacts, RoleFacts, SourceFacts
from watchlist.settings import Settings, load_settings

UNTIL = datetime(2026, 3, 5, 6, tzinfo=UTC)
SINCE = UNTIL - timedelta(days=1)


def settings(**digest: Any) -> Settings:
    """Default settings with other values under [digest]."""
    default = load_settings(Path("no-home"))
    return default.model_copy(update={"digest": default.digest.model_copy(update=digest)})


def facts(**values: Any) -> DigestFacts:
    """The facts of a quiet day but for what is given."""
    quiet: dict[str, Any] = {
        "day": date(2026, 3, 5),
        "since": SINCE,
        "until": UNTIL,
        "timezone": "Europe/Berlin",
        "followed": 12,
        "sources": 9,
    }
    return DigestFacts(**quiet | values)


def role(title: str = "HR Director", organisation: str = "Acme") -> RoleFacts:
    """A role with its page."""
    return RoleFacts(title=title, organisation=organisation, url=f"https://{organisation.casefold()}.test/team")


def person(number: int, name: str | None = None, *, silent_days: int | None = None) -> PersonFacts:
    """Somebody; `silent_days`: how long before the window they posted last."""
    last = None if silent_days is None else SINCE - timedelta(days=silent_days)
    return PersonFacts(id=number, name=name or f"Vera Nowak {number}", role=role(), last_before=last)


def post(number: int, person_id: int, title: str | None = None, **values: Any) -> ItemFacts:
    """A post of the last day."""
    plain: dict[str, Any] = {
        "id": number,
        "kind": "post",
        "person_id": person_id,
        "title": title or f"Thought {number}",
        "url": f"https://blog.test/{number}",
        "source": "Blog",
        "published": UNTIL - timedelta(hours=1),
    }
    return ItemFacts(**plain | values)


def move(number: int, person_id: int, *, kind: str = "moved") -> MoveFacts:
    """A role change, from Acme to Bolt; of those who joined or left one side is empty."""
    before, after = role(), role("CHRO", "Bolt")
    if kind == "joined":
        before = RoleFacts(title="", organisation="", url=after.url)
    if kind == "left":
        after = RoleFacts(title="", organisation="", url=before.url)
    return MoveFacts(id=number, person_id=person_id, kind=kind, before=before, after=after, seen_at=UNTIL)


def source(number: int, *, days: int = 3, **values: Any) -> SourceFacts:
    """A feed that has failed for some days."""
    plain: dict[str, Any] = {
        "id": number,
        "owner": f"Vera Nowak {number}",
        "title": f"Feed {number}",
        "url": f"https://feed.test/{number}",
        "state": "failing",
        "since": UNTIL - timedelta(days=days),
        "reason": "timeout",
    }
    return SourceFacts(**plain | values)
