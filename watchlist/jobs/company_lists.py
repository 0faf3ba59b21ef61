"""Building a TOP-N list: Wikidata's or EDGAR's companies of a field, ranked by what they report."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from sqlmodel import Session

from crawler.registries.edgar import TICKERS_URL, read_tickers, submissions_url
from crawler.registries.edgar_companies import Figure, Filer, frame_urls, is_of_field, merged, read_filer, read_frame
from crawler.registries.wikidata import ALIASES, batches, item_page
from crawler.registries.wikidata_companies import (
    DOLLAR,
    WikidataCompany,
    by_cik_query,
    by_site_query,
    query_url,
    ranked_query,
    read_items,
    read_wikidata_company,
    register_rules,
)
from watchlist.companies import NEW, ImportReport, import_companies, known_companies
from watchlist.companies.building import BuiltList, ListOrder, Ranked, Valued, build_list
from watchlist.companies.files import presets, read_company_csv
from watchlist.companies.listing import list_companies
from watchlist.companies.matching import Told
from watchlist.companies.rows import Fact
from watchlist.errors import UsageError
from watchlist.jobs.inquiry import CLOSED, Inquiry, RegisterError
from watchlist.jobs.workplace import Progress, Workplace, no_progress
from watchlist.models import CompanyList

log = logging.getLogger(__name__)

SOURCES: Final = ("wikidata", "edgar")
MEASURES: Final = ("revenue", "employees", "market_cap")
_CACHE: Final = "edgar_industries.json"
_MOST_UNANSWERED: Final = 5
"""Companies of which a register says nothing before it is left alone."""


def field_rules(name: str) -> dict[str, Any]:
    """What a field is for the registers. Raises UsageError that names the fields there are."""
    fields: dict[str, dict[str, Any]] = register_rules()["fields"]
    if name not in fields:
        raise UsageError(f"no field is called {name!r}", hint=f"fields are {', '.join(sorted(fields))}")
    return fields[name]


async def build_from(source: str, inquiry: Inquiry, order: ListOrder, *, progress: Progress = no_progress) -> BuiltList:
    """The list that `source` (wikidata | edgar) gives. Raises UsageError for what it cannot rank by."""
    rules = field_rules(order.field)
    if source == "edgar":
        if not frame_urls(order.measure, 2000):
            hint = "use --from wikidata, or --rank-by revenue or market_cap"
            raise UsageError(f"EDGAR has no {order.measure.replace('_', ' ')} as data", hint=hint)
        if order.currency not in {None, "USD"}:
            raise UsageError("EDGAR's figures are in dollars", hint="leave --currency out, or use --from wikidata")
        return await _FromEdgar(inquiry, order, rules, progress).build()
    return await _FromWikidata(inquiry, order, rules, progress).build()


async def keep_list(place: Workplace, built: BuiltList, key: str, *, dry_run: bool) -> ImportReport:
    """Make the list `key` hold what was built."""

    def write(session: Session) -> ImportReport:
        known, now = known_companies(session), place.clock()
        field_name = built.order.field
        first = import_companies(session, built.rows, field_name, key=key, dry_run=True, directory=known)
        # a register's company has an id: a namesake of which nobody knows whether it is the same stays apart
        answers = dict.fromkeys((row.row.line for row in first.open), NEW)
        return import_companies(
            session, built.rows, field_name, key=key, dry_run=dry_run, directory=known, answers=answers, now=now
        )

    return await place.store.read(write) if dry_run else await place.store.write(write)


# --- Wikidata ----------------------------------------------------------------------------------------------------


@dataclass
class _FromWikidata:
    inquiry: Inquiry
    order: ListOrder
    rules: dict[str, Any]
    progress: Progress
    why: list[str] = field(default_factory=list)
    is_whole: bool = True

    async def build(self) -> BuiltList:
        """Companies that are known already first, by id; then those that the query service names."""
        listed = await self.inquiry.place.store.read(lambda session: _listed(session, self.order.field))
        items = [each.wikidata_id for each in listed if each.wikidata_id]
        items += await self._ids_of([each for each in listed if not each.wikidata_id])
        items += await self._greatest()
        found = await read_companies(self.inquiry, items, progress=self.progress)
        kept = [company for company in found if self._fits(company)]
        if over := sum(company.is_over for company in found):
            self.why.append(f"left out because they no longer exist: {over}")
        return build_list(self.order, (self._ranked(each) for each in kept), why=self.why, is_whole=self.is_whole)

    async def _ids_of(self, listed: Sequence[Told]) -> list[str]:
        size = register_rules()["wikidata"]["ids_a_query"]
        ciks = [by_cik_query(batch) for batch in batches((each.cik for each in listed if each.cik), size)]
        sites = [each.website for each in listed if each.website and not each.cik]
        return await self._query([*ciks, *(by_site_query(batch) for batch in batches(sites, size // 8))])

    async def _greatest(self) -> list[str]:
        """Those of the field's industries that report most, in dollars and in the currency of the country."""
        rules, order = register_rules()["wikidata"], self.order
        most = min(rules["most_candidates"], max(20, order.n * rules["candidates"]))
        units: list[str | None] = [None]
        if order.measure != "employees":
            items = {code: item for item, code in rules["currencies"].items()}
            own = rules["countries"].get(order.country, "EUR") if order.country else "EUR"
            units = [*dict.fromkeys((DOLLAR, items[order.currency or own]))]
        queries = [
            ranked_query(self.rules["industries"], order.measure, country=order.country, unit=unit, most=most)
            for unit in units
        ]
        return await self._query(queries)

    async def _query(self, queries: Iterable[str]) -> list[str]:
        found: list[str] = []
        for query in queries:
            try:
                found += await self.inquiry.learn(query_url(query), read_items)
            except RegisterError as error:
                self.is_whole = False
                self.why.append(f"Wikidata's query service did not answer everything: {error.message}")
                break
        return found

    def _fits(self, company: WikidataCompany) -> bool:
        return not company.is_over and (self.order.country is None or self.order.country in company.countries)

    def _ranked(self, company: WikidataCompany) -> Ranked:
        order, source = self.order, item_page(company.item)
        country = order.country or (company.countries[0] if len(company.countries) == 1 else None)
        return Ranked(
            name=company.name,
            website=company.website,
            wikidata_id=company.item,
            cik=company.cik,
            country=country,
            values=tuple(Valued(*amount) for amount in company.amounts[order.measure]),
            source=source,
            facts=facts_of_item(company),
        )


