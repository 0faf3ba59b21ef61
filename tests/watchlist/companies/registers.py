"""Wikidata and EDGAR on loopback: invented companies in the documented shapes of their answers."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import trustme

from tests.servers import LoopbackServer, Request, Response, write_ca

UNITS = {"USD": "Q4917", "EUR": "Q4916", "GBP": "Q25224"}
COUNTRIES = {"US": "Q30", "DE": "Q183", "FR": "Q142"}


@dataclass(frozen=True)
class Item:
    """An invented company on Wikidata: values are (amount, currency or None, date or None, rank)."""

    id: str
    label: str
    country: str | None = "US"
    site: str | None = None
    cik: str | None = None
    aliases: tuple[str, ...] = ()
    revenue: tuple[tuple[str, str | None, str | None, str], ...] = ()
    employees: tuple[tuple[str, str | None, str | None, str], ...] = ()
    dissolved: str | None = None
    kind: str = "Q4830453"

    def json(self) -> dict[str, Any]:
        """As wbgetentities has it."""
        claims = {"P31": [_statement("P31", _entity(self.kind))], "P452": [_statement("P452", _entity("Q880371"))]}
        if self.country:
            claims["P17"] = [_statement("P17", _entity(COUNTRIES[self.country]))]
        if self.site:
            claims["P856"] = [_statement("P856", {"value": self.site, "type": "string"})]
        if self.cik:
            claims["P5531"] = [_statement("P5531", {"value": self.cik.zfill(10), "type": "string"})]
        if self.dissolved:
            claims["P576"] = [_statement("P576", _time(self.dissolved))]
        for name, values in (("P2139", self.revenue), ("P1128", self.employees)):
            if values:
                claims[name] = [_quantity(name, *value) for value in values]
        aliases = {"en": [{"language": "en", "value": alias} for alias in self.aliases]} if self.aliases else {}
        return {
            "type": "item",
            "id": self.id,
            "labels": {"en": {"language": "en", "value": self.label}},
            "aliases": aliases,
            "claims": claims,
        }


@dataclass(frozen=True)
class Filer:
    """An invented company that reports to the SEC."""

    cik: int
    name: str
    sic: str
    revenue: Mapping[int, int] = field(default_factory=dict)
    """By calendar year."""
    tag: str = "Revenues"
    loc: str = "US-CA"
    ticker: str | None = "TCK"
    public_float: int | None = None
    """In the second quarter of 2025."""


def wikidata(items: list[Item]) -> Callable[[Request], Response]:
    """The action API: wbgetentities and wbsearchentities."""
    by_id = {item.id: item for item in items}

    def answer(request: Request) -> Response:
        asked = {name: values[0] for name, values in parse_qs(urlsplit(request.path).query).items()}
        if asked.get("action") == "wbgetentities":
            ids = asked["ids"].split("|")
            assert len(ids) <= 50
            found = {each: by_id[each].json() if each in by_id else {"id": each, "missing": ""} for each in ids}
            return _json({"entities": found, "success": 1})
        words = asked["search"].casefold()
        hits = [item for item in items if any(words in name.casefold() for name in (item.label, *item.aliases))]
        return _json(
            {"searchinfo": {"search": words}, "search": [{"id": item.id, "label": item.label} for item in hits]}
        )

    return answer


def query_service(items: list[Item]) -> Callable[[Request], Response]:
    """The query service, as far as the three kinds of query go."""

    def answer(request: Request) -> Response:
        query = parse_qs(urlsplit(request.path).query)["query"][0]
        if "wdt:P5531" in query:
            values = set(re.findall(r'"(\d+)"', query))
            found = [item for item in items if item.cik and item.cik.zfill(10) in values]
        elif "wdt:P856" in query:
            values = set(re.findall(r"<([^>]+)>", query))
            found = [item for item in items if item.site in values]
        else:
            found = [item for item in items if _is_ranked(item, query)]
        bindings = [{"item": {"type": "uri", "value": f"http://www.wikidata.org/entity/{item.id}"}} for item in found]
        return _json({"head": {"vars": ["item"]}, "results": {"bindings": bindings}})

    return answer


def _is_ranked(item: Item, query: str) -> bool:
    values = item.revenue if "P2139" in query else item.employees
    unit = re.search(r"quantityUnit wd:(Q\d+)", query)
    country = re.search(r'wdt:P297 "(\w\w)"', query)
    in_unit = unit is None or any(UNITS.get(value[1] or "") == unit[1] for value in values)
    return bool(values) and in_unit and (country is None or item.country == country[1])


def edgar(filers: list[Filer]) -> Callable[[Request], Response]:
    """data.sec.gov and www.sec.gov."""

    def answer(request: Request) -> Response:
        path = urlsplit(request.path).path
        if path == "/files/company_tickers.json":
            listed = [filer for filer in filers if filer.ticker]
            return _json(
                {
                    str(n): {"cik_str": each.cik, "ticker": each.ticker, "title": each.name}
                    for n, each in enumerate(listed)
                }
            )
        if match := re.fullmatch(r"/submissions/CIK(\d{10})\.json", path):
            filer = next((each for each in filers if each.cik == int(match[1])), None)
            return _json(_submissions(filer)) if filer else Response("", 404)
        points = _points(filers, path)
        return (
            _json({"taxonomy": "us-gaap", "uom": "USD", "pts": len(points), "data": points})
            if points
            else Response("", 404)
        )

    return answer


def _points(filers: list[Filer], path: str) -> list[dict[str, Any]]:
    if match := re.fullmatch(r"/api/xbrl/frames/us-gaap/(\w+)/USD/CY(\d{4})\.json", path):
        tag, year = match[1], int(match[2])
        return [
            _point(each, each.revenue[year], f"{year}-12-31")
            for each in filers
            if each.tag == tag and year in each.revenue
        ]
    if path == "/api/xbrl/frames/dei/EntityPublicFloat/USD/CY2025Q2I.json":
        return [_point(each, each.public_float, "2025-06-30") for each in filers if each.public_float]
    return []


def _point(filer: Filer, value: int, end: str) -> dict[str, Any]:
    return {
        "accn": "0000000000-26-000001",
        "cik": filer.cik,
        "entityName": filer.name,
        "loc": filer.loc,
        "end": end,
        "val": value,
    }


def _submissions(filer: Filer) -> dict[str, Any]:
    address = {"stateOrCountry": filer.loc.removeprefix("US-")}
    return {
        "cik": str(filer.cik),
        "name": filer.name,
        "sic": filer.sic,
        "website": "",
        "addresses": {"business": address},
        "filings": {"recent": {}, "files": []},
    }


@contextmanager
def registers(
    home: Path, ca: trustme.CA, items: list[Item], filers: list[Filer], **more: Callable[[Request], Response]
) -> Iterator[LoopbackServer]:
    """Both registers and further sites (name with _ for dots), for a home whose config.toml maps them to loopback."""
    handlers = {
        "www.wikidata.org": wikidata(items),
        "query.wikidata.org": query_service(items),
        "data.sec.gov": edgar(filers),
        "www.sec.gov": edgar(filers),
        **{name.replace("_", "."): handler for name, handler in more.items()},
    }
    with LoopbackServer(handlers, ca=ca) as server:
        home.mkdir(exist_ok=True)
        hosts = "\n".join(f'"{name}" = "{target}"' for name, target in server.hosts().items())
        (home / "config.toml").write_text(
            f'contact = "me@example.test"\n[network]\nca_file = "{write_ca(ca, home)}"\n[network.hosts]\n{hosts}\n'
        )
        yield server


def _json(data: object) -> Response:
    return Response(json.dumps(data), headers={"content-type": "application/json"})


def _entity(item: str) -> dict[str, Any]:
    value = {"entity-type": "item", "numeric-id": int(item[1:]), "id": item}
    return {"value": value, "type": "wikibase-entityid"}


def _time(day: str) -> dict[str, Any]:
    parts = [*day.split("-"), "00", "00"][:3]
    precision = 9 + day.count("-")
    return {"value": {"time": f"+{'-'.join(parts)}T00:00:00Z", "precision": precision}, "type": "time"}


def _statement(name: str, value: dict[str, Any], rank: str = "normal", **qualifiers: dict[str, Any]) -> dict[str, Any]:
    snak = {"snaktype": "value", "property": name, "datavalue": value}
    held = {key: [{"snaktype": "value", "property": key, "datavalue": inner}] for key, inner in qualifiers.items()}
    return {"mainsnak": snak, "type": "statement", "rank": rank, "qualifiers": held}


def _quantity(name: str, amount: str, unit: str | None, day: str | None, rank: str) -> dict[str, Any]:
    item = f"http://www.wikidata.org/entity/{UNITS[unit]}" if unit else "1"
    value = {"value": {"amount": f"+{amount}", "unit": item}, "type": "quantity"}
    return _statement(name, value, rank, **({"P585": _time(day)} if day else {}))
