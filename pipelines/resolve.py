"""Is this record one of the people we know? Same, different or unsure, with the reasons. Pure.

Name alone never merges (leaders.md section 5): a second signal is needed, the same organisation or event, or the same
account.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from pipelines.records import PersonRecord

Judgement = Literal["same", "different", "unsure"]

STRONG_PLATFORMS = frozenset({"linkedin", "wikidata", "orcid", "github", "bluesky", "mastodon", "xing", "x"})
"""Accounts that belong to one human being; a blog or a page of the company may be shared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPerson:
    """What is stored about a person, as far as identity needs it."""

    id: int
    name: str
    name_key: str
    places: frozenset[str]
    """Keys of the organisations and events whose pages name them."""
    accounts: frozenset[str]
    """Canonical addresses of accounts on strong platforms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """The verdict; `person_id` is set when it is `same`."""

    judgement: Judgement
    person_id: int | None
    reasons: tuple[str, ...]


def resolve(record: PersonRecord, known: Iterable[KnownPerson]) -> Resolution:
    """The one known person this record is about, or none.

    More than one person with equally good signals is `unsure`: a new person is safer than a wrong merge.
    """
    verdicts = [(person, *_compare(record, person)) for person in known]
    same = [(person, reasons) for person, judgement, reasons in verdicts if judgement == "same"]
    strong = [(person, reasons) for person, reasons in same if "same_account" in reasons] or same
    if len(strong) == 1:
        person, reasons = strong[0]
        return Resolution(judgement="same", person_id=person.id, reasons=reasons)
    if len(strong) > 1:
        return Resolution(judgement="unsure", person_id=None, reasons=("several_fit",))
    unsure = [reasons for _, judgement, reasons in verdicts if judgement == "unsure"]
    return Resolution(
        judgement="unsure" if unsure else "different", person_id=None, reasons=unsure[0] if unsure else ()
    )


def strong_accounts(record: PersonRecord) -> frozenset[str]:
    """The record's accounts that identify one human being."""
    return frozenset(profile.url for profile in record.profiles if profile.platform in STRONG_PLATFORMS)


def _compare(record: PersonRecord, person: KnownPerson) -> tuple[Judgement, tuple[str, ...]]:
    same_name = record.name_key == person.name_key
    if same_name and _initials_clash(record.name.split(), person.name.split()):
        return "different", ("middle_initials_differ",)
    if strong_accounts(record) & person.accounts:
        # The same wrong link on every card is a known trap: an account counts only beside a name that agrees in part.
        if same_name or set(record.name_key.split()) & set(person.name_key.split()):
            return "same", ("same_account", *(["same_name"] if same_name else ["name_in_part"]))
        return "different", ("same_account_other_name",)
    if not same_name:
        return "different", ()
    if {record.place, *(position.organisation_key for position in record.positions)} & person.places:
        return "same", ("same_name", "same_place")
    return "unsure", ("same_name_only",)


def _initials_clash(a: Sequence[str], b: Sequence[str]) -> bool:
    """Two middle names that cannot be one: James T. and James P. A missing one vetoes nothing."""
    middle_a, middle_b = _middle(a), _middle(b)
    return bool(middle_a and middle_b) and middle_a[0] != middle_b[0]


def _middle(tokens: Sequence[str]) -> str:
    return tokens[1].strip(".").casefold() if len(tokens) == 3 else ""
