"""Five minutes of mutated input for everything that reads what strangers send: no exception, nothing over two seconds.

`python -m tests.bench.fuzz [SECONDS [SEED]]`. A finding is written to a file of its own, whose path is printed; the
exit status is then 1.
"""

from __future__ import annotations

import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from types import FrameType

from tests.bench.fuzz_targets import Target, targets

SECONDS = 300.0
LONGEST_SECONDS = 2.0
"""For one input; what takes longer is a finding if it does so again."""
STUCK_SECONDS = 30.0
LARGEST = 128 * 1024
"""Bytes of a mutated input."""
FAMILIAR = [
    b"\x00", b"\xff", b"\xfe\xff", b"\xef\xbb\xbf", b"\r\n", b"\n", b" ", b"\t", b"%", b"%00", b"%2f", b"../", b"//",
    b"\\", b"@", b":", b"#", b"?", b"[", b"]", b"<", b">", b"&", b";", b"=", b'"', b"'", b"*", b"$", b"-1", b"0", b"1",
    b"255", b"65536", b"999999999999", b"18446744073709551616", b"1e999", b"nan", b"inf", b"\xf0\x9f\x8d\x8e",
    b"\xed\xa0\x80",
    "\u202e\u0130\ufb03\u2028".encode(), b"http://", b"//a.test", b"<![CDATA[", b"]]>", b"<!--", b"&#x110000;",
    b"&#0;", b"<?xml version='1.0'?>", b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"HTTP/1.1 200 OK\r\n",
    b"content-length: ", b"0\r\n\r\n",
]  # fmt: skip


def mutate(random: Random, seeds: Sequence[bytes]) -> bytes:
    """A seed after one to eight changes: bytes flipped, cut, doubled, moved, put in, or taken from another seed."""
    data = bytearray(random.choice(seeds))
    for _ in range(random.choice((1, 1, 2, 3, 5, 8))):
        _change(random, data, seeds)
    return bytes(data[:LARGEST])


def _change(random: Random, data: bytearray, seeds: Sequence[bytes]) -> None:
    at = random.randrange(len(data) + 1)
    end = min(len(data), at + int(random.paretovariate(0.6)))
    match random.randrange(7):
        case 0 if data:
            data[at % len(data)] ^= 1 << random.randrange(8)
        case 1:
            del data[at:end]
        case 2:
            data[at:at] = bytes(data[at:end]) * random.choice((1, 2, 10, 300))
        case 3 | 4:
            data[at : end if random.random() < 0.5 else at] = random.choice(FAMILIAR) * random.choice((1, 1, 1, 2, 50))
        case 5:
            other = random.choice(seeds)
            start = random.randrange(len(other) + 1)
            data[at:end] = other[start : start + int(random.paretovariate(0.4))]
        case _:
            piece, there = bytes(data[at:end]), random.randrange(len(data) + 1)
            del data[at:end]
            data[there:there] = piece


@dataclass
class Tally:
    """How it went with one target."""

    inputs: int = 0
    refused: int = 0
    """Inputs answered with an expected error."""
    slowest: float = 0.0
    findings: dict[str, Path] = field(default_factory=dict)
    """By what went wrong: the first input that showed it."""


class StuckError(Exception):
    """An input kept its reader busy for STUCK_SECONDS."""


def run(seconds: float = SECONDS, seed: int = 1) -> None:
    """Share the time among the targets. Raises SystemExit(1) where there was a finding."""
    folder = Path(tempfile.gettempdir()) / "mentorwatch-fuzz"
    print(f"{'reader':<22}{'inputs':>9}{'refused':>9}{'slowest':>9}  (seed {seed}, {seconds:.0f} s)")
    findings: list[Path] = []
    every = targets()
    for target in every:
        tally = fuzz(target, seconds / len(every), Random(f"{seed} {target.name}"), folder)
        findings += tally.findings.values()
        print(f"{target.name:<22}{tally.inputs:>9,}{tally.refused:>9,}{tally.slowest:>7.2f} s", flush=True)
    for file in findings:
        print(f"finding: {file}")
    if findings:
        raise SystemExit(1)


def fuzz(target: Target, seconds: float, random: Random, folder: Path) -> Tally:
    """Mutate and try until the time is over; the same trouble is a finding once."""
    tally, seeds = Tally(), target.seeds()
    end = time.monotonic() + seconds
    with _alarm(), target.around():
        while time.monotonic() < end:
            data = random.choice(seeds) if tally.inputs < len(seeds) else mutate(random, seeds)
            _try(target, data, random, tally, folder)
    return tally


def _try(target: Target, data: bytes, random: Random, tally: Tally, folder: Path) -> None:
    state = random.getstate()
    trouble, seconds = _attempt(target, data, random, tally)
    if trouble is None and seconds > LONGEST_SECONDS:  # twice: the machine may have been busy
        random.setstate(state)
        trouble, again = _attempt(target, data, random, tally)
        seconds = min(seconds, again)
        trouble = trouble or (f"took more than {LONGEST_SECONDS} s" if seconds > LONGEST_SECONDS else None)
    tally.inputs += 1
    tally.slowest = max(tally.slowest, seconds)
    if trouble and (kind := trouble.strip().splitlines()[-1][:60]) not in tally.findings:
        tally.findings[kind] = _written(target, data, trouble, len(tally.findings), folder)


def _attempt(target: Target, data: bytes, random: Random, tally: Tally) -> tuple[str | None, float]:
    """What went wrong, if anything, and how long it took."""
    start = time.perf_counter()
    signal.setitimer(signal.ITIMER_REAL, STUCK_SECONDS)
    trouble = None
    try:
        target.attempt(data, random)
    except target.expected:
        tally.refused += 1
    except Exception:  # noqa: BLE001  # any other exception is what is looked for
        trouble = traceback.format_exc()
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
    return trouble, time.perf_counter() - start


@contextmanager
def _alarm() -> Iterator[None]:
    def ring(number: int, frame: FrameType | None) -> None:
        raise StuckError(f"still busy after {STUCK_SECONDS:.0f} s")

    before = signal.signal(signal.SIGALRM, ring)
    try:
        yield
    finally:
        signal.signal(signal.SIGALRM, before)


def _written(target: Target, data: bytes, trouble: str, number: int, folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{target.name.replace(' ', '-').replace(',', '')}-{number}.bin"
    file.write_bytes(data)
    file.with_suffix(".txt").write_text(trouble, "utf-8")
    print(f"{target.name}: {trouble.strip().splitlines()[-1][:160]}", flush=True)
    return file


def main(seconds: str = str(SECONDS), seed: str = "1") -> None:
    """Seconds and seed as the command line gives them."""
    run(float(seconds), int(seed))


if __name__ == "__main__":
    main(*sys.argv[1:3])
