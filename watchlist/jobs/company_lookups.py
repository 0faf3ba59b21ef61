"""Resolving companies online: what Wikidata and EDGAR know of rows that say little; candidates, never a guess."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from crawler.registries.edgar import TICKERS_URL, Ticker, read_tickers, submissions_url
from crawler.registries.edgar_companies import read_filer
from crawler.registries.wikidata import batches, item_page
from crawler.registries.wikidata_companies import (
    WikidataCompany,
    by_cik_query,
    by_site_query,
    query_url,
    read_items,
    read_search,
    register_rules,
    search_url,
)
from watchlist.companies import CompanyRow, Directory, KnownCompany
from watchlist.companies.matching import name_keys
from watchlist.jobs.company_lists import facts_of_item, read_companies
from watchlist.jobs.inquiry import Inquiry, RegisterError
from watchlist.jobs.workplace import Progress, no_progress

_IDS: Final = ("website", "wikidata_id", "cik")


@dataclass(slots=True)
class Lookup:
    """What registers said: candidates for the directory, and what could not be asked."""

    found: list[KnownCompany] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    """What was not answered, and why."""


async def look_up(
    inquiry: Inquiry, rows: Sequence[CompanyRow], directory: Directory, *, progress: Progress = no_progress
) -> Lookup:
    """Ask for the rows of which name, website, Wikidata id or CIK is missing, also among what `directory` knows.

    By id first, then by CIK and website, names last and one by one. A register that gives no answer is named in
    `failed`; the rest is asked all the same.
    """
    lookup = Lookup()
    known = [_with_known(row, directory) for row in rows]
    wanted = [each for each in known if not (each.name and each.website and each.wikidata_id)]
    await _from_edgar(inquiry, wanted, lookup)
    items = [each.wikidata_id for each in wanted if each.wikidata_id]
    items += await _by_ids(inquiry, [each for each in wanted if not each.wikidata_id], lookup)
    await _take_items(inquiry, items, lookup)
    await _by_names(inquiry, [each for each in wanted if not _is_told(each, lookup)], lookup, progress)
    return lookup


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is known of one row so far."""

    name: str | None
    website: str | None
    wikidata_id: str | None
    cik: str | None
    country: str | None
    ticker: str | None


def _with_known(row: CompanyRow, directory: Directory) -> _Wanted:
    match = directory.find(row).company
    known = match if match and not match.is_unnamed else None
    name = row.name or (known.name if known else None)
    ids = {key: getattr(row, key) or (getattr(match, key) if match else None) for key in _IDS}
    return _Wanted(name=name, **ids, country=row.country, ticker=row.ticker)


# --- EDGAR -------------------------------------------------------------------------------------------------------


async def _from_edgar(inquiry: Inquiry, wanted: Sequence[_Wanted], lookup: Lookup) -> None:
    """The list of tickers in one request; a CIK that is not on it is asked for by itself."""
    if not any(_may_be_american(each) for each in wanted):
        return
    try:
        tickers = await inquiry.learn(TICKERS_URL, read_tickers)
    except RegisterError as error:
        lookup.failed["EDGAR"] = error.message
        return
    names = {key for each in wanted if each.name and _may_be_american(each) for key in name_keys(each.name)}
    symbols = {each.ticker for each in wanted if each.ticker}
    ciks = {each.cik for each in wanted if each.cik}
    for ticker in {each.cik: each for each in reversed(tickers)}.values():
        if ticker.cik in ciks or not names.isdisjoint(name_keys(ticker.name)):
            lookup.found.append(_of_ticker(ticker))
    lookup.found += [_of_ticker(ticker) for ticker in tickers if ticker.ticker in symbols]
    for cik in sorted(ciks - {ticker.cik for ticker in tickers}):
        await _filer(inquiry, cik, lookup)


async def _filer(inquiry: Inquiry, cik: str, lookup: Lookup) -> None:
    url = submissions_url(cik)
    try:
        filer = await inquiry.find(url, read_filer)
    except RegisterError as error:
        lookup.failed[f"CIK {cik}"] = error.message
        return
    if filer:
        lookup.found.append(
            KnownCompany(
                key=f"cik:{filer.cik}",
                name=filer.name,
                website=filer.website,
                cik=filer.cik,
                country=filer.country,
                sources=(url,),
            )
        )


