"""What stands behind a Service, and the claims that come of it: on its own names, those of its pods, of its ports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from zonewright.model.claim import Claim
from zonewright.model.endpoint import InvalidTarget, RecordType, check_target
from zonewright.model.hostname import WILDCARD, InvalidName
from zonewright.model.reason import Problem, Reason
from zonewright.settings import Settings
from zonewright.sources import records
from zonewright.sources.annotations import Annotations, unknown
from zonewright.sources.fields import Object
from zonewright.sources.lookups import Lookups
from zonewright.sources.records import Targets
from zonewright.sources.terms import Terms

_PRIORITY, _WEIGHT = 0, 50  # of SRV records (ExternalDNS, source/service.go)


@dataclass(frozen=True, slots=True)
class Asked:
    """A Service that is read, with all that is known while it is."""

    obj: Object
    annotations: Annotations
    terms: Terms
    lookups: Lookups
    settings: Settings

    @property
    def home(self) -> str:
        """Its namespace."""
        return self.terms.resource.namespace

    def none(self, why: str, *, lasting: bool = False) -> Problem:
        """There are no targets: the Service is, or has, what `why` says; lasting: and that is how it was made."""
        return records.no_targets(f"{self.terms.resource} {why}", lasting=lasting)

    def word(self, name: str, known: Sequence[str]) -> tuple[str, tuple[Problem, ...]]:
        """The value of an annotation that has one of a few; "" where it is absent, empty or not understood."""
        value = self.annotations.get(name) or ""
        return (value, ()) if value in ("", *known) else ("", (unknown(name, value, known),))


@dataclass(frozen=True, slots=True)
class Behind:
    """What a Service leads to.

    targets   addresses and names, as they are written
    absent    why there are none, said where there are none
    pods      targets of single pods, by the label that comes before a name of the Service
    ports     ports of the nodes, by the two labels of an SRV record: "_web._tcp"
    problems  what could not be honoured
    """

    targets: tuple[str, ...]
    absent: Problem
    pods: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    ports: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def claims(hostnames: Iterable[str], behind: Behind, terms: Terms) -> tuple[Claim, ...]:
    """The claims on hostnames, and on the names that come with each of them."""
    hostnames = tuple(hostnames)
    agreed = replace(terms, problems=(*terms.problems, *behind.problems))
    found = records.claims(hostnames, records.targets_of(behind.targets), agreed, behind.absent)
    below = () if terms.ignored else _below(list(_parents(hostnames)), behind, agreed)
    return (*found, *below)


def _parents(hostnames: Iterable[str]) -> Iterator[str]:
    """Those names below which there can be others: no wildcards, and nothing that is no name."""
    for hostname in dict.fromkeys(hostnames):
        try:
            name = records.hostname_of(hostname)
        except InvalidName:  # its own claim says so
            continue
        if not name.startswith(WILDCARD):
            yield name


def _below(parents: Sequence[str], behind: Behind, terms: Terms) -> Iterator[Claim]:
    for label, targets in behind.pods.items():
        names = [f"{label}.{parent}" for parent in parents]
        yield from records.claims(names, records.targets_of(targets), terms, behind.absent)
    for label, ports in behind.ports.items():
        for parent in parents:
            yield from records.claims([f"{label}.{parent}"], _service_record(parent, ports), terms, behind.absent)


def _service_record(hostname: str, ports: Iterable[int]) -> Targets:
    """The targets of an SRV record (RFC 2782)."""
    try:
        written = [check_target(RecordType.SRV, f"{_PRIORITY} {_WEIGHT} {port} {hostname}.") for port in ports]
    except InvalidTarget as e:
        return Targets({}, (Problem(Reason.INVALID_TARGET, str(e)),))
    return Targets({RecordType.SRV: tuple(written)})
