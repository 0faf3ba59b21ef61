"""One line of a company list as its file or its register has it, and how its cells are read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from pipelines.lexicon.organisations import organisation_key
from watchlist.secrets import mask_text

COLUMNS: Final = ("rank", "name", "website", "wikidata_id", "cik", "country", "leadership_url", "source", "as_of")
IDENTIFYING: Final = ("name", "website", "wikidata_id", "cik")
"""Any one of these says which company a row means."""
FACTS: Final = ("name", "website", "wikidata_id", "cik", "country", "leadership_url")
"""What a row says of the organisation itself; an empty cell says nothing."""

_HOST: Final = re.compile(r"(?!-)[\w-]+(\.[\w-]+)+\.?|\[[0-9a-fA-F:.]+\]|localhost")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """What one source says of a company: its size or its country."""

    kind: str
    """employees | revenue | market_cap | country | former_website | also_called | ticker"""
    value: str
    """A plain decimal number; of employees also a band ("51-200", "10001+"); an ISO 3166 code; a host; a name."""
    unit: str | None = None
    """ISO 4217."""
    as_of: str | None = None
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CompanyRow:
    """One line of a list; `line` is where it stands, empty cells are None. One of IDENTIFYING is there."""

    line: int
    rank: int
    name: str | None
    website: str | None
    wikidata_id: str | None
    cik: str | None
    country: str | None
    leadership_url: str | None
    source: str
    as_of: str | None
    ticker: str | None = None
    facts: tuple[Fact, ...] = ()
    is_ours: bool = True
    """In our own format: it may rename what is known, and a double is an error. Other people's lists do neither."""
    measure: str | None = None
    """What it was ranked by: employees | revenue | market_cap."""
    value: float | None = None
    unit: str | None = None

    @property
    def key(self) -> str:
        """What tells the organisation from others: Wikidata id, else CIK, else host of the website, else name."""
        return self.wikidata_id or cik_key(self.cik) or host_of(self.website) or f"name:{organisation_key(self.label)}"

    @property
    def label(self) -> str:
        """What it is called here: its name, or what stands for it as long as nobody knows one."""
        cik = f"CIK {self.cik}" if self.cik else None
        return self.name or host_of(self.website) or self.wikidata_id or cik or self.ticker or "?"


def host_of(website: str | None) -> str | None:
    """Host without www, with its port where it is not the usual one."""
    if website is None:
        return None
    parts = urlsplit(website)
    host = (parts.hostname or "").removeprefix("www.").rstrip(".")
    return host if parts.port in {None, 80, 443} else f"{host}:{parts.port}"


def cik_key(cik: str | None) -> str | None:
    """The key of a company that is known by its CIK."""
    return f"cik:{cik}" if cik else None


# --- cells -------------------------------------------------------------------------------------------------------


def plain(cell: str) -> str:
    """The cell with its white space folded. Raises ValueError for control characters."""
    text = " ".join(cell.split())
    if control := next((each for each in text if unicodedata.category(each) == "Cc"), None):
        raise ValueError(f"a control character (U+{ord(control):04X})")
    return text


def read_rank(text: str) -> int:
    """A whole number from 1. Raises ValueError."""
    if not re.fullmatch(r"[0-9]{1,9}", text) or int(text) == 0:
        raise ValueError(f"a rank is a whole number from 1, not {text!r}")
    return int(text)


def read_name(text: str) -> str | None:
    """A name of at most 200 characters; None for an empty cell. Raises ValueError."""
    if len(text) > 200:
        raise ValueError(f"a name of {len(text)} characters; at most 200")
    return text or None


def web_address(text: str) -> str | None:
    """An http or https address with a host; None for an empty cell. Raises ValueError."""
    if not text:
        return None
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        raise ValueError(f"not a web address: {shown(text)}") from None
    if parts.scheme not in {"http", "https"}:
        raise ValueError(f"not an http or https address: {shown(text)}")
    if not _HOST.fullmatch(parts.hostname or "") or " " in text:
        raise ValueError(f"not a web address: {shown(text)}")
    return text


def _matching(pattern: str, what: str) -> Callable[[str], str | None]:
    def read(text: str) -> str | None:
        if text and not re.fullmatch(pattern, text):
            raise ValueError(f"not {what}: {shown(text)}")
        return text or None

    return read


def shown(text: str) -> str:
    """A cell as a message may repeat it: without secrets, not too long."""
    text = mask_text(text)
    return repr(text if len(text) <= 80 else f"{text[:77]}...")


READERS: Final[dict[str, Callable[[str], Any]]] = {
    "rank": read_rank,
    "name": read_name,
    "website": web_address,
    "wikidata_id": _matching(r"Q[1-9][0-9]{0,11}", "a Wikidata id such as Q173395"),
    "cik": lambda text: _matching(r"[0-9]{1,10}", "a CIK (digits)")(text.lstrip("0")),
    "country": _matching(r"[A-Z]{2}", "a country of two capital letters (ISO 3166)"),
    "leadership_url": web_address,
    "source": str,
    "as_of": _matching(
        r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?", "a date such as 2021, 2021-06 or 2021-06-01"
    ),
}
"""How each of COLUMNS is read from its plain text; each raises ValueError with what is wrong."""
