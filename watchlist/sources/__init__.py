"""Every source with its health and how it may be used, and in plain words why something is not fetched. Reads only."""

from __future__ import annotations

from watchlist.sources.render import render_sources
from watchlist.sources.report import SourcesReport, report_sources

__all__ = ["SourcesReport", "render_sources", "report_sources"]
