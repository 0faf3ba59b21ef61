"""Wikidata as a register of companies: what to ask for, and what an item says of a company. Pure.

Facts and limits: leaders.md section 1. Items are asked for by id (crawler.registries.wikidata.items_url); the query
service only finds ids: of CIKs, of websites, of the greatest companies of an industry.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, Final, NamedTuple
from urllib.parse import urlencode, urlsplit

from crawler.registries.answers import AnswerError, json_object
from crawler.registries.claims import Claim, api_answer, claims, current, day
from crawler.registries.wikidata import Item, country_code, name_of
from watchlist.settings import config_dir, read_toml

MEASURES: Final = ("revenue", "employees", "market_cap")
DOLLAR: Final = "Q4917"
_API: Final = "https://www.wikidata.org/w/api.php"
_SPARQL: Final = "https://query.wikidata.org/sparql"
_WHAT: Final = "Wikidata"
_SITE, _CIK, _COUNTRY, _MOMENT = "P856", "P5531", "P17", "P585"
_ENTITY: Final = re.compile(r"https?://www\.wikidata\.org/entity/(Q[1-9]\d*)")


class Amount(NamedTuple):
    """One value of a measure: ISO 4217 currency (None for people), ISO date (None where the item gives none)."""

    value: Decimal
    unit: str | None
    as_of: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WikidataCompany:
    """What an item says of a company."""

    item: str
    name: str
    aliases: tuple[str, ...]
    website: str | None
    cik: str | None
    """Without zeros in front."""
    countries: tuple[str, ...]
    """ISO 3166; several where it says several."""
    amounts: Mapping[str, tuple[Amount, ...]]
    """By measure the newest value in each currency."""
    is_over: bool
    """Dissolved or ceased to be."""


# --- what to ask for ---------------------------------------------------------------------------------------------


def search_url(name: str, *, language: str = "en") -> str:
    """The address that searches items by label and alias."""
    parameters = {
        "action": "wbsearchentities",
        "format": "json",
        "search": name,
        "language": language,
        "uselang": language,
        "type": "item",
        "limit": str(register_rules()["wikidata"]["search_hits"]),
    }
    return f"{_API}?{urlencode(parameters)}"


def query_url(query: str) -> str:
    """The address that answers a SPARQL query in JSON."""
    return f"{_SPARQL}?{urlencode({'format': 'json', 'query': ' '.join(query.split())})}"


def by_cik_query(ciks: Iterable[str]) -> str:
    """Items by CIK, which stands there with zeros in front and, rarely, without."""
    values = " ".join(f'"{form}"' for cik in ciks for form in dict.fromkeys((f"{int(cik):010d}", str(int(cik)))))
    return f"SELECT ?item ?value WHERE {{ VALUES ?value {{ {values} }} ?item wdt:{_CIK} ?value . }}"


def by_site_query(sites: Iterable[str]) -> str:
    """Items by website, in the spellings that one address has."""
    values = " ".join(f"<{form}>" for site in sites for form in spellings(site))
    return f"SELECT ?item ?value WHERE {{ VALUES ?value {{ {values} }} ?item wdt:{_SITE} ?value . }}"


def ranked_query(industries: Sequence[str], measure: str, *, country: str | None, unit: str | None, most: int) -> str:
    """The items of some industries with the highest values of a measure, all in one unit (an item; None: people)."""
    prop = register_rules()["wikidata"][measure]
    wanted = " ".join(f"wd:{industry}" for industry in industries)
    place = f'?item wdt:{_COUNTRY} ?country . ?country wdt:P297 "{country}" .' if country else ""
    of_unit = f"; wikibase:quantityUnit wd:{unit}" if unit else ""
    return f"""
        SELECT ?item (MAX(?amount) AS ?most) WHERE {{
          VALUES ?industry {{ {wanted} }}
          ?item wdt:P452 ?industry ; p:{prop}/psv:{prop} ?node . {place}
          ?node wikibase:quantityAmount ?amount {of_unit} .
        }} GROUP BY ?item ORDER BY DESC(?most) LIMIT {most}"""


def spellings(site: str) -> tuple[str, ...]:
    """The addresses under which an item may have a website: with and without www, slash and s. Quotes are left out."""
    host = (urlsplit(site).hostname or "").removeprefix("www.")
    if not re.fullmatch(r"[\w.-]+", host):
        return ()
    return tuple(
        f"{scheme}://{www}{host}{end}" for scheme in ("https", "http") for www in ("www.", "") for end in ("/", "")
    )


# --- what is said ------------------------------------------------------------------------------------------------


def read_search(body: bytes) -> tuple[str, ...]:
    """The items that a search found, best first. Raises AnswerError."""
    hits = api_answer(body).get("search")
    if not isinstance(hits, list):
        raise AnswerError("unreadable", f"{_WHAT}'s search gave no list of hits")
    return tuple(hit["id"] for hit in hits if isinstance(hit, dict) and re.fullmatch(r"Q\d+", str(hit.get("id"))))


def read_items(body: bytes) -> tuple[str, ...]:
    """The items of a query's answer, in its order, each once. Raises AnswerError."""
    return tuple(dict.fromkeys(row["item"] for row in read_rows(body) if "item" in row))


