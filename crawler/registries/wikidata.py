"""Wikidata: which items to ask for, and who leads a company by what its item and those of its people say. Pure.

The company's side is read, for people's own items name few employers (leaders.md section 1): its item names people by
office, theirs give name and accounts, further ones the names of roles. Data model: crawler.registries.claims.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any, Final, NamedTuple
from urllib.parse import quote, urlencode

from crawler.items import CompanyFact, PageReading, PersonItem, Section
from crawler.registries.answers import RegistryReading
from crawler.registries.claims import Claim, claims, current, day, label, states
from pipelines.lexicon.titles import read_title
from pipelines.lexicon.vocabulary import load_vocabulary

Item = Mapping[str, Any]
"""One item, as `crawler.registries.claims.entities` gives it."""

READER: Final = "wikidata"
ITEMS_AT_ONCE: Final = 50
"""The most that wbgetentities takes from a client without special rights."""
MAX_LAG_SECONDS: Final = 5
"""Asked for in work that can wait: a server that lags further behind answers with an error (API etiquette)."""
NAMES, CLAIMS, ALIASES = "labels", "labels|claims", "labels|aliases|claims"
"""What is asked for of an item: each holds what the one before it does."""
_API: Final = "https://www.wikidata.org/w/api.php"
_KIND, _DIED, _COUNTRY, _EMPLOYEES, _MOMENT = "P31", "P570", "P17", "P1128", "P585"
_EMPLOYER, _POSITION = "P108", "P39"


@dataclass(frozen=True, slots=True)
class Office:
    """One role of one person, as a statement has it."""

    person: str
    """Item id."""
    claim: Claim
    title: str
    section: Section
    over: bool
    role: str | None = None
    """The item that names the role more exactly."""


class _Held(NamedTuple):
    """Somebody in a role, and whether that is over."""

    person: PersonItem
    over: bool

    @property
    def role(self) -> tuple[str, bool]:
        """What tells apart the roles of one person."""
        return (self.person.title or "").casefold(), self.over


# --- what to ask for ---------------------------------------------------------------------------------------------


def item_page(item: str) -> str:
    """The page of an item, for people: evidence, and a key by which a person is known again."""
    return f"https://www.wikidata.org/wiki/{item}"


def items_url(items: Sequence[str], *, props: str = CLAIMS) -> str:
    """The address that answers with up to 50 items: what `props` names of each."""
    parameters = {
        "action": "wbgetentities",
        "format": "json",
        "ids": "|".join(items),
        "props": props,
        "languages": "|".join(_languages()),
        "maxlag": str(MAX_LAG_SECONDS),
    }
    return f"{_API}?{urlencode(parameters, safe='|')}"


def batches(items: Iterable[str], size: int = ITEMS_AT_ONCE) -> list[tuple[str, ...]]:
    """Item ids in their order, each once, in groups that one address may ask for."""
    once = list(dict.fromkeys(items))
    return [tuple(once[start : start + size]) for start in range(0, len(once), size)]


def people_of(company: Item) -> tuple[str, ...]:
    """The items of everybody whom a company's item names; nobody where it is no organisation."""
    return tuple(dict.fromkeys(office.person for office in _offices(company, on=None)))


def roles_of(company: Item, items: Mapping[str, Item]) -> tuple[str, ...]:
    """The items that name roles, of the company's statements and of those of its people; only their labels matter."""
    own = (office.role for office in _offices(company, on=None))
    people = (items[person] for person in people_of(company) if person in items)
    posts = (office.role for person in people for office in _posts(person, _id(company), on=None))
    return tuple(dict.fromkeys(role for role in (*own, *posts) if role))


# --- what is said ------------------------------------------------------------------------------------------------


def is_organisation(item: Item) -> bool:
    """Whether an item says what it is, and that is nobody: P488 stands on people, too."""
    kinds = {claim.item() for claim in claims(item, _KIND)}
    return bool(kinds) and kinds.isdisjoint(_vocabulary()["humans"])


