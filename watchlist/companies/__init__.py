"""TOP-N lists of companies: reading files, telling whom a row means, import without doubles, size and country."""

from __future__ import annotations

from watchlist.companies.facts import band_of, size_band
from watchlist.companies.files import CompanyFile, Preset, presets, read_company_csv, read_preset
from watchlist.companies.importing import NEW, ImportReport, OpenRow, import_companies, known_companies
from watchlist.companies.listing import ListedCompany, list_companies, require_list
from watchlist.companies.loose import read_company_file
from watchlist.companies.matching import Directory, KnownCompany, Match
from watchlist.companies.rows import COLUMNS, CompanyRow, Fact

__all__ = [
    "COLUMNS",
    "NEW",
    "CompanyFile",
    "CompanyRow",
    "Directory",
    "Fact",
    "ImportReport",
    "KnownCompany",
    "ListedCompany",
    "Match",
    "OpenRow",
    "Preset",
    "band_of",
    "import_companies",
    "known_companies",
    "list_companies",
    "presets",
    "read_company_csv",
    "read_company_file",
    "read_preset",
    "require_list",
    "size_band",
]
