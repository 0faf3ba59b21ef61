"""Sites with URL spaces without end, each with a real page to be found: what the endless ones of the web do."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count
from urllib.parse import parse_qs, urlsplit

from crawler.spiders.leaders import LeadersSpider
from crawler.spiders.sites import SiteSpider
from crawler.spiders.speakers import SpeakersSpider
from tests.crawler.spiders.sites import HOST, html, links, names, serve, speakers, team
from tests.servers import Handler, Response

MIB = 1 << 20
LANGUAGES = [f"{one}{other}" for one in "abcdefghij" for other in "klmnopqrstuvwxyzabcd"]


@dataclass(frozen=True)
class Trap:
    """A site: its handlers by host, where the crawl begins, and which requests are the trap's own."""

    handlers: dict[str, Handler]
    start: str = f"http://{HOST}/"
    spider: type[SiteSpider] = LeadersSpider
    springs: Callable[[str], bool] | None = None
    """Whether a path is the trap's; None where all pages together must keep the budget."""


Answer = Callable[[str], str | Response | None]


def _trap(answer: Answer, **more: object) -> Trap:
    return Trap({HOST: serve(answer)}, **more)  # type: ignore[arg-type]


def _tokens(seed: int = 7) -> Iterator[str]:
    """What servers put into addresses, of all kinds in turn; never the same twice."""
    chance = random.Random(seed)
    for number in count():
        bits = chance.getrandbits(64)
        yield (
            f"{bits:016x}",
            str(bits),
            f"{bits:x}-{number}-{bits >> 7:x}",
            f"Q{bits % 977}x{bits % 9973}Z{bits % 89}",
        )[number % 4]


def _number(path: str, name: str = "page") -> int:
    return int(parse_qs(urlsplit(path).query).get(name, ["1"])[0])


# --- lists ----------------------------------------------------------------------------------------------------------


def _list(answer: Callable[[int], str], *, first: str = "/speakers?page=1") -> Trap:
    def pages(path: str) -> str | None:
        if path == "/":
            return html(links([first], "Speakers"))
        return answer(_number(path)) if urlsplit(path).path == "/speakers" else None

    return _trap(pages, spider=SpeakersSpider)


def pagination() -> Trap:
    return _list(lambda page: speakers(names(20), links([f"/speakers?page={page + 1}"], "Next")))


def pagination_of_strangers() -> Trap:
    def page(number: int) -> str:
        return speakers(names(3, start=3 * number % 100), links([f"/speakers?page={number + 1}"], "Next"))

    return _list(page)


def pagination_empty() -> Trap:
    return _list(lambda page: speakers([], links([f"/speakers?page={page + 1}"], "Next")), first="/speakers")


def pagination_loop() -> Trap:
    return _list(lambda page: speakers(names(5, start=5 * page), links([f"/speakers?page={page % 3 + 1}"], "Next")))


# --- spellings of one page ------------------------------------------------------------------------------------------


def session_path() -> Trap:
    tokens = _tokens()

    def page(path: str) -> str | None:
        bred = links(f"/s/{next(tokens)}/team" for _ in range(3))
        if path == "/":
            return html(bred)
        return team(bred) if path.endswith("/team") else None

    return _trap(page)


def session_query() -> Trap:
    tokens = _tokens()

    def page(path: str) -> str | None:
        bred = links(f"/team?sid={next(tokens)}" for _ in range(3))
        if path == "/":
            return html(bred)
        return team(bred) if path.startswith("/team") else None

    return _trap(page)


def _spellings(
    paths: list[str], *, name: str = "/team", more: str = "", springs: Callable[[str], bool] | None = None
) -> Trap:
    def page(path: str) -> str | None:
        if path == "/":
            return html(links(paths) + more)
        return team(links(paths) + more) if path.lower().startswith((name, "/t%", "/%7")) else None

    return _trap(page, springs=springs)


def double_slash() -> Trap:
    def page(path: str) -> str | None:
        if path == "/":
            return html(links(["/team//team//team", "/team"]))
        return team(links([f"{path}//team"])) if path.startswith("/team") else None

    return _trap(page)


def case() -> Trap:
    return _spellings(["/TEAM", "/Team", "/team", "/tEam"])


def trailing() -> Trap:
    return _spellings(["/team/index.html", "/team/.", "/team/", "/team"])


