"""PartiQL that writes rows: the forms of ExternalDNS, so that its IAM policy serves (Insert, Update, Delete, Scan).

What to send is decided by the rows that are known to be there, not by what was planned: a row may have been written for
a record that then did not land. Updates and deletes ask for our owner id as well, and an insert for no row at all: so
the table itself refuses what would be another owner's, whatever we think of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from zonewright.model.change import Change
from zonewright.model.endpoint import Key
from zonewright.model.row import is_place, record_of
from zonewright.registry.dynamodb.rows import Row, labels_of, said

BATCH = 25  # statements of one BatchExecuteStatement

Rows = Mapping[Key, Row]


class Verb(StrEnum):
    """What a statement does."""

    INSERT = "INSERT"
    UPDATE = "UPDATE"
    DELETE = "DELETE"


@dataclass(frozen=True, slots=True)
class Statement:
    """row: what stands afterwards; with DELETE what stood before."""

    verb: Verb
    row: Row

    def request(self, table: str) -> dict[str, Any]:
        """An item of `Statements` of BatchExecuteStatement. table: without double quotes."""
        key, owner = {"S": self.row.text}, {"S": self.row.ownership.owner}
        labels = {"M": {name: {"S": value} for name, value in labels_of(self.row.ownership).items()}}
        match self.verb:
            case Verb.INSERT:
                text, parameters = "INSERT INTO {table} VALUE {{'k':?, 'o':?, 'l':?}}", [key, owner, labels]
            case Verb.UPDATE:
                text, parameters = 'UPDATE {table} SET "l"=? WHERE "k"=? AND "o"=?', [labels, key, owner]
            case Verb.DELETE:
                text, parameters = 'DELETE FROM {table} WHERE "k"=? AND "o"=?', [key, owner]
        return {"Statement": text.format(table=f'"{table}"'), "Parameters": parameters}


def writes(changes: Iterable[Change], rows: Rows) -> Iterator[Statement]:
    """What has to be written before the records change. Nothing where a row says it already."""
    for change in changes:
        if change.new is None or not is_place(change.key.name):
            continue
        key, ownership = record_of(change.key), said(change.new)
        standing = rows.get(key)
        if standing is None or standing.ownership.owner != ownership.owner:
            yield Statement(Verb.INSERT, Row.of(key, ownership))
        elif standing.ownership != ownership:
            yield Statement(Verb.UPDATE, Row(key, standing.text, ownership))


def deletes(changes: Iterable[Change], rows: Rows) -> Iterator[Statement]:
    """What has to go once the records have changed."""
    for change in changes:
        if change.old is None or change.new is not None or not is_place(change.key.name):
            continue
        standing = rows.get(record_of(change.key))
        if standing is not None and standing.ownership.owner == said(change.old).owner:
            yield Statement(Verb.DELETE, standing)


def records_only(changes: Iterable[Change]) -> tuple[Change, ...]:
    """What is left for DNS."""
    return tuple(change for change in changes if not is_place(change.key.name))
