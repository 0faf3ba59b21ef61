"""Which company does a row mean? By id, site or name, with reasons; what fits two equally well is left open. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Any, Final, Protocol
from urllib.parse import urlsplit

from pipelines.lexicon.organisations import organisation_key
from watchlist.companies.rows import FACTS, Fact, host_of

_SHARE_CLASS: Final = re.compile(
    r"\s*\((the|class [a-z]|series [a-z]|common stock|ordinary shares|adr|ads)\)\s*$", re.IGNORECASE
)
"""What lists of shares write behind a company's name."""
_STATE: Final = re.compile(r"\s*[/\\][A-Z]{2,3}[/\\]?\s*$")
"""Where EDGAR says the company is registered: "ACME CORP /DE/"."""


class Told(Protocol):
    """What a row, or anything else, tells of a company."""

    @property
    def name(self) -> str | None:
        """As written."""

    @property
    def website(self) -> str | None:
        """A web address."""

    @property
    def wikidata_id(self) -> str | None:
        """Such as Q173395."""

    @property
    def cik(self) -> str | None:
        """Without leading zeros."""

    @property
    def country(self) -> str | None:
        """ISO 3166."""

    @property
    def ticker(self) -> str | None:
        """The symbol of its shares."""

    @property
    def key(self) -> str:
        """What tells it from others."""


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCompany:
    """A company that the store, a shipped list or a register knows."""

    key: str
    name: str
    website: str | None = None
    wikidata_id: str | None = None
    cik: str | None = None
    country: str | None = None
    leadership_url: str | None = None
    organization_id: int | None = None
    """None as long as it is in no list of the store."""
    former_sites: tuple[str, ...] = ()
    """Hosts it had before it moved."""
    aliases: tuple[str, ...] = ()
    ticker: str | None = None
    facts: tuple[Fact, ...] = ()
    """What a register says of its size and country, beside the store."""
    sources: tuple[str, ...] = ()
    """Who says so: "your lists", "the shipped list it", the address of an answer."""

    @property
    def is_bare(self) -> bool:
        """Whether nothing but its name is known."""
        return not (self.website or self.wikidata_id or self.cik)

    @property
    def is_unnamed(self) -> bool:
        """Whether its name only stands for one that nobody has told yet (CompanyRow.label)."""
        return self.name in {self.wikidata_id, f"CIK {self.cik}", host_of(self.website)}

    def with_more(self, other: KnownCompany) -> KnownCompany:
        """What both know of one company; this one's word goes first."""
        more: dict[str, Any] = {
            name: getattr(self, name) or getattr(other, name) for name in (*FACTS, "organization_id", "ticker")
        }
        if self.is_unnamed:
            more["name"] = other.name
        key = self.key if self.organization_id or not other.organization_id else other.key
        more["former_sites"] = _union(self.former_sites, other.former_sites)
        more["sources"] = _union(self.sources, other.sources)
        more["facts"] = (*self.facts, *other.facts)
        more["aliases"] = _union(self.aliases, (*other.aliases, *((other.name,) if other.name != self.name else ())))
        return replace(self, key=key, **more)


@dataclass(frozen=True, slots=True)
class Match:
    """What a row means: one company (`by` says what tells), one of several candidates, or none that is known."""

    company: KnownCompany | None = None
    by: str | None = None
    """wikidata_id | cik | site | key | ticker | name | alias | list (the only one that is on the list already)"""
    candidates: tuple[KnownCompany, ...] = ()

    @property
    def is_open(self) -> bool:
        """Whether somebody has to say which of the candidates is meant."""
        return self.company is None and bool(self.candidates)