def read_rows(body: bytes) -> list[dict[str, str]]:
    """The rows of a query's answer; items as their ids. Raises AnswerError for what is no such answer."""
    results = json_object(body, f"{_WHAT}'s query service").get("results")
    bindings = results.get("bindings") if isinstance(results, dict) else None
    if not isinstance(bindings, list):
        raise AnswerError("unreadable", f"{_WHAT}'s query service gave no results")
    return [
        {name: _id_or_text(str(cell.get("value", ""))) for name, cell in row.items() if isinstance(cell, dict)}
        for row in bindings
        if isinstance(row, dict)
    ]


def read_wikidata_company(item: Item, *, on: str) -> WikidataCompany | None:
    """What an item says of a company on the ISO date `on`; None where it is no organisation, or has no name."""
    rules = register_rules()["wikidata"]
    name = name_of(item)
    if name is None or not any(claims(item, sign) for sign in rules["company_signs"]):
        return None
    countries = [code for claim in current(claims(item, _COUNTRY), on=on) if (code := country_code(claim))]
    over = claims(item, rules["dissolved"])
    return WikidataCompany(
        item=str(item["id"]),
        name=name,
        aliases=_aliases(item),
        website=_first_text(current(claims(item, _SITE), on=on), r"https?://\S+"),
        cik=_cik(current(claims(item, _CIK), on=on)),
        countries=tuple(dict.fromkeys(countries)),
        amounts={measure: amounts(item, measure, on=on) for measure in MEASURES},
        is_over=any((day(claim.value) or on)[: len(on)] <= on for claim in over),
    )


def amounts(item: Item, measure: str, *, on: str) -> tuple[Amount, ...]:
    """The newest value of a measure in each currency: of the preferred ones, else of all, that with the latest date."""
    by_unit: dict[str | None, list[tuple[Claim, Amount]]] = {}
    for claim in claims(item, register_rules()["wikidata"][measure]):
        amount = _amount(claim, is_money=measure != "employees")
        if amount and (amount.as_of or on)[: len(on)] <= on:
            by_unit.setdefault(amount.unit, []).append((claim, amount))
    return tuple(_newest(found) for found in by_unit.values())


def _newest(found: Sequence[tuple[Claim, Amount]]) -> Amount:
    preferred = [amount for claim, amount in found if claim.rank == "preferred"]
    return max(preferred or [amount for _, amount in found], key=lambda amount: amount.as_of or "")


def _amount(claim: Claim, *, is_money: bool) -> Amount | None:
    if not isinstance(claim.value, Mapping):
        return None
    try:
        value = Decimal(str(claim.value.get("amount")))
    except InvalidOperation:
        return None
    unit = _id_or_text(str(claim.value.get("unit", "1")))
    if not value.is_finite() or value <= 0:
        return None
    # a unit that is no currency we know keeps its item: it is compared with nothing else
    currency = register_rules()["wikidata"]["currencies"].get(unit, unit) if is_money else None
    return Amount(value, currency, day(claim.qualifier(_MOMENT)))


def _aliases(item: Item) -> tuple[str, ...]:
    """Names in other languages, and other names in all of them."""
    labels, aliases = item.get("labels"), item.get("aliases")
    entries = [*labels.values()] if isinstance(labels, dict) else []
    entries += [entry for listed in aliases.values() for entry in listed] if isinstance(aliases, dict) else []
    texts = (entry.get("value") for entry in entries if isinstance(entry, dict))
    return tuple(dict.fromkeys(text for text in texts if isinstance(text, str) and text.strip()))


def _first_text(found: Iterable[Claim], pattern: str) -> str | None:
    texts = (claim.value for claim in found)
    return next((text for text in texts if isinstance(text, str) and re.fullmatch(pattern, text)), None)


def _cik(found: Iterable[Claim]) -> str | None:
    text = _first_text(found, r"0*[1-9]\d{0,9}")
    return text.lstrip("0") if text else None


def _id_or_text(value: str) -> str:
    match = _ENTITY.fullmatch(value)
    return match[1] if match else value


@cache
def register_rules() -> dict[str, Any]:
    """config/company_lists.toml, read once."""
    return read_toml(config_dir() / "company_lists.toml")
