"""The kill switch, measured at the server: after `stop` nothing arrives, over restarts too, until `resume`."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest

from tests.databases import settings_for
from tests.terminal import PROGRAM, environment, run
from tests.watchlist.world import World
from watchlist.demo.reply import Reply
from watchlist.demo.server import LoopbackWeb
from watchlist.follow import ensure_user, follow_people
from watchlist.models import Feed, Job
from watchlist.store import Store
from watchlist.times import utc_now

pytestmark = pytest.mark.real

PROMISED = 5.0
"""Seconds within which the last request leaves (design: P13)."""
SLOW = 0.7
"""Seconds for one answer: long enough that a crawl is never over before it is stopped."""
NAMES = ("Alderly", "Brimworth", "Corvatech", "Dunmarrow", "Elkhaven", "Fennimore", "Gorsebank", "Hollinside")
COMPANIES = [f"{name.lower()}.test" for name in NAMES]
FEED_HOSTS = ("zoe.test", "omar.test")
FEEDS = 20
"""Of each person."""
HTML = {"Content-Type": "text/html"}
FEED = b"<rss version='2.0'><channel><title>T</title><item><guid>1</guid><title>One</title></item></channel></rss>"


@dataclass
class SlowWeb:
    """Companies whose pages lead from one to the next, and feeds; every request is noted with its time of arrival."""

    log: list[tuple[float, str]] = field(default_factory=list)

    def answer(self, host: str, path: str, _headers: Mapping[str, str]) -> Reply:
        self.log.append((time.monotonic(), host))
        time.sleep(SLOW)
        if host in FEED_HOSTS and path.startswith("/feed"):
            return Reply(200, {"Content-Type": "application/rss+xml"}, FEED)
        if host in FEED_HOSTS or "." in path:  # robots.txt and the like
            return Reply(404, HTML)
        return Reply(200, HTML, _page(host, path).encode())

    def hosts_since(self, moment: float) -> list[str]:
        return [host for arrived, host in list(self.log) if arrived > moment]


def _page(host: str, path: str) -> str:
    """Every page shows three people and links to the next, some of them on a sub host."""
    name = host.removeprefix("people.").removesuffix(".test").title()
    number = int(path.rpartition("-")[2]) + 1 if "-" in path else 1
    on = f"https://people.{name.lower()}.test" if number % 2 and not host.startswith("people.") else ""
    cards = "".join(
        f"<div><h3>{first} {name}sson</h3><p>Chief {role} Officer</p></div>"
        for first, role in (("Ada", "People"), ("Bo", "Financial"), ("Cyrus", "Technology"))
    )
    return (
        f"<html><head><title>{name}</title></head><body><h1>The {name} leadership team</h1>{cards}"
        f"<a href='{on}/leadership-{number}'>Leadership team {number}</a>"
        f"<a href='/management-{number}'>Management board {number}</a></body></html>"
    )


@pytest.fixture
def web(tmp_path: Path) -> Iterator[SlowWeb]:
    """A home on a slow web: a list of companies, and two people with many feeds each."""
    slow, home = SlowWeb(), tmp_path / "home"
    home.mkdir()
    hosts = [*COMPANIES, *(f"people.{host}" for host in COMPANIES), *FEED_HOSTS]
    with LoopbackWeb(hosts, slow.answer) as served:
        served.ca_file(home / "ca.pem")
        mapped = "\n".join(f'"{name}" = "{target}"' for name, target in served.hosts.items())
        (home / "config.toml").write_text(
            f'contact = "me@example.test"\n[network]\nca_file = "{home / "ca.pem"}"\n[network.hosts]\n{mapped}\n'
        )
        yield slow


def with_companies(home: Path) -> None:
    rows = [f"{rank},{name},https://{name.lower()}.test/,,,,,own,2026" for rank, name in enumerate(NAMES, 1)]
    file = home.parent / "slow.csv"
    file.write_text("rank,name,website,wikidata_id,cik,country,leadership_url,source,as_of\n" + "\n".join(rows))
    assert run(home, "companies", "import", file, "--key", "slow", "--field", "it").status == 0
    goal = ("--from", "HR manager", "--to", "HR director", "--list", "slow", "--follow", "none")
    assert run(home, "goal", "set", *goal).status == 0


def with_feeds(home: Path) -> None:
    with Store.open(settings_for(home)) as store, store.session() as session:
        world = World(session)
        for name, host in zip(("Zoe Quillfeather", "Omar Haddad"), FEED_HOSTS, strict=True):
            person = world.person(name)
            for number in range(FEEDS):
                world.feed(f"https://{host}/feed-{number}", person_id=person)
            follow_people(session, ensure_user(session), [person], now=utc_now())
        session.add(Job(name="refresh", key="all", next_at=utc_now() - timedelta(hours=1)))


@contextmanager
def scheduler(home: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A scheduler that has begun; killed at the end, as by a power cut."""
    said = home.parent / "scheduler.log"
    with (
        said.open("wb") as log,
        subprocess.Popen([PROGRAM, "schedule"], env=environment(home), stderr=log) as process,
    ):
        try:
            wait_until(lambda: b"the scheduler runs" in said.read_bytes())
            yield process
        finally:
            process.send_signal(signal.SIGKILL)


