"""How well answers of registers are read: EDGAR forms, reports and lists, Wikidata items. Everything must be right."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

from crawler.registries.claims import claims, current, entities, states
from crawler.registries.edgar import (
    departure_reports,
    ownership_filings,
    read_index,
    read_submissions,
    read_tickers,
)
from crawler.registries.edgar_ownership import Owner, Ownership, read_ownership
from crawler.registries.edgar_reports import PAY_ONLY, read_departures
from crawler.registries.wikidata import accounts_of, is_organisation, name_of, people_of
from pipelines.lexicon.links import read_link
from pipelines.lexicon.names import read_name
from pipelines.lexicon.titles import read_title
from tests.corpus import CORPUS

EDGAR, WIKIDATA = CORPUS / "edgar", CORPUS / "wikidata"
LEAVING, COMING = {"leaves", "leaves role"}, {"appointed"}


class Check(NamedTuple):
    """One question to one file."""

    group: str
    what: str
    right: bool


class Person(NamedTuple):
    """What a person's item holds, counted by hand: statements that hold and that ended, and accounts by platform."""

    dead: bool
    positions: tuple[int, int]
    employers: tuple[int, int]
    platforms: tuple[str, ...]


PEOPLE = {
    "Q107043381": Person(False, (0, 0), (0, 0), ("instagram",)),
    "Q15087614": Person(False, (0, 0), (0, 0), ("instagram", "facebook")),
    "Q19300851": Person(True, (0, 0), (1, 0), ()),
    "Q22682071": Person(False, (0, 0), (1, 0), ()),
    "Q254220": Person(False, (0, 1), (0, 0), ("web",)),
    "Q7747": Person(False, (1, 13), (0, 4), ("facebook",)),
}
LISTS = {"tickers": 9610, "filings": 1001, "statements": 524, "departures": 22, "by form": 4084, "by company": 4925}
"""Rows of the lists, counted without our readers."""


def checks() -> Iterator[Check]:
    """Every question, by file."""
    yield from _owners()
    yield from _reports()
    yield from _lists()
    yield from _people()


@cache
def _expected() -> dict[str, Any]:
    return dict(json.loads((EDGAR / "expected.json").read_text("utf-8")))


def _owners() -> Iterator[Check]:
    for wanted in _expected()["ownership"]:
        form = read_ownership((EDGAR / wanted["file"]).read_bytes())
        yield Check("forms", wanted["file"], _is_form(form, wanted))
        for owner, about in zip(form.owners, wanted["owners"], strict=True):
            for field, right in _compare(owner, about):
                yield Check("owners", f"{wanted['file']} {field}", right)


def _is_form(form: Ownership, wanted: dict[str, Any]) -> bool:
    said = {"form": form.form, "issuer": form.issuer, "issuer_cik": form.issuer_cik, "ticker": form.ticker}
    same = all(said[key] == wanted[key] for key in said if key in wanted)
    return same and len(form.owners) == len(wanted["owners"]) and form.period is not None and not form.over


def _compare(owner: Owner, wanted: dict[str, Any]) -> Iterator[tuple[str, bool]]:
    title = read_title(owner.title or "")
    said = {
        "cik": owner.cik,
        "edgar_name": owner.registered,
        "name": owner.name,
        "director": owner.director,
        "officer": owner.officer,
        "ten_percent": owner.ten_percent,
        "title": owner.title,
        "title_from": owner.title_from,
        "function": title.function,
        "level": title.level,
        "is_person": owner.name is not None,
    }
    for field, value in said.items():
        if field in wanted:
            yield field, value == wanted[field]
    if owner.name is not None:  # who is shown given names first is read as the same person again
        name = read_name(owner.name, trusted=True)
        yield "name again", name is not None and name.full == owner.name


def _reports() -> Iterator[Check]:
    for wanted in _expected()["item_502"]:
        changes = {event["change"] for event in wanted["events"]}
        uses = {use for use, words in (("departure", LEAVING), ("appointment", COMING)) if changes & words}
        for body in _bodies(wanted["file"]):
            found = read_departures(body)
            if "no-502" in wanted["file"]:
                right = found is None
            else:
                right = found is not None and set(found.uses) == (uses or {PAY_ONLY})
            yield Check("reports", wanted["file"], right)


def _bodies(file: str) -> Iterator[bytes]:
    """A report; of a recorded exchange the full submission and the page, but not the index of the filing."""
    if not file.endswith(".yaml"):
        yield (EDGAR / file).read_bytes()
        return
    import yaml

    for exchange in yaml.safe_load((EDGAR / file).read_text("utf-8"))["interactions"]:
        if not exchange["request"]["uri"].endswith("-index.html"):
            yield exchange["response"]["body"]["string"].encode()


def _lists() -> Iterator[Check]:
    listed = read_submissions((EDGAR / "submissions.json").read_bytes())
    said = {
        "tickers": len(read_tickers((EDGAR / "company_tickers.json").read_bytes())),
        "filings": len(listed.filings),
        "statements": len(ownership_filings(listed.filings, most=10_000, since="")),
        "departures": len(departure_reports(listed.filings, most=10_000, since="")),
        "by form": len(read_index((EDGAR / "form.20200318.idx").read_bytes())),
        "by company": len(read_index((EDGAR / "company.20221003.idx").read_bytes())),
    }
    for what, count in said.items():
        yield Check("lists", what, count == LISTS[what])


def _people() -> Iterator[Check]:
    for item, wanted in PEOPLE.items():
        body = (WIKIDATA / f"{item}.json").read_bytes()
        (person,) = entities(body).values()
        labels = json.loads(body)["entities"][item]["labels"]
        counted = {
            "name": name_of(person) == labels["en"]["value"],
            "dead": states(person, "P570") == wanted.dead,
            "positions": _held(person, "P39") == wanted.positions,
            "employers": _held(person, "P108") == wanted.employers,
            "accounts": _platforms(person) == ("wikidata", *wanted.platforms),
            "no office of its own": not is_organisation(person) and people_of(person) == (),
        }
        for what, right in counted.items():
            yield Check("items", f"{item} {what}", right)


def _held(person: Any, name: str) -> tuple[int, int]:
    found = claims(person, name)
    return len(current(found)), sum(claim.is_over() for claim in found)


def _platforms(person: Any) -> tuple[str, ...]:
    return tuple(link.platform for url in accounts_of(person) if (link := read_link(url)))


def report() -> None:
    """Print right and all, by group, and what is wrong."""
    groups: dict[str, list[Check]] = {}
    for check in checks():
        groups.setdefault(check.group, []).append(check)
    for group, found in groups.items():
        print(f"{group:<12}{sum(check.right for check in found):>6} of {len(found)} right")
        for check in found:
            if not check.right:
                print(f"  wrong: {check.what}")
