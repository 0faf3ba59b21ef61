"""companies build: lists made of invented answers of Wikidata and EDGAR, by the command as the user gives it."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import trustme
from sqlmodel import select

from crawler.fetch import Access, Answer, Door
from crawler.reading import ReadingRoom
from tests.crawler.fetch.doors import PUBLIC, FakeClock, FakeTime, got, internet_door, run, settings_of
from tests.servers import LoopbackServer, Request, Response, write_ca
from tests.terminal import call
from tests.watchlist.companies.registers import Filer, Item, edgar, query_service, registers, wikidata
from watchlist.companies import list_companies
from watchlist.companies.building import ListOrder
from watchlist.jobs.company_lists import build_from, keep_list
from watchlist.jobs.inquiry import Inquiry, RegisterError
from watchlist.jobs.workplace import Workplace
from watchlist.models import OrganizationFact
from watchlist.settings import load_settings
from watchlist.store import Store

USD, EUR, GBP = "USD", "EUR", "GBP"
ITEMS = [
    Item(
        "Q9001",
        "Northwind Systems",
        site="https://northwind.test",
        cik="1001",
        revenue=(("500", USD, "2023-12-31", "normal"), ("700", USD, "2024", "normal"), ("90", USD, "2001", "normal")),
        employees=(("1200", None, "2024", "normal"),),
    ),
    Item("Q9002", "Globex Software", revenue=(("900", USD, "2024-06-30", "normal"), ("100", USD, None, "preferred"))),
    Item("Q9003", "Initech", revenue=(("800", USD, "2024", "normal"),), employees=(("9", None, None, "normal"),)),
    Item("Q9004", "Hanse Rechenwerk", country="DE", revenue=(("990", EUR, "2024", "normal"),)),
    Item("Q9005", "Isar Daten", country="DE", revenue=(("400", EUR, "2023", "normal"),)),
    Item("Q9006", "Elbe Cloud", country="DE", revenue=(("300", EUR, "2024", "normal"), ("320", USD, "2024", "normal"))),
    Item("Q9007", "Alte Rechner AG", country="DE", revenue=(("5", EUR, "1990", "normal"),), dissolved="1999-01-01"),
    Item("Q9008", "Pound Computing", revenue=(("650", GBP, "2024", "normal"),)),
]
CONTRACTS = "RevenueFromContractWithCustomerExcludingAssessedTax"
FILERS = [
    Filer(1001, "NORTHWIND SYSTEMS INC", "7372", {2025: 700}),
    Filer(1002, "Globex Software Corp", "7372", {2025: 900, 2024: 850}, tag=CONTRACTS),
    Filer(1003, "Late Reporter Inc", "7374", {2024: 800}),
    Filer(1004, "Big Retail Co", "5331", {2025: 5000}),
    Filer(1005, "Unlisted Subsidiary LLC", "7372", {2025: 4000}, ticker=None),
    Filer(1006, "Dublin Chips plc", "3674", {2025: 600}, loc="IE-L2"),
]  # fmt: skip


def build(home: Path, *words: object) -> Any:
    """The command's JSON; fails where it did not end well."""
    done = call(home, "companies", "build", "--field", "it", *words, "--json")
    assert done.status == 0, done.err
    return done.json


def shown(built: Any) -> list[tuple[Any, ...]]:
    return [tuple(row[name] for name in ("rank", "name", "value", "unit", "as_of")) for row in built["companies"]]


def test_wikidata_gives_the_greatest_by_the_preferred_else_newest_value_with_date_and_source(
    tmp_path: Path, ca: trustme.CA
) -> None:
    home = tmp_path / "home"
    with registers(home, ca, ITEMS, []):
        built = build(home, "--country", "US", "--rank-by", "revenue", "--n", "3", "--from", "wikidata")
    assert shown(built) == [
        (1, "Initech", 800.0, USD, "2024"),
        (2, "Northwind Systems", 700.0, USD, "2024"),
        (3, "Globex Software", 100.0, USD, None),
    ]
    assert built["companies"][1]["source"] == "https://www.wikidata.org/wiki/Q9001"
    assert (built["key"], built["found"], built["n"], built["new"]) == ("it-us-revenue", 3, 3, 3)
    assert [row["unit"] for row in built["not_comparable"]] == []
    listed = call(home, "companies", "list", "it-us-revenue", "--json").json
    first = next(line for line in listed if line["name"] == "Northwind Systems")
    assert (first["measure"], first["value"], first["unit"], first["as_of"]) == ("revenue", 700.0, USD, "2024")
    assert (first["website"], first["wikidata_id"], first["cik"]) == ("https://northwind.test", "Q9001", "1001")
    assert (first["size"], first["country"]) == ("1001-5000", "US")
    assert first["facts"]["employees"] == {
        "value": 1200, "unit": None, "as_of": "2024", "source": "https://www.wikidata.org/wiki/Q9001"
    }  # fmt: skip


