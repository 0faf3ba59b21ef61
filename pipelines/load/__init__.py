"""The only writer of crawled facts: records in, rows out, each with its evidence; repeating it changes nothing."""

from __future__ import annotations

from pipelines.load.feeds import load_feed, load_found_feeds
from pipelines.load.people import PageLoad, load_page
from pipelines.load.role_changes import load_moves
from pipelines.load.sites import finish_site

__all__ = ["PageLoad", "finish_site", "load_feed", "load_found_feeds", "load_moves", "load_page"]
