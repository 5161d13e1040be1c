"""RRsets as the API has them ⇄ record sets.

A record of an RRset can be disabled: it is kept, and not served. Here it is no record, and goes back as it came.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from zonewright.model.endpoint import ALIAS as ALIAS_PROPERTY
from zonewright.model.endpoint import Endpoint, RecordType
from zonewright.model.hostname import spelled
from zonewright.providers.base import Unavailable
from zonewright.providers.pdns.content import ALIAS, read, written

DEFAULT_TTL = 300  # seconds; the API wants one, and ExternalDNS gives this

Json = dict[str, Any]


class Place(NamedTuple):
    """Where an RRset stands: name (spelled) and type, ALIAS among them."""

    name: str
    rtype: str


@dataclass(frozen=True, slots=True)
class RRset:
    """served: contents that DNS answers with; disabled: contents that are kept for later. ttl in seconds."""

    place: Place
    ttl: int
    served: tuple[str, ...]
    disabled: tuple[str, ...] = ()


def parse(answer: object) -> list[RRset]:
    """The RRsets of a zone. Raises Unavailable where the answer makes no sense."""
    try:
        rrsets = answer["rrsets"]  # type: ignore[index]
        if not isinstance(rrsets, list):  # another empty thing must not pass for an empty zone
            raise TypeError
        return [_rrset(rrset) for rrset in rrsets if rrset["records"]]  # one without records is a comment alone
    except (AttributeError, KeyError, TypeError, ValueError) as e:
        raise Unavailable("PowerDNS answered with a zone of another shape than the API's") from e


def _rrset(rrset: Mapping[str, Any]) -> RRset:
    served: list[str] = []
    disabled: list[str] = []
    for record in rrset["records"]:
        (disabled if record.get("disabled") else served).append(str(record["content"]))
    place = Place(spelled(str(rrset["name"])), str(rrset["type"]).upper())
    return RRset(place, int(rrset["ttl"]), tuple(served), tuple(disabled))


def record_set(rrset: RRset) -> Endpoint | None:
    """What DNS answers with. None where nothing is served.

    An ALIAS is a CNAME with the property `alias`, as it is asked for.
    """
    if not rrset.served:
        return None
    name, rtype = rrset.place
    properties = {ALIAS_PROPERTY: "true"} if rtype == ALIAS else {}
    seen = RecordType.CNAME if rtype == ALIAS else rtype
    return Endpoint.found(
        name, seen, [read(rtype, content) for content in rrset.served], ttl=rrset.ttl, properties=properties
    )


def is_alias(endpoint: Endpoint) -> bool:
    """Whether a wanted record set becomes an ALIAS."""
    return endpoint.rtype == RecordType.CNAME and (ALIAS_PROPERTY, "true") in endpoint.properties


def places(name: str, rtype: str) -> tuple[Place, ...]:
    """Where a record set of that type can stand."""
    types = (RecordType.CNAME, ALIAS) if rtype == RecordType.CNAME else (rtype,)
    return tuple(Place(name, each) for each in types)


def of_record_set(endpoint: Endpoint, disabled: Iterable[str]) -> RRset:
    """The RRset that serves a record set, beside contents that stay disabled."""
    place = Place(endpoint.name, ALIAS if is_alias(endpoint) else endpoint.rtype)
    served = tuple(dict.fromkeys(written(place.rtype, target) for target in endpoint.targets))
    kept = tuple(content for content in disabled if content not in served)  # the API wants each content once
    return RRset(place, endpoint.ttl or DEFAULT_TTL, served, kept)


def replacement(rrset: RRset) -> Json:
    """The change that brings an RRset about. Without `comments` those that there are stay."""
    if not (rrset.served or rrset.disabled):
        return {"name": f"{rrset.place.name}.", "type": rrset.place.rtype, "changetype": "DELETE"}
    contents = [(content, False) for content in rrset.served] + [(content, True) for content in rrset.disabled]
    return {
        "name": f"{rrset.place.name}.",
        "type": rrset.place.rtype,
        "ttl": rrset.ttl,
        "changetype": "REPLACE",
        "records": [{"content": content, "disabled": disabled} for content, disabled in contents],
    }
