"""What changes on a page without anybody moving: titles in another language, names spelled otherwise."""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from crawler.items import PersonItem
from pipelines.lexicon.titles import read_title

LEVELS = {
    "de": {"c_level": "Vorstand {}", "vp": "Vizepräsident {}", "director": "Direktor {}", "head": "Leiter {}",
           "manager": "Manager {}", "board": "Mitglied des Aufsichtsrats"},
    "fr": {"c_level": "Directeur général {}", "vp": "Vice-président {}", "director": "Directeur {}",
           "head": "Responsable {}", "manager": "Manager {}", "board": "Administrateur"},
    "es": {"c_level": "Director general {}", "vp": "Vicepresidente {}", "director": "Director {}", "head": "Jefe {}",
           "manager": "Gerente {}", "board": "Miembro del consejo de administración"},
}  # fmt: skip
FUNCTIONS = {
    "de": {"hr": "Personal", "finance": "Finanzen", "sales": "Vertrieb", "operations": "Betrieb", "it": "IT",
           "engineering": "Entwicklung", "marketing": "Marketing", "legal": "Recht", "product": "Produkte"},
    "fr": {"hr": "des ressources humaines", "finance": "financier", "sales": "des ventes",
           "operations": "des opérations", "it": "informatique",
           "engineering": "de l'ingénierie", "marketing": "du marketing", "legal": "juridique",
           "product": "des produits"},
    "es": {"hr": "de recursos humanos", "finance": "de finanzas", "sales": "de ventas", "operations": "de operaciones",
           "it": "de informática", "engineering": "de ingeniería", "marketing": "de marketing", "legal": "jurídico",
           "product": "de producto"},
}  # fmt: skip
_SHORT = {
    "Chief Executive Officer": "CEO", "Chief Financial Officer": "CFO", "Vice President": "VP", "Senior": "Sr.",
    "Human Resources": "HR", "and": "&", "Director of": "Director,",
}  # fmt: skip


def translated(title: str, language: str) -> str:
    """A title as a translator would put it, by its level and function; one that is of no known level stays."""
    reading = read_title(title)
    pattern = LEVELS[language].get(reading.level)
    return pattern.format(FUNCTIONS[language].get(reading.function, "")).strip() if pattern else title


def all_translated(people: Sequence[PersonItem], language: str) -> list[PersonItem]:
    """The people with their titles in another language, or as they are where many titles have no known level."""
    found = [replace(each, title=each.title and translated(each.title, language)) for each in people]
    changed = sum(one.title != other.title for one, other in zip(people, found, strict=True))
    return found if changed >= 0.7 * len(people) else list(people)


def reworded(text: str) -> str:
    """The same title in short words."""
    words = "|".join(re.escape(phrase) for phrase in sorted(_SHORT, key=len, reverse=True))
    return re.sub(rf"\b(?:{words})(?!\w)", lambda found: _SHORT[found[0]], text)


def respelled(person: PersonItem, chance: random.Random) -> PersonItem:
    """The person under their name as another editor would write it."""
    ways = (_doctor, _initial, str.upper, _plain)
    return replace(person, name=chance.choice(ways)(person.name))


def _doctor(name: str) -> str:
    return f"Dr. {name}"


def _initial(name: str) -> str:
    """With a middle initial where there are but two names."""
    words = name.split()
    return f"{words[0]} Q. {words[1]}" if len(words) == 2 else name


def _plain(name: str) -> str:
    """Without accents."""
    return "".join(char for char in unicodedata.normalize("NFD", name) if not unicodedata.combining(char))
