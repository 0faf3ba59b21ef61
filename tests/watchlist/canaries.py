"""Canaries: made-up secrets, a little web that answers with them, and a day of the program with all of them planted."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

from tests.terminal import environment
from watchlist.demo.reply import Reply
from watchlist.demo.server import LoopbackWeb

ROOT = Path(__file__).parents[2]
Until = Callable[[], bool]
SECRET_PART = re.compile(r"[A-Z]+-[\w-]+-not-real")
OWN = {
    "smtp_password": "KANARI-smtp-a1-not-real",
    "mastodon_token": "KANARI-masto-b2-not-real",
    "instagram_token": "KANARI-ig-c3-not-real",
    "facebook_token": "KANARI-fb-d4-not-real",
    "github_token": "KANARI-gh-e5-not-real",
    "basic_auth_in_feed_url": "https://user:KANARI-basic-f6-not-real@ok.test/feed",
    "feed_token_in_query": "https://ok.test/rss?key=KANARI-query-g7-not-real",
    "proxy_password": "http://user:KANARI-proxy-h8-not-real@127.0.0.1:9",
    "postgres_password": "postgresql://u:KANARI-pg-i9-not-real@127.0.0.1:9/x",
    "set_cookie_from_site": "sid=KANARI-cookie-j1-not-real",
    "response_body_token": '{"access_token":"KANARI-body-k2-not-real"}',
    "redirect_location_token": "Location: https://ok.test/#access_token=KANARI-frag-l3-not-real",
    "exception_args": 'ValueError("KANARI-exc-m4-not-real")',
}
NO_PATH_YET = {
    "user_password": "there is no login form before the web app",
    "csrf_token": "there is no form before the web app",
    "oauth_code": "nothing redirects back to us before the web app",
}
"""Canaries of the corpus for which the product has no way in yet, and what has to come first."""
PLANTED_BUT_UNREAD = {
    "smtp_password": "mail is sent by a later issue",
    "instagram_token": "its API adapter comes with a later issue",
    "facebook_token": "its API adapter comes with a later issue",
}
"""Canaries that stand where `via` says, though nothing in the product asks for them yet."""
ENVIRONMENT = {
    "smtp_password": "MENTORWATCH_SMTP_PASSWORD",
    "facebook_token": "MENTORWATCH_FACEBOOK_TOKEN",
    "github_token": "MENTORWATCH_GITHUB_TOKEN",
    "proxy_password": "HTTP_PROXY",
}
SHOWS_ALL = "people show 1"
"""Prints what is stored about a person at the wish of the user, also a feed's whole address."""
KEYRING = {"mastodon_token": "mastodon", "instagram_token": "instagram"}
HOSTS = ["acme.test", "ada-quist.test", "ok.test", "talks.test", "api.github.com", "mastodon.test", "slow.test"]


def secret_of(value: str) -> str:
    """The part of a canary that must not be found: all of it, or what is secret in an address."""
    found = SECRET_PART.search(value)
    return found[0] if found else value


def spellings(value: str) -> set[bytes]:
    """A secret as it might lie somewhere: plain, percent-encoded, in UTF-16, as the value of a Basic header."""
    secret = secret_of(value)
    plain = {secret, quote(secret, safe=""), base64.b64encode(f"user:{secret}".encode()).decode()}
    return {text.encode() for text in plain} | {secret.encode("utf-16-le")}


