"""The DynamoDB registry: a row of a table says whose a record is, in place of a TXT record beside it.

All rows stand in the snapshot of a zone, in the shape of record sets (model/row.py), those of other owners among them:
what is theirs must not look like nobody's, which may be adopted.

A record without row, of which a TXT record of the TXT registry says that it is ours, gets its row. When no record leans
on the TXT record any more it is deleted, where that is allowed; TXT records of others are never touched.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from dataclasses import replace

from zonewright.model.change import Change
from zonewright.model.endpoint import Endpoint, Key
from zonewright.model.ownership import Held, Ownership
from zonewright.model.reason import Problem, Reason
from zonewright.model.row import is_place, name_at, place, text_of
from zonewright.registry.base import ZoneRecords
from zonewright.registry.dynamodb.rows import LONGEST_KEY, about, as_endpoint, said
from zonewright.registry.txt.registry import TxtRegistry


class DynamoDBRegistry:
    """Implements `registry.base.Registry`.

    texts          reads what the TXT registry has left
    removes_texts  whether ownership TXT records of ours are deleted once there are rows
    """

    migrates = False

    def __init__(self, owner_id: str, texts: TxtRegistry, *, removes_texts: bool) -> None:
        self.owner_id = owner_id
        self._texts = texts
        self._removes_texts = removes_texts

    def is_ownership(self, endpoint: Endpoint) -> bool:
        return is_place(endpoint.name) or self._texts.is_ownership(endpoint)

    def held(self, name: str, records: ZoneRecords) -> tuple[Held, ...]:
        rows = {about(row): row for row in records.at(place(name))}
        told = self._texts.held(name, records)
        needed = {proof.key for held in told if held.endpoint.key not in rows for proof in held.proofs}
        return tuple(self._held(held, rows.get(held.endpoint.key), needed) for held in told)

    def orphans(self, name: str, records: ZoneRecords) -> tuple[Held, ...]:
        standing = {record.key for record in records.at(name) if not self.is_ownership(record)}
        rows = [row for row in records.at(place(name)) if about(row) not in standing]
        return *(_orphan(row) for row in rows), *self._texts.orphans(name, records)

    def heirs(self, name: str, wanted: Set[Key], records: ZoneRecords) -> tuple[Held, ...]:
        return ()

    def obstacle(self, new: Endpoint, records: ZoneRecords) -> Problem | None:
        size = len(text_of(new.key).encode())
        if size > LONGEST_KEY:
            why = f"its set identifier is too long: its row's key has {size} octets, DynamoDB takes {LONGEST_KEY}"
            return Problem(Reason.REJECTED, why)
        return None

    def owned_names(self, records: ZoneRecords) -> Iterable[str]:
        places = (place for place in records.names() if is_place(place))
        rows = {name_at(place) for place in places if any(self._is_ours(said(row)) for row in records.at(place))}
        return rows.union(self._texts.owned_names(_WithoutRows(records)))

    def unshareable(self, new: Endpoint) -> Problem | None:
        why = "a row of the table has one owner, --registry=txt is needed"
        return Problem(Reason.INVALID_ANNOTATION, f"annotation shared: {why}")

    def create(self, new: Endpoint, ownership: Ownership, standing: Sequence[Endpoint]) -> tuple[Change, ...]:
        record = Change(None, new.with_labels(ownership.labels()))
        row = as_endpoint(new.key, ownership)
        before = next((proof for proof in standing if proof.key == row.key), None)
        return (record,) if before == row else (Change(before, row), record)

    def update(self, held: Held, new: Endpoint, ownership: Ownership) -> tuple[Change, ...]:
        """As in ExternalDNS, a row follows only where the record changes as well; and where the record is to outlast
        its object, or to outlast it no more."""
        return tuple(self._updated(held, new, ownership))

    def delete(self, held: Held) -> tuple[Change, ...]:
        record = (Change(held.endpoint, None),) if held.endpoint.targets else ()
        rows = (Change(proof, None) for proof in held.proofs if is_place(proof.name))
        return *record, *rows, *self._withdrawn(held)

    def left_over(self, records: ZoneRecords) -> frozenset[str]:
        """Names of which TXT records say that they are ours, where these may not be deleted."""
        return frozenset() if self._removes_texts else frozenset(self._texts.owned_names(_WithoutRows(records)))

    def _is_ours(self, ownership: Ownership | None) -> bool:
        return ownership is not None and ownership.owner == self.owner_id

    def _held(self, told: Held, row: Endpoint | None, needed: set[Key]) -> Held:
        """A record set with its row before all else; `needed`: TXT records that another record set leans on."""
        if row is None:
            return replace(told, complete=False)
        ownership = said(row)
        ours = self._is_ours(ownership) and self._is_ours(told.ownership)
        left = tuple(proof for proof in told.proofs if ours and proof.key not in needed)
        return Held(told.endpoint.with_labels(ownership.labels()), ownership, (row, *left))

    def _updated(self, held: Held, new: Endpoint, ownership: Ownership) -> Iterator[Change]:
        changed = new.with_labels({}) != held.endpoint.with_labels({})
        row = as_endpoint(new.key, ownership)
        before = next((proof for proof in held.proofs if proof.key == row.key), None)
        follows = changed or (held.ownership and held.ownership.outlasted) != ownership.outlasted
        if before is None or (follows and before != row):
            yield Change(before, row)
        if changed:
            yield Change(held.endpoint, new.with_labels(ownership.labels()))
        if before is not None:  # in another round than the row came: until then, others may lean on the TXT record
            yield from self._withdrawn(held)

    def _withdrawn(self, held: Held) -> Iterator[Change]:
        """Ownership TXT records of ours go; text of others in the same record set stays."""
        proofs = tuple(proof for proof in held.proofs if not is_place(proof.name))
        if proofs and self._removes_texts:
            yield from self._texts.delete(Held(replace(held.endpoint, targets=()), held.ownership, proofs))


class _WithoutRows:
    """The record sets of a zone that stand in DNS. Implements `ZoneRecords`."""

    def __init__(self, records: ZoneRecords) -> None:
        self._records = records

    def names(self) -> Iterable[str]:
        return (name for name in self._records.names() if not is_place(name))

    def at(self, name: str) -> Sequence[Endpoint]:
        return self._records.at(name)


def _orphan(row: Endpoint) -> Held:
    key = about(row)
    missing = Endpoint(key.name, key.rtype, (), set_identifier=key.set_identifier)
    return Held(missing, said(row), (row,))
