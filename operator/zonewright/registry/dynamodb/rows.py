"""What a row of the table holds (ExternalDNS, registry/dynamodb):

k  name, type and set identifier: "www.example.org#A#"
o  the id of the owner
l  labels, a map of texts: resource, and those of a DNSEndpoint; not the owner
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from zonewright.model.endpoint import OWNER_LABEL, RESOURCE_LABEL, Endpoint, Key
from zonewright.model.hostname import spelled
from zonewright.model.ownership import Ownership
from zonewright.model.row import key_of, record_of, text_of

LONGEST_KEY = 2048  # octets of a partition key (DynamoDB, Service quotas)
_NOT_KEPT = frozenset({OWNER_LABEL, RESOURCE_LABEL, "txt-encryption-nonce"})  # fields of their own, or of another form

Item = Mapping[str, Any]  # in DynamoDB's typed JSON: {"k": {"S": "www.example.org#A#"}, …}


@dataclass(frozen=True, slots=True)
class Row:
    """key: the record set that it is about; text: its key as the table spells it."""

    key: Key
    text: str
    ownership: Ownership

    @classmethod
    def of(cls, key: Key, ownership: Ownership) -> Row:
        """A row that is to be written."""
        return cls(key, text_of(key), ownership)

    @property
    def endpoint(self) -> Endpoint:
        """In the shape of a record set (model/row.py)."""
        return as_endpoint(self.key, self.ownership)


def read_item(item: Item) -> Row | None:
    """A row of the table; None for what is none. Never raises: a table may hold anything."""
    text = _text(item.get("k"))
    parts = text.split("#", 2) if text else []
    if len(parts) != 3:
        return None
    labels = item.get("l")
    fields = labels.get("M") if isinstance(labels, Mapping) else None
    found = {str(k): value for k, v in fields.items() if (value := _text(v))} if isinstance(fields, Mapping) else {}
    name, rtype, set_identifier = parts
    return Row(Key(spelled(name), rtype.upper(), set_identifier), text, _ownership(_text(item.get("o")), found))


def labels_of(ownership: Ownership) -> dict[str, str]:
    """The labels of a row."""
    return {key: value for key, value in ownership.labels().items() if key != OWNER_LABEL}


@lru_cache(maxsize=32_768)  # most rows are the same at the next reading
def as_endpoint(record: Key, ownership: Ownership) -> Endpoint:
    """A row in the shape of a record set; its only target is what the row says, for people and for `said`."""
    text = json.dumps({"o": ownership.owner, "l": labels_of(ownership)}, sort_keys=True, ensure_ascii=False)
    key = key_of(record)
    return Endpoint(key.name, key.rtype, (text,), set_identifier=key.set_identifier)


@lru_cache(maxsize=32_768)  # a plan of a name reads the same row several times; the result is frozen
def said(row: Endpoint) -> Ownership:
    """What `as_endpoint` was given."""
    content = json.loads(row.targets[0])
    return _ownership(content["o"], content["l"])


def about(row: Endpoint) -> Key:
    """The record set that a row is about."""
    return record_of(row.key)


def _ownership(owner: str, labels: Mapping[str, str]) -> Ownership:
    extra = tuple(sorted((key, value) for key, value in labels.items() if key not in _NOT_KEPT))
    return Ownership(owner, labels.get(RESOURCE_LABEL, ""), extra)


def _text(value: Any) -> str:
    """The text of a typed value; "" for another type."""
    text = value.get("S") if isinstance(value, Mapping) else None
    return text if isinstance(text, str) else ""
