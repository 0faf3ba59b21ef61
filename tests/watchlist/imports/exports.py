"""LinkedIn exports for tests, of invented people."""

from __future__ import annotations

import csv
import io

HEADER = ("First Name", "Last Name", "URL", "Email Address", "Company", "Position", "Connected On")
NOTES = (
    'Notes:\r\n"When exporting your connection data, you may notice that some ""mail addresses"" are missing, '
    'see https://www.linkedin.com/help"\r\n\r\n'
)
Row = tuple[str, ...]


def contact(
    name: str, company: str = "", position: str = "", *, slug: str | None = None, on: str = "08 Oct 2025"
) -> Row:
    """One row; `slug` "" leaves the address of the profile out."""
    first, _, last = name.partition(" ")
    handle = name.casefold().replace(" ", "-") if slug is None else slug
    url = f"https://www.linkedin.com/in/{handle}" if handle else ""
    return first, last, url, f"{first.casefold()}@private.test", company, position, "08 Oct 2025"


def export(
    *rows: Row, header: Row = HEADER, notes: str = NOTES, delimiter: str = ",", encoding: str = "utf-8"
) -> bytes:
    """The file's bytes."""
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=delimiter).writerows([header, *rows])
    return (notes + stream.getvalue()).encode(encoding)
