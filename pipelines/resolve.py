"""Is this record one of the people we know? Same, different or unsure, with the reasons. Pure.

Name alone never merges (leaders.md section 5): a second signal is needed, the same organisation or event, or the same
account.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from pipelines.lexicon.name_variants import is_family_name_of, is_turned_round, may_be_one_name, middles_clash
from pipelines.lexicon.title_wording import same_wording
from pipelines.records import PersonRecord, PositionRecord

Judgement = Literal["same", "different", "unsure"]

STRONG_PLATFORMS = frozenset({"linkedin", "wikidata", "orcid", "github", "bluesky", "mastodon", "xing", "x", "sec"})
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
class Colleague:
    """Somebody whom an organisation's own pages show now, in one role."""

    person_id: int
    name: str
    organisation_key: str
    title: str
    function: str
    level: str


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
    if same_name and middles_clash(record.name, person.name):
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


def resolve_variant(record: PersonRecord, colleagues: Iterable[Colleague]) -> Resolution:
    """The one colleague whose name the record spells in another way, in the same or a similar role.

    Two whom it may be are `unsure`. The caller leaves out those whom the same page shows under their own names.
    """
    found = {each.person_id for each in colleagues if _is_spelled_otherwise(record, each)}
    if len(found) == 1:
        return Resolution(judgement="same", person_id=found.pop(), reasons=("name_variant", "same_place", "same_role"))
    reasons = ("several_fit",) if found else ()
    return Resolution(judgement="unsure" if found else "different", person_id=None, reasons=reasons)


def _is_spelled_otherwise(record: PersonRecord, colleague: Colleague) -> bool:
    roles = [each for each in record.positions if each.organisation_key == colleague.organisation_key]
    if roles and is_turned_round(record.name, colleague.name):
        return True
    if any(_is_like(role, colleague) for role in roles) and may_be_one_name(record.name, colleague.name):
        return True
    return any(_is_one_title(role, colleague) for role in roles) and is_family_name_of(record.name, colleague.name)


def _is_like(role: PositionRecord, colleague: Colleague) -> bool:
    alike = (role.function, role.level) == (colleague.function, colleague.level)
    return alike or _is_one_title(role, colleague)


def _is_one_title(role: PositionRecord, colleague: Colleague) -> bool:
    return bool(role.title) and same_wording(role.title, colleague.title)
