"""A CNAME that the provider makes an alias of has addresses in DNS, so it does not stand alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from unit.planning.builders import REGISTRY, RULES, WWW, owned, record, want
from unit.planning.memoryzone import MemoryZone
from zonewright.model.change import Action
from zonewright.model.endpoint import Endpoint
from zonewright.model.reason import Reason
from zonewright.planning.candidates import Wanted
from zonewright.planning.plan import NamePlan, plan_name
from zonewright.registry.txt.names import OwnershipNames
from zonewright.registry.txt.registry import TxtRegistry

ALIAS = {"alias": "true"}
ALIASES = replace(RULES, aliases=True, apex_cname=True, managed=RULES.managed | {"TXT"})
OTHER = "ingress/default/other"


def planned(zone: list[Endpoint], *wanted: Wanted, aliases: bool = True) -> NamePlan:
    return plan_name(WWW, wanted, REGISTRY, MemoryZone(zone), replace(ALIASES, aliases=aliases))


def reasons(plan: NamePlan) -> list[Reason]:
    return [verdict.reason for verdict in plan.verdicts]


@pytest.mark.parametrize(
    ("aliases", "reason"),
    [
        pytest.param(True, Reason.SYNCED, id="as an alias it comes"),
        pytest.param(False, Reason.CNAME_CONFLICT, id="where the provider has none it is a CNAME"),
    ],
)
def test_an_alias_stands_beside_records_of_others(aliases: bool, reason: Reason) -> None:
    zone = [record("MX", name=WWW)]
    assert reasons(planned(zone, want("CNAME", properties=ALIAS), aliases=aliases)) == [reason]


def test_a_cname_is_none_the_less_alone_where_there_are_aliases() -> None:
    assert reasons(planned([record("MX", name=WWW)], want("CNAME"))) == [Reason.CNAME_CONFLICT]


def test_an_alias_and_a_text_come_together() -> None:
    plan = planned([], want("CNAME", properties=ALIAS), want("TXT", resource=OTHER))
    assert reasons(plan) == [Reason.SYNCED, Reason.SYNCED]


def test_an_alias_gives_way_to_addresses() -> None:
    plan = planned([], want("CNAME", properties=ALIAS), want("A", resource=OTHER))
    assert reasons(plan) == [Reason.CNAME_CONFLICT, Reason.SYNCED]


def test_an_alias_that_stands_is_planned_no_second_time() -> None:
    zone = [*owned("CNAME", properties=ALIAS), record("MX", name=WWW)]
    assert planned(zone, want("CNAME", properties=ALIAS)).units == ()


def test_a_text_comes_beside_an_alias_that_stays() -> None:
    plan = planned(owned("CNAME", properties=ALIAS), want("CNAME", properties=ALIAS), want("TXT", resource=OTHER))
    assert [change.action for unit in plan.units for change in unit.changes] == [Action.CREATE, Action.CREATE]


def test_at_the_name_of_a_zone_an_alias_stands_beside_what_makes_it_one() -> None:
    apex = "example.com"
    registry = TxtRegistry("me", OwnershipNames(prefix="%{record_type}."))
    zone = [Endpoint.found(apex, "SOA", ["ns. me. 1 2 3 4 5"]), Endpoint.found(apex, "NS", ["ns.example.net"])]
    wanted = want("CNAME", name=apex, properties=ALIAS)
    plan = plan_name(apex, [wanted], registry, MemoryZone(zone), ALIASES.for_zone(apex))
    assert reasons(plan) == [Reason.SYNCED]