def encode() -> Trap:
    return _spellings(["/t%65am", "/%74eam"])


def params_order() -> Trap:
    return _spellings(["/p?a=1&amp;b=2", "/p?b=2&amp;a=1"], name="/p")


def print_view() -> Trap:
    languages = [f"/team?lang={language}" for language in LANGUAGES]
    return _spellings(["/team?print=1", "/team?amp=1", "/team", *languages])


# --- addresses without end ------------------------------------------------------------------------------------------


def relative_growth() -> Trap:
    def page(path: str) -> str | None:
        if path in {"/", "/team"}:
            return (html if path == "/" else team)(links(["a/b/"], "Team") + links(["/team"], "Leadership"))
        return html(links(["a/b/"], "Team")) if re.fullmatch(r"/(?:a/b/)+", path) else None

    return _trap(page)


def random_text() -> Trap:
    tokens = _tokens()

    def page(path: str) -> str:
        bred = links((f"/{next(tokens)}" for _ in range(100)), "Our leadership team")
        return team(bred) if path == "/team" else html(bred + links(["/team"], "Leadership team"))

    return _trap(page)


def deep() -> Trap:
    whole = "/" + "/".join(map(str, range(1, 1001)))

    def page(path: str) -> str:
        step = len(path.split("/")) if path not in {"/", "/team"} else 1
        bred = links([f"{path.rstrip('/') if path != '/team' else ''}/{step}", whole], "Management team")
        return team(bred) if path == "/team" else html(bred + links(["/team"], "Leadership"))

    return _trap(page)


def subdomain() -> Trap:
    tokens = _tokens()

    def page(path: str) -> str:
        hosts = (re.sub(r"[^0-9a-z]", "", next(tokens).lower()) for _ in range(20))
        bred = links((f"http://{host}.{HOST}/" for host in hosts), "Leadership team")
        return team(bred) if path == "/team" else html(bred + links([f"http://{HOST}/team"], "Leadership team"))

    return Trap({HOST: serve(page), "*": serve(page)})


def redirect_grow() -> Trap:
    def page(path: str) -> str | Response:
        if path.startswith("/x"):
            return Response("", 302, {"location": f"/x?n={_number(path, 'n') + 1}"})
        bred = links((f"/x?n={number}" for number in range(1, 100, 7)), "Leadership team")
        return team(bred) if path == "/team" else html(bred + links(["/team"], "Team"))

    return _trap(page, springs=lambda path: path.startswith("/x"))


def iframe_nest() -> Trap:
    def page(path: str) -> str:
        frame = f'<iframe src="/frame?n={_number(path, "n") + 1}"></iframe>'
        return team(frame) if path == "/team" else html(frame + links(["/team"]))

    return _trap(page)


# --- sitemaps -------------------------------------------------------------------------------------------------------

_SITEMAP = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'


def _xml(text: str) -> Response:
    return Response(f'<?xml version="1.0"?>{text}', headers={"content-type": "application/xml"})


def sitemap_nest() -> Trap:
    def page(path: str) -> str | Response | None:
        if path == "/":
            return html(links(["/products"], "Products"))
        if path == "/team":
            return team()
        again = "".join(f"<sitemap><loc>http://{HOST}{name}</loc></sitemap>" for name in ("/sitemap.xml", path))
        team_page = f"<url><loc>http://{HOST}/team</loc></url>"
        return _xml(f"<sitemapindex {_SITEMAP}>{again}{team_page}</sitemapindex>") if "sitemap" in path else None

    return _trap(page)


def lying_last_modified() -> Trap:
    def page(path: str) -> str | Response | None:
        if path == "/sitemap.xml":
            urls = "".join(
                f"<url><loc>http://{HOST}/{name}</loc><lastmod>2026-11-23T12:00:00Z</lastmod></url>"
                for name in ("team", *(f"people-{number}/board" for number in range(500)))
            )
            return _xml(f"<urlset {_SITEMAP}>{urls}</urlset>")
        return team() if path == "/team" else html("<p>Nobody stands here.</p>")

    return _trap(page)


# --- links that are none --------------------------------------------------------------------------------------------


