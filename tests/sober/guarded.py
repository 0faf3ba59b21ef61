"""Sites that let no program in, and sites that are not there."""

from __future__ import annotations

from tests.sober.hosts import Host, Page

_CLOUDFLARE = (
    "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body><div class='main-content'><h1>{host}</h1>"
    "<p>Verifying you are human. This may take a few seconds.</p></div>"
    "<script>window._cf_chl_opt={{cvId:'3'}};</script>"
    "<noscript>Enable JavaScript and cookies to continue</noscript></body></html>"
)
_AKAMAI = (
    "<HTML><HEAD><TITLE>Access Denied</TITLE></HEAD><BODY><H1>Access Denied</H1>You don't have permission to access "
    "this server.<P>Reference&#32;&#35;18&#46;2d3f4b17&#46;1700000000&#46;9c1</BODY></HTML>"
)
_PERIMETER = (
    "<!doctype html><html><head><title>Access to this page has been denied</title></head><body>"
    "<div id='px-captcha'></div><p>Press &amp; Hold to confirm you are a human (and not a bot).</p></body></html>"
)
_DATADOME = (
    "<html><head><title>{host}</title></head><body><p id='cmsg'>Please enable JS and disable any ad blocker</p>"
    "<script src='https://ct.captcha-delivery.com/c.js'></script></body></html>"
)


def guarded_sites() -> list[Host]:
    """Seven: four show a challenge, three refuse their robots.txt."""
    return [
        _challenged(
            "Quillford", Page(_CLOUDFLARE.format(host="quillford.test"), 403, headers={"cf-mitigated": "challenge"})
        ),
        _challenged("Ravensmoor", Page(_CLOUDFLARE.format(host="ravensmoor.test"), 503)),
        _challenged("Silverbeck", Page(_PERIMETER, 403)),
        _challenged("Tannerly", Page(_DATADOME.format(host="tannerly.test"))),
        _no_robots("Umberfield", Page(_AKAMAI, 403)),
        _no_robots("Vantrell", Page("Forbidden", 403, "text/plain")),
        _no_robots("Wexcombe", Page(_CLOUDFLARE.format(host="wexcombe.test"), 403)),
    ]


def _challenged(name: str, answer: Page) -> Host:
    return Host(name, f"{name.lower()}.test", "guarded", {"/": answer, "/sitemap.xml": answer}, reason="challenge")


def _no_robots(name: str, answer: Page) -> Host:
    return Host(
        name, f"{name.lower()}.test", "guarded", {"/robots.txt": answer, "/": answer}, reason="robots_unreadable"
    )


def dead_sites() -> list[Host]:
    """Three: no such name, nobody listens, nobody answers."""
    return [
        Host("Yarrowgate", "yarrowgate.test", "dead", reason="unreachable", dead="dns"),
        Host("Zellhurst", "zellhurst.test", "dead", reason="unreachable", dead="refused"),
        Host("Aldermoss", "aldermoss.test", "dead", reason="unreachable", dead="silent"),
    ]