def facts_of_item(company: WikidataCompany) -> tuple[Fact, ...]:
    """Size and country as an item has them; of amounts in several currencies the dollars, else the newest."""
    source = item_page(company.item)
    facts = []
    for kind, amounts in company.amounts.items():
        best = max(amounts, key=lambda amount: (amount.unit == "USD", amount.as_of or ""), default=None)
        if best:
            plain = format(best.value.to_integral_value() if kind == "employees" else best.value.normalize(), "f")
            facts.append(Fact(kind=kind, value=plain, unit=best.unit, as_of=best.as_of, source=source))
    if len(company.countries) == 1:
        facts.append(Fact(kind="country", value=company.countries[0], source=source))
    return tuple(facts)


async def read_companies(
    inquiry: Inquiry, items: Iterable[str], *, progress: Progress = no_progress
) -> list[WikidataCompany]:
    """What items say of companies, 50 a request; each once, also where one was merged into another."""
    today = inquiry.place.clock().date().isoformat()
    groups = batches(items)
    found: dict[str, WikidataCompany] = {}
    for number, group in enumerate(groups, 1):
        answer = await inquiry.items(group, props=ALIASES)
        read = (read_wikidata_company(item, on=today) for item in answer.values())
        found |= {company.item: company for company in read if company}
        progress(number, len(groups), f"{len(found)} companies")
    return list(found.values())


def _listed(session: Session, field_name: str) -> list[Told]:
    """What the store's and the shipped lists of a field hold."""
    from sqlmodel import select

    keys = session.exec(select(CompanyList.key).where(CompanyList.field == field_name))
    stored: list[Told] = [known for key in keys for known in _as_told(session, key)]
    shipped = (preset for preset in presets() if preset.key == field_name)
    return [*stored, *(row for each in shipped for row in read_company_csv(each.file, each.file.name).rows)]


def _as_told(session: Session, key: str) -> list[Told]:
    from watchlist.companies.matching import KnownCompany

    names = ("name", "website", "wikidata_id", "cik", "country")
    lines = list_companies(session, key)
    return [KnownCompany(key=line.name, **{name: getattr(line, name) for name in names}) for line in lines]


# --- EDGAR -------------------------------------------------------------------------------------------------------