def test_currencies_are_never_mixed_and_the_others_are_named(tmp_path: Path, ca: trustme.CA) -> None:
    home = tmp_path / "home"
    order = ("--country", "DE", "--rank-by", "revenue", "--n", "5", "--from", "wikidata")
    with registers(home, ca, ITEMS, []):
        euros = build(home, *order, "--dry-run")
        dollars = build(home, *order, "--currency", "usd", "--dry-run")
    assert euros["unit"] == EUR
    assert [row[1] for row in shown(euros)] == ["Hanse Rechenwerk", "Isar Daten", "Elbe Cloud"]
    assert any("of 3 companies found in the register 3" in why for why in euros["why"])
    assert any("no longer exist: 1" in why for why in euros["why"])
    assert shown(dollars) == [(1, "Elbe Cloud", 320.0, USD, "2024")]


def test_building_twice_adds_nothing_and_a_dry_run_writes_nothing(tmp_path: Path, ca: trustme.CA) -> None:
    home = tmp_path / "home"
    order = ("--rank-by", "employees", "--from", "wikidata", "--n", "10")
    with registers(home, ca, ITEMS, []):
        assert build(home, *order, "--dry-run")["new"] == 2
        assert call(home, "companies", "list", "it-world-employees").status == 2
        assert build(home, *order)["new"] == 2
        again = build(home, *order)
    assert (again["new"], again["changed"], again["same"]) == (0, 0, 2)
    assert shown(again) == [(1, "Northwind Systems", 1200.0, None, "2024"), (2, "Initech", 9.0, None, None)]


def test_what_is_known_by_cik_or_site_is_asked_by_id_and_found_although_no_industry_names_it(
    tmp_path: Path, ca: trustme.CA
) -> None:
    home = tmp_path / "home"
    file = tmp_path / "mine.csv"
    file.write_text("name,website,cik\nNorthwind,https://www.northwind.test/en,\nOther,,1001\n")

    def nothing_ranked(request: Request) -> Response:
        if "GROUP" in request.path:
            return Response('{"results": {"bindings": []}}', headers={"content-type": "application/json"})
        return query_service(ITEMS)(request)

    with registers(home, ca, ITEMS, [], query_wikidata_org=nothing_ranked) as server:
        assert call(home, "companies", "import", file, "--field", "it").status == 0
        built = build(home, "--rank-by", "revenue", "--from", "wikidata")
        queries = [path for path in server.paths("query.wikidata.org") if "VALUES" in path]
    assert [row[1] for row in shown(built)] == ["Northwind Systems"]
    assert any("0000001001" in query for query in queries)


def test_a_query_service_that_fails_leaves_what_is_known_by_id_and_says_so(tmp_path: Path, ca: trustme.CA) -> None:
    home = tmp_path / "home"
    file = tmp_path / "mine.txt"
    file.write_text("Q9001\nQ9003\n")
    with registers(home, ca, ITEMS, [], query_wikidata_org=lambda _: Response("timeout", 400)):
        call(home, "companies", "import", file, "--field", "it")
        done = call(home, "companies", "build", "--field", "it", "--rank-by", "revenue", "--from", "wikidata", "--json")
    assert done.status == 3
    assert [row[1] for row in shown(done.json)] == ["Initech", "Northwind Systems"]
    assert any("did not answer everything" in why for why in done.json["why"])


