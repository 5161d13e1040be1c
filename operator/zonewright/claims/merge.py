"""The merge rule: what several objects of one namespace ask for at one hostname, as record sets.

Objects of one kind share a name: addresses are united, as ExternalDNS does (endpoint/utils.go, source/service.go), and
the record is said to come of the first object by name. Everything else stays side by side, each record set with the
object it comes from, and planning picks one: who has the name keeps it.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import replace
from itertools import groupby

from zonewright.model.claim import Claim
from zonewright.model.endpoint import ALIAS_TYPES, SHARED_LABEL, Endpoint
from zonewright.model.kind import SERVICE
from zonewright.planning.candidates import is_derived, lowest_ttl
from zonewright.sources.catalog import SOURCES

_RANKS = {source.kind.kind: rank for rank, source in enumerate(SOURCES)}


def rank(claim: Claim) -> tuple[int, str]:
    """The order among claims on one name: by kind, in the order of the sources, then by name."""
    return _RANKS.get(claim.resource.kind, len(_RANKS)), str(claim.resource)


def merged(claims: Iterable[Claim]) -> tuple[Endpoint, ...]:
    """The record sets of claims on one hostname, in an order that depends on nothing but the claims.

    Equal targets that are asked for twice, by objects of two kinds or under two ttls, stand once: the first stays.
    """
    ordered = sorted(claims, key=rank)
    found: dict[Hashable, Endpoint] = {}
    for kind, group in groupby(ordered, key=lambda claim: claim.resource.kind):
        for endpoint in _united(kind, [e for claim in group for e in claim.endpoints if not is_derived(e)]):
            place = endpoint.key, endpoint.targets
            found[place] = _speaking(found.get(place, endpoint), endpoint)
    return *found.values(), *_reverse(e for claim in ordered for e in claim.endpoints if is_derived(e))


def _reverse(endpoints: Iterable[Endpoint]) -> list[Endpoint]:
    """Reverse names follow from addresses, whatever kind of object they are of: all of one name become one record set
    with the lowest ttl (ExternalDNS, source/wrappers/ptr.go)."""
    groups: dict[Hashable, list[Endpoint]] = {}
    for endpoint in endpoints:
        groups.setdefault((endpoint.key, endpoint.properties), []).append(endpoint)
    return [
        replace(group[0], targets=tuple(sorted({t for e in group for t in e.targets})), ttl=lowest_ttl(group))
        for group in groups.values()
    ]


def _united(kind: str, endpoints: Sequence[Endpoint]) -> list[Endpoint]:
    """Record sets of objects of one kind; of those that are united, the first gives all but the targets."""
    found: dict[Hashable, Endpoint] = {}
    for endpoint in endpoints:
        key = _shared(kind, endpoint)
        first = found[key] = _speaking(found.get(key, endpoint), endpoint)
        if first.targets != endpoint.targets:
            found[key] = replace(first, targets=tuple(sorted({*first.targets, *endpoint.targets})))
    return list(found.values())


def _speaking(first: Endpoint, other: Endpoint) -> Endpoint:
    """The first, as its object says it; as the other's, where that alone is to outlast its object: when it has gone,
    DNS must tell that it was this one. Shared with other owners, where one of the two is."""
    speaker = replace(first, labels=other.labels) if other.retained and not first.retained else first
    if speaker.shared or not (first.shared or other.shared):
        return speaker
    return speaker.with_labels({**dict(speaker.labels), SHARED_LABEL: "true"})


def _shared(kind: str, endpoint: Endpoint) -> Hashable:
    """What record sets must have in common to be united. Of Services not the ttl (ExternalDNS, source/service.go);
    of names the target: they cannot be united, since a CNAME has one."""
    ttl = None if kind == SERVICE.kind else endpoint.ttl
    return endpoint.key, ttl, endpoint.targets if endpoint.rtype in ALIAS_TYPES else ()
