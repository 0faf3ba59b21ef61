"""The keys of every command's JSON, as ARCHITECTURE.md lists them.

`python -m tests.json_keys` writes the list anew; a test compares the page with what the commands print.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import trustme
from sqlmodel import select

from tests.terminal import call
from tests.watchlist.companies.registers import Item, registers
from watchlist.models import Organization
from watchlist.settings import load_settings
from watchlist.store import Store
from watchlist.times import utc_now
from watchlist.wishes import note_wishes

PAGE = Path(__file__).parents[1] / "ARCHITECTURE.md"
BEGIN, END = "<!-- json keys -->", "<!-- end of json keys -->"
BY_NAME = {"known_by", "reasons", "failed", "failed_pages", "rejected", "feeds", "counts"}
"""Objects whose keys are data, such as reason codes."""
SAVED = {
    "Connections.csv": "First Name,Last Name,Company,Position\nAda,Quist,Nowhere,HR Director\n",
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
    ("companies", "check", "--list", "little-web"),
    ("events", "add", "Acme Days", "https://acme-days.test/"),
    ("events", "import", "--dry-run"),
    ("events", "list"),
    ("crawl", "speakers"),
    ("crawl", "leaders"),
    ("crawl", "registries"),
    ("refresh",),
    ("ledger",),
    ("ledger", "--gaps"),
    ("ledger", "skip", "Tidewren Software"),
    ("ledger", "unskip", "Tidewren Software"),
    ("import", "linkedin", "Connections.csv", "--dry-run"),
    ("import", "page", "team.html", "--url", "https://www.tidewren.test/team", "--dry-run"),
    ("import", "inbox", "--dry-run"),
    ("people", "add", "Ada Quist", "--title", "HR Director", "--company", "Tidewren Software", "--dry-run"),
    ("people", "list"),
    ("people", "moves"),
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
        for company in session.exec(select(Organization)):
            company.site_checked_at, company.site_reason = utc_now(), "dns"
        note_wishes(session, "https://asked.test/", "opted_out", ["X-Robots-Tag: noai"], now=utc_now())
    for name, text in SAVED.items():
        (folder / name).write_text(text)
    (home / "inbox").mkdir(exist_ok=True)
    (home / "inbox" / "notes.txt").write_text("no page")
    for words in COMMANDS:
        done = call(home, *(folder / word if word in SAVED else word for word in words), "--json")
        name = (
            " ".join(words[:2])
            if words[0] in {"goal", "companies", "events", "crawl", "ledger", "people", "import", "inspect"}
            else words[0]
        )
        lines.append(f"- `{name}` `{shape(json.loads(done.out))}`")
        if name == "companies list":
            lines.append(f"- `companies build` `{shape(built(folder / 'registers'))}`")
    return "\n".join(lines)


def built(home: Path) -> Any:
    """A list of an invented register."""
    values = (("700", "USD", "2024", "normal"),)
    order = ("--field", "it", "--rank-by", "revenue", "--currency", "eur", "--from", "wikidata", "--dry-run", "--json")
    euros = (("600", "EUR", "2024", "normal"),)
    items = [Item("Q9001", "Northwind Systems", revenue=euros), Item("Q9002", "Globex", revenue=values)]
    with registers(home, trustme.CA(), items, []):
        return call(home, "companies", "build", *order).json


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
