"""Whatever stands in the configuration: one clear InputError, or a door that keeps its floors and ceilings."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as profile
from hypothesis import strategies as st

from crawler.fetch import access
from crawler.fetch.access import AccessRules, DocumentedApi
from crawler.fetch.door import Door
from crawler.fetch.robots import RobotsText
from crawler.fetch.urls import Target, judge_url
from tests.crawler.fetch.doors import FakeNames, outcome, run, settings_of
from tests.servers import LoopbackServer, Response, site
from watchlist.errors import InputError
from watchlist.settings import DATABASE_VARIABLE, NetworkSettings, Settings, config_dir, load_settings

ODD: list[Any] = [
    0, -1, 1, 2, 3, 1e-9, -0.0, 1.9999999, 2.0, 60, 60.0001, 61, 1e9, 1e308, -1e308, 10**30, -(10**30), 10**400,
    math.nan, math.inf, -math.inf, True, False, "", "5", "nan", "1e-9", [], [5], {}, {"x": 5}, 256, 257, 10, 11,
]  # fmt: skip
values = st.one_of(st.sampled_from(ODD), st.floats(), st.integers(), st.text(max_size=8), st.booleans())
VARIABLE = "environment variable MENTORWATCH_DATABASE_URL"
HINT = "(in a password write %40 for @, %3A for :, %2F for /)"
REFUSED_DATABASE = {
    f"{VARIABLE}: neither sqlite:///FILE nor postgresql+psycopg://HOST/NAME (before HOST: USER, PASSWORD) {HINT}",
    f"{VARIABLE}: a password belongs before the host, not among the parameters {HINT}",
}
T = TypeVar("T")
NUMBERS = ["gap_seconds", "deadline_seconds", "concurrency", "max_body_mib"]
targets = st.one_of(
    st.sampled_from(
        ["127.0.0.1:1", "[::1]:443", "127.9.9.9:65535", "93.184.216.34:80", "0.0.0.0:80", "127.0.0.1", "127.0.0.1:0",
         "[::ffff:127.0.0.1]:80", "localhost:80", "127.0.0.1:99999", "", "2130706433:80", "127.1:80",
         "127.0.0.1:\u0661"]
    ),
    st.text(max_size=12),
)  # fmt: skip
hosts = st.dictionaries(st.sampled_from(["x.test", "EXAMPLE.com", "example.com", "*", "", "a b"]), targets, max_size=3)
quick = profile(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)


def toml(value: Any) -> str:
    """A value as TOML writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return {math.inf: "inf", -math.inf: "-inf"}.get(value, "nan" if math.isnan(value) else repr(value))
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)} = {toml(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value) if isinstance(value, str) else str(value)


def target(url: str) -> Target:
    """An address that the guard lets pass, taken apart."""
    found = judge_url(url).target
    assert found is not None
    return found


PUBLIC = target("https://example.com/")


def door_of(settings: Settings, rules: AccessRules | None = None) -> Door:
    """A door that looks nothing up."""
    return Door(settings, resolver=FakeNames({}), rules=rules)


def assert_bounded(settings: Settings) -> None:
    """The limits of design section 6, as the door has them."""
    door = door_of(settings)
    gap = door._gap(PUBLIC)
    assert math.isfinite(gap)
    assert gap >= 2
    network = settings.network
    assert 1 <= network.deadline_seconds <= 60
    assert 1 <= network.max_body_mib <= 10
    assert 1 <= network.concurrency <= 256
    assert all(door._gap(Target(f"http://{name}/", "http", name, 80, "/", "")) == 0 for name in network.hosts)
    assert all(address.startswith(("127.", "[::1]")) for address in network.hosts.values())


def tried(work: Callable[[], T], *refusals: type[Exception]) -> tuple[T | None, str]:
    """What came of it, or the words of its refusal; any other error is one."""
    try:
        return work(), ""
    except refusals as error:
        return None, str(error)


def load(home: Path, text: str | bytes) -> Settings | None:
    """The settings of a config.toml; None where it is refused, which is one clear line."""
    (home / "config.toml").write_bytes(text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass"))
    settings, refusal = tried(lambda: load_settings(home, {}), InputError)
    assert settings or (str(home / "config.toml") in refusal and len(refusal) < 600)
    return settings


# --- config.toml ---------------------------------------------------------------------------------------------------


@quick
@given(network=st.dictionaries(st.sampled_from(NUMBERS), values, min_size=1), mapped=st.none() | hosts)
def test_no_network_section_lowers_a_floor(
    network: dict[str, Any], mapped: dict[str, str] | None, tmp_path: Path
) -> None:
    lines = [f"{name} = {toml(value)}" for name, value in network.items()]
    lines += [f"hosts = {toml(mapped)}"] if mapped is not None else []
    if settings := load(tmp_path, "\n".join(["[network]", *lines])):
        assert_bounded(settings)


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("value", ODD, ids=repr)
def test_odd_numbers_one_by_one(name: str, value: Any, tmp_path: Path) -> None:
    settings = load(tmp_path, f"[network]\n{name} = {toml(value)}\n")
    if settings:
        assert_bounded(settings)
        assert getattr(settings.network, name) == value
    else:
        low, high = {"gap_seconds": (2, 3600), "deadline_seconds": (1, 60)}.get(
            name, (1, 256 if name[0] == "c" else 10)
        )
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        assert not (is_number and low <= value <= high and (isinstance(value, int) or name.endswith("seconds")))


@quick
@given(text=st.text(max_size=60) | st.binary(max_size=60))
def test_any_file_loads_or_is_refused_in_one_line(text: str | bytes, tmp_path: Path) -> None:
    if settings := load(tmp_path, text):
        assert_bounded(settings)


@quick
@given(
    section=st.sampled_from(
        ["network", "feeds", "crawl", "digest", "companies", "database", "contact", "about_url", "x"]
    ),
    value=values | st.dictionaries(st.text(max_size=4), values, max_size=2),
)
def test_any_value_for_a_whole_section(section: str, value: Any, tmp_path: Path) -> None:
    if settings := load(tmp_path, f"{section} = {toml(value)}\n"):
        assert_bounded(settings)
        assert settings.user_agent.isprintable()


@given(url=st.text(max_size=40) | st.from_regex(r"(postgresql|sqlite)(\+psycopg)?://[^\s]{0,30}", fullmatch=True))
def test_any_database_of_the_environment(url: str) -> None:
    settings, refusal = tried(lambda: load_settings(Path("no-home"), {DATABASE_VARIABLE: url}), InputError)
    assert settings or refusal in REFUSED_DATABASE


# --- settings that were built around the checks --------------------------------------------------------------------


@given(value=st.floats() | st.integers() | st.sampled_from([each for each in ODD if isinstance(each, int | float)]))
@profile(max_examples=200)
def test_the_floor_is_in_the_door_itself(value: float) -> None:
    default = load_settings(Path("no-home"), {})
    copied = default.network.model_copy(update={"gap_seconds": value})
    built = NetworkSettings.model_construct(**{**default.network.model_dump(), "gap_seconds": value})
    for network in (copied, built):
        assert door_of(default.model_copy(update={"network": network}))._gap(PUBLIC) >= 2


@pytest.mark.parametrize("value", [0, -1, 0.0, math.nan, math.inf, 1e9, 10**6])
def test_ceilings_are_in_the_door_itself(value: float) -> None:
    default = load_settings(Path("no-home"), {})
    whole = value if isinstance(value, int) else 10**6
    wide = {"deadline_seconds": value, "concurrency": whole, "max_body_mib": whole}
    door = door_of(default.model_copy(update={"network": default.network.model_copy(update=wide)}))
    assert 0 < door._carrier._deadline <= 60
    assert 1 <= door._carrier.slots._brisk._value <= 256
    assert door._carrier.budget.large._most <= 10 << 20


def test_a_body_above_10_mib_is_refused_whatever_the_settings_say(tmp_path: Path) -> None:
    pages: dict[str, str | bytes | Response] = {"/": b"a" * (11 << 20), "/robots.txt": ""}
    with LoopbackServer({"big.test": site(pages)}) as server:
        door = Door(settings_of(tmp_path, hosts=server.hosts(), max_body_mib=1000))
        assert run(lambda opened: outcome(opened, "http://big.test/"), door) == "too_large"


@given(name=st.sampled_from(["example.com", "x.test", "linkedin.com"]), address=targets)
def test_only_names_mapped_to_loopback_go_faster(name: str, address: str) -> None:
    """A name that is mapped to anything else is not connected to, so its missing gap brings nobody a request."""
    default = load_settings(Path("no-home"), {})
    network = default.network.model_copy(update={"hosts": {name: address}})
    door = door_of(default.model_copy(update={"network": network, "contact": "me@x.test"}))

    async def connected_to(opened: Door) -> list[tuple[str, int]]:
        return await opened._transports._backend.addresses(name, 80)

    found, refusal = tried(lambda: run(connected_to, door), ValueError)
    assert found is not None or "loopback" in refusal
    assert all(each.startswith("127.") or each == "::1" for each, _ in found or [])
    assert door._gap(PUBLIC) >= (0 if name == "example.com" else 2)


# --- documented APIs and robots.txt --------------------------------------------------------------------------------


def api_with(gap: Any) -> DocumentedApi:
    return DocumentedApi("any", "https://x.test/", "https://example.com", ("/",), gap, "")


@given(gap=st.floats() | st.integers())
def test_the_gap_of_a_documented_api_has_the_same_floor(gap: float) -> None:
    settings = load_settings(Path("no-home"), {})
    rules = AccessRules(frozenset(), frozenset(), frozenset(), (api_with(gap),))
    door = door_of(settings, rules)
    found = rules.api("https://example.com", "/")
    assert found is not None
    assert door._gap(PUBLIC, found.gap_seconds) >= 2


@pytest.mark.parametrize("gap", [*ODD, None], ids=repr)
def test_access_toml_with_any_gap_is_refused_or_bounded(
    gap: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shipped = (config_dir() / "access.toml").read_text("utf-8")
    line = "" if gap is None else f"gap_seconds = {toml(gap)}"
    (tmp_path / "access.toml").write_text(shipped.replace("gap_seconds = 2.0", line), "utf-8")
    monkeypatch.setattr(access, "config_dir", lambda: tmp_path)
    rules, refusal = tried(access.access_rules.__wrapped__, InputError)
    assert rules or "access.toml" in refusal
    door = door_of(load_settings(tmp_path, {}), rules)
    assert all(door._gap(PUBLIC, api.gap_seconds) >= 2 for api in (rules.apis if rules else ()))


@given(
    delay=st.floats().map(str) | st.integers().map(str) | st.text(max_size=8) | st.sampled_from(["nan", "-1", "1e999"]),
    rate=st.sampled_from(["", "1/5", "0/0", "-1/5", "nan/nan", "1/999999999", "999999999/1", "1/5 0000-2400"]),
)
def test_a_crawl_delay_never_shortens_the_gap_nor_stops_the_crawl(delay: str, rate: str) -> None:
    rules = RobotsText(f"User-agent: *\nCrawl-delay: {delay}\nRequest-rate: {rate}\nDisallow: /no\n")
    assert 0 <= rules.delay <= 60
    door = door_of(load_settings(Path("no-home"), {}))
    assert 2 <= max(door._gap(PUBLIC), rules.delay) <= 60
