"""SEC EDGAR: which addresses to ask for, and what its lists say: tickers, a company's filings, daily indexes. Pure.

Facts: leaders.md section 1. Documentation: https://www.sec.gov/search-filings/edgar-application-programming-interfaces
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NamedTuple

from crawler.items import MoveHint
from crawler.registries.answers import AnswerError, json_object

READER: Final = "edgar"
TICKERS_URL: Final = "https://www.sec.gov/files/company_tickers.json"
HINT: Final = "8-K_5.02"
OWNERSHIP_FORMS: Final = frozenset({"3", "4", "5", "3/A", "4/A", "5/A"})
_ARCHIVE: Final = "https://www.sec.gov/Archives/edgar"
_WHAT: Final = "EDGAR"
_DEPARTURES: Final = "5.02"
_COLUMNS: Final = ("accessionNumber", "form", "filingDate", "reportDate", "items", "primaryDocument")
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_INDEX_ROW: Final = re.compile(r"(.+?)\s+(\d{1,10})\s+(\d{4})-?(\d\d)-?(\d\d)\s+(edgar/data/\S+)\s*")


class Ticker(NamedTuple):
    """One listed share class; a company may have several."""

    cik: str
    """Without zeros in front, as the company lists have it."""
    ticker: str
    name: str


@dataclass(frozen=True, slots=True)
class Filing:
    """One filing of a company's list."""

    accession: str
    """With dashes: 0001790565-22-000015."""
    form: str
    filed_on: str
    reported_on: str | None
    """The date of the event, or of the period that it reports on."""
    items: tuple[str, ...] = ()
    """Of an 8-K: 5.02, 9.01 ..."""
    document: str = ""
    """Name of the main document within the filing's folder; empty in old ones."""

    @property
    def happened_on(self) -> str:
        """ISO date of the event, else of the filing."""
        return self.reported_on or self.filed_on


@dataclass(frozen=True, slots=True)
class Submissions:
    """What a company filed: about its newest thousand filings, and the names of the files that list older ones."""

    cik: str
    name: str
    filings: tuple[Filing, ...]
    older: tuple[str, ...] = ()


class IndexEntry(NamedTuple):
    """One line of a daily index: a filing, once for each company and person it belongs to."""

    form: str
    name: str
    cik: str
    filed_on: str
    path: str
    """Of the full submission, below https://www.sec.gov/Archives/."""


# --- addresses ---------------------------------------------------------------------------------------------------


def plain_cik(cik: str | int) -> str:
    """A CIK without zeros in front. Raises ValueError for what is no number of ten digits at most."""
    text = str(cik).strip()
    if not re.fullmatch(r"\d{1,10}", text, re.ASCII) or not int(text):
        raise ValueError(f"{text!r} is no CIK")
    return str(int(text))


def submissions_url(cik: str | int) -> str:
    """Where EDGAR lists the filings of a company."""
    return f"https://data.sec.gov/submissions/CIK{int(plain_cik(cik)):010d}.json"


def older_url(name: str) -> str:
    """Where a file of older filings is, by its name in `Submissions.older`."""
    return f"https://data.sec.gov/submissions/{name}"


def filing_url(cik: str | int, filing: Filing) -> str:
    """The main document as it was filed: of a form that EDGAR renders the raw XML, without a name the whole text."""
    folder = f"{_ARCHIVE}/data/{plain_cik(cik)}/{filing.accession.replace('-', '')}"
    document = re.sub(r"^xsl[^/]*/", "", filing.document)
    return f"{folder}/{document}" if document else f"{folder}/{filing.accession}.txt"


def person_page(cik: str | int) -> str:
    """The page of everything somebody filed: the key by which a person is known again, whichever company files."""
    number = int(plain_cik(cik))
    return f"https://www.sec.gov/cgi-bin/browse-edgar?action=getcompany&CIK={number:010d}"


def iso_day(text: str) -> str | None:
    """The text where it is a day of the calendar in ISO form."""
    try:
        return text if _DATE.fullmatch(text) and date.fromisoformat(text) else None
    except ValueError:
        return None


def daily_index_url(day: date, kind: str = "form") -> str:
    """The index of one day, sorted by `form` or by `company`."""
    quarter = (day.month + 2) // 3
    return f"{_ARCHIVE}/daily-index/{day.year}/QTR{quarter}/{kind}.{day:%Y%m%d}.idx"


# --- lists -------------------------------------------------------------------------------------------------------


def read_tickers(body: bytes) -> tuple[Ticker, ...]:
    """company_tickers.json in its own order, largest market value first. Raises AnswerError."""
    entries = json_object(body, _WHAT).values()
    found = [_ticker(entry) for entry in entries if isinstance(entry, dict)]
    tickers = tuple(ticker for ticker in found if ticker is not None)
    if not tickers:
        raise AnswerError("unreadable", f"{_WHAT}'s list of tickers names nobody")
    return tickers