@dataclass
class _FromEdgar:
    inquiry: Inquiry
    order: ListOrder
    rules: dict[str, Any]
    progress: Progress
    why: list[str] = field(default_factory=list)
    is_whole: bool = True
    looked: int = 0
    unanswered: int = 0

    async def build(self) -> BuiltList:
        """All filers by the measure; from the greatest on the industry of each, until N of the field are found."""
        figures = await self._figures()
        industries = _Industries(self.inquiry, self.inquiry.place.settings.home / _CACHE)
        try:
            found = await self._of_the_field(figures, industries)
        finally:  # also where the user stops it
            industries.save()
        if note := register_rules()["edgar"][self.order.measure].get("note"):
            self.why.append(note)
        looked = f"{self.looked} of {len(figures)} listed companies that report it were looked at, greatest first"
        return build_list(self.order, found, why=[*self.why, looked], is_whole=self.is_whole)

    async def _of_the_field(self, figures: Sequence[Figure], industries: _Industries) -> list[Ranked]:
        most: int = register_rules()["edgar"]["most_filers"]
        found: list[Ranked] = []
        for figure in figures:
            if len(found) == self.order.n:
                break
            if industries.asked >= most:
                self._cut_off(
                    f"{most} companies were asked for their industry, which is enough for one run; run it again"
                )
                break
            try:
                filer = await industries.filer(figure.cik)
            except RegisterError as error:
                self._cut_off(f"EDGAR did not say of which field {figure.name} is: {error.message}")
                self.unanswered += 1
                if error.reason in CLOSED or self.unanswered == _MOST_UNANSWERED:
                    break
                continue
            self.looked += 1
            if filer and is_of_field(filer.sic, self.rules["sic"]):
                found.append(self._ranked(figure, filer))
            self.progress(len(found), self.order.n, f"{self.looked} of {len(figures)} looked at, {figure.name}")
        return found

    async def _figures(self) -> list[Figure]:
        year = self.inquiry.place.clock().year - 1
        years = range(year, year - register_rules()["edgar"]["years"], -1)
        frames = [
            frame
            for each in years
            for url in frame_urls(self.order.measure, each)
            if (frame := await self.inquiry.find(url, read_frame, url)) is not None  # 404: nobody reported this tag
        ]
        listed = {ticker.cik for ticker in await self.inquiry.learn(TICKERS_URL, read_tickers)}
        country = self.order.country
        figures = [each for each in merged(frames) if each.cik in listed]
        return [each for each in figures if country is None or each.country == country]

    def _cut_off(self, why: str) -> None:
        self.is_whole = False
        self.why.append(why)

    def _ranked(self, figure: Figure, filer: Filer) -> Ranked:
        return Ranked(
            name=figure.name,
            website=filer.website,
            wikidata_id=None,
            cik=figure.cik,
            country=figure.country or filer.country,
            values=(Valued(figure.value, "USD", figure.as_of),),
            source=figure.source,
        )


class _Industries:
    """Which industry a filer is of: asked once, kept in a file of the home, for it hardly ever changes."""

    def __init__(self, inquiry: Inquiry, file: Path) -> None:
        self._inquiry, self._file = inquiry, file
        self._known = _kept_filers(file) if file.is_file() else {}
        self.asked = 0

    async def filer(self, cik: str) -> Filer | None:
        """What EDGAR says of a filer; None where it has no such filer (any more)."""
        if cik in self._known:
            return self._known[cik]
        self.asked += 1
        filer = await self._inquiry.find(submissions_url(cik), read_filer)
        if filer is None:
            return None
        self._known[cik] = filer
        if self.asked % 25 == 0:
            self.save()
        return filer

    def save(self) -> None:
        """Write what was learned, at once or not at all."""
        if not self.asked:
            return
        new = self._file.with_name(f".{self._file.name}.new")
        known = {cik: asdict(filer) for cik, filer in self._known.items()}
        new.write_text(json.dumps(known, ensure_ascii=False), "utf-8")
        new.chmod(0o600)
        new.replace(self._file)


def _kept_filers(file: Path) -> dict[str, Filer]:
    """What the file keeps; of one that is not as we write it nothing."""
    try:
        return {cik: Filer(**kept) for cik, kept in json.loads(file.read_text("utf-8")).items()}
    except (ValueError, TypeError, AttributeError):
        log.warning("%s cannot be read and is made anew", file.name)
        return {}