class Directory:
    """All companies that are known, by whatever tells them apart."""

    def __init__(self, companies: Iterable[KnownCompany] = ()) -> None:
        self._companies: list[KnownCompany] = []
        self._places: dict[int, int] = {}
        """Where a company stands, by its identity."""
        self._index: dict[tuple[str, str], list[int]] = {}
        for company in companies:
            self._put(len(self._companies), company)

    def __len__(self) -> int:
        return len(self._companies)

    def add(self, company: KnownCompany) -> None:
        """Take in what a list or a register knows; what has the same id or site already only learns from it."""
        match = self._by_id(company) or self._by_site(company)
        if match and match.company and not contradicts(match.company, company):
            self.learn(match.company, company)
        else:
            self.put(company)

    def put(self, company: KnownCompany) -> None:
        """Take in a company beside all others."""
        self._put(len(self._companies), company)

    def learn(self, known: KnownCompany, more: KnownCompany) -> None:
        """What is said of a company of this directory beside what it knows."""
        self._put(self._places[id(known)], known.with_more(more))

    def copy(self) -> Directory:
        """A directory that may learn without this one."""
        other = Directory()
        other._companies, other._places = [*self._companies], {**self._places}
        other._index = {entry: [*places] for entry, places in self._index.items()}
        return other

    def holds(self, company: KnownCompany) -> bool:
        """Whether it is one of this directory's own, not made out of two."""
        return id(company) in self._places

    def find(self, told: Told, *, on_list: frozenset[int] = frozenset()) -> Match:
        """The company that is meant. `on_list`: numbers of the organisations that stand on the list already.

        Ids decide before sites, sites before names; a candidate that has another id is none.
        """
        looks = (self._by_id, self._by_site, self._by_key, self._by_ticker, self._by_name, self._by_alias)
        match = next((found for look in looks if (found := look(told))), Match())
        if match.company and match.company.is_bare:
            match = self._more_than_a_name(match.company, told) or match
        if match.is_open:
            there = [each for each in match.candidates if each.organization_id in on_list]
            return Match(there[0], "list") if len(there) == 1 else match
        return match

    # --- one way of telling ------------------------------------------------------------------------------------

    def _by_id(self, told: Told) -> Match | None:
        """By ids, which may name two companies: then the row contradicts itself, and somebody has to say."""
        named = [(kind, self._at(kind, value)) for kind in ("wikidata_id", "cik") if (value := getattr(told, kind))]
        found = _unique(each for _, companies in named for each in companies if not contradicts(each, told))
        by = next((kind for kind, companies in named if companies), None)
        return _match(found, by)

    def _by_site(self, told: Told) -> Match | None:
        host = host_of(told.website)
        if host is None:
            return None
        exact = [each for each in self._at("host", host) if not contradicts(each, told)]
        if len(exact) > 1:
            exact = [each for each in exact if _same_name(each, told)] or exact
        if not exact:
            # another host of the same site: shop.acme.test is acme.test only where nothing else is said
            nearby = [each for each in self._at("site", site_of(told.website)) if not contradicts(each, told)]
            exact = [each for each in nearby if told.name is None or _same_name(each, told)]
        return _match(exact, "site")

    def _by_key(self, told: Told) -> Match | None:
        """By what it was known by first: a site that it has left since."""
        known = [] if told.key.startswith("name:") else self._at("key", told.key)
        return _match([each for each in known if not contradicts(each, told)], "key")

    def _by_ticker(self, told: Told) -> Match | None:
        """By the symbol of its shares, where the row gives nothing else; exchanges share symbols."""
        if told.ticker is None or told.name:
            return None
        return _match(_unique(each for each in self._at("ticker", told.ticker) if not differs(each, told)), "ticker")

    def _by_name(self, told: Told) -> Match | None:
        """Namesakes that differ in nothing; one that is only a name is taken for the one that is more."""
        names = name_keys(told.name or "")
        named = _unique(each for key in names for each in self._at("name", key) if not differs(each, told))
        near = [each for each in named if not _abroad(each, told)]
        if named and not near:  # headquarters and registration may lie in two countries, or it is another company
            return Match(candidates=tuple(named))
        return _match(_without_bare(near), "name")

    def _by_alias(self, told: Told) -> Match | None:
        names = name_keys(told.name or "")
        return _match(_unique(e for key in names for e in self._at("alias", key) if not differs(e, told)), "alias")

    def _more_than_a_name(self, bare: KnownCompany, told: Told) -> Match | None:
        """Who else is called so, according to a register, and is no other company of the store."""
        also = self._by_alias(told) or Match()
        rich = [each for each in (also.company, *also.candidates) if each and not each.organization_id]
        return _match(_without_bare([bare, *rich]), "alias") if rich else None

    # --- the index ---------------------------------------------------------------------------------------------

    def _at(self, kind: str, value: str) -> list[KnownCompany]:
        return [self._companies[place] for place in self._index.get((kind, value), ())]

    def _put(self, place: int, company: KnownCompany) -> None:
        if place == len(self._companies):
            self._companies.append(company)
        else:
            del self._places[id(self._companies[place])]
            self._companies[place] = company
        self._places[id(company)] = place
        for entry in _entries(company):
            places = self._index.setdefault(entry, [])
            if place not in places:
                places.append(place)


