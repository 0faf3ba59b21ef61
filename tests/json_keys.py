"""The keys of every command's JSON, as ARCHITECTURE.md lists them.

`python -m tests.json_keys` writes the list anew; a test compares the page with what the commands print.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from tests.terminal import call
from watchlist.jobs.workplace import utc_now
from watchlist.settings import load_settings
from watchlist.store import Store
from watchlist.wishes import note_wishes

PAGE = Path(__file__).parents[1] / "ARCHITECTURE.md"
BEGIN, END = "<!-- json keys -->", "<!-- end of json keys -->"
BY_NAME = {"reasons", "failed", "failed_pages", "rejected", "feeds", "counts"}
"""Objects whose keys are data, such as reason codes."""
SAVED = {
    "team.html": "<h1>Team</h1><div><h3>Ada Quist</h3><p>Chief People Officer</p></div>",
    "feed.xml": "<rss version='2.0'><channel><title>T</title><item><title>One</title></item></channel></rss>",
}
MOVER = "Ravindra Kolhamane"
"""Somebody of the little web with feeds, entries and a move."""
COMMANDS: tuple[tuple[str, ...], ...] = (
    ("goal", "show"),
    ("goal", "list"),
    ("companies", "presets"),
    ("companies", "import", "it", "--dry-run"),
    ("companies", "list", "little-web"),
    ("events", "add", "Acme Days", "https://acme-days.test/"),
    ("events", "import", "--dry-run"),
    ("events", "list"),
    ("crawl", "speakers"),
    ("crawl", "leaders"),
    ("refresh",),
    ("ledger",),
    ("people", "list"),
    ("people", "show", MOVER),
    ("people", "forget", "1", "--dry-run"),
    ("follow", "1"),
    ("unfollow", "1"),
    ("digest", "--day", "2026-03-09"),
    ("stop", "--host", "elsewhere.test"),
    ("sources",),
    ("doctor",),
    ("resume",),
    ("inspect", "page", "team.html", "--url", "https://acme.test/"),
    ("inspect", "title", "VP Sales"),
    ("inspect", "feed", "feed.xml", "--url", "https://acme.test/feed"),
    ("inspect", "url", "https://acme.test/"),
)


def shape(value: Any, name: str = "") -> str:
    """`{a, b: [{c}]}`: the keys of a JSON value; of a list those of its first element."""
    if isinstance(value, dict):
        if name in BY_NAME or not value:
            return "{...}"
        parts = (key + (f": {inner}" if (inner := shape(part, key)) else "") for key, part in value.items())
        return "{" + ", ".join(parts) + "}"
    if isinstance(value, list):
        return f"[{shape(value[0])}]" if value else "[]"
    return ""


def listing(folder: Path) -> str:
    """One line a command, from a demo of eight days."""
    home = folder / "home"
    summary = call(home, "--home", home, "demo", "--days", "8", "--json").json
    lines = [f"- `demo` `{shape(summary)}`"]
    with Store.open(load_settings(home)) as store, store.session() as session:
        note_wishes(session, "https://asked.test/", "opted_out", ["X-Robots-Tag: noai"], now=utc_now())
    for name, text in SAVED.items():
        (folder / name).write_text(text)
    for words in COMMANDS:
        done = call(home, *(folder / word if word in SAVED else word for word in words), "--json")
        name = (
            " ".join(words[:2])
            if words[0] in {"goal", "companies", "events", "crawl", "people", "inspect"}
            else words[0]
        )
        lines.append(f"- `{name}` `{shape(json.loads(done.out))}`")
    return "\n".join(lines)


def documented() -> str:
    """The list as the page has it."""
    return PAGE.read_text("utf-8").partition(BEGIN)[2].partition(END)[0].strip()


def main() -> None:
    """Write the list into the page."""
    before, _, rest = PAGE.read_text("utf-8").partition(BEGIN)
    with tempfile.TemporaryDirectory() as folder:
        found = listing(Path(folder))
    PAGE.write_text(f"{before}{BEGIN}\n{found}\n{END}{rest.partition(END)[2]}", "utf-8")


if __name__ == "__main__":
    main()
