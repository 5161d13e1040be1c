from __future__ import annotations

import pytest

from zonewright.model.endpoint import Endpoint
from zonewright.model.zone import Zone
from zonewright.zones.desired import Desired
from zonewright.zones.homes import Homes
from zonewright.zones.routing import WHOLE

ORG, EU = Zone("example.org", "1"), Zone("eu.example.org", "2")


class Rig:
    def __init__(self, *zones: Zone) -> None:
        self.desired = Desired()
        self.routes = WHOLE.among(zones)
        self.homes = Homes(self.desired, lambda name: self.routes.of(name))

    def want(self, obj: str, *names: str) -> None:
        self.desired.put("ns", obj, {i: Endpoint.wanted(name, "A", ["192.0.2.1"]) for i, name in enumerate(names)})


@pytest.fixture
def rig() -> Rig:
    return Rig(ORG, EU)


def test_a_name_that_is_wanted_is_in_its_zone_alone(rig: Rig) -> None:
    rig.want("one", "www.example.org", "www.eu.example.org", "www.example.net")
    assert (rig.homes.names(ORG), rig.homes.names(EU)) == ({"www.example.org"}, {"www.eu.example.org"})


def test_a_name_stays_as_long_as_anybody_wants_it(rig: Rig) -> None:
    rig.want("one", "www.example.org")
    rig.want("two", "www.example.org")
    rig.desired.drop("ns", "one")
    assert rig.homes.names(ORG) == {"www.example.org"}
    rig.desired.drop("ns", "two")
    assert rig.homes.names(ORG) == set()


def test_a_wish_that_changes_keeps_its_name(rig: Rig) -> None:
    rig.want("one", "www.example.org")
    rig.want("one", "api.example.org", "www.example.org")
    assert rig.homes.names(ORG) == {"www.example.org", "api.example.org"}


def test_names_move_when_the_zones_do(rig: Rig) -> None:
    rig.want("one", "www.eu.example.org")
    rig.routes = WHOLE.among([ORG])
    rig.homes.moved()
    assert (rig.homes.names(ORG), rig.homes.names(EU)) == ({"www.eu.example.org"}, set())


def test_what_was_wanted_before_is_found_when_the_zones_are() -> None:
    rig = Rig()
    rig.want("one", "www.example.org")
    assert rig.homes.names(ORG) == set()
    rig.routes = WHOLE.among([ORG])
    rig.homes.moved()
    assert rig.homes.names(ORG) == {"www.example.org"}
