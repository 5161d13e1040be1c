"""Claims that come of templates, and when they count: what every source does that has names of its own, too."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from zonewright.model.claim import Claim
from zonewright.model.hostname import MAX_NAME, printable
from zonewright.model.reason import Problem
from zonewright.settings import Settings
from zonewright.sources import records, templates
from zonewright.sources.fields import Object
from zonewright.sources.terms import Terms


def otherwise(
    found: tuple[Claim, ...], more: Callable[[], tuple[Claim, ...]], *, combine: bool = False
) -> tuple[Claim, ...]:
    """A second way to come by names, for objects that publish nothing so far, or with `combine` for all.

    What publishes nothing itself gives way to what is there: names of which nobody would ever hear again, once the
    first way has its targets, need no status.
    """
    if combine:
        return (*found, *more())
    if any(claim.endpoints for claim in found):
        return found
    second = more()
    return (*found, *second) if not found or any(claim.endpoints for claim in second) else found


def bare(terms: Terms) -> Terms:
    """Terms for records about which the annotations say nothing: the provider's time to live, and no properties."""
    return replace(terms, ttl=None, set_identifier="", properties={})


def pairs(obj: Object, source: str, terms: Terms, settings: Settings) -> tuple[Claim, ...]:
    """The claims of --fqdn-target-template: hostnames that bring their targets (ExternalDNS, source/template)."""
    found, problems = templates.pairs(obj, source, settings)
    targets: dict[str, list[str]] = {}
    for hostname, target in found:
        targets.setdefault(hostname, []).extend([target] if target else [])
    absent = records.no_targets(f"--fqdn-target-template names no target for {terms.resource}")
    claims = [
        claim
        for hostname, written in targets.items()
        for claim in records.claims([hostname], records.targets_of(written), bare(terms), absent)
    ]
    return (*claims, *failed(settings.fqdn_target_template, terms, problems))


def failed(written: Sequence[str], terms: Terms, problems: Sequence[Problem]) -> tuple[Claim, ...]:
    """What a template could not make of an object: a claim on the template, for there is no hostname to tell of."""
    if not problems:
        return ()
    return (Claim(printable(",".join(written), MAX_NAME), (), terms.resource, tuple(problems)),)
