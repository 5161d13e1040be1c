"""Which namespaces may have which names: --namespace-domains. Without it, every namespace may have every name.

The credentials are no boundary between the tenants of one cluster (ExternalDNS #2639, #3330), so this is one. What
belongs to no namespace, such as a Node, is the cluster's own and may have every name.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from zonewright.model.claim import Claim
from zonewright.model.grant import EVERY, Grant
from zonewright.model.hostname import printable
from zonewright.model.reason import Problem, Reason
from zonewright.settings import Settings

_SHOWN = 5


def granted(namespace: str, settings: Settings) -> tuple[str, ...] | None:
    """The domains of a namespace; None where it may have every name."""
    if not settings.namespace_domains or not namespace:
        return None
    grants = _parsed(settings.namespace_domains)
    domains = tuple(dict.fromkeys(domain for grant in grants for domain in grant.domains_of(namespace)))
    return None if EVERY in domains else domains


@lru_cache(maxsize=8)
def _parsed(written: tuple[str, ...]) -> tuple[Grant, ...]:
    return tuple(map(Grant.parse, written))


def objection(hostname: str, namespace: str, settings: Settings) -> Problem | None:
    """Why a namespace may not have a name; None when it may."""
    domains = granted(namespace, settings)
    if domains is None or any(hostname == domain or hostname.endswith(f".{domain}") for domain in domains):
        return None
    more = f" and {len(domains) - _SHOWN} more" if len(domains) > _SHOWN else ""
    given = f"it may have names in {', '.join(domains[:_SHOWN])}{more}" if domains else "it may have none"
    why = f"the namespace {namespace} may not have {printable(hostname, 253)}: by --namespace-domains {given}"
    return Problem(Reason.NOT_GRANTED, why)


def limited(claims: Iterable[Claim], settings: Settings) -> tuple[Claim, ...]:
    """Claims, without record sets where the namespace may not have the name."""
    return tuple(_limited(claim, settings) for claim in claims) if settings.namespace_domains else tuple(claims)


def _limited(claim: Claim, settings: Settings) -> Claim:
    problem = objection(claim.hostname, claim.resource.namespace, settings)
    if problem is None or any(one.reason is Reason.INVALID_NAME for one in claim.problems):
        return claim
    return replace(claim, endpoints=(), problems=(problem, *claim.problems), notes=())
