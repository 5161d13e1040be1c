"""Who wants what at a name, and who gets it when several want the same record set.

Objects that may speak for each other, those of one kind in one namespace, join their targets where everything else
agrees (ExternalDNS, endpoint/utils.go, joins across namespaces too: there anybody could add an address to a name of
somebody else). Of what is left, the object that already holds the record set keeps it; else the smallest wins.

Reverse names are nobody's claim: they follow from the addresses of all, and so all of theirs are joined.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from ipaddress import ip_address

from zonewright.model.adopt import Adopt, strongest
from zonewright.model.endpoint import ALIAS_TYPES, RESOURCE_LABEL, Endpoint, RecordType, compared_target
from zonewright.model.reason import Problem


@dataclass(frozen=True, slots=True)
class Wanted:
    """One record set that somebody asks for, in the provider's form.

    origin     who asks; opaque, handed back with the verdict
    problem    why the provider cannot or will not hold it
    namespace  where it is asked for
    since      since when, as text that sorts by time; of equal times any difference decides, the same each time
    owned_before  whether it was ours in this zone when the object that asks for it was last told
    adopt      whether a record set of nobody may be taken over for it
    """

    endpoint: Endpoint
    origin: Hashable
    problem: Problem | None = None
    namespace: str = ""
    since: str = ""
    owned_before: bool = False
    adopt: Adopt = Adopt.NONE

    @property
    def resource(self) -> str:
        """The object that asks: "kind/namespace/name", or "" where that is not known."""
        return self.endpoint.label(RESOURCE_LABEL) or ""

    @property
    def derived(self) -> bool:
        """Whether it is the reverse name of somebody's address (ExternalDNS writes no resource to those)."""
        return is_derived(self.endpoint)


def is_derived(endpoint: Endpoint) -> bool:
    """Whether a record set follows from addresses of objects, instead of being asked for by one."""
    return endpoint.rtype == RecordType.PTR and not endpoint.label(RESOURCE_LABEL)


def lowest_ttl(endpoints: Iterable[Endpoint]) -> int | None:
    """Of record sets that become one; the provider's default counts as the lowest (ExternalDNS, wrappers/ptr.go)."""
    ttls = [endpoint.ttl for endpoint in endpoints]
    return None if None in ttls else min((ttl for ttl in ttls if ttl is not None), default=None)


@dataclass(frozen=True, slots=True)
class Candidate:
    """What one or several objects ask for together.

    endpoint  with the targets of all of them
    wanted    sorted by resource
    """

    endpoint: Endpoint
    wanted: tuple[Wanted, ...]

    @property
    def namespace(self) -> str:
        return self.wanted[0].namespace

    @property
    def since(self) -> str:
        """When the first of them asked."""
        return min(w.since for w in self.wanted)

    @property
    def adopt(self) -> Adopt:
        """What the one of them says who dares most."""
        return strongest(w.adopt for w in self.wanted)

    def asked_by(self, resource: str) -> bool:
        return bool(resource) and any(w.resource == resource for w in self.wanted)

    def attributed(self, incumbent: str, *, adopting: bool = False) -> Endpoint:
        """The endpoint under the labels of one object: of the incumbent if it is among them, else of the first.

        Where one of them is to be outlasted by the record, of that one: when it has gone, DNS must tell that it was it.
        A record set that is taken over is had by the one who dares to.
        """
        daring = [w for w in self.wanted if adopting and w.adopt is self.adopt]
        among = [w for w in self.wanted if w.endpoint.retained] or daring or self.wanted
        speaker = next((w for w in among if w.resource == incumbent), among[0])
        labels = speaker.endpoint.labels
        return self.endpoint if self.endpoint.labels == labels else replace(self.endpoint, labels=labels)


def joined(wanted: Iterable[Wanted], *, across_namespaces: bool = False) -> tuple[Candidate, ...]:
    """Candidates, in the order of their first members."""
    groups: dict[Hashable, list[Wanted]] = {}
    for index, one in enumerate(wanted):
        groups.setdefault(_group(one, across_namespaces) or (index,), []).append(one)
    return tuple(_candidate(members) for members in groups.values())


def choose(candidates: Sequence[Candidate], incumbent: str) -> Candidate:
    """Which of several candidates for one record set gets it. The order in which they come does not matter."""
    if len(candidates) == 1:
        return candidates[0]
    asked = [candidate for candidate in candidates if candidate.asked_by(incumbent)]
    return min(asked or candidates, key=_rank)


def agrees(candidate: Candidate, winner: Candidate) -> bool:
    """Whether a candidate gets all that it asks for though another one holds the record set."""
    mine, theirs = candidate.endpoint, winner.endpoint
    return (
        mine.same_targets(theirs)
        and (mine.ttl is None or mine.ttl == theirs.ttl)
        and mine.properties == theirs.properties
    )


def _group(wanted: Wanted, across_namespaces: bool) -> tuple[Hashable, ...]:
    """What the members of a candidate have in common; empty for one that stays alone."""
    endpoint = wanted.endpoint
    if wanted.problem:
        return ()
    if wanted.derived:
        return endpoint.key, endpoint.properties
    kind, _, rest = wanted.resource.partition("/")
    namespace, _, name = rest.partition("/")
    if not name:
        return ()
    # An alias has one target: two of them are two candidates.
    alias = endpoint.targets if endpoint.rtype in ALIAS_TYPES else ()
    place = "" if across_namespaces else namespace
    return kind, place, endpoint.key, endpoint.ttl, endpoint.properties, alias


def _candidate(members: list[Wanted]) -> Candidate:
    if len(members) == 1:
        return Candidate(members[0].endpoint, tuple(members))
    members.sort(key=lambda w: w.resource)
    first = members[0].endpoint
    targets = {compared_target(first.rtype, target): target for w in members for target in w.endpoint.targets}
    together = replace(first, targets=tuple(sorted(targets.values())), ttl=lowest_ttl(w.endpoint for w in members))
    return Candidate(together, tuple(members))


def _rank(candidate: Candidate) -> tuple[object, ...]:
    """Fewer targets first, then smaller ones (ExternalDNS, `IsLess` in endpoint.go); the rest makes it unambiguous."""
    endpoint = candidate.endpoint
    targets = [_target_rank(target) for target in endpoint.targets]
    resources = [w.resource for w in candidate.wanted]
    return len(targets), targets, resources, endpoint.ttl or 0, endpoint.properties


def _target_rank(target: str) -> tuple[int, int, int, str]:
    """Addresses by number, before names by text."""
    try:
        address = ip_address(target)
    except ValueError:
        return 1, 0, 0, target
    return 0, address.version, int(address), ""
