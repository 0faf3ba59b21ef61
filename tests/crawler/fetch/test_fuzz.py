"""Whatever strangers send: quick searches here; `make bench` mutates for five minutes. And the fuzzer finds things."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crawler.fetch.answers import FetchError
from crawler.fetch.decoding import BodyError
from tests.bench import fuzz, fuzz_seeds, fuzz_targets
from tests.bench.fuzz_targets import Rogue, Target

RANDOM = st.randoms(use_true_random=False)
NUMBERS = st.integers(-(10**20), 10**20).map(str) | st.sampled_from(["nan", "1e999", "0x1", "\u0661", "1 2", "", "-0"])
DATES = st.datetimes().map(lambda moment: moment.strftime("%a, %d %b %Y %H:%M:%S GMT")) | st.sampled_from(
    [
        "Wed, 31 Feb 2026 25:61:61 GMT",
        "Mon, 01 Jan 0001 00:00:00 +2359",
        "Fri, 31 Dec 9999 23:59:59 -2359",
        "now",
        "Jan",
    ]
)
NAMES = st.sampled_from(
    ["retry-after", "cache-control", "expires", "date", "ratelimit", "x-ratelimit-remaining", "x-ratelimit-reset",
     "ratelimit-reset", "x-robots-tag", "tdm-reservation", "tdm-policy", "content-usage", "content-signal", "link"]
)  # fmt: skip
VALUES = st.one_of(
    NUMBERS,
    DATES,
    st.text(max_size=30),
    NUMBERS.map(lambda number: f"max-age={number}"),
    NUMBERS.map(lambda number: f'"default";r=0;t={number}'),
    st.just("0"),
    DATES.map(lambda date: f"unavailable_after: {date}, noai"),
)
BLOCKS = st.lists(st.tuples(NAMES, VALUES), max_size=5).map(
    lambda fields: "\n".join(f"{name}: {value}" for name, value in fields).encode("latin-1", "replace")
)
LINES = st.lists(
    st.sampled_from(
        ["User-agent: *", "user agent mentorwatch", "User-agent:", "Disallow: /", "Disallow: /*.atom$", "Allow: /x*y$",
         "Crawl-delay: ", "Request-rate: 1/", "Visit-time: 0100-", "Sitemap: x", "Content-Usage: /a ai=n", "", "#",
         "\ufeff",
         "Content-signal: search=no", "Disallow: %zz\u00e9%ff", "Disallow: " + "a*" * 60]
    )
    | NUMBERS
    | st.text(max_size=12),
    max_size=14,
)  # fmt: skip
ROBOTS = st.builds(
    lambda lines, end, encoding: end.join(lines).encode(encoding, "replace"),
    LINES,
    st.sampled_from(["\n", "\r\n", "\r", "\u2028", ""]),
    st.sampled_from(["utf-8", "utf-16", "utf-32", "latin-1"]),
)
ADDRESSES = st.lists(
    st.sampled_from(
        ["http:", "https:", "feed:", "//", "/", "\\", "a.test", "127.0.0.1", "0x7f.1", "[::1]", "[", "]", "@", ":",
         ":80", ":8443", "?", "#", "%00", "%2f", "..", "linkedin.com", "xn--", "\u00e9", "\u3002",
         "\u2024", "\t", "\n", "\x00", " "]
    )
    | st.text(max_size=4),
    max_size=12,
).map(lambda parts: "".join(parts).encode("utf-8", "replace"))  # fmt: skip
HEADS = st.lists(
    st.sampled_from(
        [b"HTTP/1.1 200 OK", b"HTTP/1.1 302 Found", b"HTTP/1.0 404 No", b"HTTP/1.1 999 X", b"HTTP/1.1 103 Early",
         b"HTTP/2 200",
         b"Content-Length: 5", b"content-length: 5, 5", b"Content-Length: -1", b"Transfer-Encoding: chunked",
         b"Location: /b",
         b"Location: http://[", b"Content-Encoding: gzip", b"content-encoding: br", b" folded", b"X: \xff", b"",
         b"", b"5\r\nabcde",
         b"0\r\n", b"\x1f\x8b", b"Connection: close", b"x-ratelimit-remaining: 0", b"x-ratelimit-reset: 999999999999"]
    )
    | st.binary(max_size=12),
    max_size=12,
).map(b"\r\n".join)  # fmt: skip


@given(BLOCKS, RANDOM)
@example(b"x-ratelimit-remaining: 0\nx-ratelimit-reset: 999999999999", Random(1))
@example(b"x-ratelimit-remaining: 0\nx-ratelimit-reset: 0001-01-01T00:00:00+23:59", Random(1))
@example(b"retry-after: 999999999999\nexpires: Fri, 31 Dec 9999 23:59:59 -2359", Random(1))
def test_header_fields(block: bytes, random: Random) -> None:
    fuzz_targets.try_headers(block, random)


@given(ROBOTS, RANDOM)
def test_robots_files(body: bytes, random: Random) -> None:
    fuzz_targets.try_robots(body, random)


@settings(max_examples=300)
@given(ADDRESSES, RANDOM)
@example(b"https://a.test/" + b'"' * 8000, Random(1))
def test_addresses(address: bytes, random: Random) -> None:
    fuzz_targets.try_address(address, random)


@given(st.binary(max_size=200) | st.text(max_size=60).map(str.encode), RANDOM)
def test_files_of_wishes(body: bytes, random: Random) -> None:
    fuzz_targets.try_site_file(body, random)


@pytest.fixture(scope="module")
def packed() -> list[bytes]:
    return fuzz_seeds.packed_bodies()


@given(seed=st.integers(0, 2**32), random=RANDOM)
def test_packed_bodies(packed: list[bytes], seed: int, random: Random) -> None:
    with suppress(BodyError):
        fuzz_targets.try_body(fuzz.mutate(Random(seed), packed), random)


FEEDS_FOUND = [
    b"<rss><channel><title>a &#18446744073709551616; <b></title>",
    b"<rss><channel><title>&#xffffffffff; & </title></channel>",
    b"<feed><entry><id>1</id><title>a</title><updated>99999999-99-99T99:99:99Z</updated>",
    b"<rss a&b='&#-1;'>",
]
PAGES_FOUND = [
    b'<a {b="1" href="/speakers">Speakers</a>',
    b'<a {}="1" href="/speakers">Our team</a>',
    b'<a {}x="1" href="/team">Team</a>',
    b'<p itemscope {b="1" itemprop="employee"><b itemprop="name" {}="1">Ada Appleseed</b>',
    b'<link {}="" rel=alternate href=x><meta {}="" name="robots" content="noindex"><h1>Team</h1>',
]


@pytest.mark.parametrize("markup", FEEDS_FOUND)
def test_feeds_that_the_mutator_found(markup: bytes) -> None:
    fuzz_targets.try_feed(markup, Random(1))


@pytest.mark.parametrize("markup", PAGES_FOUND)
def test_pages_that_the_mutator_found(markup: bytes) -> None:
    for seed in range(8):
        fuzz_targets.try_page(b"<html><body>" + markup, Random(seed))


@pytest.fixture(scope="module")
def rogue() -> Iterator[Rogue]:
    server = Rogue()
    with server.running():
        yield server


@settings(max_examples=150)
@given(raw=HEADS, random=RANDOM)
@example(
    raw=b"HTTP/1.1 200 OK\r\nx-ratelimit-remaining: 0\r\nx-ratelimit-reset: 999999999999\r\n\r\n", random=Random(1)
)
@example(raw=b"HTTP/1.1 429 X\r\nretry-after: 999999999999\r\ncontent-length: 0\r\n\r\n", random=Random(1))
def test_answers(rogue: Rogue, raw: bytes, random: Random) -> None:
    with suppress(FetchError):
        rogue.attempt(raw, random)


# --- the fuzzer itself -----------------------------------------------------------------------------------------------


def seeds() -> list[bytes]:
    return [b"a harmless document", b"another"]


def test_a_planted_fault_is_found_and_kept(tmp_path: Path) -> None:
    def attempt(data: bytes, random: Random) -> None:
        if b"\x00" in data:
            raise KeyError("planted")

    tally = _fuzz(attempt, tmp_path)
    (file,) = tally.findings.values()
    assert b"\x00" in file.read_bytes()
    assert "KeyError: 'planted'" in file.with_suffix(".txt").read_text()
    assert tally.inputs > 100


def test_an_expected_refusal_is_no_finding(tmp_path: Path) -> None:
    def attempt(data: bytes, random: Random) -> None:
        raise BodyError("too_large")

    tally = _fuzz(attempt, tmp_path, BodyError)
    assert tally.findings == {}
    assert tally.refused == tally.inputs > 0


def test_what_takes_long_twice_is_a_finding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuzz, "LONGEST_SECONDS", 0.02)
    slow_once = iter([0.05])

    def once(data: bytes, random: Random) -> None:
        time.sleep(next(slow_once, 0))

    def always(data: bytes, random: Random) -> None:
        time.sleep(0.05)

    assert _fuzz(once, tmp_path).findings == {}
    assert len(_fuzz(always, tmp_path).findings) == 1


def test_a_reader_that_never_ends_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fuzz, "STUCK_SECONDS", 0.05)

    def stuck(data: bytes, random: Random) -> None:
        while True:
            pass

    (trouble,) = _fuzz(stuck, tmp_path).findings
    assert trouble.endswith("StuckError: still busy after 0 s")


def test_the_same_seed_gives_the_same_inputs() -> None:
    one, two = (
        [fuzz.mutate(random, fuzz_seeds.robots_files()) for _ in range(200)] for random in (Random(3), Random(3))
    )
    assert one == two
    assert len(set(one)) > 150
    assert max(map(len, one)) <= fuzz.LARGEST


def test_a_run_ends_with_a_status(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken(data: bytes, random: Random) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(fuzz, "targets", lambda: [Target("fine", seeds, lambda data, random: None)])
    fuzz.run(0.05)
    monkeypatch.setattr(fuzz, "targets", lambda: [Target("broken", seeds, broken)])
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    with pytest.raises(SystemExit) as ended:
        fuzz.run(0.05)
    assert ended.value.code == 1
    assert f"finding: {tmp_path / 'mentorwatch-fuzz' / 'broken-0.bin'}" in capsys.readouterr().out


def _fuzz(attempt: fuzz_targets.Attempt, folder: Path, *expected: type[Exception]) -> fuzz.Tally:
    return fuzz.fuzz(Target("planted", seeds, attempt, expected), 0.3, Random(1), folder)