def answers(
    canaries: Mapping[str, str], asked: list[tuple[str, str, dict[str, str]]], slow: threading.Event
) -> LoopbackWeb:
    """A web that plants on every page what a site can plant, and notes what it was asked."""
    feed = canaries["feed_token_in_query"]
    location = canaries["redirect_location_token"].removeprefix("Location: ")
    card = '<div><h3>{}</h3><p>{}</p><a href="https://{}.test/">Blog</a></div>'
    team = "".join(
        card.format(name, title, name.lower().replace(" ", "-"))
        for name, title in (("Ada Quist", "Chief People Officer"), ("Bo Ferrari", "Chief Financial Officer"))
    )
    script = f"<script>window.session = {canaries['response_body_token']}</script>"
    pages = {
        "acme.test/": f"<title>Acme</title><a href='/team'>Leadership</a> <a href='/old-team'>Our people</a>{script}",
        "acme.test/team": f"<title>Acme leadership</title><h1>Acme leadership</h1>{team}{script}",
        "ada-quist.test/": (
            f"<title>Ada Quist</title><h1>Ada Quist</h1>{script}<link rel=alternate type='application/rss+xml' "
            f"href='{feed}'><link rel=alternate type='application/rss+xml' href='{canaries['basic_auth_in_feed_url']}'>"
            "<link rel=alternate type='application/rss+xml' href='/rss'>"
        ),
        "talks.test/": f"<title>Talks</title><h1>Speakers</h1>{team}{script}",
    }

    def answer(host: str, path: str, headers: Mapping[str, str]) -> Reply:
        asked.append((host, path, dict(headers)))
        sent = {
            "Content-Type": "text/html",
            "Set-Cookie": canaries["set_cookie_from_site"],
            "Link": f"<{location}>; rel=x",
        }
        if host == "slow.test" and path != "/robots.txt":
            slow.set()
            time.sleep(20)
        if path == "/robots.txt":
            return Reply(404, sent)
        if path == "/old-team":
            return Reply(302, sent | {"Location": location})
        if path.startswith(("/rss", "/feed")):
            good = host == "ada-quist.test"  # the others answer with what is no feed
            return Reply(200, sent | {"Content-Type": "application/rss+xml"}, RSS if good else script.encode())
        if host in {"api.github.com", "mastodon.test"}:
            echo = json.dumps({"you sent": headers.get("authorization")}).encode()
            return Reply(302 if path == "/away" else 403, sent | {"Location": f"{location}&back=1"}, echo)
        page = pages.get(host + path)
        return Reply(200 if page else 404, sent, (page or canaries["response_body_token"]).encode())

    return LoopbackWeb(HOSTS, answer)


RSS = b"""<?xml version="1.0"?><rss version="2.0"><channel><title>Ada Quist</title><link>https://ada-quist.test/</link>
<item><guid>1</guid><title>On hiring</title><link>https://ada-quist.test/1</link>
<pubDate>Sat, 21 Nov 2026 07:00:00 GMT</pubDate></item></channel></rss>"""


@dataclass
class Evidence:
    """What was left behind: the home, what each command said, the command lines of all processes."""

    folder: Path
    canaries: dict[str, str]
    said: dict[str, bytes] = field(default_factory=dict)
    statuses: list[str] = field(default_factory=list)
    """`2: companies import typed.csv`"""
    ended: list[int] = field(default_factory=list)
    """How each process ended; -9 for a killed one."""
    command_lines: set[bytes] = field(default_factory=set)
    after_kill: dict[str, bytes] = field(default_factory=dict)
    """The database with its WAL as the killed process left them."""
    asked: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)

    @property
    def home(self) -> Path:
        return self.folder / "home"

    def files(self, *, database: bool) -> dict[str, bytes]:
        """The files of the home with their bytes: those of the database (with WAL and free pages), or the others."""
        files = sorted(path for path in self.home.rglob("*") if path.is_file())
        chosen = [path for path in files if path.name.startswith("mentorwatch.db") == database]
        return {path.relative_to(self.home).as_posix(): path.read_bytes() for path in chosen}

    def environment(self, **more: str) -> dict[str, str]:
        planted = {ENVIRONMENT[name]: value for name, value in self.canaries.items() if name in ENVIRONMENT}
        if "HTTP_PROXY" in planted:
            planted |= dict.fromkeys(("http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY"), planted["HTTP_PROXY"])
        keyring = {
            "PYTHON_KEYRING_BACKEND": "tests.watchlist.keyrings.FileKeyring",
            "TEST_KEYRING": str(self.folder / "keyring.json"),
        }
        return environment(self.home) | planted | keyring | {"PYTHONPATH": str(ROOT)} | more

    def run(self, *commands: str, until: Until | None = None, kill: int = signal.SIGKILL, **more: str) -> None:
        """Commands at DEBUG in one process, which is sent `kill` as soon as `until` holds."""
        program = [sys.executable, "-m", "tests.watchlist.debugged", *commands]
        with subprocess.Popen(
            program, cwd=self.folder, env=self.environment(**more), start_new_session=True, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        ) as process:  # fmt: skip
            watcher = threading.Thread(target=self._watch, args=(process, until, kill), daemon=True)
            watcher.start()
            said, _ = process.communicate(timeout=240)
            watcher.join()
        self.said[f"{len(self.said):02} {commands[0]} ..."] = said
        self.ended.append(process.returncode)
        if process.returncode == -signal.SIGKILL:
            self.after_kill |= self.files(database=True)
        self.statuses += re.findall(r"^status (\d+: .*)$", said.decode("utf-8", "replace"), re.MULTILINE)

    def _watch(self, process: subprocess.Popen[bytes], until: Until | None, kill: int) -> None:
        while process.poll() is None:
            self.command_lines.update(_command_lines(process.pid))
            if until is not None and until():
                os.killpg(process.pid, kill) if kill == signal.SIGKILL else process.send_signal(kill)
                return
            time.sleep(0.02)


