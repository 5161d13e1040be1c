"""A row of a table outside of DNS that says whose a record set is, in the shape of a record set itself.

In that shape it stands in a snapshot beside the records, is planned with them, and is sent in one unit with the record
that it is about. Its name is a mark before the name of the record set, so that all rows of a name stand in one place;
type and set identifier are those of the record set. The mark is no part of any host's name.
"""

from __future__ import annotations

from zonewright.model.endpoint import Key

_MARK = "#."


def place(name: str) -> str:
    """Where the rows of a name stand."""
    return _MARK + name


def is_place(name: str) -> bool:
    """Whether this is where rows stand, and not a name of DNS."""
    return name.startswith(_MARK)


def name_at(place: str) -> str:
    """The name whose rows stand in a place."""
    return place.removeprefix(_MARK)


def key_of(record: Key) -> Key:
    """The key of the row about a record set."""
    return Key(place(record.name), record.rtype, record.set_identifier)


def record_of(row: Key) -> Key:
    """The key of the record set that a row is about."""
    return Key(name_at(row.name), row.rtype, row.set_identifier)


def text_of(record: Key) -> str:
    """How ExternalDNS spells the key of a record set in its table: "www.example.org#A#" (registry/dynamodb)."""
    return f"{record.name}#{record.rtype}#{record.set_identifier}"


def shown(key: Key) -> str:
    """The name of a record set as people know it; a row by its key in the table."""
    return text_of(record_of(key)) if is_place(key.name) else key.name
