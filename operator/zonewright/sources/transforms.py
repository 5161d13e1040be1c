"""What is done to all record sets alike, whatever object they come from (ExternalDNS, source/wrappers/types.go).

The order counts: default targets may be in a NAT64 network, the IPv4 addresses within may be filtered, and only what is
published has a reverse name.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from zonewright.model.claim import Claim, Note, Resource
from zonewright.model.endpoint import ALIAS_TYPES, Endpoint
from zonewright.model.reason import Problem, Reason
from zonewright.settings import Settings
from zonewright.sources import nat64, properties, reverse, targetnets
from zonewright.sources.records import Targets, targets_of


@dataclass(frozen=True, slots=True)
class Shaped:
    """What becomes of record sets of one name.

    endpoints  to publish
    pointers   record sets of the reverse names of their addresses
    problems   what could not be honoured; where `endpoints` is empty, why
    notes      on what is published
    """

    endpoints: tuple[Endpoint, ...]
    pointers: tuple[Endpoint, ...] = ()
    problems: tuple[Problem, ...] = ()
    notes: tuple[Note, ...] = ()


def applied(claims: Iterable[Claim], settings: Settings) -> tuple[Claim, ...]:
    """The claims of one object, in the order in which they were made, then those on reverse names."""
    result: list[Claim] = []
    pointers: dict[Resource, list[Endpoint]] = {}
    for claim in claims:
        done = shaped(claim.endpoints, settings)
        problems = (*claim.problems, *done.problems)
        result.append(replace(claim, endpoints=done.endpoints, problems=problems, notes=done.notes))
        pointers.setdefault(claim.resource, []).extend(done.pointers)
    for resource, found in pointers.items():
        result += reverse.claims(found, resource)
    return tuple(result)


def shaped(endpoints: Iterable[Endpoint], settings: Settings) -> Shaped:
    """Record sets of one name, as the settings want them. Those without targets get the default ones, if any."""
    filled, problems = _filled(endpoints, settings)
    objections = {endpoint: found for endpoint in filled if (found := _objection(endpoint))}
    sound = nat64.with_embedded((e for e in filled if e not in objections), settings.nat64_networks)
    passing, filtered, notes = _passing(sound, settings)
    finished = [_finished(endpoint, settings) for endpoint in passing]
    doubts = dict.fromkeys(doubt for endpoint in finished for doubt in properties.doubts(endpoint, settings.provider))
    told = (*problems, *objections.values(), *filtered, *doubts)
    if not reverse.understood(settings):
        return Shaped(tuple(finished), (), told, notes)
    pointers = (pointer for endpoint in finished for pointer in reverse.pointers(endpoint, settings))
    return Shaped(tuple(map(reverse.without_wish, finished)), tuple(pointers), told, notes)


def _passing(
    endpoints: Sequence[Endpoint], settings: Settings
) -> tuple[list[Endpoint], tuple[Problem, ...], tuple[Note, ...]]:
    """What is left by the filters on targets: nothing and why, or something and what is missing."""
    kept = [(endpoint, targetnets.kept(endpoint, settings)) for endpoint in endpoints]
    passing = [left for _, left in kept if left.targets]
    if not passing:
        return [], tuple(targetnets.nothing_left(endpoint, settings) for endpoint in endpoints), ()
    return passing, (), tuple(note for pair in kept if (note := targetnets.left_out(*pair, settings)))


def _filled(endpoints: Iterable[Endpoint], settings: Settings) -> tuple[list[Endpoint], tuple[Problem, ...]]:
    """Default targets where there are none, or with --force-default-targets everywhere (wrappers/multisource.go)."""
    found: dict[Endpoint, None] = {}
    defaults, used = _defaults(settings.default_targets), False
    for endpoint in endpoints:
        if endpoint.targets and not settings.force_default_targets:
            found[endpoint] = None
            continue
        used = True
        found |= {replace(endpoint, rtype=rtype, targets=ts): None for rtype, ts in defaults.by_type.items()}
    return list(found), defaults.problems if used else ()


@lru_cache(maxsize=8)
def _defaults(written: tuple[str, ...]) -> Targets:
    return targets_of(written)


def _objection(endpoint: Endpoint) -> Problem | None:
    """Why a record set makes no sense in itself."""
    if endpoint.rtype in ALIAS_TYPES and endpoint.targets == (endpoint.name,):
        why = f"a {endpoint.rtype} of {endpoint.name} to itself answers nothing"
        return Problem(Reason.INVALID_TARGET, why)
    return properties.misplaced_alias(endpoint)


def _finished(endpoint: Endpoint, settings: Settings) -> Endpoint:
    """With what the settings say about every record set (wrappers/post_processor.go)."""
    endpoint = properties.own(endpoint, settings.provider)
    if settings.prefer_alias:
        endpoint = properties.preferring_alias(endpoint)
    least = int(settings.min_ttl)  # whole seconds, as ExternalDNS cuts it
    return replace(endpoint, ttl=least) if (endpoint.ttl or 0) < least else endpoint
