"""The site an address belongs to: its registrable domain."""

from __future__ import annotations

from functools import lru_cache
from typing import Final
from urllib.parse import urlsplit

import tldextract

_EXTRACT: Final = tldextract.TLDExtract(
    suffix_list_urls=(), cache_dir=None, fallback_to_snapshot=True, include_psl_private_domains=True
)


@lru_cache(maxsize=4096)
def site_of(url: str) -> str:
    """The registrable domain of an address, from the list shipped with tldextract; the host where it has none."""
    try:
        host = (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""
    return _site_of_host(host)


@lru_cache(maxsize=4096)
def _site_of_host(host: str) -> str:
    return _EXTRACT(host).top_domain_under_public_suffix or _last_labels(host)


def _last_labels(host: str) -> str:
    """The last two labels of a name without a public suffix; an IP address whole."""
    return host if ":" in host or host.replace(".", "").isdigit() else ".".join(host.split(".")[-2:])
