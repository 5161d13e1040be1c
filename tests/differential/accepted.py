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
    """The cluster address of the second family is published as well; a CNAME gives way to it."""
    dual = any(obj["kind"] == "Service" and "ipFamilyPolicy" in obj.get("spec", {}) for obj in d.scenario.objects)
    clusters = {key for key, record in d.ours.items() if all(target.startswith("fd00:") for target in record.targets)}
    first = {key: record for key, record in d.ours.items() if key not in clusters}
    beside = {key: record for key, record in d.theirs.items() if key.rtype != "CNAME"}
    added = _more_addresses(d, "AAAA", lambda address: address.startswith("fd00:"))
    return dual and (added or (bool(clusters) and first == beside))


def _embedded(d: Difference) -> bool:
    """The IPv4 address within an address of NAT64 joins those of the name, of which ExternalDNS takes the one or the
    others."""
    embedded = "192.0.2.1" in {
        target for key, record in d.ours.items() if key.rtype == "A" for target in record.targets
    }
    return embedded and _more_addresses(d, "A", lambda _: True)


def _more_addresses(d: Difference, rtype: str, expected: Callable[[str], bool]) -> bool:
    """Whether ours is theirs and more targets of one type, all of which are as expected."""
    others = {key: record for key, record in d.ours.items() if key.rtype != rtype}
    if others != {key: record for key, record in d.theirs.items() if key.rtype != rtype}:
        return False
    more = {t for record in d.ours.values() for t in record.targets} - {
        t for record in d.theirs.values() for t in record.targets
    }
    kept = all(set(record.targets) <= set(d.ours[key].targets) for key, record in d.theirs.items() if key in d.ours)
    return kept and bool(more) and all(map(expected, more))


def _lost_properties(d: Difference) -> bool:
    """ExternalDNS takes another provider's properties out of a list that several endpoints share: some lose theirs."""
    foreign = notes(d.scenario, "aws-weight")
    fewer = all(_without_properties(record) == _without_properties(d.ours.get(key)) for key, record in d.theirs.items())
    lost = all(record.properties.items() <= d.ours[key].properties.items() for key, record in d.theirs.items() if fewer)
    return bool(foreign) and fewer and lost and d.ours.keys() == d.theirs.keys()


def _without_properties(record: Record | None) -> object:
    return None if record is None else (record.targets, record.ttl, record.resource)


def _whose_properties(d: Difference) -> bool:
    """Of objects that share a record set, ExternalDNS takes the properties of any one."""
    several = len({_owner(obj) for obj in d.scenario.objects} - {""}) > 1
    same = {key: _without_properties(record) for key, record in d.ours.items()}
    return several and same == {key: _without_properties(record) for key, record in d.theirs.items()}


def _no_name(d: Difference) -> bool:
    """A name that no server can answer for: a wildcard that is not the first label."""
    return "*" in d.hostname[1:] and not d.ours


def _beside_a_cname(d: Difference) -> bool:
    """A CNAME under a set identifier, and something else at the same name without it or under another one."""
    kept = {key: record for key, record in d.theirs.items() if key.rtype != "CNAME"}
    return bool(kept) and d.ours.keys() == kept.keys() and len(kept) < len(d.theirs)


def _one_spelling(d: Difference) -> bool:
    """Capitals make another name for ExternalDNS until it picks one of the two; for us both have always been one."""
    written = " ".join((*notes(d.scenario, "hostname"), *notes(d.scenario, "internal-hostname")))
    capitals = d.hostname in written.lower() and d.hostname.upper()[:3] in written
    return capitals and all(
        key in d.ours and set(record.targets) <= set(d.ours[key].targets) for key, record in d.theirs.items()
    )


RULES = (
    Rule("a CNAME has one target", "several CNAME targets", _one_name),
    Rule("both families of a Service", "Of a dual-stack Service", _two_families),
    Rule("addresses of NAT64 are joined", "from `--nat64-networks` and an A record", _embedded),
    Rule("properties are not lost", "the properties of other providers", _lost_properties),
    Rule("whose properties count", "left to chance", _whose_properties),
    Rule("capitals do not count", "differ in capitals alone", _one_spelling),
    Rule("names that DNS can hold", "Below a wildcard", _no_name),
    Rule("a CNAME stands alone", "under different set identifiers", _beside_a_cname),
)


def explanation(difference: Difference) -> Rule | None:
    """The first rule that explains a difference."""
    return next((rule for rule in RULES if rule.explains(difference)), None)
