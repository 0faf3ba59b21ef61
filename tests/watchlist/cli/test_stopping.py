"""stop, resume, sources and --verbose as a user meets them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import pytest

from crawler.fetch.decisions import Decision
from tests.databases import settings_for
from tests.terminal import call, environment
from tests.watchlist.world import World
from watchlist.cli.verbose import decision_line
from watchlist.demo.reply import Reply
from watchlist.demo.server import LoopbackWeb
from watchlist.follow import ensure_user, follow_people
from watchlist.store import Store
from watchlist.times import utc_now

NOW = datetime(2026, 3, 2, 8, 0, 1, tzinfo=UTC)
SECRET = "Zx81kQpL0vWmT4sNb7Yd"
FEED = b"<rss version='2.0'><channel><title>T</title><item><guid>1</guid><title>One</title></item></channel></rss>"


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    """A home that follows somebody with two feeds on a little web; one of them is forbidden by robots.txt."""

    def answer(host: str, path: str, _headers: Mapping[str, str]) -> Reply:
        if path == "/robots.txt" and host == "forbidding.test":
            return Reply(200, {"Content-Type": "text/plain"}, b"User-agent: mentorwatch\nDisallow: /\n")
        found = path.startswith("/feed")
        kind = "application/rss+xml" if found else "text/html"
        return Reply(200 if found else 404, {"Content-Type": kind}, FEED if found else b"")

    home = tmp_path / "home"
    with LoopbackWeb(["zoe.test", "forbidding.test"], answer) as web:
        with Store.open(settings_for(home)) as store, store.session() as session:
            world = World(session)
            zoe = world.person("Zoe Quillfeather")
            world.feed(f"https://zoe.test/feed?access_token={SECRET}", person_id=zoe)
            world.feed("https://forbidding.test/feed", person_id=zoe)
            follow_people(session, ensure_user(session), [zoe], now=utc_now())
        web.ca_file(home / "ca.pem")
        hosts = "\n".join(f'"{name}" = "{target}"' for name, target in web.hosts.items())
        (home / "config.toml").write_text(
            f'contact = "me@example.test"\n[network]\nca_file = "{home / "ca.pem"}"\n[network.hosts]\n{hosts}\n'
        )
        yield home


def test_without_an_option_both_say_what_is_stopped_and_how_to_use_them(home: Path) -> None:
    for command in ("stop", "resume"):
        done = call(home, command)
        assert (done.status, done.out) == (0, "nothing is stopped\n")
        assert done.err == "mentorwatch stop --all | --host HOST | --person PERSON; mentorwatch resume takes the same\n"


def test_stopping_and_resuming(home: Path) -> None:
    done = call(home, "stop", "--host", "HTTPS://Blog.Zoe.TEST/feed", "--host", "globex.test", "--person", "1")
    assert done.status == 0
    assert re.sub(r"since \S+ \S+Z", "since then", done.out).splitlines() == [
        "stopped now:",
        "  blog.zoe.test and its sub hosts         since then",
        "  globex.test and its sub hosts           since then",
        "  the sources of Zoe Quillfeather (id 1)  since then",
    ]
    assert done.err == "no source is known on globex.test\n"
    again = call(home, "stop", "--person", "Zoe Quillfeather")
    assert (again.status, again.out, again.err) == (0, done.out, "nothing changed: it was so already\n")
    left = call(home, "resume", "--host", "globex.test", "--person", "1", "--json").json
    assert left["changed"] == 2
    assert [line["host"] for line in left["stops"]] == ["blog.zoe.test"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--host", "localhost"), "'localhost' names no host that could be fetched"),
        (("--host", "linkedin.com"), "never fetched anyway"),
        (("--person", "Nobody"), "nothing is held about 'Nobody'"),
    ],
)
def test_what_cannot_be_stopped_is_said_in_one_line(home: Path, words: tuple[str, ...], says: str) -> None:
    done = call(home, "stop", "--all", *words)
    assert (done.status, says in done.err, done.err.count("\n")) == (2, True, 1)
    assert call(home, "stop", "--json").json["stops"] == [], "a command that is wrong changes nothing"


def test_while_everything_is_stopped_fetching_commands_say_how_to_go_on(home: Path) -> None:
    call(home, "stop", "--all")
    for words in (("refresh",), ("crawl", "speakers"), ("crawl", "leaders", "--list", "it")):
        done = call(home, *words)
        assert (done.status, done.out) == (2, "")
        assert re.fullmatch(r"mentorwatch: fetching is stopped since \S+ \S+Z \(mentorwatch resume --all\)\n", done.err)
    assert "everything is stopped" in call(home, "doctor").out
    call(home, "resume", "--all")
    assert call(home, "refresh", "--json").json["new_entries"] == 1


def test_verbose_shows_every_decision_and_why_without_secrets(home: Path) -> None:
    done = call(home, "refresh", "--verbose")
    lines = [re.sub(r"^\d\d:\d\d:\d\dZ ", "", line) for line in done.err.splitlines()]
    seconds = r"in \d\.\d\d s"
    for pattern in (
        rf"https://zoe\.test/robots\.txt: fetched, 404, 0 B {seconds}",
        rf"https://zoe\.test/feed\?access_token=\*\*\*: fetched, 200, \d+ B {seconds}",
        r"https://forbidding\.test/feed: not fetched, robots\.txt forbids it.*",
    ):
        assert [line for line in lines if re.fullmatch(pattern, line)], pattern
    assert SECRET not in done.err + done.out
    assert "fetched" not in call(home, "refresh", "--all").err.replace("robots.txt", "")


def test_sources_says_what_was_counted_over_runs(home: Path) -> None:
    call(home, "refresh")
    call(home, "refresh", "--all")
    data = call(home, "sources", "--json").json
    assert [(source["address"], source["reason"]) for source in data["sources"]] == [
        ("https://forbidding.test/feed", "robots")
    ]
    assert {host["host"]: host["refused"] for host in data["hosts"]} == {"forbidding.test": 2}
    page = call(home, "sources").out
    assert "2 sources in use: 1 ok, 1 blocked" in page
    assert "robots.txt forbids it (robots)" in page


@pytest.mark.parametrize(
    ("values", "line"),
    [
        ({"reason": "ok", "status": 200, "bytes": 12_340, "seconds": 0.416}, "fetched, 200, 12.3 kB in 0.42 s"),
        ({"reason": "ok", "status": 304, "seconds": 1.0}, "fetched, 304, 0 B in 1.00 s"),
        ({"reason": "ok", "status": 200, "bytes": 2_000_000, "seconds": 1.0}, "fetched, 200, 2.0 MB in 1.00 s"),
        ({"reason": "robots"}, "not fetched, robots.txt forbids it"),
        (
            {"reason": "tls", "detail": "two\nlines"},
            "not fetched, the certificate or the encryption is not right (two lines)",
        ),
        ({"reason": "no_such_code"}, "not fetched, no_such_code"),
    ],
)
def test_a_decision_is_one_line(values: dict[str, object], line: str) -> None:
    decision = Decision(at=NOW, kind="page", host="acme.test", url="https://acme.test/", **values)  # type: ignore[arg-type]
    assert decision_line(decision) == f"08:00:01Z https://acme.test/: {line}"


BAR = """
import time
from watchlist.cli.output import progress, say
with progress("crawling") as show:
    for number in range(30):
        show(number, 30, f"site-{number}.test")
        say(f"08:00:01Z https://site-{number}.test/" + "x" * 90 + ": fetched, 200")
        time.sleep(0.02)
"""


def test_a_progress_bar_is_not_torn_by_what_is_said(tmp_path: Path) -> None:
    pty = pytest.importorskip("pty", reason="no terminals on this platform")
    leader, follower = pty.openpty()
    names = environment(tmp_path) | {"TERM": "xterm", "COLUMNS": "80"}
    with subprocess.Popen([sys.executable, "-c", BAR], env=names, stderr=follower, stdout=follower) as process:
        os.close(follower)
        shown = b""
        while True:
            try:
                part = os.read(leader, 65536)
            except OSError:  # the other end of a terminal is gone
                break
            if not part:
                break
            shown += part
    assert process.returncode == 0
    os.close(leader)
    lines = [re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", line).rstrip("\r") for line in shown.decode().split("\n")]
    said = [line.rpartition("\r")[2] for line in lines if "fetched, 200" in line]  # what was not overwritten
    assert said == [f"08:00:01Z https://site-{number}.test/{'x' * 90}: fetched, 200" for number in range(30)]
    assert b"crawling" in shown