def _of_ticker(ticker: Ticker) -> KnownCompany:
    return KnownCompany(
        key=f"cik:{ticker.cik}", name=ticker.name, cik=ticker.cik, ticker=ticker.ticker, sources=(TICKERS_URL,)
    )


def _may_be_american(wanted: _Wanted) -> bool:
    """Whether EDGAR may know it: it has a CIK or ticker, or nobody says that it is elsewhere."""
    return bool(wanted.cik or wanted.ticker) or wanted.country in {None, "US"}


# --- Wikidata ----------------------------------------------------------------------------------------------------


async def _by_ids(inquiry: Inquiry, wanted: Sequence[_Wanted], lookup: Lookup) -> list[str]:
    """The items of CIKs and of websites."""
    size = register_rules()["wikidata"]["ids_a_query"]
    ciks = [*(each.cik for each in wanted if each.cik), *(known.cik for known in lookup.found if known.cik)]
    queries = [by_cik_query(batch) for batch in batches(ciks, size)]
    sites = [each.website for each in wanted if each.website]
    queries += [by_site_query(batch) for batch in batches(sites, max(1, size // 8))]  # each has eight spellings
    found: list[str] = []
    for query in queries:
        try:
            found += await inquiry.learn(query_url(query), read_items)
        except RegisterError as error:
            lookup.failed["Wikidata's query service"] = error.message
            break
    return found


async def _by_names(inquiry: Inquiry, wanted: Sequence[_Wanted], lookup: Lookup, progress: Progress) -> None:
    """Search by name, one by one; only what bears exactly this name, or has it for an alias, is a candidate."""
    names = list(dict.fromkeys(each.name for each in wanted if each.name))
    hits: list[str] = []
    for number, name in enumerate(names, 1):
        try:
            hits += await inquiry.learn(search_url(name), read_search)
        except RegisterError as error:
            lookup.failed[f"Wikidata, {name} and what follows"] = error.message
            break
        progress(number, len(names), name)
    await _take_items(inquiry, hits, lookup, named=names)


async def _take_items(
    inquiry: Inquiry, items: Iterable[str], lookup: Lookup, *, named: Sequence[str] | None = None
) -> None:
    try:
        companies = await read_companies(inquiry, items)
    except RegisterError as error:
        lookup.failed["Wikidata"] = error.message
        return
    keys = {key for name in named or () for key in name_keys(name)}
    for company in companies:
        if not company.is_over and (named is None or _bears(company, keys)):
            lookup.found.append(_of_item(company))


def _bears(company: WikidataCompany, keys: set[str]) -> bool:
    return any(not keys.isdisjoint(name_keys(name)) for name in (company.name, *company.aliases))


def _of_item(company: WikidataCompany) -> KnownCompany:
    return KnownCompany(
        key=company.item,
        name=company.name,
        website=company.website,
        wikidata_id=company.item,
        cik=company.cik,
        country=company.countries[0] if len(company.countries) == 1 else None,
        aliases=company.aliases,
        sources=(item_page(company.item),),
        facts=facts_of_item(company),
    )


def _is_told(wanted: _Wanted, lookup: Lookup) -> bool:
    """Whether an id or a site led to an item already."""
    items = [each for each in lookup.found if each.wikidata_id]
    ids = (("wikidata_id", wanted.wikidata_id), ("cik", wanted.cik))
    if any(value and getattr(each, kind) == value for kind, value in ids for each in items):
        return True
    told = Directory(items).find(_Row(wanted)) if wanted.website else None
    return bool(told and told.by == "site")


class _Row:
    """What is wanted, as the directory compares it."""

    def __init__(self, wanted: _Wanted) -> None:
        self.name, self.website, self.wikidata_id = wanted.name, wanted.website, wanted.wikidata_id
        self.cik, self.country, self.ticker, self.key = wanted.cik, wanted.country, wanted.ticker, "name:"