def test_edgar_gives_listed_companies_of_the_field_from_the_greatest_on(tmp_path: Path, ca: trustme.CA) -> None:
    home = tmp_path / "home"
    with registers(home, ca, [], FILERS) as server:
        place = Path(home)
        built = _edgar(place, ListOrder(field="it", country="US", measure="revenue", n=5))
        first = len([path for path in server.paths("data.sec.gov") if "submissions" in path])
        _edgar(place, ListOrder(field="it", country="US", measure="revenue", n=5))
        again = len([path for path in server.paths("data.sec.gov") if "submissions" in path])
    assert [(row.name, row.value, row.as_of, row.cik) for row in built.rows] == [
        ("Globex Software Corp", 900.0, "2025-12-31", "1002"),
        ("Late Reporter Inc", 800.0, "2024-12-31", "1003"),
        ("NORTHWIND SYSTEMS INC", 700.0, "2025-12-31", "1001"),
    ]
    frames = "https://data.sec.gov/api/xbrl/frames/us-gaap"
    shown_in = (f"{CONTRACTS}/USD/CY2025", "Revenues/USD/CY2024", "Revenues/USD/CY2025")
    assert [row.source for row in built.rows] == [f"{frames}/{frame}.json" for frame in shown_in]
    assert any("of 3 companies found in the register 3" in why for why in built.why)
    assert (first, again) == (4, 4), "the industry of a filer is asked for once"


def test_edgar_ranks_by_public_float_and_refuses_what_it_does_not_know(tmp_path: Path, ca: trustme.CA) -> None:
    home = tmp_path / "home"
    filers = [
        Filer(1, "Small Float Inc", "7372", public_float=10),
        Filer(2, "Great Float Inc", "7372", public_float=20),
    ]
    with registers(home, ca, [], filers):
        built = _edgar(home, ListOrder(field="it", country=None, measure="market_cap", n=5))
        done = call(home, "companies", "build", "--field", "it", "--rank-by", "employees", "--from", "edgar")
    assert [(row.name, row.as_of) for row in built.rows] == [
        ("Great Float Inc", "2025-06-30"),
        ("Small Float Inc", "2025-06-30"),
    ]
    assert (done.status, "EDGAR has no employees as data" in done.err) == (2, True)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--field", "plumbing"), "fields are automotive, edtech"),
        (("--field", "it", "--country", "Atlantis"), "'Atlantis' is no country"),
        (("--field", "it", "--n", "0"), "--n"),
    ],
)
def test_wrong_orders_are_refused_in_words(tmp_path: Path, words: tuple[str, ...], says: str) -> None:
    (tmp_path / "config.toml").write_text('contact = "me@example.test"\n')
    done = call(tmp_path, "companies", "build", *words, "--rank-by", "revenue", "--from", "wikidata")
    assert (done.status, says in done.err) == (2, True), done.err


def test_a_list_is_kept_on_both_databases(store: Store, tmp_path: Path, ca: trustme.CA) -> None:
    home = tmp_path / "registers"
    with registers(home, ca, ITEMS, []):
        order = ListOrder(field="it", country="US", measure="revenue", n=3)
        settings = load_settings(home, {})

        async def work() -> None:
            with ReadingRoom() as room:
                async with Door(settings) as door:
                    place = Workplace(settings=settings, store=store, door=door, room=room, clock=_now)
                    built = await build_from("wikidata", Inquiry(place), order)
                    await keep_list(place, built, "mine", dry_run=False)
                    await keep_list(place, built, "mine", dry_run=False)

        asyncio.run(work())
    with store.session() as session:
        lines = list_companies(session, "mine")
        facts = session.exec(select(OrganizationFact).where(OrganizationFact.kind == "revenue")).all()
    assert [(line.rank, line.name, line.unit) for line in lines] == [
        (1, "Initech", USD), (2, "Northwind Systems", USD), (3, "Globex Software", USD)
    ]  # fmt: skip
    assert len(facts) == 3


# --- limits ------------------------------------------------------------------------------------------------------


def test_edgar_is_asked_once_in_two_seconds_whichever_of_its_hosts(tmp_path: Path, ca: trustme.CA) -> None:
    time = FakeTime()
    with LoopbackServer(dict.fromkeys(("data.sec.gov", "www.sec.gov"), edgar(FILERS)), ca=ca) as server:
        settings = settings_of(tmp_path, ca_file=str(write_ca(ca, tmp_path)))
        door, _ = internet_door(settings, server, {"data.sec.gov": [[PUBLIC]], "www.sec.gov": [[PUBLIC]]})
        door._pace = time.pace()
        urls = [
            "https://www.sec.gov/files/company_tickers.json",
            "https://data.sec.gov/submissions/CIK0000001001.json",
            "https://www.sec.gov/files/company_tickers.json",
            "https://data.sec.gov/api/xbrl/frames/us-gaap/Revenues/USD/CY2025.json",
        ]

        async def all_at_once() -> list[int]:
            asked = (got(door, url, Access.DOCUMENTED_API) for url in urls)
            return [answer.status for answer in await asyncio.gather(*asked)]

        assert run(lambda _: all_at_once(), door) == [200] * 4
    assert time.slept == [2.0] * 3


