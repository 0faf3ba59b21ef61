"""Sites in twelve languages that show their leaders, nobody of the HR function among them."""

from __future__ import annotations

from typing import NamedTuple

from tests.sober.folk import leaders
from tests.sober.hosts import Host, cards, home, page


class _Site(NamedTuple):
    lang: str
    name: str
    path: str
    text: str
    """What the menu calls the page of the leaders."""
    other: str


_SITES = (
    _Site("en", "Bramblehurst", "/about/executive-team", "Executive team", "Products"),
    _Site("de", "Kornweiler", "/unternehmen/geschaeftsleitung", "Geschäftsleitung", "Produkte"),
    _Site("fr", "Valfontaine", "/groupe/comite-executif", "Comité exécutif", "Produits"),
    _Site("es", "Montealbor", "/empresa/equipo-directivo", "Equipo directivo", "Productos"),
    _Site("it", "Pietrasole", "/azienda/direzione", "La direzione", "Prodotti"),
    _Site("pt", "Ribeiralta", "/sobre/diretoria", "Diretoria", "Produtos"),
    _Site("nl", "Waterbeek", "/over-ons/directie", "Onze directie", "Producten"),
    _Site("pl", "Jesionka", "/o-nas/zarzad", "Nasz zarząd", "Produkty"),
    _Site("ru", "Belorechye", "/o-kompanii/rukovodstvo", "Руководство", "Продукция"),
    _Site("uk", "Verbivka", "/pro-kompaniyu/c12", "Керівництво", "Послуги"),
    _Site("tr", "Karaselvi", "/kurumsal/yonetim-kadromuz", "Yönetim kadromuz", "Ürünler"),
    _Site("sv", "Björkdalen", "/om-oss/koncernledning", "Koncernledningen", "Produkter"),
)


def sites_without_the_function() -> list[Host]:
    """Twelve, one a language."""
    return [_host(place, site) for place, site in enumerate(_SITES, 60)]


def _host(place: int, site: _Site) -> Host:
    body = f"<main><h1>{site.text}</h1>{cards(leaders(place, lang=site.lang))}</main>"
    pages = {
        "/": home(site.name, ("/p", site.other), (site.path, site.text), lang=site.lang),
        "/p": page(site.other, f"<h1>{site.other}</h1><p>1, 2, 3.</p>", lang=site.lang, company=site.name),
        site.path: page(f"{site.text} | {site.name}", body, lang=site.lang, company=site.name),
    }
    host = f"{site.name.lower().replace('ö', 'o')}.test"
    return Host(site.name, host, "no_function", pages, reason="not_listed")