def read_company(company: Item, items: Mapping[str, Item], *, on: str | None) -> RegistryReading:
    """Who leads a company and who did; `items` are those of people and roles, `on` is today's ISO date.

    What only somebody's own item says of a role here stands beside, under that item: there it can be looked up.
    Its own item counts wherever it was merged into; reasons for nobody: `wrong_item`, `no_people`.
    """
    if not is_organisation(company):
        return RegistryReading(PageReading(kind="leaders", reader=READER, reason="wrong_item"))
    offices = list(_offices(company, on=on))
    dropped = Counter[str]()
    own: list[_Held] = []
    beside: dict[str, PageReading] = {}
    for person in dict.fromkeys(office.person for office in offices):
        item = items.get(person)
        if item is None or (reason := _unfit(item)):
            dropped["missing" if item is None else reason or ""] += 1
            continue
        held = _roles(item, (office for office in offices if office.person == person), items, company)
        posts = _roles(item, _posts(item, _id(company), on=on), items, company)
        own += held
        told = {each.role for each in held}
        if more := [each for each in posts if each.role not in told]:
            beside[_id(item)] = _page(more)
    return RegistryReading(_page(own, _facts(company, on)), beside, dict(dropped))


def read_items(items: Mapping[str, Item], *, on: str | None) -> RegistryReading:
    """An answer on its own: the first company in it with the people beside it, else the people themselves.

    Of people without a company nothing is known but name and accounts.
    """
    company = next((item for item in items.values() if people_of(item)), None)
    if company is not None:
        found = read_company(company, items, on=on)
        people = tuple(person for page in (found.page, *found.beside.values()) for person in page.people)
        former = tuple(person for page in (found.page, *found.beside.values()) for person in page.former)
        page = replace(found.page, people=people, former=former, reason=None if people else "no_people")
        return replace(found, page=page, beside={})
    dropped = Counter(reason for item in items.values() if (reason := _unfit(item)))
    fit = [item for item in items.values() if not _unfit(item)]
    people = tuple(PersonItem(name=name_of(item) or "", links=accounts_of(item)) for item in fit)
    reason = None if people else "no_people"
    page = PageReading(kind="leaders", reader=READER, people=people, reason=reason)
    return RegistryReading(page, dropped=dict(dropped))


def _page(held: Sequence[_Held], facts: tuple[CompanyFact, ...] = ()) -> PageReading:
    people = tuple(person for person, over in held if not over)
    former = tuple(person for person, over in held if over)
    reason = None if people else "no_people"
    return PageReading(kind="leaders", reader=READER, people=people, former=former, facts=facts, reason=reason)


def name_of(item: Item) -> str | None:
    """The name of an item in the first language that has one."""
    return label(item, _languages())


def accounts_of(person: Item) -> tuple[str, ...]:
    """The item's page, then accounts and sites of a person that did not end, as addresses."""
    found = [item_page(_id(person))]
    for account in _vocabulary()["account"]:
        values = [claim.value for claim in claims(person, account["property"]) if not claim.is_over()]
        found += [url for value in values if isinstance(value, str) and (url := _address(account["url"], value))]
    return tuple(dict.fromkeys(found))


# --- offices -----------------------------------------------------------------------------------------------------


def _offices(company: Item, *, on: str | None) -> Iterator[Office]:
    """What the company's own item says, property by property."""
    if not is_organisation(company):
        return
    for rule in _vocabulary()["office"]:
        found = claims(company, rule["property"])
        for claim, over in _sorted_out(found, on):
            past = over or (rule.get("past", False) and claim.since() is None)
            if (person := claim.item()) is not None:
                yield Office(person, claim, rule["title"], rule["section"], past, _role(claim))


def _posts(person: Item, company: str, *, on: str | None) -> Iterator[Office]:
    """What a person's item says of this company: employments and positions whose role it names."""
    places = _vocabulary()["places"]
    for claim, over in _sorted_out(claims(person, _EMPLOYER), on):
        if claim.item() == company and (role := _role(claim)):
            yield Office(_id(person), claim, "", "executive", over, role)
    for claim, over in _sorted_out(claims(person, _POSITION), on):
        held_at = {place for name in places for place in claim.qualifiers.get(name, ()) if isinstance(place, str)}
        if company in held_at and (role := claim.item()):
            yield Office(_id(person), claim, "", "executive", over, role)


def _sorted_out(found: Sequence[Claim], on: str | None) -> Iterator[tuple[Claim, bool]]:
    """Each claim that holds now (False) or is over (True); what a preferred one outranks is neither."""
    now = current(found, on=on)
    for claim in found:
        if claim in now:
            yield claim, False
        elif claim.is_over(on):
            yield claim, True