@pytest.mark.parametrize(("wait", "patient"), [("30", True), ("7200", False)])
def test_an_api_that_asks_for_a_pause_gets_it_and_a_long_one_ends_the_work(
    tmp_path: Path, ca: trustme.CA, wait: str, patient: bool
) -> None:
    clock, slept, turns = FakeClock(), list[float](), [Response("", 429, {"retry-after": wait})]
    good = wikidata(ITEMS)

    def moody(request: Request) -> Response:
        return turns.pop() if turns else good(request)

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        clock.advance(seconds=seconds)

    async def ask(place: Workplace) -> bytes:
        url = "https://www.wikidata.org/w/api.php?action=wbgetentities&ids=Q9001"
        return (await Inquiry(place, sleep=sleep).ask(url)).body

    home = tmp_path / "home"
    with registers(home, ca, ITEMS, [], www_wikidata_org=moody):
        if patient:
            assert "Q9001" in json.loads(_at_work(home, ask, clock))["entities"]
            assert 30 <= sum(slept) <= 100
        else:
            with pytest.raises(RegisterError) as caught:
                _at_work(home, ask, clock)
            assert (caught.value.reason, slept) == ("backoff", [])


def test_a_register_that_asks_for_one_pause_after_the_other_is_given_up_in_words(
    tmp_path: Path, ca: trustme.CA
) -> None:
    clock = FakeClock()

    async def no_sleep(seconds: float) -> None:
        """The pause is not over when it is asked again."""

    async def ask(place: Workplace) -> Answer:
        return await Inquiry(place, sleep=no_sleep).ask("https://www.wikidata.org/w/api.php?ids=Q9001")

    home = tmp_path / "home"
    with (
        registers(home, ca, ITEMS, [], www_wikidata_org=lambda _: Response("", 429, {"retry-after": "30"})),
        pytest.raises(RegisterError) as caught,
    ):
        _at_work(home, ask, clock)
    assert caught.value.reason in {"backoff", "http_429"}
    assert "Q9001" in caught.value.message or "api.php" in caught.value.message


def test_a_lagging_wikidata_is_asked_again_while_a_list_is_built(tmp_path: Path, ca: trustme.CA) -> None:
    lag = Response('{"error": {"code": "maxlag", "info": "6 seconds lagged"}}', headers={"retry-after": "1"})
    turns, good, slept = [lag], wikidata(ITEMS), list[float]()

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    def moody(request: Request) -> Response:
        return turns.pop() if turns and "wbgetentities" in request.path else good(request)

    home = tmp_path / "home"
    order = ListOrder(field="it", country="US", measure="revenue", n=3)
    with registers(home, ca, ITEMS, [], www_wikidata_org=moody):
        built = _at_work(home, lambda place: build_from("wikidata", Inquiry(place, sleep), order))
    assert ([row.rank for row in built.rows], slept) == ([1, 2, 3], [1.0])


def test_a_filer_whose_answer_cannot_be_read_is_named_and_the_others_are_found(tmp_path: Path, ca: trustme.CA) -> None:
    home, good = tmp_path / "home", edgar(FILERS)

    def torn(request: Request) -> Response:
        return Response("<html>", 200) if "CIK0000001003" in request.path else good(request)

    with registers(home, ca, [], FILERS, data_sec_gov=torn):
        (home / "edgar_industries.json").write_text('{"1001": {"unknown": 1}}')
        built = _edgar(home, ListOrder(field="it", country="US", measure="revenue", n=5))
    assert [row.cik for row in built.rows] == ["1002", "1001"]
    assert built.is_whole is False
    assert any("Late Reporter Inc" in why for why in built.why)


# --- helping -----------------------------------------------------------------------------------------------------


def _now() -> datetime:
    return datetime(2026, 11, 1, tzinfo=UTC)


def _at_work(home: Path, work: Any, clock: Any = _now) -> Any:
    settings = load_settings(home, {})

    async def run_it() -> Any:
        with Store.open(settings) as store, ReadingRoom() as room:
            async with Door(settings, clock=clock) as door:
                return await work(Workplace(settings=settings, store=store, door=door, room=room, clock=clock))

    return asyncio.run(run_it())


def _edgar(home: Path, order: ListOrder) -> Any:
    return _at_work(home, lambda place: build_from("edgar", Inquiry(place), order))
