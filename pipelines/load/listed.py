"""The organisations of the lists, as one transaction needs them: by id, and by a name that only one of them bears."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from sqlalchemy import bindparam, select
from sqlmodel import Session

from pipelines.lexicon.organisations import organisation_key
from pipelines.load.rows import columns, rows_of
from pipelines.records import PersonRecord, PositionRecord
from watchlist.models import Organization

_LISTED = columns(Organization)
_KEY_OF_ONE = select(_LISTED.key).where(_LISTED.id == bindparam("organization_id"))
_ALL = select(_LISTED.id, _LISTED.key, _LISTED.name)
_key_of = lru_cache(maxsize=16384)(organisation_key)


@dataclass(frozen=True)
class Listed:
    """The organisations of the lists, read when first asked for."""

    session: Session

    def place(self, record: PersonRecord) -> PersonRecord:
        """The record with its organisations told apart as the lists do: two may bear one name."""
        return replace(record, positions=tuple(map(self._placed, record.positions)))

    def key_of(self, organization_id: int | None, organisation: str, organisation_key: str) -> str:
        """The key a stored position goes by: the list's, also where the organisation came onto a list later."""
        listed = None if organization_id is not None else self._by_name.get(_key_of(organisation))
        return listed[1] if listed else organisation_key

    def _placed(self, position: PositionRecord) -> PositionRecord:
        own = position.organization_id
        listed = self._by_name.get(_key_of(position.organisation)) if own is None else self._own(own)
        if listed is None:
            return position
        return replace(position, organization_id=listed[0], organisation_key=listed[1])

    def _own(self, organization_id: int) -> tuple[int, str] | None:
        if organization_id not in self._keys:
            found = rows_of(self.session, _KEY_OF_ONE, organization_id=organization_id)
            self._keys[organization_id] = next((row.key for row in found), None)
        key = self._keys[organization_id]
        return (organization_id, key) if key is not None else None

    @cached_property
    def _keys(self) -> dict[int, str | None]:
        """Keys by id, as far as they were asked for."""
        return {}

    @cached_property
    def _by_name(self) -> dict[str, tuple[int, str]]:
        """(id, key) by folded name, where exactly one organisation bears it."""
        found: dict[str, list[tuple[int, str]]] = {}
        for row in rows_of(self.session, _ALL):
            found.setdefault(_key_of(row.name), []).append((row.id, row.key))
        return {name: bearers[0] for name, bearers in found.items() if len(bearers) == 1}
