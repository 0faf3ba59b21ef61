"""A digest as HTML, plain text and JSON. The same view gives the same bytes: nothing here knows the time.

JSON keys, always all of them; unknown is null, times are UTC with Z, links absolute:
`day since until timezone subject headline empty`;
`moves[]`: `person_id name kind before after seen_at`, before and after being `title organisation url`, both null
but the address where that page did not show them; `more_moves`;
`people[]`: `person_id name role badge items more`, role being null or `title organisation url`,
items: `kind title url source published age excerpt`;
`others[]`: `name items`; `more_others`; `candidates[]`: `person_id name role`;
`sources[]`: `owner title url state since reason why fresh`; `more_sources`;
`totals`: `followed people moves posts talks candidates waiting sources bad_sources`.
"""

from __future__ import annotations

import dataclasses
import json
import os
import re
import tempfile
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from watchlist.digest import wording
from watchlist.digest.columns import wrap
from watchlist.digest.view import DigestView
from watchlist.digest.window import BEGINNING
from watchlist.settings import config_dir
from watchlist.times import iso

WIDTH = 78
"""Columns of the plain text."""
_HANGING = re.compile(r" *(?:\* |before  |now     )?")


def render_html(view: DigestView) -> str:
    """One page that needs nothing else: its own style, no script, nothing from elsewhere."""
    return _render("digest.html", view)


def render_text(view: DigestView) -> str:
    """Plain text for a terminal and for mail; only addresses are longer than 78 columns."""
    lines = [_folded(line) for line in _render("digest.txt", view).splitlines()]
    # an address or role that is not known leaves an empty line of spaces
    kept = [line for line in lines if line == "" or not line.isspace()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(kept)).strip("\n") + "\n"


def render_json(view: DigestView) -> str:
    """The view as JSON (keys: see above)."""
    return json.dumps(as_json(view), ensure_ascii=False, indent=2) + "\n"


def as_json(view: DigestView) -> dict[str, Any]:
    """The view as plain values, as `digest --json` prints it."""
    values: dict[str, Any] = _plain_values(view)
    return values


def write_digest(view: DigestView, folder: Path) -> tuple[Path, Path, Path]:
    """Write DATE.html, DATE.txt and DATE.json, each whole or not at all, readable by their owner alone."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    forms = (("html", render_html), ("txt", render_text), ("json", render_json))
    html, text, data = (_write_whole(folder / f"{view.day}.{end}", render(view)) for end, render in forms)
    return html, text, data


def _write_whole(file: Path, content: str) -> Path:
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")  # mkstemp makes it 0600
    temporary = Path(name)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        temporary.replace(file)
    finally:
        temporary.unlink(missing_ok=True)
    return file


def _render(template: str, view: DigestView) -> str:
    zone = ZoneInfo(view.timezone)

    def local_day(moment: datetime) -> str:
        return wording.short_date(moment.astimezone(zone).date())

    return _templates().get_template(template).render(view=view, local_day=local_day, closing=_closing(view, zone))


def _closing(view: DigestView, zone: ZoneInfo) -> str:
    """What the digest covers, so that a gap can be seen."""
    totals = view.totals
    feeds = wording.count(totals.sources, "feed")
    until = view.until.astimezone(zone)
    span = f"everything until {_minute(until)}"
    if view.since > BEGINNING:
        span = f"{_minute(view.since.astimezone(zone))} to {_minute(until)}"
    return f"{totals.sources - totals.bad_sources} of {feeds} in order. Covers {span}, {view.timezone}."


def _minute(moment: datetime) -> str:
    return f"{wording.short_date(moment.date())} {moment:%H:%M}"


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(config_dir() / "digest"),
        autoescape=lambda name: name is not None and name.endswith(".html"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "count": wording.count,
        "moved": wording.moved,
        "long_date": wording.long_date,
        "host": wording.host_of,
        "sentence": _sentence,
    }
    environment.globals["WIDTH"] = WIDTH
    return environment


def _folded(line: str) -> str:
    """One line of the template in lines of the right width; what goes over hangs under where its text begins."""
    start = _HANGING.match(line)
    hang = start[0] if start else ""
    return wrap(line[len(hang) :], WIDTH, first=hang, indent=" " * len(hang))


def _sentence(words: str) -> str:
    return words[:1].upper() + words[1:]


def _plain_values(value: Any) -> Any:
    if isinstance(value, datetime):
        return iso(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain_values(each) for each in value]
    if dataclasses.is_dataclass(value):
        return {field.name: _plain_values(getattr(value, field.name)) for field in dataclasses.fields(value)}
    return None if value == "" else value
