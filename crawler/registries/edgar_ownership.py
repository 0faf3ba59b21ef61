"""SEC Forms 3, 4 and 5: which insiders of a company are officers, directors or only owners of its shares. Pure.

The XML of https://www.sec.gov/info/edgar/specifications/ownershipxmltechspec, raw or within a full submission. Nothing
is read of addresses, holdings and signatures.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final

from lxml import etree

from crawler.items import PageReading, PersonItem
from crawler.registries.answers import AnswerError, RegistryReading
from crawler.registries.edgar import READER, iso_day, person_page
from pipelines.lexicon.names import read_registry_name
from pipelines.lexicon.titles import read_title
from pipelines.lexicon.vocabulary import load_vocabulary

SEAT: Final = "Director"
"""What the form itself calls a member of the board."""
_DOCUMENT: Final = re.compile(rb"<(?:[\w-]+:)?ownershipDocument\b.*?</(?:[\w-]+:)?ownershipDocument\s*>", re.DOTALL)
_YES: Final = frozenset({"1", "true", "y", "yes"})
_LONGEST_TITLE: Final = 160


@dataclass(frozen=True, slots=True)
class Owner:
    """Somebody in whose name the form is filed, and what they are to the company."""

    cik: str | None
    registered: str
    """The name verbatim: LAST First Middle, or a company's."""
    name: str | None
    """Given names first; None for what is no person."""
    director: bool
    officer: bool
    ten_percent: bool
    title: str | None
    """Of an officer, from its own field or from the remarks; None where it is nowhere."""
    title_from: str | None = None
    """officer_title | remarks"""
    other: str | None = None
    """What an owner is who is "other"."""


@dataclass(frozen=True, slots=True)
class Ownership:
    """One statement of insiders."""

    form: str
    period: str | None
    """ISO date of the report."""
    issuer: str
    issuer_cik: str
    ticker: str | None
    owners: tuple[Owner, ...]
    over: bool = False
    """Whether they say that they are no insiders any more (the exit box)."""


def read_ownership(body: bytes) -> Ownership:
    """Form 3, 4 or 5: the raw XML, or a full submission around it. Raises AnswerError for anything else."""
    root = _root(body)
    if root is None:
        raise AnswerError(
            "unreadable", "not the XML of Form 3, 4 or 5 (the rendered page has a folder xslF345X in front)"
        )
    remarks = _text(root, "remarks")
    owners = tuple(_owner(element, remarks) for element in root.findall("reportingOwner"))
    period = _text(root, "periodOfReport")[:10]
    return Ownership(
        form=_text(root, "documentType"),
        period=iso_day(period),
        issuer=_text(root, "issuer/issuerName"),
        issuer_cik=_text(root, "issuer/issuerCik"),
        ticker=_text(root, "issuer/issuerTradingSymbol") or None,
        owners=_each_with_own_title(owners),
        over=_flag(root, "notSubjectToSection16"),
    )


def read_insiders(body: bytes, issuer_cik: str | None = None) -> RegistryReading:
    """The officers and directors of a form as people of its issuer; owners who are neither are dropped and counted.

    Dropped: `company` (no person), `investor` (owns ten percent and no more), `no_role`. An officer who is a director
    as well is shown as officer; who filed an exit is former. Where `issuer_cik` is given, a form about another company
    shows nobody (`other_issuer`): companies own shares, too, and their list holds what they file as owners. Raises
    AnswerError.
    """
    form = read_ownership(body)
    if issuer_cik is not None and form.issuer_cik.lstrip("0") != issuer_cik.lstrip("0"):
        page = PageReading(kind="leaders", reader=READER, reason="other_issuer")
        return RegistryReading(page, dropped={"other_issuer": 1})
    dropped = Counter[str]()
    people: list[PersonItem] = []
    former: list[PersonItem] = []
    for owner in form.owners:
        if (reason := _unfit(owner)) is not None:
            dropped[reason] += 1
            continue
        left = form.over or not (owner.officer or owner.director)
        (former if left else people).append(_person(owner, form, left=left))
    page = PageReading(
        kind="leaders",
        reader=READER,
        people=tuple(people),
        former=tuple(former),
        reason=None if people else "no_people",
    )
    return RegistryReading(page, dropped=dict(dropped))