def _command_lines(group: int) -> Iterator[bytes]:
    """What the process list shows of a process and its children."""
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with contextlib.suppress(OSError):
                if os.getpgid(int(folder.name)) == group:
                    yield (folder / "cmdline").read_bytes()


def live(folder: Path, canaries: dict[str, str]) -> Evidence:
    """Live through a day with every canary in its place."""
    evidence = Evidence(folder, canaries)
    passwords = {KEYRING[name]: value for name, value in canaries.items() if name in KEYRING}
    (folder / "keyring.json").write_text(json.dumps(passwords))
    slow = threading.Event()
    with answers(canaries, evidence.asked, slow) as web:
        evidence.home.mkdir()
        web.ca_file(folder / "ca.pem")
        hosts = "\n".join(f'"{name}" = "{target}"' for name, target in web.hosts.items())
        text = f'contact = "me@example.test"\n[network]\nca_file = "{folder / "ca.pem"}"\n[network.hosts]\n{hosts}\n'
        (evidence.home / "config.toml").write_text(text)
        _furnish(evidence)
        _work(evidence, slow)
        _look(evidence)
    return evidence


def _furnish(evidence: Evidence) -> None:
    header = "rank,name,website,wikidata_id,cik,country,leadership_url,source,as_of"
    typed = evidence.canaries["basic_auth_in_feed_url"]
    for name, lines in {
        "it.csv": (header, "1,Acme,https://acme.test/,,,,,own,2026"),
        "slow.csv": (header, "1,Slow,https://slow.test/,,,,,own,2026"),
        "typed.csv": (header, f"1,Acme,{typed},,,,,own,2026"),
        "events.csv": ("name,platform,address,field,source,as_of", f"A,,{typed},it,me,2026"),
    }.items():
        (evidence.folder / name).write_text("\n".join(lines) + "\n")
    evidence.run(
        "init --contact me@example.test",
        "companies import it.csv",
        "companies import slow.csv",
        "companies import typed.csv",
        "events import events.csv",
        "events add Talks https://talks.test/",
        "goal set --from 'HR manager' --to 'HR director' --list it --follow all",
    )


def _work(evidence: Evidence, slow: threading.Event) -> None:
    evidence.run("crawl leaders --list it --verbose", "crawl speakers --json")
    evidence.run("refresh --verbose", "refresh --all --json")
    evidence.run("api github https://api.github.com/users/ada", "api mastodon https://mastodon.test/away")
    evidence.run("crawl leaders --list slow", until=slow.is_set)  # kill -9, half-way
    secret = evidence.canaries["exception_args"].partition('"')[2].rpartition('"')[0]
    crashed = evidence.folder / "crashed"
    more = {"TEST_CRASH": secret, "TEST_CRASHED": str(crashed)}
    evidence.run("schedule --verbose", until=crashed.exists, kill=signal.SIGTERM, **more)


def _look(evidence: Evidence) -> None:
    evidence.run(
        "digest", "digest --json", "ledger", "people list", "doctor", "doctor --json", "sources",
        "sources --all --json", "export csv", f"export csv --output {evidence.home / 'people.csv'}",
        "people forget 2 --yes", "doctor",
    )  # fmt: skip
    evidence.run(SHOWS_ALL)
    database = evidence.canaries["postgres_password"]
    wrong = (("", ""), ("/x", ""), ("@127", "@1@127"), ("127.0.0.1", "no:pe"))
    for change in wrong:
        url = database.replace(*change)
        evidence.run("doctor", "crawl leaders", "people list --json", "sources", MENTORWATCH_DATABASE_URL=url)
