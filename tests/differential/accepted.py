"""Every difference that is meant: a named rule each, with the row of docs/differences.md that tells users of it.

A rule looks at one hostname of one scenario, and says whether it explains that the two tools publish something else.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from differential.running import Key, Record
from differential.scenarios import PREFIX, Object, Scenario

Published = Mapping[Key, Record]


@dataclass(frozen=True, slots=True)
class Difference:
    """One hostname for which the two do not agree: what each of them publishes of it, by type and set identifier."""

    scenario: Scenario
    hostname: str
    theirs: Published
    ours: Published


@dataclass(frozen=True, slots=True)
class Rule:
    """documented: words of the row in docs/differences.md."""

    name: str
    documented: str
    explains: Callable[[Difference], bool]


def differences(scenario: Scenario, theirs: Published, ours: Published) -> Iterator[Difference]:
    """Hostnames of a scenario that are not published alike. Whose a record is counts where there is no choice."""
    several = len({_owner(obj) for obj in scenario.objects}) > 1
    for hostname in sorted({key.name for key in (*theirs, *ours)}):
        one, other = _of(hostname, theirs, several), _of(hostname, ours, several)
        if one != other:
            yield Difference(scenario, hostname, one, other)


def _owner(obj: Object) -> str:
    return "" if obj["kind"] in ("Pod", "EndpointSlice", "Gateway") else f"{obj['kind']}/{obj['metadata']['name']}"


def _of(hostname: str, published: Published, several: bool) -> dict[Key, Record]:
    found = {key: record for key, record in published.items() if key.name == hostname}
    if not several:
        return found
    return {key: Record(r.targets, r.ttl, r.properties, "") for key, r in found.items()}


def notes(scenario: Scenario, name: str) -> Sequence[str]:
    """The values of an annotation in a scenario."""
    values = (obj["metadata"].get("annotations", {}).get(PREFIX + name) for obj in scenario.objects)
    return [value for value in values if value is not None]


def _one_name(d: Difference) -> bool:
    """A CNAME with several targets: ours has the smallest of theirs."""
    pairs = [(d.theirs.get(key), record) for key, record in d.ours.items() if key.rtype == "CNAME"]
    return d.ours.keys() == d.theirs.keys() and any(
        theirs is not None and len(theirs.targets) > 1 and record.targets == (min(theirs.targets),)
        for theirs, record in pairs
    )


def _two_families(d: Difference) -> bool:
    """The cluster address of the second family is published as well."""
    more = d.ours.keys() - d.theirs.keys()
    alike = all(d.ours.get(key) == record for key, record in d.theirs.items())
    dual = any(obj["kind"] == "Service" and "ipFamilyPolicy" in obj.get("spec", {}) for obj in d.scenario.objects)
    return alike and dual and {key.rtype for key in more} == {"AAAA"}


RULES = (
    Rule("a CNAME has one target", "several CNAME targets", _one_name),
    Rule("both families of a Service", "both families", _two_families),
)


def explanation(difference: Difference) -> Rule | None:
    """The first rule that explains a difference."""
    return next((rule for rule in RULES if rule.explains(difference)), None)
