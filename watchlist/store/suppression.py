"""Who was erased and must not be stored again: keyed hashes, so that the list itself names nobody."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Literal

from sqlmodel import Session, col, select

from watchlist.models import Meta, Suppression
from watchlist.store.upsert import upsert

Kind = Literal["person", "url", "host"]
SECRET = "suppression_key"  # noqa: S105 - the name under which Meta holds it
CHUNK = 500


def person_value(name_key: str, organisation_key: str) -> str:
    """How a person at an organisation is suppressed: a bare name would take in everybody who bears it."""
    return f"{name_key}\n{organisation_key}"


def is_suppressed(session: Session, kind: Kind, values: Iterable[str]) -> set[str]:
    """Those of `values` that must not be stored.

    kind `person`: values made by `person_value`; `url`: canonical profile and feed addresses, entry addresses; `host`:
    hosts and sites that nobody else's source is on.
    """
    secret = session.get(Meta, SECRET)
    if secret is None:
        return set()
    by_hash = {_hash(secret.value, kind, value): value for value in values}
    hashes, found = list(by_hash), set[str]()
    for start in range(0, len(hashes), CHUNK):
        known = col(Suppression.key_hash).in_(hashes[start : start + CHUNK])
        found.update(by_hash[each] for each in session.exec(select(Suppression.key_hash).where(known)))
    return found


def suppress(session: Session, kind: Kind, values: Iterable[str]) -> int:
    """Lets nobody store `values` again (see `is_suppressed`); says how many of them were not suppressed before."""
    secret, now = _secret(session), datetime.now(UTC)
    rows = [{"kind": kind, "key_hash": _hash(secret, kind, value), "created_at": now} for value in set(values)]
    return upsert(session, Suppression, rows, key=["key_hash"], update=())


def _secret(session: Session) -> str:
    """The database's own key, made at first use: hashes of one database say nothing about another."""
    upsert(session, Meta, [{"key": SECRET, "value": secrets.token_hex(32)}], key=["key"], update=())
    return session.exec(select(Meta.value).where(Meta.key == SECRET)).one()


def _hash(secret: str, kind: str, value: str) -> str:
    return hmac.new(
        bytes.fromhex(secret), f"{kind}\n{value}".encode("utf-8", "surrogatepass"), hashlib.sha256
    ).hexdigest()