def wait_until(what: Callable[[], bool], seconds: float = 60) -> None:
    """Until something is so; fails when it never is."""
    for _ in range(int(seconds * 10)):
        if what():
            return
        time.sleep(0.1)
    raise AssertionError("it never happened")


def stop(home: Path, *words: str) -> float:
    """The moment at which the command had returned."""
    done = run(home, "stop", *words)
    assert (done.status, "stopped now" in done.out) == (0, True), done.err
    return time.monotonic()


def promise_is_over(moment: float) -> None:
    time.sleep(max(0.0, moment + PROMISED - time.monotonic()) + 4 * SLOW)


def test_nothing_arrives_after_stop_all_and_what_was_cut_off_goes_on(web: SlowWeb, tmp_path: Path) -> None:
    home = tmp_path / "home"
    with_companies(home)
    with scheduler(home) as process:
        wait_until(lambda: len(web.log) > 2 * len(COMPANIES))
        moment = stop(home, "--all")
        promise_is_over(moment)
        assert process.poll() is None, "the scheduler goes on"
        assert web.hosts_since(moment + PROMISED) == []
        refused = run(home, "stop")  # the home is not locked
        assert "everything" in refused.out
    before = len(web.log)
    with scheduler(home):
        promise_is_over(time.monotonic())
        assert len(web.log) == before, "a restart is no way around it"
        assert run(home, "resume", "--all").status == 0
        wait_until(lambda: finished(home) == len(COMPANIES))
    lines = run(home, "ledger", "--json").json["lines"]
    assert {line["visit_reason"] for line in lines} == {None}
    assert len(web.log) <= 2 * len(COMPANIES) * 20, "no site was walked more than twice"


def finished(home: Path) -> int:
    return sum(line["visited_at"] is not None for line in run(home, "ledger", "--json").json["lines"])


def test_a_host_and_its_sub_hosts_are_left_alone_and_others_go_on(web: SlowWeb, tmp_path: Path) -> None:
    home, halted = tmp_path / "home", COMPANIES[0]
    with_companies(home)

    def theirs(since: float) -> list[str]:
        return [host for host in web.hosts_since(since) if host.endswith(halted)]

    with scheduler(home):
        wait_until(lambda: f"people.{halted}" in web.hosts_since(0))
        moment = stop(home, "--host", f"https://{halted.upper()}/leadership")
        wait_until(lambda: finished(home) == len(COMPANIES))
        promise_is_over(moment)
        assert theirs(moment + PROMISED) == []
    lines = run(home, "ledger", "--json").json["lines"]
    reasons = {line["company"]: line["visit_reason"] for line in lines}
    assert reasons == dict.fromkeys(NAMES) | {NAMES[0]: "halted"}, "the others went on to their end"

    before = len(theirs(0))
    done = run(home, "crawl", "leaders", "--json")
    assert (done.status, done.json["failed"]) == (3, {NAMES[0]: "halted"})
    assert len(theirs(0)) == before, "a restart is no way around it"
    assert run(home, "resume", "--host", halted).status == 0
    assert run(home, "crawl", "leaders", "--json").json["failed"] == {}
    assert len(theirs(0)) > before


def test_a_persons_sources_are_left_alone_and_others_go_on(web: SlowWeb, tmp_path: Path) -> None:
    home = tmp_path / "home"
    with_feeds(home)
    zoe, omar = FEED_HOSTS
    with scheduler(home):
        wait_until(lambda: zoe in web.hosts_since(0))
        moment = stop(home, "--person", "Zoe Quillfeather")
        wait_until(lambda: web.hosts_since(0).count(omar) > FEEDS)
        promise_is_over(moment)
        assert zoe not in web.hosts_since(moment + PROMISED)
    before = web.hosts_since(0).count(zoe)
    assert before < FEEDS, "it was stopped in time"
    done = run(home, "refresh", "--all", "--json")
    assert (done.status, done.json["feeds"], done.json["halted"], done.json["failed"]) == (0, 2 * FEEDS, FEEDS, {})
    assert web.hosts_since(0).count(zoe) == before
    assert run(home, "resume", "--person", "Zoe Quillfeather").status == 0
    assert run(home, "refresh", "--json").json["feeds"] >= FEEDS - before, "they stayed due"
    with Store.open(settings_for(home)) as store, store.session() as session:
        assert all(session.get_one(Feed, number + 1).fetched_at for number in range(2 * FEEDS))
