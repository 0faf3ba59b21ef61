"""Links and sitemaps that lead to people, and whether a home page names its company."""

from __future__ import annotations

import pytest

from crawler.pages import Document
from crawler.pages.navigation import names_company, people_links, score_link, site_names, site_of, sitemap_links


def home(body: str, url: str = "https://www.acme.test/", head: str = "") -> Document:
    return Document(url=url, body=f"<html><head>{head}</head><body>{body}</body></html>".encode(), organisation="Acme")


def links(*pairs: tuple[str, str]) -> str:
    return "".join(f'<a href="{href}">{text}</a>' for href, text in pairs)


def test_leadership_comes_before_board_before_team_before_about() -> None:
    body = links(
        ("/about", "About us"),
        ("/team", "Team"),
        ("/board", "Board of Directors"),
        ("/leadership", "Leadership"),
        ("/careers", "Careers"),
        ("/login", "Log in"),
    )
    found = people_links(home(body))
    assert [link.url.rpartition("/")[2] for link in found] == ["leadership", "board", "team", "about"]
    assert [link.score >= 3 for link in found] == [True, True, True, False]


@pytest.mark.parametrize(
    ("href", "text"),
    [
        ("/unternehmen/geschaeftsleitung", "Geschäftsleitung"),
        ("/unternehmen/vorstand", "Vorstand"),
        ("/groupe/gouvernance", "Comité de direction"),
        ("/notre-equipe", "Notre équipe"),
        ("/empresa/equipo-directivo", "Equipo directivo"),
        ("/o-kompanii/rukovodstvo", "Руководство"),
        ("/sobre/diretoria", "Diretoria"),
        ("/chi-siamo/team", "Il team"),
        ("/over-ons/directie", "Directie"),
        ("/o-nas/zarzad", "Zarząd"),
        ("/om-oss/ledning", "Ledning"),
        ("/x1", "Executive leadership & board"),
        ("/x1", "Mitglieder des Vorstands"),
        ("/konzern/fuehrung", "Führungsteam"),
        ("/x1", "Instances dirigeantes"),
        ("/qui-sommes-nous/codir", "CODIR"),
        ("/x1", "Alta dirección"),
        ("/x1", "Comissão executiva"),
        ("/x1", "Organi sociali"),
        ("/x1", "Il nostro team"),
        ("/x1", "Raad van bestuur"),
        ("/x1", "Kadra zarządzająca"),
        ("/x1", "Члены правления"),
        ("/x1", "Совет директоров"),
        ("/x1", "Керівництво компанії"),
        ("/x1", "Наглядова рада"),
        ("/x1", "Yönetim Kurulu Üyeleri"),
        ("/x1", "Üst yönetim"),
        ("/x1", "Koncernledning"),
        ("/x1", "Ledningsgruppen"),
        ("/x1", "Konsernledelsen"),
        ("/x1", "Direktionen"),
        ("/x1", "Představenstvo"),
        ("/x1", "Johtoryhmä"),
        ("/x1", "Hallituksen jäsenet"),
        ("/x1", "経営陣のご紹介"),
        ("/x1", "取締役会"),
        ("/x1", "公司管理团队"),
        ("/x1", "董事会"),
        ("/x1", "경영진"),
        ("/x1", "Meet the team"),
        ("/portal/about/executive-officers.html", ""),
    ],
)
def test_people_pages_in_many_languages_score_as_such(href: str, text: str) -> None:
    assert people_links(home(links((href, text))))[0].score >= 3


@pytest.mark.parametrize(
    ("href", "text"),
    [
        ("/careers/join-our-team", "Join our team"),
        ("/products/project-management", "Project management"),
        ("/services/asset-management", "Asset Management"),
        ("/blog/5-leadership-tips", "5 leadership tips for managers"),
        ("/news/new-ceo", "We welcome a new member of the leadership team"),
        ("/board-games", "Board games"),
        ("/x1", "Projektmanagement"),
        ("/x1", "Управление проектами"),
        ("/x1", "Directions"),
        ("/x1", "採用情報"),
        ("/x1", "Executive search"),
        ("/team-login", "Staff login"),
        ("/about/leadership.pdf", "Leadership"),
        ("mailto:team@acme.test", "Team"),
        ("#team", "Team"),
        ("javascript:team()", "Team"),
        ("https://other.test/leadership", "Leadership"),
        ("https://www.acme.test/", "Leadership"),
    ],
)
def test_other_links_do_not_lead_to_people(href: str, text: str) -> None:
    assert people_links(home(links((href, text)))) == ()


