"""Fictional people with the jobs they hold, in several languages."""

from __future__ import annotations

from tests.sober.hosts import Someone

_GIVEN = (
    "Miriam", "Tobias", "Priya", "Oscar", "Lucia", "Gerald", "Nora", "Marta", "Hannah", "Anselm", "Claire", "Victor",
    "Ingrid", "Samuel", "Teresa", "Philip", "Renata", "Walter", "Judith", "Marcus",
)  # fmt: skip
_FAMILY = (
    "Okafor", "Lindqvist", "Raman", "Ferrante", "Whitcombe", "Haddad", "Quist", "Brandner", "Castellano", "Novak",
    "Thornbury", "Vesterholm", "Delacourt", "Abernathy", "Marchetti", "Sorensen", "Bielski",
)  # fmt: skip
TITLES: dict[str, tuple[str, ...]] = {
    "en": ("Chief Executive Officer", "Chief Financial Officer", "Chief Technology Officer", "VP Sales"),
    "de": ("Geschäftsführer", "Finanzvorstand", "Leiter Entwicklung", "Leiterin Vertrieb"),
    "fr": ("Directeur général", "Directrice financière", "Directeur technique", "Directrice commerciale"),
    "es": ("Director General", "Directora Financiera", "Director de Tecnología", "Directora Comercial"),
    "it": ("Amministratore Delegato", "Direttore Finanziario", "Direttore Tecnico", "Direttore Commerciale"),
    "pt": ("Diretor Executivo", "Diretora Financeira", "Diretor de Tecnologia", "Diretora Comercial"),
    "nl": ("Algemeen Directeur", "Financieel Directeur", "Technisch Directeur", "Commercieel Directeur"),
    "pl": ("Prezes Zarządu", "Dyrektor Finansowy", "Dyrektor Techniczny", "Dyrektor Sprzedaży"),
    "ru": ("Генеральный директор", "Финансовый директор", "Технический директор", "Коммерческий директор"),
    "uk": ("Генеральний директор", "Фінансовий директор", "Технічний директор", "Комерційний директор"),
    "tr": ("Genel Müdür", "Finans Direktörü", "Teknoloji Direktörü", "Satış Direktörü"),
    "sv": ("Verkställande direktör", "Ekonomichef", "Teknikchef", "Försäljningschef"),
}
_CYRILLIC = {
    "ru": ("Марина Соколова", "Андрей Лебедев", "Игорь Воронцов", "Ольга Краснова"),
    "uk": ("Олена Шевчук", "Андрій Коваленко", "Ігор Бондаренко", "Наталія Кравець"),
}


def names(place: int, count: int) -> list[str]:
    """Names that no other place has."""
    numbers = range(place * 5, place * 5 + count)
    return [f"{_GIVEN[number % 20]} {_FAMILY[(number * 7 + number // 20) % 17]}" for number in numbers]


def leaders(place: int, *, lang: str = "en") -> list[Someone]:
    """Four leaders, none of the HR function."""
    called = list(_CYRILLIC.get(lang, ())) or names(place, 4)
    return [Someone(*pair) for pair in zip(called, TITLES[lang], strict=True)]


def with_hr(place: int, title: str = "Chief People Officer") -> list[Someone]:
    """Four leaders and, third among them, the one of the HR function."""
    people = leaders(place)
    return [*people[:2], Someone(names(place, 5)[4], title), *people[2:]]


def hr_name(place: int) -> str:
    """The name of the HR leader of a place."""
    return names(place, 5)[4]