def read_submissions(body: bytes) -> Submissions:
    """A company's filings, newest first. Raises AnswerError."""
    answer = json_object(body, _WHAT)
    filings = answer.get("filings")
    recent = filings.get("recent") if isinstance(filings, dict) else None
    cik = _cik(answer.get("cik"))
    if not isinstance(recent, dict) or cik is None:
        raise AnswerError("unreadable", f"{_WHAT}'s answer lists no filings of a company")
    files = filings.get("files") or () if isinstance(filings, dict) else ()
    names = (str(file.get("name", "")) for file in files if isinstance(file, dict))
    older = tuple(name for name in names if re.fullmatch(r"CIK\d{10}-submissions-\d+\.json", name))
    return Submissions(cik, str(answer.get("name") or ""), tuple(_filings(recent)), older)


def read_older(body: bytes) -> tuple[Filing, ...]:
    """One file of older filings: the same columns without anything around them. Raises AnswerError."""
    return tuple(_filings(json_object(body, _WHAT)))


def read_index(body: bytes) -> tuple[IndexEntry, ...]:
    """A daily index by form or by company. Raises AnswerError where it has no columns.

    The columns are fixed; the header says which of the first two comes first, and may itself be broken over lines.
    """
    text = body.decode("utf-8") if _is_utf8(body) else body.decode("latin-1")
    head, _, rows = text.partition("\n-----")
    title = next((line for line in head.splitlines() if "Company Name" in line and "Form Type" in line), None)
    if title is None:
        raise AnswerError("unreadable", f"{_WHAT}'s index has no columns")
    second = max(title.index("Company Name"), title.index("Form Type"))
    form_first = title.index("Form Type") < second
    return tuple(_entries(rows, second, form_first=form_first))


def ownership_filings(filings: Iterable[Filing], *, most: int, since: str) -> tuple[Filing, ...]:
    """The newest `most` statements of insiders that were filed on the ISO date `since` or later.

    Newest by what they report on: an amendment (4/A) that is filed today may speak of last year.
    """
    wanted = (filing for filing in filings if filing.form in OWNERSHIP_FORMS and filing.filed_on >= since)
    return tuple(sorted(wanted, key=lambda filing: (filing.happened_on, filing.filed_on), reverse=True)[:most])


def departure_reports(filings: Iterable[Filing], *, most: int, since: str) -> tuple[Filing, ...]:
    """The newest `most` 8-Ks with item 5.02: somebody came, went, or is paid otherwise."""
    wanted = (filing for filing in filings if filing.form.startswith("8-K") and _DEPARTURES in filing.items)
    dated = (filing for filing in wanted if filing.filed_on >= since)
    return tuple(sorted(dated, key=lambda filing: filing.filed_on, reverse=True)[:most])


def move_hint(cik: str | int, filing: Filing, detail: str = "") -> MoveHint:
    """A filing as a sign that something moved; `detail` says what its text makes of it."""
    return MoveHint(kind=HINT, happened_on=filing.happened_on, url=filing_url(cik, filing), detail=detail)


def _ticker(entry: Mapping[str, Any]) -> Ticker | None:
    cik = _cik(entry.get("cik_str"))
    return Ticker(cik, str(entry.get("ticker") or ""), str(entry.get("title") or "")) if cik else None


def _cik(value: Any) -> str | None:
    try:
        return plain_cik(value)
    except ValueError:
        return None


def _filings(columns: Mapping[str, Any]) -> Iterator[Filing]:
    """Rows of the parallel lists; a row without an accession number or a filing date is left out."""
    lists = [columns.get(name) for name in _COLUMNS]
    if not all(isinstance(values, list) for values in lists):
        raise AnswerError("unreadable", f"{_WHAT}'s list of filings lacks {', '.join(_missing(columns))}")
    if len({len(values) for values in lists if isinstance(values, list)}) > 1:  # nobody knows what belongs together
        raise AnswerError("unreadable", f"{_WHAT}'s list of filings has columns of different lengths")
    for accession, form, filed, reported, items, document in zip(*map(_text, lists), strict=True):
        if iso_day(filed) and re.fullmatch(r"\d{10}-\d\d-\d{6}", accession, re.ASCII):
            kept = tuple(item.strip() for item in items.split(",") if item.strip())
            yield Filing(accession, form, filed, iso_day(reported), kept, document)


def _text(values: Any) -> list[str]:
    return [value if isinstance(value, str) else "" for value in values]


def _missing(columns: Mapping[str, Any]) -> list[str]:
    return [name for name in _COLUMNS if not isinstance(columns.get(name), list)]


def _entries(rows: str, second: int, *, form_first: bool) -> Iterator[IndexEntry]:
    for line in rows.splitlines()[1:]:
        if match := _INDEX_ROW.fullmatch(line):
            first, rest = line[:second].strip(), line[second : match.end(1)].strip()
            form, name = (first, rest) if form_first else (rest, first)
            yield IndexEntry(form, name, str(int(match[2])), f"{match[3]}-{match[4]}-{match[5]}", match[6])


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