def test_a_subdomain_is_the_same_site_and_fragments_are_one_page() -> None:
    body = links(("https://about.acme.test/team#ceo", "Team"), ("https://about.acme.test/team#cfo", "Our team"))
    assert [link.url for link in people_links(home(body))] == ["https://about.acme.test/team"]


def test_an_image_or_label_stands_for_the_text() -> None:
    body = '<a href="/x"><img src="t.png" alt="Our team"></a><a href="/y" aria-label="Leadership"><svg></svg></a>'
    assert {link.url[-1]: link.text for link in people_links(home(body))} == {"x": "Our team", "y": "Leadership"}


def test_a_profile_page_scores_below_the_page_of_all() -> None:
    assert score_link("https://a.test/about/team/ann-lee", "Ann Lee") < score_link("https://a.test/about/team", "Team")


@pytest.mark.parametrize(
    ("url", "site"),
    [
        ("https://www.example.co.uk/x", "example.co.uk"),
        ("https://a.b.acme.test/", "acme.test"),
        ("https://one.github.io/", "one.github.io"),
        ("http://127.0.0.1:8000/", "127.0.0.1"),
        ("http://[::1]/", "::1"),
        ("http://[broken/", ""),
    ],
)
def test_site_of_an_address(url: str, site: str) -> None:
    assert site_of(url) == site


# --- sitemaps -------------------------------------------------------------------------------------------------------

URLSET = b"""<?xml version="1.0"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<url><loc>https://acme.test/products/widget</loc></url><url><loc> https://acme.test/about/leadership </loc></url>
<url><loc>https://acme.test/about</loc></url><url><loc>https://evil.test/leadership</loc></url></urlset>"""


def test_sitemap_gives_the_promising_pages_of_the_same_site() -> None:
    found = sitemap_links(URLSET, "https://acme.test/sitemap.xml")
    assert [link.url for link in found] == ["https://acme.test/about/leadership", "https://acme.test/about"]
    assert len(found) == 2
    assert found.sitemaps == ()


def test_sitemap_index_gives_its_sitemaps() -> None:
    body = b"""<sitemapindex><sitemap><loc>https://acme.test/posts.xml</loc></sitemap>
    <sitemap><loc>/team-sitemap.xml</loc></sitemap></sitemapindex>"""
    found = sitemap_links(body, "https://acme.test/sitemap.xml")
    assert [link.url for link in found.sitemaps] == [
        "https://acme.test/team-sitemap.xml",
        "https://acme.test/posts.xml",
    ]
    assert len(found) == 0


def test_plain_text_sitemap() -> None:
    found = sitemap_links(b"https://acme.test/team\nhttps://acme.test/x\n", "https://acme.test/sitemap.txt")
    assert [link.url for link in found] == ["https://acme.test/team"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<",
        b"<html><body>Not found</body></html>",
        b"\x00\xff\xfe<loc>",
        b"<urlset>" + b"<url>" * 5000,
        b"<urlset><url><loc>http://[broken/team</loc></url><url><loc></loc></url></urlset>",
        b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/hostname">]><urlset><url><loc>&e;</loc></url></urlset>',
        b'<!DOCTYPE x [<!ENTITY a "https://acme.test/team">]><urlset><url><loc>&a;</loc></url></urlset>',
    ],
)
def test_hostile_sitemaps_give_nothing(body: bytes) -> None:
    found = sitemap_links(body, "https://acme.test/sitemap.xml")
    assert (found.links, found.sitemaps) == ((), ())


# --- whose site it is -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "body", "name"),
    [
        ("<title>Home | Nordwind Analytics</title>", "", "Nordwind Analytics GmbH"),
        ('<meta property="og:site_name" content="Nordwind Analytics">', "", "nordwind analytics"),
        ("", "<footer>© 2024 Nordwind Analytics, Inc. All rights reserved</footer>", "Nordwind Analytics"),
        ("", '<a class="logo"><img src="l.png" alt="NordWind Analytics"></a>', "Nordwind Analytics"),
        ("<title>Welcome to NordwindAnalytics</title>", "", "Nordwind Analytics"),
    ],
)
def test_home_page_names_the_company(head: str, body: str, name: str) -> None:
    page = home(body, url="https://www.nwa.test/", head=head)
    assert names_company(page, name)
    assert not names_company(page, "Southwind Analytics")


def test_the_domain_names_the_company() -> None:
    assert names_company(home("", url="https://nordwind-analytics.test/"), "Nordwind Analytics AG")
    assert not names_company(home("", url="https://nordwind-analytics.test/"), "")


def test_site_names_are_short_texts() -> None:
    page = home(f"<h1>Acme</h1><p>© Acme {'x' * 400}</p>", head="<title>Acme</title>")
    assert site_names(page) == ("Acme",)