def contradicts(known: Told, told: Told) -> bool:
    """Two different ids are two organisations, whatever else they share."""
    pairs = ((known.wikidata_id, told.wikidata_id), (known.cik, told.cik))
    return any(ours and theirs and ours != theirs for ours, theirs in pairs)


def differs(known: KnownCompany, told: Told) -> bool:
    """Whether two namesakes are surely two: another id or another site."""
    ours, theirs = _site_names(known), _site_names(told)
    return contradicts(known, told) or bool(ours and theirs and ours.isdisjoint(theirs))


@lru_cache(maxsize=16384)
def name_keys(name: str) -> frozenset[str]:
    """The comparable forms of a company's name: without legal form, blanks, share class and ".com"."""
    stripped = _STATE.sub("", _SHARE_CLASS.sub("", name))
    keys = {organisation_key(form) for form in (name, stripped) if form.strip()}
    joined = {re.sub(r"\band\b", "&", key).rstrip(" &").replace(" ", "") for key in keys}
    bare = {key.removesuffix("com") for key in joined if re.search(r"[. ]com\b", name, re.IGNORECASE)}
    return frozenset(key for key in joined | bare if key)


def site_of(website: str | None) -> str:
    """The registrable domain of an address; the host with its port where it has none, or stands on another port."""
    host = host_of(website) or ""
    if ":" in host:
        return host
    return _registrable()(urlsplit(website or "").hostname or "") or host


# --- comparing ---------------------------------------------------------------------------------------------------


@cache
def _registrable() -> Callable[[str], str | None]:
    from crawler.fetch.pace import registrable_domain

    return registrable_domain


def _match(found: Sequence[KnownCompany], by: str | None) -> Match | None:
    if not found:
        return None
    return Match(found[0], by) if len(found) == 1 else Match(candidates=tuple(found))


def _abroad(known: Told, told: Told) -> bool:
    return bool(known.country and told.country and known.country != told.country)


def _without_bare(named: list[KnownCompany]) -> list[KnownCompany]:
    """A namesake of the store of which only the name is known learns from those of which more is known elsewhere."""
    bare = [each for each in named if each.is_bare]
    rich = [each for each in named if not each.is_bare]
    if len(bare) != 1 or not rich or any(each.organization_id for each in rich):
        return named
    return [replace(each, organization_id=bare[0].organization_id) for each in rich]


def _same_name(known: KnownCompany, told: Told) -> bool:
    ours = name_keys(known.name).union(*(name_keys(alias) for alias in known.aliases))
    return not ours.isdisjoint(name_keys(told.name or ""))


def _site_names(told: Told) -> set[str]:
    former = told.former_sites if isinstance(told, KnownCompany) else ()
    return {site for site in (site_of(told.website), *(site_of(f"https://{host}") for host in former)) if site}


def _entries(company: KnownCompany) -> Iterable[tuple[str, str]]:
    yield "key", company.key
    for kind in ("wikidata_id", "cik", "ticker"):
        if value := getattr(company, kind):
            yield kind, value
    if host := host_of(company.website):
        yield "host", host
        yield "site", site_of(company.website)
    for host in company.former_sites:
        yield "host", host
    for key in name_keys(company.name):
        yield "name", key
    for alias in company.aliases:
        for key in name_keys(alias):
            yield "alias", key


def _unique(companies: Iterable[KnownCompany]) -> list[KnownCompany]:
    found: list[KnownCompany] = []
    for company in companies:
        if company not in found:
            found.append(company)
    return found


def _union(ours: tuple[str, ...], theirs: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*ours, *theirs)))
