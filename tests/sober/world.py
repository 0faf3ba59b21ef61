"""The fifty hosts in the order of the list, and the web that serves them on loopback."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from tests.sober.guarded import dead_sites, guarded_sites
from tests.sober.hosts import Host, Page
from tests.sober.javascript import javascript_sites
from tests.sober.languages import sites_without_the_function
from tests.sober.patterns import pattern_sites
from watchlist.demo.reply import Reply
from watchlist.demo.server import LOOPBACK, LoopbackWeb

HOSTS: tuple[Host, ...] = (
    *javascript_sites(),
    *guarded_sites(),
    *dead_sites(),
    *sites_without_the_function(),
    *pattern_sites(),
)
_NOT_FOUND = Page("<title>Not found</title><h1>404 Not found</h1>", 404)


@contextmanager
def sober_web() -> Iterator[tuple[LoopbackWeb, Mapping[str, str]]]:
    """The web while it is served, and where each name leads; a name that does not exist leads nowhere."""
    pages = {site.host: site for site in HOSTS}

    def answer(host: str, path: str, _headers: Mapping[str, str]) -> Reply:
        found = pages[host].pages.get(path, _NOT_FOUND)
        shown = Page(found) if isinstance(found, str) else found
        return Reply(shown.status, {"Content-Type": shown.kind, **shown.headers}, shown.body.encode())

    alive = [site.host for site in HOSTS if site.dead is None]
    refused = [site.host for site in HOSTS if site.dead == "refused"]
    with LoopbackWeb(alive, answer, dead=refused) as web, socket.create_server((LOOPBACK, 0)) as silent:
        # It takes connections, as the system does for it, and never says a word.
        nowhere = f"{LOOPBACK}:{silent.getsockname()[1]}"
        yield web, {**web.hosts, **{site.host: nowhere for site in HOSTS if site.dead == "silent"}}
