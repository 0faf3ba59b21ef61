"""Which organisation of the lists a name, a host or an id means; what fits several is told, not guessed."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property
from typing import Final
from urllib.parse import urlsplit

from sqlmodel import Session, col, select

from crawler.fetch.pace import registrable_domain
from pipelines.lexicon.organisations import organisation_key
from watchlist.errors import NotFoundError, UsageError
from watchlist.models import CompanyList, ListEntry, Organization

_LOOKS_LIKE_HOST: Final = re.compile(r"(?:https?://)?(?:[\w-]+\.)+[\w-]{2,}(?::\d+)?(?:[/?#]\S*)?")


def host_of_address(address: str) -> str | None:
    """The host without www, in lower case; None where the text names none."""
    try:
        host = urlsplit(address if "://" in address else f"//{address}").hostname
    except ValueError:
        return None
    return host.removeprefix("www.").rstrip(".") or None if host else None


class Organisations:
    """The organisations of the lists, by what people call them."""

    def __init__(self, organisations: Iterable[Organization]) -> None:
        self._by_name = defaultdict[str, list[Organization]](list)
        self._by_host = defaultdict[str, list[Organization]](list)
        self._by_id = defaultdict[str, list[Organization]](list)
        for each in organisations:
            self._by_name[_folded(each.name)].append(each)
            for host in {host_of_address(url) for url in (each.website, each.leadership_url) if url} - {None}:
                self._by_host[host or ""].append(each)
            for known in (each.wikidata_id, each.cik, each.key):
                if known:
                    self._by_id[known.casefold()].append(each)

    @classmethod
    def of(cls, session: Session, list_key: str | None = None) -> Organisations:
        """All organisations, or those of one list."""
        query = select(Organization).order_by(col(Organization.id))
        if list_key is not None:
            query = query.join(ListEntry).join(CompanyList).where(CompanyList.key == list_key)
        return cls(session.exec(query))

    def named(self, name: str) -> list[Organization]:
        """Those that bear the name, legal forms, case and accents aside."""
        folded = _folded(name)
        return self._by_name.get(folded, []) if folded else []

    def at_host(self, address: str) -> list[Organization]:
        """Those whose site the address is on: of the same host, else of the same registrable domain."""
        host = host_of_address(address)
        if host is None:
            return []
        if exact := self._by_host.get(host):
            return exact
        domain = registrable_domain(host)
        if domain is None:
            return []
        sites = [each for known, each in self._by_host.items() if registrable_domain(known) == domain]
        return list({company.id: company for companies in sites for company in companies}.values())

    def meant(self, text: str) -> list[Organization]:
        """Those that a text means: an id, an address or a host, else a name."""
        if found := self._by_id.get(text.strip().casefold()):
            return found
        if _LOOKS_LIKE_HOST.fullmatch(text.strip()) and (found := self.at_host(text.strip())):
            return found
        return self.named(text)

    def close_to(self, text: str) -> list[Organization]:
        """Those that the text may be a short form of: the first words of the name, or the name of the site.

        To be proposed, never taken: "Delta" is an airline and a faucet.
        """
        words = organisation_key(text).split()
        if not words:
            return []
        begins = [each for name, each in self._names if name[: len(words)] == words]
        sites = self._sites.get("".join(words), [])
        return list({each.id: each for each in (*begins, *sites)}.values())

    @cached_property
    def _names(self) -> list[tuple[list[str], Organization]]:
        return [(organisation_key(each.name).split(), each) for named in self._by_name.values() for each in named]

    @cached_property
    def _sites(self) -> dict[str, list[Organization]]:
        """By the registrable domain without its ending: dell for www.dell.com."""
        found = defaultdict[str, list[Organization]](list)
        for host, at in self._by_host.items():
            found[(registrable_domain(host) or "").partition(".")[0].replace("-", "")] += at
        return found


def require_organisation(session: Session, text: str, list_key: str) -> Organization:
    """The one company of a list that the text means. Raises NotFoundError or UsageError that says what to write."""
    known = Organisations.of(session, list_key)
    found = known.meant(text)
    if len(found) == 1:
        return found[0]
    if not found:
        close = known.close_to(text)
        hint = f"perhaps {describe(close[:5])}" if close else f"mentorwatch companies list {list_key}"
        raise NotFoundError(f"no company of the list {list_key!r} is called {text!r}", hint=hint)
    raise UsageError(f"{text!r} means {len(found)} companies: {describe(found)}", hint="name one by its website")


def describe(found: Iterable[Organization]) -> str:
    """Companies in one line, each by what tells it apart."""
    return "; ".join(f"{each.name} ({host_of_address(each.website or '') or each.key})" for each in found)


def _folded(name: str) -> str:
    return organisation_key(name).replace(" ", "")
