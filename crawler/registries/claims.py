"""Wikibase JSON: the items of an answer, what is claimed of them, and which claims hold now. Pure.

The shape is that of https://doc.wikimedia.org/Wikibase/master/php/docs_topics_json.html, as `wbgetentities` and
`Special:EntityData/Q1.json` answer. The REST API has another one (`statements`) and is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from crawler.registries.answers import AnswerError, json_object

Value = str | Mapping[str, Any]
"""An item's id ("Q42"), a string, or the value object of a quantity, a time or a place, as it stands in the JSON."""

START: Final = "P580"
END: Final = "P582"
_ENDED: Final = (END, "P1366", "P1534")
"""End time, replaced by, end cause: each says that it is over."""
_WHAT: Final = "Wikidata"
_BUSY: Final = frozenset({"maxlag", "ratelimited", "readonly"})
"""Codes by which the API asks to come back later; the status is 200 all the same."""
_TIME: Final = re.compile(r"\+?0*(\d{4})-(\d\d)-(\d\d)T")
_YEAR, _MONTH, _DAY = 9, 10, 11
"""Precisions of a time; what is below the first one is decades and more."""


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement of an item with a value; its qualifiers by property, None for "some value, but unknown"."""

    property: str
    value: Value
    rank: str
    """preferred | normal"""
    qualifiers: Mapping[str, tuple[Value | None, ...]] = field(default_factory=dict)

    def item(self) -> str | None:
        """The item it points to."""
        return self.value if isinstance(self.value, str) and re.fullmatch(r"Q\d+", self.value) else None

    def qualifier(self, name: str) -> Value | None:
        """The first known value of a qualifier."""
        return next((value for value in self.qualifiers.get(name, ()) if value is not None), None)

    def since(self) -> str | None:
        """When it began, ISO, as exact as it is known."""
        return day(self.qualifier(START))

    def until(self) -> str | None:
        """When it ended, ISO, as exact as it is known."""
        return day(self.qualifier(END))

    def is_to_come(self, on: str | None = None) -> bool:
        """Whether it begins later than the ISO date `on`: whoever takes office next year does not hold it yet."""
        begins = self.since()
        return bool(on and begins and begins > on[: len(begins)])

    def is_over(self, on: str | None = None) -> bool:
        """Whether a qualifier says that it ended; an end later than the ISO date `on` has not come yet."""
        if not any(name in self.qualifiers for name in _ENDED):
            return False
        return not (on and (end := self.until()) and end[: len(on)] > on[: len(end)])


def api_answer(body: bytes) -> dict[str, Any]:
    """What the action API answers. Raises AnswerError, also where it says itself that it cannot or will not."""
    answer = json_object(body, _WHAT)
    if isinstance(error := answer.get("error"), dict):
        code = str(error.get("code", ""))
        reason = "busy" if code in _BUSY else "refused"
        raise AnswerError(reason, f"{_WHAT} answered with an error: {code} {error.get('info', '')}".strip())
    return answer


def entities(body: bytes) -> dict[str, Mapping[str, Any]]:
    """The items of an answer by the id that was asked for; one that is missing is not among them.

    Where an item was merged into another one the answer's own `id` is that of the other. Raises AnswerError.
    """
    found = api_answer(body).get("entities")
    if found == []:  # PHP writes an empty object as a list
        return {}
    if not isinstance(found, dict):
        raise AnswerError("unreadable", f"{_WHAT}'s answer has no entities")
    return dict(_asked_for(key, entity) for key, entity in found.items() if _is_there(entity))


def claims(entity: Mapping[str, Any], name: str) -> tuple[Claim, ...]:
    """What is claimed of an item by one property: neither deprecated nor without a known value."""
    by_property = entity.get("claims")
    statements = by_property.get(name) if isinstance(by_property, dict) else None
    found = (_claim(name, statement) for statement in statements or () if _counts(statement))
    return tuple(claim for claim in found if claim is not None)


def states(entity: Mapping[str, Any], name: str) -> bool:
    """Whether an item says anything by a property, be it that there is a value nobody knows."""
    by_property = entity.get("claims")
    statements = by_property.get(name) if isinstance(by_property, dict) else None
    snaks = (_dict(statement.get("mainsnak")) for statement in statements or () if _counts(statement))
    return any(snak.get("snaktype") in {"value", "somevalue"} for snak in snaks)


def current(found: Iterable[Claim], *, on: str | None = None) -> tuple[Claim, ...]:
    """The claims that hold now: of those that began and did not end the preferred ones, else all.

    `on` is today's ISO date, for beginnings and ends that are still to come.
    """
    lasting = [claim for claim in found if not claim.is_over(on) and not claim.is_to_come(on)]
    preferred = tuple(claim for claim in lasting if claim.rank == "preferred")
    return preferred or tuple(lasting)


def label(entity: Mapping[str, Any], languages: Sequence[str]) -> str | None:
    """The item's name in the first of the languages that has one, else the one for all languages ("mul")."""
    labels = entity.get("labels")
    if not isinstance(labels, dict):
        return None
    found = (labels.get(code) for code in (*languages, "mul"))
    values = (entry.get("value") for entry in found if isinstance(entry, dict))
    return next((value.strip() for value in values if isinstance(value, str) and value.strip()), None)


def day(value: Value | None) -> str | None:
    """The date of a time value, ISO, as exact as its precision: "2015", "2015-03" or "2015-03-01".

    None for what is vaguer than a year, before our era, or no time.
    """
    if not isinstance(value, Mapping):
        return None
    match = _TIME.match(str(value.get("time", "")))
    precision = value.get("precision", _DAY)
    if match is None or not isinstance(precision, int) or precision < _YEAR:
        return None
    known = 3 if precision >= _DAY else 2 if precision == _MONTH else 1
    parts = match.groups()[:known]
    while parts[-1] == "00":
        parts = parts[:-1]
    return "-".join(parts)


def _asked_for(key: str, entity: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    redirect = entity.get("redirects")
    return (str(redirect.get("from", key)) if isinstance(redirect, dict) else key), entity


def _is_there(entity: Any) -> bool:
    return isinstance(entity, dict) and "missing" not in entity and isinstance(entity.get("id"), str)


def _dict(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _counts(statement: Any) -> bool:
    return isinstance(statement, dict) and statement.get("rank") != "deprecated"


def _claim(name: str, statement: Mapping[str, Any]) -> Claim | None:
    value = _value(statement.get("mainsnak"))
    if value is None:
        return None
    qualifiers = _dict(statement.get("qualifiers")).items()
    rank = str(statement.get("rank", "normal"))
    return Claim(name, value, rank, {key: values for key, snaks in qualifiers if (values := _known(snaks))})


def _known(snaks: Sequence[Any]) -> tuple[Value | None, ...]:
    """The values of a qualifier; "no value" is none of them."""
    kept = [snak for snak in snaks if isinstance(snak, dict) and snak.get("snaktype") != "novalue"]
    return tuple(_value(snak) for snak in kept)


def _value(snak: Any) -> Value | None:
    data = snak.get("datavalue") if isinstance(snak, dict) and snak.get("snaktype") == "value" else None
    value = data.get("value") if isinstance(data, dict) else None
    if isinstance(value, str):
        return value
    if not isinstance(value, dict):
        return None
    if data and data.get("type") == "wikibase-entityid":
        return str(value.get("id") or f"Q{value.get('numeric-id')}")
    return value