def canonical_away() -> Trap:
    away = '<link rel="canonical" href="http://elsewhere.test/leadership">'

    def page(path: str) -> str | None:
        if path == "/":
            return html(links(["/team"]), head=away)
        return team().replace("</head>", f"{away}</head>") if path == "/team" else None

    return Trap(
        {HOST: serve(page), "elsewhere.test": serve(lambda _: team())}, springs=lambda path: "elsewhere" in path
    )


def search_box() -> Trap:
    form = (
        '<form action="/search" method="get" id="find"><input name="q" value="leadership team"></form>'
        "<script>document.getElementById('find').submit()</script>"
        '<form action="/find/leadership"><button>Our team</button></form>'
    )
    return _spellings(["/team"], more=form, springs=lambda path: path.startswith(("/search", "/find")))


def logout_links() -> Trap:
    acts = ["/logout", "/delete?id=1", "/cart/add?x", "/team?action=delete", "/team/logout.php", "/team?remove=4"]
    return _spellings([*acts, "/team"], springs=lambda path: path not in {"/", "/team"})


def mailto_flood() -> Trap:
    flood = links((f"mailto:team{number}@{HOST}" for number in range(10_000)), "Leadership team")
    others = links(["tel:+4930123456", "javascript:team()", "sms:123", "data:text/html,team", "whatsapp://team"])

    return Trap({HOST: serve(lambda path: team(others + flood))}, start=f"http://{HOST}/team")


# --- weight ---------------------------------------------------------------------------------------------------------


def big_pages() -> Trap:
    filling = "<p>Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor.</p>"
    weight = filling * (int(9.9 * MIB) // len(filling))

    def page(path: str) -> str | None:
        bred = links(f"/board/{word}/leadership" for word in ("north", "south", "east", "west", "up", "down"))
        body = links(["/team"], "Leadership team") + bred + weight
        return (team if path == "/team" else html)(body)

    return _trap(page)


# --- of our own -----------------------------------------------------------------------------------------------------


def calendar() -> Trap:
    def page(path: str) -> str:
        year = int(match[1]) if (match := re.search(r"/board/(\d+)", path)) else 2026
        bred = links((f"/board/{year + 1}/{month:02}" for month in range(1, 13)), "Board of directors")
        return team(bred) if path == "/leadership" else html(bred + links(["/leadership"], "Leadership"))

    return _trap(page)


def facets() -> Trap:
    chance = random.Random(11)

    def page(path: str) -> str:
        words = ["red", "blue", "north", "south", "old", "new"]
        bred = links(
            (f"/staff/all?{'&amp;'.join(f'{word}={chance.choice(words)}' for word in words[:number])}"
             for number in range(1, 6) for _ in range(8)),
            "Staff directory",
        )  # fmt: skip
        return team(bred) if path == "/our-team" else html(bred + links(["/our-team"], "Leadership team"))

    return _trap(page)


def word_hosts() -> Trap:
    def page(path: str) -> str:
        hosts = (
            f"http://{word}.{HOST}/leadership" for word in ("amber", "birch", "cedar", "dune", "elm", "fern", "gorse")
        )
        return (
            team()
            if path == "/team"
            else html(links(hosts, "Leadership") + links([f"http://{HOST}/team"], "Leadership team"))
        )

    return Trap({HOST: serve(page), "*": serve(page)})


def numbered_pages() -> Trap:
    def page(path: str) -> str | None:
        if path == "/?page_id=4711":
            return team()
        bred = links((f"/?page_id={number}" for number in range(10, 40)), "About our team")
        return html(bred + links(["/?page_id=4711"], "Leadership"))

    return _trap(page)


def office_pages() -> Trap:
    def page(path: str) -> str:
        bred = links(
            (f"/office-{word}/team" for word in ("oslo", "rome", "lyon", "graz", "bern", "cork", "gent", "york")),
            "Team",
        )
        return team() if path == "/leadership" else html(bred + links(["/leadership"], "Leadership"))

    return _trap(page)


def list_in_the_path() -> Trap:
    def page(path: str) -> str | None:
        number = int(match[1]) if (match := re.fullmatch(r"/speakers/page/(\d+)", path)) else 1
        if path == "/":
            return html(links(["/speakers"], "Speakers"))
        pager = "".join(f'<a href="/speakers/page/{other}">{other}</a> ' for other in range(1, 6) if other != number)
        return speakers(names(6, start=6 * number), f"<p>{pager}</p>") if path.startswith("/speakers") else None

    return _trap(page, spider=SpeakersSpider)
