"""The ledger: a TOP-N list by the goal's function, one line a company, with a person or the reason why nobody."""

from __future__ import annotations

from watchlist.ledger.acts import Act
from watchlist.ledger.build import build_ledger
from watchlist.ledger.lines import COLUMNS, Ledger, LedgerLine, LedgerPerson, write_ledgers
from watchlist.ledger.reasons import explain_reason, why_nobody
from watchlist.ledger.skipping import skip_company, unskip_company

__all__ = [
    "COLUMNS",
    "Act",
    "Ledger",
    "LedgerLine",
    "LedgerPerson",
    "build_ledger",
    "explain_reason",
    "skip_company",
    "unskip_company",
    "why_nobody",
    "write_ledgers",
]
