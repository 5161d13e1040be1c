"""The contract of a DNS provider, and its errors.

A provider is a thin shell: it lists zones, lists the records of a zone, applies a batch of units to a zone, and brings
wanted record sets into the form in which it would report them. It decides nothing: ownership, policy, dry run, order,
isolation of bad records and back-off are the callers' affair. Building requests and parsing answers are pure functions.

    ProviderError            remedy
    ├── Rejected             this record is wrong: correct it; do not retry unchanged
    ├── Throttled            too many requests: the same again after `retry_after` seconds
    ├── Unavailable          no answer, or a broken one: the same again with back-off
    ├── Denied               credentials or rights: a person has to act; retried slowly
    └── Changed              the zone is not as we thought: read it again, plan again

No error text may hold a secret: build it from status, code and the provider's own message, never from a request.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from zonewright.model.change import Unit
from zonewright.model.endpoint import Endpoint, Key, RecordType
from zonewright.model.reason import Problem, Reason
from zonewright.model.zone import Zone
from zonewright.providers.traffic import Traffic


class ProviderError(Exception):
    """The provider did not do what was asked. `reason` is what a name's status says meanwhile."""

    reason = Reason.PROVIDER_UNAVAILABLE


class Rejected(ProviderError):
    """A record is wrong in the provider's eyes. The same request will fail again."""

    reason = Reason.REJECTED


class Throttled(ProviderError):
    """Too many requests. The same batch may be sent again after `retry_after` seconds (None: not told)."""

    reason = Reason.THROTTLED

    def __init__(self, provider: str, retry_after: float | None = None) -> None:
        super().__init__(f"{provider} asks to slow down" + (f", for {retry_after:g} s" if retry_after else ""))
        self.retry_after = retry_after


class Unavailable(ProviderError):
    """No answer, or one that makes no sense: whether the batch was applied is not known."""


class Denied(ProviderError):
    """The provider refuses our credentials, or they lack a right."""

    reason = Reason.DENIED


class Changed(ProviderError):
    """The zone has changed under us: what a change expected to find is not there, or what it creates is."""


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a provider can do; known without asking it.

    record_types        those it can hold
    batch_size          most changes (records, not units) in one `apply`
    atomic              whether an `apply` lands whole or not at all
    update_in_place     whether an update never leaves the name absent
    min_ttl, max_ttl    seconds; None is no limit
    default_ttl         seconds with which a record is read that was written without ttl; None: none, or not known
    longest_text        characters of a target of a TXT record; None is no limit
    set_identifiers     whether several record sets of one name and type can stand side by side
    apex_cname          whether a CNAME at the name of a zone is possible
    aliases             whether a CNAME with the property `alias` ("true") is none in DNS, which has addresses there: so
                        other records can stand beside it
    wildcards           whether names with a leading "*." are possible
    inner_asterisk      whether an asterisk is possible that is not the whole first label, as ownership records of
                        wildcards have it: "a-*.example.org"
    every_private_zone  whether a name goes to every private zone that holds it, beside the longest public one
    zone_property       the property by which a record set may name the id of its only zone; "" for none
    enforces_cname      whether the provider itself refuses a CNAME beside other records (RFC 1034, section 3.6.2);
                        where it does not, planning keeps the rule for it all the same
    """

    record_types: frozenset[RecordType] = frozenset({RecordType.A, RecordType.AAAA, RecordType.CNAME, RecordType.TXT})
    batch_size: int = 1000
    atomic: bool = False
    update_in_place: bool = True
    min_ttl: int | None = None
    max_ttl: int | None = None
    default_ttl: int | None = None
    longest_text: int | None = None
    set_identifiers: bool = False
    apex_cname: bool = False
    aliases: bool = False
    wildcards: bool = True
    inner_asterisk: bool = True
    every_private_zone: bool = False
    zone_property: str = ""
    enforces_cname: bool = True


@dataclass(frozen=True, slots=True)
class Normalized:
    """What wanted record sets become at this provider.

    endpoints  by the key that was asked for: the record set in the form in which `records` would report it
    companions  by the same key: record sets that come beside it, as one for IPv6 beside one for IPv4; of the same name
    problems   by key, for those that it cannot or will not hold; such a key is absent from `endpoints`
    """

    endpoints: Mapping[Key, Endpoint]
    problems: Mapping[Key, Problem] = field(default_factory=dict)
    companions: Mapping[Key, Sequence[Endpoint]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Failure:
    """A unit of a batch that did not land, while others did.

    landed  whether DNS has it all the same, and something beside it was left that is to be cleared away later
    """

    unit: Unit
    error: ProviderError
    landed: bool = False


class Provider(Protocol):
    """One account or server of one provider. All methods raise ProviderError only; any may be cancelled."""

    name: str
    capabilities: Capabilities

    @property
    def traffic(self) -> Traffic:
        """What has been asked of it, for metrics; the same object each time."""
        ...

    async def zones(self) -> Sequence[Zone]:
        """The zones that it serves, after its own zone filters. One zone named "" for a provider without zones."""
        ...

    async def records(self, zone: Zone) -> Sequence[Endpoint]:
        """All record sets of a zone, ownership records among them, built with `Endpoint.found`."""
        ...

    async def normalize(self, zone: Zone, endpoints: Sequence[Endpoint]) -> Normalized:
        """Wanted record sets in the provider's form, so that a second plan is empty. Without I/O where possible."""
        ...

    async def apply(self, zone: Zone, units: Sequence[Unit]) -> Sequence[Failure]:
        """Carry out units; returns those that failed where each one's fate is known, in any order.

        Raises where the batch failed as a whole. With `capabilities.atomic` nothing has landed then, save after
        Unavailable, when that is not known. Changes of one unit are sent in their order.
        """
        ...

    async def close(self) -> None:
        """Give back connections. May be called twice."""
        ...
