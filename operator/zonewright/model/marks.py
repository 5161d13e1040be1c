"""How the DNSEndpoints that Zonewright generates are told from those that people write."""

from __future__ import annotations

import re
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

MANAGED_BY_LABEL = "app.kubernetes.io/managed-by"
MANAGED_BY = "zonewright"
OWNER_ID_LABEL = "zonewright.io/owner-id"
HOSTNAME_ANNOTATION = "zonewright.io/hostname"  # a hostname that may be no valid label value, nor even a valid name
ADOPT_ANNOTATION = "zonewright.io/adopt"  # "equal" or "always": records of nobody may be taken over
MISSING_SINCE_ANNOTATION = "zonewright.io/targets-missing-since"  # JSON: times by the object that has lost its targets
ADOPT_FROM_ANNOTATION = "zonewright.io/adopt-from"  # the object that has asked for it; none where a person has set it
HELD_LABEL = "zonewright.io/held-deletes"  # "true": an object that shows deletes which wait for a person
INSTALLATION_LABEL = "zonewright.io/installation"  # one of several that share an owner id, by what it publishes where
HELD_ZONE_ANNOTATION = "zonewright.io/zone-id"
HELD_PLAN_ANNOTATION = "zonewright.io/held-plan"  # what is to be approved
APPROVE_ANNOTATION = "zonewright.io/approve"  # what has been

_LABEL_VALUE = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?")


def owner_label(owner_id: str) -> str:
    """The owner id as a label value: itself where it can be one, else a hash (an owner id is any text)."""
    if _LABEL_VALUE.fullmatch(owner_id):
        return owner_id
    return f"sha256-{sha256(owner_id.encode(errors='surrogatepass')).hexdigest()[:40]}"


def is_generated(obj: Mapping[str, Any]) -> bool:
    """Whether a Zonewright, of whatever owner id, has written the object."""
    return _marks(obj, "labels").get(MANAGED_BY_LABEL) == MANAGED_BY and hostname_of(obj) is not None


def is_generated_by(obj: Mapping[str, Any], owner_id: str) -> bool:
    """Whether the Zonewright of this owner id has written the object."""
    return is_generated(obj) and _marks(obj, "labels").get(OWNER_ID_LABEL) == owner_label(owner_id)


def shows_held_deletes(obj: Mapping[str, Any]) -> bool:
    """Whether an object shows deletes that are held, of whatever owner id; it asks for nothing."""
    return _marks(obj, "labels").get(HELD_LABEL) == "true"


def hostname_of(obj: Mapping[str, Any]) -> str | None:
    """The hostname that an object was generated for."""
    hostname = _marks(obj, "annotations").get(HOSTNAME_ANNOTATION)
    return hostname if isinstance(hostname, str) else None


def _marks(obj: Mapping[str, Any], field: str) -> Mapping[str, Any]:
    meta = obj.get("metadata")
    found = meta.get(field) if isinstance(meta, dict) else None
    return found if isinstance(found, dict) else {}
