"""A name that several zones have: each its share, and one account of all in the status."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pytest

from zonewright.model.change import Unit
from zonewright.model.claim import Resource
from zonewright.model.domain_filter import DomainFilter
from zonewright.model.endpoint import Endpoint
from zonewright.model.outcome import Outcome
from zonewright.model.reason import Problem, Reason
from zonewright.model.zone import Visibility, Zone
from zonewright.planning.plan import Policy, Rules
from zonewright.providers.base import Capabilities, Failure, Normalized, Unavailable
from zonewright.providers.inmemory import InMemory
from zonewright.providers.traffic import Traffic
from zonewright.registry.noop import NoopRegistry
from zonewright.sources.dnsendpoint import Reading
from zonewright.statuslines import entry_lines
from zonewright.zones.desired import Desired, Origin
from zonewright.zones.manager import Links, Options, Zones
from zonewright.zones.routing import Routing
from zonewright.zones.status import build

WWW = "www.example.org"
PUBLIC = Zone("example.org", "Zpublic", Visibility.PUBLIC)
PRIVATE = Zone("example.org", "Zprivate", Visibility.PRIVATE)
INNER, OUTER = "10.0.0.1", "203.0.113.1"


class Twins:
    """A provider with a memory for each of two zones of one name."""

    name = "twins"
    capabilities = Capabilities(atomic=True)

    def __init__(self) -> None:
        self.traffic = Traffic()
        self._memory = {zone: InMemory([zone.name]) for zone in (PUBLIC, PRIVATE)}
        self.unreadable: set[Zone] = set()

    async def zones(self) -> Sequence[Zone]:
        return tuple(self._memory)

    async def records(self, zone: Zone) -> Sequence[Endpoint]:
        if zone in self.unreadable:
            raise Unavailable("no answer")
        memory = self._memory[zone]
        return await memory.records((await memory.zones())[0])

    async def normalize(self, zone: Zone, endpoints: Sequence[Endpoint]) -> Normalized:
        return Normalized({endpoint.key: endpoint for endpoint in endpoints})

    async def apply(self, zone: Zone, units: Sequence[Unit]) -> Sequence[Failure]:
        memory = self._memory[zone]
        return await memory.apply((await memory.zones())[0], units)

    async def close(self) -> None: ...


@dataclass
class Rig:
    routing: Routing = field(default_factory=Routing)
    provider: Twins = field(default_factory=Twins)
    desired: Desired = field(default_factory=Desired)
    outcomes: dict[Origin, Outcome] = field(default_factory=dict)

    def zones(self) -> Zones:
        rules = Rules(Policy.SYNC, frozenset({"A", "CNAME"}))
        options = Options(DomainFilter.of(()), rules, False, 3600.0, routing=self.routing)
        links = Links(holds=lambda name: False, report=self._report, done=lambda error: None)
        return Zones(self.provider, NoopRegistry(), self.desired, options, links)

    def _report(self, outcomes: Mapping[Origin, Outcome]) -> None:
        self.outcomes |= outcomes

    def want(self, *targets: str, **properties: str) -> set[str]:
        named = {key.replace("_", "/", 1).replace("_", "-"): value for key, value in properties.items()}
        return self.desired.put("ns", "web", {0: Endpoint.wanted(WWW, "A", targets, properties=named)})

    def told(self) -> Outcome:
        (outcome,) = self.outcomes.values()
        return outcome

    async def standing(self) -> dict[str, tuple[str, ...]]:
        return {zone.id: e.targets for zone in (PUBLIC, PRIVATE) for e in await self.provider.records(zone)}


async def test_a_public_and_a_private_zone_of_one_name_both_have_a_name() -> None:
    rig = Rig()
    rig.want(OUTER)
    await rig.zones().round()
    assert await rig.standing() == {"Zpublic": (OUTER,), "Zprivate": (OUTER,)}
    outcome = rig.told()
    assert [(o.reason, o.zone_id) for o in (outcome, *outcome.elsewhere)] == [
        (Reason.SYNCED, "Zpublic"),
        (Reason.SYNCED, "Zprivate"),
    ]


async def test_with_the_flag_each_zone_has_the_addresses_that_fit() -> None:
    rig = Rig(Routing(split=True))
    zones = rig.zones()
    zones.mark(rig.want(OUTER, INNER))
    await zones.round()
    assert await rig.standing() == {"Zpublic": (OUTER,), "Zprivate": (INNER,)}
    zones.mark(rig.want(INNER))
    await zones.round()
    assert await rig.standing() == {"Zprivate": (INNER,)}
    assert (rig.told().reason, rig.told().zone_id, rig.told().elsewhere) == (Reason.SYNCED, "Zprivate", ())


async def test_a_private_address_in_a_public_zone_is_published_and_noted() -> None:
    rig = Rig()
    rig.want(INNER)
    await rig.zones().round()
    assert (await rig.standing())["Zpublic"] == (INNER,)
    cautions = {o.zone_id: o.caution for o in (rig.told(), *rig.told().elsewhere)}
    exposed = Problem(Reason.PRIVATE_ADDRESS, f"{INNER}: private, in a zone that is public")
    assert cautions == {"Zpublic": exposed, "Zprivate": None}


async def test_one_zone_that_fails_is_what_the_name_is_told() -> None:
    rig = Rig()
    rig.provider.unreadable = {PRIVATE}
    rig.want(OUTER)
    await rig.zones().round()
    outcome = rig.told()
    assert (outcome.reason, outcome.zone_id) == (Reason.PROVIDER_UNAVAILABLE, "Zprivate")
    assert [(other.reason, other.zone_id) for other in outcome.elsewhere] == [(Reason.SYNCED, "Zpublic")]


async def test_a_status_has_a_line_for_each_zone() -> None:
    rig = Rig()
    rig.want(OUTER)
    await rig.zones().round()
    wanted = next(iter(rig.desired.endpoints()))
    lines = list(entry_lines(Reading(Resource("crd", "ns", "web"), {0: wanted}), {0: rig.told()}))
    status = build(lines, 1, {}, 0.0)
    assert [record["zoneID"] for record in status["records"]] == ["Zpublic", "Zprivate"]
    assert build(lines, 1, status, 100.0) == status
    assert status["conditions"][0]["status"] == "True"


async def test_a_name_that_several_zones_had_goes_from_all() -> None:
    rig = Rig()
    zones = rig.zones()
    zones.mark(rig.want(OUTER))
    await zones.round()
    zones.mark(rig.desired.drop("ns", "web"))
    await zones.round()
    assert await rig.standing() == {}


async def test_a_record_set_that_names_a_zone_is_there_alone() -> None:
    rig = Rig(Routing(pin="aws/hosted-zone-id"))
    zones = rig.zones()
    zones.mark(rig.want(OUTER, aws_hosted_zone_id="Zprivate"))
    await zones.round()
    assert await rig.standing() == {"Zprivate": (OUTER,)}
    assert rig.told().reason is Reason.SYNCED
    zones.mark(rig.want(OUTER, aws_hosted_zone_id="Zelse"))
    await zones.round()
    assert await rig.standing() == {}
    assert rig.told().reason is Reason.NO_MATCHING_ZONE
    assert "aws/hosted-zone-id" in rig.told().message


@pytest.mark.parametrize("targets", [(OUTER, INNER), (OUTER,)])
async def test_what_is_told_of_a_new_wish_has_nothing_of_the_old_one(targets: tuple[str, ...]) -> None:
    rig = Rig()
    zones = rig.zones()
    zones.mark(rig.want("203.0.113.9"))
    await zones.round()
    zones.mark(rig.want(*targets))
    await zones.round()
    told = [o.endpoint.targets for o in (rig.told(), *rig.told().elsewhere) if o.endpoint]
    assert told == [tuple(sorted(targets))] * 2