def _role(claim: Claim) -> str | None:
    """The item by which a statement's qualifiers name the role."""
    names = (claim.qualifier(name) for name in _vocabulary()["roles"])
    return next((name for name in names if isinstance(name, str) and name.startswith("Q")), None)


def _named(offices: Iterable[Office], items: Mapping[str, Item]) -> list[tuple[Office, str]]:
    """Each office with its title, the latest of those that are told apart by nothing else."""
    found: dict[tuple[str, bool], tuple[Office, str]] = {}
    for office in sorted(offices, key=lambda office: office.claim.since() or ""):
        role = items.get(office.role or "")
        name = (role and name_of(role)) or ""
        title = name[:1].upper() + name[1:] or office.title
        if title:
            found[title.casefold(), office.over] = (office, title)
    return list(found.values())


# --- people ------------------------------------------------------------------------------------------------------


def _unfit(person: Item) -> str | None:
    """Why an item is nobody to follow."""
    if _vocabulary()["human"] not in {claim.item() for claim in claims(person, _KIND)}:
        return "not_human"
    if states(person, _DIED):
        return "dead"
    return None if name_of(person) else "no_name"


def _roles(person: Item, offices: Iterable[Office], items: Mapping[str, Item], company: Item) -> list[_Held]:
    return [_Held(_person(person, office, title, company), office.over) for office, title in _named(offices, items)]


def _person(person: Item, office: Office, title: str, company: Item) -> PersonItem:
    since, until = office.claim.since(), office.claim.until()
    name = name_of(person) or ""
    span = [f"since {since}" if since else "", f"until {until}" if until else ""]
    said = [f"{name_of(company) or _id(company)} ({_id(company)})", f"{office.claim.property} {title}: {name}", *span]
    board = office.section == "board" or (not office.title and read_title(title).level == "board")
    return PersonItem(
        name=name,
        title=title,
        section="board" if board else office.section,
        links=accounts_of(person),
        excerpt=", ".join(part for part in said if part)[:300],
        since=since,
        until=until,
    )


def _address(form: str, value: str) -> str | None:
    """The address of an account; None for a value that is none."""
    text = value.strip()
    if form == "{}":
        return text if text.startswith(("http://", "https://")) else None
    user, _, host = text.lstrip("@").partition("@")
    if not user or any(char.isspace() for char in text) or ("{host}" in form and "." not in host):
        return None
    handle = quote(text.lstrip("@"), safe="/@:._~%-")
    number = text.zfill(10) if text.isdecimal() else ""
    if "{cik}" in form and len(number) != 10:
        return None
    return form.format(handle, user=quote(user, safe="._-"), host=quote(host, safe=".:-"), cik=number)


# --- facts of the company ----------------------------------------------------------------------------------------


def _facts(company: Item, on: str | None) -> tuple[CompanyFact, ...]:
    countries = {country_code(claim) for claim in current(claims(company, _COUNTRY), on=on)}
    code = countries.pop() if len(countries) == 1 else None
    found = [CompanyFact(kind="country", value=code)] if code else []
    # Preferred or not, the count of the latest date is the one that is true now.
    counts = sorted(current(claims(company, _EMPLOYEES), on=on), key=lambda claim: day(claim.qualifier(_MOMENT)) or "")
    if counts and (number := _whole(counts[-1])):
        found.append(CompanyFact(kind="employees", value=number, as_of=day(counts[-1].qualifier(_MOMENT))))
    return tuple(found)


def country_code(claim: Claim) -> str | None:
    """The ISO 3166 code of the country that a claim points to; None where config/vocab/wikidata.toml has none."""
    code = _vocabulary()["countries"].get(claim.item() or "")
    return str(code) if code else None


def _whole(claim: Claim) -> str | None:
    amount = claim.value.get("amount") if isinstance(claim.value, Mapping) else None
    try:
        return str(int(Decimal(str(amount))))
    except (InvalidOperation, ValueError, OverflowError):
        return None


def _id(item: Item) -> str:
    return str(item["id"])


def _vocabulary() -> dict[str, Any]:
    return load_vocabulary("wikidata")


def _languages() -> tuple[str, ...]:
    return tuple(_vocabulary()["languages"])