def _root(body: bytes) -> Any:
    match = _DOCUMENT.search(body)
    if match is None:
        return None
    # A submission is text around the document: what it declares of its encoding stands before it.
    encoding = "latin-1" if re.search(rb"encoding=[\"']iso-8859-1", body[: match.start()], re.IGNORECASE) else "utf-8"
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True, encoding=encoding)
    root = etree.fromstring(match[0], parser)
    for element in root.iter("*") if root is not None else ():  # the form has no namespace, some software gives it one
        element.tag = element.tag.rpartition("}")[2].rpartition(":")[2]
    return root if root is not None and root.tag == "ownershipDocument" else None


def _text(element: Any, path: str) -> str:
    """The text of the first element at a path, white space folded; also where it is wrapped in <value>."""
    found = element.find(path)
    return " ".join("".join(found.itertext()).split()) if found is not None else ""


def _flag(element: Any, path: str) -> bool:
    return _text(element, path).lower() in _YES


def _owner(element: Any, remarks: str) -> Owner:
    relation = "reportingOwnerRelationship/"
    registered = _text(element, "reportingOwnerId/rptOwnerName")
    said = _text(element, relation + "officerTitle")
    director, ten = _flag(element, relation + "isDirector"), _flag(element, relation + "isTenPercentOwner")
    # Some filers give the title and no flag at all; beside other flags a title is a stray.
    unsaid = element.find(relation + "isOfficer") is None and not (director or ten)
    officer = _flag(element, relation + "isOfficer") or (unsaid and bool(said))
    title, source = _title(said, remarks) if officer else (None, None)
    name = read_registry_name(registered)
    return Owner(
        cik=_text(element, "reportingOwnerId/rptOwnerCik") or None,
        registered=registered,
        name=name.full if name else None,
        director=director,
        officer=officer,
        ten_percent=ten,
        title=title,
        title_from=source,
        other=_text(element, relation + "otherText") or None,
    )


def _title(said: str, remarks: str) -> tuple[str | None, str | None]:
    """An officer's title and where it stands."""
    behind = _pattern("see_behind").sub("", said).strip()
    points = behind != said.strip() or not said or bool(_pattern("elsewhere").match(said))
    nowhere = not behind or bool(_pattern("elsewhere").match(said))
    if points and (told := title_in_remarks(remarks)):
        goes_on = re.match(r"(?:and|&)\s", told, re.IGNORECASE)
        return (f"{behind} {told}" if goes_on and not nowhere else told), "remarks"
    return (None, None) if nowhere else (behind, "officer_title")


def title_in_remarks(remarks: str) -> str | None:
    """The title that remarks tell: behind "Title:", "The reporting person is the", or alone."""
    for part in re.split(r"(?<=[.;])(?<!\b[DM]r\.)(?<!\bMs\.)(?<!\bMrs\.)\s+|\s+(?=\(\d\)\s)|\s*\|\s*", remarks):
        introduced = _pattern("before_title").match(part.strip())
        text = _pattern("behind_title").sub("", part.strip()[introduced.end() if introduced else 0 :]).strip(" \"'“”")
        if text and len(text) <= _LONGEST_TITLE and not _pattern("no_title").search(text) and _is_title(text):
            return text
    return None


def _is_title(text: str) -> bool:
    return read_title(text).level not in {"none", "ic"}


def _each_with_own_title(owners: tuple[Owner, ...]) -> tuple[Owner, ...]:
    """Remarks speak of one: where several officers point to them, nobody's title is known."""
    if sum(owner.title_from == "remarks" for owner in owners) < 2:
        return owners
    return tuple(
        replace(owner, title=None, title_from=None) if owner.title_from == "remarks" else owner for owner in owners
    )


def _unfit(owner: Owner) -> str | None:
    if owner.name is None:
        return "company"
    if owner.officer or owner.director or (owner.other and read_title(owner.other).former):
        return None
    return "investor" if owner.ten_percent else "no_role"


def _person(owner: Owner, form: Ownership, *, left: bool) -> PersonItem:
    title = owner.title if owner.officer else SEAT if owner.director else owner.other
    board = owner.director and not owner.officer
    said = [f"Form {form.form} of {form.issuer} for {form.period or 'a day not given'}", owner.registered, title or ""]
    return PersonItem(
        name=owner.name or owner.registered,
        title=title,
        section="board" if board else "executive",
        links=(person_page(owner.cik),) if owner.cik and owner.cik.isdecimal() and int(owner.cik) else (),
        excerpt=": ".join(part for part in said if part)[:300],
        until=form.period if left else None,
    )


@cache
def _pattern(name: str) -> re.Pattern[str]:
    flags = re.IGNORECASE | (re.VERBOSE if name == "before_title" else 0)
    return re.compile(load_vocabulary("edgar")[name], flags)
